"""Standardisation on raw arrays: subtract a mean, divide by a standard deviation.

Batch normalisation takes the moments of each channel over the batch, layer and group
normalisation those of each group of channels within a sample. Inside, every array is
``(n, C, length)`` and contiguous; where memory holds channels last, the length is 1.

The arrays are taken a part at a time, so that what one pass leaves in the cache the next
finds there. Sums run over a part in the array's own precision, over the parts in float64.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..workspace import scratch
from .blocks import Blocks, blocks

__all__ = ["Moments", "by_channel", "by_channel_vjp", "by_group", "by_group_vjp", "channel_moments"]

PART = 1 << 17
"""Elements to take at a time; several such parts fit into the second-level cache."""


class Moments(NamedTuple):
    """Mean and biased variance of each channel, shape ``(C,)``."""

    mean: Any
    var: Any


def channel_moments(x: Any) -> Moments:
    """Mean and variance over all axes but the second, in float64.

    The variance is that of the centred data: the difference of two large sums, which would
    save a pass, has no correct digit left where the mean is large.

    Parameters
    ----------
    x : ndarray
        Floating-point, shape ``(N, C, ...)``.

    Examples
    --------
    >>> channel_moments(np.array([[1.0, 5.0], [3.0, 5.0]]))
    Moments(mean=array([2., 5.]), var=array([1., 0.]))
    """
    x = _channels(blocks(x, x.ndim - 2))
    count = x.shape[0] * x.shape[2]
    mean, var = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for part in _parts(x):
        mean += _sums(x[part])
    mean /= count
    for part in _parts(x):
        centred = _centred(x[part], mean)
        var += _dots(centred, centred)
    return Moments(mean, var / count)


def by_channel(x: Any, weight: Any, bias: Any, moments: Moments, eps: float) -> Any:
    """``(x − mean) / √(var + eps) · weight + bias``, in the memory order of `x`.

    Parameters
    ----------
    x : ndarray
        Shape ``(N, C, ...)``.
    weight, bias : ndarray or None
        Shape ``(C,)``, as are the moments.
    moments : Moments
    eps : float
    """
    form = blocks(x, x.ndim - 2)
    x = _channels(form)
    scale = _one_if_none(weight) / np.sqrt(moments.var + eps)
    out = np.empty(x.shape, _dtype(x, weight, bias))
    for part in _parts(x):
        # x · scale + shift would save a pass, and lose digits where the mean is large.
        np.subtract(x[part], _column(moments.mean, x), out=out[part])
        out[part] *= _column(scale, out)
        if bias is not None:
            out[part] += _column(bias, out)
    return form.undo(out.reshape(form.array.shape))


def by_channel_vjp(
    g: Any, x: Any, weight: Any, moments: Moments, eps: float, fixed: bool, wanted: Any
) -> tuple[Any, Any, Any]:
    """Cotangents of `x`, weight and bias in `by_channel`.

    Parameters
    ----------
    fixed : bool
        Whether the moments are constants. Else they are those of `x`, and move with it.
    wanted : tuple of three bools
    """
    form = blocks(x, x.ndim - 2)
    x, g = _channels(form), _channels(form, form.like(g))
    inverse = 1 / np.sqrt(moments.var + eps)
    scale = _one_if_none(weight) * inverse
    weight_bar, bias_bar = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    if any(wanted[1:]) or not fixed:
        for part in _parts(x):
            weight_bar += _dots(g[part], _centred(x[part], moments.mean))
            bias_bar += _sums(g[part])
        weight_bar *= inverse
    if not wanted[0]:
        return None, weight_bar, bias_bar
    out = np.empty(x.shape, g.dtype)
    # scale · (g − mean g − x̂ · mean(g x̂)), where x̂ = (x − mean) · inverse.
    count = max(1, x.shape[0] * x.shape[2])
    along_x = -scale * inverse * weight_bar / count
    shift = -scale * bias_bar / count
    for part in _parts(x):
        np.multiply(g[part], _column(scale, out), out=out[part])
        if not fixed:
            centred = _centred(x[part], moments.mean)
            centred *= _column(along_x, x)
            out[part] += centred
            out[part] += _column(shift, out)
    return form.undo(out.reshape(form.array.shape)), weight_bar, bias_bar


def by_group(x: Any, weight: Any, bias: Any, groups: int, eps: float) -> tuple[Any, Any]:
    """Standardise each group of channels of each sample by itself, then scale the channels.

    Parameters
    ----------
    x : ndarray
        Shape ``(N, C, length)``, contiguous; C is divided into `groups` of neighbours.
    weight, bias : ndarray or None
        C elements.
    groups : int
    eps : float

    Returns
    -------
    out : ndarray
        Of the shape of `x`.
    moments : tuple of ndarray
        Mean and inverse standard deviation, shape ``(N, groups, 1)``.
    """
    out = np.empty(x.shape, _dtype(x, weight, bias))
    mean = np.empty((len(x), groups, 1), out.dtype)
    inverse = np.empty_like(mean)
    for part in _parts(x):
        rows = _by_group(out[part], groups)
        mean[part] = _row_means(_by_group(x[part], groups))
        np.subtract(_by_group(x[part], groups), mean[part], out=rows)
        inverse[part] = 1 / np.sqrt(_row_means(rows, rows) + eps)
        rows *= inverse[part]
        if weight is not None:
            out[part] *= _column(weight, out)
        if bias is not None:
            out[part] += _column(bias, out)
    return out, (mean, inverse)


def by_group_vjp(
    g: Any, x: Any, weight: Any, moments: Any, groups: int, wanted: Any
) -> tuple[Any, Any, Any]:
    """Cotangents of `x`, weight and bias in `by_group`."""
    mean, inverse = moments
    weight_bar, bias_bar = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    out = np.empty(x.shape, g.dtype) if wanted[0] else None
    for part in _parts(x):
        standard = scratch("standard.centred", x[part].shape, g.dtype)
        rows = _by_group(standard, groups)
        np.subtract(_by_group(x[part], groups), mean[part], out=rows)
        rows *= inverse[part]
        if wanted[1]:
            weight_bar += _dots(g[part], standard)
        if wanted[2]:
            bias_bar += _sums(g[part])
        if out is not None:
            # (h − mean h − x̂ · mean(h x̂)) / σ, where h is g · weight.
            np.multiply(g[part], _column(_one_if_none(weight), g), out=out[part])
            h = _by_group(out[part], groups)
            rows *= _row_means(h, rows)
            h -= _row_means(h)
            h -= rows
            h *= inverse[part]
    return out, weight_bar, bias_bar


def _channels(form: Blocks, array: Any = None) -> Any:
    """An array in that form, as ``(n, C, length)``."""
    array = form.array if array is None else array
    if form.channels_last:
        return array.reshape(math.prod(array.shape[:-1]), array.shape[-1], 1)
    return array.reshape(*form.lead, math.prod(array.shape[1:]))


def _by_group(x: Any, groups: int) -> Any:
    """``(n, C, length)`` as ``(n, groups, C/groups · length)``."""
    return x.reshape(len(x), groups, x.shape[1] // groups * x.shape[2])


def _parts(x: Any) -> Iterator[slice]:
    """Slices of the first axis, each of about `PART` elements."""
    step = max(1, PART // max(1, x.shape[1] * x.shape[2]))
    return (slice(start, start + step) for start in range(0, len(x), step))


def _centred(x: Any, mean: Any) -> Any:
    """A part less the mean of each channel, in scratch memory."""
    out = scratch("standard.centred", x.shape, x.dtype)
    return np.subtract(x, _column(mean, x), out=out)


def _sums(x: Any) -> Any:
    """Sum of each channel of ``(n, C, length)``, as products with ones: BLAS is faster."""
    n, channels, length = x.shape
    if length == 1:
        return np.dot(np.ones(n, x.dtype), x[:, :, 0])
    sums = np.dot(x.reshape(n * channels, length), np.ones(length, x.dtype))
    return sums.reshape(n, channels).sum(axis=0, dtype=np.float64)


def _dots(x: Any, y: Any) -> Any:
    """Sum of ``x · y`` over each channel."""
    if x.shape[2] == 1:
        return np.einsum("nc,nc->c", x[:, :, 0], y[:, :, 0])
    return np.vecdot(x, y).sum(axis=0, dtype=np.float64)


def _row_means(x: Any, y: Any = None) -> Any:
    """Mean of ``x``, or of ``x · y``, over the last axis, which stays."""
    length = x.shape[-1]
    if y is None:
        total = np.dot(x.reshape(-1, length), np.ones(length, x.dtype)).reshape(x.shape[:-1])
    else:
        total = np.vecdot(x, y)
    return (total / length)[..., None]


def _column(per_channel: Any, like: Any) -> Any:
    """An array ``(C,)`` that broadcasts against ``(n, C, length)``, in its dtype."""
    return np.asarray(per_channel, like.dtype).reshape(-1, 1)


def _one_if_none(weight: Any) -> Any:
    return np.ones(1) if weight is None else weight


def _dtype(*arrays: Any) -> Any:
    return np.result_type(*(array for array in arrays if array is not None))
