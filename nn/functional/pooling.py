"""Pooling over windows."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError, ShapeError, UnsupportedError
from autograd_core.value import data_of

__all__ = [
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
]

Size = int | tuple[int, ...]

AXES = ("L", "H, W", "D, H, W")


def max_pool1d(
    input: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum of each window; of several in one window, the first takes the gradient.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(N, C, L)`` or ``(C, L)``.
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        By default the size of the window.
    padding : int or tuple of int
        With −∞ on both sides, at most half a window.
    dilation : int or tuple of int
        From one place of a window to the next.
    ceil_mode : bool
        Whether a last window that reaches beyond the padding counts as well.
    return_indices : bool
        Not supported.

    Returns
    -------
    ndarray or Value
        With ``⌊(L + 2 padding − dilation (kernel_size − 1) − 1) / stride⌋ + 1`` windows, or that
        rounded up.

    Raises
    ------
    ShapeError
        If the input has another number of axes, or no window fits.
    ArgumentError
        If a number is out of range.

    Examples
    --------
    >>> max_pool1d([[[1.0, 3.0, 2.0, 5.0]]], 2)
    array([[[3., 5.]]])
    """
    return _max(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum of each window of ``(N, C, H, W)`` or ``(C, H, W)``; see `max_pool1d`."""
    return _max(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum of each window of ``(N, C, D, H, W)`` or ``(C, D, H, W)``; see `max_pool1d`."""
    return _max(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _max(rank: int, input: Any, kernel_size: Size, *rest: Any) -> Any:
    op = f"max_pool{rank}d"
    *options, return_indices = rest
    if return_indices:
        raise UnsupportedError(
            f"{op}: return_indices=True is not supported; the gradient of the sum of the result "
            "is not 0 where the maxima are"
        )
    return ag.max_pool(*_checked(op, rank, input, kernel_size), *options)


def avg_pool1d(
    input: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """The mean of each window.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(N, C, L)`` or ``(C, L)``.
    kernel_size, stride, padding, ceil_mode
        See `max_pool1d`; the padding is with zeros.
    count_include_pad : bool
        Whether the mean counts the padding. What `ceil_mode` adds beyond it never counts.

    Returns
    -------
    ndarray or Value

    Raises
    ------
    ShapeError, ArgumentError
        As for `max_pool1d`.

    Examples
    --------
    >>> avg_pool1d([[[1.0, 2.0, 3.0, 4.0, 5.0]]], 2, ceil_mode=True)
    array([[[1.5, 3.5, 5. ]]])
    """
    return _average(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of each window of ``(N, C, H, W)`` or ``(C, H, W)``; see `avg_pool1d`.

    With `divisor_override`, the sum of each window over that number.
    """
    return _average(
        2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def avg_pool3d(
    input: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of each window of ``(N, C, D, H, W)`` or ``(C, D, H, W)``; see `avg_pool2d`."""
    return _average(
        3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def _average(rank: int, input: Any, kernel_size: Size, *options: Any) -> Any:
    return ag.average_pool(*_checked(f"avg_pool{rank}d", rank, input, kernel_size), *options)


def _checked(op: str, rank: int, input: Any, kernel_size: Any) -> tuple[Any, tuple[int, ...]]:
    """The input, and the size of the window along each axis."""
    check_axes(op, rank, input)
    size = (kernel_size,) * rank if not isinstance(kernel_size, (tuple, list)) else kernel_size
    if len(size) != rank:
        raise ArgumentError(f"{op}: kernel_size is {kernel_size}; need an integer, or {rank}")
    return input, tuple(size)


def check_axes(op: str, rank: int, input: Any) -> None:
    """Raise if the input has not the axes of a batch or of a single sample."""
    shape = np.shape(data_of(input))
    if len(shape) not in (rank + 1, rank + 2):
        axes = AXES[rank - 1]
        raise ShapeError(f"{op}: the input is {shape}; need (N, C, {axes}) or (C, {axes})")
