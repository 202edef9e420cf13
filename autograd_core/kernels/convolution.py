"""Convolution on raw arrays, as matrix products.

Three functions serve both convolution and its transpose, for any number of spatial axes
(N samples, C channels in, O channels out; s the stride, d the dilation, p the padding)::

    correlate        out[n, o, q] = Σ_c Σ_k x[n, c, s q + d k − p] w[o, c, k]
    input_gradient   the transpose of this in x
    weight_gradient  the transpose of this in w

The usual way to a matrix product, im2col, writes each element of x as often as there are
elements in the kernel. Here only the outer spatial axes are unfolded. Along the last one,
the windows of neighbouring outputs overlap in memory, which BLAS does not mind: the rows of
its matrices may have any distance [1]_. The transpose in x likewise multiplies overlapping
windows of the cotangent, and folds back only the outer axes; with a stride, columns of
different phase meet different elements of the kernel, so that no zeros are multiplied.

The shape of a result is (N, C, *sizes), but in memory its channels are last: then all that
is copied are runs of channels. Samples are taken a few at a time, so that what was unfolded
is still in the cache when it is multiplied.

References
----------
.. [1] M. Cho, D. Brand, "MEC: memory-efficient convolution for deep neural network",
   ICML 2017, https://arxiv.org/abs/1706.06873.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..workspace import scratch
from . import depthwise
from .conv_unfolding import (
    channels_behind,
    channels_in_front,
    channels_last,
    chunks,
    fold,
    last_axis_windows,
    spread,
    unfold,
)
from .conv_windows import Window

__all__ = ["bias_gradient", "correlate", "input_gradient", "weight_gradient"]


def correlate(x: Any, weight: Any, bias: Any, window: Window) -> Any:
    """Slide a kernel over the input.

    Parameters
    ----------
    x : ndarray
        Shape (N, C, *sizes).
    weight : ndarray
        Shape (O, C / groups, *kernel).
    bias : ndarray or None
        Shape (O,).
    window : Window

    Returns
    -------
    ndarray
        Shape (N, O, *window.output(sizes)), channels last in memory.
    """
    dtype = np.result_type(*(a for a in (x, weight, bias) if a is not None))
    if window.is_depthwise(weight.shape):
        return depthwise.correlate(x, weight, bias, window, dtype)
    if not window.slides:
        x, weight, window = x[..., None], weight[..., None], window.with_one_more_axis()
        return _correlate(x, weight, bias, window, dtype)[..., 0]
    return _correlate(x, weight, bias, window, dtype)


def _correlate(x: Any, weight: Any, bias: Any, window: Window, dtype: Any) -> Any:
    outputs = window.output(x.shape[2:])
    out = np.empty((len(x), *outputs, len(weight)), dtype)
    taps = _matrices(weight, window.groups, dtype, rows=_INPUT)
    if bias is not None:  # repeated, because numpy is faster on longer rows
        row = np.ascontiguousarray(np.broadcast_to(bias, out.shape[-2:]))
    for part in chunks(len(x), *_unfolded_size(x, window, outputs), dtype):
        columns = _columns(x[part], window, outputs, dtype)
        piece = out[part]
        np.matmul(columns, taps, out=_by_column(piece, window.groups))
        if bias is not None:
            piece += row
    return channels_in_front(out)


def weight_gradient(x: Any, g: Any, window: Window) -> Any:
    """The transpose of `correlate` in its weight.

    Parameters
    ----------
    x : ndarray
        Shape (N, C, *sizes).
    g : ndarray
        Cotangent of the result, shape (N, O, *window.output(sizes)).
    window : Window

    Returns
    -------
    ndarray
        Shape (O, C / groups, *kernel).
    """
    dtype = np.result_type(x, g)
    if window.is_depthwise((g.shape[1], x.shape[1] // window.groups)):
        return depthwise.weight_gradient(x, g, window, dtype)
    if not window.slides:
        x, g, window = x[..., None], g[..., None], window.with_one_more_axis()
        return _weight_gradient(x, g, window, dtype)[..., 0]
    return _weight_gradient(x, g, window, dtype)


def _weight_gradient(x: Any, g: Any, window: Window, dtype: Any) -> Any:
    groups = window.groups
    inputs, outputs = x.shape[1] // groups, g.shape[1] // groups
    shape = (groups, math.prod(window.kernel) * inputs, outputs)
    total = np.zeros(shape, dtype)
    product = scratch("convolution.product", shape, dtype)
    for part in chunks(len(x), *_unfolded_size(x, window, g.shape[2:]), dtype):
        columns = _columns(x[part], window, g.shape[2:], dtype).swapaxes(-1, -2)
        cotangents = _by_column(channels_last(g[part], dtype, "convolution.g"), groups)
        for q in range(g.shape[-1]):
            np.matmul(columns[:, q], cotangents[:, q], out=product)
            total += product
    *outer, width = window.kernel
    total = total.reshape(groups, width, *outer, inputs, outputs)
    order = (0, -1, -2, *range(2, 2 + len(outer)), 1)
    return np.ascontiguousarray(total.transpose(order)).reshape(-1, inputs, *window.kernel)


def input_gradient(g: Any, weight: Any, window: Window, sizes: tuple[int, ...]) -> Any:
    """The transpose of `correlate` in its input.

    Parameters
    ----------
    g : ndarray
        Cotangent of the result, shape (N, O, *window.output(sizes)).
    weight : ndarray
        Shape (O, C / groups, *kernel).
    window : Window
    sizes : tuple of int
        Of the input.

    Returns
    -------
    ndarray
        Shape (N, C, *sizes), channels last in memory.
    """
    dtype = np.result_type(g, weight)
    if window.is_depthwise(weight.shape):
        return depthwise.input_gradient(g, weight, window, sizes, dtype)
    if not window.slides:
        g, weight, window = g[..., None], weight[..., None], window.with_one_more_axis()
        return _input_gradient(g, weight, window, (*sizes, 1), dtype)[..., 0]
    return _input_gradient(g, weight, window, sizes, dtype)


def _input_gradient(g: Any, weight: Any, window: Window, sizes: tuple[int, ...], dtype: Any) -> Any:
    groups = window.groups
    *outer, kernel = window.kernel
    stride, before, width = window.stride[-1], window.padding[-1][0], sizes[-1]
    channels = weight.shape[1]
    # Column w of x, at w + before = stride · q + r, is Σ_t g[q − t] weight[r + stride · t].
    reach = -(-kernel // stride) - 1
    columns = range(before // stride - reach, (before + width - 1) // stride + 1)
    phases = []
    for column in range(min(stride, width)):
        q, r = divmod(column + before, stride)
        phase = weight[..., r::stride][..., ::-1]
        start = q - (phase.shape[-1] - 1) - columns.start
        taps = _matrices(phase, groups, dtype, rows=_OUTPUT)
        phases.append((column, start, taps, phase.shape[-1]))
    # With nothing to fold the products are the result.
    direct = window.is_trivial(slice(-1)) and g.shape[2:-1] == tuple(sizes[:-1])
    dx = (np.empty if direct else np.zeros)((len(g), *sizes, groups * channels), dtype)
    depth = math.prod(outer) * channels
    rows = math.prod(g.shape[2:-1])
    for part in chunks(len(g), groups * rows * width * depth, rows, dtype):
        cotangents = spread(g[part], columns, groups, dtype)
        if direct:
            products = _by_column(dx[part], groups)
        else:
            shape = (groups, len(g[part]), *g.shape[2:-1], width, *outer, channels)
            unfolded = scratch("convolution.unfolded", shape, dtype)
            products = unfolded.reshape(groups, -1, width, depth).swapaxes(1, 2)
        for column, start, taps, count in phases:
            target = products[:, column::stride]
            seen = last_axis_windows(cotangents, start, 1, target.shape[1], count)
            np.matmul(seen, taps, out=target)
        if not direct:
            fold(unfolded, dx[part], window)
    return channels_in_front(dx)


def bias_gradient(g: Any) -> Any:
    """The sum of a cotangent (N, O, *sizes) over all but its channels."""
    rows = channels_behind(g).reshape(-1, g.shape[1])
    return np.ones(len(rows), g.dtype) @ rows  # faster than a sum, and more exact in float32


_INPUT, _OUTPUT = 2, 1  # axes of a weight that is divided into groups


def _matrices(weight: Any, groups: int, dtype: Any, rows: int) -> Any:
    """The weight as one matrix per group.

    Its rows are the last kernel axis and one kind of channels, its columns the other kind.
    The outer kernel axes belong to the input channels, with which they are unfolded.
    """
    o, c, *kernel = weight.shape
    parts = weight.reshape(groups, o // groups, c, *kernel)
    *outer, width = range(3, parts.ndim)
    if rows == _INPUT:
        order = (0, width, *outer, _INPUT, _OUTPUT)
        shape = (groups, 1, math.prod(kernel) * c, o // groups)
    else:
        order = (0, width, _OUTPUT, *outer, _INPUT)
        shape = (groups, 1, kernel[-1] * (o // groups), math.prod(kernel[:-1]) * c)
    return np.ascontiguousarray(parts.transpose(order), dtype).reshape(shape)


def _unfolded_size(x: Any, window: Window, outputs: tuple[int, ...]) -> tuple[int, int]:
    """Elements that `unfold` writes for one sample, and the rows of its matrices."""
    width, rows = x.shape[-1] + sum(window.padding[-1]), math.prod(outputs[:-1])
    return x.shape[1] * rows * math.prod(window.kernel[:-1]) * width, rows


def _columns(x: Any, window: Window, outputs: tuple[int, ...], dtype: Any) -> Any:
    """For each position along the last axis, the matrix of all windows there."""
    unfolded = unfold(x, window, dtype)
    width = x.shape[-1] + sum(window.padding[-1])
    rows = len(x) * math.prod(outputs[:-1])
    depth = math.prod(window.kernel[:-1]) * (x.shape[1] // window.groups)
    columns = unfolded.reshape(window.groups, rows, width, depth)
    return last_axis_windows(columns, 0, window.stride[-1], outputs[-1], window.kernel[-1])


def _by_column(x: Any, groups: int) -> Any:
    """View of (N, *sizes, C) as (groups, last size, all other positions, C / groups)."""
    *lead, width, channels = x.shape
    parts = x.reshape(math.prod(lead), width, groups, channels // groups)
    return parts.transpose(2, 1, 0, 3)
