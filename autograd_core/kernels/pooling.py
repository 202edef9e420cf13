"""Pooling on raw arrays.

Maxima and sums over a window are those over its rows, and then over the columns of what is
left, so the forward functions take one axis after the other: for windows of k × k that is
2k passes and not k². They do not copy the array into a padded one: each tap of the window
(its first place, its second, …) is combined with the results that have such a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from ..workspace import scratch
from .blocks import blocks
from .pool_windows import Windows

__all__ = [
    "average",
    "average_vjp",
    "maximum",
    "maximum_vjp",
]

Axes = Sequence[Windows]


def maximum(x: Any, axes: Axes) -> Any:
    """The maximum of each window; nan if there is one in it, −inf if there is nothing in it.

    Parameters
    ----------
    x : ndarray
        Floating-point, shape ``(..., *spatial)``.
    axes : sequence of Windows
        One per spatial axis.

    Returns
    -------
    ndarray
        Shape ``(..., *count)``, with the memory order of `x`.
    """
    form = blocks(x, len(axes))
    return form.undo(_combined(np.maximum, form.array, axes, -np.inf))


def maximum_vjp(g: Any, out: Any, x: Any, axes: Axes) -> Any:
    """Each cotangent, at the place of its window's maximum; of several, at the first.

    What was the maximum is compared again rather than kept: the comparison is faster than
    the indices are, which would also have to wait in memory until the reverse sweep.
    """
    form = blocks(x, len(axes))
    x, g, out = form.array, form.like(g), form.like(out)
    pulled = (np.empty if all(a.is_partition for a in axes) else np.zeros)(x.shape, x.dtype)
    is_disjoint = all(a.is_disjoint for a in axes)
    free = scratch("pool.free", out.shape, bool)  # windows whose maximum is not found yet
    free.fill(True)
    for (o, i), shape in _taps(axes, out.shape):
        below = np.less(x[i], out[o], out=scratch("pool.below", shape, bool))
        hit = np.greater(free[o], below, out=scratch("pool.hit", shape, bool))
        np.logical_and(free[o], below, out=free[o])
        if is_disjoint:
            np.multiply(g[o], hit, out=pulled[i])
        else:
            pulled[i] += np.multiply(g[o], hit, out=scratch("pool.share", shape, x.dtype))
    return form.undo(pulled)


def average(x: Any, axes: Axes, divisor: Any) -> Any:
    """The sum of each window over a divisor; see `maximum`.

    Parameters
    ----------
    x, axes
        As for `maximum`.
    divisor : float or ndarray
        Shape ``(*count,)``.
    """
    form = blocks(x, len(axes))
    out = form.undo(_combined(np.add, form.array, axes, 0))
    out /= divisor
    return out


def average_vjp(g: Any, x: Any, axes: Axes, divisor: Any) -> Any:
    """Each cotangent over its divisor, at all places of its window."""
    form = blocks(x, len(axes))
    pulled = form.like(g / divisor)
    for k in reversed(range(len(axes))):
        axis = axes[k]
        shape = (*pulled.shape[: k + 1], axis.size, *pulled.shape[k + 2 :])
        wider = _room(f"pool.axis{k}", shape, x.dtype, fresh=k == 0)
        if not axis.is_partition:
            wider.fill(0)
        for o, i in axis.taps():
            if axis.is_disjoint:
                wider[_at(k, i)] = pulled[_at(k, o)]
            else:
                wider[_at(k, i)] += pulled[_at(k, o)]
        pulled = wider
    return form.undo(pulled)


def _combined(ufunc: Any, x: Any, axes: Axes, neutral: float) -> Any:
    """Fold a ufunc over the windows of `blocks`, one axis after the other."""
    for k, axis in enumerate(axes):
        shape = (*x.shape[: k + 1], axis.number, *x.shape[k + 2 :])
        out = _room(f"pool.axis{k}", shape, x.dtype, fresh=k == len(axes) - 1)
        # Numpy's loops are wide on contiguous memory only; columns are gathered first.
        gather = x.shape[-1] == 1 and k == len(axes) - 1 and axis.stride > 1
        taps = list(axis.taps())
        whole = [i for o, i in taps if o == slice(0, axis.number)]
        if len(whole) == len(taps) > 1 and not gather:
            ufunc(x[_at(k, whole[0])], x[_at(k, whole[1])], out=out)
            taps = taps[2:]
        elif taps and taps[0][0] == slice(0, axis.number):
            out[...] = x[_at(k, taps[0][1])]
            taps = taps[1:]
        else:
            out.fill(neutral)
        for o, i in taps:
            part = x[_at(k, i)]
            if gather:
                gathered = scratch("pool.gathered", part.shape, x.dtype)
                gathered[...] = part
                part = gathered
            ufunc(out[_at(k, o)], part, out=out[_at(k, o)])
        x = out
    return x


def _taps(axes: Axes, shape: tuple[int, ...]) -> Any:
    """The taps of windows in all axes, in reading order, and the shape that each has."""
    for taps in product(*(list(axis.taps()) for axis in axes)):
        at = [(slice(None), *(tap[side] for tap in taps)) for side in (0, 1)]
        spatial = (o.stop - o.start for o, _ in taps)
        yield at, (shape[0], *spatial, shape[-1])


def _at(axis: int, s: slice) -> tuple[slice, ...]:
    """The index that slices one spatial axis of `blocks`."""
    return (*_all(axis + 1), s)


def _all(count: int) -> tuple[slice, ...]:
    return (slice(None),) * count


def _room(tag: str, shape: tuple[int, ...], dtype: Any, fresh: bool) -> Any:
    """Room for what is computed along one axis; fresh for the last, which is the result."""
    return np.empty(shape, dtype) if fresh else scratch(tag, shape, dtype)
