"""Activation functions. At a kink the slope is PyTorch's, which the docstrings state."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import log_sigmoid as logsigmoid
from autograd_core import relu, scaled_tanh, selu, sigmoid, silu, tanh
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import shape_of

__all__ = [
    "celu",
    "elu",
    "gelu",
    "glu",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "log_softmax",
    "logsigmoid",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "scaled_tanh",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softmin",
    "softplus",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
]

# All of them take and return a float, ndarray or Value of any shape.


def relu6(input: Any) -> Any:
    """``min(max(x, 0), 6)``; the slope at 0 and 6 is 0."""
    return ag.clip(input, 0.0, 6.0)


def leaky_relu(input: Any, negative_slope: float = 0.01) -> Any:
    """``x`` where positive, ``negative_slope · x`` elsewhere, with that slope at 0."""
    return ag.leaky_relu(input, negative_slope)


def prelu(input: Any, weight: Any) -> Any:
    """`leaky_relu` with a learned slope [1]_.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(N, C, *)`` or ``(C,)``.
    weight : array_like or Value
        Shape ``(C,)``, a slope per channel, or ``(1,)``.

    Raises
    ------
    ShapeError
        If there are neither as many slopes as channels nor one.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015.

    Examples
    --------
    >>> prelu(np.array([-2.0, 4.0]), np.array([0.5]))
    array([-1.,  4.])
    """
    shape, count = shape_of(input), shape_of(weight)
    channels = (shape[1:2] or shape or (1,))[0]
    if count not in ((1,), (channels,)):
        raise ShapeError(
            f"prelu: input is {shape}, weight is {count}; need weight ({channels},) or (1,)"
        )
    if len(shape) > 2 and count != (1,):
        weight = ag.reshape(weight, (channels,) + (1,) * (len(shape) - 2))
    return ag.where(np.asarray(input > 0), input, weight * input)


def elu(input: Any, alpha: float = 1.0) -> Any:
    """``x`` where positive, ``alpha (eˣ − 1)`` elsewhere; the slope at 0 is alpha."""
    return ag.elu(input, alpha)


def celu(input: Any, alpha: float = 1.0) -> Any:
    """``x`` where positive, ``alpha (e^(x/alpha) − 1)`` elsewhere: smooth for every alpha [1]_.

    References
    ----------
    .. [1] J. T. Barron, "Continuously differentiable exponential linear units",
       arXiv:1704.07483.

    Examples
    --------
    >>> round(celu(-2.0, 2.0), 4)
    -1.2642
    """
    return alpha * ag.elu(input / alpha)


def gelu(input: Any, approximate: str = "none") -> Any:
    """``x Φ(x)``; with ``approximate="tanh"`` the formula with a tanh. See `autograd_core.gelu`."""
    return ag.gelu(input, approximate)


def mish(input: Any) -> Any:
    """``x tanh(ln(1 + eˣ))`` (D. Misra, BMVC 2020)."""
    return input * ag.tanh(ag.softplus(input))


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """``ln(1 + e^(beta x)) / beta``, and ``x`` itself where ``beta x > threshold``."""
    scaled = input if beta == 1 else input * beta
    curved = ag.softplus(scaled) if beta == 1 else ag.softplus(scaled) / beta
    return ag.where(np.asarray(scaled > threshold), input, curved)


def softsign(input: Any) -> Any:
    """``x / (1 + |x|)``."""
    return input / (1 + ag.abs(input))


def tanhshrink(input: Any) -> Any:
    """``x − tanh x``."""
    return input - ag.tanh(input)


def threshold(input: Any, threshold: float, value: float) -> Any:
    """``x`` where it is above the threshold, else `value`; the slope at the threshold is 0."""
    return ag.where(np.asarray(input > threshold), input, value)


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """``x`` between the bounds, else the nearer one; the slope at a bound is 0."""
    if min_val > max_val:
        raise ArgumentError(
            f"hardtanh: min_val is {min_val}, max_val is {max_val}; need min_val <= max_val"
        )
    return ag.clip(input, min_val, max_val)


def hardsigmoid(input: Any) -> Any:
    """``min(max(x/6 + ½, 0), 1)``; the slope at −3 and 3 is 0."""
    return ag.hard_sigmoid(input)


def hardswish(input: Any) -> Any:
    """``x min(max(x/6 + ½, 0), 1)``; the slope is 0 at −3 and 1 at 3 (MobileNetV3, ICCV 2019)."""
    return input * ag.hard_sigmoid(input)


def glu(input: Any, dim: int = -1) -> Any:
    """``a σ(b)`` of the two halves a, b along an axis of even size (Dauphin et al., ICML 2017)."""
    a, b = ag.split(input, 2, dim)
    return a * ag.sigmoid(b)


def softmax(input: Any, dim: int = -1) -> Any:
    """``eˣ / Σ eˣ`` along an axis."""
    return ag.softmax(input, dim)


def softmin(input: Any, dim: int = -1) -> Any:
    """``e⁻ˣ / Σ e⁻ˣ`` along an axis."""
    return ag.softmax(-input, dim)


def log_softmax(input: Any, dim: int = -1) -> Any:
    """``x − ln Σ eˣ`` along an axis, in nats."""
    return ag.log_softmax(input, dim)
