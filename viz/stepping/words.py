"""The arithmetic of a frame in words: ``2 × 1 = 2   (was 3, now 5)``."""

from __future__ import annotations

from typing import Any

import numpy as np

from viz.diagram import DiagramEdge, Quantity, Tensor
from viz.labels import format_number, format_quantity
from viz.quantities import quantity_of

__all__ = ["Words"]


class Words:
    """Writes numbers and arrays with a precision.

    Examples
    --------
    >>> words = Words(4)
    >>> words.product(2.0, DiagramEdge(1, 0, 0, value=-3.0), -6.0) + words.sum(3.0, -3.0)
    '2 × (-3) = -6   (was 3, now -3)'
    """

    def __init__(self, precision: int) -> None:
        self.precision = precision

    def product(self, upstream: Any, edge: DiagramEdge, contribution: Any) -> str:
        """``2 × 1 = 2``; or for arrays the rule, and what came of it."""
        if isinstance(edge.value, float) and upstream is not None and not np.ndim(upstream):
            left, right = self.number(upstream), self.factor(edge.value)
            return f"{left} × {right} = {self.summary(contribution)}"
        rule = edge.value.rule if isinstance(edge.value, Tensor) else edge.symbol
        return f"{rule} = {self.summary(contribution)}" if rule else self.summary(contribution)

    def sum(self, before: Any, after: Any) -> str:
        """What a total was and is; empty where nothing was known before."""
        if before is None:
            return ""
        return f"   (was {self.summary(before)}, now {self.summary(after)})"

    def summary(self, data: Any) -> str:
        """A number; or an array's elements if they are few, else its shape and its norm."""
        quantity = quantity_of(data)
        if not isinstance(quantity, Tensor) or quantity.values is not None:
            return self.text(quantity)
        norm = format_number(float(np.linalg.norm(np.asarray(data, float))), self.precision)
        return f"shape {quantity.shape}, ‖·‖ = {norm}"

    def number(self, data: Any) -> str:
        """A number as a factor; an array as its summary."""
        return self.summary(data) if np.ndim(data) else self.factor(float(data))

    def factor(self, number: float) -> str:
        """A number, in parentheses where it is negative."""
        text = format_number(number, self.precision)
        return f"({text})" if text.startswith("-") else text

    def text(self, quantity: Quantity) -> str:
        """A quantity as a diagram writes it."""
        return format_quantity(quantity, self.precision)
