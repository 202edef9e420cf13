"""Random changes to batches of images that leave their labels true.

Every function takes a batch of shape ``(N, H, W)`` or ``(N, C, H, W)``, uint8 or floating point,
draws for each image anew, and returns a new batch of the same shape (`random_crop`: of the size
asked for), dtype and range of values. `compose` makes one function of several:

>>> import numpy as np
>>> from functools import partial
>>> from nn.data import augment
>>> vary = augment.compose(
...     partial(augment.affine, degrees=10, zoom=(0.9, 1.1), pixels=2),
...     partial(augment.brightness, factors=(0.8, 1.0)),
...     rng=0,
... )
>>> vary(np.zeros((64, 28, 28), np.uint8)).shape
(64, 28, 28)

`deskew` is no augmentation but its opposite: it takes a variation away.
"""

from __future__ import annotations

from .compose import compose
from .deskew import deskew
from .geometry import affine, elastic, rotate, shear, translate, zoom
from .intensity import brightness, contrast
from .regions import cutout, horizontal_flip, random_crop, vertical_flip

__all__ = [
    "affine",
    "brightness",
    "compose",
    "contrast",
    "cutout",
    "deskew",
    "elastic",
    "horizontal_flip",
    "random_crop",
    "rotate",
    "shear",
    "translate",
    "vertical_flip",
    "zoom",
]
