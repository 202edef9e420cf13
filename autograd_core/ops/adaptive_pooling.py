"""Adaptive pooling: as many numbers along the last axes as are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cases import Case
from ..declare import composite
from ..kernels import adaptive_pooling as kernels
from ..kernels.blocks import floating
from ..kernels.pool_windows import bins
from ..op import Kernel
from ..value import data_of, shape_of
from .indexing import take_along_axis
from .joining import concatenate
from .reduction import mean

__all__ = ["adaptive_average_pool", "adaptive_max_pool"]

CASES = (
    Case((2, 4, 4), output_size=(2, 2)), Case((5,), output_size=(3,)),
    Case((2, 3, 5), output_size=(2, 4)), Case((2, 3, 4), output_size=(1, 1)),
    Case((2, 3), output_size=(5,)),
)


def _adaptive_max_pool(x: Any, output_size: tuple[int, ...]) -> Any:
    """The maximum of each of as many bins as are asked for.

    Along an axis of a given size, bin i of n reaches from ``⌊i · size / n⌋`` to
    ``⌈(i + 1) · size / n⌉``, exclusive. Of several maxima in a bin the first takes the gradient.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(..., *spatial)``.
    output_size : tuple of int
        Number of bins, one entry per spatial axis. Of ones: the maximum over all of x.

    Returns
    -------
    ndarray or Value
        Shape ``(..., *output_size)``.

    Raises
    ------
    ShapeError
        If x has too few axes, or one of them is empty.
    ArgumentError
        If a size is not a positive integer.

    Examples
    --------
    >>> adaptive_max_pool(np.array([1.0, 4.0, 2.0, 3.0, 0.0]), output_size=(2,))
    array([4., 3.])
    """
    axes = _bins_of(adaptive_max_pool.name, x, output_size)
    # The first in reading order: in each row the first column, and then the first row.
    for k in range(-1, -len(axes) - 1, -1):
        x = concatenate([_first_max(x[_along(k, s)], k) for s in axes[k].slices()], k)
    return x


def _first_max(x: Any, axis: int) -> Any:
    return take_along_axis(x, np.argmax(data_of(x), axis=axis, keepdims=True), axis)


def _adaptive_max_pool_forward(x: Any, output_size: Any) -> tuple[Any, Any]:
    x = floating(x)
    return kernels.maximum(x, _bins_of("adaptive_max_pool", x, output_size))


def _adaptive_max_pool_vjp(
    g: Any, out: Any, places: Any, x: Any, *, wanted: Any, output_size: Any
) -> tuple[Any, ...]:
    return (kernels.maximum_vjp(g, places, x, len(_as_tuple(output_size))),)


adaptive_max_pool = composite(
    _adaptive_max_pool, kernel=Kernel(_adaptive_max_pool_forward, _adaptive_max_pool_vjp),
    name="adaptive_max_pool", formula="max over bins of x", cases=CASES)


def _adaptive_average_pool(x: Any, output_size: tuple[int, ...]) -> Any:
    """The mean of each of as many bins as are asked for; see `adaptive_max_pool`.

    Examples
    --------
    >>> adaptive_average_pool(np.array([1.0, 4.0, 2.0, 3.0, 0.0]), output_size=(2,))
    array([2.33333333, 1.66666667])
    """
    axes = _bins_of(adaptive_average_pool.name, x, output_size)
    for k in range(-1, -len(axes) - 1, -1):
        x = concatenate([mean(x[_along(k, s)], k, True) for s in axes[k].slices()], k)
    return x


def _adaptive_average_pool_forward(x: Any, output_size: Any) -> tuple[Any, Any]:
    x = floating(x)
    axes = _bins_of("adaptive_average_pool", x, output_size)
    return kernels.average(x, axes), axes


def _adaptive_average_pool_vjp(
    g: Any, out: Any, axes: Any, x: Any, *, wanted: Any, output_size: Any
) -> tuple[Any, ...]:
    return (kernels.average_vjp(g, x, axes),)


adaptive_average_pool = composite(
    _adaptive_average_pool,
    kernel=Kernel(_adaptive_average_pool_forward, _adaptive_average_pool_vjp),
    name="adaptive_average_pool", formula="mean over bins of x", cases=CASES)


def _bins_of(op: str, x: Any, output_size: Any) -> Any:
    return bins(op, shape_of(x), _as_tuple(output_size))


def _as_tuple(size: Any) -> tuple[int, ...]:
    return size if isinstance(size, tuple) else (size,)


def _along(axis: int, s: slice) -> tuple[Any, ...]:
    """The index that slices one axis, counted from the end."""
    return (..., s, *(slice(None),) * (-axis - 1))
