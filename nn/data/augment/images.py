"""What all augmentations ask of their arguments."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from autograd_core.errors import ArgumentError, DtypeError, ShapeError

__all__ = ["Range", "drawn", "image_batch", "planes"]

Range: TypeAlias = float | tuple[float, float]
"""A number r, for the interval from −r to r, or the two ends of an interval."""


def image_batch(images: Any, name: str) -> Any:
    """Return the images as an array, after looking at its shape and dtype."""
    batch = np.asarray(images)
    if batch.ndim not in (3, 4):
        raise ShapeError(
            f"{name}: images have shape {batch.shape}; need (N, H, W) or (N, C, H, W) "
            "(a single image: image[None])"
        )
    if batch.dtype != np.uint8 and batch.dtype not in (np.float32, np.float64):
        raise DtypeError(f"{name}: images are {batch.dtype}; need uint8, float32 or float64")
    return batch


def planes(batch: Any) -> Any:
    """Return a view of shape (N, C, H, W), with one channel if the batch has none."""
    return batch if batch.ndim == 4 else batch[:, None]


def drawn(limits: Range, name: str, count: int, rng: np.random.Generator) -> Any:
    """Draw numbers uniformly from an interval, float64, shape (count,)."""
    low, high = limits if isinstance(limits, tuple | list) else (-limits, limits)
    if not low <= high:
        raise ArgumentError(f"{name}: the interval from {low} to {high} is empty; need low <= high")
    return rng.uniform(low, high, count)
