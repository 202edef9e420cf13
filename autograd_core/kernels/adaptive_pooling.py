"""Adaptive pooling on raw arrays: one axis after the other, bin by bin."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .pool_windows import Bins

__all__ = ["average", "average_vjp", "maximum", "maximum_vjp"]


def average(x: Any, axes: Sequence[Bins]) -> Any:
    """The mean of each bin.

    Parameters
    ----------
    x : ndarray
        Floating-point, shape ``(..., *spatial)``.
    axes : sequence of Bins
        One per spatial axis.
    """
    for k, axis in enumerate(axes, x.ndim - len(axes)):
        x = np.concatenate([x[_at(k, s)].mean(axis=k, keepdims=True) for s in axis.slices()], k)
    return x


def average_vjp(g: Any, x: Any, axes: Sequence[Bins]) -> Any:
    """Each cotangent over the size of its bin, at all places of the bin."""
    for k in reversed(range(g.ndim - len(axes), g.ndim)):
        pulled = np.zeros((*g.shape[:k], x.shape[k], *g.shape[k + 1 :]), x.dtype)
        for i, s in enumerate(axes[k - g.ndim].slices()):
            pulled[_at(k, s)] += g[_at(k, slice(i, i + 1))] / (s.stop - s.start)
        g = pulled
    return g


def maximum(x: Any, axes: Sequence[Bins]) -> tuple[Any, Any]:
    """The maximum of each bin, and where it is.

    Returns
    -------
    out : ndarray
    places : ndarray of int
        Indices into the raveled spatial axes: of several maxima the first, of a nan the first.
    """
    spatial = x.shape[x.ndim - len(axes) :]
    places = np.broadcast_to(np.arange(prod(spatial)).reshape(spatial), x.shape)
    # The first in reading order: in each row the first column, and then the first row.
    for k in reversed(range(x.ndim - len(axes), x.ndim)):
        maxima, where = [], []
        for s in axes[k - x.ndim].slices():
            index = np.argmax(x[_at(k, s)], axis=k, keepdims=True)
            maxima.append(np.take_along_axis(x[_at(k, s)], index, k))
            where.append(np.take_along_axis(places[_at(k, s)], index, k))
        x, places = np.concatenate(maxima, k), np.concatenate(where, k)
    return x, places


def maximum_vjp(g: Any, places: Any, x: Any, rank: int) -> Any:
    """Each cotangent at the place of its bin's maximum."""
    lead = prod(x.shape[: x.ndim - rank])
    count = prod(g.shape[g.ndim - rank :])
    pulled = np.zeros((lead, prod(x.shape[x.ndim - rank :])), x.dtype)
    rows = np.arange(lead)[:, None]
    np.add.at(pulled, (rows, places.reshape(lead, count)), g.reshape(lead, count))
    return pulled.reshape(x.shape)


def _at(axis: int, s: slice) -> tuple[slice, ...]:
    return (*(slice(None),) * axis, s)
