"""The transformations against JAX in float64, where it is installed."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import autograd_core as ag

jax = pytest.importorskip("jax")

X = np.array([0.5, 1.5, -2.0])
W = np.array([[0.2, -0.4, 0.1], [0.3, 0.5, -0.7]])

OURS = SimpleNamespace(**{name: getattr(ag, name) for name in ag.__all__})


@pytest.fixture(scope="module")
def theirs():
    jnp = jax.numpy
    return SimpleNamespace(
        exp=jnp.exp, sin=jnp.sin, tanh=jnp.tanh, log=jnp.log, sum=jnp.sum, prod=jnp.prod,
        where=jnp.where, concatenate=jnp.concatenate, logsumexp=jax.nn.logsumexp,
        inv=jnp.linalg.inv, softmax=jax.nn.softmax, sigmoid=jax.nn.sigmoid,
        einsum=jnp.einsum, max=jnp.max,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def double_precision():
    before = jax.config.read("jax_enable_x64")
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


SCALAR_FUNCTIONS = {
    "network": lambda n, x: n.sum(n.tanh(W @ x) ** 2),
    "softmax": lambda n, x: n.sum(n.softmax(x) * x),
    "cross entropy": lambda n, x: n.logsumexp(W @ x) - (W @ x)[1],
    "products": lambda n, x: n.prod(x) * n.exp(x[0]) / (1 + x[2] ** 2),
    "chosen": lambda n, x: n.sum(n.where(x > 0, n.sin(x), x * x)),
    "joined": lambda n, x: n.sum(n.concatenate([x, x[::-1] * 2]) ** 3),
    "inverse": lambda n, x: n.sum(n.inv(n.einsum("i,j->ij", x, x) + 3 * np.eye(3))),
    "largest": lambda n, x: n.max(x * x) * n.sigmoid(x[0]),
}
ARRAY_FUNCTIONS = {
    "network": lambda n, x: n.tanh(W @ x),
    "softmax": lambda n, x: n.softmax(x),
    "outer": lambda n, x: n.einsum("i,j->ij", n.sin(x), x),
    "picked": lambda n, x: x[np.array([0, 0, 2])] * n.exp(x[1]),
}
scalar = pytest.mark.parametrize("name", SCALAR_FUNCTIONS)
array = pytest.mark.parametrize("name", ARRAY_FUNCTIONS)


def assert_same(ours, theirs):
    np.testing.assert_allclose(ours, np.asarray(theirs), rtol=1e-10, atol=1e-12)


@scalar
def test_value_gradient_hessian_and_hvp_agree_with_jax(name, theirs, rng):
    f, v = SCALAR_FUNCTIONS[name], rng.normal(size=3)

    @jax.jit  # one compilation is much faster than one per operation
    def expected(x):
        def loss(x):
            return f(theirs, x)

        product = jax.jvp(jax.grad(loss), (x,), (v,))[1]
        return *jax.value_and_grad(loss)(x), jax.hessian(loss)(x), product

    def loss(x):
        return f(OURS, x)

    ours = *ag.value_and_grad(loss)(X), ag.hessian(loss)(X), ag.hvp(loss, (X,), (v,))
    for mine, his in zip(ours, expected(X), strict=True):
        assert_same(mine, his)


@array
def test_jacobians_vjp_and_jvp_agree_with_jax(name, theirs, rng):
    f, v = ARRAY_FUNCTIONS[name], rng.normal(size=3)
    out, pullback = ag.vjp(lambda x: f(OURS, x), X)
    cotangent = rng.normal(size=np.shape(out))

    @jax.jit
    def expected(x):
        def function(x):
            return f(theirs, x)

        their_out, their_pullback = jax.vjp(function, x)
        pushed = jax.jvp(function, (x,), (v,))[1]
        return their_out, their_pullback(cotangent)[0], pushed, jax.jacrev(function)(x)

    their_out, pulled, pushed, jacobian = expected(X)
    assert_same(out, their_out)
    assert_same(pullback(cotangent)[0], pulled)
    assert_same(ag.jvp(lambda x: f(OURS, x), (X,), (v,))[1], pushed)
    assert_same(ag.jacrev(lambda x: f(OURS, x))(X), jacobian)
    assert_same(ag.jacfwd(lambda x: f(OURS, x))(X), jacobian)


@pytest.mark.parametrize("name", ["network", "products", "softmax"])
def test_third_derivative_agrees_with_jax(name, theirs):
    f = SCALAR_FUNCTIONS[name]
    ours = ag.jacfwd(ag.jacrev(ag.grad(lambda x: f(OURS, x))))(X)
    expected = jax.jit(jax.jacfwd(jax.jacrev(jax.grad(lambda x: f(theirs, x)))))(X)
    np.testing.assert_allclose(ours, np.asarray(expected), rtol=1e-8, atol=1e-9)


def test_nested_structures_agree_with_jax(theirs):
    def loss(n, parameters, x):
        h = n.tanh(parameters["w"] @ x + parameters["b"][0])
        return n.sum(h * h) * parameters["b"][1]

    parameters = {"w": W, "b": (np.array([0.1, 0.2]), 2.0)}
    ours = ag.grad(lambda p, x: loss(OURS, p, x), (0, 1))(parameters, X)
    expected = jax.jit(jax.grad(lambda p, x: loss(theirs, p, x), (0, 1)))(parameters, X)
    assert_same(ours[0]["w"], expected[0]["w"])
    assert_same(ours[0]["b"][0], expected[0]["b"][0])
    assert_same(ours[0]["b"][1], expected[0]["b"][1])
    assert_same(ours[1], expected[1])
