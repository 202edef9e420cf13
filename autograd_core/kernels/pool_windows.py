"""Where the windows and the bins of pooling lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import ArgumentError, ShapeError

__all__ = ["Bins", "Windows", "bins", "windows"]


class Windows(NamedTuple):
    """The windows along one axis.

    Window ``o`` looks at the places ``o · stride + j · dilation − padding``, for ``j`` from 0
    to ``kernel − 1``; a place outside the axis is padding.

    Attributes
    ----------
    size : int
        Of the axis.
    kernel, stride, padding, dilation : int
    number : int
        How many windows there are.
    """

    size: int
    kernel: int
    stride: int
    padding: int
    dilation: int
    number: int

    @property
    def extent(self) -> int:
        """From the first place of a window to its last, both included."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def is_disjoint(self) -> bool:
        """Whether no place belongs to two windows."""
        return self.stride >= self.extent

    @property
    def is_partition(self) -> bool:
        """Whether every place belongs to exactly one window, and no window to the padding."""
        same = self.kernel == self.stride == self.extent
        return same and not self.padding and self.size == self.number * self.kernel

    def taps(self) -> Iterator[tuple[slice, slice]]:
        """For each j, the windows that have a place there, and these places.

        Examples
        --------
        >>> list(Windows(size=4, kernel=2, stride=2, padding=1, dilation=1, number=3).taps())
        [(slice(1, 3, None), slice(1, 4, 2)), (slice(0, 2, None), slice(0, 3, 2))]
        """
        for j in range(self.kernel):
            at = j * self.dilation - self.padding
            first = max(0, -(at // self.stride))
            stop = min(self.number, (self.size - 1 - at) // self.stride + 1)
            if first < stop:
                last = (stop - 1) * self.stride + at
                yield slice(first, stop), slice(first * self.stride + at, last + 1, self.stride)

    def sizes(self, count_padding: bool) -> Any:
        """How many places each window has, with or without those in the padding.

        What a window has beyond the padding, which `ceil_mode` allows, is never counted.

        Examples
        --------
        >>> Windows(size=4, kernel=3, stride=3, padding=1, dilation=1, number=2).sizes(False)
        array([2, 2])
        """
        pad = self.padding if count_padding else 0
        start = np.arange(self.number) * self.stride - self.padding
        return np.minimum(start + self.kernel, self.size + pad) - np.maximum(start, -pad)

    def overhang(self) -> tuple[int, int]:
        """How far the windows reach beyond the axis, before and after."""
        reach = (self.number - 1) * self.stride + self.extent - self.padding
        return self.padding, max(0, reach - self.size)


def windows(
    op: str,
    shape: Sequence[int],
    kernel_size: tuple[int, ...],
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
) -> tuple[Windows, ...]:
    """The windows along each of the last ``len(kernel_size)`` axes.

    Raises
    ------
    ArgumentError
        If a static argument is none, or the padding is wider than half a window.
    ShapeError
        If the array has too few axes, or no window fits.
    """
    rank = len(kernel_size)
    if len(shape) < rank:
        raise ShapeError(f"{op}: x is {tuple(shape)}; need an axis for each of {kernel_size}")
    kernels = _per_axis(op, "kernel_size", kernel_size, rank, 1)
    strides = kernels if stride is None else _per_axis(op, "stride", stride, rank, 1)
    paddings = _per_axis(op, "padding", padding, rank, 0)
    dilations = _per_axis(op, "dilation", dilation, rank, 1)
    if any(2 * p > k for p, k in zip(paddings, kernels, strict=True)):
        raise ArgumentError(
            f"{op}: padding {padding} is more than half of the window {kernel_size}; need at most "
            "kernel_size // 2, since a window of nothing but padding has no result"
        )
    found = []
    for size, k, s, p, d in zip(shape[-rank:], kernels, strides, paddings, dilations, strict=True):
        room = size + 2 * p - d * (k - 1) - 1
        count = (room + (s - 1 if ceil_mode else 0)) // s + 1
        if ceil_mode and (count - 1) * s >= size + p:
            count -= 1  # the last window would begin in the padding behind the axis
        if size < 1 or count < 1:
            raise ShapeError(
                f"{op}: x is {tuple(shape)}, and a window of {k} (dilation {d}) does not fit into "
                f"{size} + 2 · {p} places; need a smaller window, more padding, or a larger x"
            )
        found.append(Windows(size, k, s, p, d, count))
    return tuple(found)


class Bins(NamedTuple):
    """The bins of adaptive pooling along one axis; they may overlap.

    Attributes
    ----------
    starts, stops : tuple of int
        Bin i of n reaches from ``⌊i · size / n⌋`` to ``⌈(i + 1) · size / n⌉``, exclusive.
    """

    starts: tuple[int, ...]
    stops: tuple[int, ...]

    def slices(self) -> Iterator[slice]:
        """The places of each bin."""
        return map(slice, self.starts, self.stops)


def bins(op: str, shape: Sequence[int], output_size: tuple[int, ...]) -> tuple[Bins, ...]:
    """The bins along each of the last ``len(output_size)`` axes.

    Raises
    ------
    ArgumentError
        If a size is not a positive integer.
    ShapeError
        If the array has too few axes, or one of them is empty.

    Examples
    --------
    >>> bins("example", (5,), (3,))
    (Bins(starts=(0, 1, 3), stops=(2, 4, 5)),)
    """
    rank = len(output_size)
    counts = _per_axis(op, "output_size", output_size, rank, 1)
    if len(shape) < rank or 0 in shape[len(shape) - rank :]:
        raise ShapeError(
            f"{op}: x is {tuple(shape)}; need at least one element along an axis for each of "
            f"{output_size}"
        )
    return tuple(
        Bins(
            tuple(i * size // n for i in range(n)),
            tuple(-((i + 1) * size // -n) for i in range(n)),
        )
        for size, n in zip(shape[len(shape) - rank :], counts, strict=True)
    )


def _per_axis(op: str, name: str, given: Any, rank: int, least: int) -> tuple[int, ...]:
    """A static argument as one integer per spatial axis."""
    values = given if isinstance(given, (tuple, list)) else (given,) * rank
    integers = all(isinstance(v, (int, np.integer)) for v in values)
    if len(values) != rank or not integers or min(values) < least:
        raise ArgumentError(
            f"{op}: {name} is {given!r}; need an integer of at least {least}, or {rank} of them"
        )
    return tuple(values)
