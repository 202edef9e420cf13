"""The IDX format, in which MNIST and its relatives come."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from .errors import DataError
from .files import Source, contents

__all__ = ["read_idx"]

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(source: Source) -> Any:
    """Read an IDX file.

    The format is two zero bytes, a byte for the type, a byte for the number of axes, each axis
    as a 32-bit number, then the data; all numbers are big-endian (http://yann.lecun.com/exdb/mnist).

    Parameters
    ----------
    source : path or bytes
        Plain or gzipped.

    Returns
    -------
    ndarray
        Of dtype uint8, int8, int16, int32, float32 or float64 in the machine's byte order,
        writable.

    Raises
    ------
    DataError
        If the magic number is not one of the format's, or there are fewer or more bytes of data
        than the header says.

    Examples
    --------
    >>> read_idx(bytes([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 9]))
    array([[7, 8, 9]], dtype=uint8)
    """
    data, name = contents(source)
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in DTYPES:
        raise DataError(
            f"{name}: not an IDX file: it begins with 0x{data[:4].hex() or '(nothing)'}; need "
            f"0x0000, then a type among {', '.join(f'{code:02x}' for code in DTYPES)}, then the "
            "number of axes"
        )
    axes, dtype = data[3], np.dtype(DTYPES[data[2]])
    start = 4 + 4 * axes
    if len(data) < start:
        raise DataError(
            f"{name}: truncated IDX file: its header of {start} bytes ends after {len(data)}"
        )
    shape = tuple(int(size) for size in np.frombuffer(data, ">u4", axes, offset=4))
    need = prod(shape) * dtype.itemsize
    if len(data) - start != need:
        fault = "truncated IDX file" if len(data) - start < need else "IDX file of the wrong size"
        raise DataError(
            f"{name}: {fault}: {len(data) - start} bytes of data; shape {shape} of "
            f"{dtype.newbyteorder('=')} needs {need}"
        )
    array = np.frombuffer(data, dtype, offset=start).reshape(shape)
    return array.astype(dtype.newbyteorder("="))
