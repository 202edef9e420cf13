"""Layers that pool whatever size the input has: over bins, or over all positions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from .. import functional as F
from ..inputs import accept
from ..module import Module

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "GlobalAvgPool",
    "GlobalMaxPool",
]


class _AdaptivePool(Module):
    """As many numbers as asked for, whatever the size of the input."""

    _function: ClassVar[Callable[..., Any]]

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, x: Any) -> Any:
        """One number per bin, with or without a batch axis."""
        return self._function(accept(self, x), self.output_size)

    def extra_repr(self) -> str:
        """The output size."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptivePool):
    """The mean of each of `output_size` bins of ``(N, C, L)`` or ``(C, L)``.

    Parameters
    ----------
    output_size : int or None, or a tuple of these
        Bins per axis; ``None`` for the size of the input. See `functional.adaptive_avg_pool1d`.

    Examples
    --------
    >>> AdaptiveAvgPool1d(2)([[[1.0, 2.0, 3.0, 4.0, 5.0]]])
    array([[[2., 4.]]])
    """

    _function = staticmethod(F.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(_AdaptivePool):
    """The mean of each bin of ``(N, C, H, W)`` or ``(C, H, W)``; see `AdaptiveAvgPool1d`."""

    _function = staticmethod(F.adaptive_avg_pool2d)


class AdaptiveMaxPool1d(_AdaptivePool):
    """The maximum of each of `output_size` bins; see `AdaptiveAvgPool1d`."""

    _function = staticmethod(F.adaptive_max_pool1d)


class AdaptiveMaxPool2d(_AdaptivePool):
    """The maximum of each bin of ``(N, C, H, W)`` or ``(C, H, W)``; see `AdaptiveAvgPool1d`."""

    _function = staticmethod(F.adaptive_max_pool2d)


class _GlobalPool(Module):
    """One number per channel."""

    _function: ClassVar[Callable[..., Any]]

    def __init__(self, keepdims: bool = False) -> None:
        super().__init__()
        self.keepdims = keepdims

    def forward(self, x: Any) -> Any:
        """One number for each channel of ``(N, C, ...)``."""
        return self._function(accept(self, x), self.keepdims)

    def extra_repr(self) -> str:
        """Whether the axes stay."""
        return f"keepdims={self.keepdims}"


class GlobalAvgPool(_GlobalPool):
    """The mean of each channel over all positions: ``(N, C, ...)`` becomes ``(N, C)``.

    Parameters
    ----------
    keepdims : bool
        Whether the spatial axes stay, with length 1.

    Examples
    --------
    >>> GlobalAvgPool()([[[1.0, 3.0], [5.0, 9.0]]])
    array([[2., 7.]])
    """

    _function = staticmethod(F.global_avg_pool)


class GlobalMaxPool(_GlobalPool):
    """The maximum of each channel over all positions; see `GlobalAvgPool`.

    Examples
    --------
    >>> GlobalMaxPool()([[[1.0, 3.0], [5.0, 9.0]]])
    array([[3., 9.]])
    """

    _function = staticmethod(F.global_max_pool)
