"""Penalties in the course's form: values, gradients, and what they leave alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ArgumentError


@pytest.fixture
def net() -> Any:
    return nn.Sequential(nn.Linear(3, 4), nn.PReLU(4), nn.Linear(4, 2)).to("float64")


def weights(net: Any) -> Any:
    return np.concatenate([net[0].weight.data.ravel(), net[2].weight.data.ravel()])


def test_l2_is_lambda_over_2n_times_the_squares_of_the_weights(net: Any) -> None:
    penalty = nn.l2_penalty(net, 0.3, n=50)
    assert penalty.item() == pytest.approx(0.3 / 100 * (weights(net) ** 2).sum(), rel=1e-14)
    penalty.backward()
    for layer in (net[0], net[2]):
        np.testing.assert_allclose(layer.weight.grad, 0.3 / 50 * layer.weight.data, rtol=1e-14)
        assert layer.bias.grad is None
    assert net[1].weight.grad is None


def test_l1_is_lambda_over_n_times_the_sizes_of_the_weights(net: Any) -> None:
    net[0].weight.data[0] = 0
    penalty = nn.l1_penalty(net, 0.3, n=50)
    assert penalty.item() == pytest.approx(0.3 / 50 * np.abs(weights(net)).sum(), rel=1e-14)
    penalty.backward()
    np.testing.assert_allclose(net[0].weight.grad, 0.3 / 50 * np.sign(net[0].weight.data))


@pytest.mark.parametrize("ratio", [0.0, 0.3, 1.0])
def test_elastic_net_is_the_mixture(net: Any, ratio: float) -> None:
    l1, l2 = nn.l1_penalty(net, 0.7, n=9).item(), nn.l2_penalty(net, 0.7, n=9).item()
    actual = nn.elastic_net_penalty(net, 0.7, ratio, n=9).item()
    assert actual == pytest.approx(ratio * l1 + (1 - ratio) * l2, rel=1e-14)


def test_l2_of_one_example_is_the_weight_decay_of_an_optimiser(net: Any) -> None:
    nn.l2_penalty(net, 0.1).backward()
    np.testing.assert_allclose(net[0].weight.grad, 0.1 * net[0].weight.data, rtol=1e-14)


def test_parameters_given_one_by_one_are_all_penalised(net: Any) -> None:
    chosen = [net[0].bias, net[1].weight]
    expected = 0.5 * sum((p.data**2).sum() for p in chosen)
    assert nn.l2_penalty(iter(chosen), 1.0).item() == pytest.approx(expected, rel=1e-14)
    assert nn.elastic_net_penalty(iter(chosen), 1.0, 0.0).item() == pytest.approx(expected)


def test_a_matrix_named_bias_is_none_of_the_weights() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight_hh_l0 = nn.Parameter(np.ones((2, 2)))
            self.bias_table = nn.Parameter(np.ones((2, 2)))

    assert nn.l2_penalty(Net(), 1.0).item() == 2.0


def test_float32_penalty_is_float32() -> None:
    assert nn.elastic_net_penalty(nn.Linear(2, 2), 0.1).dtype == np.float32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda net: nn.l2_penalty(net, -1.0), "l2_penalty: strength is -1.0"),
        (lambda net: nn.l1_penalty(net, 1.0, n=0), "l1_penalty: n is 0"),
        (lambda net: nn.elastic_net_penalty(net, 1.0, 1.5), "l1_ratio is 1.5"),
        (lambda net: nn.l2_penalty(nn.ReLU(), 1.0), "there are no weights"),
        (lambda net: nn.l2_penalty([], 1.0), "there are no weights"),
    ],
)
def test_what_cannot_be_raises(net: Any, call: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        call(net)


def test_loss_with_penalty_trains_towards_smaller_weights() -> None:
    layer = nn.Linear(2, 1, dtype=np.float64, rng=0)
    x = np.zeros((4, 2))
    before = np.abs(layer.weight.data).sum()
    loss = nn.MSELoss()(layer(x), np.zeros((4, 1))) + nn.l2_penalty(layer, 1.0)
    loss.backward()
    step = layer.weight.data - 0.1 * layer.weight.grad
    assert np.abs(step).sum() == pytest.approx(0.9 * before)
    assert isinstance(loss, ag.Value)
