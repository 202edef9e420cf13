"""A rate that falls when nothing improves any more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

from ..flat import number
from ..optimizer import Optimizer
from .scheduler import LRScheduler

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(LRScheduler):
    """η ← c η when a metric has not improved for more than `patience` steps.

    Parameters
    ----------
    optimizer : Optimizer
    mode : {"min", "max"}
        Whether a smaller or a larger metric is better.
    factor : float
        c, below 1.
    patience : int
        Steps without improvement that are tolerated.
    threshold : float
        What counts as an improvement.
    threshold_mode : {"rel", "abs"}
        Whether `threshold` is a part of the best metric or an amount.
    cooldown : int
        Steps after a reduction that are not counted.
    min_lr : float or list of float
        No rate falls below it; for all groups or for each.
    eps : float
        A reduction by less is not made.

    Raises
    ------
    ArgumentError
        If an option is out of its range.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> scheduler = ReduceLROnPlateau(SGD([Value(1.0)], lr=0.5), patience=1)
    >>> for validation_loss in (1.0, 0.9, 0.9, 0.9):
    ...     scheduler.step(validation_loss)
    >>> scheduler.get_last_lr()
    [0.05]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float | list[float] = 0.0,
        eps: float = 1e-8,
    ) -> None:
        if not 0 <= factor < 1:
            self._refuse(f"factor is {factor}; need 0 <= factor < 1")
        if mode not in ("min", "max") or threshold_mode not in ("rel", "abs"):
            self._refuse(
                f"mode is {mode!r} and threshold_mode is {threshold_mode!r}; need 'min' or 'max', "
                "and 'rel' or 'abs'"
            )
        self.optimizer = optimizer
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = cooldown
        self.min_lrs = self._per_group("min_lr", min_lr)
        self.eps = eps
        self.best = math.inf if mode == "min" else -math.inf
        self.cooldown_counter = 0
        self.num_bad_epochs = 0
        super().__init__(optimizer)

    def step(self, metrics: Any) -> None:  # type: ignore[override]
        """Go one step on.

        Parameters
        ----------
        metrics : float or Value
            Such as the loss on the validation set.
        """
        metric = number(metrics)
        if self._is_better(metric):
            self.best = metric
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        self._advance()

    def get_lr(self, starting: bool) -> Sequence[float]:
        """See `LRScheduler.get_lr`."""
        rates = self._rates()
        if self.num_bad_epochs <= self.patience:
            return rates
        self.cooldown_counter = self.cooldown
        self.num_bad_epochs = 0
        lower = [
            max(lr * self.factor, least) for lr, least in zip(rates, self.min_lrs, strict=True)
        ]
        pairs = zip(rates, lower, strict=True)
        return [new if lr - new > self.eps else lr for lr, new in pairs]

    def _is_better(self, metric: float) -> bool:
        margin = self.threshold
        if self.threshold_mode == "rel":
            # Of the best itself, as PyTorch has it: for a negative one the margin turns round.
            margin = margin * self.best if math.isfinite(self.best) else 0.0
        return metric < self.best - margin if self.mode == "min" else metric > self.best + margin
