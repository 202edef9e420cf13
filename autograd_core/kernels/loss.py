"""Cross-entropy of classes, and of independent yes-or-no questions, in one pass over the logits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import ArgumentError, DtypeError

__all__ = ["bce_forward", "bce_vjp", "class_targets", "cross_entropy_forward", "cross_entropy_vjp",
           "per_count", "reduce"]  # fmt: skip


def reduce(losses: Any, reduction: str, count: Any) -> Any:
    """All losses, their sum, or their sum over a count."""
    if reduction == "none":
        return losses
    total = np.add.reduce(losses, None)
    return total if reduction == "sum" else total * per_count(count)


def per_count(count: Any) -> float:
    """``1 / count``; the mean of nothing is nan."""
    return 1 / float(count) if count else math.nan


def _floats(x: Any) -> Any:
    """Logits as an array that can hold weights; whole numbers cannot."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def class_targets(
    target: Any, classes: int, ignore_index: int | None, caller: str
) -> tuple[Any, Any]:
    """Targets that can index the classes, and which of them count.

    Returns
    -------
    target : ndarray of intp
        With 0 in the place of what is ignored.
    counted : ndarray of bool, or None
        ``None`` where all do.

    Raises
    ------
    DtypeError
        If the targets are not integers.
    ArgumentError
        If one is out of range.
    """
    target = np.asarray(target)
    if target.dtype.kind not in "iu":
        raise DtypeError(
            f"{caller}: the targets are {target.dtype}; need integers, the numbers of the classes"
        )
    target = np.asarray(target, np.intp)
    # Negative numbers are the largest unsigned ones, so that one comparison finds both.
    in_range = not target.size or target.view(np.uintp).max() < classes
    if in_range and (ignore_index is None or not 0 <= ignore_index < classes):
        return target, None
    counted = np.full(target.shape, True) if ignore_index is None else target != ignore_index
    outside = counted & ((target < 0) | (target >= classes))
    if outside.any():
        place = np.argwhere(np.atleast_1d(outside))[0]
        or_else = "" if ignore_index is None else f", or ignore_index = {ignore_index}"
        raise ArgumentError(
            f"{caller}: target[{', '.join(map(str, place))}] is {target[outside][0]}; need "
            f"0 <= target < {classes}, the number of classes{or_else}"
        )
    return np.where(counted, target, 0), counted


def cross_entropy_forward(
    x: Any,
    target: Any,
    weight: Any,
    ignore_index: int,
    label_smoothing: float,
    reduction: str,
) -> tuple[Any, Any]:
    """See `autograd_core.ops.loss.cross_entropy`."""
    x = _floats(x)
    axis = x.ndim > 1
    if not x.ndim or np.shape(target) != (x.shape[:axis] + x.shape[axis + 1 :]):
        raise ValueError  # the declaration explains
    classes = x.shape[axis]
    if weight is not None and np.shape(weight) != (classes,):
        raise ValueError
    index, counted = class_targets(target, classes, ignore_index, "cross_entropy")
    rows = np.ascontiguousarray(x if x.ndim == 2 else np.moveaxis(x, axis, -1))
    rows = rows.reshape(math.prod(rows.shape[:-1]), classes)
    index = index.reshape(-1)
    flat = np.arange(0, rows.size, classes) + index  # of the targets' logits
    e, z, shifted = _exponentials(rows)
    losses = np.log(z)
    losses -= shifted.take(flat)
    # What a target's loss counts, and what the loss of each class does in the smoothed part.
    share: Any = None if counted is None else counted.reshape(-1).astype(x.dtype)
    of_class = np.asarray(weight, x.dtype) if weight is not None else None
    if of_class is not None:
        share = of_class[index] if share is None else share * of_class[index]
    count = len(index) if share is None else share.sum(dtype=np.float64)
    if share is not None:
        losses *= share
    if label_smoothing:
        everywhere = np.ones(classes, x.dtype) if of_class is None else of_class
        spread = np.log(z) * everywhere.sum() - np.dot(shifted, everywhere)
        losses *= 1 - label_smoothing
        losses += spread * (label_smoothing / classes)
    if counted is not None:
        losses[~counted.reshape(-1)] = 0  # 0 times an infinite loss would be nan
    out = reduce(losses.reshape(np.shape(target)), reduction, count)
    return out, (e, z, flat, counted, share, count)


def _exponentials(rows: Any) -> tuple[Any, Any, Any]:
    """The exponentials of shifted rows, their sums, and the shifted rows."""
    ones = np.ones(rows.shape[1], rows.dtype)
    if rows.size:
        # One maximum for all rows is much cheaper than one each, and does unless a row lies so
        # far below it that its exponentials vanish.
        shifted = rows - rows.max()
        e = np.exp(shifted)
        z = np.dot(e, ones)
        if z.min() > 1e-20:
            return e, z, shifted
    shifted = rows - rows.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    return e, np.dot(e, ones), shifted


def cross_entropy_vjp(
    g: Any,
    out: Any,
    residuals: Any,
    x: Any,
    target: Any,
    *,
    wanted: Any,
    weight: Any,
    ignore_index: int,
    label_smoothing: float,
    reduction: str,
) -> tuple[Any, None]:
    """The softmax less the target, row by row."""
    e, z, flat, counted, share, count = residuals
    classes = e.shape[1]
    g = g * per_count(count) if reduction == "mean" else g
    if np.ndim(g):
        g = np.reshape(g, -1)
    if counted is not None:
        g = np.where(counted.reshape(-1), g, 0)
    per_target = g if share is None else g * share
    if label_smoothing:
        per_target = per_target * (1 - label_smoothing)
        everywhere = np.ones(classes, e.dtype) if weight is None else np.asarray(weight, e.dtype)
        per_class = g * (label_smoothing / classes)
        c = e * ((per_target + per_class * everywhere.sum()) / z)[:, None]
        c -= np.multiply.outer(np.broadcast_to(per_class, z.shape), everywhere)
    else:
        c = e * (per_target / z)[:, None]
    c.reshape(-1)[flat] -= per_target
    if counted is not None:
        c[~counted.reshape(-1)] = 0
    if np.ndim(x) <= 2:
        return c.reshape(np.shape(x)), None
    spread = (x.shape[0], *x.shape[2:], classes)
    return np.moveaxis(c.reshape(spread), -1, 1), None


def bce_forward(
    x: Any, target: Any, weight: Any, pos_weight: Any, reduction: str
) -> tuple[Any, Any]:
    """See `autograd_core.ops.loss.binary_cross_entropy_with_logits`."""
    if np.shape(x) != np.shape(target):
        raise ValueError  # the declaration explains
    x = _floats(x)
    e = np.exp(-np.abs(x))
    rest = np.log1p(e)  # ln(1 + eˣ) is this above max(x, 0), ln(1 + e⁻ˣ) above max(−x, 0)
    if pos_weight is None:
        losses = np.maximum(x, 0) - x * target + rest
    else:
        p = np.asarray(pos_weight, x.dtype)
        losses = p * target * (np.maximum(-x, 0) + rest) + (1 - target) * (np.maximum(x, 0) + rest)
    if weight is not None:
        losses = losses * np.asarray(weight, x.dtype)
    if losses.shape != x.shape:
        raise ValueError
    return reduce(losses, reduction, x.size), (e, rest)


def bce_vjp(
    g: Any,
    out: Any,
    residuals: Any,
    x: Any,
    target: Any,
    *,
    wanted: Any,
    weight: Any,
    pos_weight: Any,
    reduction: str,
) -> tuple[Any, Any]:
    """The sigmoid less the target; of the target, the difference of its two losses."""
    x, (e, rest) = np.asarray(x), residuals
    g = g * per_count(x.size) if reduction == "mean" else g
    if weight is not None:
        g = g * np.asarray(weight, x.dtype)
    p = 1 if pos_weight is None else np.asarray(pos_weight, x.dtype)
    x_bar = target_bar = None
    if wanted[0]:
        sigma = np.exp(np.minimum(x, 0)) / (1 + e)  # np.where would take eight times as long
        x_bar = (sigma - target if pos_weight is None
                 else sigma * (1 - target) - p * target * (1 - sigma)) * g  # fmt: skip
    if wanted[1]:
        target_bar = (p * (np.maximum(-x, 0) + rest) - (np.maximum(x, 0) + rest)) * g
    return x_bar, target_bar
