"""Row "zero-safe" of the table of semantics: finite where the mathematics is."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value

INF = math.inf


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([0.0, 2.0, 3.0], [6.0, 0.0, 0.0]),
        ([0.0, 0.0, 3.0], [0.0, 0.0, 0.0]),
        ([2.0, 3.0, 4.0], [12.0, 8.0, 6.0]),
        ([0.0], [1.0]),
    ],
)
def test_zero_safe_prod(x, expected):
    np.testing.assert_allclose(ag.grad(ag.prod)(np.array(x)), expected)
    x_dot = np.arange(1.0, len(x) + 1)
    assert ag.jvp(ag.prod, (np.array(x),), (x_dot,))[1] == pytest.approx(x_dot @ expected)


def test_zero_safe_prod_along_an_axis():
    x = np.array([[0.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(ag.grad(lambda x: ag.prod(x, 0).sum())(x), [[3.0, 4.0], [0.0, 2.0]])
    np.testing.assert_allclose(ag.grad(lambda x: ag.prod(x, 1).sum())(x), [[2.0, 0.0], [4.0, 3.0]])


def test_zero_safe_prod_has_a_finite_second_derivative():
    hessian = ag.hessian(ag.prod)(np.array([0.0, 2.0, 3.0]))
    np.testing.assert_allclose(hessian, [[0.0, 3.0, 2.0], [3.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    hessian = ag.hessian(ag.prod)(np.array([0.0, 0.0, 3.0]))
    np.testing.assert_allclose(hessian, [[0.0, 3.0, 0.0], [3.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


def test_zero_safe_cumprod():
    g = ag.grad(lambda x: ag.cumprod(x, 0).sum())(np.array([2.0, 0.0, 3.0, 4.0]))
    np.testing.assert_allclose(g, [1.0, 2.0 * (1 + 3 + 12), 0.0, 0.0])


@pytest.mark.parametrize(
    ("x", "y", "by_base", "by_exponent"),
    [
        (0.0, 2.0, 0.0, 0.0),
        (0.0, 1.0, 1.0, 0.0),
        (0.0, 0.0, 0.0, 0.0),
        (0.0, 3.0, 0.0, 0.0),
        (-2.0, 2.0, -4.0, None),
        (-2.0, 3.0, 12.0, None),
        (2.0, 0.0, 0.0, math.log(2)),
        (1e-200, 2.0, 2e-200, 0.0),
    ],
)
@pytest.mark.parametrize("wrap", [float, lambda x: np.array([x])], ids=["float", "array"])
def test_zero_safe_power(x, y, by_base, by_exponent, wrap):
    with np.errstate(all="ignore"):
        g = ag.grad(lambda x, y: ag.sum(x**y), (0, 1))(wrap(x), wrap(y))
    assert float(np.sum(g[0])) == pytest.approx(by_base)
    if by_exponent is not None:
        assert float(np.sum(g[1])) == pytest.approx(by_exponent)


def test_zero_safe_power_has_finite_higher_derivatives():
    assert ag.grad(ag.grad(lambda x: x**2))(0.0) == 2.0
    assert ag.grad(ag.grad(lambda x: x**3))(0.0) == 0.0
    assert ag.grad(ag.grad(ag.grad(lambda x: x**3)))(0.0) == 6.0
    assert ag.grad(ag.grad(lambda x: x**1))(0.0) == 0.0
    np.testing.assert_array_equal(ag.hessian(lambda x: (x**2).sum())(np.zeros(2)), 2 * np.eye(2))


def test_zero_safe_std_and_norm_inside_a_sum():
    x = np.zeros(3)
    for f in (lambda x: ag.std(x) + (x**2).sum(), lambda x: ag.norm(x) * x.sum()):
        assert np.isfinite(ag.grad(f)(x)).all()


@pytest.mark.parametrize(
    ("x", "value", "expected"),
    [
        ([1000.0, 1000.0], 1000 + math.log(2), [0.5, 0.5]),
        ([-1000.0, -1000.0], -1000 + math.log(2), [0.5, 0.5]),
        ([1000.0, -1000.0], 1000.0, [1.0, 0.0]),
        ([-INF, 0.0], 0.0, [0.0, 1.0]),
        ([-INF, -INF], -INF, [0.0, 0.0]),
    ],
)
def test_zero_safe_logsumexp_and_logaddexp(x, value, expected):
    out, g = ag.value_and_grad(ag.logsumexp)(np.array(x))
    assert out == pytest.approx(value)
    np.testing.assert_allclose(g, expected, atol=1e-12)
    out, g = ag.value_and_grad(ag.logaddexp, (0, 1))(*x)
    assert out == pytest.approx(value)
    np.testing.assert_allclose(g, expected, atol=1e-12)


@pytest.mark.parametrize(
    "x", [[1e4, 1e4, -1e4], [-INF, 0.0, 0.0], [0.0, 0.0, 0.0], [-1e308, 0.0, 1.0]]
)
def test_zero_safe_softmax_and_log_softmax(x):
    x = np.array(x)
    p = ag.softmax(Value(x)).data
    assert np.isfinite(p).all()
    assert p.sum() == pytest.approx(1.0)
    assert np.isfinite(ag.jacrev(ag.softmax)(x)).all()
    assert np.isfinite(ag.grad(lambda x: ag.log_softmax(x)[-1])(x)).all()


@pytest.mark.parametrize("logit", [0.0, 1000.0, -1000.0, 1e308, -1e308])
@pytest.mark.parametrize("target", [0.0, 1.0, 0.3])
@pytest.mark.parametrize("wrap", [float, lambda x: np.array([x])], ids=["float", "array"])
def test_zero_safe_binary_cross_entropy_with_logits(logit, target, wrap):
    def loss(z):
        return ag.sum(ag.softplus(z) - target * z)

    value, g = ag.value_and_grad(loss)(wrap(logit))
    probability = 1.0 if logit > 100 else 0.0 if logit < -100 else 0.5
    assert np.isfinite(value)
    assert float(np.sum(g)) == pytest.approx(probability - target)


@pytest.mark.parametrize(
    "f", [ag.sigmoid, ag.log_sigmoid, ag.softplus, ag.tanh, ag.silu, ag.gelu, ag.elu]
)
@pytest.mark.parametrize("x", [-1e308, -1000.0, 1000.0, 1e308])
@pytest.mark.parametrize("wrap", [float, lambda x: np.array([x])], ids=["float", "array"])
def test_zero_safe_saturating_functions(f, x, wrap):
    with np.errstate(over="ignore"):  # x³ inside an approximation may
        value, g = ag.value_and_grad(lambda x: ag.sum(f(x)))(wrap(x))
    assert np.isfinite(value)
    assert np.isfinite(g).all()


@pytest.mark.parametrize("fn", [ag.sqrt, ag.log, ag.reciprocal, lambda x: x**0.5, ag.lgamma])
@pytest.mark.parametrize("x", [0.0, -1.0])
def test_zero_safe_where(fn, x):
    g = ag.grad(lambda x: ag.safe_where(x > 0, fn, x, 0.0).sum())(np.array([x, 4.0]))
    assert g[0] == 0.0
    assert g[1] == pytest.approx(ag.grad(fn)(4.0))
    assert ag.grad(lambda x: ag.safe_where(x > 0, fn, x, 0.0) + 0.0 * x)(x) == 0.0


def test_zero_safe_where_in_forward_mode_and_twice():
    def f(x):
        return ag.safe_where(x > 0, ag.sqrt, x, 0.0).sum()

    x = np.array([0.0, 4.0])
    assert ag.jvp(f, (x,), (np.ones(2),))[1] == 0.25
    np.testing.assert_allclose(ag.hessian(f)(x), [[0.0, 0.0], [0.0, -1 / 32]])


def test_zero_safe_where_fill_gets_its_gradient():
    x, fill = np.array([0.0, 4.0]), np.array([5.0, 6.0])
    g = ag.grad(lambda x, y: ag.safe_where(x > 0, ag.log, x, y).sum(), 1)(x, fill)
    np.testing.assert_array_equal(g, [1.0, 0.0])


def test_plain_where_has_the_nan_that_safe_where_is_there_for():
    g = ag.grad(lambda x: ag.where(x > 0, ag.sqrt(x), 0.0).sum())(np.array([0.0, 4.0]))
    assert np.isnan(g[0])
    assert g[1] == 0.25


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_where_keeps_the_dtype(dtype):
    x = Value(np.array([0.0, 4.0], dtype))
    y = ag.where(x > 0, x, 0.0)
    assert y.dtype == dtype
    assert ag.safe_where(x > 0, ag.sqrt, x, 0.0).dtype == dtype


def test_zero_safe_determinant_of_a_singular_matrix():
    g = ag.grad(ag.det)(np.array([[1.0, 2.0], [2.0, 4.0]]))
    np.testing.assert_allclose(g, [[4.0, -2.0], [-2.0, 1.0]])
    np.testing.assert_array_equal(ag.grad(ag.det)(np.zeros((1, 1))), [[1.0]])


@pytest.mark.parametrize("reduce", [ag.sum, ag.prod, ag.norm])
def test_reductions_of_nothing(reduce):
    g = ag.grad(lambda x: reduce(x))(np.zeros((0,)))
    assert g.shape == (0,)
