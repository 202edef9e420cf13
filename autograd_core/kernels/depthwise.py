"""Convolution in which each channel has a kernel of its own and sees no other channel.

There is nothing to sum over but the kernel, so a matrix product would multiply matrices of
one column. Instead all channels are taken at once, element by element of the kernel.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..workspace import scratch
from .conv_unfolding import channels_behind, channels_in_front
from .conv_windows import Window

__all__ = ["correlate", "input_gradient", "weight_gradient"]

CHUNK = 1 << 18
"""Bytes of the result to compute at a time: it stays in the cache for all of the kernel."""


def correlate(x: Any, weight: Any, bias: Any, window: Window, dtype: Any) -> Any:
    """See `convolution.correlate`."""
    outputs = window.output(x.shape[2:])
    out = np.empty((len(x), *outputs, x.shape[1]), dtype)
    rows = _rows(weight, outputs[-1], dtype)
    for part in _parts(out):
        piece, padded = out[part], _padded(x[part], window, dtype)
        product = scratch("depthwise.product", piece.shape, dtype)
        for i, (seen, row) in enumerate(zip(_shifted(padded, window, outputs), rows, strict=True)):
            if i == 0:
                np.multiply(seen, row, out=piece)
            else:
                piece += np.multiply(seen, row, out=product)
        if bias is not None:
            piece += bias
    return channels_in_front(out)


def weight_gradient(x: Any, g: Any, window: Window, dtype: Any) -> Any:
    """See `convolution.weight_gradient`."""
    g = channels_behind(g)
    total = np.zeros((math.prod(window.kernel), g.shape[-1]), dtype)
    for part in _parts(g):
        piece, padded = g[part], _padded(x[part], window, dtype)
        product = scratch("depthwise.product", piece.shape, dtype)
        ones = np.ones(piece.size // g.shape[-1], dtype)
        for i, seen in enumerate(_shifted(padded, window, piece.shape[1:-1])):
            np.multiply(seen, piece, out=product)
            total[i] += ones @ product.reshape(len(ones), -1)
    return np.ascontiguousarray(total.T).reshape(-1, 1, *window.kernel)


def input_gradient(g: Any, weight: Any, window: Window, sizes: tuple[int, ...], dtype: Any) -> Any:
    """See `convolution.input_gradient`."""
    g = channels_behind(g)
    out = np.empty((len(g), *sizes, g.shape[-1]), dtype)
    rows = _rows(weight, g.shape[-2], dtype)
    reach = tuple(
        max(size + sum(p), (count - 1) * s + d * (k - 1) + 1)
        for size, count, k, s, p, d in zip(sizes, g.shape[1:-1], *window[:4], strict=True)
    )
    inside = tuple(slice(p[0], p[0] + n) for p, n in zip(window.padding, sizes, strict=True))
    for part in _parts(g):
        piece = g[part]
        product = scratch("depthwise.product", piece.shape, dtype)
        padded = scratch("depthwise.padded", (len(piece), *reach, g.shape[-1]), dtype)
        padded[...] = 0
        for seen, row in zip(_shifted(padded, window, g.shape[1:-1]), rows, strict=True):
            seen += np.multiply(piece, row, out=product)
        out[part] = padded[:, *inside]
    return channels_in_front(out)


def _parts(result: Any) -> Iterator[slice]:
    step = max(1, CHUNK * len(result) // max(1, result.nbytes))
    return (slice(start, start + step) for start in range(0, len(result), step))


def _rows(weight: Any, width: int, dtype: Any) -> list[Any]:
    """Each element of the kernels, repeated along the last axis: numpy then sees long runs."""
    flat = weight.reshape(len(weight), -1).T
    return [np.ascontiguousarray(np.broadcast_to(tap, (width, len(tap))), dtype) for tap in flat]


def _padded(x: Any, window: Window, dtype: Any) -> Any:
    n, channels, *sizes = x.shape
    full = [size + sum(p) for size, p in zip(sizes, window.padding, strict=True)]
    padded = scratch("depthwise.padded", (n, *full, channels), dtype)
    padded[...] = 0
    inside = (slice(p[0], p[0] + size) for size, p in zip(sizes, window.padding, strict=True))
    padded[:, *inside] = channels_behind(x)
    return padded


def _shifted(padded: Any, window: Window, outputs: tuple[int, ...]) -> Iterator[Any]:
    """For each element of the kernel, what it lies over: one element for each output."""
    for offset in itertools.product(*map(range, window.kernel)):
        where = (
            slice(i * d, i * d + (count - 1) * s + 1, s)
            for i, d, s, count in zip(offset, window.dilation, window.stride, outputs, strict=True)
        )
        yield padded[:, *where]
