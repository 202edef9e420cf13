"""Arithmetic, comparisons that choose, and rounding to signs."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..cases import Case, Domain
from ..declare import elementwise, primitive
from ..op import Op
from ..value import data_of

__all__ = [
    "abs",
    "add",
    "clip",
    "divide",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "power",
    "safe_where",
    "sign",
    "square",
    "reciprocal",
    "subtract",
    "where",
]

NONZERO = Domain(0.5, 2.0, also=(0.0, -0.0, math.inf))


def choose(condition: Any, x: Any, y: Any) -> Any:
    """`where`, at the price of an ``if`` for scalars."""
    if isinstance(condition, (bool, np.bool_)):
        return x if condition else y
    return where(condition, x, y)


add = elementwise(
    "add", np.add, scalar=operator.add, partials=(1.0, 1.0),
    label="+", formula="x + y", onnx="Add")

subtract = elementwise(
    "subtract", np.subtract, scalar=operator.sub, partials=(1.0, -1.0),
    label="-", formula="x − y", onnx="Sub")

multiply = elementwise(
    "multiply", np.multiply, scalar=operator.mul,
    partials=(lambda out, x, y: y, lambda out, x, y: x),
    label="*", formula="x · y", onnx="Mul")

divide = elementwise(
    "divide", np.divide, scalar=operator.truediv,
    partials=(lambda out, x, y: 1 / y, lambda out, x, y: -out / y),
    label="/", formula="x / y", domain=(Domain(), NONZERO), onnx="Div")

negative = elementwise(
    "negative", np.negative, scalar=operator.neg, partials=(-1.0,),
    label="-", formula="−x", onnx="Neg")

reciprocal = elementwise(
    "reciprocal", np.reciprocal, scalar=lambda x: 1 / x,
    partials=(lambda out, x: -out * out,),
    formula="1 / x", domain=NONZERO, onnx="Reciprocal")

square = elementwise(
    "square", np.square, scalar=lambda x: x * x, partials=(lambda out, x: 2 * x,),
    formula="x²")


def _power_by_base(out: Any, x: Any, y: Any) -> Any:
    exponent = data_of(y)
    if type(exponent) in (int, float) and exponent and not getattr(y, "requires_grad", False):
        return y * (x if exponent == 2 else power(x, y - 1))  # nearly every power there is
    # 0⁰ has the derivative 0, as x⁰ has everywhere; 0 · 0⁻¹ would be nan.
    return y * power(choose((x == 0) & (y == 0), 1.0, x), y - 1)


def _power_by_exponent(out: Any, x: Any, y: Any) -> Any:
    # 0ʸ is 0 for all y > 0, so its derivative is 0 too; 0 · log 0 would be nan.
    return out * log(choose((x == 0) & (y >= 0), 1.0, x))


power = elementwise(
    "power", np.power, scalar=math.pow, partials=(_power_by_base, _power_by_exponent),
    label="**", formula="xʸ", onnx="Pow",
    domain=(Domain(0.3, 2.0, also=(0.0,)), Domain(also=(0.0, 1.0, 2.0, -1.0))))

abs = elementwise(
    "abs", np.absolute, scalar=operator.abs, partials=(lambda out, x: sign(x),),
    formula="|x|", domain=Domain(kinks=(0.0,), also=(0.0,)), onnx="Abs")

sign: Op = elementwise(
    "sign", np.sign, partials=(0.0,),
    formula="sign x", domain=Domain(kinks=(0.0,), also=(0.0,)), onnx="Sign")

# Where both operands are equal, each gets half: the weights of a tie sum to one.

maximum = elementwise(
    "maximum", np.maximum,
    partials=(
        lambda out, x, y: (x > y) + 0.5 * (x == y),
        lambda out, x, y: (y > x) + 0.5 * (x == y),
    ),
    formula="max(x, y)", domain=Domain(also=(0.0,)), onnx="Max")

minimum = elementwise(
    "minimum", np.minimum,
    partials=(
        lambda out, x, y: (x < y) + 0.5 * (x == y),
        lambda out, x, y: (y < x) + 0.5 * (x == y),
    ),
    formula="min(x, y)", domain=Domain(also=(0.0,)), onnx="Min")


def _clip(x: Any, min: Any = None, max: Any = None) -> Any:
    """Limit `x` to an interval, elementwise.

    Parameters
    ----------
    x : float, array_like or Value
    min, max : float or array_like, optional
        The bounds, which get no gradient. For bounds that need one, use
        ``minimum(maximum(x, min), max)``.

    Returns
    -------
    float, ndarray or Value
        With the derivative 1 between the bounds, and 0 outside and at them.
    """
    return np.clip(x, min, max)


def _is_inside(out: Any, x: Any, min: Any, max: Any) -> Any:
    above: Any = True if min is None else x > min
    return above & (True if max is None else x < max)


clip = elementwise(
    "clip", _clip, partials=(_is_inside,),
    formula="min(max(x, min), max)", domain=Domain(kinks=(-0.5, 1.0), also=(-0.5, 1.0)),
    cases=(Case((3,), min=-0.5, max=1.0), Case((2, 3), min=-0.5), Case((), max=1.0)),
    numpy=(np.clip,), onnx="Clip")


def _where(condition: Any, x: Any, y: Any) -> Any:
    """Choose `x` where the condition holds, and `y` elsewhere.

    Parameters
    ----------
    condition : bool or array_like of bool
        Has no derivative.
    x, y : float, array_like or Value
        Both are computed everywhere: a nan or an infinite slope in the branch that is not
        chosen still spoils the gradient (0 · inf is nan). `safe_where` avoids it.

    Returns
    -------
    float, ndarray or Value
    """
    return np.where(condition, x, y)


where: Op = primitive(
    "where", _where,
    vjps=(
        None,
        lambda g, out, condition, x, y: choose(condition, g, 0.0),
        lambda g, out, condition, x, y: choose(condition, 0.0, g),
    ),
    jvp=lambda tangents, out, condition, x, y: where(
        condition,
        *(0.0 if t is None else t for t in tangents[1:]),
    ) + 0.0 * out,
    formula="x if condition else y",
    domain=(
        Domain(sample=lambda rng, shape: rng.random(shape) < 0.5, differentiable=False),
        Domain(), Domain(),
    ),
    cases=(Case((3,), (3,), (3,)), Case((2, 3), (1, 3), (2, 1)), Case((2,), (), ())),
    numpy=(np.where,), onnx="Where")


def safe_where(
    condition: Any, fn: Callable[[Any], Any], x: Any, fill: Any, *, safe: float = 1.0
) -> Any:
    """``where(condition, fn(x), fill)`` whose gradient is finite where `fn`'s is not needed.

    `fn` is given `safe` in place of the elements that are not chosen, so that neither its
    value nor its slope there is ever computed (the "double where").

    Parameters
    ----------
    condition : bool or array_like of bool
    fn : callable
        Elementwise.
    x : float, array_like or Value
    fill : float, array_like or Value
        The result where the condition does not hold.
    safe : float
        A point at which `fn` and its derivative are finite.

    Returns
    -------
    float, ndarray or Value

    Examples
    --------
    >>> import autograd_core as ag
    >>> x = ag.Value(np.array([0.0, 4.0]))
    >>> ag.safe_where(x > 0, ag.sqrt, x, 0.0).sum().backward()
    >>> x.grad
    array([0.  , 0.25])
    """
    return where(condition, fn(where(condition, x, safe)), fill)


# power's rule needs log, whose module needs this one's helpers.
from .exponential import log  # noqa: E402
