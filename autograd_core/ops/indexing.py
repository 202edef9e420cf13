"""Picking elements out of arrays, and putting them in, without changing any array."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cases import Case
from ..declare import linear
from ..errors import UnsupportedError
from ..value import Value, dtype_of, shape_of
from .shape import sum_to

__all__ = ["At", "getitem", "scatter_add", "scatter_set", "take", "take_along_axis"]


def _getitem(x: Any, index: Any) -> Any:
    """``x[index]``, with any index that numpy takes.

    Parameters
    ----------
    x : ndarray or Value
    index : int, slice, ..., None, integer or boolean array, or a tuple of these
        Has no derivative.

    Returns
    -------
    ndarray or Value

    Raises
    ------
    ArgumentError
        If the index is out of bounds.
    """
    return np.asarray(x)[index]


def _ungetitem(g: Any, out: Any, x: Any, index: Any) -> Any:
    placed = np.zeros(shape_of(x), dtype_of(g))
    if isinstance(g, Value) or not _is_basic(index):
        return scatter_add(placed, index, g)
    placed[index] = g  # pages of zeros that nothing is written to cost nothing
    return placed


getitem = linear(
    "getitem", _getitem, vjps=(_ungetitem,),
    label="[]", formula="x[index]", onnx="Gather",
    cases=(
        Case((4, 3), index=1), Case((4, 3), index=(slice(None, None, 2), -1)), Case((3,), index=2),
        Case((4, 3), index=(None, ..., slice(1, None))), Case((4, 3), index=np.array([2, 0, 2])),
        Case((4, 3), index=(np.array([[0], [1]]), np.array([1, 2]))),
        Case((2, 3), index=np.array([[True, False, True], [False, False, True]])),
    ))


def _scatter_add(x: Any, index: Any, y: Any) -> Any:
    out = np.array(x, dtype=np.result_type(x, y))
    if _is_basic(index):
        out[index] += y
    else:
        np.add.at(out, index, y)  # unlike `+=`, counts an index as often as it occurs
    return out


def _scatter_fault(x: Any, y: Any, index: Any) -> str | None:
    try:
        place = np.empty(np.shape(x))[index].shape
    except IndexError:
        return None  # which says itself what is wrong
    given = f"x is {np.shape(x)}, y is {np.shape(y)}"
    return f"{given}; need a y that broadcasts to x[index], which is {place}"


_scatter_add_op = linear(
    "scatter_add", lambda x, y, index: _scatter_add(x, index, y),
    vjps=(
        lambda g, out, x, y, index: g,
        lambda g, out, x, y, index: _gather(g, index, y),
    ),
    formula="x with y added at x[index]", onnx="ScatterND", explain=_scatter_fault,
    cases=(
        Case((4, 3), (3,), index=1), Case((4, 3), (2, 3), index=slice(1, 3)),
        Case((4, 3), (3, 3), index=np.array([2, 0, 2])), Case((3,), (), index=np.array([0, 0, 1])),
    ))


def scatter_add(x: Any, index: Any, y: Any) -> Any:
    """`x` with `y` added at ``x[index]``; an index that occurs twice is added to twice.

    Parameters
    ----------
    x : array_like or Value
    index
        As for `getitem`.
    y : array_like or Value
        Broadcasts to the shape of ``x[index]``.

    Returns
    -------
    ndarray or Value
        A new one.

    Examples
    --------
    >>> scatter_add(np.zeros(3), np.array([0, 2, 0]), np.ones(3))
    array([2., 0., 1.])
    """
    return _scatter_add_op(x, y, index)


def _scatter_set(x: Any, index: Any, y: Any) -> Any:
    out = np.array(x, dtype=np.result_type(x, y))
    out[index] = y
    return out


def _last_written(g: Any, index: Any, y: Any) -> Any:
    """The cotangent of what was put in: where an index occurs twice, only the last counts."""
    picked = _gather(g, index, None)
    if not _is_basic(index):
        tickets = np.arange(1, np.prod(shape_of(picked)) + 1).reshape(shape_of(picked))
        board = np.zeros(shape_of(g), dtype=tickets.dtype)
        board[index] = tickets
        picked = picked * (board[index] == tickets)
    return sum_to(picked, shape_of(y))


_scatter_set_op = linear(
    "scatter_set", lambda x, y, index: _scatter_set(x, index, y),
    vjps=(
        lambda g, out, x, y, index: scatter_set(g, index, 0.0),
        lambda g, out, x, y, index: _last_written(g, index, y),
    ),
    formula="x with y put at x[index]", explain=_scatter_fault,
    cases=(
        Case((4, 3), (3,), index=1), Case((4, 3), (2, 1), index=slice(1, 3)),
        Case((4, 3), (2, 3), index=np.array([2, 0])), Case((3,), (3,), index=np.array([1, 0, 1])),
    ))


def scatter_set(x: Any, index: Any, y: Any) -> Any:
    """`x` with `y` put at ``x[index]``.

    Parameters
    ----------
    x : array_like or Value
    index
        As for `getitem`. Where one occurs twice, the last element wins and gets the gradient.
    y : array_like or Value
        Broadcasts to the shape of ``x[index]``.

    Returns
    -------
    ndarray or Value
        A new one.

    Examples
    --------
    >>> scatter_set(np.zeros(3), 1, 5.0)
    array([0., 5., 0.])
    """
    return _scatter_set_op(x, y, index)


def _gather(g: Any, index: Any, y: Any) -> Any:
    picked = getitem(g, index)
    return picked if y is None else sum_to(picked, shape_of(y))


def _take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Elements along an axis, by their index, as `numpy.take`.

    Parameters
    ----------
    x : array_like or Value
    indices : int or array_like of int
    axis : int, optional
        By default `x` is raveled first.

    Returns
    -------
    ndarray or Value
    """
    return np.take(x, indices, axis)


def _untake(g: Any, out: Any, x: Any, indices: Any, axis: int | None) -> Any:
    shape = shape_of(x)
    if axis is None:
        index: Any = np.unravel_index(np.asarray(indices) % int(np.prod(shape)), shape)
    else:
        index = (slice(None),) * (axis % len(shape)) + (np.asarray(indices),)
    return scatter_add(np.zeros(shape, dtype_of(g)), index, g)


take = linear(
    "take", _take, vjps=(_untake,),
    formula="x at indices", numpy=(np.take,), onnx="Gather",
    cases=(
        Case((4, 3), indices=[2, -1, 2], axis=0), Case((4, 3), indices=[[0, 5], [-1, 5]]),
        Case((4, 3), indices=1, axis=-1), Case((3,), indices=-1),
    ))


def _take_along_axis(x: Any, indices: Any, axis: int) -> Any:
    """Per position along the other axes, elements by index, as `numpy.take_along_axis`."""
    return np.take_along_axis(np.asarray(x), np.asarray(indices), axis)


def _untake_along_axis(g: Any, out: Any, x: Any, indices: Any, axis: int) -> Any:
    shape, indices = shape_of(x), np.asarray(indices)
    axis = axis % len(shape)
    index = list(np.ogrid[tuple(slice(n) for n in shape)])
    index[axis] = indices % shape[axis]
    return scatter_add(np.zeros(shape, g.dtype), tuple(index), g)


take_along_axis = linear(
    "take_along_axis", _take_along_axis, vjps=(_untake_along_axis,),
    formula="x at indices, per position", numpy=(np.take_along_axis,), onnx="GatherElements",
    cases=(
        Case((2, 3), indices=np.array([[0, 2, 2, -1], [1, 1, 0, 0]]), axis=1),
        Case((2, 3), indices=np.array([[1, 0, 1]]), axis=0),
    ))


class At:
    """What ``x.at`` is: functional updates at an index.

    Examples
    --------
    >>> import autograd_core as ag
    >>> x = ag.Value(np.zeros(3))
    >>> x.at[1].set(5.0).data, x.at[[0, 0]].add(1.0).data
    (array([0., 5., 0.]), array([2., 0., 0.]))
    """

    def __init__(self, x: Any, index: Any = None) -> None:
        self._x = x
        self._index = index

    def __getitem__(self, index: Any) -> At:
        return At(self._x, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise UnsupportedError("at: nothing is changed in place; use y = x.at[index].set(value)")

    def set(self, y: Any) -> Any:
        """A new Value with `y` put there; see `scatter_set`."""
        return scatter_set(self._x, self._index, y)

    def add(self, y: Any) -> Any:
        """A new Value with `y` added there; see `scatter_add`."""
        return scatter_add(self._x, self._index, y)


def _is_basic(index: Any) -> bool:
    """Whether no element can be named twice: integers, slices, ``...`` and ``None``."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(p is None or p is Ellipsis or isinstance(p, (int, np.integer, slice)) for p in parts)
