"""Row "mutation" of the table of semantics: of static arguments, and of results."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import MutationError

INDEX_LIKE = {
    "getitem by integers": (lambda x, a: x[a], np.array([0, 1]), 2),
    "getitem by a tuple of arrays": (lambda x, a: x[a,], np.array([0, 1]), 2),
    "getitem by a mask": (lambda x, a: x[a], np.array([True, False, True]), False),
    "getitem by a list": (lambda x, a: x[a], [0, 1], 2),
    "take": (ag.take, np.array([0, 1]), 2),
    "take_along_axis": (lambda x, a: ag.take_along_axis(x, a, 0), np.array([0, 1]), 2),
    "set": (lambda x, a: x.at[a].set(5.0), np.array([0, 1]), 2),
    "add": (lambda x, a: ag.scatter_add(np.zeros(3), a, x[:2]), np.array([0, 1]), 2),
    "clip": (lambda x, a: ag.clip(x, a, 9.0), np.zeros(3), 9.0),
    "repeat": (lambda x, a: ag.repeat(x, a, 0), np.array([3, 0, 0]), 0),
}


@pytest.mark.parametrize("use", INDEX_LIKE)
def test_mutation_of_a_static_argument_is_noticed_or_without_effect(use):
    """An index array that is shuffled for the next batch must not change this gradient."""
    f, argument, new = INDEX_LIKE[use]
    data, given = np.array([1.0, 2.0, 3.0]), argument.copy()
    right = ag.grad(lambda x: (f(x, given) ** 2).sum())(data)
    x = Value(data)
    y = (f(x, argument) ** 2).sum()
    argument[0] = new
    try:
        y.backward()
    except MutationError:
        return
    np.testing.assert_array_equal(x.grad, right)


@pytest.mark.parametrize("data", [1.0, np.ones(2)])
@pytest.mark.parametrize(
    "f", [ag.exp, ag.tanh, ag.sqrt, lambda x: ag.softmax(ag.expand_dims(x, 0))]
)
def test_mutation_of_the_result_that_a_rule_reads(f, data):
    x = Value(data)
    y = f(x)
    right = ag.vjp(f, data)[1](np.ones(y.shape))[0]
    y.data = y.data * 5.0
    try:
        y.backward(np.ones(y.shape))
    except MutationError:
        return
    np.testing.assert_allclose(x.grad, right)


def test_mutation_of_a_root_by_assignment_under_create_graph():
    x = Value(1.0)
    y = ag.exp(x)
    y.data = 5.0
    try:
        y.backward(create_graph=True)
    except MutationError:
        return
    assert float(x.grad) == pytest.approx(np.e)


@pytest.mark.parametrize("data", [3.0, np.full(2, 3.0)])
@pytest.mark.parametrize("create_graph", [False, True])
def test_mutation_of_a_constant_by_assignment(data, create_graph):
    x, c = Value(data), Value(data, requires_grad=False)
    y = ag.sum(x * c)
    c.data = c.data * 100.0
    try:
        y.backward(create_graph=create_graph)
    except MutationError:
        return
    g = x.grad.data if isinstance(x.grad, Value) else x.grad
    np.testing.assert_array_equal(g, data)


@pytest.mark.parametrize("wrap", [float, Value])
def test_mutation_of_a_weight_before_the_pullback(wrap):
    w = Value(3.0)
    _, pullback = ag.vjp(lambda x: x * w, wrap(2.0))
    w.data = 100.0
    try:
        (g,) = pullback(1.0)
    except MutationError:
        return
    assert float(g) == 3.0


def test_a_kernels_residuals_are_its_own(rng):
    """What a kernel saved is not the array that the user goes on writing to."""
    data = rng.normal(size=(2, 3))
    weights = data.copy()
    x = Value(data.copy())
    y = (ag.softmax(x) * weights).sum()
    weights[:] = 0.0
    with pytest.raises(MutationError):
        y.backward()
