"""Transformations of functions against closed forms, and nested in one another."""

from __future__ import annotations

import math
from collections import namedtuple

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import ArgumentError, DtypeError, GradientError

X = np.array([0.5, 1.5, -2.0])

# --- grad and value_and_grad -------------------------------------------------------------


def test_grad_of_a_scalar_function():
    assert ag.grad(lambda x: x**3 - ag.sin(x))(2.0) == pytest.approx(12 - math.cos(2), rel=1e-15)
    np.testing.assert_allclose(ag.grad(lambda x: ag.exp(x).sum())(X), np.exp(X), rtol=1e-15)


def test_grad_returns_plain_data_of_the_kind_it_was_given():
    assert type(ag.grad(lambda x: x * x)(2.0)) is float
    assert type(ag.grad(lambda x: (x * x).sum())(X)) is np.ndarray


def test_grad_with_argnums():
    def f(x, y, z):
        return (x * y).sum() + 3 * z

    y = 2 * X
    np.testing.assert_array_equal(ag.grad(f)(X, y, 1.0), y)
    np.testing.assert_array_equal(ag.grad(f, 1)(X, y, 1.0), X)
    assert ag.grad(f, -1)(X, y, 1.0) == 3.0
    both = ag.grad(f, (2, 0))(X, y, 1.0)
    assert both[0] == 3.0
    np.testing.assert_array_equal(both[1], y)
    assert ag.grad(f, (2,))(X, y, 1.0) == (3.0,)


def test_grad_with_an_argument_named_twice_raises_or_gives_it_twice():
    try:
        both = ag.grad(lambda x, y: x * y, (0, 0))(2.0, 3.0)
    except ArgumentError:
        return
    assert both == (3.0, 3.0)


def test_grad_passes_keyword_arguments_on():
    assert ag.grad(lambda x, *, k: k * x)(2.0, k=5.0) == 5.0


Pair = namedtuple("Pair", ["w", "b"])


def test_grad_of_nested_structures_keeps_their_form():
    def f(tree):
        return tree["a"] * tree["pair"].w * tree["list"][0][1] + tree["pair"].b

    tree = {"a": 2.0, "pair": Pair(3.0, 1.0), "list": [(7.0, 5.0), None]}
    g = ag.grad(f)(tree)
    assert g == {"a": 15.0, "pair": Pair(10.0, 1.0), "list": [(0.0, 6.0), None]}
    assert type(g["pair"]) is Pair
    assert list(g) == list(tree)


def test_grad_of_unused_arguments_is_zero_of_their_shape_and_dtype():
    x, y = np.ones((2, 3), np.float32), 1.0
    g = ag.grad(lambda x, y, z: z * 2.0, (0, 1, 2))(x, y, 3.0)
    assert g[0].shape == (2, 3)
    assert g[0].dtype == np.float32
    assert not g[0].any()
    assert g[1:] == (0.0, 2.0)
    assert ag.grad(lambda x: 3.0)(1.0) == 0.0


def test_value_and_grad_gives_both():
    value, g = ag.value_and_grad(lambda x, y: (x * y).sum(), (0, 1))(X, 2 * X)
    assert value == pytest.approx(2 * X @ X)
    np.testing.assert_array_equal(g[0], 2 * X)


def test_grad_does_not_touch_grad_of_the_values_it_is_given():
    x = Value(2.0)
    assert ag.grad(lambda x: x * x)(x).data == 4.0
    assert x.grad is None


@pytest.mark.parametrize(
    "transform", [ag.grad, ag.value_and_grad, ag.jacrev, ag.jacfwd, ag.hessian]
)
def test_integer_argument_raises(transform):
    with pytest.raises(DtypeError, match="need floating-point data"):
        transform(lambda x: x * 2.0)(3)
    with pytest.raises(DtypeError, match="need floating-point data"):
        transform(lambda x: x.sum() * 2.0)(np.arange(3))


def test_integer_in_a_structure_raises():
    with pytest.raises(DtypeError):
        ag.grad(lambda p: p["a"] * 2)({"a": 1.0, "n": 3})


@pytest.mark.parametrize("shape", [(3,), (1,), (1, 1)])
def test_grad_of_a_function_that_is_not_scalar_raises(shape):
    for transform in (ag.grad, ag.value_and_grad, ag.hessian):
        with pytest.raises(GradientError, match="need a scalar"):
            transform(lambda x: x * 2)(np.ones(shape))


@pytest.mark.parametrize("out", [None, "text", lambda x: (x, x), lambda x: {"a": x}])
@pytest.mark.parametrize("transform", [ag.grad, ag.jacrev, ag.jacfwd])
def test_function_that_does_not_return_one_array_raises(transform, out):
    f = out if callable(out) else lambda x: out
    with pytest.raises((TypeError, ValueError)):
        transform(f)(X)


# --- vjp and jvp -------------------------------------------------------------------------


def test_vjp_and_jvp_are_transposed_maps(rng):
    def f(x, y):
        return ag.tanh(x @ y), ag.exp(x).sum(0)

    x, y = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))
    dots = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))
    g = rng.normal(size=(2, 2)), rng.normal(size=3)
    out, pullback = ag.vjp(f, x, y)
    out2, out_dot = ag.jvp(f, (x, y), dots)
    pulled = pullback(g)
    forward = sum((a * b).sum() for a, b in zip(g, out_dot, strict=True))
    backward = sum((a * b).sum() for a, b in zip(pulled, dots, strict=True))
    assert forward == pytest.approx(backward, rel=1e-12)
    np.testing.assert_array_equal(out[0], out2[0])


def test_vjp_pullback_can_be_called_again():
    _, pullback = ag.vjp(lambda x: x * x, X)
    for scale in (1.0, 2.0):
        np.testing.assert_array_equal(pullback(scale * np.ones(3))[0], 2 * scale * X)


def test_vjp_of_nested_structures():
    out, pullback = ag.vjp(lambda p, y: {"s": p[0] * y, "t": [p[1] + y]}, (2.0, 3.0), 5.0)
    assert out == {"s": 10.0, "t": [8.0]}
    assert pullback({"s": 1.0, "t": [10.0]}) == ((5.0, 10.0), 12.0)
    with pytest.raises(ArgumentError, match="1 leaves; need 2"):
        pullback(1.0)


def test_jvp_of_nested_structures_and_constant_outputs():
    out, dot = ag.jvp(
        lambda p: {"s": p["a"] * p["b"], "c": 3.0}, ({"a": 2.0, "b": 5.0},), ({"a": 1.0, "b": 0.0},)
    )
    assert out == {"s": 10.0, "c": 3.0}
    assert dot == {"s": 5.0, "c": 0.0}


# --- Jacobians and Hessians --------------------------------------------------------------


@pytest.mark.parametrize("transform", [ag.jacrev, ag.jacfwd])
@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda x: x * x, X, np.diag(2 * X)),
        (lambda x: x * np.ones(3), 2.0, np.ones(3)),
        (lambda x: (x * x).sum(), X, 2 * X),
        (lambda x: x**2, 3.0, 6.0),
        (lambda x: np.ones(2), X, np.zeros((2, 3))),
        (lambda x: x.T, np.ones((1, 2)), np.eye(2).reshape(2, 1, 1, 2)),
        (lambda x: x * 2, np.ones(0), np.ones((0, 0))),
        (lambda x: x.sum() * np.ones(2), np.ones(0), np.ones((2, 0))),
    ],
)
def test_jacobian_has_the_shape_of_the_output_then_of_the_input(transform, f, x, expected):
    jacobian = transform(f)(x)
    assert np.shape(jacobian) == np.shape(expected)
    np.testing.assert_allclose(jacobian, expected)


def test_jacobian_by_argnums():
    for transform in (ag.jacrev, ag.jacfwd):
        np.testing.assert_array_equal(transform(lambda a, x: a * x, 1)(2.0, X), 2 * np.eye(3))


def test_hessian_of_a_quadratic_form(rng):
    a = rng.normal(size=(3, 3))
    np.testing.assert_allclose(ag.hessian(lambda x: x @ (a @ x))(X), a + a.T, rtol=1e-14)
    np.testing.assert_array_equal(ag.hessian(lambda x: x.sum())(X), np.zeros((3, 3)))


def test_hvp_is_the_hessian_times_the_vector(rng):
    def f(x):
        return (ag.sin(x) * ag.exp(x[0])).sum()

    v = rng.normal(size=3)
    np.testing.assert_allclose(ag.hvp(f, (X,), (v,)), ag.hessian(f)(X) @ v, rtol=1e-12)


def test_hvp_of_several_arguments_and_structures():
    assert ag.hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 0.0)) == (6.0, 4.0)
    tree, direction = {"a": 2.0, "b": 3.0}, {"a": 1.0, "b": 0.0}
    assert ag.hvp(lambda p: p["a"] ** 2 * p["b"], (tree,), (direction,)) == {"a": 6.0, "b": 4.0}


def test_function_that_returns_its_argument_has_the_identity_as_derivative():
    assert ag.grad(lambda x: x)(2.0) == 1.0
    assert ag.grad(lambda x: max(x, 2.0))(3.0) == 1.0
    assert ag.value_and_grad(lambda p: p["a"])({"a": 3.0, "b": 4.0}) == (3.0, {"a": 1.0, "b": 0.0})
    assert ag.jvp(lambda x: (x, x**2), (2.0,), (1.0,)) == ((2.0, 4.0), (1.0, 4.0))
    assert ag.vjp(lambda x: {"a": x, "b": 2 * x}, 3.0)[1]({"a": 1.0, "b": 1.0}) == (3.0,)
    np.testing.assert_array_equal(ag.jacrev(lambda x: x)(np.ones(2)), np.eye(2))
    np.testing.assert_array_equal(ag.jacfwd(lambda x: +x)(np.ones(2)), np.eye(2))
