"""Trigonometric and hyperbolic functions and their inverses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..cases import Domain
from ..declare import elementwise
from ..op import Op
from .arithmetic import choose
from .exponential import sqrt

__all__ = [
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "cos",
    "cosh",
    "sin",
    "sinh",
    "tan",
    "tanh",
]

ANGLE = Domain(-1.2, 1.2, also=(0.0, 3.0))
INSIDE = Domain(-0.9, 0.9, also=(0.0, 1.0, -1.0))
ANY = Domain(-3.0, 3.0, also=(0.0, 1000.0))

sin = elementwise(
    "sin", np.sin, scalar=math.sin, partials=(lambda out, x: cos(x),),
    formula="sin x", domain=ANGLE, onnx="Sin")

cos: Op = elementwise(
    "cos", np.cos, scalar=math.cos, partials=(lambda out, x: -sin(x),),
    formula="cos x", domain=ANGLE, onnx="Cos")

tan = elementwise(
    "tan", np.tan, scalar=math.tan, partials=(lambda out, x: 1 + out * out,),
    formula="tan x", domain=ANGLE, onnx="Tan")

arcsin = elementwise(
    "arcsin", np.arcsin, scalar=math.asin, partials=(lambda out, x: 1 / sqrt(1 - x * x),),
    formula="arcsin x", domain=INSIDE, onnx="Asin")

arccos = elementwise(
    "arccos", np.arccos, scalar=math.acos, partials=(lambda out, x: -1 / sqrt(1 - x * x),),
    formula="arccos x", domain=INSIDE, onnx="Acos")

arctan = elementwise(
    "arctan", np.arctan, scalar=math.atan, partials=(lambda out, x: 1 / (1 + x * x),),
    formula="arctan x", domain=ANY, onnx="Atan")



def _squared_radius(y: Any, x: Any) -> Any:
    # At the origin there is no derivative; 0 is given, as 0 divided by any number.
    squared = x * x + y * y
    return choose(squared == 0, 1.0, squared)


arctan2 = elementwise(
    "arctan2", np.arctan2, scalar=math.atan2,
    partials=(
        lambda out, y, x: x / _squared_radius(y, x),
        lambda out, y, x: -y / _squared_radius(y, x),
    ),
    formula="angle of (y, x)", domain=(Domain(also=(0.0,)), Domain(0.5, 2.0, also=(0.0, -1.0))))

sinh = elementwise(
    "sinh", np.sinh, scalar=math.sinh, partials=(lambda out, x: cosh(x),),
    formula="sinh x", domain=ANGLE, onnx="Sinh")

cosh: Op = elementwise(
    "cosh", np.cosh, scalar=math.cosh, partials=(lambda out, x: sinh(x),),
    formula="cosh x", domain=ANGLE, onnx="Cosh")

tanh = elementwise(
    "tanh", np.tanh, scalar=math.tanh, partials=(lambda out, x: 1 - out * out,),
    formula="tanh x", domain=ANY, onnx="Tanh")

arcsinh = elementwise(
    "arcsinh", np.arcsinh, scalar=math.asinh, partials=(lambda out, x: 1 / sqrt(x * x + 1),),
    formula="arsinh x", domain=ANY, onnx="Asinh")

arccosh = elementwise(
    "arccosh", np.arccosh, scalar=math.acosh, partials=(lambda out, x: 1 / sqrt(x * x - 1),),
    formula="arcosh x", domain=Domain(1.3, 3.0, also=(1.0,)), onnx="Acosh")

arctanh = elementwise(
    "arctanh", np.arctanh, scalar=math.atanh, partials=(lambda out, x: 1 / (1 - x * x),),
    formula="artanh x", domain=INSIDE, onnx="Atanh")
