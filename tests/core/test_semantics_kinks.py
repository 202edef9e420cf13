"""Row "kinks" of the table of semantics.

Differentiable where it is; else the subgradient of the smallest norm; max reductions split
ties; `sqrt` at 0 is inf.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value


def slope(f, x):
    """The derivative at a scalar, which must be the same as at an array and in forward mode."""
    with np.errstate(all="ignore"):
        as_float = ag.grad(f)(x)
        as_array = ag.vjp(f, np.array([x]))[1](np.ones(1))[0][0]
        as_tangent = ag.jvp(f, (x,), (1.0,))[1]
    np.testing.assert_equal(as_float, as_array)
    np.testing.assert_equal(as_float, as_tangent)
    return as_float


@pytest.mark.parametrize(
    ("name", "f", "x", "expected"),
    [
        ("relu", ag.relu, 0.0, 0.0),
        ("relu", ag.relu, -0.0, 0.0),
        ("abs", ag.abs, 0.0, 0.0),
        ("sign", ag.sign, 0.0, 0.0),
        ("leaky_relu", ag.leaky_relu, 0.0, 0.01),
        ("elu is differentiable", ag.elu, 0.0, 1.0),
        ("elu", lambda x: ag.elu(x, 0.5), 0.0, 0.5),
        ("sqrt", ag.sqrt, 0.0, math.inf),
        ("cbrt", ag.cbrt, 0.0, math.inf),
        ("log", ag.log, 0.0, math.inf),
        ("reciprocal", ag.reciprocal, 0.0, -math.inf),
        ("hard_sigmoid", ag.hard_sigmoid, 3.0, 0.0),
        ("hard_sigmoid", ag.hard_sigmoid, -3.0, 0.0),
        ("clip below", lambda x: ag.clip(x, 0.0, 1.0), 0.0, 0.0),
        ("clip above", lambda x: ag.clip(x, 0.0, 1.0), 1.0, 0.0),
        ("clip inside", lambda x: ag.clip(x, 0.0, 1.0), 0.5, 1.0),
        ("square of abs is differentiable", lambda x: ag.abs(x) ** 2, 0.0, 0.0),
        ("power", lambda x: x**2, 0.0, 0.0),
        ("power", lambda x: x**1, 0.0, 1.0),
        ("power", lambda x: x**0, 0.0, 0.0),
        ("power", lambda x: x**0.5, 0.0, math.inf),
    ],
)
def test_kink_of_an_elementwise_op(name, f, x, expected):
    assert slope(f, x) == expected, name


@pytest.mark.parametrize("op", [ag.maximum, ag.minimum])
def test_kink_of_maximum_and_minimum_gives_each_half(op):
    assert ag.grad(op, (0, 1))(1.0, 1.0) == (0.5, 0.5)
    x, y = Value(np.array([1.0, 2.0])), Value(np.array([1.0, 3.0]))
    op(x, y).sum().backward()
    np.testing.assert_array_equal(x.grad + y.grad, [1.0, 1.0])
    assert x.grad[0] == y.grad[0] == 0.5


def test_kink_of_maximum_of_a_value_with_itself():
    assert ag.grad(lambda x: ag.maximum(x, x))(3.0) == 1.0


@pytest.mark.parametrize("op", [ag.max, ag.min])
@pytest.mark.parametrize(
    ("x", "axis", "expected"),
    [
        ([2.0, 2.0], None, [0.5, 0.5]),
        ([5.0, 5.0, 5.0, 5.0], 0, [0.25] * 4),
        ([[1.0, 1.0], [2.0, 2.0]], 1, [[0.5, 0.5], [0.5, 0.5]]),
        ([[3.0, 3.0], [3.0, 3.0]], (0, 1), [[0.25, 0.25], [0.25, 0.25]]),
    ],
)
def test_kink_of_a_max_reduction_splits_ties(op, x, axis, expected):
    g = ag.grad(lambda x: op(x, axis).sum())(np.array(x))
    np.testing.assert_array_equal(g, expected)


def test_kink_of_a_max_reduction_leaves_the_others_alone():
    g = ag.grad(ag.max)(np.array([1.0, 3.0, 3.0]))
    np.testing.assert_array_equal(g, [0.0, 0.5, 0.5])


def test_kink_of_a_max_reduction_in_forward_mode_agrees():
    x, x_dot = np.array([1.0, 3.0, 3.0]), np.array([5.0, 1.0, 2.0])
    assert ag.jvp(ag.max, (x,), (x_dot,))[1] == 1.5


@pytest.mark.parametrize("order", [None, 1, 1.5, 2, 3, math.inf])
def test_kink_of_norm_at_zero_gives_zero(order):
    g = ag.grad(lambda x: ag.norm(x, order))(np.zeros(3))
    np.testing.assert_array_equal(g, np.zeros(3))


def test_kink_of_norm_at_zero_along_one_axis_only():
    x = np.array([[0.0, 0.0], [3.0, 4.0]])
    g = ag.grad(lambda x: ag.norm(x, axis=1).sum())(x)
    np.testing.assert_allclose(g, [[0.0, 0.0], [0.6, 0.8]])


def test_kink_of_norm_of_a_scalar():
    assert ag.grad(ag.norm)(0.0) == 0.0
    assert ag.grad(ag.norm)(-2.0) == -1.0


def test_kink_of_std_where_all_are_equal_gives_zero():
    np.testing.assert_array_equal(ag.grad(ag.std)(np.full(4, 7.0)), np.zeros(4))
    g = ag.grad(lambda x: ag.std(x, axis=0).sum())(np.array([[1.0, 1.0], [1.0, 3.0]]))
    np.testing.assert_allclose(g, [[0.0, -0.5], [0.0, 0.5]])


def test_kink_of_an_unchosen_branch_has_no_say():
    g = ag.grad(lambda x: ag.where(np.array([True, False]), ag.abs(x), x * 3).sum())(np.zeros(2))
    np.testing.assert_array_equal(g, [0.0, 3.0])


@pytest.mark.parametrize("f", [ag.relu, ag.abs, ag.max, ag.sign, lambda x: ag.maximum(x, 0.0)])
def test_second_derivative_of_a_piecewise_linear_op_is_zero(f):
    assert ag.grad(ag.grad(lambda x: ag.sum(f(x))))(1.5) == 0.0


def test_nan_stays_nan():
    nan = float("nan")
    for f in (ag.relu, ag.abs, ag.sign, ag.leaky_relu, ag.elu, lambda x: ag.clip(x, 0.0, 1.0)):
        assert math.isnan(f(Value(nan)).data)
        assert np.isnan(f(Value(np.array([nan]))).data).all()
    assert math.isnan(ag.max(Value(np.array([1.0, nan]))).data)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "selu", "gelu", "silu"])
def test_kink_of_activations_at_zero_is_where_torch_has_it(name):
    torch = pytest.importorskip("torch")
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    getattr(torch.nn.functional, name)(x).sum().backward()
    assert slope(getattr(ag, name), 0.0) == pytest.approx(x.grad.item(), rel=1e-6)


@pytest.mark.parametrize("name", ["relu", "abs", "sign", "sqrt"])
def test_kink_of_elementwise_ops_at_zero_is_where_torch_has_it(name):
    torch = pytest.importorskip("torch")
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    getattr(torch, name)(x).sum().backward()
    assert slope(getattr(ag, name), 0.0) == x.grad.item()
