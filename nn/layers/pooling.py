"""Layers that pool over windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from .. import functional as F
from ..inputs import accept
from ..module import Module

__all__ = [
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
]

Size = int | tuple[int, ...]


class _MaxPool(Module):
    """The maximum of each window."""

    _function: ClassVar[Callable[..., Any]]

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size, self.padding, self.dilation = kernel_size, padding, dilation
        self.stride = kernel_size if stride is None else stride
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(self, x: Any) -> Any:
        """The maxima, with or without a batch axis."""
        return self._function(
            accept(self, x),
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )

    def extra_repr(self) -> str:
        """The window, as PyTorch shows it."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """The maximum of each window of ``(N, C, L)`` or ``(C, L)``.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, return_indices, ceil_mode
        See `functional.max_pool1d`. The stride is by default the size of the window.

    Examples
    --------
    >>> MaxPool1d(2)([[[1.0, 3.0, 2.0, 5.0]]])
    array([[[3., 5.]]])
    """

    _function = staticmethod(F.max_pool1d)


class MaxPool2d(_MaxPool):
    """The maximum of each window of ``(N, C, H, W)`` or ``(C, H, W)``.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, return_indices, ceil_mode
        As for `MaxPool1d`; one number for both axes, or a pair.

    Examples
    --------
    >>> MaxPool2d(2)([[[[1.0, 3.0], [2.0, 5.0]]]])
    array([[[[5.]]]])
    """

    _function = staticmethod(F.max_pool2d)


class MaxPool3d(_MaxPool):
    """The maximum of each window of ``(N, C, D, H, W)`` or ``(C, D, H, W)``; see `MaxPool2d`."""

    _function = staticmethod(F.max_pool3d)


class _AvgPool(Module):
    """The mean of each window."""

    _function: ClassVar[Callable[..., Any]]

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad
        self.divisor_override = divisor_override

    def forward(self, x: Any) -> Any:
        """The means, with or without a batch axis."""
        divisor = () if self.divisor_override is None else (self.divisor_override,)
        return self._function(
            accept(self, x),
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            *divisor,
        )

    def extra_repr(self) -> str:
        """The window."""
        text = (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"ceil_mode={self.ceil_mode}, count_include_pad={self.count_include_pad}"
        )
        override = self.divisor_override
        return text if override is None else f"{text}, divisor_override={override}"


class AvgPool1d(_AvgPool):
    """The mean of each window of ``(N, C, L)`` or ``(C, L)``.

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode, count_include_pad
        See `functional.avg_pool1d`. The stride is by default the size of the window.

    Examples
    --------
    >>> AvgPool1d(2, ceil_mode=True)([[[1.0, 2.0, 3.0, 4.0, 5.0]]])
    array([[[1.5, 3.5, 5. ]]])
    """

    _function = staticmethod(F.avg_pool1d)

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode, count_include_pad)


class AvgPool2d(_AvgPool):
    """The mean of each window of ``(N, C, H, W)`` or ``(C, H, W)``.

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode, count_include_pad
        As for `AvgPool1d`; one number for both axes, or a pair.
    divisor_override : int, optional
        Divide the sum of each window by this instead.

    Examples
    --------
    >>> AvgPool2d(2)([[[[1.0, 3.0], [2.0, 6.0]]]])
    array([[[[3.]]]])
    """

    _function = staticmethod(F.avg_pool2d)


class AvgPool3d(_AvgPool):
    """The mean of each window of ``(N, C, D, H, W)`` or ``(C, D, H, W)``; see `AvgPool2d`."""

    _function = staticmethod(F.avg_pool3d)
