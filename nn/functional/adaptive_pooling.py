"""Pooling over bins, or over all positions."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import data_of, shape_of

from .pooling import check_axes

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "global_avg_pool",
    "global_max_pool",
]


def adaptive_avg_pool1d(input: Any, output_size: Any) -> Any:
    """The mean of each of `output_size` bins.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(N, C, L)`` or ``(C, L)``.
    output_size : int or None, or a tuple of these
        Number of bins per axis; ``None`` for as many as there are elements. Bin i of n reaches
        from ``⌊i L / n⌋`` to ``⌈(i + 1) L / n⌉``, exclusive.

    Returns
    -------
    ndarray or Value
        Shape ``(N, C, output_size)`` or ``(C, output_size)``.

    Raises
    ------
    ShapeError, ArgumentError

    Examples
    --------
    >>> adaptive_avg_pool1d([[[1.0, 2.0, 3.0, 4.0, 5.0]]], 2)
    array([[[2., 4.]]])
    """
    return ag.adaptive_average_pool(input, _bins("adaptive_avg_pool1d", 1, input, output_size))


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """The mean of each bin of ``(N, C, H, W)`` or ``(C, H, W)``; see `adaptive_avg_pool1d`."""
    return ag.adaptive_average_pool(input, _bins("adaptive_avg_pool2d", 2, input, output_size))


def adaptive_max_pool1d(input: Any, output_size: Any) -> Any:
    """The maximum of each bin; see `adaptive_avg_pool1d`.

    Of several maxima in a bin the first takes the gradient.
    """
    return ag.adaptive_max_pool(input, _bins("adaptive_max_pool1d", 1, input, output_size))


def adaptive_max_pool2d(input: Any, output_size: Any) -> Any:
    """The maximum of each bin of ``(N, C, H, W)`` or ``(C, H, W)``; see `adaptive_max_pool1d`."""
    return ag.adaptive_max_pool(input, _bins("adaptive_max_pool2d", 2, input, output_size))


def global_avg_pool(input: Any, keepdims: bool = False) -> Any:
    """The mean of each channel over all positions.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(N, C, ...)``, with at least one spatial axis.
    keepdims : bool
        Whether the spatial axes stay, with length 1.

    Returns
    -------
    ndarray or Value
        Shape ``(N, C)``.

    Examples
    --------
    >>> global_avg_pool([[[1.0, 3.0], [5.0, 9.0]]])
    array([[2., 7.]])
    """
    return ag.mean(input, _all_positions("global_avg_pool", input), keepdims)


def global_max_pool(input: Any, keepdims: bool = False) -> Any:
    """The maximum of each channel over all positions; see `global_avg_pool`.

    Of several maxima the first takes the gradient, as in all pooling.

    Examples
    --------
    >>> global_max_pool([[[1.0, 3.0], [5.0, 9.0]]])
    array([[3., 9.]])
    """
    axes = _all_positions("global_max_pool", input)
    out = ag.adaptive_max_pool(input, (1,) * len(axes))
    return out if keepdims else ag.reshape(out, shape_of(out)[:2])


def _bins(op: str, rank: int, input: Any, output_size: Any) -> tuple[int, ...]:
    check_axes(op, rank, input)
    sizes = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * rank
    if len(sizes) != rank:
        raise ArgumentError(f"{op}: output_size is {output_size}; need {rank} integers or None")
    spatial = np.shape(data_of(input))[-rank:]
    return tuple(have if n is None else n for have, n in zip(spatial, sizes, strict=True))


def _all_positions(op: str, input: Any) -> tuple[int, ...]:
    shape = np.shape(data_of(input))
    if len(shape) < 3:
        raise ShapeError(f"{op}: the input is {shape}; need (N, C, ...) with spatial axes")
    return tuple(range(2, len(shape)))
