"""Moving the data of a convolution to and from the form in which it can be multiplied.

Arrays here have their channels last and divided into groups. The outer spatial axes are all
but the last.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..workspace import scratch
from .conv_windows import Window, inside

__all__ = [
    "channels_behind",
    "channels_in_front",
    "channels_last",
    "chunks",
    "fold",
    "grouped",
    "last_axis_windows",
    "reached",
    "spread",
    "unfold",
]

CHUNK = 1 << 21
"""Bytes to unfold at a time: what the cache holds, and enough rows for two threads of BLAS."""

ROWS = 128
"""Of the matrices that are multiplied; with fewer, the weight's way to BLAS would cost more."""

FEW = 8
"""Runs of fewer channels than this are copied channel by channel, along the last axis."""


def chunks(count: int, elements: int, rows: int, dtype: Any) -> Iterator[slice]:
    """Divide samples, of each of which so many elements are unfolded, for so many rows."""
    step = max(1, CHUNK // max(1, elements * dtype.itemsize), ROWS // max(1, rows))
    for start in range(0, count, step):
        yield slice(start, start + step)


def channels_behind(x: Any) -> Any:
    """View of (N, C, *sizes) as (N, *sizes, C)."""
    return x.transpose(0, *range(2, x.ndim), 1)  # np.moveaxis takes ten times as long


def channels_in_front(x: Any) -> Any:
    """View of (N, *sizes, C) as (N, C, *sizes)."""
    return x.transpose(0, x.ndim - 1, *range(1, x.ndim - 1))


def channels_last(x: Any, dtype: Any, tag: str) -> Any:
    """The array (N, C, *sizes) as (N, *sizes, C), contiguous; copied (to scratch) if need be."""
    view = channels_behind(x)
    if view.flags.c_contiguous and x.dtype == dtype:
        return view
    copy = scratch(tag, view.shape, dtype)
    copy[...] = view
    return copy


def grouped(x: Any, groups: int) -> Any:
    """View of (N, *sizes, C) as (groups, N, *sizes, C / groups)."""
    if groups == 1:
        return x[None]
    parts = x.reshape(*x.shape[:-1], groups, x.shape[-1] // groups)
    return parts.transpose(x.ndim - 1, *range(x.ndim - 1), x.ndim)


def unfold(x: Any, window: Window, dtype: Any) -> Any:
    """Write out the windows of all axes but the last, which is only padded.

    Parameters
    ----------
    x : ndarray
        Shape (N, C, *sizes), in any order in memory.
    window : Window
    dtype : dtype

    Returns
    -------
    ndarray
        Shape (groups, N, *outer outputs, padded last size, *outer kernel, C / groups),
        contiguous. Scratch memory, or a view of `x` where nothing has to be done.
    """
    n, channels, *sizes = x.shape
    few = channels // window.groups < FEW
    parts = grouped(
        channels_behind(x) if few else channels_last(x, dtype, "convolution.x"), window.groups
    )
    outer = window.kernel[:-1]
    pads = [sum(p) for p in window.padding]
    if (
        window.is_trivial(slice(-1))
        and not pads[-1]
        and parts.flags.c_contiguous
        and parts.dtype == dtype
    ):
        return parts.reshape(*parts.shape[:-1], *outer, -1)
    outputs = window.output(tuple(sizes))[:-1]
    shape = (window.groups, n, *outputs, sizes[-1] + pads[-1], *outer, channels // window.groups)
    unfolded = scratch("convolution.unfolded", shape, dtype)
    if any(pads):
        unfolded[...] = 0
    before = window.padding[-1][0]
    columns = slice(before, before + sizes[-1])
    for offset in np.ndindex(outer):
        which, where = _overlap(offset, window, outputs, tuple(sizes))
        source = parts[:, :, *where]
        target = unfolded[:, :, *which, columns, *offset, :]
        if few:
            for channel in range(channels // window.groups):
                target[..., channel] = source[..., channel]
        else:
            target[...] = source
    return unfolded


def reached(g: Any, window: Window, counts: tuple[int, ...]) -> tuple[Any, Window]:
    """What so many windows reach of (N, O, *sizes), and the padding that they need behind it."""
    parts = zip(counts, window.kernel, window.stride, window.padding, window.dilation, strict=True)
    reach = [(n - 1) * s + d * (k - 1) + 1 - before for n, k, s, (before, _), d in parts]
    g = g[:, :, *(slice(max(0, stop)) for stop in reach)]
    padding = tuple(
        (before, stop - size)
        for (before, _), stop, size in zip(window.padding, reach, g.shape[2:], strict=True)
    )
    return g, window._replace(padding=padding)


def fold(unfolded: Any, out: Any, window: Window) -> None:
    """Add what lies in windows of the outer axes to where it comes from: `unfold` transposed.

    Parameters
    ----------
    unfolded : ndarray
        Shape (groups, N, *outer outputs, last size, *outer kernel, C / groups), where the
        last axis has no padding.
    out : ndarray
        Shape (N, *sizes, C); is added to.
    window : Window
    """
    parts = grouped(out, window.groups)
    outputs = unfolded.shape[2 : 1 + len(window.kernel)]
    for offset in np.ndindex(window.kernel[:-1]):
        which, where = _overlap(offset, window, outputs, out.shape[1:-1])
        target = parts[:, :, *where]
        target += unfolded[:, :, *which, :, *offset, :]


def _overlap(
    offset: tuple[int, ...], window: Window, outputs: tuple[int, ...], sizes: tuple[int, ...]
) -> tuple[list[slice], list[slice]]:
    """For one element of the outer kernel: which outputs see the input there, and where."""
    pairs = [
        inside(i * d - p[0], s, count, size)
        for i, d, p, s, count, size in zip(
            offset, window.dilation, window.padding, window.stride, outputs, sizes, strict=False
        )
    ]
    return [which for which, _ in pairs], [where for _, where in pairs]


def spread(g: Any, columns: range, groups: int, dtype: Any) -> Any:
    """Copy (N, O, *sizes) to (groups, N ∏ outer sizes, columns, O / groups).

    Of the last axis, `columns` are taken, and zeros where there are none of that number.
    """
    n, channels, *outer, width = g.shape
    rows, depth = n * math.prod(outer), channels // groups
    view = channels_behind(g)
    if groups == 1 and columns == range(width) and view.flags.c_contiguous and g.dtype == dtype:
        return view.reshape(1, rows, width, depth)
    copy = scratch("convolution.spread", (groups, n, *outer, len(columns), depth), dtype)
    which, where = inside(columns.start, 1, len(columns), width)
    copy[..., : which.start, :] = 0
    copy[..., which.stop :, :] = 0
    copy[..., which, :] = grouped(view, groups)[..., where, :]
    return copy.reshape(groups, rows, len(columns), depth)


def last_axis_windows(x: Any, start: int, step: int, count: int, size: int) -> Any:
    """The windows along the columns of (groups, rows, columns, depth), without a copy.

    Parameters
    ----------
    x : ndarray
        Contiguous.
    start, step, count, size : int
        The first column of the first window, from one window to the next, how many windows,
        and the columns in each.

    Returns
    -------
    ndarray
        Shape (groups, count, rows, size · depth): one matrix for each window, whose rows
        overlap in memory with those of its neighbours.
    """
    groups, rows, columns, depth = x.shape
    # Not x.strides: numpy leaves the stride of an axis of length one open.
    along_depth = x.itemsize
    along_columns = depth * along_depth
    along_rows = columns * along_columns
    along_groups = rows * along_rows
    return np.ndarray(
        (groups, count, rows, size * depth),
        x.dtype,
        x,
        start * along_columns if size else 0,
        (along_groups, step * along_columns, along_rows, along_depth),
    )
