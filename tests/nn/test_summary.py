"""summary: layers, shapes, parameters, memory and operations, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.flops import flops
from nn.recurrent.leaky_rnn import LeakyRNN
from nn.recurrent.recursive_net import RecursiveNet
from nn.recurrent.treebatch import TreeBatch


def test_a_multilayer_perceptron_counted_by_hand():
    found = nn.summary(nn.Sequential(nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 10)), (64, 784))
    first, relu, last = found.layers
    assert [layer.name for layer in found.layers] == ["0", "1", "2"]
    assert [layer.kind for layer in found.layers] == ["Linear", "ReLU", "Linear"]
    assert first.output_shape == relu.output_shape == (64, 300)
    assert first.parameters == 784 * 300 + 300
    assert last.parameters == 300 * 10 + 10
    assert first.flops == 64 * 300 * (2 * 784 + 1)
    assert relu.flops == 64 * 300
    assert last.flops == 64 * 10 * (2 * 300 + 1)
    assert first.memory == relu.memory == 64 * 300 * 4
    assert last.memory == 64 * 10 * 4
    assert found.parameters == found.trainable == 238_510
    assert found.memory == sum(layer.memory for layer in found.layers)
    assert found.flops == sum(layer.flops for layer in found.layers)


def test_the_first_layer_of_alexnet_counted_by_hand():
    """The course's numbers: 55 · 55 · 96 neurons, each with 11 · 11 · 3 weights and a bias."""
    layer = nn.Conv2d(3, 96, 11, stride=4)
    (row,) = nn.summary(layer, (1, 3, 227, 227)).layers
    assert row.name == ""
    assert row.output_shape == (1, 96, 55, 55)
    assert row.parameters == 96 * (11 * 11 * 3 + 1)
    assert row.flops == 290_400 * (2 * 11 * 11 * 3 + 1)
    assert row.memory == 290_400 * 4


def test_groups_share_the_work_of_a_convolution():
    (row,) = nn.summary(nn.Conv2d(4, 8, 3, groups=2, bias=False), (1, 4, 5, 5)).layers
    assert row.flops == 8 * 3 * 3 * (2 * 2 * 3 * 3)


def test_a_transposed_convolution_multiplies_each_input_by_the_whole_kernel():
    (row,) = nn.summary(nn.ConvTranspose2d(4, 8, 3, bias=False), (1, 4, 5, 5)).layers
    assert row.flops == 4 * 5 * 5 * (2 * 8 * 3 * 3)


def test_a_module_that_is_called_twice_has_its_parameters_counted_once():
    layer = nn.Linear(3, 3)
    found = nn.summary(nn.Sequential(layer, nn.Tanh(), layer), (5, 3))
    assert [row.parameters for row in found.layers] == [12, 0, 0]
    assert found.parameters == 12
    assert found.layers[2].flops == found.layers[0].flops == 5 * 3 * 7


def test_operations_of_the_model_itself_have_a_row_of_their_own():
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(3, 3)

        def forward(self, x):
            return x + self.inner(x)

    inner, itself = nn.summary(Residual(), (2, 3)).layers
    assert (inner.name, itself.name) == ("inner", "")
    assert (itself.flops, itself.memory, itself.parameters) == (6, 24, 0)


def test_views_take_no_memory_and_no_operations():
    found = nn.summary(nn.Sequential(nn.Tanh(), nn.Flatten()), ag.Value(np.ones((2, 3, 4))))
    assert [row.memory for row in found.layers] == [2 * 3 * 4 * 8, 0]
    assert [row.flops for row in found.layers] == [24, 0]


def test_a_composite_without_a_formula_counts_what_its_definition_does():
    """A leaky unit: two products, two biases, tanh, and α h + (1 − α) v per step."""
    net = LeakyRNN(3, 4)
    (row,) = nn.summary(net, (6, 2, 3)).layers
    # W x, U h, their sum and two biases, tanh, α h, (1 − α) v, the sum of the two
    per_unit = 2 * 3 + 2 * 4 + 3 + 1 + 1 + 1 + 1
    assert row.flops == 6 * 2 * 4 * per_unit - 2 * 4  # α h₀ is a constant
    assert row.memory == (6 + 6 + 1) * 2 * 4 * 4  # each step, all of them, and the last
    assert row.output_shape == ((6, 2, 4), (1, 2, 4))


def test_arguments_may_be_anything_that_the_model_takes():
    trees = TreeBatch.of([(("a", "b"), "c")])
    (row,) = nn.summary(RecursiveNet(4), np.ones((3, 4)), trees).layers
    assert row.output_shape == (5, 4)
    assert row.flops == 2 * 4 * (2 * 8 + 1 + 1)  # two inner nodes


def test_frozen_parameters_are_told_apart():
    net = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    net[0].requires_grad_(False)
    found = nn.summary(net, (1, 2))
    assert (found.parameters, found.trainable) == (13, 4)
    assert str(found).endswith("trainable: 4 of the parameters")


def test_the_model_is_left_as_it_was():
    calls = []
    net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
    net[1].eval()
    net.register_forward_hook(lambda *args: calls.append(None))
    nn.summary(net, (1, 2))
    assert [module.training for module in net.modules()] == [True, True, False]
    assert all(p.grad is None for p in net.parameters())
    net([[1.0, 2.0]])
    assert len(calls) == 2


def test_the_model_is_left_as_it_was_when_it_fails():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(3, 3))
    with pytest.raises(ValueError, match="affine"):
        nn.summary(net, (1, 2))
    assert all(module.training for module in net.modules())
    assert not any(module._hooks or module._pre_hooks for module in net.modules())


def test_the_table():
    net = nn.Sequential(nn.Linear(1000, 1000), nn.Tanh())
    assert str(nn.summary(net, (300, 1000))) == (
        "layer      output shape  parameters  memory        flops\n"
        "────────────────────────────────────────────────────────\n"
        "0: Linear  (300, 1000)    1,001,000  1.1 MB  600,300,000\n"
        "1: Tanh    (300, 1000)            0  1.1 MB      300,000\n"
        "────────────────────────────────────────────────────────\n"
        "total                     1,001,000  2.3 MB  600,600,000"
    )


def test_a_leaf_has_no_operations():
    assert flops(ag.Value(1.0)) == 0
