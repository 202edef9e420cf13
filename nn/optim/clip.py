"""Gradients that are too long, made shorter."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograd_core import Value
from autograd_core.errors import AnomalyError, ArgumentError
from autograd_core.value import as_data, data_of

__all__ = ["clip_grad_norm_", "clip_grad_value_"]


def clip_grad_norm_(
    parameters: Iterable[Value] | Value,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """Scale all gradients by one factor, so that together they are at most `max_norm` long.

    Parameters
    ----------
    parameters : iterable of Value, or Value
        Those without a gradient do not count.
    max_norm : float
        The norm of all gradients, as one vector, is at most this afterwards.
    norm_type : float
        p of the p-norm; ``math.inf`` for the largest absolute value.
    error_if_nonfinite : bool
        Whether a norm that is inf or nan is an error; else the gradients are scaled by 0 or nan.

    Returns
    -------
    float
        The norm before.

    Raises
    ------
    ArgumentError
        If `max_norm` is negative, or `norm_type` is not positive.
    AnomalyError
        If the norm is inf or nan, where that is asked for; the gradients stay as they were.

    References
    ----------
    R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural
    networks", ICML 2013.

    Examples
    --------
    >>> x, y = Value(1.0), Value(1.0)
    >>> (3 * x + 4 * y).backward()
    >>> clip_grad_norm_([x, y], max_norm=1.0)
    5.0
    >>> round(x.grad, 4), round(y.grad, 4)
    (0.6, 0.8)
    """
    if not max_norm >= 0 or not norm_type > 0:
        raise ArgumentError(
            f"clip_grad_norm_: max_norm is {max_norm} and norm_type is {norm_type}; need "
            "max_norm >= 0 and norm_type > 0"
        )
    params = _with_gradient(parameters)
    norms = [_norm(data_of(p.grad), norm_type) for p in params]
    total = _norm(np.array(norms), norm_type) if norms else 0.0
    if error_if_nonfinite and not math.isfinite(total):
        raise AnomalyError(
            f"clip_grad_norm_: the norm of the gradients is {total}, so they cannot be scaled; "
            "look for its origin under autograd_core.detect_anomaly()"
        )
    factor = max_norm / (total + 1e-6)  # as PyTorch guards against 0 / 0
    if not factor >= 1:  # nan too
        for p in params:
            _replace(p, np.multiply, factor)
    return total


def clip_grad_value_(parameters: Iterable[Value] | Value, clip_value: float) -> None:
    """Bring each element of each gradient into [−clip_value, clip_value].

    Parameters
    ----------
    parameters : iterable of Value, or Value
    clip_value : float

    Raises
    ------
    ArgumentError
        If `clip_value` is negative.

    Examples
    --------
    >>> x = Value(np.ones(3))
    >>> (x * np.array([-5.0, 0.5, 5.0])).sum().backward()
    >>> clip_grad_value_(x, 1.0)
    >>> x.grad
    array([-1. ,  0.5,  1. ])
    """
    if not clip_value >= 0:
        raise ArgumentError(f"clip_grad_value_: clip_value is {clip_value}; need clip_value >= 0")
    for p in _with_gradient(parameters):
        _replace(p, np.clip, -clip_value, clip_value)


def _with_gradient(parameters: Iterable[Value] | Value) -> list[Value]:
    params = [parameters] if isinstance(parameters, Value) else list(parameters)
    if not params and isinstance(parameters, Iterator):
        warnings.warn(
            "clip_grad: the iterator of parameters is at its end, so nothing is clipped; call "
            "model.parameters() anew",
            UserWarning,
            stacklevel=3,
        )
    return [p for p in params if p.grad is not None]


def _replace(p: Value, function: Any, *arguments: float) -> None:
    grad = data_of(p.grad)
    if isinstance(grad, np.ndarray) and grad.flags.writeable:
        p.grad = function(grad, *arguments, out=grad)
    else:
        p.grad = as_data(function(grad, *arguments))


def _norm(x: Any, p: float) -> float:
    """The p-norm of all elements, also where its powers lie outside the range of the dtype."""
    x = np.ravel(x)
    if p == math.inf or not x.size:
        return float(np.max(np.abs(x), initial=0))
    with np.errstate(over="ignore", under="ignore"):
        norm = float(np.linalg.norm(x, p))
        if norm == 0 or not math.isfinite(norm):
            largest = float(np.max(np.abs(x)))
            if 0 < largest < math.inf:
                norm = largest * float(np.linalg.norm(x / largest, p))
    return norm
