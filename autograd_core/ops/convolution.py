"""Convolution and its transpose, over one or more spatial axes."""

from __future__ import annotations

import operator
from functools import reduce
from itertools import product
from math import prod
from typing import Any

import numpy as np

from ..cases import Case
from ..declare import composite
from ..errors import ShapeError
from ..kernels import convolution as kernels
from ..kernels.conv_unfolding import reached
from ..kernels.conv_windows import Window, check_fit, check_shapes, window_of
from ..op import Kernel
from ..value import dtype_of, shape_of
from .indexing import scatter_add
from .joining import pad
from .products import matmul
from .shape import matrix_transpose, reshape

__all__ = ["conv", "conv_transpose"]


def _conv(
    x: Any, weight: Any, bias: Any = None, *,
    stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1,
) -> Any:
    """Slide a kernel over the input: what is called convolution in neural networks.

    ``out[n, o, q] = Σ_c Σ_k x[n, c, S q + D k − P] w[o, c, k] + b[o]``, where x is 0 outside.
    In mathematics this is the cross-correlation; the kernel is not flipped.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(N, C, *W)``: samples, channels, and any number of spatial axes.
    weight : array_like or Value
        Shape ``(O, C / groups, *F)``.
    bias : array_like or Value, optional
        Shape ``(O,)``.
    stride : int or tuple of int
        From one window to the next.
    padding : int or tuple of (int or (int, int))
        How many zeros are put before and after each axis.
    dilation : int or tuple of int
        From one element of the kernel to the next.
    groups : int
        Output channels of each of so many groups see only the input channels of that group.

    Returns
    -------
    ndarray or Value
        Shape ``(N, O, *((W − F + 2P)/S + 1))``, rounded down, where a dilated kernel covers
        D (F − 1) + 1 elements in place of F. In memory the channels are last.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, or the kernel is larger than the padded input.
    ArgumentError
        If a static argument is none.

    Examples
    --------
    >>> import autograd_core as ag
    >>> x = np.array([[[1.0, 2.0, 4.0, 8.0]]])
    >>> ag.conv(x, np.array([[[1.0, -1.0]]]))
    array([[[-1., -2., -4.]]])
    >>> ag.conv(np.ones((1, 3, 227, 227)), np.ones((96, 3, 11, 11)), stride=4).shape
    (1, 96, 55, 55)
    """
    window = window_of("conv", shape_of(weight)[2:], stride, padding, dilation, groups)
    outputs = window.output(shape_of(x)[2:])
    padded = pad(x, ((0, 0), (0, 0), *window.padding))
    parts = (
        _per_group(_taps(weight, k, groups), padded[:, :, *_positions(k, window, outputs)], groups)
        for k in _offsets(window))
    out = reduce(operator.add, parts)
    return out if bias is None else out + _per_channel(bias, window)


def _conv_transpose(
    x: Any, weight: Any, bias: Any = None, *,
    stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1, dilation: Any = 1,
) -> Any:
    """Put a copy of the kernel, times x, at every place of x: `conv` transposed.

    ``out[n, o, S q + D k − P] = Σ x[n, c, q] w[c, o, k] + b[o]``, over all that end there.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(N, C, *W)``.
    weight : array_like or Value
        Shape ``(C, O / groups, *F)``.
    bias : array_like or Value, optional
        Shape ``(O,)``.
    stride, dilation, groups
        Of the convolution of which this is the transpose.
    padding : int or tuple of (int or (int, int))
        How much is cut off before and after each axis: what that convolution pads.
    output_padding : int or tuple of int
        How much longer the result is, at the end of each axis. With a stride, inputs of
        several sizes give `conv` the same output size; this says which of them to give back.

    Returns
    -------
    ndarray or Value
        Shape ``(N, O, *((W − 1) S + D (F − 1) + 1 − 2P + output_padding))``. In memory the
        channels are last.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, or nothing would be left.
    ArgumentError
        If a static argument is none.

    Examples
    --------
    >>> import autograd_core as ag
    >>> ag.conv_transpose(np.array([[[1.0, 10.0]]]), np.array([[[1.0, 2.0, 3.0]]]), stride=2)
    array([[[ 1.,  2., 13., 20., 30.]]])
    """
    window = window_of("conv_transpose", shape_of(weight)[2:], stride, padding, dilation, groups)
    count, _, *sizes = shape_of(x)
    room = window.input(sizes, output_padding)
    full = [size + sum(p) for size, p in zip(room, window.padding, strict=True)]
    channels = groups * shape_of(weight)[1]
    dtype = np.result_type(dtype_of(x), dtype_of(weight))
    out: Any = np.zeros((count, channels, *full), dtype)
    for k in _offsets(window):
        part = _per_group(matrix_transpose(_taps(weight, k, groups)), x, groups)
        every = (slice(None), slice(None))
        out = scatter_add(out, (*every, *_positions(k, window, sizes)), part)
    cuts = (slice(p[0], p[0] + size) for size, p in zip(room, window.padding, strict=True))
    out = out[:, :, *cuts]
    return out if bias is None else out + _per_channel(bias, window)


def _offsets(window: Window) -> Any:
    """The elements of the kernel."""
    return product(*map(range, window.kernel))


def _positions(k: tuple[int, ...], window: Window, counts: Any) -> list[slice]:
    """Where an element of the kernel lies in the padded input, for each window."""
    return [
        slice(i * d, i * d + (count - 1) * s + 1, s)
        for i, d, s, count in zip(k, window.dilation, window.stride, counts, strict=True)]


def _taps(weight: Any, k: tuple[int, ...], groups: int) -> Any:
    """One element of the kernel: for each group, a matrix between the channels."""
    rows, columns, *_ = shape_of(weight)
    return reshape(weight[:, :, *k], (groups, rows // groups, columns))


def _per_group(taps: Any, x: Any, groups: int) -> Any:
    """The channels at each position, multiplied by the matrix of their group."""
    count, channels, *sizes = shape_of(x)
    x = reshape(x, (count, groups, channels // groups, prod(sizes)))
    return reshape(matmul(taps, x), (count, groups * shape_of(taps)[1], *sizes))


def _per_channel(bias: Any, window: Window) -> Any:
    return reshape(bias, (-1, *(1 for _ in window.kernel)))


def _conv_forward(x: Any, weight: Any, bias: Any = None, **params: Any) -> tuple[Any, Window]:
    x, weight = np.asarray(x), np.asarray(weight)
    bias = None if bias is None else np.asarray(bias)
    window = window_of("conv", weight.shape[2:], **params)
    check_shapes("conv", x, weight, bias, window.groups, transposed=False)
    check_fit("conv", window, x.shape[2:])
    return kernels.correlate(x, weight, bias, window), window


def _conv_vjp(
    g: Any, out: Any, window: Window, x: Any, weight: Any, *bias: Any, wanted: Any, **params: Any
) -> tuple[Any, ...]:
    x_bar = kernels.input_gradient(g, weight, window, x.shape[2:]) if wanted[0] else None
    weight_bar = kernels.weight_gradient(x, g, window) if wanted[1] else None
    bias_bar = kernels.bias_gradient(g) if wanted[2:] == (True,) else None
    return (x_bar, weight_bar, bias_bar)[: len(wanted)]


conv = composite(
    _conv, kernel=Kernel(_conv_forward, _conv_vjp), name="conv", arity=None,
    formula="Σ x[S q + D k − P] w[k] + b", onnx="Conv",
    cases=(
        Case((2, 2, 5), (3, 2, 3), (3,), padding=1, stride=2),
        Case((2, 2, 3, 4), (4, 1, 2, 3), (4,), stride=(2, 1), padding=(1, (0, 2)), groups=2),
        Case((1, 2, 4, 4), (2, 2, 2, 2), dilation=(1, 2)), Case((2, 3, 2, 2), (2, 3, 1, 1)),
        Case((2, 2, 4), (2, 1, 2), (2,), groups=2, padding=1),
        Case((1, 1, 3, 2, 2), (2, 1, 2, 2, 2), (2,), padding=(0, 1, 0)),
    ))


def _conv_transpose_forward(
    x: Any, weight: Any, bias: Any = None, *, output_padding: Any, **params: Any
) -> tuple[Any, Window]:
    op = "conv_transpose"
    x, weight = np.asarray(x), np.asarray(weight)
    bias = None if bias is None else np.asarray(bias)
    window = window_of(op, weight.shape[2:], **params)
    check_shapes(op, x, weight, bias, window.groups, transposed=True)
    sizes = window.input(x.shape[2:], output_padding)
    if min(sizes) < 1:
        raise ShapeError(
            f"{op}: the output size (W − 1) S + F − 2P would be {sizes}, of x {x.shape} and weight "
            f"{weight.shape}; need less padding, or a larger kernel")
    out = kernels.input_gradient(x, weight, window, sizes)
    if bias is not None:
        bias = _per_channel(bias, window)
        same = np.result_type(out, bias) == out.dtype
        out = np.add(out, bias, out=out if same else None)
    return out, window


def _conv_transpose_vjp(
    g: Any, out: Any, window: Window, x: Any, weight: Any, *bias: Any, wanted: Any, **params: Any
) -> tuple[Any, ...]:
    seen, reaching = reached(g, window, x.shape[2:])
    x_bar = kernels.correlate(seen, weight, None, reaching) if wanted[0] else None
    weight_bar = kernels.weight_gradient(seen, x, reaching) if wanted[1] else None
    bias_bar = kernels.bias_gradient(g) if wanted[2:] == (True,) else None
    return (x_bar, weight_bar, bias_bar)[: len(wanted)]


conv_transpose = composite(
    _conv_transpose, kernel=Kernel(_conv_transpose_forward, _conv_transpose_vjp),
    name="conv_transpose", arity=None,
    formula="Σ x[q] w[k] at S q + D k − P, + b", onnx="ConvTranspose",
    cases=(
        Case((2, 2, 3), (2, 3, 3), (3,), stride=2, padding=1, output_padding=1),
        Case((2, 4, 2, 3), (4, 1, 3, 2), (2,), stride=(1, 2), padding=((1, 0), 0), groups=2),
        Case((1, 2, 2, 2), (2, 2, 2, 2), dilation=(1, 3), output_padding=(0, 2)),
        Case((1, 1, 2, 1, 2), (1, 2, 2, 2, 2), (2,), padding=(0, 0, 1)),
        Case((2, 2, 3), (2, 1, 2), (2,), groups=2, stride=2),
    ))
