"""Cyclical learning rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

from ..optimizer import Optimizer
from .momentum import has_momentum, set_momentum
from .scheduler import LRScheduler

__all__ = ["CyclicLR"]


class CyclicLR(LRScheduler):
    """Rates that swing between two bounds, in a saw of triangles [1]_; step once per batch.

    With h, from 0 to 1 and back, the height in the cycle::

        η = η_base + (η_max − η_base) h s
        s = 1          "triangular"
        s = 2^(1 − c)  "triangular2", in cycle c = 1, 2, …
        s = γᵗ         "exp_range", in step t

    Parameters
    ----------
    optimizer : Optimizer
    base_lr, max_lr : float or list of float
        The bounds, for all groups or for each.
    step_size_up : int
        Steps from the lower bound to the upper.
    step_size_down : int, optional
        And back; by default as many.
    mode : {"triangular", "triangular2", "exp_range"}
    gamma : float
        γ.
    scale_fn : callable, optional
        s, in place of the mode's: of c, or of t. It is not part of the state.
    scale_mode : {"cycle", "iterations"}
        Whether `scale_fn` is one of c or of t.
    cycle_momentum : bool
        Whether momentum, or β₁, swings the other way, from its upper bound to its lower.
    base_momentum, max_momentum : float or list of float
        Its bounds.
    last_epoch : int
        See `LRScheduler`.

    Raises
    ------
    ArgumentError
        If the optimiser has no momentum to cycle, a list does not have an entry for each group,
        or the mode is unknown.

    References
    ----------
    .. [1] L. N. Smith, "Cyclical learning rates for training neural networks", WACV 2017.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.1, momentum=0.9)
    >>> scheduler = CyclicLR(optimizer, base_lr=1.0, max_lr=2.0, step_size_up=2)
    >>> for _ in range(4):
    ...     print(scheduler.get_last_lr()[0], round(optimizer.param_groups[0]["momentum"], 4))
    ...     optimizer.step()
    ...     scheduler.step()
    1.0 0.9
    1.5 0.85
    2.0 0.8
    1.5 0.85
    """

    _not_saved = ("optimizer", "scale_fn")

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        if mode not in ("triangular", "triangular2", "exp_range"):
            self._refuse(f"mode is {mode!r}; need 'triangular', 'triangular2' or 'exp_range'")
        if step_size_up < 1 or (step_size_down is not None and step_size_down < 1):
            self._refuse(
                f"step_size_up is {step_size_up} and step_size_down is {step_size_down}; need at "
                "least 1"
            )
        if cycle_momentum and not has_momentum(optimizer):
            self._refuse(
                f"{type(optimizer).__name__} has neither momentum nor betas; pass "
                "cycle_momentum=False"
            )
        self.optimizer = optimizer
        self.mode = mode
        self.gamma = gamma
        self.scale_fn = scale_fn
        self.scale_mode = scale_mode
        self.max_lrs = self._per_group("max_lr", max_lr)
        self.total_size = step_size_up + (step_size_down or step_size_up)
        self.step_ratio = step_size_up / self.total_size
        self.cycle_momentum = cycle_momentum
        self.base_momentums = self._per_group("base_momentum", base_momentum)
        self.max_momentums = self._per_group("max_momentum", max_momentum)
        base_lrs = self._per_group("base_lr", base_lr)
        if last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, base_lrs, strict=True):
                group["lr"] = group["initial_lr"] = lr
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`. Sets the momentum."""
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        place = 1 + self.last_epoch / self.total_size - cycle
        if place <= self.step_ratio:
            height = place / self.step_ratio
        else:
            height = (place - 1) / (self.step_ratio - 1)
        height *= self._scale(cycle)
        if self.cycle_momentum:
            groups = self.optimizer.param_groups
            for group, least, most in zip(
                groups, self.base_momentums, self.max_momentums, strict=True
            ):
                set_momentum(group, most - (most - least) * height)
        bounds = zip(self.base_lrs, self.max_lrs, strict=True)
        return [least + (most - least) * height for least, most in bounds]

    def _scale(self, cycle: int) -> float:
        if self.scale_fn is not None:
            return self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.mode == "triangular2":
            return 1 / 2.0 ** (cycle - 1)
        return self.gamma**self.last_epoch if self.mode == "exp_range" else 1.0
