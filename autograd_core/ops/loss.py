"""Losses that need a kernel of their own: where logits turn into a log-likelihood."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cases import Case, Domain
from ..declare import composite
from ..kernels import loss as kernels
from ..op import Kernel
from ..value import data_of, dtype_of, shape_of
from .arithmetic import where
from .exponential import softplus
from .indexing import take_along_axis
from .normalising import log_softmax
from .reduction import mean, sum
from .shape import expand_dims, squeeze

__all__ = ["binary_cross_entropy_with_logits", "cross_entropy"]


def reduced(losses: Any, reduction: str, count: Any) -> Any:
    """All losses, their sum, or their sum over a count (which is nan for none)."""
    if reduction == "none":
        return losses
    return sum(losses) if reduction == "sum" else sum(losses) * kernels.per_count(count)


def nll_of_classes(
    log_p: Any, target: Any, weight: Any, ignore_index: int, caller: str
) -> tuple[Any, Any, Any]:
    """``−w_y ln p_y`` of each target y.

    Returns
    -------
    losses : ndarray or Value
        Of the shape of `target`; 0 where it is ignored.
    counted : ndarray of bool
        Where it is not.
    count : float
        The sum of the weights of the targets that count.
    """
    axis = min(len(shape_of(log_p)) - 1, 1)
    index, counted = kernels.class_targets(
        data_of(target), shape_of(log_p)[axis], ignore_index, caller)
    counted = np.ones(index.shape, bool) if counted is None else counted
    share = 1.0 if weight is None else np.asarray(weight, dtype_of(log_p))[index]
    picked = squeeze(take_along_axis(log_p, np.expand_dims(index, axis), axis), axis)
    losses = where(counted, -(picked * share), 0.0)  # 0 times an infinite loss would be nan
    return losses, counted, np.sum(counted * share)


def _cross_entropy(
    x: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Any:
    """``−ln softmax(x)_y`` for the class y of each example, in nats.

    Parameters
    ----------
    x : array_like or Value
        Logits, of shape ``(N, C)``, ``(N, C, d1, …)`` or ``(C,)``.
    target : array_like of int
        Shape ``(N,)``, ``(N, d1, …)`` or ``()``: classes from 0 to C − 1.
    weight : array_like, optional
        Shape ``(C,)``, of the classes.
    ignore_index : int
        A target that does not count.
    label_smoothing : float
        ε: the target is mixed with the uniform distribution over all classes [1]_,
        ``(1 − ε) w_y (−ln p_y) + ε/C Σ_c w_c (−ln p_c)``.
    reduction : {"mean", "sum", "none"}
        The mean is the sum over the sum of the targets' weights.

    Returns
    -------
    float, ndarray or Value
        A scalar, or of the shape of `target`.

    References
    ----------
    .. [1] C. Szegedy et al., "Rethinking the Inception architecture for computer vision",
       CVPR 2016.
    """
    axis = min(len(shape_of(x)) - 1, 1)
    log_p = log_softmax(x, axis)
    losses, counted, count = nll_of_classes(log_p, target, weight, ignore_index, "cross_entropy")
    if label_smoothing:
        weights = 1.0 if weight is None else _along(axis, x, np.asarray(weight, dtype_of(x)))
        spread = where(counted, -mean(log_p * weights, axis), 0.0)
        losses = (1 - label_smoothing) * losses + label_smoothing * spread
    return reduced(losses, reduction, count)


def _along(axis: int, x: Any, weight: Any) -> Any:
    """Weights of the classes, so that they broadcast against the logits."""
    return expand_dims(weight, tuple(range(1, len(shape_of(x)) - axis)))


def _cross_entropy_fault(x: Any, target: Any, weight: Any, **params: Any) -> str:
    given = f"the logits are {np.shape(x)}, the targets {np.shape(target)}"
    given += "" if weight is None else f", weight is {np.shape(weight)}"
    fault = f"{given}; need (N, C, …) and (N, …), or (C,) and (); and a weight per class"
    if np.shape(target) == np.shape(x) and np.ndim(x):
        return f"{fault}. Targets in the shape of the logits are probabilities: make them floats"
    return fault


CLASSES = Domain(differentiable=False, sample=lambda rng, shape: rng.integers(0, 3, shape))

cross_entropy = composite(
    _cross_entropy, name="cross_entropy", arity=2,
    kernel=Kernel(kernels.cross_entropy_forward, kernels.cross_entropy_vjp),
    formula="−ln softmax(x)_y", onnx="SoftmaxCrossEntropyLoss", explain=_cross_entropy_fault,
    domain=(Domain(), CLASSES),
    cases=(
        Case((4, 3), (4,)), Case((3, 3), (3,), reduction="none"), Case((3,), ()),
        Case((2, 3, 2, 2), (2, 2, 2), reduction="sum"), Case((5, 3), (5,), ignore_index=1),
        Case((4, 3), (4,), label_smoothing=0.2), Case((3,), (), label_smoothing=0.2),
        Case((4, 3), (4,), weight=(0.5, 1.0, 2.0)),
        Case((4, 3, 2), (4, 2), weight=(0.5, 1.0, 2.0), label_smoothing=0.2, ignore_index=0),
        Case((4, 3), (4,), weight=(0.5, 1.0, 2.0), label_smoothing=0.2, reduction="none"),
    ))


def _bce_with_logits(
    x: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: str = "mean"
) -> Any:
    """``−w (p y ln σ(x) + (1 − y) ln(1 − σ(x)))``, in nats.

    Parameters
    ----------
    x : array_like or Value
        Logits, of any shape.
    target : array_like or Value
        Of the same shape; between 0 and 1.
    weight : array_like, optional
        w, of the examples; broadcasts to the shape of `x`.
    pos_weight : array_like, optional
        p, of the positive answer; broadcasts to the shape of `x`.
    reduction : {"mean", "sum", "none"}
        The mean is over all elements.

    Returns
    -------
    float, ndarray or Value
        A scalar, or of the shape of `x`.
    """
    p = 1.0 if pos_weight is None else np.asarray(pos_weight, dtype_of(x))
    losses = p * target * softplus(-x) + (1 - target) * softplus(x)
    if weight is not None:
        losses = losses * np.asarray(weight, dtype_of(x))
    return reduced(losses, reduction, np.prod(shape_of(x)))


def _bce_fault(x: Any, target: Any, weight: Any, pos_weight: Any, reduction: str) -> str:
    given = f"the logits are {np.shape(x)}, the targets {np.shape(target)}"
    weights = {"weight": weight, "pos_weight": pos_weight}
    given += "".join(f", {k} is {np.shape(w)}" for k, w in weights.items() if w is not None)
    return f"{given}; need logits and targets of one shape, and weights that broadcast to it"


binary_cross_entropy_with_logits = composite(
    _bce_with_logits, name="binary_cross_entropy_with_logits", arity=2, label="bce_with_logits",
    kernel=Kernel(kernels.bce_forward, kernels.bce_vjp),
    formula="−(y ln σ(x) + (1 − y) ln(1 − σ(x)))", explain=_bce_fault,
    domain=(Domain(-3.0, 3.0), Domain(0.0, 1.0)),
    cases=(
        Case((2, 3), (2, 3)), Case((3, 3), (3, 3), reduction="none"), Case((), ()),
        Case((2, 3), (2, 3), pos_weight=(0.5, 1.0, 3.0), reduction="sum"),
        Case((2, 3), (2, 3), weight=((0.5,), (2.0,))),
        Case((2, 3), (2, 3), weight=((0.5,), (2.0,)), pos_weight=2.0, reduction="none"),
    ))
