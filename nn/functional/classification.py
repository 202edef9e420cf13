"""Losses between scores and one class of many."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.kernels.loss import class_targets
from autograd_core.ops.loss import nll_of_classes
from autograd_core.ops.loss import reduced as weighted
from autograd_core.value import data_of, dtype_of, is_floating, shape_of

from .reduction import checked, floats, reduced, same_shape, warn_of_nothing

__all__ = ["cross_entropy", "multi_margin_loss", "nll_loss"]


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """``−ln softmax(x)_y`` of the class y, or ``−Σ_c t_c ln softmax(x)_c`` of probabilities t.

    Parameters
    ----------
    input : array_like or Value
        Logits: shape ``(N, C)``, ``(N, C, d1, …)`` or ``(C,)``.
    target : array_like of int, or array_like or Value of float
        Classes, of shape ``(N,)``, ``(N, d1, …)`` or ``()``; or probabilities, of the shape of
        the logits.
    weight : array_like, optional
        Shape ``(C,)``, of the classes.
    ignore_index : int
        A class that does not count.
    reduction : {"mean", "sum", "none"}
        The mean of classes is weighted by `weight`; that of probabilities is over the examples.
        Where nothing counts it is nan, with a warning.
    label_smoothing : float
        Between 0 and 1: how much of the target is the uniform distribution.

    Returns
    -------
    float, ndarray or Value
        In nats; a scalar, or of the shape of the logits without the axis of the classes.

    Raises
    ------
    ArgumentError
        If a class is out of range (the message gives it and its place).
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> round(float(cross_entropy(np.zeros((2, 4)), [0, 3])), 4)
    1.3863
    """
    checked(reduction, "cross_entropy")
    if not 0 <= label_smoothing <= 1:
        raise ArgumentError(
            f"cross_entropy: label_smoothing is {label_smoothing}; need a number from 0 to 1"
        )
    target = target if isinstance(target, Value) else np.asarray(target)
    if is_floating(data_of(target)):
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing)
    out = ag.cross_entropy(input, target, weight, ignore_index, label_smoothing, reduction)
    if reduction == "mean" and math.isnan(data_of(out)):
        _warn_if_nothing_counts("cross_entropy", data_of(target), ignore_index)
    return out


def _warn_if_nothing_counts(caller: str, target: Any, ignore_index: int) -> None:
    if not np.any(np.asarray(target) != ignore_index):
        empty = not np.size(target)
        warn_of_nothing(caller, "the batch is empty" if empty else
                        f"every target is {ignore_index}, which is ignored")  # fmt: skip


def _soft_cross_entropy(
    input: Any, target: Any, weight: Any, reduction: str, label_smoothing: float
) -> Any:
    if shape_of(target) != shape_of(input):
        raise ShapeError(
            f"cross_entropy: the logits are {shape_of(input)}, the targets {shape_of(target)} of "
            f"{dtype_of(target)}; need probabilities in the shape of the logits, or classes as "
            "integers: targets.astype(int)"
        )
    input, target = same_shape(input, target, "cross_entropy")
    axis = min(len(shape_of(input)) - 1, 1)
    if label_smoothing:
        classes = shape_of(input)[axis]
        target = (1 - label_smoothing) * target + label_smoothing / classes
    log_p = ag.log_softmax(input, axis)
    if not isinstance(target, Value):
        log_p = ag.where(target == 0, 0.0, log_p)  # 0 times −inf would be nan
    terms = -(target * log_p)
    if weight is not None:
        weight = _per_class(weight, input, axis, "cross_entropy")
        terms = terms * weight.reshape(weight.shape + (1,) * (len(shape_of(input)) - axis - 1))
    return reduced(ag.sum(terms, axis), reduction, "cross_entropy")


def _per_class(weight: Any, input: Any, axis: int, caller: str) -> Any:
    """Weights of the classes, as raw data in the dtype of the input."""
    weight = np.asarray(data_of(weight), dtype_of(data_of(input)))
    if weight.shape != (shape_of(input)[axis],):
        raise ShapeError(
            f"{caller}: input is {shape_of(input)}, weight is {weight.shape}; need "
            f"({shape_of(input)[axis]},), a weight per class"
        )
    return weight


def nll_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Any:
    """``−ln p_y`` of the class y, from the logarithms of the probabilities.

    Parameters
    ----------
    input : array_like or Value
        ln p, such as `log_softmax` gives: shape ``(N, C)``, ``(N, C, d1, …)`` or ``(C,)``.
    target, weight, ignore_index, reduction
        See `cross_entropy`; classes only.

    Returns
    -------
    float, ndarray or Value

    Examples
    --------
    >>> round(nll_loss(np.log([[0.5, 0.5], [0.25, 0.75]]), [0, 0]), 4)
    1.0397
    """
    checked(reduction, "nll_loss")
    input = floats(input)
    shape, axis = shape_of(input), min(len(shape_of(input)) - 1, 1)
    if not shape or np.shape(data_of(target)) != shape[:axis] + shape[axis + 1 :]:
        raise ShapeError(
            f"nll_loss: input is {shape}, target is {np.shape(data_of(target))}; need (N, C, …) "
            "and (N, …), or (C,) and ()"
        )
    weight = None if weight is None else _per_class(weight, input, axis, "nll_loss")
    losses, _, count = nll_of_classes(input, target, weight, ignore_index, "nll_loss")
    if reduction == "mean" and not count:
        _warn_if_nothing_counts("nll_loss", data_of(target), ignore_index)
    return weighted(losses, reduction, count)


def multi_margin_loss(
    input: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    *,
    reduction: str = "mean",
) -> Any:
    """``Σ_{c≠y} w_y max(0, margin − x_y + x_c)^p / C``, of a machine for many classes [1]_.

    Parameters
    ----------
    input : array_like or Value
        Scores x: shape ``(N, C)`` or ``(C,)``.
    target : array_like of int
        Classes y: shape ``(N,)`` or ``()``.
    p : {1, 2}
    margin : float
    weight : array_like, optional
        w, of shape ``(C,)``.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    float, ndarray or Value

    References
    ----------
    .. [1] J. Weston, C. Watkins, "Support vector machines for multi-class pattern recognition",
       ESANN 1999.

    Examples
    --------
    >>> round(multi_margin_loss(np.array([[0.1, 0.2, 0.4, 0.8]]), [3]), 4)
    0.325
    """
    input = floats(input)
    shape = shape_of(input)
    if len(shape) not in (1, 2) or np.shape(data_of(target)) != shape[:-1]:
        raise ShapeError(
            f"multi_margin_loss: input is {shape}, target is {np.shape(data_of(target))}; need "
            "(N, C) and (N,), or (C,) and ()"
        )
    if p not in (1, 2):
        raise ArgumentError(f"multi_margin_loss: p is {p}; need 1 or 2")
    index, _ = class_targets(data_of(target), shape[-1], None, "multi_margin_loss")
    own = np.expand_dims(index, -1)
    excess = ag.relu(margin - ag.take_along_axis(input, own, -1) + input)
    excess = excess if p == 1 else ag.square(excess)
    others = np.arange(shape[-1]) != own
    losses = ag.sum(ag.where(others, excess, 0.0), -1) / shape[-1]
    if weight is not None:
        losses = losses * _per_class(weight, input, -1, "multi_margin_loss")[index]
    return reduced(losses, reduction, "multi_margin_loss")
