"""Random graphs of arrays, with broadcasting, products, views and indexing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core import Value, reverse

SHAPES = [(2, 3), (3,), (2, 1), (), (3, 2)]

UNARY = [
    ag.tanh, ag.sum, ag.logsumexp, ag.var, lambda x: x * x, lambda x: 1 / (2 + x * x),
    lambda x: x.T, lambda x: ag.reshape(x, (-1,)), lambda x: ag.expand_dims(x, 0),
    lambda x: ag.stack([x, x], -1), lambda x: ag.roll(x, 1),
    lambda x: ag.broadcast_to(x, (2, *x.shape)),
]  # fmt: skip
UNARY_OF_ARRAYS = [
    ag.softmax, ag.log_softmax, lambda x: ag.sum(x, -1), lambda x: ag.mean(x, 0, True),
    lambda x: ag.prod(x, -1), lambda x: ag.cumsum(x, -1), lambda x: ag.max(x, 0), lambda x: x[0],
    lambda x: x[..., ::-1], lambda x: x[[0, -1, 0]], lambda x: x.at[0].set(0.5),
    lambda x: ag.pad(x, 1), lambda x: ag.concatenate([x, x]), lambda x: ag.moveaxis(x, 0, -1),
]  # fmt: skip
BINARY = [ag.add, ag.subtract, ag.multiply, lambda x, y: x / (2 + y * y), ag.matmul, ag.arctan2]

KINDS = len(UNARY) + len(UNARY_OF_ARRAYS) + 3 * len(BINARY)

steps = st.tuples(st.integers(0, KINDS - 1), st.integers(0, 999), st.integers(0, 999))
programs = st.lists(steps, min_size=2, max_size=14)
seeds = st.integers(0, 2**32 - 1)


def run(program, leaves):
    """Each step applies an op to values before it; one that does not fit is left out."""
    values = list(leaves)
    for which, i, j in program:
        x, y = values[-1 - i % len(values)], values[-1 - j % len(values)]
        try:
            if which < len(UNARY):
                result = UNARY[which](x)
            elif which < len(UNARY) + len(UNARY_OF_ARRAYS):
                result = UNARY_OF_ARRAYS[which - len(UNARY)](x if x.ndim else ag.stack([x, x + 1]))
            else:
                result = BINARY[which % len(BINARY)](x, y)
        except ag.errors.ShapeError:
            continue
        if 0 < result.size <= 100:
            values.append(result)
    return ag.sum(values[-1] * values[-1]) + ag.sum(ag.sin(values[-2]))


def draw(seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1, 1, shape).astype(dtype)[()] for shape in SHAPES]


def inner(xs, ys):
    return sum(float(np.sum(x * y)) for x, y in zip(xs, ys, strict=True))


@settings(max_examples=200)
@given(programs, seeds)
def test_reverse_mode_is_the_transpose_of_forward_mode(program, seed):
    point, direction = draw(seed), draw(seed + 1)
    value, g = ag.value_and_grad(lambda *xs: run(program, xs), range(5))(*point)
    assume(np.isfinite(value) and abs(value) < 1e6)
    pushed = ag.jvp(lambda *xs: run(program, xs), point, direction)[1]
    assert pushed == pytest.approx(inner(g, direction), rel=1e-9, abs=1e-9)


@settings(max_examples=100)
@given(programs, seeds)
def test_reverse_mode_equals_differences_along_a_direction(program, seed):
    def along(t):
        shifted = [x + t * d for x, d in zip(point, direction, strict=True)]
        return float(run(program, [Value(x) for x in shifted]).data)

    point, direction = draw(seed), draw(seed + 1)
    step = 1e-4
    there = [along(k * step) for k in (-2, -1, 1, 2)]
    assume(all(abs(value) < 1e3 for value in there))
    g = ag.grad(lambda *xs: run(program, xs), range(5))(*point)
    difference = (there[0] - 8 * there[1] + 8 * there[2] - there[3]) / (12 * step)
    assert difference == pytest.approx(inner(g, direction), rel=1e-4, abs=1e-4)


@settings(max_examples=40)
@given(programs, seeds)
def test_hessian_vector_products_are_symmetric(program, seed):
    def product(v):
        return ag.hvp(lambda *xs: run(program, xs), point, v)

    point, u, v = draw(seed), draw(seed + 1), draw(seed + 2)
    assume(abs(run(program, [Value(x) for x in point]).data) < 1e3)
    assert inner(u, product(v)) == pytest.approx(inner(v, product(u)), rel=1e-7, abs=1e-7)


@settings(max_examples=100)
@given(programs, seeds, st.sampled_from([np.float32, np.float64]))
def test_gradients_have_shape_and_dtype_of_their_primals(program, seed, dtype):
    leaves = [Value(x) for x in draw(seed, dtype)]
    run(program, leaves).backward()
    for leaf in leaves:
        if leaf.grad is not None:
            assert np.shape(leaf.grad) == leaf.shape
            assert np.asarray(leaf.grad).dtype == dtype


@settings(max_examples=60)
@given(programs, seeds)
def test_ledger_adds_up_to_the_gradient_and_backward_repeats(program, seed):
    leaves = [Value(x) for x in draw(seed)]
    root = run(program, leaves)
    entries = reverse.ledger(root)
    parts = [[e.contribution for e in entries if e.operand is leaf] for leaf in leaves]
    root.backward(retain_graph=True)
    first = [leaf.grad for leaf in leaves]
    root.backward()
    for leaf, g, own in zip(leaves, first, parts, strict=True):
        if g is None:
            assert not own
        else:
            np.testing.assert_allclose(sum(own), g, rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(leaf.grad, 2 * np.asarray(g), rtol=1e-12)
