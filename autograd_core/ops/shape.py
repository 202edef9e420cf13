"""Ops that move elements without computing: all of them are linear."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..cases import Case
from ..declare import linear
from ..op import Op
from ..value import shape_of

__all__ = [
    "astype",
    "broadcast_to",
    "expand_dims",
    "identity",
    "matrix_transpose",
    "moveaxis",
    "ravel",
    "reshape",
    "squeeze",
    "sum_to",
    "swapaxes",
    "transpose",
]

Axis = int | tuple[int, ...] | None

identity = linear(
    "identity", lambda x: x, vjps=(lambda g, out, x: g,),
    formula="x", cases=(Case((2, 3)), Case(())), onnx="Identity")


def _reshape(x: Any, shape: Any) -> Any:
    """The same elements, in the same order, in another shape.

    Parameters
    ----------
    x : array_like or Value
    shape : int or tuple of int
        One entry may be −1: as many as are left.

    Returns
    -------
    ndarray or Value
    """
    return np.reshape(x, shape)


reshape: Op = linear(
    "reshape", _reshape, vjps=(lambda g, out, x, shape: reshape(g, shape_of(x)),),
    formula="x in another shape", numpy=(np.reshape,), onnx="Reshape",
    cases=(
        Case((2, 3), shape=(3, 2)), Case((4,), shape=(2, -1)), Case((), shape=(1, 1)),
        Case((1,), shape=()),
    ),
    explain=lambda x, shape: (
        f"x is {np.shape(x)}, {np.size(x)} elements; need a shape with as many, got {shape}"))


def _ravel(x: Any) -> Any:
    """All elements in one axis.

    Parameters
    ----------
    x : array_like or Value

    Returns
    -------
    ndarray or Value
        Shape ``(x.size,)``.
    """
    return np.ravel(x)


ravel = linear(
    "ravel", _ravel, vjps=(lambda g, out, x: reshape(g, shape_of(x)),),
    formula="x in one axis", cases=(Case((2, 3)), Case(()), Case((4,))), numpy=(np.ravel,))


def _transpose(x: Any, axes: Any = None) -> Any:
    """Permute the axes.

    Parameters
    ----------
    x : array_like or Value
    axes : tuple of int, optional
        By default all are reversed.

    Returns
    -------
    ndarray or Value
    """
    return np.transpose(x, axes)


def _untranspose(g: Any, out: Any, x: Any, axes: Any) -> Any:
    if axes is None:
        return transpose(g)
    return transpose(g, tuple(int(i) for i in np.argsort([a % len(axes) for a in axes])))


transpose = linear(
    "transpose", _transpose, vjps=(_untranspose,),
    formula="xᵀ", numpy=(np.transpose,), onnx="Transpose",
    cases=(Case((2, 3)), Case((2, 3, 4), axes=(1, 2, 0)), Case((2, 3, 4), axes=(-1, 0, 1))))

matrix_transpose: Op = linear(
    "matrix_transpose", lambda x: np.asarray(x).swapaxes(-1, -2),
    vjps=(lambda g, out, x: matrix_transpose(g),),
    label="ᵀ", formula="xᵀ (last two axes)", cases=(Case((2, 3)), Case((4, 2, 3))),
    numpy=(np.matrix_transpose, np.linalg.matrix_transpose),
    explain=lambda x: f"x is {np.shape(x)}; need at least two axes")


def _swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Exchange two axes."""
    return np.swapaxes(x, axis1, axis2)


swapaxes: Op = linear(
    "swapaxes", _swapaxes, vjps=(lambda g, out, x, axis1, axis2: swapaxes(g, axis1, axis2),),
    formula="two axes of x exchanged", numpy=(np.swapaxes,),
    cases=(Case((2, 3, 4), axis1=0, axis2=2), Case((2, 3), axis1=-1, axis2=-2)))


def _moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """Move axes to other places; the rest keep their order."""
    return np.moveaxis(x, source, destination)


moveaxis: Op = linear(
    "moveaxis", _moveaxis,
    vjps=(lambda g, out, x, source, destination: moveaxis(g, destination, source),),
    formula="axes of x moved", numpy=(np.moveaxis,),
    cases=(
        Case((2, 3, 4), source=0, destination=-1),
        Case((2, 3, 4), source=(0, 1), destination=(2, 0)),
    ))


def _expand_dims(x: Any, axis: Any) -> Any:
    """Insert axes of length 1.

    Parameters
    ----------
    x : array_like or Value
    axis : int or tuple of int
        Their places in the result.

    Returns
    -------
    ndarray or Value
    """
    return np.expand_dims(x, axis)


expand_dims = linear(
    "expand_dims", _expand_dims, vjps=(lambda g, out, x, axis: reshape(g, shape_of(x)),),
    formula="x with axes of length 1", numpy=(np.expand_dims,), onnx="Unsqueeze",
    cases=(Case((2, 3), axis=1), Case((3,), axis=(0, -1)), Case((), axis=0)))


def _squeeze(x: Any, axis: Any = None) -> Any:
    """Remove axes of length 1: these, or all of them."""
    return np.squeeze(x, axis)


squeeze = linear(
    "squeeze", _squeeze, vjps=(lambda g, out, x, axis: reshape(g, shape_of(x)),),
    formula="x without axes of length 1", numpy=(np.squeeze,), onnx="Squeeze",
    cases=(Case((2, 1, 3)), Case((1, 3, 1), axis=-1), Case((1, 1))))


def _broadcast_to(x: Any, shape: Any) -> Any:
    """Repeat along axes of length 1, and along new ones in front, without copying.

    Parameters
    ----------
    x : array_like or Value
    shape : int or tuple of int

    Returns
    -------
    ndarray or Value
    """
    if not np.ndim(x) and math.prod(shape if isinstance(shape, tuple) else (shape,)) <= 1024:
        # numpy takes 3 µs to make a view; filling a small array takes a tenth.
        out = np.empty(shape, np.asarray(x).dtype)
        out.fill(x)
        return out
    return np.broadcast_to(x, shape)


broadcast_to = linear(
    "broadcast_to", _broadcast_to,
    vjps=(lambda g, out, x, shape: sum_to(g, shape_of(x)),),
    formula="x, repeated", numpy=(np.broadcast_to,), onnx="Expand",
    cases=(Case((3,), shape=(2, 3)), Case((2, 1), shape=(4, 2, 3)), Case((), shape=(2,))),
    explain=lambda x, shape: (
        f"x is {np.shape(x)}; need sizes that are 1 or equal to those of {shape}, from the right"))


def _sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which `shape` was broadcast: the transpose of `broadcast_to`.

    Parameters
    ----------
    x : array_like or Value
    shape : tuple of int
        Broadcasts to the shape of `x`.

    Returns
    -------
    ndarray or Value
        Of shape `shape`.
    """
    given = np.shape(x)
    if not shape:
        return np.add.reduce(x, axis=None)
    lead = len(given) - len(shape)
    axes = (*range(lead), *(lead + i for i, n in enumerate(shape) if n == 1 != given[lead + i]))
    return np.reshape(np.sum(x, axis=axes, keepdims=True), shape)


sum_to: Op = linear(
    "sum_to", _sum_to, vjps=(lambda g, out, x, shape: broadcast_to(g, shape_of(x)),),
    formula="Σ x over broadcast axes",
    cases=(Case((2, 3), shape=(3,)), Case((4, 2, 3), shape=(2, 1)), Case((2,), shape=())))


def _astype(x: Any, dtype: Any) -> Any:
    """The same numbers in another floating dtype.

    Parameters
    ----------
    x : array_like or Value
    dtype : dtype
        An integer or boolean one gives a constant, which has no gradient.

    Returns
    -------
    ndarray or Value
    """
    return np.asarray(x).astype(dtype)


astype = linear(
    "astype", _astype,
    # The engine casts a contribution to its primal's dtype.
    vjps=(lambda g, out, x, dtype: g,),
    formula="x in another dtype", cases=(Case((3,), dtype=np.float64),), onnx="Cast")
