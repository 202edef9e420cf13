"""Turning, slanting, scaling, moving and bending images, with bilinear interpolation.

Interpolated values lie between those around them, so that the range of values is kept. What comes
from outside the image is `fill`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

from ...random import generator
from .images import Range, drawn, image_batch, planes

__all__ = ["affine", "elastic", "rotate", "shear", "transformed", "translate", "zoom"]

Rng = np.random.Generator | int | None

# Beyond the edge scipy's "constant" mode takes fill at once, so that a turn by 90° loses a row of
# pixels to rounding; this mode interpolates between the edge and fill.
MODE = "grid-constant"


def affine(
    images: Any,
    *,
    degrees: Range = 0.0,
    shear: Range = 0.0,
    zoom: tuple[float, float] = (1.0, 1.0),
    pixels: Range = 0.0,
    fill: float = 0.0,
    rng: Rng = None,
) -> Any:
    """Scale, slant, turn and move each image at random, in this order and in one interpolation.

    With c the centre of the image and positions p as (row, column), the content at p moves to
    ``c + R S Z (p - c) + t``.

    Parameters
    ----------
    images : ndarray, shape (N, H, W) or (N, C, H, W)
    degrees : float or pair
        Angle of the turn, counter-clockwise.
    shear : float or pair
        Angle in degrees by which vertical lines lean to the right.
    zoom : pair
        Factor by which the content grows.
    pixels : float or pair
        Movement down, and independently to the right.
    fill : float
        Value of what comes in from outside.
    rng : Generator, int or None

    Returns
    -------
    ndarray
        Of the shape and dtype of `images`.

    Examples
    --------
    >>> affine(np.array([[[1, 2], [3, 4]]], np.uint8), degrees=(90, 90))
    array([[[2, 4],
            [1, 3]]], dtype=uint8)
    """
    batch = image_batch(images, "affine")
    if np.shape(zoom) != (2,) or zoom[0] <= 0:
        raise ArgumentError(f"affine: zoom={zoom}; need a pair of factors above 0")
    random = generator(rng)
    count = len(batch)
    angle = np.deg2rad(drawn(degrees, "degrees", count, random))
    slant = np.tan(np.deg2rad(drawn(shear, "shear", count, random)))
    factor = drawn(zoom, "zoom", count, random)
    shift = np.stack([drawn(pixels, "pixels", count, random) for _ in range(2)], axis=1)

    # scipy asks where a point of the result comes from: the inverse, Z⁻¹ S⁻¹ R⁻¹.
    cos, sin = np.cos(angle), np.sin(angle)
    inverse = np.array([[cos, sin], [slant * cos - sin, slant * sin + cos]]) / factor
    inverse = np.moveaxis(inverse, 2, 0)
    centre = (np.array(batch.shape[-2:]) - 1) / 2
    origin = centre - np.einsum("nij,nj->ni", inverse, centre + shift)
    return transformed(batch, inverse, origin, fill)


def transformed(batch: Any, matrices: Any, origins: Any, fill: float) -> Any:
    """Return images whose point p has the value of image n at ``matrices[n] @ p + origins[n]``."""
    from scipy import ndimage

    out = np.empty_like(batch)
    pairs = zip(planes(batch), planes(out), matrices, origins, strict=True)
    for image, result, matrix, origin in pairs:
        for plane, target in zip(image, result, strict=True):
            ndimage.affine_transform(
                plane, matrix, origin, output=target, order=1, mode=MODE, cval=fill
            )
    return out


def rotate(images: Any, degrees: Range = 15.0, *, fill: float = 0.0, rng: Rng = None) -> Any:
    """Turn each image about its centre, counter-clockwise, by an angle from a range.

    Parameters and result are those of `affine`.
    """
    return affine(images, degrees=degrees, fill=fill, rng=rng)


def shear(images: Any, degrees: Range = 15.0, *, fill: float = 0.0, rng: Rng = None) -> Any:
    """Slant each image: vertical lines lean to the right by an angle from a range.

    Parameters and result are those of `affine`.
    """
    return affine(images, shear=degrees, fill=fill, rng=rng)


def zoom(
    images: Any, factors: tuple[float, float] = (0.9, 1.1), *, fill: float = 0.0, rng: Rng = None
) -> Any:
    """Scale the content of each image about its centre by a factor from a range.

    Parameters and result are those of `affine`.
    """
    return affine(images, zoom=factors, fill=fill, rng=rng)


def translate(images: Any, pixels: Range = 2.0, *, fill: float = 0.0, rng: Rng = None) -> Any:
    """Move each image down and to the right by distances from a range.

    Parameters and result are those of `affine`. To move by whole pixels, see `random_crop`.
    """
    return affine(images, pixels=pixels, fill=fill, rng=rng)


def elastic(
    images: Any, alpha: float = 8.0, sigma: float = 4.0, *, fill: float = 0.0, rng: Rng = None
) -> Any:
    """Bend each image by a smooth random field of displacements.

    Each pixel gets a displacement uniform in ``(-1, 1)`` in either direction; the field is smoothed
    with a Gaussian and multiplied. Simard, Steinkraus, Platt: Best practices for convolutional
    neural networks applied to visual document analysis, 2003 (there sigma 4, alpha 34).

    Parameters
    ----------
    images : ndarray, shape (N, H, W) or (N, C, H, W)
    alpha : float
        Strength, in pixels before smoothing takes most of it away.
    sigma : float
        Width of the Gaussian, in pixels: how far neighbours move together.
    fill, rng
        As for `affine`.

    Returns
    -------
    ndarray
        Of the shape and dtype of `images`.
    """
    from scipy import ndimage

    batch = image_batch(images, "elastic")
    if sigma <= 0:
        raise ArgumentError(f"elastic: sigma={sigma}; need a width above 0")
    random = generator(rng)
    grid = np.indices(batch.shape[-2:], dtype=np.float64)
    out = np.empty_like(batch)
    for image, result in zip(planes(batch), planes(out), strict=True):
        noise = random.uniform(-1, 1, grid.shape)
        source = grid + alpha * ndimage.gaussian_filter(noise, (0, sigma, sigma), mode="constant")
        for plane, target in zip(image, result, strict=True):
            ndimage.map_coordinates(plane, source, output=target, order=1, mode=MODE, cval=fill)
    return out
