"""Random expression graphs: reverse mode, forward mode and differences agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core import Value, forward, reverse

# Smooth everywhere, and bounded growth, so that differences can be trusted.
UNARY = [ag.sin, ag.cos, ag.tanh, ag.sigmoid, ag.softplus, ag.arctan, ag.negative, ag.gelu,
         lambda x: ag.exp(-x * x), lambda x: ag.log(1 + x * x), lambda x: ag.sqrt(2 + x * x),
         lambda x: 1 / (1.5 + x * x), lambda x: x**2 * 0.25, lambda x: 3 - x]  # fmt: skip
BINARY = [ag.add, ag.subtract, ag.multiply, lambda x, y: x / (2 + y * y), ag.logaddexp,
          lambda x, y: (1 + x * x) ** (0.5 * ag.tanh(y)), lambda x, y: x + x]  # fmt: skip

steps = st.tuples(
    st.integers(0, len(UNARY) + 2 * len(BINARY) - 1), st.integers(0, 10**6), st.integers(0, 10**6)
)
programs = st.lists(steps, min_size=1, max_size=12)
points = st.lists(st.floats(-2, 2), min_size=3, max_size=3)


def run(program, leaves):
    """Each step applies an op to any of the values before it, so that many are shared."""
    values = list(leaves)
    for which, i, j in program:
        x, y = values[i % len(values)], values[j % len(values)]
        if which < len(UNARY):
            values.append(UNARY[which](x))
        else:
            values.append(BINARY[(which - len(UNARY)) % len(BINARY)](x, y))
    return values[-1] + 0.5 * values[-2]


def as_function(program):
    return lambda *leaves: run(program, leaves)


@settings(max_examples=150)
@given(programs, points)
def test_reverse_mode_equals_forward_mode(program, point):
    f = as_function(program)
    backward = ag.grad(f, (0, 1, 2))(*point)
    for i, unit in enumerate(np.eye(3)):
        pushed = ag.jvp(f, point, tuple(map(float, unit)))[1]
        assert pushed == pytest.approx(backward[i], rel=1e-9, abs=1e-12)


@settings(max_examples=150)
@given(programs, points)
def test_reverse_mode_equals_differences(program, point):
    f = as_function(program)
    assume(abs(f(*point)) < 1e4)
    backward = ag.grad(f, (0, 1, 2))(*point)
    step = 1e-4
    for i, unit in enumerate(np.eye(3)):
        there = [f(*[float(x) for x in np.array(point) + k * step * unit]) for k in (-2, -1, 1, 2)]
        assume(all(abs(value) < 1e4 for value in there))
        difference = (there[0] - 8 * there[1] + 8 * there[2] - there[3]) / (12 * step)
        assert difference == pytest.approx(backward[i], rel=1e-4, abs=1e-5)


@settings(max_examples=80)
@given(programs, points)
def test_scalars_and_arrays_have_the_same_gradient(program, point):
    f = as_function(program)
    as_floats = ag.grad(f, (0, 1, 2))(*point)
    as_arrays = ag.grad(lambda *xs: f(*xs).sum(), (0, 1, 2))(*[np.full(2, x) for x in point])
    for one, two in zip(as_floats, as_arrays, strict=True):
        np.testing.assert_allclose([one, one], two, rtol=1e-9, atol=1e-12)


@settings(max_examples=80)
@given(programs, points)
def test_second_derivatives_commute(program, point):
    f = as_function(program)
    by_xy = ag.grad(ag.grad(f, 0), 1)(*point)
    by_yx = ag.grad(ag.grad(f, 1), 0)(*point)
    assert by_xy == pytest.approx(by_yx, rel=1e-8, abs=1e-9)
    over = ag.jvp(lambda y: ag.grad(f, 0)(point[0], y, point[2]), (point[1],), (1.0,))[1]
    assert over == pytest.approx(by_xy, rel=1e-8, abs=1e-9)


@settings(max_examples=80)
@given(programs, points)
def test_every_route_to_a_gradient_agrees(program, point):
    leaves = [Value(x) for x in point]
    y = run(program, leaves)
    assume(y.requires_grad)
    entries = reverse.ledger(y)
    found = reverse.cotangents(y)
    pushed = [forward.sweep(y, {leaf: 1.0}) for leaf in leaves]
    y.backward()
    for leaf, tangent in zip(leaves, pushed, strict=True):
        g = 0.0 if leaf.grad is None else leaf.grad
        total = sum(entry.contribution for entry in entries if entry.operand is leaf)
        assert g == found.get(leaf, 0.0) == pytest.approx(total, rel=1e-9, abs=1e-12)
        assert tangent == pytest.approx(g, rel=1e-9, abs=1e-12)


@settings(max_examples=40)
@given(programs, points)
def test_checkpoint_changes_no_gradient(program, point):
    f = as_function(program)
    plain = ag.grad(f, (0, 1, 2))(*point)
    assert ag.grad(ag.checkpoint(f), (0, 1, 2))(*point) == pytest.approx(plain, rel=1e-9, abs=1e-12)
