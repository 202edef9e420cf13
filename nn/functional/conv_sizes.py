"""What padding means in numbers, and the size of what a convolution gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_core.errors import ArgumentError
from autograd_core.kernels.conv_windows import check_fit, window_of

__all__ = ["conv_output_size"]

Size = int | tuple[int, ...]


def conv_output_size(
    size: Size,
    kernel: Size,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
) -> Size:
    """Size of a convolution's output: (W − F + 2P)/S + 1, rounded down.

    A kernel of K with dilation D covers F = D (K − 1) + 1 elements.

    Parameters
    ----------
    size : int or tuple of int
        W, of the input.
    kernel, stride, padding, dilation
        As for `conv2d`.

    Returns
    -------
    int or tuple of int
        As many as there are in `size`.

    Raises
    ------
    ShapeError
        If the kernel is larger than the padded input.

    Examples
    --------
    AlexNet's first layer, 96 kernels of 11 × 11 with stride 4 on images of 227 × 227:

    >>> conv_output_size(227, 11, stride=4)
    55
    >>> conv_output_size((32, 32), (3, 5), padding="same")
    (32, 32)
    """
    sizes = size if isinstance(size, tuple) else (size,)
    kernels = kernel if isinstance(kernel, tuple) else (kernel,) * len(sizes)
    if len(kernels) != len(sizes):
        raise ArgumentError(
            f"conv_output_size: size is {size}, kernel is {kernel}; need as many of one as of the "
            "other, or a single number for the kernel"
        )
    pairs = padding_pairs("conv_output_size", padding, kernels, stride, dilation)
    window = window_of("conv_output_size", kernels, stride, pairs, dilation)
    check_fit("conv_output_size", window, sizes)
    outputs = window.output(sizes)
    return outputs if isinstance(size, tuple) else outputs[0]


def padding_pairs(
    op: str, padding: Any, kernel: Sequence[int], stride: Any = 1, dilation: Any = 1
) -> Any:
    """What ``"same"`` and ``"valid"`` mean as numbers.

    Parameters
    ----------
    op : str
        For messages.
    padding : str, int or tuple
        ``"same"``: as much as makes the output as large as the input; where that is odd, the
        one more is behind. ``"valid"``: none. Numbers stay as they are.
    kernel : sequence of int
    stride, dilation : int or tuple of int

    Raises
    ------
    ArgumentError
        If it is another text, or ``"same"`` with a stride.

    Examples
    --------
    >>> padding_pairs("example", "same", (3, 4))
    ((1, 1), (1, 2))
    """
    if not isinstance(padding, str):
        return padding
    if padding == "valid":
        return 0
    if padding != "same":
        raise ArgumentError(
            f"{op}: padding is {padding!r}; need a number, one per spatial axis, 'same' or 'valid'"
        )
    window = window_of(op, tuple(kernel), stride, 0, dilation)
    if any(s != 1 for s in window.stride):
        raise ArgumentError(
            f"{op}: padding='same' with stride {stride!r}; the output would not be as large as "
            "the input: need stride 1, or padding in numbers"
        )
    missing = [d * (k - 1) for d, k in zip(window.dilation, window.kernel, strict=True)]
    return tuple((m // 2, m - m // 2) for m in missing)
