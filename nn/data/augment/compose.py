"""Several augmentations as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...random import generator

__all__ = ["compose"]


def compose(
    *steps: Callable[..., Any], rng: np.random.Generator | int | None = None
) -> Callable[[Any], Any]:
    """Apply augmentations one after the other, all with one generator.

    Parameters
    ----------
    *steps : callable
        Each called as ``step(images, rng=generator)``; their ranges are set with
        `functools.partial`.
    rng : Generator, int or None
        The randomness of all steps. Give the *generator of the DataLoader* to make runs repeatable
        under prefetching and after a restart. With ``None`` it is seeded by the generator that `nn`
        shares, once, here.

    Returns
    -------
    callable
        From a batch of images to a batch of images.

    Examples
    --------
    >>> from functools import partial
    >>> from nn.data.augment import horizontal_flip, vertical_flip
    >>> mirror = compose(partial(horizontal_flip, p=1), partial(vertical_flip, p=1), rng=0)
    >>> mirror(np.array([[[1.0, 2.0], [3.0, 4.0]]]))
    array([[[4., 3.],
            [2., 1.]]])
    """
    own = generator(int(generator().integers(2**63)) if rng is None else rng)

    def composed(images: Any) -> Any:
        for step in steps:
            images = step(images, rng=own)
        return images

    return composed
