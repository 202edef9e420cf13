"""The constructors of networks: what they put in, in which order, and that it trains."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd_core.errors import ArgumentError
from nn import init


def names(net: Any) -> list[str]:
    return [name for name, _ in net.named_children()]


def test_mlp_is_a_plain_sequential_of_linear_layers_and_activations() -> None:
    net = nn.MLP([5, 4, 3, 2])
    assert type(net) is nn.Sequential
    assert names(net) == ["linear1", "relu1", "linear2", "relu2", "linear3"]
    assert net(np.ones((7, 5))).shape == (7, 2)
    shapes = {name: p.shape for name, p in net.named_parameters()}
    assert shapes["linear2.weight"] == (3, 4)


def test_mlp_with_everything() -> None:
    net = nn.MLP([5, 4, 2], nn.Tanh, dropout=0.5, batch_norm=True, output_activation="softmax")
    assert names(net) == ["linear1", "norm1", "tanh1", "dropout1", "linear2", "softmax2"]
    assert net.linear1.bias is None  # the normalisation has its own
    assert net.linear2.bias is not None
    out = net.eval()(np.ones((7, 5))).data
    np.testing.assert_allclose(out.sum(axis=1), np.ones(7), rtol=1e-6)


def test_mlp_without_hidden_layer_is_a_linear_layer() -> None:
    assert names(nn.MLP([3, 2])) == ["linear1"]
    assert nn.MLP([3, 2], bias=False).linear1.bias is None


def test_initialiser_fills_the_weights_and_clears_the_biases() -> None:
    net = nn.MLP([100, 50, 2], initialiser=init.orthogonal_, rng=0, dtype=np.float64)
    w = net.linear1.weight.data
    np.testing.assert_allclose(w @ w.T, np.eye(50), atol=1e-12)
    assert (net.linear1.bias.data == 0).all()


def test_seed_determines_the_network() -> None:
    a, b, c = (nn.MLP([4, 3, 2], rng=seed).state_dict() for seed in (0, 0, 1))
    assert all(np.array_equal(a[name], b[name]) for name in a)
    assert all(not np.array_equal(a[name], c[name]) for name in a)
    assert not np.array_equal(a["linear1.weight"][:2, :3], a["linear2.weight"])


def test_dropout_of_an_mlp_follows_manual_seed() -> None:
    net, x = nn.MLP([4, 50, 2], dropout=0.5), np.ones((3, 4))
    nn.manual_seed(0)
    first = net(x).data
    nn.manual_seed(0)
    np.testing.assert_array_equal(net(x).data, first)
    assert not np.array_equal(net(x).data, first)


def test_mlp_learns_xor() -> None:
    net = nn.MLP([2, 8, 1], "tanh", rng=1, dtype=np.float64)
    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
    loss_of = nn.BCEWithLogitsLoss()
    for _ in range(400):
        net.zero_grad()
        loss_of(net(x), y).backward()
        for p in net.parameters():
            p.data -= 0.5 * p.grad
    np.testing.assert_array_equal(net(x).data > 0, y)


@pytest.mark.parametrize(
    ("options", "features"),
    [({}, 32 * 7 * 7), ({"kernel_size": 5}, 32 * 7 * 7), ({"padding": 0}, 32 * 5 * 5),
     ({"pool": 1}, 32 * 28 * 28), ({"kernel_size": 5, "padding": 0, "pool": 3}, 32 * 1 * 1)],
)  # fmt: skip
def test_cnn_counts_its_features_right(options: dict[str, Any], features: int) -> None:
    net = nn.CNN((1, 28, 28), [16, 32], 10, **options)
    assert net.classifier.linear1.weight.shape == (10, features)
    assert net(np.ones((2, 1, 28, 28))).shape == (2, 10)


def test_cnn_with_everything() -> None:
    net = nn.CNN((3, 8, 6), [4, 5], 2, "tanh", hidden=[7], batch_norm=True, dropout=0.1)
    assert names(net) == ["conv1", "norm1", "tanh1", "pool1", "conv2", "norm2", "tanh2", "pool2",
                          "flatten", "classifier"]  # fmt: skip
    assert names(net.classifier) == ["linear1", "norm1", "tanh1", "dropout1", "linear2"]
    assert net.conv1.bias is None
    net(np.random.default_rng(0).normal(size=(4, 3, 8, 6))).sum().backward()
    assert all(p.grad is not None for p in net.parameters())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.MLP([3]), r"MLP: sizes are \[3\]"),
        (lambda: nn.MLP([3, 2, 1], "bogus"), "activation is 'bogus'; need one of 'elu'"),
        (lambda: nn.CNN((1, 4, 4), [2, 2, 2], 2), "nothing is left of an image"),
        (lambda: nn.CNN((1, 4, 4), [2], 2, kernel_size=5, padding=0), "after convolution 1"),
    ],
)
def test_what_cannot_be_raises(call: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        call()
