"""Schedules that begin with a lower rate."""

from __future__ import annotations

from collections.abc import Sequence

from ..optimizer import Optimizer
from .scheduler import LRScheduler

__all__ = ["ConstantLR", "LinearLR"]


class ConstantLR(LRScheduler):
    """η = c η₀ for the first T steps, then η₀.

    Parameters
    ----------
    optimizer : Optimizer
    factor : float
        c, in (0, 1].
    total_iters : int
        T.
    last_epoch : int
        See `LRScheduler`.

    Raises
    ------
    ArgumentError
        If `factor` is not in (0, 1].

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> scheduler = ConstantLR(SGD([Value(1.0)], lr=0.5), factor=0.5)
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 1.0 / 3,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < factor <= 1:
            self._refuse(
                f"factor is {factor}; need 0 < factor <= 1: it is multiplied in and divided out"
            )
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        if self.last_epoch == 0:
            return self._scaled(self.factor)
        if self.last_epoch == self.total_iters:
            return self._scaled(1.0 / self.factor)
        return self._rates()


class LinearLR(LRScheduler):
    """Linear warm-up: η from a η₀ to b η₀ in T steps.

    Parameters
    ----------
    optimizer : Optimizer
    start_factor : float
        a, in (0, 1].
    end_factor : float
        b, in [0, 1].
    total_iters : int
        T.
    last_epoch : int
        See `LRScheduler`.

    Raises
    ------
    ArgumentError
        If a factor is out of its range.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> scheduler = LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> for _ in range(3):
    ...     print(scheduler.get_last_lr())
    ...     optimizer.step()
    ...     scheduler.step()
    [0.25]
    [0.375]
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not (0 < start_factor <= 1 and 0 <= end_factor <= 1):
            self._refuse(
                f"start_factor is {start_factor} and end_factor is {end_factor}; need "
                "0 < start_factor <= 1 and 0 <= end_factor <= 1"
            )
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        if self.last_epoch == 0:
            return self._scaled(self.start_factor)
        if starting or self.last_epoch > self.total_iters:
            return self._rates()
        rise = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (self.last_epoch - 1) * rise
        return self._scaled(1.0 + rise / before)
