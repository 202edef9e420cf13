"""Where in the data training stands."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from autograd_core.errors import ArgumentError

from .forward_state import ForwardState
from .history import Means

__all__ = ["Position"]


@dataclass
class Position:
    """A place in an epoch, and what was measured in it so far.

    Attributes
    ----------
    loaders : dict
        The states of the loaders of the training and the validation data, as they were when the
        epoch began; None of one that has no state.
    batch : int
        Batches done.
    means : Means
        Of loss and metrics.
    seconds : float
        Spent in this epoch.
    lr : dict
        The learning rates of the last step.
    """

    loaders: dict[str, Any] = field(default_factory=dict)
    batch: int = 0
    means: Means = field(default_factory=Means)
    seconds: float = 0.0
    lr: dict[str, float] = field(default_factory=dict)

    @classmethod
    def at_start(cls, loaders: Mapping[str, Any]) -> Position:
        """Before the first batch of an epoch that is drawn from these loaders."""
        return cls({name: _state(loader) for name, loader in loaders.items()})

    def batches(
        self, loaders: Mapping[str, Any], forward_state: ForwardState, resumed: bool
    ) -> Generator[Any, None, None]:
        """The batches of the epoch from here on.

        Parameters
        ----------
        loaders : mapping of str to iterable
        forward_state : ForwardState
            Going to the place draws random numbers anew; afterwards it is as it was.
        resumed : bool
            Whether the loaders have to be brought to the beginning of the epoch first.
        """
        if not resumed:
            yield from loaders["train"]
            return
        here = forward_state.take()
        for name, loader in loaders.items():
            _restore(name, loader, self.loaders.get(name))
        batches = iter(loaders["train"])
        skipped = sum(1 for _ in islice(batches, self.batch))
        if skipped < self.batch:
            raise ArgumentError(
                f"Trainer: the checkpoint was written after batch {self.batch} of an epoch, and "
                f"the data has only {skipped}; need the same data"
            )
        forward_state.restore(here)
        yield from batches

    def state_dict(self) -> dict[str, Any]:
        """All of it, as plain data."""
        plain = {name: getattr(self, name) for name in ("loaders", "batch", "seconds", "lr")}
        return {**plain, "means": self.means.state_dict()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Position:
        """The reverse of `state_dict`."""
        position = cls(**{name: part for name, part in state.items() if name != "means"})
        position.means.load_state_dict(state["means"])
        return position


def _state(loader: Iterable[Any]) -> Any:
    return loader.state_dict() if hasattr(loader, "state_dict") else None


def _restore(name: str, loader: Any, state: Any) -> None:
    if state is None:
        return
    if not hasattr(loader, "load_state_dict"):
        raise ArgumentError(
            f"Trainer: the checkpoint has the state of a DataLoader of the {name} data, and the "
            f"data is a {type(loader).__name__} now; need a DataLoader, or arrays"
        )
    loader.load_state_dict(state)
