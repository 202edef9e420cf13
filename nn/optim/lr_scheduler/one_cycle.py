"""The one-cycle policy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from ..optimizer import Optimizer
from .momentum import has_momentum, set_momentum
from .scheduler import LRScheduler

__all__ = ["OneCycleLR"]


class OneCycleLR(LRScheduler):
    """Up to a large rate, and down to one far below the first [1]_; step once per batch.

    Parameters
    ----------
    optimizer : Optimizer
    max_lr : float or list of float
        The peak, for all groups or for each; the range test suggests it.
    total_steps : int, optional
        Length of the cycle, in steps; or give the next two.
    epochs, steps_per_epoch : int, optional
        Their product is `total_steps`.
    pct_start : float
        The part of the cycle, in [0, 1], that is spent on the way up.
    anneal_strategy : {"cos", "linear"}
        Along a half wave, or straight.
    cycle_momentum : bool
        Whether momentum, or β₁, falls while the rate rises, and rises again.
    base_momentum, max_momentum : float or list of float
        Its bounds.
    div_factor : float
        The first rate is ``max_lr / div_factor``.
    final_div_factor : float
        The last rate is the first ``/ final_div_factor``.
    three_phase : bool
        Go down to the first rate in as many steps as up, then to the last.
    last_epoch : int
        See `LRScheduler`.

    Raises
    ------
    ArgumentError
        If the length is not given, an option is out of its range, the optimiser has no momentum
        to cycle, or a step is made after the last.

    References
    ----------
    .. [1] L. N. Smith, N. Topin, "Super-convergence: very fast training of neural networks using
       large learning rates", arXiv:1708.07120 (2017).

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.1, momentum=0.9)
    >>> scheduler = OneCycleLR(optimizer, max_lr=1.0, total_steps=10)
    >>> for _ in range(5):
    ...     print(round(scheduler.get_last_lr()[0], 3))
    ...     optimizer.step()
    ...     scheduler.step()
    0.04
    0.52
    1.0
    0.95
    0.812
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if total_steps is None and epochs is not None and steps_per_epoch is not None:
            total_steps = epochs * steps_per_epoch
        if not isinstance(total_steps, int) or total_steps < 1:
            self._refuse(
                f"total_steps is {total_steps}, epochs {epochs}, steps_per_epoch "
                f"{steps_per_epoch}; need total_steps >= 1, or both of the others"
            )
        if not 0 <= pct_start <= 1:
            self._refuse(f"pct_start is {pct_start}; need a part of the cycle, in [0, 1]")
        if anneal_strategy not in ("cos", "linear"):
            self._refuse(f"anneal_strategy is {anneal_strategy!r}; need 'cos' or 'linear'")
        if cycle_momentum and not has_momentum(optimizer):
            self._refuse(
                f"{type(optimizer).__name__} has neither momentum nor betas; pass "
                "cycle_momentum=False"
            )
        self.optimizer = optimizer
        self.total_steps = total_steps
        self.pct_start = pct_start
        self.anneal_strategy = anneal_strategy
        self.cycle_momentum = cycle_momentum
        self.three_phase = three_phase
        self.max_lrs = self._per_group("max_lr", max_lr)
        self.base_momentums = self._per_group("base_momentum", base_momentum)
        self.max_momentums = self._per_group("max_momentum", max_momentum)
        self.final_div_factor = final_div_factor
        if last_epoch == -1:
            for group, peak in zip(optimizer.param_groups, self.max_lrs, strict=True):
                group["initial_lr"] = peak / div_factor
        super().__init__(optimizer, last_epoch)

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`. Sets the momentum."""
        if self.last_epoch > self.total_steps:
            self._refuse(
                f"step {self.last_epoch} is after the last of total_steps={self.total_steps}; "
                "make one schedule for all steps"
            )
        leg, done = self._place()
        rates = []
        for i, group in enumerate(self.optimizer.param_groups):
            first, peak = self.base_lrs[i], self.max_lrs[i]
            stations = [first, peak, first / self.final_div_factor]
            low, high = self.base_momentums[i], self.max_momentums[i]
            momenta = [high, low, high]
            if self.three_phase:
                stations.insert(2, first)
                momenta.append(high)
            rates.append(self._between(stations[leg], stations[leg + 1], done))
            if self.cycle_momentum:
                set_momentum(group, self._between(momenta[leg], momenta[leg + 1], done))
        return rates

    def _place(self) -> tuple[int, float]:
        """Which leg of the way the step is on, and which part of that leg is done."""
        rise = self.pct_start * self.total_steps
        ends = [rise - 1, self.total_steps - 1]
        if self.three_phase:
            ends.insert(1, 2 * rise - 2)
        leg, start = 0, 0.0
        while self.last_epoch > ends[leg] and leg < len(ends) - 1:
            start = ends[leg]
            leg += 1
        length = ends[leg] - start
        return leg, (self.last_epoch - start) / length if length else 1.0

    def _between(self, start: float, end: float, done: float) -> float:
        if self.anneal_strategy == "linear":
            return start + (end - start) * done
        return end + (start - end) / 2 * (1 + math.cos(math.pi * done))
