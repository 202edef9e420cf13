"""Losses between arrays of one shape: distances, and the divergence of distributions."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError
from autograd_core.value import data_of, shape_of

from .reduction import checked, reduced, same_shape

__all__ = [
    "half_squared_error",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "smooth_l1_loss",
]


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """``(x − y)²``.

    Parameters
    ----------
    input, target : array_like or Value
        Of one shape.
    reduction : {"mean", "sum", "none"}
        The mean is over all elements; that of no elements is nan, with a warning.

    Returns
    -------
    float, ndarray or Value
        A scalar, or of the shape of the input.

    Raises
    ------
    ShapeError
        If the shapes differ: they are not broadcast.

    Examples
    --------
    >>> mse_loss(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
    2.5
    """
    input, target = same_shape(input, target, "mse_loss")
    return reduced(ag.square(input - target), reduction, "mse_loss")


def half_squared_error(input: Any, target: Any, reduction: str = "mean") -> Any:
    """``½ ‖y − h‖²`` of each example, whose gradient is the plain difference ``h − y``.

    Parameters
    ----------
    input, target : array_like or Value
        Of one shape ``(N, *)``: the outputs h and what they should be. The norm is over all
        axes but the first.
    reduction : {"mean", "sum", "none"}
        The mean is over the N examples, unlike that of `mse_loss`, which is over all elements.

    Returns
    -------
    float, ndarray or Value
        A scalar, or of shape ``(N,)``.

    Examples
    --------
    >>> half_squared_error(np.array([[1.0, 2.0], [0.0, 0.0]]), np.zeros((2, 2)))
    1.25
    """
    input, target = same_shape(input, target, "half_squared_error")
    axes = tuple(range(1, len(shape_of(input))))
    squares = ag.square(input - target)
    return reduced(0.5 * (ag.sum(squares, axes) if axes else squares), reduction,
                   "half_squared_error")  # fmt: skip


def l1_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """``|x − y|``, with slope 0 where they are equal; see `mse_loss` for the arguments."""
    input, target = same_shape(input, target, "l1_loss")
    return reduced(ag.abs(input - target), reduction, "l1_loss")


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    """``½ d²`` where ``|d| = |x − y| ≤ delta``, else ``delta (|d| − ½ delta)`` [1]_.

    Parameters
    ----------
    input, target, reduction
        See `mse_loss`.
    delta : float
        Where the square turns into a line.

    Returns
    -------
    float, ndarray or Value

    References
    ----------
    .. [1] P. J. Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35
       (1964) 73.

    Examples
    --------
    >>> huber_loss(np.array([0.5, 3.0]), np.zeros(2), reduction="none")
    array([0.125, 2.5  ])
    """
    input, target = same_shape(input, target, "huber_loss")
    if not delta > 0:
        raise ArgumentError(f"huber_loss: delta is {delta}; need a positive number")
    return reduced(_huber(input - target, delta), reduction, "huber_loss")


def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Any:
    """`huber_loss` over beta: ``½ d²/beta`` where ``|d| < beta``, else ``|d| − ½ beta``.

    Parameters
    ----------
    input, target, reduction
        See `mse_loss`.
    beta : float
        Where the square turns into a line; 0 makes it `l1_loss`.

    Returns
    -------
    float, ndarray or Value
    """
    if beta == 0:
        return l1_loss(input, target, reduction)
    input, target = same_shape(input, target, "smooth_l1_loss")
    if not beta > 0:
        raise ArgumentError(f"smooth_l1_loss: beta is {beta}; need a number that is not negative")
    return reduced(_huber(input - target, beta) / beta, reduction, "smooth_l1_loss")


def _huber(d: Any, delta: float) -> Any:
    near = ag.clip(d, -delta, delta)
    return near * (d - 0.5 * near)  # both cases at once, and no square that could overflow


def kl_div(input: Any, target: Any, reduction: str = "mean", log_target: bool = False) -> Any:
    """``p (ln p − ln q)``, the terms of the Kullback–Leibler divergence of q from p, in nats.

    Parameters
    ----------
    input : array_like or Value
        ln q, the logarithms of the probabilities of the model; shape ``(N, *)``.
    target : array_like or Value
        p, of the same shape; or ln p.
    reduction : {"mean", "batchmean", "sum", "none"}
        ``"batchmean"``, the sum over N, is the divergence of the mathematics; ``"mean"``, the
        default as in PyTorch, divides by the number of elements.
    log_target : bool
        Whether the target is given as ln p.

    Returns
    -------
    float, ndarray or Value

    Warns
    -----
    UserWarning
        If the reduction is ``"mean"``.

    Examples
    --------
    >>> q, p = np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])
    >>> round(kl_div(np.log(q), p, reduction="batchmean"), 4)
    0.6931
    """
    input, target = same_shape(input, target, "kl_div")
    if log_target:
        terms = ag.exp(target) * (target - input)
    else:
        positive = np.asarray(data_of(target) > 0)
        # 0 ln 0 is 0, and so is 0 times the logarithm of a q that is 0 there as well.
        terms = target * ag.safe_where(positive, ag.log, target, 0.0)
        terms = terms - target * ag.where(positive | (data_of(target) < 0), input, 0.0)
    if checked(reduction, "kl_div", "batchmean") == "mean" and np.size(data_of(input)):
        warnings.warn(
            "kl_div: reduction='mean' divides by the number of elements, which is not the "
            "Kullback-Leibler divergence; need 'batchmean' for that",
            UserWarning,
            stacklevel=2,
        )
    if reduction != "batchmean":
        return reduced(terms, reduction, "kl_div")
    count = (*shape_of(input), 1)[0]
    return ag.sum(terms) / count if count else reduced(terms, "mean", "kl_div")
