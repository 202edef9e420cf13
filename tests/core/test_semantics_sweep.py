"""Rows "accumulation" and "root" of the table of semantics."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import GradientError, ShapeError

# --- accumulation ------------------------------------------------------------------------


def test_accumulation_of_leaves_over_backward_calls():
    x = Value(np.array([1.0, 2.0]))
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    np.testing.assert_array_equal(x.grad, [5.0, 5.0])
    np.testing.assert_array_equal(first, [2.0, 2.0])  # not changed under its holder


def test_accumulation_of_a_scalar_leaf_over_a_retained_graph():
    x = Value(3.0)
    y = x * x
    for times in (1, 2, 3):
        y.backward(retain_graph=True)
        assert x.grad == 6.0 * times


def test_accumulation_does_not_use_stale_gradients_of_intermediates():
    x = Value(2.0)
    h = x * x
    h.retain_grad()
    y = h * 3
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    assert x.grad == 2 * 12.0  # with h's total of the first call reused it would be 36
    assert h.grad == 2 * 3.0


def test_intermediates_have_no_gradient_unless_asked_for():
    x = Value(2.0)
    h, k = x * x, x + 1
    k.retain_grad()
    (h * k).backward()
    assert h.grad is None
    assert k.grad == 4.0


def test_retain_grad_of_an_array_is_its_own_copy():
    x = Value(np.ones(2))
    h, k = x * 2, x * 3
    h.retain_grad()
    k.retain_grad()
    (h + k).sum().backward()
    h.grad[0] = 99.0
    np.testing.assert_array_equal(k.grad, [1.0, 1.0])
    np.testing.assert_array_equal(x.grad, [5.0, 5.0])


def test_retain_grad_of_a_leaf_changes_nothing_and_of_a_constant_raises():
    x = Value(2.0)
    x.retain_grad()
    (x * x).backward()
    assert x.grad == 4.0
    with pytest.raises(GradientError, match="requires no gradient"):
        Value(2).retain_grad()


def test_gradients_of_two_leaves_share_no_memory_and_are_writable():
    x, y, seed = Value(np.ones(2)), Value(np.ones(2)), np.ones(2)
    (x + y).backward(seed)
    x.grad[0] = 7.0
    seed[0] = 8.0
    np.testing.assert_array_equal(y.grad, [1.0, 1.0])
    np.testing.assert_array_equal(x.grad, [7.0, 1.0])


def test_gradient_of_a_reduction_is_writable():
    x = Value(np.ones((2, 3)))
    x.sum().backward()
    x.grad *= 0.5
    np.testing.assert_array_equal(x.grad, np.full((2, 3), 0.5))


def test_the_same_value_used_many_times_gets_all_contributions():
    x = Value(2.0)
    y = x * x * x + x + x
    y.backward()
    assert x.grad == 14.0
    a = Value(np.array([1.0, 2.0]))
    ag.concatenate([a, a, a]).sum().backward()
    np.testing.assert_array_equal(a.grad, [3.0, 3.0])


def test_accumulation_mixes_with_create_graph():
    x = Value(3.0)
    (x * x).backward()
    (x * x).backward(create_graph=True)
    assert x.grad.item() == 12.0


# --- root --------------------------------------------------------------------------------


def test_root_that_is_not_scalar_raises_and_gives_its_shape():
    y = Value(np.ones((2, 3))) * 2
    with pytest.raises(GradientError, match=r"the root has shape \(2, 3\).*\.sum\(\).*grad="):
        y.backward()


def test_root_that_is_not_scalar_takes_a_cotangent():
    x = Value(np.array([1.0, 2.0]))
    (x * x).backward(np.array([1.0, 10.0]))
    np.testing.assert_array_equal(x.grad, [2.0, 40.0])


@pytest.mark.parametrize("cotangent", [1.0, np.ones(3), np.ones((2, 1)), [[1.0, 1.0]]])
def test_root_with_a_cotangent_of_another_shape_raises_and_gives_both(cotangent):
    y = Value(np.ones(2)) * 2
    with pytest.raises(ShapeError, match=r"cotangent has shape .*; need the root's shape \(2,\)"):
        y.backward(cotangent)


def test_root_of_one_element_needs_no_cotangent():
    x = Value(np.array([[3.0]]))
    (x * x).backward()
    np.testing.assert_array_equal(x.grad, [[6.0]])


def test_root_that_is_a_leaf_gets_the_cotangent():
    x = Value(3.0)
    x.backward()
    x.backward(5.0)
    assert x.grad == 6.0


def test_root_with_a_value_as_cotangent_gives_plain_gradients():
    x, y = Value(2.0), Value(np.ones(2))
    (x * x).backward(Value(3.0))
    (y * y).backward(Value(np.array([1.0, 2.0])))
    assert type(x.grad) is float
    assert type(y.grad) is np.ndarray
    np.testing.assert_array_equal(y.grad, [2.0, 4.0])


def test_root_with_a_value_as_cotangent_takes_its_number_not_its_array_or_dtype():
    x, y = Value(2.0), Value(np.ones(2, np.float32))
    x.backward(Value(3))
    assert type(x.grad) is float
    cotangent = Value(np.array([1.0, 2.0]))
    y.backward(cotangent)
    assert y.grad.dtype == np.float32
    z = Value(np.ones(2))
    z.backward(cotangent)
    cotangent.data[0] = 99.0
    np.testing.assert_array_equal(z.grad, [1.0, 2.0])


@pytest.mark.parametrize("root", [Value(3), Value(3.0, requires_grad=False), Value(2) * 3])
def test_root_that_is_constant_raises(root):
    with pytest.raises(GradientError, match="depends on no leaf that requires a gradient"):
        root.backward()


def test_root_computed_under_no_grad_raises():
    with ag.no_grad():
        y = Value(3.0) * 2
    with pytest.raises(GradientError, match="outside no_grad"):
        y.backward()


def test_root_may_be_inside_a_larger_graph():
    x = Value(2.0)
    h = x * x
    y = h * 100
    h.backward()
    assert x.grad == 4.0
    assert y.data == 400.0


def test_failed_backward_leaves_every_gradient_as_it_was():
    no_rule = ag.primitive("no_rule", np.sin, vjps=(None,))
    x, z = Value(1.0), Value(1.0)
    y = z * 2 + no_rule(x)
    with pytest.raises(GradientError):
        y.backward()
    assert x.grad is None
    assert z.grad is None
