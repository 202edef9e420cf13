"""The affine map of a fully connected layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..cases import Case
from ..declare import composite
from ..op import Kernel
from .shape import matrix_transpose

__all__ = ["affine"]


def _affine(x: Any, weight: Any, bias: Any = None) -> Any:
    """``x Wᵀ + b``, each row of `x` by itself.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(..., in)``.
    weight : array_like or Value
        Shape ``(out, in)``, a row per unit.
    bias : array_like or Value, optional
        Shape ``(out,)``.

    Returns
    -------
    ndarray or Value
        Shape ``(..., out)``.

    Raises
    ------
    ShapeError
        If the shapes are not these.
    """
    out = x @ matrix_transpose(weight)
    return out if bias is None else out + bias


def _affine_forward(x: Any, weight: Any, bias: Any = None) -> tuple[Any, None]:
    x, weight = np.asarray(x), np.asarray(weight)
    if not x.ndim or weight.ndim != 2:
        raise ValueError  # see `_affine_fault`
    if bias is not None:
        bias = np.asarray(bias)
        if bias.shape != weight.shape[:1]:
            raise ValueError
        if x.ndim == 2 and 2 * len(x) < len(weight):
            # Few rows and many units: with the larger matrix on the left, OpenBLAS takes up to a
            # fifth less; the bias is added while the product is turned round.
            return np.add(np.dot(weight, x.T).T, bias, order="C"), None
    if x.ndim <= 2:
        out = np.dot(x, weight.T)  # half a microsecond less than matmul
    else:
        # One product over all rows. Written into `out`, which a reshaped result would only show.
        out = np.empty((*x.shape[:-1], len(weight)), np.result_type(x, weight))
        np.dot(_rows(x), weight.T, out=_rows(out))
    if bias is None:
        return out, None
    if bias.dtype != out.dtype:
        return out + bias, None
    out += bias
    return out, None


def _affine_vjp(
    g: Any, out: Any, residuals: None, x: Any, weight: Any, bias: Any = None, *, wanted: Any
) -> tuple[Any, ...]:
    rows = _rows(g)
    x_bar = weight_bar = bias_bar = None
    if wanted[0]:
        x_bar = np.dot(rows, weight).reshape(x.shape)
    if wanted[1]:
        weight_bar = np.dot(rows.T, _rows(x))
    if wanted[2:] == (True,):
        bias_bar = np.dot(np.ones(len(rows), rows.dtype), rows)  # faster than a sum over axis 0
    return (x_bar, weight_bar, bias_bar)[: len(wanted)]


def _rows(x: Any) -> Any:
    """All axes but the last as one; a view where it can be."""
    return x if x.ndim == 2 else x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def _affine_fault(x: Any, weight: Any, bias: Any = None) -> str:
    shapes = f"x is {np.shape(x)}, weight is {np.shape(weight)}"
    shapes += "" if bias is None else f", bias is {np.shape(bias)}"
    return f"{shapes}; need x (..., in), weight (out, in) and bias (out,)"


affine = composite(
    _affine, kernel=Kernel(_affine_forward, _affine_vjp), name="affine", arity=None,
    formula="x Wᵀ + b", onnx="Gemm", explain=_affine_fault,
    cases=(
        Case((2, 3), (4, 3), (4,)), Case((2, 3), (4, 3)), Case((3,), (4, 3), (4,)),
        Case((2, 1, 3), (4, 3), (4,)), Case((3, 3), (3, 3), (3,)), Case((2, 0), (4, 0), (4,)),
        Case((2, 3), (5, 3), (5,)), Case((2, 2, 3), (4, 3)),
    ))
