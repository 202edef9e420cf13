"""Losses between scores and the answers yes and no."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import data_of, dtype_of, shape_of

from .reduction import alike, checked, reduced, same_shape, warn_of_nothing

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "hinge_embedding_loss",
    "hinge_loss",
]


def binary_cross_entropy(
    input: Any, target: Any, weight: Any = None, *, reduction: str = "mean"
) -> Any:
    """``−w (y ln p + (1 − y) ln(1 − p))`` of probabilities.

    The logarithms are not let below −100, so that the loss is finite everywhere; beyond, at a
    p of exactly 0 or 1, they have no slope. `binary_cross_entropy_with_logits` needs no such
    bound, and is more exact.

    Parameters
    ----------
    input : array_like or Value
        p, between 0 and 1.
    target : array_like or Value
        y, of the same shape.
    weight : array_like, optional
        w; broadcasts to that shape.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    float, ndarray or Value
        In nats.

    Raises
    ------
    ArgumentError
        If a probability or an answer is not between 0 and 1.

    Examples
    --------
    >>> round(binary_cross_entropy(np.array([0.5, 0.0]), np.array([1.0, 0.0])), 4)
    0.3466
    """
    input, target = same_shape(input, target, "binary_cross_entropy")
    p = np.asarray(data_of(input))
    outside = (p < 0) | (p > 1)
    if outside.any():
        raise ArgumentError(
            f"binary_cross_entropy: input has the element {p[outside][0]}; need probabilities "
            "between 0 and 1: apply a sigmoid, or use binary_cross_entropy_with_logits"
        )
    y = np.asarray(data_of(target))
    beyond = (y < 0) | (y > 1)
    if beyond.any():
        raise ArgumentError(
            f"binary_cross_entropy: target has the element {y[beyond][0]}; need answers between 0 "
            "and 1, such as 0 and 1 for two classes"
        )
    log_p = ag.safe_where(p > math.exp(-100), ag.log, input, -100.0)
    log_q = ag.safe_where(p < 1, lambda x: ag.log1p(-x), input, -100.0, safe=0.5)
    losses = -(target * log_p + (1 - target) * log_q)
    return reduced(_times(losses, weight, "binary_cross_entropy"), reduction,
                   "binary_cross_entropy")  # fmt: skip


def binary_cross_entropy_with_logits(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Any:
    """``−w (p y ln σ(x) + (1 − y) ln(1 − σ(x)))``.

    Parameters
    ----------
    input : array_like or Value
        Logits x.
    target : array_like or Value
        y, of the same shape; between 0 and 1.
    weight : array_like, optional
        w; broadcasts to that shape.
    reduction : {"mean", "sum", "none"}
    pos_weight : array_like, optional
        p, what a positive answer counts; broadcasts to that shape.

    Returns
    -------
    float, ndarray or Value
        In nats; finite for every finite logit.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> binary_cross_entropy_with_logits(np.array([0.0, 1000.0]), np.array([1.0, 0.0]),
    ...                                  reduction="none")
    array([6.93147181e-01, 1.00000000e+03])
    """
    checked(reduction, "binary_cross_entropy_with_logits")
    target = alike(target, input)
    out = ag.binary_cross_entropy_with_logits(input, target, weight, pos_weight, reduction)
    if reduction == "mean" and not np.size(data_of(target)):
        warn_of_nothing("binary_cross_entropy_with_logits", "the batch is empty")
    return out


def _times(losses: Any, weight: Any, caller: str) -> Any:
    """Losses with weights that broadcast to their shape, and do not enlarge it."""
    if weight is None:
        return losses
    weight = np.asarray(data_of(weight), dtype_of(losses))
    shape = shape_of(losses)
    if np.broadcast_shapes(weight.shape, shape) != shape:
        raise ShapeError(
            f"{caller}: weight is {weight.shape}, the losses are {shape}; need a weight that "
            "broadcasts to the losses"
        )
    return losses * weight


def hinge_loss(input: Any, target: Any, *, margin: float = 1.0, reduction: str = "mean") -> Any:
    """``max(0, margin − y x)``, the loss of the support vector machine; the slope at 0 is 0.

    Parameters
    ----------
    input : array_like or Value
        Scores x.
    target : array_like
        y, −1 or 1, of the same shape.
    margin : float
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    float, ndarray or Value

    Raises
    ------
    ArgumentError
        If a target is neither −1 nor 1.

    Examples
    --------
    >>> hinge_loss(np.array([0.5, 2.0]), np.array([1, -1]), reduction="none")
    array([0.5, 3. ])
    """
    input, target = same_shape(input, target, "hinge_loss")
    sign = _signs(target, "hinge_loss")
    return reduced(ag.relu(margin - sign * input), reduction, "hinge_loss")


def hinge_embedding_loss(
    input: Any, target: Any, margin: float = 1.0, *, reduction: str = "mean"
) -> Any:
    """``x`` where y = 1, and ``max(0, margin − x)`` where y = −1: of distances x.

    See `hinge_loss` for the arguments.
    """
    input, target = same_shape(input, target, "hinge_embedding_loss")
    near = _signs(target, "hinge_embedding_loss") > 0
    losses = ag.where(near, input, ag.relu(margin - input))
    return reduced(losses, reduction, "hinge_embedding_loss")


def _signs(target: Any, caller: str) -> Any:
    sign = np.asarray(data_of(target))
    wrong = np.abs(sign) != 1
    if wrong.any():
        raise ArgumentError(f"{caller}: target has the element {sign[wrong][0]}; need -1 or 1")
    return sign
