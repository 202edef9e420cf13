"""Features of mean 0 and variance 1, by the statistics of the training set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

__all__ = ["Normalizer"]


@dataclass(frozen=True, eq=False)
class Normalizer:
    """The map ``(x - mean) / std``.

    Attributes
    ----------
    mean, std : ndarray
        Of a shape that broadcasts against the data.

    Examples
    --------
    Fitted on training data, then applied to all:

    >>> train = np.array([[1.0, 10.0], [3.0, 10.0]])
    >>> normalize = Normalizer.fit(train)
    >>> normalize(train)
    array([[-1.,  0.],
           [ 1.,  0.]])
    >>> normalize(np.array([[5.0, 11.0]]))
    array([[3., 1.]])

    For images ``(N, C, H, W)`` a mean per channel is ``Normalizer.fit(images, axis=(0, 2, 3))``.
    """

    mean: Any
    std: Any

    @classmethod
    def fit(cls, data: Any, axis: int | tuple[int, ...] = 0) -> Normalizer:
        """Take mean and standard deviation over `axis`.

        Parameters
        ----------
        data : ndarray
            Training data. Sequences of different lengths are concatenated first.
        axis : int or tuple of int
            What runs over samples; the axes that are left are the features.

        Returns
        -------
        Normalizer
            In float32 for data of float32 and of integers, computed in float64. A feature that is
            constant has no scale: its ``std`` is set to 1, so that it becomes 0.
        """
        array = np.asarray(data)
        if array.size == 0:
            raise ArgumentError(f"Normalizer: data of shape {array.shape} is empty")
        dtype = array.dtype if array.dtype.kind == "f" else np.dtype(np.float32)
        mean = array.mean(axis=axis, keepdims=True, dtype=np.float64)
        std = array.std(axis=axis, keepdims=True, dtype=np.float64)
        # The std of equal numbers is a rounding error rather than an exact zero.
        constant = np.ptp(array, axis=axis, keepdims=True) == 0
        return cls(mean.astype(dtype), np.where(constant, 1.0, std).astype(dtype))

    def __call__(self, data: Any) -> Any:
        """Return data with the mean taken off, in units of the standard deviation."""
        return (data - self.mean) / self.std
