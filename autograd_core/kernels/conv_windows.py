"""Where the windows of a convolution lie."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import ArgumentError, ShapeError

__all__ = ["Window", "check_fit", "check_shapes", "inside", "output_size", "window_of"]


class Window(NamedTuple):
    """How a kernel is laid over the spatial axes. One entry per axis.

    Attributes
    ----------
    kernel, stride, dilation : tuple of int
    padding : tuple of (int, int)
        Before and after.
    groups : int
        Into how many parts the channels are divided, which do not see each other.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    groups: int = 1

    def output(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        """Sizes of the result, for those of the input.

        Examples
        --------
        >>> Window((11, 3), (4, 1), ((0, 0), (1, 1)), (1, 1)).output((227, 5))
        (55, 5)
        """
        parts = zip(sizes, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        return tuple(output_size(*part) for part in parts)

    def input(self, counts: Sequence[int], output_padding: Any) -> tuple[int, ...]:
        """Sizes of an input of which the output has these; of several, what is said to add.

        Raises
        ------
        ArgumentError
            If a larger output belongs to a size with so much added.

        Examples
        --------
        >>> window = Window((3,), (2,), ((1, 1),), (1,))
        >>> window.input((3,), 0), window.input((3,), 1)
        ((5,), (6,))
        """
        extra = _integers("conv_transpose", "output_padding", output_padding, len(self.kernel), 0)
        if any(e >= max(s, d) for e, s, d in zip(extra, self.stride, self.dilation, strict=True)):
            raise ArgumentError(
                f"conv_transpose: output_padding is {output_padding!r}; need less than the stride "
                f"{self.stride} or the dilation {self.dilation}, whichever is larger"
            )
        parts = zip(counts, *self[:4], extra, strict=True)
        return tuple((n - 1) * s + d * (k - 1) + 1 - sum(p) + e for n, k, s, p, d, e in parts)

    def is_trivial(self, axes: slice) -> bool:
        """Whether there is one window for each element of these axes, and it holds just that.

        Examples
        --------
        >>> window = Window((1, 3), (1, 1), ((0, 0), (1, 1)), (1, 1))
        >>> window.is_trivial(slice(0, 1)), window.is_trivial(slice(0, 2))
        (True, False)
        """
        parts = zip(self.kernel[axes], self.stride[axes], self.padding[axes], strict=True)
        return all(part == (1, 1, (0, 0)) for part in parts)

    @property
    def slides(self) -> bool:
        """Whether the windows along the last axis can be read off without copying them."""
        return len(self.kernel) > 1 and self.kernel[-1] > 1 and self.dilation[-1] == 1

    def is_depthwise(self, weight_shape: Sequence[int]) -> bool:
        """Whether each channel, of several, has one kernel and sees no other channel."""
        outputs, inputs, *_ = weight_shape
        return inputs == 1 < outputs == self.groups

    def with_one_more_axis(self) -> Window:
        """The same with a last axis of size 1, along which there is nothing to do.

        Examples
        --------
        >>> Window((3,), (2,), ((0, 0),), (1,)).with_one_more_axis().kernel
        (3, 1)
        """
        return Window(
            (*self.kernel, 1),
            (*self.stride, 1),
            (*self.padding, (0, 0)),
            (*self.dilation, 1),
            self.groups,
        )


def output_size(
    size: int, kernel: int, stride: int, padding: tuple[int, int], dilation: int
) -> int:
    """(W − F + 2P)/S + 1, rounded down, where a dilated kernel covers F = D (K − 1) + 1.

    Examples
    --------
    >>> output_size(227, 11, 4, (0, 0), 1)
    55
    """
    return (size - dilation * (kernel - 1) - 1 + sum(padding)) // stride + 1


def window_of(
    op: str,
    kernel: Sequence[int],
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Window:
    """The window that static arguments describe.

    Parameters
    ----------
    op : str
        For messages.
    kernel : sequence of int
    stride, dilation : int or sequence of int
        One for all axes, or one per axis.
    padding : int or sequence of (int or (int, int))
        For both sides of all axes, of each axis, or for each side.
    groups : int

    Raises
    ------
    ArgumentError
        If one of them is not a number of its kind, or there are not as many as axes.

    Examples
    --------
    >>> window_of("example", (3, 3), 2, (1, (0, 2))).padding
    ((1, 1), (0, 2))
    """
    rank = len(kernel)
    sides = padding if isinstance(padding, (tuple, list)) else (padding,) * rank
    pairs = [tuple(p) if isinstance(p, (tuple, list)) else (p, p) for p in sides]
    if len(pairs) != rank or any(len(p) != 2 for p in pairs):
        raise ArgumentError(
            f"{op}: padding is {padding!r}; need one number, or for each of {rank} spatial axes "
            "a number or a pair (before, after)"
        )
    flat = _integers(op, "padding", [side for pair in pairs for side in pair], 2 * rank, 0)
    return Window(
        _integers(op, "kernel size", kernel, rank, 1),
        _integers(op, "stride", stride, rank, 1),
        tuple(zip(flat[::2], flat[1::2], strict=True)),
        _integers(op, "dilation", dilation, rank, 1),
        _integers(op, "groups", groups, 1, 1)[0],
    )


def _integers(op: str, what: str, given: Any, count: int, least: int) -> tuple[int, ...]:
    parts = given if isinstance(given, (tuple, list)) else (given,) * count
    try:
        found = tuple(map(operator.index, parts))
    except TypeError:
        found = ()
    if len(found) != count or min(found, default=least) < least:
        raise ArgumentError(
            f"{op}: {what} is {given!r}; need an integer of at least {least}"
            + (f", or one for each of {count} spatial axes" if what != "groups" else "")
        )
    return found


def check_shapes(op: str, x: Any, weight: Any, bias: Any, groups: int, transposed: bool) -> None:
    """Raise a `ShapeError` if the shapes do not fit together."""
    form = "(C, O / groups, *kernel)" if transposed else "(O, C / groups, *kernel)"
    need = f"x is {x.shape}, weight is {weight.shape}; need x (N, C, *sizes) and weight {form}"
    if x.ndim < 3 or weight.ndim != x.ndim:
        raise ShapeError(f"{op}: {need}, with one spatial axis or more")
    if weight.shape[0] % groups or not weight.shape[0]:
        raise ShapeError(
            f"{op}: the first axis of weight {weight.shape} does not divide into groups={groups}; "
            f"need a positive multiple; {need}"
        )
    first, second = weight.shape[0], weight.shape[1] * groups
    channels, outputs = (first, second) if transposed else (second, first)
    if x.shape[1] != channels:
        raise ShapeError(
            f"{op}: x has {x.shape[1]} channels, but a weight {weight.shape} with groups={groups} "
            f"takes {channels}; {need}"
        )
    if bias is not None and bias.shape != (outputs,):
        raise ShapeError(
            f"{op}: bias is {bias.shape}; need one number per output channel, ({outputs},)"
        )


def check_fit(op: str, window: Window, sizes: Sequence[int]) -> None:
    """Raise a `ShapeError` if the kernel is larger than the padded input."""
    for axis, (size, k, s, p, d) in enumerate(
        zip(sizes, window.kernel, window.stride, window.padding, window.dilation, strict=True)
    ):
        covered = d * (k - 1) + 1
        if size + sum(p) < covered:
            raise ShapeError(
                f"{op}: the kernel is larger than the padded input along spatial axis {axis}: "
                f"input W = {size}, padding 2P = {p[0]} + {p[1]}, kernel F = {covered}"
                + (f" (of {k} with dilation {d})" if d > 1 else "")
                + f", so that the output size (W − F + 2P)/S + 1 = ({size} − {covered} + "
                f"{sum(p)})/{s} + 1 is not positive; need W + 2P >= F: a larger input, more "
                "padding or a smaller kernel"
            )


def inside(start: int, step: int, count: int, size: int) -> tuple[slice, slice]:
    """Which of the positions ``start, start + step, …`` lie in ``range(size)``.

    Parameters
    ----------
    start : int
        May be negative.
    step, count, size : int

    Returns
    -------
    which, where : slice
        Their numbers among the `count` positions, and the positions themselves.

    Examples
    --------
    >>> inside(-3, 2, 5, 4)  # −3 −1 1 3 5
    (slice(2, 4, None), slice(1, 5, 2))
    """
    first = max(0, -(start // step))
    stop = max(first, min(count, (size - 1 - start) // step + 1))
    return slice(first, stop), slice(first * step + start, stop * step + start, step)
