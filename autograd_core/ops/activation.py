"""Activation functions of neurons."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..cases import Case, Domain
from ..declare import elementwise
from ..errors import ArgumentError
from .arithmetic import choose
from .exponential import exp, sigmoid
from .special import erf, erf_forward
from .trigonometric import tanh

__all__ = [
    "elu",
    "gelu",
    "hard_sigmoid",
    "leaky_relu",
    "relu",
    "scaled_tanh",
    "selu",
    "silu",
]

AT_ZERO = Domain(-3.0, 3.0, kinks=(0.0,), also=(0.0, -1000.0, 1000.0))
SMOOTH = Domain(-3.0, 3.0, also=(0.0, -1000.0, 1000.0))

relu = elementwise(
    # `x <= 0` and not `x > 0`, so that nan stays nan.
    "relu", lambda x: np.maximum(x, 0), scalar=lambda x: 0.0 if x <= 0 else x,
    partials=(lambda out, x: out > 0,),
    formula="max(x, 0)", domain=AT_ZERO, onnx="Relu")


def _leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """``x`` where positive, ``negative_slope · x`` elsewhere.

    Parameters
    ----------
    x : float, array_like or Value
    negative_slope : float
        Also the derivative at 0.

    Returns
    -------
    float, ndarray or Value
    """
    return np.where(np.asarray(x) > 0, x, np.multiply(x, negative_slope))


leaky_relu = elementwise(
    "leaky_relu", _leaky_relu,
    partials=(lambda out, x, negative_slope: choose(x > 0, 1.0, negative_slope),),
    formula="x if x > 0 else negative_slope · x", domain=AT_ZERO,
    cases=(Case(()), Case((2, 3)), Case((3,), negative_slope=0.2)), onnx="LeakyRelu")


def _elu(x: Any, alpha: float = 1.0) -> Any:
    """``x`` where positive, ``alpha (eˣ − 1)`` elsewhere [1]_.

    Parameters
    ----------
    x : float, array_like or Value
    alpha : float
        The negative saturation.

    Returns
    -------
    float, ndarray or Value

    References
    ----------
    .. [1] D.-A. Clevert, T. Unterthiner, S. Hochreiter, "Fast and accurate deep network
       learning by exponential linear units", ICLR 2016.
    """
    return np.where(np.asarray(x) > 0, x, alpha * np.expm1(np.minimum(x, 0)))


elu = elementwise(
    "elu", _elu,
    # On the negative side alpha·eˣ = out + alpha, which is the slope at 0 as well.
    partials=(lambda out, x, alpha: choose(x > 0, 1.0, out + alpha),),
    formula="x if x > 0 else alpha (eˣ − 1)", domain=AT_ZERO,
    cases=(Case(()), Case((2, 3)), Case((3,), alpha=0.5)), onnx="Elu")

_SELU_ALPHA = 1.6732632423543772  # these two make mean 0 and variance 1 a fixed point
_SELU_SCALE = 1.0507009873554805

selu = elementwise(
    "selu",
    lambda x: _SELU_SCALE * _elu(x, _SELU_ALPHA),
    partials=(lambda out, x: choose(x > 0, _SELU_SCALE, out + _SELU_SCALE * _SELU_ALPHA),),
    formula="1.0507 (x if x > 0 else 1.6733 (eˣ − 1))", domain=AT_ZERO, onnx="Selu")

silu = elementwise(
    "silu", lambda x: x * sigmoid(x),
    partials=(lambda out, x: sigmoid(x) + out * (1 - sigmoid(x)),),
    formula="x σ(x)", domain=SMOOTH)


def _gelu(x: Any, approximate: str = "none") -> Any:
    """``x Φ(x)``, with the distribution function Φ of the standard normal [1]_.

    Parameters
    ----------
    x : float, array_like or Value
    approximate : {"none", "tanh"}
        ``"tanh"`` takes ``Φ(x) ≈ ½ (1 + tanh(√(2/π) (x + 0.044715 x³)))``.

    Returns
    -------
    float, ndarray or Value

    References
    ----------
    .. [1] D. Hendrycks, K. Gimpel, "Gaussian error linear units", arXiv:1606.08415.
    """
    if approximate == "tanh":
        return 0.5 * x * (1 + np.tanh(_gelu_argument(x)))
    if approximate != "none":
        raise ArgumentError(f"gelu: approximate is {approximate!r}; need 'none' or 'tanh'")
    return 0.5 * x * (1 + erf_forward(x * math.sqrt(0.5)))


def _gelu_argument(x: Any) -> Any:
    return math.sqrt(2 / math.pi) * (x + 0.044715 * (x * x * x))


def _gelu_slope(out: Any, x: Any, approximate: str) -> Any:
    if approximate == "tanh":
        t = tanh(_gelu_argument(x))
        inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * (x * x))
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner
    density = exp(-0.5 * (x * x)) / math.sqrt(2 * math.pi)
    return 0.5 * (1 + erf(x * math.sqrt(0.5))) + x * density


gelu = elementwise(
    "gelu", _gelu, partials=(_gelu_slope,),
    formula="x Φ(x)", domain=Domain(-3.0, 3.0, also=(0.0, -30.0, 30.0)),
    cases=(Case(()), Case((2, 3)), Case((3,), approximate="tanh")), onnx="Gelu")

hard_sigmoid = elementwise(
    "hard_sigmoid", lambda x: np.clip(x / 6 + 0.5, 0, 1),
    partials=(lambda out, x: ((x > -3) & (x < 3)) * (1 / 6),),
    formula="min(max(x/6 + ½, 0), 1)",
    domain=Domain(-4.0, 4.0, kinks=(-3.0, 3.0), also=(-3.0, 3.0)), onnx="HardSigmoid")

scaled_tanh = elementwise(
    "scaled_tanh", lambda x: 1.7159 * np.tanh(x * (2 / 3)),
    partials=(lambda out, x: 1.7159 * (2 / 3) - out * out * (2 / (3 * 1.7159)),),
    formula="1.7159 tanh(2x/3)", domain=SMOOTH)
