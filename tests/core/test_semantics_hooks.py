"""Hooks, `retain_grad` and `create_graph`: what a backward pass does on request."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import GradientError, ShapeError


def test_hook_sees_the_cotangent_of_its_node():
    seen = []
    x = Value(2.0)
    y = x * x
    y.register_hook(seen.append)
    (y * 3).backward()
    assert seen == [3.0]


def test_hook_sees_the_total_once_not_each_contribution():
    seen = []
    x = Value(2.0)
    h = x * 1.0
    h.register_hook(seen.append)
    (h * 3 + h * 4).backward()
    assert seen == [7.0]


def test_hook_may_replace_the_cotangent():
    x = Value(2.0)
    y = x * x
    y.register_hook(lambda g: 10 * g)
    (y * 3).backward()
    assert x.grad == 120.0


def test_hook_of_a_leaf_changes_what_is_accumulated():
    x = Value(np.array([1.0, -5.0]))
    x.register_hook(lambda g: np.clip(g, -1, 1))
    (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad, [1.0, -1.0])


def test_hooks_run_in_the_order_of_registration_each_on_the_result_of_the_one_before():
    log = []
    x = Value(1.0)
    x.register_hook(lambda g: log.append(g) or g + 1)
    x.register_hook(lambda g: log.append(g))
    x.register_hook(lambda g: log.append(g) or g * 10)
    (x * 1).backward()
    assert log == [1.0, 2.0, 2.0]
    assert x.grad == 20.0


def test_hooks_run_in_topological_order_of_their_nodes():
    order = []
    x = Value(1.0)
    a = x * 2
    b = a * 3
    for name, node in (("x", x), ("a", a), ("b", b)):
        node.register_hook(lambda g, name=name: order.append(name))
    (b + a).backward()
    assert order == ["b", "a", "x"]


def test_hook_can_be_removed_and_removing_twice_is_harmless():
    seen = []
    x = Value(1.0)
    remove = x.register_hook(lambda g: seen.append("first"))
    x.register_hook(lambda g: seen.append("second"))
    remove()
    remove()
    (x * 2).backward()
    assert seen == ["second"]


def test_hook_may_remove_itself():
    x = Value(1.0)
    calls = []

    def once(g):
        calls.append(g)
        remove()

    remove = x.register_hook(once)
    for _ in range(2):
        (x * 2).backward()
    assert calls == [2.0]


def test_hook_of_wrong_shape_raises_and_gives_both():
    x = Value(np.ones(2))
    x.register_hook(lambda g: np.ones(3))
    with pytest.raises(ShapeError, match=r"register_hook: .*returned shape \(3,\); need \(2,\)"):
        (x * 2).sum().backward()


@pytest.mark.parametrize("replacement", [1, True, np.float32(1), np.array(1.0), np.int64(1)])
def test_replacement_of_a_scalar_cotangent_becomes_a_float(replacement):
    x = Value(2.0)
    x.register_hook(lambda g: replacement)
    (x * 3).backward()
    assert type(x.grad) is float
    assert x.grad == 1.0


@pytest.mark.parametrize("replacement", [[1, 2], np.array([1.0, 2.0]), np.array([1, 2])])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_replacement_of_an_array_cotangent_has_the_dtype_of_the_primal(replacement, dtype):
    x = Value(np.ones(2, dtype))
    h = x * 1
    for value in (x, h):
        value.register_hook(lambda g: replacement)
    h.sum().backward()
    assert type(x.grad) is np.ndarray
    assert x.grad.dtype == dtype
    np.testing.assert_array_equal(x.grad, [1, 2])


def test_hook_that_writes_into_its_cotangent_does_no_harm_elsewhere():
    x, seed = Value(np.ones(2)), np.ones(2)
    a, b = x * 1.0, x * 1.0
    y = a + b  # passes one cotangent to both

    def overwrite(g):
        g[:] = 0.0

    a.register_hook(overwrite)
    try:
        y.backward(seed)
    except ValueError:  # read-only: as good
        return
    np.testing.assert_array_equal(seed, [1.0, 1.0])
    assert x.grad[0] in (1.0, 2.0)  # b's contribution is there, whatever became of a's


def test_hook_result_is_not_shared_with_the_gradient():
    kept = np.array([5.0, 6.0])
    x = Value(np.ones(2))
    x.register_hook(lambda g: kept)
    (x * 2).sum().backward()
    kept[0] = 99.0
    np.testing.assert_array_equal(x.grad, [5.0, 6.0])


def test_hook_that_raises_leaves_gradients_as_they_were():
    x, z = Value(1.0), Value(1.0)
    h = x * 2

    def fail(g):
        raise RuntimeError("from the hook")

    h.register_hook(fail)
    with pytest.raises(RuntimeError, match="from the hook"):
        (h + z).backward()
    assert x.grad is None
    assert z.grad is None


def test_hook_of_a_constant_raises():
    with pytest.raises(GradientError, match="requires no gradient"):
        Value(3).register_hook(print)


def test_hook_runs_in_transformations_too():
    seen = []

    def f(x):
        y = x * x
        y.register_hook(seen.append)
        return y * 3

    assert ag.grad(f)(2.0) == 12.0
    assert seen == [3.0]


def test_hook_under_create_graph_is_differentiated():
    x = Value(2.0)
    y = x * x
    y.register_hook(lambda g: g * x)  # cotangent 1 becomes x, so x.grad = 2x²
    y.backward(create_graph=True)
    g, x.grad = x.grad, None
    assert g.data == 8.0
    g.backward()
    assert x.grad == 8.0  # d(2x²)/dx


def test_retain_grad_sees_what_hooks_before_it_made():
    x = Value(2.0)
    h = x * x
    h.register_hook(lambda g: g * 2)
    h.retain_grad()
    h.retain_grad()
    (h * 3).backward()
    assert h.grad == 6.0


# --- create_graph ------------------------------------------------------------------------


def test_backward_of_a_gradient():
    x = Value(3.0)
    (x**4).backward(create_graph=True)
    first, x.grad = x.grad, None
    assert isinstance(first, Value)
    assert first.data == 108.0
    first.backward(create_graph=True)
    second, x.grad = x.grad, None
    assert second.data == 108.0
    second.backward()
    assert x.grad == 72.0


def test_backward_of_a_function_of_a_gradient():
    x = Value(np.array([1.0, 2.0]))
    (x**3).sum().backward(create_graph=True)
    g, x.grad = x.grad, None
    (g**2).sum().backward()  # Σ 9x⁴
    np.testing.assert_allclose(x.grad, 36 * x.data**3)


def test_create_graph_implies_retain_graph():
    x = Value(3.0)
    y = x * x
    y.backward(create_graph=True)
    x.grad = None
    y.backward()
    assert x.grad == 6.0


def test_backward_with_a_value_as_cotangent_reaches_it():
    x, weight = Value(3.0), Value(2.0)
    (x * x).backward(weight, create_graph=True)
    g, x.grad = x.grad, None
    assert g.data == 12.0
    g.backward()
    assert (x.grad, weight.grad) == (4.0, 6.0)


def test_gradient_of_a_linear_function_is_a_constant():
    x = Value(3.0)
    (x * 2).backward(create_graph=True)
    assert not x.grad.requires_grad
