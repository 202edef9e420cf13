"""Exponentials, logarithms, roots, and their relatives that saturate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..cases import Domain
from ..declare import elementwise
from .arithmetic import choose

__all__ = [
    "cbrt",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log10",
    "log1p",
    "log2",
    "log_sigmoid",
    "logaddexp",
    "sigmoid",
    "softplus",
    "sqrt",
]

POSITIVE = Domain(0.3, 3.0, also=(0.0, math.inf))
ANY = Domain(-3.0, 3.0, also=(0.0, -1000.0, 1000.0))

exp = elementwise(
    "exp", np.exp, scalar=math.exp, partials=(lambda out, x: out,),
    formula="eˣ", domain=ANY, onnx="Exp")

exp2 = elementwise(
    "exp2", np.exp2, scalar=math.exp2 if hasattr(math, "exp2") else None,
    partials=(lambda out, x: out * math.log(2),),
    formula="2ˣ", domain=ANY)

expm1 = elementwise(
    "expm1", np.expm1, scalar=math.expm1, partials=(lambda out, x: out + 1,),
    formula="eˣ − 1", domain=ANY)

log = elementwise(
    "log", np.log, scalar=math.log, partials=(lambda out, x: 1 / x,),
    formula="ln x", domain=POSITIVE, onnx="Log")

log1p = elementwise(
    "log1p", np.log1p, scalar=math.log1p, partials=(lambda out, x: 1 / (1 + x),),
    formula="ln(1 + x)", domain=Domain(-0.7, 3.0, also=(-1.0, 0.0)))

log2 = elementwise(
    "log2", np.log2, scalar=math.log2, partials=(lambda out, x: 1 / (x * math.log(2)),),
    formula="log₂ x", domain=POSITIVE)

log10 = elementwise(
    "log10", np.log10, scalar=math.log10, partials=(lambda out, x: 1 / (x * math.log(10)),),
    formula="log₁₀ x", domain=POSITIVE)

sqrt = elementwise(
    "sqrt", np.sqrt, scalar=math.sqrt, partials=(lambda out, x: 0.5 / out,),
    formula="√x", domain=POSITIVE, onnx="Sqrt")

cbrt = elementwise(
    "cbrt", np.cbrt, partials=(lambda out, x: 1 / (3 * out * out),),
    formula="∛x", domain=Domain(0.3, 3.0, also=(0.0, -8.0)))


def _shifted(x: Any, out: Any) -> Any:
    # Both operands at −inf: the result is −inf too, and −inf − (−inf) would be nan.
    return x - choose(out == -math.inf, 0.0, out)


logaddexp = elementwise(
    "logaddexp", np.logaddexp,
    partials=(
        lambda out, x, y: exp(_shifted(x, out)),
        lambda out, x, y: exp(_shifted(y, out)),
    ),
    formula="ln(eˣ + eʸ)", domain=Domain(also=(-math.inf, 1000.0)))


def _sigmoid(x: Any) -> Any:
    # The exponential of a number that is never positive cannot overflow. Two of them cost less
    # than to choose between 1 and one of them, element by element.
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def _sigmoid_scalar(x: float) -> float:
    small = math.exp(-math.fabs(x))
    return (1.0 if x >= 0 else small) / (1.0 + small)


sigmoid = elementwise(
    "sigmoid", _sigmoid, scalar=_sigmoid_scalar, partials=(lambda out, x: out * (1 - out),),
    label="σ", formula="1 / (1 + e⁻ˣ)", domain=ANY, onnx="Sigmoid")

softplus = elementwise(
    "softplus", lambda x: np.logaddexp(x, np.zeros((), np.asarray(x).dtype)),
    partials=(lambda out, x: sigmoid(x),),
    formula="ln(1 + eˣ)", domain=ANY, onnx="Softplus")

log_sigmoid = elementwise(
    "log_sigmoid", lambda x: -np.logaddexp(-x, np.zeros((), np.asarray(x).dtype)),
    partials=(lambda out, x: sigmoid(-x),),
    formula="−ln(1 + e⁻ˣ)", domain=ANY)
