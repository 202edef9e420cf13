"""An array at a glance: a heat map of its elements, and its numbers where they are few."""

from __future__ import annotations

from typing import Any

import numpy as np

from viz.labels import format_number

__all__ = ["heat_of", "numbers_of"]

# A larger array is shown by blocks, each as the element of the largest magnitude in it.
_MOST_ROWS, _MOST_COLUMNS = 16, 32
_MOST_NUMBERS = 36

# From negative over zero to positive; blue and orange are told apart by all kinds of vision.
_NEGATIVE, _ZERO, _POSITIVE = (33, 102, 172), (247, 247, 247), (230, 97, 1)
_NOT_FINITE = "#111111"


def numbers_of(data: Any, precision: int) -> str:
    """Write an array's elements, or of a large one the first and how many there are.

    Examples
    --------
    >>> numbers_of(np.array([[1.0, 2.5]]), 4), numbers_of(0.5, 4)
    ('[[1, 2.5]]', '0.5')
    >>> numbers_of(np.arange(100.0), 4)[-17:]
    '34, 35, … 64 more'
    """
    if np.ndim(data) == 0:
        return format_number(float(data), precision)
    array = np.asarray(data, float)
    if array.size <= _MOST_NUMBERS:
        return _nested(array.tolist(), precision)
    first = ", ".join(format_number(x, precision) for x in array.ravel()[:_MOST_NUMBERS].tolist())
    return f"{first}, … {array.size - _MOST_NUMBERS:,} more"


def heat_of(data: Any, precision: int) -> dict[str, Any] | None:
    """Return the heat map of an array, ``None`` for a number.

    Returns
    -------
    dict
        `rows`, `columns`, `cells` (colours, row by row) and a `caption` with minimum, mean and
        maximum. Axes before the last are rows.
    """
    if np.ndim(data) == 0 or np.size(data) == 0:
        return None
    array = np.asarray(data, float)
    table = array.reshape(-1, array.shape[-1])
    blocks = _blocks(table)
    finite = np.abs(blocks[np.isfinite(blocks)])
    top = float(finite.max(initial=0.0)) or 1.0
    inside = array[np.isfinite(array)]
    caption = f"{array.shape}"
    if inside.size:
        # What is left of a sum that cancels is rounding, which nobody wants to read.
        rest = float(inside.mean())
        mean = 0.0 if abs(rest) < 1e-12 * np.abs(inside).max() else rest
        low, middle, high = (
            format_number(float(x), precision) for x in (inside.min(), mean, inside.max())
        )
        caption += f": min {low}, mean {middle}, max {high}"
    if inside.size < array.size:
        caption += f"; {array.size - inside.size:,} not finite (black)"
    if blocks.shape != table.shape:
        caption += "; each square is a block, shown by its largest element in magnitude"
    return {
        "rows": blocks.shape[0],
        "columns": blocks.shape[1],
        "cells": [_colour(x / top) for x in blocks.ravel().tolist()],
        "caption": caption,
    }


def _blocks(table: Any) -> Any:
    for axis, most in ((0, _MOST_ROWS), (1, _MOST_COLUMNS)):
        if table.shape[axis] > most:
            parts = np.array_split(table, most, axis=axis)
            table = np.stack([_largest(part, axis) for part in parts], axis=axis)
    return table


def _largest(part: Any, axis: int) -> Any:
    """Along an axis, the element of the largest magnitude, with its sign; nan if there is one."""
    size = np.where(np.isnan(part), np.inf, np.abs(part))
    at = np.expand_dims(np.argmax(size, axis=axis), axis)
    return np.take_along_axis(part, at, axis).squeeze(axis)


def _colour(level: float) -> str:
    if not np.isfinite(level):
        return _NOT_FINITE
    end, share = (_POSITIVE, level) if level > 0 else (_NEGATIVE, -level)
    mixed = (round(z + (e - z) * share) for z, e in zip(_ZERO, end, strict=True))
    return "#" + "".join(f"{c:02x}" for c in mixed)


def _nested(items: Any, precision: int) -> str:
    if isinstance(items, list):
        return "[" + ", ".join(_nested(item, precision) for item in items) + "]"
    return format_number(items, precision)
