"""Cutting out, mirroring and covering parts of images."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

from ...random import generator
from .images import image_batch

__all__ = ["cutout", "horizontal_flip", "random_crop", "vertical_flip"]

Rng = np.random.Generator | int | None


def random_crop(
    images: Any,
    size: int | tuple[int, int],
    *,
    padding: int = 0,
    fill: float = 0.0,
    rng: Rng = None,
) -> Any:
    """Cut a window out of each image, at a random place.

    With `size` the size of the images and ``padding=p`` the images are moved by up to p whole
    pixels, as is usual for CIFAR-10 with 4.

    Parameters
    ----------
    images : ndarray, shape (N, H, W) or (N, C, H, W)
    size : int or pair
        Height and width of the window.
    padding : int
        Rows and columns of `fill` added on each side first.
    fill : float
    rng : Generator, int or None

    Returns
    -------
    ndarray, shape (N, *size) or (N, C, *size)

    Raises
    ------
    ArgumentError
        If the window is larger than the padded image.

    Examples
    --------
    >>> random_crop(np.ones((5, 28, 28)), 24).shape
    (5, 24, 24)
    """
    batch = image_batch(images, "random_crop")
    random = generator(rng)
    height, width = (size, size) if isinstance(size, int) else size
    border = [(0, 0)] * (batch.ndim - 2) + [(padding, padding)] * 2
    padded = np.pad(batch, border, constant_values=fill)
    free = (padded.shape[-2] - height, padded.shape[-1] - width)
    if min(free) < 0 or min(height, width) < 1:
        raise ArgumentError(
            f"random_crop: a window of {height}×{width} in images of {padded.shape[-2]}×"
            f"{padded.shape[-1]} with their padding; need at least 1 and at most that"
        )
    rows, columns = (random.integers(0, room + 1, len(batch)) for room in free)
    out = np.empty((*batch.shape[:-2], height, width), batch.dtype)
    for window, image, row, column in zip(out, padded, rows, columns, strict=True):
        window[...] = image[..., row : row + height, column : column + width]
    return out


def horizontal_flip(images: Any, p: float = 0.5, *, rng: Rng = None) -> Any:
    """Exchange left and right of each image with probability `p`.

    Examples
    --------
    >>> horizontal_flip(np.array([[[1.0, 2.0]]]), p=1)
    array([[[2., 1.]]])
    """
    return _flipped(images, p, -1, "horizontal_flip", rng)


def vertical_flip(images: Any, p: float = 0.5, *, rng: Rng = None) -> Any:
    """Exchange top and bottom of each image with probability `p`."""
    return _flipped(images, p, -2, "vertical_flip", rng)


def _flipped(images: Any, p: float, axis: int, name: str, rng: Rng) -> Any:
    batch = image_batch(images, name)
    if not 0 <= p <= 1:
        raise ArgumentError(f"{name}: p={p}; need a probability from 0 to 1")
    chosen = generator(rng).random(len(batch)) < p
    out = batch.copy()
    out[chosen] = np.flip(batch[chosen], axis)
    return out


def cutout(images: Any, size: int, *, fill: float = 0.0, rng: Rng = None) -> Any:
    """Cover a square of each image, its centre anywhere in the image.

    At the edge only a part of the square lies inside. DeVries, Taylor: Improved regularization of
    convolutional neural networks with cutout, 2017.

    Parameters
    ----------
    images : ndarray, shape (N, H, W) or (N, C, H, W)
    size : int
        Side of the square in pixels.
    fill : float
        What covers it, in all channels.
    rng : Generator, int or None

    Returns
    -------
    ndarray
        Of the shape and dtype of `images`.
    """
    batch = image_batch(images, "cutout")
    if size < 0:
        raise ArgumentError(f"cutout: size={size}; need a side of 0 pixels or more")
    random = generator(rng)
    height, width = batch.shape[-2:]
    tops = random.integers(0, height, len(batch)) - size // 2
    lefts = random.integers(0, width, len(batch)) - size // 2
    out = batch.copy()
    for image, top, left in zip(out, tops, lefts, strict=True):
        image[..., max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = fill
    return out
