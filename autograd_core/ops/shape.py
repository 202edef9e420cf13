"""Ops that move elements without computing: all of them are linear."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from ..cases import Case
from ..errors import ArgumentError
from ..op import Op, linear
from ..value import shape_of

__all__ = [
    "astype",
    "broadcast_to",
    "concatenate",
    "expand_dims",
    "flip",
    "identity",
    "matrix_transpose",
    "moveaxis",
    "pad",
    "ravel",
    "repeat",
    "reshape",
    "roll",
    "split",
    "squeeze",
    "stack",
    "sum_to",
    "swapaxes",
    "tile",
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
    cases=(Case((2, 3), shape=(3, 2)), Case((4,), shape=(2, -1)), Case((), shape=(1, 1)), Case((1,), shape=())),
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
    cases=(Case((2, 3, 4), source=0, destination=-1), Case((2, 3, 4), source=(0, 1), destination=(2, 0))))


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


def _flip(x: Any, axis: Any = None) -> Any:
    """Reverse the order of the elements along these axes, or all."""
    return np.flip(x, axis)


flip: Op = linear(
    "flip", _flip, vjps=(lambda g, out, x, axis: flip(g, axis),),
    formula="x reversed", numpy=(np.flip,),
    cases=(Case((2, 3)), Case((2, 3), axis=0), Case((2, 3, 2), axis=(0, -1))))


def _roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """Shift elements along axes; what leaves at the end comes in at the front."""
    return np.roll(x, shift, axis)


roll: Op = linear(
    "roll", _roll,
    vjps=(lambda g, out, x, shift, axis: roll(g, tuple(-np.atleast_1d(shift)) if np.ndim(shift) else -shift, axis),),
    formula="x shifted cyclically", numpy=(np.roll,),
    cases=(Case((5,), shift=2), Case((2, 3), shift=1), Case((2, 3), shift=(1, -2), axis=(0, 1))))


def _concatenate(*operands: Any, axis: Any = 0) -> Any:
    return np.concatenate(operands, axis=axis)


def _unconcatenate(g: Any, out: Any, *inputs: Any, wanted: Any, axis: Any) -> list[Any]:
    shapes = [shape_of(x) for x in inputs]
    before = () if axis is None else (slice(None),) * (axis % len(shapes[0]))
    sizes = [math.prod(shape) if axis is None else shape[axis] for shape in shapes]
    ends = list(accumulate(sizes))
    return [
        reshape(g[(*before, slice(end - size, end))], shape) if want else None
        for size, end, shape, want in zip(sizes, ends, shapes, wanted, strict=True)
    ]


_concatenate_op = linear(
    "concatenate", _concatenate, vjps=_unconcatenate,
    formula="x, y, … one after the other", onnx="Concat",
    cases=(Case((2, 3), (1, 3)), Case((2, 3), (2, 1), (2, 2), axis=-1), Case((2, 2), (3,), axis=None)),
    explain=lambda *xs, axis: (
        f"shapes are {', '.join(str(np.shape(x)) for x in xs)}; need equal sizes except along axis {axis}"))


def concatenate(values: Sequence[Any], axis: int | None = 0) -> Any:
    """Join along an axis that the operands have.

    Parameters
    ----------
    values : sequence of array_like or Value
    axis : int or None
        ``None`` joins the raveled operands.

    Returns
    -------
    ndarray or Value
    """
    return _concatenate_op(*_sequence("concatenate", values), axis=axis)


def _stack(*operands: Any, axis: int = 0) -> Any:
    return np.stack(operands, axis=axis)


def _unstack(g: Any, out: Any, *inputs: Any, wanted: Any, axis: int) -> list[Any]:
    before = (slice(None),) * (axis % len(shape_of(out)))
    return [g[(*before, i)] if want else None for i, want in enumerate(wanted)]


_stack_op = linear(
    "stack", _stack, vjps=_unstack,
    formula="x, y, … along a new axis", cases=(Case((2, 3), (2, 3)), Case((3,), (3,), axis=-1), Case((), ())),
    explain=lambda *xs, axis: f"shapes are {', '.join(str(np.shape(x)) for x in xs)}; need equal ones")


def stack(values: Sequence[Any], axis: int = 0) -> Any:
    """Join along a new axis.

    Parameters
    ----------
    values : sequence of array_like or Value
        All of one shape.
    axis : int
        Its place in the result.

    Returns
    -------
    ndarray or Value
    """
    return _stack_op(*_sequence("stack", values), axis=axis)


def _sequence(name: str, values: Sequence[Any]) -> Sequence[Any]:
    if not len(values):
        raise ArgumentError(f"{name}: got no operands; need at least one")
    return values


def split(x: Any, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Any]:
    """Cut into pieces along an axis.

    Parameters
    ----------
    x : array_like or Value
    indices_or_sections : int or sequence of int
        Into how many equal pieces, or where to cut.
    axis : int

    Returns
    -------
    list of ndarray or Value

    Raises
    ------
    ArgumentError
        If the axis does not divide into equal pieces.
    """
    size = shape_of(x)[axis]
    if isinstance(indices_or_sections, (int, np.integer)):
        pieces = int(indices_or_sections)
        if pieces < 1 or size % pieces:
            raise ArgumentError(f"split: axis {axis} has size {size}; need a divisor of it, got {pieces}")
        cuts = list(range(size // pieces, size, size // pieces)) if size else [0] * (pieces - 1)
    else:
        cuts = [int(i) for i in indices_or_sections]
    before = (slice(None),) * (axis % len(shape_of(x)))
    return [x[(*before, slice(i, j))] for i, j in zip([0, *cuts], [*cuts, size], strict=True)]


def _pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: float = 0.0) -> Any:
    """Extend at the edges.

    Parameters
    ----------
    x : array_like or Value
    pad_width : int, (before, after), or one such pair per axis
    mode : {"constant", "edge", "reflect", "symmetric", "wrap"}
        As numpy's.
    constant_values : float
        What is put there, for mode "constant".

    Returns
    -------
    ndarray or Value
    """
    if mode == "constant":
        return np.pad(x, pad_width, constant_values=constant_values)
    if mode not in _PAD_MODES:
        raise ArgumentError(f"pad: mode is {mode!r}; need one of {', '.join(_PAD_MODES)}")
    return np.pad(x, pad_width, mode=mode)  # type: ignore[call-overload]


_PAD_MODES = ("constant", "edge", "reflect", "symmetric", "wrap")


def _unpad(g: Any, out: Any, x: Any, pad_width: Any, mode: str, constant_values: float) -> Any:
    shape = shape_of(x)
    if mode == "constant":
        widths = np.broadcast_to(pad_width, (len(shape), 2))
        return g[tuple(slice(int(w[0]), int(w[0]) + n) for w, n in zip(widths, shape, strict=True))]
    # Each padded element is a copy of one in x: send its cotangent back there.
    origin = np.pad(np.arange(np.prod(shape)).reshape(shape), pad_width, mode=mode)  # type: ignore[call-overload]
    zeros = np.zeros(int(np.prod(shape)), dtype=g.dtype)
    return reshape(indexing.scatter_add(zeros, origin.ravel(), ravel(g)), shape)


def _pad_jvp(tangents: Any, out: Any, x: Any, pad_width: Any, mode: str, constant_values: float) -> Any:
    return pad(tangents[0], pad_width, mode)


pad = linear(
    "pad", _pad, vjps=(_unpad,),
    formula="x, extended at its edges", numpy=(np.pad,), onnx="Pad",
    cases=(
        Case((2, 3), pad_width=1), Case((2, 3), pad_width=((0, 1), (2, 0)), constant_values=3.0),
        Case((4,), pad_width=(2, 1), mode="reflect"), Case((2, 3), pad_width=1, mode="edge"),
        Case((3,), pad_width=2, mode="wrap"),
    ))
pad.jvp = _pad_jvp  # affine rather than linear: the constant has no tangent


def _tile(x: Any, reps: Any) -> Any:
    """Repeat the whole array along axes, as `numpy.tile`."""
    return np.tile(x, reps)


def _untile(g: Any, out: Any, x: Any, reps: Any) -> Any:
    reps = (reps,) if isinstance(reps, (int, np.integer)) else tuple(reps)
    shape = shape_of(x)
    axes = max(len(shape), len(reps))
    shape = (1,) * (axes - len(shape)) + shape
    reps = (1,) * (axes - len(reps)) + reps
    blocks = reshape(g, [size for pair in zip(reps, shape, strict=True) for size in pair])
    kept = [size for n in shape for size in (1, n)]
    return reshape(sum_to(blocks, tuple(kept)), shape_of(x))


tile = linear(
    "tile", _tile, vjps=(_untile,),
    formula="copies of x side by side", numpy=(np.tile,), onnx="Tile",
    cases=(Case((3,), reps=2), Case((2, 3), reps=(2, 1)), Case((2,), reps=(3, 2))))


def _repeat(x: Any, repeats: Any, axis: Any = None) -> Any:
    """Repeat each element, as `numpy.repeat`."""
    return np.repeat(x, repeats, axis)


def _unrepeat(g: Any, out: Any, x: Any, repeats: Any, axis: Any) -> Any:
    shape = shape_of(x)
    if axis is None:
        return reshape(_unrepeat(g, out, ravel(x), repeats, 0), shape)
    axis = axis % len(shape)
    origin = np.repeat(np.arange(shape[axis]), repeats)
    return indexing.scatter_add(np.zeros(shape, dtype=g.dtype), (slice(None),) * axis + (origin,), g)


repeat = linear(
    "repeat", _repeat, vjps=(_unrepeat,),
    formula="each element of x several times", numpy=(np.repeat,),
    cases=(Case((3,), repeats=2), Case((2, 3), repeats=2, axis=1), Case((3,), repeats=(1, 0, 2), axis=0), Case((2, 2), repeats=2)))


from . import indexing  # noqa: E402  (whose ops are made of these)
