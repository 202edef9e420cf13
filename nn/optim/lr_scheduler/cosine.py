"""Schedules along a cosine."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..optimizer import Optimizer
from .scheduler import LRScheduler

__all__ = ["CosineAnnealingLR", "CosineAnnealingWarmRestarts"]


class CosineAnnealingLR(LRScheduler):
    """η = η_min + ½ (η₀ − η_min) (1 + cos(π t / T)).

    After T steps the rate rises again, along the same cosine.

    Parameters
    ----------
    optimizer : Optimizer
    T_max : int
        T.
    eta_min : float
        η_min.
    last_epoch : int
        See `LRScheduler`.

    References
    ----------
    I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017;
    without the restarts.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> scheduler = CosineAnnealingLR(optimizer, T_max=2)
    >>> optimizer.step()
    >>> scheduler.step()
    >>> round(scheduler.get_last_lr()[0], 6)
    0.25
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if T_max < 1:
            self._refuse(f"T_max is {T_max}; need T_max >= 1")
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        if starting:
            return self._rates()
        now, before = (
            1 + math.cos(math.pi * t / self.T_max) for t in (self.last_epoch, self.last_epoch - 1)
        )
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:
            # The rate before is η_min, from which no factor leads away.
            groups = zip(self._rates(), self.base_lrs, strict=True)
            return [lr + (base_lr - self.eta_min) * now / 2 for lr, base_lr in groups]
        return [self.eta_min + (lr - self.eta_min) * now / before for lr in self._rates()]


class CosineAnnealingWarmRestarts(LRScheduler):
    """η = η_min + ½ (η₀ − η_min) (1 + cos(π t / Tᵢ)), begun anew after Tᵢ steps.

    Parameters
    ----------
    optimizer : Optimizer
    T_0 : int
        Steps of the first period.
    T_mult : int
        Each period is so many times as long as the one before.
    eta_min : float
        η_min.
    last_epoch : int
        See `LRScheduler`.

    Raises
    ------
    ArgumentError
        If `T_0` or `T_mult` is not a positive integer.

    References
    ----------
    I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> scheduler = CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> for _ in range(3):
    ...     print(round(scheduler.get_last_lr()[0], 6))
    ...     optimizer.step()
    ...     scheduler.step()
    0.5
    0.25
    0.5
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        for name, value in (("T_0", T_0), ("T_mult", T_mult)):
            if not isinstance(value, int) or value < 1:
                self._refuse(f"{name} is {value!r}; need an integer >= 1")
        self.T_0 = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        t, period = self.last_epoch, self.T_0
        if self.T_mult == 1:
            t %= period
        while t >= period:
            t -= period
            period *= self.T_mult
        height = (1 + math.cos(math.pi * t / period)) / 2
        return [self.eta_min + (base_lr - self.eta_min) * height for base_lr in self.base_lrs]
