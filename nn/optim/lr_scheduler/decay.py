"""Schedules that let the rate fall: by a function, in steps, exponentially, as a power."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

from ..optimizer import Optimizer
from .scheduler import LRScheduler

__all__ = ["ExponentialLR", "LambdaLR", "MultiStepLR", "PolynomialLR", "StepLR"]


class LambdaLR(LRScheduler):
    """η = η₀ f(t).

    Parameters
    ----------
    optimizer : Optimizer
    lr_lambda : callable, or list of callable
        f, or one for each group. It is not part of the state.
    last_epoch : int
        See `LRScheduler`.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> scheduler = LambdaLR(optimizer, lambda t: 1 / (1 + t))
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    _not_saved = ("optimizer", "lr_lambdas")

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        self.optimizer = optimizer
        self.lr_lambdas = self._per_group("lr_lambda", lr_lambda)
        super().__init__(optimizer, last_epoch)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        pairs = zip(self.base_lrs, self.lr_lambdas, strict=True)
        return [base_lr * f(self.last_epoch) for base_lr, f in pairs]


class StepLR(LRScheduler):
    """η ← γ η every `step_size` steps.

    Parameters
    ----------
    optimizer : Optimizer
    step_size : int
    gamma : float
        γ.
    last_epoch : int
        See `LRScheduler`.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> scheduler = StepLR(optimizer, step_size=2)
    >>> for _ in range(4):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> round(scheduler.get_last_lr()[0], 6)
    0.005
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        if step_size < 1:
            self._refuse(f"step_size is {step_size}; need step_size >= 1")
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        falls = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return self._scaled(self.gamma if falls else 1.0)


class MultiStepLR(LRScheduler):
    """η ← γ η at each milestone; twice at one that is listed twice.

    Parameters
    ----------
    optimizer : Optimizer
    milestones : iterable of int
        Steps, in any order.
    gamma : float
        γ.
    last_epoch : int
        See `LRScheduler`.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> scheduler = MultiStepLR(optimizer, [1, 3])
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> round(scheduler.get_last_lr()[0], 6)
    0.005
    """

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        self.milestones = sorted(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        t = self.last_epoch
        return self._scaled(
            self.gamma ** (bisect_right(self.milestones, t) - bisect_left(self.milestones, t))
        )


class ExponentialLR(LRScheduler):
    """η ← γ η at each step.

    Parameters
    ----------
    optimizer : Optimizer
    gamma : float
        γ.
    last_epoch : int
        See `LRScheduler`.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> scheduler = ExponentialLR(optimizer, gamma=0.5)
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        return self._scaled(1.0 if starting else self.gamma)


class PolynomialLR(LRScheduler):
    """η = η₀ (1 − t / T)ᵖ for t up to T, and 0 from there.

    Parameters
    ----------
    optimizer : Optimizer
    total_iters : int
        T.
    power : float
        p.
    last_epoch : int
        See `LRScheduler`.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> scheduler = PolynomialLR(optimizer, total_iters=5, power=2)
    >>> optimizer.step()
    >>> scheduler.step()
    >>> round(scheduler.get_last_lr()[0], 6)
    0.32
    """

    def __init__(
        self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1
    ) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        t, total = self.last_epoch, self.total_iters
        if starting or t > total:
            return self._rates()
        return self._scaled(((total - t) / (total - t + 1)) ** self.power)
