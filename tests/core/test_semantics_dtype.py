"""Row "dtype" of the table of semantics."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value

FLOATS = [np.float16, np.float32, np.float64]


@pytest.mark.parametrize("dtype", FLOATS)
def test_dtype_of_a_gradient_is_that_of_its_primal(dtype):
    x, w = Value(np.ones((4, 3), dtype)), Value(np.ones((3, 2), dtype))
    y = ag.tanh(x @ w + 1.0)
    loss = (y * y).mean() * 0.5
    loss.backward()
    assert loss.dtype == y.dtype == dtype
    for value in (x, w):
        assert value.grad.dtype == dtype
        assert value.grad.shape == value.shape


@pytest.mark.parametrize("dtype", FLOATS)
def test_dtype_of_a_scalar_array_element_survives(dtype):
    x = Value(dtype(2))
    y = (x * x + 1) / 2
    y.backward()
    assert y.dtype == dtype
    assert np.asarray(x.grad).dtype == dtype
    assert float(x.grad) == 2.0


def test_dtype_float32_is_not_raised_by_python_floats_or_float_values():
    x = Value(np.ones(3, np.float32))
    assert (x * 2.5 + 1).dtype == np.float32
    assert (x * Value(2.5)).dtype == np.float32
    assert (2.5 - x / 3).dtype == np.float32


def test_dtype_of_mixed_operands_each_gradient_has_its_own():
    x, w, s = Value(np.ones(2, np.float32)), Value(np.ones(2)), Value(2.0)
    (x * w * s).sum().backward()
    assert x.grad.dtype == np.float32
    assert w.grad.dtype == np.float64
    assert type(s.grad) is float


def test_dtype_of_a_gradient_that_broadcasting_summed():
    b = Value(np.zeros(3, np.float32))
    (Value(np.ones((5, 3), np.float32)) + b).sum().backward()
    assert b.grad.dtype == np.float32
    np.testing.assert_array_equal(b.grad, [5, 5, 5])


def test_dtype_of_a_cotangent_is_brought_to_the_roots():
    x = Value(np.ones(2, np.float32))
    (x * 2).backward(np.array([1.0, 3.0]))
    assert x.grad.dtype == np.float32
    y = Value(np.ones(2))
    (y * 2).backward([1, 3])
    np.testing.assert_array_equal(y.grad, [2.0, 6.0])


@pytest.mark.parametrize("transform", [ag.grad, ag.jacrev, ag.jacfwd, ag.hessian])
def test_dtype_float32_stays_float32_through_transformations(transform):
    x = np.array([0.5, 1.5], np.float32)
    assert transform(lambda x: (x * ag.sin(x)).sum())(x).dtype == np.float32


def test_dtype_float32_tangent_of_a_float32_scalar():
    out, out_dot = ag.jvp(lambda x: x * x, (np.float32(3),), (np.float32(1),))
    assert (out, out_dot) == (9.0, 6.0)
    assert out_dot.dtype == np.float32
