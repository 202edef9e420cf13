"""Pooling: one number for each window of the last axes.

The number of window sizes says how many of the last axes are spatial; whatever axes come
before them (batch, channels) are left alone.
"""

from __future__ import annotations

from functools import reduce
from itertools import product
from math import prod
from typing import Any

import numpy as np

from ..cases import Case
from ..declare import composite
from ..errors import ArgumentError
from ..kernels import pooling as kernels
from ..kernels.blocks import floating
from ..kernels.pool_windows import Windows, windows
from ..op import Kernel
from ..value import data_of, dtype_of, shape_of
from .arithmetic import where
from .joining import pad

__all__ = ["average_pool", "max_pool"]

Size = int | tuple[int, ...]


def _max_pool(
    x: Any, kernel_size: tuple[int, ...], stride: Size | None = None, padding: Size = 0,
    dilation: Size = 1, ceil_mode: bool = False,
) -> Any:
    """The maximum of each window.

    Of several maxima in a window the first, in reading order, takes the gradient.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(..., *spatial)``.
    kernel_size : tuple of int
        Of the window, one entry per spatial axis.
    stride : int or tuple of int, optional
        From one window to the next; by default the size of the window.
    padding : int or tuple of int
        How far the first window reaches beyond x on one side, and the last on the other, at
        most half a window. There is −∞, so that padding never is the maximum.
    dilation : int or tuple of int
        From one place of a window to the next.
    ceil_mode : bool
        Whether a last window that reaches beyond the padding counts as well.

    Returns
    -------
    ndarray or Value
        Shape ``(..., *count)``, with ``⌊(size + 2 padding − dilation (kernel − 1) − 1)/stride⌋
        + 1`` windows along each axis, or that rounded up. A nan in a window is its maximum.

    Raises
    ------
    ShapeError
        If no window fits into x.
    ArgumentError
        If a number is out of range.

    Examples
    --------
    >>> import autograd_core as ag
    >>> x = ag.Value(np.array([1.0, 3.0, 3.0, 2.0, 5.0]))
    >>> y = ag.max_pool(x, kernel_size=(3,), stride=2)
    >>> y.data
    array([3., 5.])
    >>> y.sum().backward(); x.grad
    array([0., 1., 0., 0., 1.])
    """
    axes = _windows_of(max_pool.name, x, kernel_size, stride, padding, dilation, ceil_mode)
    best, *others = _shifted(x, axes, -np.inf)
    for tap in others:
        best = where((tap > best) | np.isnan(data_of(tap)), tap, best)
    return best


def _shifted(x: Any, axes: tuple[Windows, ...], fill: float) -> list[Any]:
    """For each place in a window, what all windows have there: strided slices of x."""
    lead = len(shape_of(x)) - len(axes)
    padded = pad(x, ((0, 0),) * lead + tuple(a.overhang() for a in axes), "constant", fill)
    starts = product(*(range(0, a.extent, a.dilation) for a in axes))
    return [
        padded[(..., *(slice(at, at + (a.number - 1) * a.stride + 1, a.stride)
                       for at, a in zip(start, axes, strict=True)))]
        for start in starts
    ]


def _windows_of(
    op: str, x: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool,
) -> tuple[Windows, ...]:
    size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,)
    return windows(op, shape_of(x), size, stride, padding, dilation, ceil_mode)


def _max_pool_forward(x: Any, **params: Any) -> tuple[Any, Any]:
    x = floating(x)
    axes = _windows_of("max_pool", x, **params)
    return kernels.maximum(x, axes), axes


def _max_pool_vjp(
    g: Any, out: Any, axes: Any, x: Any, *, wanted: Any, **params: Any
) -> tuple[Any, ...]:
    return (kernels.maximum_vjp(g, out, x, axes),)


max_pool = composite(
    _max_pool, kernel=Kernel(_max_pool_forward, _max_pool_vjp), name="max_pool",
    formula="max over windows of x", onnx="MaxPool",
    cases=(
        Case((2, 4, 4), kernel_size=(2, 2)), Case((7,), kernel_size=(3,), stride=2, padding=1),
        Case((2, 5, 4), kernel_size=(2, 3), stride=(2, 1), padding=(1, 0), ceil_mode=True),
        Case((2, 6), kernel_size=(2,), stride=1, dilation=3),
        Case((3, 2, 4), kernel_size=(2, 1, 2)), Case((6,), kernel_size=(3,), padding=1),
    ))


def _average_pool(
    x: Any, kernel_size: tuple[int, ...], stride: Size | None = None, padding: Size = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
) -> Any:
    """The mean of each window.

    Parameters
    ----------
    x, kernel_size, stride, padding, ceil_mode
        As for `max_pool`, but the padding is 0.
    count_include_pad : bool
        Whether the mean counts the padding. What `ceil_mode` adds beyond it never counts.
    divisor_override : int, optional
        Divide the sum by this instead.

    Returns
    -------
    ndarray or Value
        Shape ``(..., *count)``.

    Raises
    ------
    ShapeError, ArgumentError
        As for `max_pool`.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    >>> average_pool(x, kernel_size=(2,), ceil_mode=True)
    array([1.5, 3.5, 5. ])
    >>> average_pool(x, kernel_size=(2,), padding=1, count_include_pad=False)
    array([1. , 2.5, 4.5])
    """
    axes = _windows_of(average_pool.name, x, kernel_size, stride, padding, 1, ceil_mode)
    first, *others = _shifted(x, axes, 0.0)
    return sum(others, first) / _divisor(axes, x, count_include_pad, divisor_override)


def _divisor(axes: Any, x: Any, count_include_pad: bool, divisor_override: Any) -> Any:
    """By what each sum is divided: a number, or an array where the windows differ."""
    if divisor_override is not None:
        if not divisor_override:
            raise ArgumentError("average_pool: divisor_override is 0; need another number, or None")
        return float(divisor_override)
    sizes = [a.sizes(count_include_pad) for a in axes]
    if all((along == along[0]).all() for along in sizes):
        return float(prod(along[0] for along in sizes))
    return reduce(np.multiply.outer, sizes).astype(dtype_of(x))


def _average_pool_forward(
    x: Any, count_include_pad: bool, divisor_override: Any, **params: Any
) -> tuple[Any, Any]:
    x = floating(x)
    axes = _windows_of("average_pool", x, dilation=1, **params)
    divisor = _divisor(axes, x, count_include_pad, divisor_override)
    return kernels.average(x, axes, divisor), (axes, divisor)


def _average_pool_vjp(
    g: Any, out: Any, residuals: Any, x: Any, *, wanted: Any, **params: Any
) -> tuple[Any, ...]:
    return (kernels.average_vjp(g, x, *residuals),)


average_pool = composite(
    _average_pool, kernel=Kernel(_average_pool_forward, _average_pool_vjp), name="average_pool",
    formula="mean over windows of x", onnx="AveragePool",
    cases=(
        Case((2, 4, 4), kernel_size=(2, 2)), Case((5,), kernel_size=(2,), ceil_mode=True),
        Case((2, 5, 4), kernel_size=(2, 3), stride=(2, 1), padding=(1, 1), ceil_mode=True),
        Case((7,), kernel_size=(3,), stride=2, padding=1, count_include_pad=False),
        Case((3, 2, 4), kernel_size=(2, 1, 2), divisor_override=3),
        Case((6,), kernel_size=(3,), padding=1),
    ))
