"""Convolutional layers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.kernels.conv_windows import window_of

from .. import functional as F
from .. import init
from ..functional.conv_sizes import padding_pairs
from ..inputs import accept
from ..module import Module
from ..parameter import Parameter
from ..random import generator

__all__ = ["Conv1d", "Conv2d", "Conv3d"]

Size = int | tuple[int, ...]

_PAD_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""What PyTorch calls the things that can be put around the input; what `autograd_core.pad` does."""


class _Conv(Module):
    """Convolution over any number of axes; see `Conv2d`."""

    rank: ClassVar[int]
    convolve: ClassVar[Callable[..., Any]]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Any = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        kernel = per_axis(kernel_size, self.rank)
        if len(kernel) != self.rank:
            raise ArgumentError(f"{name}: kernel_size is {kernel}; need {self.rank} numbers, or 1")
        pairs = padding_pairs(name, padding, kernel, stride, dilation)
        window = window_of(name, kernel, stride, pairs, dilation, groups)
        check_channels(name, in_channels, out_channels, groups)
        if padding_mode not in _PAD_MODES:
            raise ArgumentError(
                f"{name}: padding_mode is {padding_mode!r}; need one of "
                f"{', '.join(map(repr, _PAD_MODES))}"
            )
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.dilation = window.kernel, window.stride, window.dilation
        self.padding = padding if isinstance(padding, str) else per_axis(padding, self.rank)
        self.groups, self.padding_mode = groups, padding_mode
        self._pairs = window.padding
        shape = (out_channels, in_channels // groups, *kernel)
        self.weight, self.bias = initial(shape, out_channels if bias else 0, dtype, rng)

    def forward(self, x: Any) -> Any:
        """The convolution of ``(N, C, *sizes)``, or of one sample without N."""
        x = accept(self, x)
        padding: Any = self._pairs
        if self.padding_mode != "zeros":
            if x.ndim not in (self.rank + 1, self.rank + 2):
                raise ShapeError(
                    f"{type(self).__name__}: input is {x.shape}; need (N, C, *sizes) or "
                    f"(C, *sizes) with {self.rank} spatial axes"
                )
            lead = ((0, 0),) * (x.ndim - self.rank)
            x, padding = ag.pad(x, (*lead, *padding), _PAD_MODES[self.padding_mode]), 0
        return type(self).convolve(
            x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )

    def extra_repr(self) -> str:
        """Sizes, and what differs from the defaults."""
        return described(self)


class Conv1d(_Conv):
    """Convolution over one axis, ``(N, C, L)`` or ``(C, L)``; see `Conv2d` for the arguments.

    Examples
    --------
    >>> Conv1d(3, 8, 5, padding="same")(np.ones((2, 3, 40))).shape
    (2, 8, 40)
    """

    rank = 1
    convolve = F.conv1d


class Conv2d(_Conv):
    """Convolution: each output channel is the input seen through its own kernel.

    ``out[n, o, y, x] = b[o] + Σ_c Σ_ij w[o, c, i, j] in[n, c, S y + D i − P, S x + D j − P]``

    Weights and biases start from U(−1/√fan_in, 1/√fan_in), as PyTorch's.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size : int or tuple of int
    stride : int or tuple of int
        From one window to the next.
    padding : int, tuple or {"same", "valid"}
        How far the input is extended on both sides of each axis; see `functional.conv2d`.
    dilation : int or tuple of int
        From one element of the kernel to the next.
    groups : int
        Into how many parts, that do not see each other, the channels are divided.
    bias : bool
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        What the input is extended by: zeros, itself mirrored, its border, or its other end.
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Attributes
    ----------
    weight : Parameter
        Shape ``(out_channels, in_channels / groups, *kernel_size)``.
    bias : Parameter or None
        Shape ``(out_channels,)``.

    Raises
    ------
    ArgumentError
        If an argument is none, or groups does not divide the channels.
    ShapeError
        When called, if the kernel is larger than the padded input.

    Examples
    --------
    >>> layer = Conv2d(3, 96, 11, stride=4)  # the first of AlexNet
    >>> layer(np.ones((1, 3, 227, 227))).shape
    (1, 96, 55, 55)
    >>> Conv2d(16, 32, (3, 5), padding="same")
    Conv2d(16, 32, kernel_size=(3, 5), stride=(1, 1), padding=same)
    """

    rank = 2
    convolve = F.conv2d


class Conv3d(_Conv):
    """Convolution over three axes, ``(N, C, D, H, W)``; see `Conv2d` for the arguments.

    Examples
    --------
    >>> Conv3d(1, 2, 3)(np.ones((1, 1, 4, 5, 6))).shape
    (1, 2, 2, 3, 4)
    """

    rank = 3
    convolve = F.conv3d


def per_axis(value: Any, rank: int) -> tuple[Any, ...]:
    """One entry per axis, of one for all or of one for each."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * rank


def check_channels(name: str, in_channels: int, out_channels: int, groups: int) -> None:
    """Raise an `ArgumentError` if groups does not divide the channels, or one is no integer."""
    if not all(isinstance(n, int | np.integer) for n in (in_channels, out_channels, groups)):
        raise ArgumentError(
            f"{name}: {in_channels!r} channels in, {out_channels!r} out, groups={groups!r}; need "
            "integers"
        )
    if min(in_channels, out_channels) < 1 or in_channels % groups or out_channels % groups:
        raise ArgumentError(
            f"{name}: {in_channels} channels in, {out_channels} out, groups={groups}; need "
            "positive multiples of groups"
        )


def initial(
    shape: tuple[int, ...], outputs: int, dtype: Any, rng: Any
) -> tuple[Parameter, Parameter | None]:
    """A kernel, and a bias of so many numbers, from U(−1/√fan_in, 1/√fan_in)."""
    dtype, rng = np.float32 if dtype is None else dtype, generator(rng)
    weight = Parameter(np.empty(shape, dtype))
    init.kaiming_uniform_(weight, math.sqrt(5), rng=rng)
    if not outputs:
        return weight, None
    bias = Parameter(np.empty(outputs, dtype))
    bound = 1 / math.sqrt(init.fans(shape)[0])
    init.uniform_(bias, -bound, bound, rng=rng)
    return weight, bias


def described(layer: Any) -> str:
    """The sizes of a convolutional layer, and what differs from the defaults."""
    text = f"{layer.in_channels}, {layer.out_channels}, kernel_size={layer.kernel_size}"
    text += f", stride={layer.stride}"
    defaults = {
        "padding": (0,) * layer.rank,
        "dilation": (1,) * layer.rank,
        "output_padding": (0,) * layer.rank,
        "groups": 1,
        "bias": True,
        "padding_mode": "zeros",
    }
    for name, default in defaults.items():
        value = layer.bias is not None if name == "bias" else getattr(layer, name, default)
        if value != default:
            text += f", {name}={value}"
    return text
