"""Transposed convolutional layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.kernels.conv_windows import window_of

from .. import functional as F
from ..inputs import accept
from ..module import Module
from .convolution import Size, check_channels, described, initial, per_axis

__all__ = ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]


class _ConvTranspose(Module):
    """Transposed convolution over any number of axes; see `ConvTranspose2d`."""

    rank: ClassVar[int]
    convolve: ClassVar[Callable[..., Any]]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Any = 0,
        output_padding: Size = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size = 1,
        padding_mode: str = "zeros",
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        if padding_mode != "zeros":
            raise ArgumentError(
                f"{name}: padding_mode is {padding_mode!r}; need 'zeros', since "
                "padding is what is cut off here"
            )
        kernel = per_axis(kernel_size, self.rank)
        if len(kernel) != self.rank:
            raise ArgumentError(f"{name}: kernel_size is {kernel}; need {self.rank} numbers, or 1")
        window = window_of(name, kernel, stride, padding, dilation, groups)
        check_channels(name, in_channels, out_channels, groups)
        self.output_padding = per_axis(output_padding, self.rank)
        window.input((1,) * self.rank, self.output_padding)  # raises if it is none
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.dilation = window.kernel, window.stride, window.dilation
        self.padding, self.groups = per_axis(padding, self.rank), groups
        self._window = window
        shape = (in_channels, out_channels // groups, *kernel)
        self.weight, self.bias = initial(shape, out_channels if bias else 0, dtype, rng)

    def forward(self, x: Any, output_size: Sequence[int] | None = None) -> Any:
        """The transposed convolution of ``(N, C, *sizes)``, or of one sample without N.

        Parameters
        ----------
        x : array_like or Value
        output_size : sequence of int, optional
            The spatial sizes wanted, in place of `output_padding`.
        """
        x = accept(self, x)
        return type(self).convolve(
            x,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            self.output_padding if output_size is None else self._padding_for(x, output_size),
            self.groups,
            self.dilation,
        )

    def _padding_for(self, x: Any, output_size: Sequence[int]) -> tuple[int, ...]:
        least = self._window.input(x.shape[-self.rank :], 0)
        extra = tuple(n - m for n, m in zip(output_size[-self.rank :], least, strict=False))
        if len(extra) != self.rank or any(
            not 0 <= e < s for e, s in zip(extra, self.stride, strict=True)
        ):
            most = tuple(m + s - 1 for m, s in zip(least, self.stride, strict=True))
            raise ShapeError(
                f"{type(self).__name__}: output_size is {tuple(output_size)}; need sizes from "
                f"{least} to {most} for an input {x.shape} and stride {self.stride}"
            )
        return extra

    def extra_repr(self) -> str:
        """Sizes, and what differs from the defaults."""
        return described(self)


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution of ``(N, C, L)``; see `ConvTranspose2d` for the arguments.

    Examples
    --------
    >>> import numpy as np
    >>> ConvTranspose1d(4, 2, 4, stride=2, padding=1)(np.ones((1, 4, 10))).shape
    (1, 2, 20)
    """

    rank = 1
    convolve = F.conv_transpose1d


class ConvTranspose2d(_ConvTranspose):
    """The transpose of a convolution as a layer: it enlarges what a `Conv2d` makes smaller.

    Each element of the input puts a copy of the kernel, times itself, into the output. It is
    not the inverse of the convolution, but what its gradient by the input computes.

    Parameters
    ----------
    in_channels, out_channels : int
        Of this layer; the convolution that it transposes has them the other way round.
    kernel_size, stride, padding, groups, bias, dilation
        As for `Conv2d`; padding is cut off.
    output_padding : int or tuple of int
        How much longer the output is, at the end of each axis; less than the stride or the
        dilation.
    padding_mode : {"zeros"}
    dtype, rng
        As for `Conv2d`.

    Attributes
    ----------
    weight : Parameter
        Shape ``(in_channels, out_channels / groups, *kernel_size)``.
    bias : Parameter or None
        Shape ``(out_channels,)``.

    Raises
    ------
    ArgumentError
        If an argument is none, or groups does not divide the channels.

    Examples
    --------
    >>> import numpy as np
    >>> layer = ConvTranspose2d(8, 4, 3, stride=2, padding=1)
    >>> small = np.ones((1, 8, 5, 5))
    >>> layer(small).shape, layer(small, output_size=(10, 10)).shape
    ((1, 4, 9, 9), (1, 4, 10, 10))
    """

    rank = 2
    convolve = F.conv_transpose2d


class ConvTranspose3d(_ConvTranspose):
    """Transposed convolution of ``(N, C, D, H, W)``; see `ConvTranspose2d` for the arguments."""

    rank = 3
    convolve = F.conv_transpose3d
