"""What all schedules share: the count of steps, and the rates of the groups."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from autograd_core.errors import ArgumentError

from ..optimizer import Optimizer

__all__ = ["LRScheduler"]


class LRScheduler:
    """Base class: set the learning rate of each group of an optimiser, step by step.

    A new schedule sets its options, calls this constructor and defines `get_lr`.

    Parameters
    ----------
    optimizer : Optimizer
    last_epoch : int
        The last step that was made, if training goes on: −1 to start. A schedule that goes on
        needs ``"initial_lr"`` in each group, which ``optimizer.load_state_dict`` brings.

    Attributes
    ----------
    last_epoch : int
        Steps made so far.
    base_lrs : list of float
        The rate of each group at the start.

    Raises
    ------
    ArgumentError
        If it is to go on and a group has no ``"initial_lr"``, or an option is out of its range.
    """

    # What `state_dict` leaves out: other objects, and functions.
    _not_saved: tuple[str, ...] = ("optimizer",)

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            self._refuse(f"the optimizer is {type(optimizer).__name__}; need an nn.optim.Optimizer")
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                self._refuse(
                    f"last_epoch is {last_epoch}, but group {i} of the optimiser has no "
                    "'initial_lr'; call optimizer.load_state_dict first"
                )
        self.base_lrs = [float(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._advance(starting=True)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """The rate of each group at step `last_epoch`; `get_last_lr` is what users call.

        Parameters
        ----------
        starting : bool
            Whether the schedule begins here: the groups hold rates that it has not set.
        """
        raise NotImplementedError

    def step(self) -> None:
        """Go one step on, after the optimiser's.

        Warns
        -----
        UserWarning
            If the optimiser has made no step yet, so that none has the first rate.
        """
        if self.last_epoch == 0 and not self.optimizer.has_stepped:
            warnings.warn(
                f"{type(self).__name__}: step() before the optimiser's first step, so that the "
                "schedule's first rate is never used; call optimizer.step(), then this",
                UserWarning,
                stacklevel=2,
            )
        self._advance()

    def restart(self) -> None:
        """Begin anew, from the rates at the start; `SequentialLR` begins its parts so."""
        for group, lr in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            group["lr"] = lr
        self.last_epoch = -1
        self._advance(starting=True)

    def get_last_lr(self) -> list[float]:
        """The rate of each group, as the schedule set it last."""
        return list(self._last_lr)

    def _advance(self, starting: bool = False) -> None:
        self.last_epoch += 1
        rates = self.get_lr(starting)
        for group, lr in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = float(lr)
        self._last_lr = self._rates()

    def _rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def _scaled(self, factor: float) -> list[float]:
        """The rates as they are, times a factor: what lets several schedules act together."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _per_group(self, name: str, option: Any) -> list[Any]:
        """An option that is one for all groups, or a list with one for each."""
        count = len(self.optimizer.param_groups)
        if not isinstance(option, list | tuple):
            return [option] * count
        if len(option) != count:
            self._refuse(f"{name} has {len(option)} entries, the optimiser {count} groups")
        return list(option)

    def _refuse(self, fault: str) -> NoReturn:
        raise ArgumentError(f"{type(self).__name__}: {fault}")

    def state_dict(self) -> dict[str, Any]:
        """Where the schedule stands: numbers, strings and lists, but no functions.

        Examples
        --------
        >>> from autograd_core import Value
        >>> from nn.optim import SGD
        >>> from nn.optim.lr_scheduler import ExponentialLR
        >>> ExponentialLR(SGD([Value(1.0)], lr=0.5), gamma=0.9).state_dict()
        {'gamma': 0.9, 'base_lrs': [0.5], 'last_epoch': 0, '_last_lr': [0.5]}
        """
        return {
            k: list(v) if isinstance(v, list) else v
            for k, v in self.__dict__.items()
            if k not in self._not_saved
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave. The optimiser's rates are in its own state.

        Raises
        ------
        ArgumentError
            If the state is that of another schedule.
        """
        ours = set(self.__dict__) - set(self._not_saved)
        if ours != set(state_dict):
            self._refuse(
                f"the saved state has {sorted(state_dict)}; need {sorted(ours)}. It is that of "
                "another schedule"
            )
        self.__dict__.update(
            {k: list(v) if isinstance(v, list) else v for k, v in state_dict.items()}
        )
