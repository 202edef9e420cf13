"""Running sums and products."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cases import Case, Domain
from ..declare import linear, primitive
from ..value import shape_of
from .arithmetic import where
from .joining import flip
from .reduction import sum
from .shape import moveaxis, ravel, reshape

__all__ = ["cumprod", "cumsum"]

ALONG_AXIS = (Case((2, 3)), Case((2, 3), axis=0), Case((4,)), Case((2, 3, 2), axis=1))


def _cumsum(x: Any, axis: int | None = None) -> Any:
    """Running sum along an axis; by default of the raveled array."""
    return np.cumsum(x, axis)


def _uncumsum(g: Any, out: Any, x: Any, axis: int | None) -> Any:
    if axis is None:
        return reshape(_uncumsum(g, out, ravel(x), 0), shape_of(x))
    return flip(cumsum(flip(g, axis), axis), axis)


cumsum = linear(
    "cumsum", _cumsum, vjps=(_uncumsum,),
    formula="Σ x up to each element", cases=ALONG_AXIS, numpy=(np.cumsum,), onnx="CumSum")


def _cumprod(x: Any, axis: int | None = None) -> Any:
    """Running product along an axis; by default of the raveled array."""
    return np.cumprod(x, axis)


def _uncumprod(g: Any, out: Any, x: Any, axis: int | None) -> Any:
    if axis is None:
        return reshape(_uncumprod(g, out, ravel(x), 0), shape_of(x))
    if np.all(out != 0):
        return _uncumsum(g * out, None, x, axis) / x
    # With zeros: ∂outⱼ/∂xᵢ is the running product at j ≥ i with xᵢ replaced by 1.
    n = shape_of(x)[axis]
    last = moveaxis(x, axis, -1)
    rows = reshape(last, (*shape_of(last)[:-1], 1, n))
    products = cumprod(where(np.eye(n, dtype=bool), 1.0, rows), -1) * np.triu(np.ones((n, n)))
    g = moveaxis(g, axis, -1)
    back = sum(reshape(g, (*shape_of(g)[:-1], 1, n)) * products, -1)
    return moveaxis(back, -1, axis)


cumprod = primitive(
    "cumprod", _cumprod, vjps=(_uncumprod,),
    formula="Π x up to each element", cases=ALONG_AXIS, domain=Domain(0.5, 2.0, also=(0.0,)),
    numpy=(np.cumprod,))
