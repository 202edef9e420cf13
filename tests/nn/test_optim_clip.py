"""Gradients that are too long are made shorter, together or each element alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd_core import Value
from autograd_core.errors import AnomalyError, ArgumentError
from nn.optim import clip_grad_norm_, clip_grad_value_


def with_gradients(*gradients):
    params = [Value(np.zeros_like(g) if np.ndim(g) else 0.0) for g in gradients]
    for p, g in zip(params, gradients, strict=True):
        p.grad = g
    return params


def test_a_long_gradient_keeps_its_direction():
    grad = np.array([3.0, 0.0])
    p, q, r = with_gradients(grad, 4.0, 0.0)
    r.grad = None
    assert clip_grad_norm_(iter([p, q, r]), 2.5) == 5.0
    np.testing.assert_allclose(p.grad, [1.5, 0.0], rtol=1e-6)
    assert q.grad == pytest.approx(2.0, rel=1e-6)
    assert p.grad is grad  # in place
    assert isinstance(q.grad, float)
    assert r.grad is None


def test_a_short_gradient_stays_to_the_last_bit():
    p, q = with_gradients(np.array([0.3, 0.0]), 0.4)
    assert clip_grad_norm_([p, q], 1.0) == pytest.approx(0.5)
    np.testing.assert_array_equal(p.grad, [0.3, 0.0])


@pytest.mark.parametrize(
    ("norm_type", "norm"), [(1.0, 7.0), (2.0, 5.0), (3.0, 91 ** (1 / 3)), (math.inf, 4.0)]
)
def test_every_norm_is_that_of_all_gradients_as_one_vector(norm_type, norm):
    params = with_gradients(np.array([[3.0, 0.0]]), -4.0)
    assert clip_grad_norm_(params, 1.0, norm_type) == pytest.approx(norm, rel=1e-14)
    assert clip_grad_norm_(params, 1.0, norm_type) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("scale", [1e30, 1e-30])
def test_the_norm_is_right_where_its_squares_leave_float32(scale):
    params = with_gradients(np.array([3, 4], np.float32) * np.float32(scale))
    assert clip_grad_norm_(params, 1.0) == pytest.approx(5 * scale, rel=1e-6)


def test_float32_and_read_only_gradients():
    grad = np.array([3, 4], np.float32)
    grad.setflags(write=False)
    (p,) = with_gradients(grad)
    clip_grad_norm_(p, 1.0)
    assert p.grad.dtype == np.float32
    np.testing.assert_allclose(p.grad, [0.6, 0.8], rtol=1e-5)
    np.testing.assert_array_equal(grad, [3, 4])


def test_nothing_to_clip():
    assert clip_grad_norm_([], 1.0) == 0.0
    assert clip_grad_norm_([Value(1.0)], 1.0) == 0.0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_norm_that_is_not_finite(bad):
    params = with_gradients(np.array([bad, 1.0]))
    with pytest.raises(AnomalyError, match="detect_anomaly"):
        clip_grad_norm_(params, 1.0, error_if_nonfinite=True)
    assert params[0].grad[1] == 1.0
    with np.errstate(invalid="ignore"):
        norm = clip_grad_norm_(params, 1.0)
    assert not math.isfinite(norm)
    np.testing.assert_array_equal(params[0].grad[1], math.nan if math.isnan(bad) else 0.0)


def test_elements_are_clipped_to_a_value():
    p, q = with_gradients(np.array([-5.0, 0.5, 5.0]), -3.0)
    clip_grad_value_([p, q, Value(1.0)], 1.0)
    np.testing.assert_array_equal(p.grad, [-1.0, 0.5, 1.0])
    assert q.grad == -1.0


def test_impossible_bounds_are_refused():
    with pytest.raises(ArgumentError, match="max_norm is -1.0"):
        clip_grad_norm_([], -1.0)
    with pytest.raises(ArgumentError, match="norm_type is 0"):
        clip_grad_norm_([], 1.0, 0)
    with pytest.raises(ArgumentError, match="clip_value is -1.0"):
        clip_grad_value_([], -1.0)
