"""Seals: noticing that an array was changed between forward and backward.

The engine marks the arrays it makes read-only, so nobody can change those. An array
that the *user* owns stays writable, under its own name and under every view of it, and
no flag can catch all of these. Such an array is sealed when an op uses it: its content
is summarised, and the reverse sweep compares.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["is_intact", "seal"]

_EXACT_UP_TO = 4096  # bytes; below this a copy is cheaper than any hash
_BLOCK = 1024  # words of 8 bytes summed into one; a row fits the first-level cache
# Odd multipliers: a change of one word changes its block's sum for certain (an odd number
# is invertible modulo 2**64), and a permutation within a block changes it all but surely.
_MULTIPLIERS = (np.arange(1, 2 * _BLOCK, 2, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | 1


def seal(array: Any) -> bytes:
    """Summarise the content of an array that somebody else may change.

    Parameters
    ----------
    array : ndarray
        An op's input, of any shape and dtype.

    Returns
    -------
    bytes
        The content itself if it is short, else a checksum of each block.
    """
    if array.nbytes <= _EXACT_UP_TO or array.dtype.hasobject:
        content: bytes = array.tobytes()
        return content
    raw = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    whole = raw.size // (8 * _BLOCK) * (8 * _BLOCK)
    blocks = raw[:whole].view(np.uint64).reshape(-1, _BLOCK)
    return bytes(np.einsum("ij,j->i", blocks, _MULTIPLIERS).tobytes() + raw[whole:].tobytes())


def is_intact(array: Any, sealed: bytes) -> bool:
    """Whether the array still has the content it had when it was sealed.

    Examples
    --------
    >>> x = np.arange(3.0)
    >>> sealed = seal(x)
    >>> is_intact(x, sealed)
    True
    >>> x[0] = 7.0
    >>> is_intact(x, sealed)
    False
    """
    return seal(array) == sealed
