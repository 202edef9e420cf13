"""Dropout, of elements or of whole channels."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import data_of

from ..random import generator

__all__ = ["dropout", "dropout1d", "dropout2d"]


def dropout(input: Any, p: float = 0.5, training: bool = True, *, rng: Any = None) -> Any:
    """Each element 0 with probability p, else divided by 1 − p.

    Parameters
    ----------
    input : array_like or Value
    p : float
        From 0, which changes nothing, to 1, which leaves nothing.
    training : bool
        If false, the input is returned as it is.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Returns
    -------
    ndarray or Value
        Of the shape of the input.

    Raises
    ------
    ArgumentError
        If p is no probability.

    Examples
    --------
    >>> dropout(np.ones(6), 0.5, rng=0)
    array([2., 2., 2., 0., 0., 0.])
    """
    return _dropped(input, np.shape(data_of(input)), p, training, rng)


def dropout1d(input: Any, p: float = 0.5, training: bool = True, *, rng: Any = None) -> Any:
    """`dropout` of whole channels of ``(N, C, L)`` or ``(C, L)``."""
    shape = np.shape(data_of(input))
    if len(shape) not in (2, 3):
        raise ShapeError(f"dropout1d: the input is {shape}; need (N, C, L) or (C, L)")
    return _dropped(input, (*shape[:-1], 1), p, training, rng)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, *, rng: Any = None) -> Any:
    """`dropout` of whole channels of ``(N, C, H, W)``."""
    shape = np.shape(data_of(input))
    if len(shape) != 4:
        raise ShapeError(
            f"dropout2d: the input is {shape}; need (N, C, H, W): insert an axis of 1 for a single "
            "image, or use dropout1d for (N, C, L)"
        )
    return _dropped(input, (*shape[:2], 1, 1), p, training, rng)


def _dropped(input: Any, mask: tuple[int, ...], p: float, training: bool, rng: Any) -> Any:
    if not 0 <= p <= 1:
        raise ArgumentError(f"dropout: p is {p}; need a probability from 0 to 1")
    if not training or p == 0:
        return input
    # A uniform number lies in [0, 1), so that p = 1 keeps nothing.
    keep = generator(rng).random(mask, np.float32) >= p
    return ag.dropout(input, keep, p)
