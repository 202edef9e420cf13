"""Walking through large arrays in pieces that fit the cache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["blocks"]

# Below the 128 KiB from which malloc asks the operating system for fresh pages, so that the
# temporaries of a formula are the same few warm kilobytes in every piece.
_BLOCK_BYTES = 96 * 1024


def blocks(*arrays: Any) -> Iterable[tuple[Any, ...]]:
    """The same piece of each of several arrays, one piece after the other.

    An update rule is elementwise and reads more arrays than it has arithmetic to do: written
    over whole arrays, each of its operations is a trip to main memory. Written over these
    pieces it makes one trip, and can be written as a formula with temporaries.

    Parameters
    ----------
    *arrays : ndarray
        Of one shape. The pieces are views: assign to them in place.

    Returns
    -------
    iterable of tuple of ndarray
        The arrays themselves where they are small.

    Examples
    --------
    >>> import numpy as np
    >>> x, g = np.zeros((300, 700)), np.ones((300, 700))
    >>> for x_piece, g_piece in blocks(x, g):
    ...     x_piece -= 0.1 * g_piece
    >>> bool((x == -0.1).all())
    True
    """
    if arrays[0].nbytes <= _BLOCK_BYTES:
        return (arrays,)
    return _cut(arrays)


def _cut(arrays: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if all(array.flags.c_contiguous for array in arrays):
        arrays = tuple(array.reshape(-1) for array in arrays)
    length = len(arrays[0])
    step = max(1, _BLOCK_BYTES * length // arrays[0].nbytes)
    for start in range(0, length, step):
        yield tuple(array[start : start + step] for array in arrays)
