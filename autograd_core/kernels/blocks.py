"""Arrays of a batch with channels and spatial axes, in the order in which memory holds them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Blocks", "blocks", "floating"]


class Blocks(NamedTuple):
    """An array as ``(lead, *spatial, trail)``, contiguous in memory.

    Attributes
    ----------
    array : ndarray
        All axes before the spatial ones are one. `trail` is 1, or the number of channels where
        the memory holds channels last.
    lead : tuple of int
        The axes that became one.
    channels_last : bool
    """

    array: Any
    lead: tuple[int, ...]
    channels_last: bool

    def like(self, other: Any) -> Any:
        """Another array with the same leading axes, in the same form."""
        if self.channels_last:
            return np.ascontiguousarray(np.moveaxis(other, 1, -1))
        spatial = other.shape[len(self.lead) :]
        return np.ascontiguousarray(other).reshape(math.prod(self.lead), *spatial, 1)

    def undo(self, array: Any) -> Any:
        """An array in this form, with the axes that the input had."""
        if self.channels_last:
            return np.moveaxis(array, -1, 1)
        return array.reshape(*self.lead, *array.shape[1:-1])


def blocks(x: Any, rank: int) -> Blocks:
    """An array in this form; copied only where its memory is in neither order."""
    lead = x.shape[: x.ndim - rank]
    if len(lead) == 2 and not x.flags.c_contiguous:
        last = np.moveaxis(x, 1, -1)
        if last.flags.c_contiguous:  # what convolution gives
            return Blocks(last, lead, True)
    whole = (math.prod(lead), *x.shape[x.ndim - rank :], 1)
    return Blocks(np.ascontiguousarray(x).reshape(whole), lead, False)


def floating(x: Any) -> Any:
    """An array; integers and booleans become float64."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)
