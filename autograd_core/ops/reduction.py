"""Ops that combine the elements along axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..cases import Case, Domain
from ..declare import linear, primitive
from ..errors import ArgumentError
from ..value import shape_of
from .arithmetic import abs, sign, where
from .shape import broadcast_to, reshape, transpose

__all__ = [
    "max",
    "mean",
    "min",
    "norm",
    "prod",
    "std",
    "sum",
    "var",
]

REDUCTIONS = (
    Case((2, 3)), Case((2, 3), axis=0), Case((2, 3), axis=-1, keepdims=True),
    Case((2, 3, 4), axis=(0, 2)), Case(()), Case((3,)),
)


def kept(y: Any, x: Any, axis: Any) -> Any:
    """A reduced array with its axes back, of length 1, so that it broadcasts against `x`.

    A number broadcasts as it is; with ``keepdims`` it has its axes already.
    """
    if axis is None:
        return y
    shape = shape_of(x)
    axes = {a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))}
    return reshape(y, tuple(1 if i in axes else n for i, n in enumerate(shape)))


def _count(x: Any, axis: Any) -> int:
    """How many elements go into each element of the result."""
    shape = shape_of(x)
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return math.prod(shape[a] for a in axes)


def _sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Sum over axes.

    Parameters
    ----------
    x : array_like or Value
    axis : int or tuple of int, optional
        By default all.
    keepdims : bool
        Whether the axes stay, with length 1.

    Returns
    -------
    float, ndarray or Value
    """
    return np.asarray(x).sum(axis=axis, keepdims=keepdims)


sum = linear(
    "sum", _sum,
    vjps=(lambda g, out, x, axis, keepdims: broadcast_to(kept(g, x, axis), shape_of(x)),),
    formula="Σ x", cases=REDUCTIONS, numpy=(np.sum,), onnx="ReduceSum")


def _mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Mean over axes; see `sum` for the arguments."""
    return np.mean(x, axis=axis, keepdims=keepdims)


mean = linear(
    "mean", _mean,
    vjps=(lambda g, out, x, axis, keepdims: (
        broadcast_to(kept(g / _count(x, axis), x, axis), shape_of(x))),),
    formula="1/n Σ x", cases=REDUCTIONS, numpy=(np.mean,), onnx="ReduceMean")


def _prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Product over axes; see `sum` for the arguments."""
    return np.prod(x, axis=axis, keepdims=keepdims)


def _unprod(g: Any, out: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    g, out = kept(g, x, axis), kept(out, x, axis)
    if np.all(out != 0):
        return g * out / x
    return g * _product_of_others(x, axis)


def _product_of_others(x: Any, axis: Any) -> Any:
    """For each element the product of the others: no division, so zeros do no harm."""
    shape = shape_of(x)
    rank = len(shape)
    axes = tuple(range(rank)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(a % rank for a in axes)
    rest = tuple(i for i in range(len(shape)) if i not in axes)
    n = math.prod(shape[a] for a in axes)
    order = (*rest, *axes)
    rows = reshape(transpose(x, order), (*(shape[i] for i in rest), 1, n))
    others = prod(where(np.eye(n, dtype=bool), 1.0, rows), -1)
    back = reshape(others, tuple(shape[i] for i in order))
    return transpose(back, tuple(int(i) for i in np.argsort(order)))


prod = primitive(
    "prod", _prod, vjps=(_unprod,),
    formula="Π x", cases=REDUCTIONS, domain=Domain(0.5, 2.0, also=(0.0,)),
    numpy=(np.prod,), onnx="ReduceProd")


def _max(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Maximum over axes; see `sum` for the arguments. A tie shares the gradient equally."""
    return np.max(x, axis=axis, keepdims=keepdims)


def _min(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Minimum over axes; see `sum` for the arguments. A tie shares the gradient equally."""
    return np.min(x, axis=axis, keepdims=keepdims)


def _to_extreme(g: Any, out: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    hit = np.asarray(x == kept(out, x, axis))
    return kept(g, x, axis) * (hit / np.sum(hit, axis=axis, keepdims=True))


max = primitive(
    "max", _max, vjps=(_to_extreme,),
    formula="max x", cases=REDUCTIONS, domain=Domain(also=(0.0,)), numpy=(np.max, np.amax),
    onnx="ReduceMax")

min = primitive(
    "min", _min, vjps=(_to_extreme,),
    formula="min x", cases=REDUCTIONS, domain=Domain(also=(0.0,)), numpy=(np.min, np.amin),
    onnx="ReduceMin")


def _var(x: Any, axis: Any = None, keepdims: bool = False, ddof: int = 0) -> Any:
    """Variance over axes: ``Σ (x − mean)² / (n − ddof)``.

    Parameters
    ----------
    x : array_like or Value
    axis, keepdims
        See `sum`.
    ddof : int
        1 for the unbiased estimate.

    Returns
    -------
    float, ndarray or Value
    """
    return np.var(x, axis=axis, keepdims=keepdims, ddof=ddof)


def _centred(x: Any, axis: Any) -> Any:
    return x - mean(x, axis, True)


SPREADS = (*REDUCTIONS[:4], Case((4,), ddof=1), Case((2, 3), axis=1, ddof=1))

var = primitive(
    "var", _var,
    vjps=(lambda g, out, x, axis, keepdims, ddof: (
        kept(g, x, axis) * _centred(x, axis) * (2 / (_count(x, axis) - ddof))),),
    formula="Σ (x − mean x)² / (n − ddof)", cases=SPREADS, numpy=(np.var,))


def _std(x: Any, axis: Any = None, keepdims: bool = False, ddof: int = 0) -> Any:
    """Standard deviation over axes; see `var` for the arguments.

    Where all elements are equal its gradient is taken to be 0, the smallest subgradient.
    """
    return np.std(x, axis=axis, keepdims=keepdims, ddof=ddof)


def _unstd(g: Any, out: Any, x: Any, axis: Any, keepdims: bool, ddof: int) -> Any:
    g, out = kept(g, x, axis), kept(out, x, axis)
    slope = _centred(x, axis) / where(out == 0, 1.0, out)
    return g * slope * (1 / (_count(x, axis) - ddof))


std = primitive(
    "std", _std, vjps=(_unstd,),
    formula="√var x", cases=SPREADS, domain=Domain(also=(1.0,)), numpy=(np.std,))


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """A vector norm over axes: ``(Σ |x|ᵖ)^(1/p)``.

    Parameters
    ----------
    x : array_like or Value
    ord : float, optional
        The exponent p ≥ 1, or inf. By default 2, which for a matrix is the Frobenius norm.
    axis, keepdims
        See `sum`. Unlike numpy's, any number of axes counts as one long vector.

    Returns
    -------
    float, ndarray or Value
        Where it is 0 its gradient is 0, the smallest subgradient.

    Raises
    ------
    ArgumentError
        For the matrix norms "nuc" and 2 (spectral), and for p < 1.
    """
    if ord in (None, "fro"):
        ord = 2
    elif axis is None and np.ndim(x) == 2 or isinstance(axis, tuple) and len(axis) == 2:
        raise ArgumentError(
            f"norm: ord={ord!r} of a matrix is not supported; ravel it for a vector norm"
        )
    if not isinstance(ord, (int, float)) or ord < 1:
        raise ArgumentError(f"norm: ord is {ord!r}; need a number of at least 1, inf, or None")
    size = np.abs(x)
    if ord == math.inf:
        return np.max(size, axis=axis, keepdims=keepdims)
    # Dividing by the largest first keeps the powers from overflowing.
    top = np.max(size, axis=axis, keepdims=True, initial=0)
    top = np.where((top == 0) | ~np.isfinite(top), 1, top).astype(np.asarray(size).dtype)
    total = np.sum((size / top) ** ord, axis=axis, keepdims=True) ** (1 / ord) * top
    return total if keepdims else np.reshape(total, np.sum(size, axis=axis).shape)


def _unnorm(g: Any, out: Any, x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    if ord == math.inf:
        return sign(x) * _to_extreme(g, out, abs(x), axis, keepdims)
    g, out = kept(g, x, axis), kept(out, x, axis)
    ratio = x / where(out == 0, 1.0, out)
    if ord in (None, "fro", 2):
        return g * ratio
    return g * sign(x) * abs(ratio) ** (ord - 1)


norm = primitive(
    "norm", _norm, vjps=(_unnorm,),
    formula="(Σ |x|ᵖ)^(1/p)", numpy=(np.linalg.norm, np.linalg.vector_norm), onnx="ReduceL2",
    domain=Domain(kinks=(0.0,), also=(0.0,)),
    cases=(
        *REDUCTIONS[:4], Case((3,), ord=1), Case((2, 3), ord=3, axis=1),
        Case((2, 3), ord=math.inf, axis=0), Case((3,), ord=1.5, keepdims=True),
    ))
