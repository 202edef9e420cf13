"""Dropout: expectation, modes, whole channels, randomness, and the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core.errors import ArgumentError, ShapeError
from nn.layers.dropout import Dropout, Dropout1d, Dropout2d


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_elements_are_zero_with_probability_p_and_scaled_otherwise(p: float) -> None:
    n = 100_000
    out = Dropout(p, rng=0)(np.ones(n))
    assert set(np.unique(out)) == {0.0, 1 / (1 - p)}
    deviation = np.sqrt(n * p * (1 - p))
    assert abs(np.count_nonzero(out == 0) - n * p) < 4 * deviation


def test_gradient_is_that_of_what_was_kept() -> None:
    x = ag.Value(np.full((4, 5), 3.0))
    out = Dropout(0.3, rng=0)(x)
    out.sum().backward()
    np.testing.assert_allclose(x.grad * 3.0, out.data)
    assert 0 < np.count_nonzero(x.grad) < 20


@pytest.mark.parametrize("given", [np.ones(3), ag.Value(np.ones(3))])
@pytest.mark.parametrize("layer", [Dropout(0.7).eval(), Dropout(0.0)])
def test_in_eval_or_with_p_zero_the_input_is_returned_as_it_is(layer: Any, given: Any) -> None:
    assert layer(given) is given


def test_with_p_one_nothing_is_left_and_the_gradient_is_zero() -> None:
    x = ag.Value(np.ones(5))
    out = Dropout(1.0)(x)
    out.sum().backward()
    np.testing.assert_array_equal(out.data, np.zeros(5))
    np.testing.assert_array_equal(x.grad, np.zeros(5))


@pytest.mark.parametrize(
    ("layer", "shape", "spatial"),
    [(Dropout1d, (50, 4, 6), 1), (Dropout1d, (200, 6), 1), (Dropout2d, (50, 4, 3, 2), 2)],
)
def test_whole_channels_are_dropped(layer: Any, shape: Any, spatial: int) -> None:
    out = layer(0.5, rng=0)(np.ones(shape))
    flat = out.reshape(*shape[: len(shape) - spatial], -1)
    np.testing.assert_array_equal(flat, np.broadcast_to(flat[..., :1], flat.shape))
    assert 60 < np.count_nonzero(flat[..., 0] == 0) < 140


def test_seed_of_the_shared_generator_repeats_what_is_dropped() -> None:
    layer = Dropout()
    nn.manual_seed(0)
    first, second = layer(np.ones(50)), layer(np.ones(50))
    nn.manual_seed(0)
    np.testing.assert_array_equal(layer(np.ones(50)), first)
    assert not np.array_equal(first, second)


def test_layer_with_its_own_generator_leaves_the_shared_one_alone() -> None:
    nn.manual_seed(0)
    before = nn.random.get_state()
    layers = Dropout(rng=3), Dropout(rng=np.random.default_rng(3))
    np.testing.assert_array_equal(*(layer(np.ones(50)) for layer in layers))
    assert nn.random.get_state() == before


def test_float32_stays_float32() -> None:
    x = ag.Value(np.ones(8, np.float32))
    out = Dropout(rng=0)(x)
    out.sum().backward()
    assert out.dtype == x.grad.dtype == np.float32


@pytest.mark.parametrize("p", [-0.1, 1.1, np.nan])
def test_p_that_is_no_probability_is_refused(p: float) -> None:
    for call in (Dropout, lambda p: F.dropout(np.ones(3), p)):
        with pytest.raises(ArgumentError, match="need a probability from 0 to 1"):
            call(p)
    with pytest.raises(ArgumentError, match="need a probability"):
        ag.dropout(np.ones(3), np.ones(3, bool), p)


def test_inputs_without_channels_are_refused() -> None:
    with pytest.raises(
        ShapeError, match=r"dropout2d: the input is \(2, 3, 4\); need \(N, C, H, W\)"
    ):
        Dropout2d()(np.ones((2, 3, 4)))
    with pytest.raises(ShapeError, match=r"need \(N, C, L\) or \(C, L\)"):
        Dropout1d()(np.ones(3))


def test_second_derivative_passes_through_the_mask() -> None:
    keep = np.array([True, False, True])
    hessian = ag.hessian(lambda x: ag.sum(ag.dropout(x, keep, 0.5) ** 2))(np.ones(3))
    np.testing.assert_array_equal(hessian, np.diag([8.0, 0.0, 8.0]))


def test_representation() -> None:
    assert repr(Dropout(0.2)) == "Dropout(p=0.2)"
