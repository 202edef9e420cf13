"""The binary version of CIFAR-10."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import DataError
from .files import Source, contents

__all__ = ["read_cifar10"]

PIXELS = 3 * 32 * 32
RECORD = 1 + PIXELS


def read_cifar10(source: Source) -> tuple[Any, Any]:
    """Read a file of CIFAR-10 records.

    A record is a byte for the label and 3,072 for the pixels: the red plane, the green, the blue,
    each of 32 rows (https://www.cs.toronto.edu/~kriz/cifar.html).

    Parameters
    ----------
    source : path or bytes
        Plain or gzipped.

    Returns
    -------
    images : ndarray of uint8, shape (N, 3, 32, 32)
    labels : ndarray of int64, shape (N,)
        From 0 to 9.

    Raises
    ------
    DataError
        If there is no record, a part of one, or a label above 9.

    Examples
    --------
    >>> images, labels = read_cifar10(bytes([6]) + bytes(3072))
    >>> images.shape, labels
    ((1, 3, 32, 32), array([6]))
    """
    data, name = contents(source)
    if not data or len(data) % RECORD:
        raise DataError(
            f"{name}: {len(data)} bytes are {len(data) / RECORD:.2f} CIFAR-10 records; need whole "
            f"records of {RECORD} bytes (the file is truncated, or is not the binary version)"
        )
    records = np.frombuffer(data, np.uint8).reshape(-1, RECORD)
    labels = records[:, 0].astype(np.int64)
    if labels.max() > 9:
        record = int(np.argmax(labels > 9))
        raise DataError(f"{name}: record {record} has the label {labels[record]}; need 0 to 9")
    return records[:, 1:].reshape(-1, 3, 32, 32).copy(), labels
