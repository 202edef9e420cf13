"""Losses between arrays of one shape, as modules; the formulas are at the functions of `F`."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ..module import Module

__all__ = [
    "HalfSquaredError",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "SmoothL1Loss",
]


class MSELoss(Module):
    """``(x − y)²``; see `nn.functional.mse_loss`.

    Examples
    --------
    >>> MSELoss()([[1.0, 2.0]], [[0.0, 4.0]])
    2.5
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, input: Any, target: Any) -> Any:
        """Of two arrays of one shape."""
        return F.mse_loss(input, target, self.reduction)


class HalfSquaredError(Module):
    """``½ ‖y − h‖²`` of each example; see `nn.functional.half_squared_error`."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, input: Any, target: Any) -> Any:
        """Of two arrays of one shape ``(N, *)``."""
        return F.half_squared_error(input, target, self.reduction)


class L1Loss(Module):
    """``|x − y|``; see `nn.functional.l1_loss`."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, input: Any, target: Any) -> Any:
        """Of two arrays of one shape."""
        return F.l1_loss(input, target, self.reduction)


class HuberLoss(Module):
    """A square near 0, lines beyond delta; see `nn.functional.huber_loss`."""

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__()
        self.reduction, self.delta = reduction, delta

    def forward(self, input: Any, target: Any) -> Any:
        """Of two arrays of one shape."""
        return F.huber_loss(input, target, self.reduction, self.delta)

    def extra_repr(self) -> str:
        """Where the square ends."""
        return f"delta={self.delta}"


class SmoothL1Loss(Module):
    """`HuberLoss` over beta; see `nn.functional.smooth_l1_loss`."""

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__()
        self.reduction, self.beta = reduction, beta

    def forward(self, input: Any, target: Any) -> Any:
        """Of two arrays of one shape."""
        return F.smooth_l1_loss(input, target, self.reduction, self.beta)

    def extra_repr(self) -> str:
        """Where the square ends."""
        return f"beta={self.beta}"


class KLDivLoss(Module):
    """``p (ln p − ln q)`` of ln q and p; see `nn.functional.kl_div`."""

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__()
        self.reduction, self.log_target = reduction, log_target

    def forward(self, input: Any, target: Any) -> Any:
        """Of log-probabilities and probabilities of one shape ``(N, *)``."""
        return F.kl_div(input, target, self.reduction, self.log_target)

    def extra_repr(self) -> str:
        """How the target is given."""
        return f"log_target={self.log_target}"
