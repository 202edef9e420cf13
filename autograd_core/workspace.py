"""Memory that kernels use again and again.

A large array that is fresh from the operating system costs a page fault for every four
kilobytes that are written to it, often more than the arithmetic done there. A kernel
that needs room for the length of one call borrows it here as `scratch`; what it keeps for
its vjp it may `lease`.
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np

__all__ = ["clear", "lease", "scratch"]

_local = threading.local()


def scratch(tag: str, shape: tuple[int, ...], dtype: Any) -> Any:
    """An uninitialised array that is the borrower's until the kernel returns.

    Parameters
    ----------
    tag : str
        Names the use, ``"conv.columns"``. Two arrays that live at the same time need two
        tags; the same tag gives the same memory.
    shape : tuple of int
    dtype : dtype_like

    Returns
    -------
    ndarray
        C-contiguous. Neither it nor a view of it may leave the kernel, as output or as
        residual: the next call writes over it.

    Examples
    --------
    >>> a = scratch("doctest", (2, 3), np.float32)
    >>> b = scratch("doctest", (3,), np.float32)
    >>> a.shape, np.shares_memory(a, b)
    ((2, 3), True)
    """
    buffers: dict[str, Any] | None = getattr(_local, "buffers", None)
    if buffers is None:  # each thread has its own
        buffers = _local.buffers = {}
    size = math.prod(shape) * np.dtype(dtype).itemsize
    buffer = buffers.get(tag)
    if buffer is None or buffer.size < size:
        buffer = buffers[tag] = np.empty(size, np.uint8)
    return buffer[:size].view(dtype).reshape(shape)


def lease(shape: tuple[int, ...], dtype: Any) -> Any:
    """An uninitialised array whose memory is used again when nobody holds it any more.

    Parameters
    ----------
    shape : tuple of int
    dtype : dtype_like

    Returns
    -------
    ndarray
        C-contiguous. It and its views may be kept as long as one likes.

    Examples
    --------
    >>> a = lease((1000, 1000), np.float32)
    >>> where = a.ctypes.data
    >>> del a
    >>> lease((1000, 999), np.float32).ctypes.data == where
    True
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    return np.asarray(_Lease(size))[:size].view(dtype).reshape(shape)


class _Lease:
    """The owner of memory on lease: every array on it refers to this, and none owns it."""

    def __init__(self, size: int) -> None:
        self._memory = _take(size)
        self.__array_interface__ = self._memory.__array_interface__

    def __del__(self) -> None:
        _returned().append(self._memory)


def _take(size: int) -> Any:
    """The smallest buffer that was returned and is large enough, but not far too large."""
    buffers = _returned()
    del buffers[:-KEPT]  # the oldest go back to the operating system
    fits = [i for i, b in enumerate(buffers) if size <= b.size <= 2 * size]
    # A collection of garbage in between can only have appended some.
    return buffers.pop(min(fits, key=lambda i: buffers[i].size)) if fits else np.empty(size, "u1")


KEPT = 8


def _returned() -> list[Any]:
    """The buffers that came back to this thread."""
    if not hasattr(_local, "returned"):
        _local.returned = []
    buffers: list[Any] = _local.returned
    return buffers


def clear() -> None:
    """Give the memory that waits in this thread for its next use back.

    Examples
    --------
    >>> clear()
    """
    _local.buffers = {}
    _local.returned = []


def keep_freed_memory() -> None:
    """Ask the C library to keep what is freed for the next array, instead of returning it.

    A training step allocates the same arrays again and again. glibc returns a block of more
    than 128 KiB to the system when it is freed, and the next step pays for its pages anew. It
    raises that limit to the size of the largest block that it has seen freed, up to 32 MiB; so
    one block that is never written to, and costs nothing, is shown to it. Elsewhere this does
    nothing.

    Examples
    --------
    >>> keep_freed_memory()
    """
    block = np.empty(31 << 20, np.uint8)
    del block
