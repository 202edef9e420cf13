"""Losses between scores and classes, as modules; the formulas are at the functions of `F`.

Weights are buffers, as PyTorch's: they are part of `state_dict` and follow `Module.to`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import functional as F
from ..module import Module

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "HingeEmbeddingLoss",
    "HingeLoss",
    "MultiMarginLoss",
    "NLLLoss",
]


class CrossEntropyLoss(Module):
    """``−ln softmax(x)_y`` of logits and classes; see `nn.functional.cross_entropy`.

    Parameters
    ----------
    weight : array_like, optional
        Shape ``(C,)``, of the classes.
    ignore_index : int
    reduction : {"mean", "sum", "none"}
    label_smoothing : float

    Examples
    --------
    >>> loss = CrossEntropyLoss()
    >>> round(float(loss(np.zeros((2, 4)), [0, 3])), 4)
    1.3863
    """

    weight: Any

    def __init__(
        self,
        weight: Any = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        self.register_buffer("weight", _weight(weight))
        self.ignore_index, self.reduction = ignore_index, reduction
        self.label_smoothing = label_smoothing

    def forward(self, input: Any, target: Any) -> Any:
        """Of logits ``(N, C, …)`` and classes ``(N, …)``, or probabilities ``(N, C, …)``."""
        return F.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class NLLLoss(Module):
    """``−ln p_y`` of log-probabilities and classes; see `nn.functional.nll_loss`."""

    weight: Any

    def __init__(
        self, weight: Any = None, *, ignore_index: int = -100, reduction: str = "mean"
    ) -> None:
        super().__init__()
        self.register_buffer("weight", _weight(weight))
        self.ignore_index, self.reduction = ignore_index, reduction

    def forward(self, input: Any, target: Any) -> Any:
        """Of log-probabilities ``(N, C, …)`` and classes ``(N, …)``."""
        return F.nll_loss(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
        )


class BCELoss(Module):
    """Cross-entropy of probabilities and answers; see `nn.functional.binary_cross_entropy`."""

    weight: Any

    def __init__(self, weight: Any = None, *, reduction: str = "mean") -> None:
        super().__init__()
        self.register_buffer("weight", _weight(weight))
        self.reduction = reduction

    def forward(self, input: Any, target: Any) -> Any:
        """Of two arrays of one shape, between 0 and 1."""
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(Module):
    """Cross-entropy of logits; see `nn.functional.binary_cross_entropy_with_logits`."""

    weight: Any
    pos_weight: Any

    def __init__(
        self, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None
    ) -> None:
        super().__init__()
        self.register_buffer("weight", _weight(weight))
        self.register_buffer("pos_weight", _weight(pos_weight))
        self.reduction = reduction

    def forward(self, input: Any, target: Any) -> Any:
        """Of logits, and answers between 0 and 1 of the same shape."""
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class HingeLoss(Module):
    """``max(0, margin − y x)``; see `nn.functional.hinge_loss`."""

    def __init__(self, *, margin: float = 1.0, reduction: str = "mean") -> None:
        super().__init__()
        self.margin, self.reduction = margin, reduction

    def forward(self, input: Any, target: Any) -> Any:
        """Of scores, and −1 or 1 of the same shape."""
        return F.hinge_loss(input, target, margin=self.margin, reduction=self.reduction)

    def extra_repr(self) -> str:
        """The margin."""
        return f"margin={self.margin}"


class HingeEmbeddingLoss(Module):
    """``x`` where y = 1, else ``max(0, margin − x)``; see `nn.functional.hinge_embedding_loss`."""

    def __init__(self, margin: float = 1.0, *, reduction: str = "mean") -> None:
        super().__init__()
        self.margin, self.reduction = margin, reduction

    def forward(self, input: Any, target: Any) -> Any:
        """Of distances, and −1 or 1 of the same shape."""
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)

    def extra_repr(self) -> str:
        """The margin."""
        return f"margin={self.margin}"


class MultiMarginLoss(Module):
    """The margin of one class over all others; see `nn.functional.multi_margin_loss`."""

    weight: Any

    def __init__(
        self, p: int = 1, margin: float = 1.0, weight: Any = None, *, reduction: str = "mean"
    ) -> None:
        super().__init__()
        self.register_buffer("weight", _weight(weight))
        self.p, self.margin, self.reduction = p, margin, reduction

    def forward(self, input: Any, target: Any) -> Any:
        """Of scores ``(N, C)`` and classes ``(N,)``."""
        return F.multi_margin_loss(
            input, target, self.p, self.margin, self.weight, reduction=self.reduction
        )

    def extra_repr(self) -> str:
        """Power and margin."""
        return f"p={self.p}, margin={self.margin}"


def _weight(weight: Any) -> Any:
    """Weights as floats: whole numbers become float32, as a parameter would."""
    if weight is None:
        return None
    return np.array(weight, dtype=None if hasattr(weight, "dtype") else np.float32)
