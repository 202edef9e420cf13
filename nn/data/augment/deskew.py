"""Taking the slant out of handwriting."""

from __future__ import annotations

from typing import Any

import numpy as np

from .geometry import transformed
from .images import image_batch, planes

__all__ = ["deskew"]


def deskew(images: Any, *, fill: float = 0.0) -> Any:
    """Shear each image about its centre of mass until its second moments show no slant.

    With brightness as mass, y and x measured from the centre of mass, the slant is
    ``s = Σ m x y / Σ m y²``: the slope of the regression of x on y. The content at (y, x) moves to
    ``(y, x - s y)``, for which ``Σ m x y`` is 0. This is the deskewing of the table of results on
    MNIST (LeCun, Bottou, Bengio, Haffner 1998).

    Parameters
    ----------
    images : ndarray, shape (N, H, W) or (N, C, H, W)
        Bright writing on a background of 0; of channels, the sum is taken as mass.
    fill : float
        Value of what comes in from outside.

    Returns
    -------
    ndarray
        Of the shape and dtype of `images`. Images without mass, or with all of it in one row, are
        left as they are.

    Examples
    --------
    >>> slanted = np.eye(5)[None, ::-1]
    >>> deskew(slanted)[0].astype(int)
    array([[0, 0, 1, 0, 0],
           [0, 0, 1, 0, 0],
           [0, 0, 1, 0, 0],
           [0, 0, 1, 0, 0],
           [0, 0, 1, 0, 0]])
    """
    batch = image_batch(images, "deskew")
    mass = planes(batch).sum(axis=1, dtype=np.float64)
    # Σ m, Σ m y, Σ m x, Σ m y², Σ m x y of all images in one product, measured from the middle of
    # the image, so that little cancels where they are moved to the centre of mass.
    y, x = (
        grid.ravel() - (size - 1) / 2
        for grid, size in zip(np.indices(mass.shape[1:]), mass.shape[1:], strict=True)
    )
    sums = mass.reshape(len(mass), y.size) @ np.stack([np.ones_like(y), y, x, y * y, x * y], axis=1)
    total = np.where(sums[:, 0] > 0, sums[:, 0], 1.0)
    row, column, square, product = (sums[:, 1:] / total[:, None]).T
    spread = square - row * row
    upright = spread > 1e-9
    slant = np.where(upright, (product - row * column) / np.where(upright, spread, 1.0), 0.0)

    # A point (y, x) of the result comes from (y, x + s (y - row)); scipy counts from the corner.
    matrices = np.zeros((len(batch), 2, 2))
    matrices[:, 0, 0] = matrices[:, 1, 1] = 1.0
    matrices[:, 1, 0] = slant
    origins = np.stack([np.zeros_like(slant), -slant * (row + (mass.shape[1] - 1) / 2)], axis=1)
    return transformed(batch, matrices, origins, fill)
