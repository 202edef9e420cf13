"""Convolutions and their transposes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ShapeError
from autograd_core.value import shape_of

from .conv_sizes import padding_pairs

__all__ = [
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
]

Size = int | tuple[int, ...]


def conv2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Any = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Any:
    """Slide kernels over images; see `autograd_core.conv` for the equation.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(N, C, H, W)``, or ``(C, H, W)`` for a single sample.
    weight : array_like or Value
        Shape ``(O, C / groups, K_h, K_w)``.
    bias : array_like or Value, optional
        Shape ``(O,)``.
    stride : int or tuple of int
    padding : int, tuple or {"same", "valid"}
        Zeros on both sides of an axis; a pair in the tuple gives the sides apart. ``"same"``
        makes the output as large as the input.
    dilation : int or tuple of int
        Distance of the elements of the kernel.
    groups : int
        Into how many parts, that do not see each other, the channels are divided.

    Returns
    -------
    ndarray or Value
        Shape ``(N, O, *conv_output_size((H, W), (K_h, K_w), …))``, without N if there is none.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, or the kernel is larger than the padded input.
    ArgumentError
        If a static argument is none.

    Examples
    --------
    >>> conv2d(np.ones((1, 5, 5)), np.ones((2, 1, 3, 3)), padding="same")[0, 0]
    array([4., 6., 6., 6., 4.])
    """
    return _conv(2, input, weight, bias, stride, padding, dilation, groups)


def conv1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Any = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Any:
    """`conv2d` over one axis: ``(N, C, L)`` or ``(C, L)``, with kernels ``(O, C / groups, K)``.

    Examples
    --------
    >>> conv1d([[1.0, 2.0, 4.0, 8.0]], [[[1.0, -1.0]]])
    array([[-1., -2., -4.]])
    """
    return _conv(1, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Any = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Any:
    """`conv2d` over three axes: ``(N, C, D, H, W)`` or ``(C, D, H, W)``."""
    return _conv(3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Any = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Any:
    """The transpose of `conv2d`; see `autograd_core.conv_transpose` for the equation.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(N, C, H, W)``, or ``(C, H, W)`` for a single sample.
    weight : array_like or Value
        Shape ``(C, O / groups, K_h, K_w)``: that of the convolution which is transposed.
    bias : array_like or Value, optional
        Shape ``(O,)``.
    stride, padding, groups, dilation
        Of the convolution which is transposed. Padding is cut off here.
    output_padding : int or tuple of int
        How much longer the result is, at the end of each axis; less than the stride or the
        dilation.

    Returns
    -------
    ndarray or Value
        Shape ``(N, O, …)`` with ``(H − 1) S + D (K − 1) + 1 − 2P + output_padding``.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, or nothing would be left.
    ArgumentError
        If a static argument is none.

    Examples
    --------
    >>> conv_transpose2d(np.ones((1, 2, 2)), np.ones((1, 1, 2, 2)), stride=2).shape
    (1, 4, 4)
    """
    return _transpose(2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Any = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Any:
    """`conv_transpose2d` over one axis: ``(N, C, L)`` or ``(C, L)``.

    Examples
    --------
    >>> conv_transpose1d([[1.0, 10.0]], [[[1.0, 2.0, 3.0]]], stride=2)
    array([[ 1.,  2., 13., 20., 30.]])
    """
    return _transpose(1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Any = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Any:
    """`conv_transpose2d` over three axes: ``(N, C, D, H, W)`` or ``(C, D, H, W)``."""
    return _transpose(3, input, weight, bias, stride, padding, output_padding, groups, dilation)


def _conv(
    rank: int, x: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    op = f"conv{rank}d"

    def call(*operands: Any) -> Any:
        pairs = padding_pairs(op, padding, shape_of(operands[1])[2:], stride, dilation)
        return ag.conv(*operands, stride=stride, padding=pairs, dilation=dilation, groups=groups)

    return _in_batch(op, rank, call, x, weight, bias)


def _transpose(
    rank: int,
    x: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Any:
    def call(*operands: Any) -> Any:
        return ag.conv_transpose(
            *operands,
            stride=stride,
            padding=padding,
            output_padding=output_padding,
            groups=groups,
            dilation=dilation,
        )

    return _in_batch(f"conv_transpose{rank}d", rank, call, x, weight, bias)


def _in_batch(op: str, rank: int, call: Callable[..., Any], x: Any, weight: Any, bias: Any) -> Any:
    """Call on a batch; a single sample is one for as long."""
    x, weight = (a if isinstance(a, ag.Value) else np.asarray(a) for a in (x, weight))
    axes = ("L", "H, W", "D, H, W")[rank - 1]
    if x.ndim not in (rank + 1, rank + 2) or weight.ndim != rank + 2:
        raise ShapeError(
            f"{op}: input is {x.shape}, weight is {weight.shape}; need input (N, C, {axes}) or "
            f"(C, {axes}), and weight with {rank + 2} axes"
        )
    single = x.ndim == rank + 1
    operands = (x[None] if single else x, weight) + (() if bias is None else (bias,))
    out = call(*operands)
    return out[0] if single else out
