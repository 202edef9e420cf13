"""Brighter, darker, harder and softer images."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

from ...random import generator
from .images import drawn, image_batch

__all__ = ["brightness", "contrast"]

Rng = np.random.Generator | int | None
Limits = tuple[float, float] | None


def brightness(
    images: Any,
    factors: tuple[float, float] = (0.8, 1.2),
    *,
    limits: Limits = None,
    rng: Rng = None,
) -> Any:
    """Multiply each image by a factor from a range.

    Parameters
    ----------
    images : ndarray, shape (N, H, W) or (N, C, H, W)
    factors : pair
        Where the factors are drawn from; 1 changes nothing, 0 gives black.
    limits : pair, optional
        Smallest and largest value that the result may have; what goes beyond is clipped.
        By default 0 and 255 for uint8, 0 and 1 for floating point.
    rng : Generator, int or None

    Returns
    -------
    ndarray
        Of the shape and dtype of `images`.

    Raises
    ------
    ArgumentError
        If the images themselves go beyond the limits.

    Examples
    --------
    >>> brightness(np.array([[[100, 200]]], np.uint8), factors=(1.5, 1.5))
    array([[[150, 255]]], dtype=uint8)
    """
    batch, low, high = _within(images, limits, "brightness")
    factor = _factors(factors, batch, "brightness", generator(rng))
    return _clipped(batch * factor, low, high, batch.dtype)


def contrast(
    images: Any,
    factors: tuple[float, float] = (0.8, 1.2),
    *,
    limits: Limits = None,
    rng: Rng = None,
) -> Any:
    """Move the values of each image away from its mean, or towards it, by a factor from a range.

    The value x becomes ``m + factor * (x - m)``, where m is the mean of the image over its pixels
    and channels. Parameters, result and errors are those of `brightness`.

    Examples
    --------
    >>> contrast(np.array([[[0.25, 0.75]]]), factors=(0.5, 0.5))
    array([[[0.375, 0.625]]])
    """
    batch, low, high = _within(images, limits, "contrast")
    factor = _factors(factors, batch, "contrast", generator(rng))
    mean = batch.mean(axis=tuple(range(1, batch.ndim)), keepdims=True, dtype=factor.dtype)
    return _clipped(mean + factor * (batch - mean), low, high, batch.dtype)


def _within(images: Any, limits: Limits, name: str) -> tuple[Any, float, float]:
    batch = image_batch(images, name)
    usual = (0, 255) if batch.dtype == np.uint8 else (0, 1)
    low, high = usual if limits is None else limits
    if batch.size and not (low <= batch.min() and batch.max() <= high):
        raise ArgumentError(
            f"{name}: values from {batch.min()} to {batch.max()} in images whose limits are {low} "
            f"and {high}; give limits=, or augment before normalising"
        )
    return batch, low, high


def _factors(factors: tuple[float, float], batch: Any, name: str, rng: np.random.Generator) -> Any:
    if np.shape(factors) != (2,) or factors[0] < 0:
        raise ArgumentError(f"{name}: factors={factors}; need a pair of factors, 0 or more")
    dtype = batch.dtype if batch.dtype.kind == "f" else np.dtype(np.float32)
    values = drawn(factors, name, len(batch), rng).astype(dtype)
    return values.reshape(-1, *(1,) * (batch.ndim - 1))


def _clipped(values: Any, low: float, high: float, dtype: Any) -> Any:
    if dtype == np.uint8:
        values = np.rint(values)
    return np.clip(values, low, high).astype(dtype, copy=False)
