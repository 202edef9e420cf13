"""Ops that put arrays together, take them apart, and rearrange or repeat their elements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from ..cases import Case
from ..declare import linear
from ..errors import ArgumentError
from ..op import Op
from ..value import shape_of
from .indexing import scatter_add
from .shape import ravel, reshape, sum_to

__all__ = [
    "concatenate",
    "flip",
    "pad",
    "repeat",
    "roll",
    "split",
    "stack",
    "tile",
]


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


def _unroll(g: Any, out: Any, x: Any, shift: Any, axis: Any) -> Any:
    return roll(g, tuple(-np.atleast_1d(shift)) if np.ndim(shift) else -shift, axis)


roll: Op = linear(
    "roll", _roll,
    vjps=(_unroll,),
    formula="x shifted cyclically", numpy=(np.roll,),
    cases=(Case((5,), shift=2), Case((2, 3), shift=1), Case((2, 3), shift=(1, -2), axis=(0, 1))))


def _shapes(xs: Sequence[Any]) -> str:
    return f"shapes are {', '.join(str(np.shape(x)) for x in xs)}"


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
    cases=(
        Case((2, 3), (1, 3)), Case((2, 3), (2, 1), (2, 2), axis=-1),
        Case((2, 2), (3,), axis=None),
    ),
    explain=lambda *xs, axis: f"{_shapes(xs)}; need equal sizes except along axis {axis}")


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
    formula="x, y, … along a new axis",
    cases=(Case((2, 3), (2, 3)), Case((3,), (3,), axis=-1), Case((), ())),
    explain=lambda *xs, axis: f"{_shapes(xs)}; need equal ones")


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
            raise ArgumentError(
                f"split: axis {axis} has size {size}; need a divisor of it, got {pieces}"
            )
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
    return reshape(scatter_add(zeros, origin.ravel(), ravel(g)), shape)


def _pad_jvp(
    tangents: Any, out: Any, x: Any, pad_width: Any, mode: str, constant_values: float
) -> Any:
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
    return scatter_add(np.zeros(shape, dtype=g.dtype), (slice(None),) * axis + (origin,), g)


repeat = linear(
    "repeat", _repeat, vjps=(_unrepeat,),
    formula="each element of x several times", numpy=(np.repeat,),
    cases=(
        Case((3,), repeats=2), Case((2, 3), repeats=2, axis=1),
        Case((3,), repeats=(1, 0, 2), axis=0), Case((2, 2), repeats=2),
    ))
