"""Transformations inside transformations: every dependence counts, and none is confused."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value

X = np.array([0.5, 1.5, -2.0])


def forward_slope(f):
    """The derivative by forward mode, in the form of `grad`."""
    return lambda x: ag.jvp(f, (x,), (1.0,))[1]


EITHER = pytest.mark.parametrize("inner", [ag.grad, forward_slope, ag.jacrev, ag.jacfwd])
OUTER = pytest.mark.parametrize("outer", [ag.grad, forward_slope, ag.jacrev, ag.jacfwd])


@EITHER
@OUTER
def test_nested_derivatives_of_a_power(outer, inner):
    assert outer(inner(lambda x: x**4))(2.0) == 48.0
    assert outer(inner(ag.grad(lambda x: x**4)))(2.0) == 48.0
    assert outer(ag.grad(inner(ag.grad(lambda x: x**4))))(2.0) == 24.0


@EITHER
@OUTER
def test_nested_perturbations_are_not_confused(outer, inner):
    # d/dx [x · d/dy (x + y)] = d/dx [x · 1] = 1
    assert outer(lambda x: x * inner(lambda y: x + y)(2.0))(3.0) == 1.0
    assert outer(lambda x: x * inner(lambda y: x + y)(x))(3.0) == 1.0


@EITHER
@OUTER
def test_nested_derivative_depends_on_what_its_function_closes_over(outer, inner):
    # d/dx d/dy (x·y²) = 2y
    assert outer(lambda x: inner(lambda y: x * y * y)(2.0))(3.0) == 4.0
    # d/dx [x · d/dy (x·y)] = 2x
    assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0


@OUTER
def test_nested_value_depends_on_what_its_function_closes_over(outer):
    assert outer(lambda x: ag.value_and_grad(lambda y: x * y)(2.0)[0])(3.0) == 2.0
    assert outer(lambda x: ag.vjp(lambda y: x * y, 2.0)[0])(3.0) == 2.0
    assert outer(lambda x: ag.vjp(lambda y: x * y, 2.0)[1](5.0)[0])(3.0) == 5.0
    assert outer(lambda x: ag.jvp(lambda y: x * y, (2.0,), (5.0,))[0])(3.0) == 2.0


@OUTER
def test_nested_derivative_depends_on_arguments_it_does_not_differentiate(outer):
    assert outer(lambda x: ag.grad(lambda y, k: k * y * y)(2.0, x))(3.0) == 4.0


@OUTER
def test_nested_jacobians_depend_on_what_their_function_closes_over(outer):
    assert outer(lambda x: ag.jacrev(lambda y: x * y * y)(X).sum())(3.0) == 2 * X.sum()
    assert outer(lambda x: ag.jacfwd(lambda y: x * y * y)(X).sum())(3.0) == 2 * X.sum()
    assert outer(lambda x: ag.hessian(lambda y: (x * y**3).sum())(X).sum())(3.0) == 6 * X.sum()
    assert outer(lambda x: ag.hvp(lambda y: x * y**3, (2.0,), (1.0,)))(3.0) == 12.0


def test_backward_reaches_a_weight_through_a_gradient_penalty():
    """The penalty ‖∂net/∂input‖² of a raw input depends on the weights that `net` closes over."""
    w = Value(3.0)
    loss = ag.grad(lambda x: w * x * x)(2.0) ** 2  # (2wx)²
    loss.backward()
    assert w.grad == 2 * 3.0 * 16


def test_backward_reaches_a_weight_beside_a_gradient():
    w = Value(3.0)
    loss = w * ag.grad(lambda y: y * y * w)(2.0)  # 2yw²
    loss.backward()
    assert w.grad == 24.0


@pytest.mark.parametrize("data", [3.0, np.array([3.0, 4.0])])
def test_closing_over_a_released_intermediate_is_not_detached_in_silence(data):
    w = Value(data)
    h = w * 2
    ag.sum(h).backward()
    g = ag.grad(lambda x: ag.sum(h * x))(data)
    assert isinstance(g, Value)
    with pytest.raises(ag.errors.GraphFreedError):
        ag.sum(g * 1).backward()


def test_gradient_of_a_function_that_closes_over_a_value():
    w = Value(3.0)
    assert ag.grad(lambda x: w * x)(2.0).item() == 3.0
    assert w.grad is None
    with ag.no_grad():
        assert float(ag.grad(lambda x: w * x * x)(2.0)) == 12.0


def test_nested_jvp_of_vjp_and_vjp_of_jvp():
    assert ag.jvp(lambda x: ag.vjp(lambda z: z**3, x)[1](1.0)[0], (2.0,), (1.0,)) == (12.0, 12.0)
    assert ag.jvp(lambda g: ag.vjp(lambda z: z**3, 2.0)[1](g)[0], (1.0,), (5.0,)) == (12.0, 60.0)
    out, pullback = ag.vjp(lambda x: ag.jvp(lambda z: z**3, (x,), (1.0,))[1], 2.0)
    assert (out, pullback(1.0)) == (12.0, (12.0,))
    assert ag.grad(lambda t: ag.jvp(lambda z: z**3, (2.0,), (t,))[1])(1.0) == 12.0


@pytest.mark.parametrize("first", [ag.jacrev, ag.jacfwd])
@pytest.mark.parametrize("second", [ag.jacrev, ag.jacfwd])
def test_nested_jacobians_give_the_hessian(first, second):
    def f(x):
        return ag.exp(x).prod() + (x**3).sum()

    expected = np.full((3, 3), np.exp(X.sum())) + np.diag(6 * X)
    np.testing.assert_allclose(second(first(f))(X), expected, rtol=1e-12)


def test_nested_jacobian_of_a_matrix_valued_function():
    def f(x):
        return x @ x

    x = np.arange(4.0).reshape(2, 2)
    expected = np.einsum("ik,jl->ijkl", np.eye(2), x.T) + np.einsum("ik,jl->ijkl", x, np.eye(2))
    for transform in (ag.jacrev, ag.jacfwd):
        np.testing.assert_allclose(transform(f)(x), expected)
        np.testing.assert_allclose(
            transform(transform(f))(x), ag.jacrev(ag.jacfwd(f))(x), atol=1e-14
        )


FAMILIES = {
    "arithmetic": lambda x: (x * x / (1 + x * x) - x**3).sum(),
    "exponential": lambda x: (ag.exp(x) * ag.softplus(x) + ag.sigmoid(x)).sum() ** 2,
    "logarithm": lambda x: (ag.log(x * x + 1) * ag.sqrt(x * x + 2)).sum() * x[0],
    "trigonometric": lambda x: (ag.sin(x) * ag.cos(x[::-1])).sum() + ag.arctan2(x[0], x[1] ** 2),
    "activation": lambda x: (ag.gelu(x) * ag.silu(x) * ag.elu(x)).sum(),
    "special": lambda x: (ag.erf(x) ** 2).sum() * x[1],
    "reduction": lambda x: x.prod() * x.var() + ag.logsumexp(x) * x.mean() + ag.norm(x) ** 3,
    "cumulative": lambda x: (ag.cumsum(x) * ag.cumprod(x)).sum(),
    "composite": lambda x: (ag.softmax(x) * ag.log_softmax(x)).sum(),
    "shape": lambda x: (ag.concatenate([x, x[::-1]]).reshape(2, 3).T @ np.ones(2) * x**2).sum(),
    "indexing": lambda x: (x[[0, 0, 2]] * x.at[1].set(x[0] * x[2]) ** 2).sum(),
    "linalg": lambda x: (
        ag.det(ag.outer(x, x) + np.eye(3)) * ag.inv(ag.diag(x) + 3 * np.eye(3)).sum()
    ),
    "cholesky": lambda x: ag.cholesky(ag.outer(x, x) + 2 * np.eye(3)).sum() ** 2,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_second_derivatives_of_each_family(family):
    f = FAMILIES[family]
    h = ag.hessian(f)(X)
    np.testing.assert_allclose(h, h.T, atol=1e-10)
    np.testing.assert_allclose(ag.jacfwd(ag.grad(f))(X), h, atol=1e-10)
    step = 1e-5
    differences = [
        (ag.grad(f)(X + step * e) - ag.grad(f)(X - step * e)) / (2 * step) for e in np.eye(3)
    ]
    np.testing.assert_allclose(h, differences, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_third_derivatives_of_each_family(family):
    f = FAMILIES[family]

    def curvature(x):
        return ag.hvp(f, (x,), (np.ones(3),)).sum()

    third = ag.grad(curvature)(X)
    step = 1e-4
    differences = [
        (curvature(X + step * e) - curvature(X - step * e)) / (2 * step) for e in np.eye(3)
    ]
    np.testing.assert_allclose(third, differences, rtol=1e-4, atol=1e-4)


def test_no_grad_and_detach_inside_cut_exactly_there():
    def with_no_grad(x):
        with ag.no_grad():
            c = x * x
        return c * x

    assert ag.grad(with_no_grad)(3.0) == 9.0
    assert ag.grad(lambda x: x.detach() * x)(3.0) == 3.0
    assert ag.grad(lambda x: x.detach() * x.detach())(3.0) == 0.0
    assert ag.jvp(lambda x: x.detach() * x, (3.0,), (1.0,))[1] == 3.0


def test_grad_works_inside_no_grad():
    with ag.no_grad():
        assert ag.grad(lambda x: x * x)(3.0) == 6.0
        assert ag.grad(ag.grad(ag.sin))(1.0) == pytest.approx(-math.sin(1.0))
        assert ag.jvp(ag.sin, (1.0,), (1.0,))[1] == pytest.approx(math.cos(1.0))
