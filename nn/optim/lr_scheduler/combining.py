"""Several schedules on one optimiser: one after the other, or all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from ..optimizer import Optimizer
from .plateau import ReduceLROnPlateau
from .scheduler import LRScheduler

__all__ = ["ChainedScheduler", "SequentialLR"]


class _Combined(LRScheduler):
    """Schedules that are stepped from one place, and stored together."""

    _not_saved = ("optimizer", "schedulers")

    def _adopt(self, optimizer: Optimizer, schedulers: Sequence[LRScheduler]) -> None:
        if not schedulers:
            self._refuse("the list of schedules is empty; need at least one")
        for i, scheduler in enumerate(schedulers):
            if isinstance(scheduler, ReduceLROnPlateau | _Combined):
                self._refuse(
                    f"schedule {i} is a {type(scheduler).__name__}; need one whose rate depends "
                    "on the step alone"
                )
            if scheduler.optimizer is not optimizer:
                self._refuse(f"schedule {i} acts on another optimiser; need the same for all")
        self.optimizer = optimizer
        self.schedulers = list(schedulers)

    def state_dict(self) -> dict[str, Any]:
        """See `LRScheduler.state_dict`; ``"schedulers"`` holds those of the parts."""
        parts = [scheduler.state_dict() for scheduler in self.schedulers]
        return {**super().state_dict(), "schedulers": parts}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """See `LRScheduler.load_state_dict`."""
        own = dict(state_dict)
        parts = own.pop("schedulers", ())
        if len(parts) != len(self.schedulers):
            self._refuse(f"the saved state has {len(parts)} schedules; need {len(self.schedulers)}")
        super().load_state_dict(own)
        for scheduler, part in zip(self.schedulers, parts, strict=True):
            scheduler.load_state_dict(part)


class SequentialLR(_Combined):
    """One schedule after the other, each from its own beginning; such as a warm-up first.

    Parameters
    ----------
    optimizer : Optimizer
    schedulers : list of LRScheduler
        All made for this optimiser.
    milestones : list of int
        The steps at which the second, the third … begins.

    Raises
    ------
    ArgumentError
        If there is not one milestone fewer than there are schedules, or one of these acts on
        another optimiser or is a `ReduceLROnPlateau`, a `SequentialLR` or a `ChainedScheduler`.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> from nn.optim.lr_scheduler import ExponentialLR, LinearLR
    >>> optimizer = SGD([Value(1.0)], lr=1.0)
    >>> warm_up = LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> fall = ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler = SequentialLR(optimizer, [warm_up, fall], milestones=[3])
    >>> for _ in range(5):
    ...     print(round(scheduler.get_last_lr()[0], 6))
    ...     optimizer.step()
    ...     scheduler.step()
    0.25
    0.5
    0.75
    1.0
    0.5
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int]
    ) -> None:
        self._adopt(optimizer, schedulers)
        if len(milestones) != len(schedulers) - 1 or list(milestones) != sorted(milestones):
            self._refuse(
                f"the milestones are {list(milestones)} for {len(schedulers)} schedules; need one "
                "for each schedule but the first, in ascending order"
            )
        self.milestones = list(milestones)
        # Each part set its first rate when it was made; the first part has the word now.
        super().__init__(optimizer)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        i = bisect_right(self.milestones, self.last_epoch)
        scheduler = self.schedulers[i]
        if starting or (i > 0 and self.milestones[i - 1] == self.last_epoch):
            scheduler.restart()
        else:
            scheduler.step()
        return scheduler.get_last_lr()


class ChainedScheduler(_Combined):
    """All schedules at once: each multiplies the rate that the one before has set.

    Parameters
    ----------
    schedulers : list of LRScheduler
        All made for one optimiser. One that computes its rate from the step alone, such as
        `LambdaLR` or `CyclicLR`, overrides those before it.

    Raises
    ------
    ArgumentError
        As for `SequentialLR`.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> from nn.optim.lr_scheduler import ExponentialLR, LinearLR
    >>> optimizer = SGD([Value(1.0)], lr=1.0)
    >>> parts = [LinearLR(optimizer, 0.5, total_iters=2), ExponentialLR(optimizer, 0.5)]
    >>> scheduler = ChainedScheduler(parts)
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()  # 0.75 · 0.5
    [0.375]
    """

    def __init__(self, schedulers: Sequence[LRScheduler]) -> None:
        self._adopt(schedulers[0].optimizer if schedulers else None, schedulers)  # type: ignore[arg-type]
        super().__init__(self.optimizer)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        if not starting:  # else they have set their first rates already
            for scheduler in self.schedulers:
                scheduler.step()
        return self._rates()
