"""From the engine's values and local derivatives to what a diagram can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from viz.diagram import Quantity, Tensor

__all__ = ["local_derivative", "quantity_of"]

# The most elements that are written out, by the number of axes.
_FEW = {1: 6, 2: 4}


def quantity_of(data: Any) -> Quantity:
    """Describe a value: a number, or an array with its elements only if they are few.

    Examples
    --------
    >>> quantity_of(np.float32(0.5)), quantity_of(np.arange(2.0)).values
    (0.5, [0.0, 1.0])
    >>> quantity_of(np.zeros((3, 4)))
    Tensor(shape=(3, 4), dtype='float64', values=None, rule='')
    """
    if isinstance(data, (float, int)):
        return float(data)
    array = np.asarray(data)
    if array.ndim == 0 and array.dtype.kind in "fiub":
        return float(array)
    few = _FEW.get(array.ndim, 0)
    values = array.tolist() if 0 < array.size <= few else None
    return Tensor(array.shape, str(array.dtype), values)


def local_derivative(edge: Any, names: Mapping[Any, str]) -> tuple[Quantity | None, str]:
    """Return the local derivative on an engine edge, and its expression.

    For arrays the first is the rule and the shape of the Jacobian, never a number.
    """
    derivative = edge.derivative()
    symbol: str = edge.symbol(names)
    if isinstance(derivative, (float, int)):
        return float(derivative), symbol
    return Tensor(tuple(derivative.shape), rule=edge.rule(names)), symbol
