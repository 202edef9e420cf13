"""An expression written out as text means what was computed, with as few parentheses as needed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core import Value
from autograd_core.local import expression

LEAVES = {"a": 1.5, "b": -0.75, "c": 2.0}
FUNCTIONS = {"sin": math.sin, "exp": math.exp, "tanh": math.tanh, "abs": abs}


@st.composite
def expressions(draw, depth=4):
    """A random expression as a Value; the leaves of each are new."""
    kind = draw(
        st.sampled_from(["leaf", "number", "binary", "binary", "binary", "negative", "call"])
    )
    if depth == 0 or kind == "leaf":
        name = draw(st.sampled_from(sorted(LEAVES)))
        return Value(LEAVES[name], name=name)
    if kind == "number":
        return Value(draw(st.sampled_from([2.0, -3.0, 0.5, -0.25, 1e-7])), requires_grad=False)
    if kind == "negative":
        return ag.negative(draw(expressions(depth=depth - 1)))
    if kind == "call":
        return getattr(ag, draw(st.sampled_from(sorted(FUNCTIONS))))(
            draw(expressions(depth=depth - 1))
        )
    operator = draw(st.sampled_from([ag.add, ag.subtract, ag.multiply, ag.divide, ag.power]))
    left = draw(expressions(depth=depth - 1))
    if operator is ag.power:
        return left ** draw(st.sampled_from([2, 3.0, -1, -2.0]))
    return operator(left, draw(expressions(depth=depth - 1)))


@settings(max_examples=300)
@given(st.data())
def test_expression_text_evaluates_to_the_value(data):
    with np.errstate(all="ignore"):
        value = data.draw(expressions())
    text = expression(value, lambda v: v.name, lambda v: True)
    try:
        result = eval(text, {**FUNCTIONS, **LEAVES})
    except (ZeroDivisionError, OverflowError):
        reject()  # Python has no value there, where arrays have inf
    assert result == pytest.approx(value.data, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "f"),
    [
        ("a - (b - c)", lambda a, b, c: a - (b - c)),
        ("a - b - c", lambda a, b, c: a - b - c),
        ("a/(b*c)", lambda a, b, c: a / (b * c)),
        ("a/b*c", lambda a, b, c: a / b * c),
        ("(a**b)**c", lambda a, b, c: (a**b) ** c),
        ("a**b**c", lambda a, b, c: a**b**c),
        ("(-a)**2", lambda a, b, c: (-a) ** 2),
        ("-a**2", lambda a, b, c: -(a**2)),
        ("a**(-b)", lambda a, b, c: a**-b),
        ("(a + b)*c", lambda a, b, c: (a + b) * c),
        ("a + b*c", lambda a, b, c: a + b * c),
        ("-(a + b)", lambda a, b, c: -(a + b)),
        ("sin(a + b)**2", lambda a, b, c: ag.sin(a + b) ** 2),
        ("leaky_relu(a, negative_slope=0.2)", lambda a, b, c: ag.leaky_relu(a, 0.2)),
        ("clip(a, min=0)", lambda a, b, c: ag.clip(a, 0)),
    ],
)
def test_expression_text_has_as_few_parentheses_as_it_needs(text, f):
    leaves = [Value(value, name=name) for name, value in {"a": 1.5, "b": 0.75, "c": 2.0}.items()]
    assert expression(f(*leaves), lambda v: v.name, lambda v: True) == text
