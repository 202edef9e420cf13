"""The first neurons: what they compute, what they can learn, and that they have no gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ArgumentError, GradientError, ShapeError

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "nor": [1, 0, 0, 0]}
XOR = np.array([0, 1, 1, 0])


def test_mcculloch_pitts_computes_gates() -> None:
    np.testing.assert_array_equal(nn.McCullochPitts(2)(CORNERS), GATES["and"])
    np.testing.assert_array_equal(nn.McCullochPitts(1)(CORNERS), GATES["or"])
    np.testing.assert_array_equal(nn.McCullochPitts(0, inhibitory=[0, 1])(CORNERS), GATES["nor"])
    np.testing.assert_array_equal(nn.McCullochPitts(0, inhibitory=[0])([[0], [1]]), [1, 0])


def test_one_inhibitory_input_outweighs_any_number_of_excitatory_ones() -> None:
    neuron = nn.McCullochPitts(1, inhibitory=[4])
    assert neuron([1, 1, 1, 1, 0]) == 1
    assert neuron([1, 1, 1, 1, 1]) == 0


def test_two_layers_of_mcculloch_pitts_compute_xor() -> None:
    only_first = nn.McCullochPitts(1, inhibitory=[1])(CORNERS)
    only_second = nn.McCullochPitts(1, inhibitory=[0])(CORNERS)
    hidden = np.stack([only_first, only_second], axis=-1)
    np.testing.assert_array_equal(nn.McCullochPitts(1)(hidden), XOR)


@pytest.mark.parametrize("name", GATES)
@pytest.mark.parametrize("rate", [0.1, 1.0, 7.0])
def test_perceptron_learns_what_a_line_separates(name: str, rate: float) -> None:
    neuron = nn.Perceptron(2, learning_rate=rate)
    record = neuron.fit(CORNERS, GATES[name])
    assert record.converged and record.mistakes[-1] == 0
    np.testing.assert_array_equal(neuron(CORNERS), GATES[name])
    assert "converged: no mistake in epoch" in str(record)


def test_perceptron_does_not_pretend_to_learn_xor() -> None:
    neuron = nn.Perceptron(2)
    record = neuron.fit(CORNERS, XOR, epochs=50)
    assert not record.converged
    assert len(record.mistakes) == 50 and min(record.mistakes) > 0
    assert "not converged" in str(record) and "XOR" in str(record)
    assert (neuron(CORNERS) != XOR).any()


def test_a_mistake_moves_the_weights_by_the_error_times_the_input() -> None:
    neuron = nn.Perceptron(2, learning_rate=0.5)
    neuron.fit([[2.0, -3.0]], [1], epochs=1)  # decided 0, should be 1
    np.testing.assert_array_equal(neuron.weight, [1.0, -1.5])
    assert neuron.bias == 0.5
    neuron.fit([[2.0, -3.0]], [0], epochs=1)
    np.testing.assert_array_equal(neuron.weight, [0.0, 0.0])
    assert neuron.bias == 0.0


def test_without_bias_the_line_goes_through_the_origin() -> None:
    neuron = nn.Perceptron(2, bias=False)
    assert not neuron.fit(CORNERS, GATES["nand"]).converged  # (0, 0) can never fire
    assert neuron.bias == 0.0
    assert nn.Perceptron(2, bias=False).fit(CORNERS, GATES["or"]).converged


def test_number_of_mistakes_keeps_to_novikoffs_bound() -> None:
    rng = np.random.default_rng(0)
    truth, x = np.array([0.6, -0.8]), rng.uniform(-1, 1, (200, 2))
    x = x[np.abs(x @ truth) > 0.1]
    y = (x @ truth > 0).astype(int)
    record = nn.Perceptron(2, bias=False).fit(x, y, epochs=1000)
    radius, margin = np.linalg.norm(x, axis=1).max(), np.abs(x @ truth).min()
    assert record.converged
    assert sum(record.mistakes) <= (radius / margin) ** 2


@pytest.mark.parametrize("neuron", [nn.McCullochPitts(1), nn.Perceptron(2)], ids=repr)
def test_input_that_requires_a_gradient_raises(neuron: Any) -> None:
    with pytest.raises(GradientError, match="requires a gradient, but this neuron is a step"):
        neuron(ag.Value(np.ones((3, 2))))
    out = neuron(ag.Value(np.ones((3, 2)), requires_grad=False))
    assert type(out) is np.ndarray and out.shape == (3,)


def test_fit_refuses_values_that_require_a_gradient() -> None:
    with pytest.raises(GradientError):
        nn.Perceptron(2).fit(ag.Value(np.ones((3, 2))), [0, 1, 0])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.McCullochPitts(1)([0.5, 1]), ArgumentError, "element 0.5; need 0 or 1"),
        (lambda: nn.McCullochPitts(1, [2])([0, 1]), ArgumentError, "input 2 is to inhibit"),
        (lambda: nn.McCullochPitts(1)(1), ShapeError, "a scalar"),
        (lambda: nn.Perceptron(3)(CORNERS), ShapeError, "the last axis to be 3"),
        (lambda: nn.Perceptron(2).fit(CORNERS, [0, 1]), ShapeError, r"need \(N, 2\) and \(N,\)"),
        (lambda: nn.Perceptron(2).fit(CORNERS, [-1, 1, 1, 1]), ArgumentError, "need 0 and 1"),
        (lambda: nn.Perceptron(2).fit(CORNERS, XOR, epochs=0), ArgumentError, "epochs is 0"),
        (lambda: nn.Perceptron(2, learning_rate=0), ArgumentError, "learning_rate is 0"),
    ],
)
def test_what_does_not_fit_raises(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
