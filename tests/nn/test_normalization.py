"""Normalisation: statistics, modes, state, errors, and the graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn.functional as F
from autograd_core.errors import ArgumentError, ShapeError
from nn.layers.batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from nn.layers.normalization import GroupNorm, LayerNorm


def batches(count: int = 3) -> list[Any]:
    rng = np.random.default_rng(0)
    return [rng.normal(5.0, 3.0, (8, 2, 4)) for _ in range(count)]


def test_training_output_has_mean_zero_and_variance_one_per_channel() -> None:
    x = batches()[0]
    out = BatchNorm1d(2, eps=0.0).to("float64")(x).data
    np.testing.assert_allclose(out.mean((0, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(out.var((0, 2)), 1)


def test_running_statistics_take_a_tenth_of_the_new_mean_and_of_the_unbiased_variance() -> None:
    layer = BatchNorm1d(2).to("float64")
    mean, var = np.zeros(2), np.ones(2)
    for x in batches():
        layer(x)
        mean = 0.9 * mean + 0.1 * x.mean((0, 2))
        var = 0.9 * var + 0.1 * x.var((0, 2), ddof=1)
    np.testing.assert_allclose(layer.running_mean, mean)
    np.testing.assert_allclose(layer.running_var, var)
    assert layer.num_batches_tracked == 3
    x = batches()[0]
    expected = (x - mean[:, None]) / np.sqrt(var + 1e-5)[:, None]
    np.testing.assert_allclose(layer.eval()(x).data, expected)
    assert layer.num_batches_tracked == 3


def test_without_momentum_all_batches_count_alike() -> None:
    layer = BatchNorm1d(2, momentum=None).to("float64")
    for x in batches():
        layer(x)
    means = [x.mean((0, 2)) for x in batches()]
    variances = [x.var((0, 2), ddof=1) for x in batches()]
    np.testing.assert_allclose(layer.running_mean, np.mean(means, 0))
    np.testing.assert_allclose(layer.running_var, np.mean(variances, 0))


def test_running_statistics_follow_without_a_graph_as_well_and_can_be_reset() -> None:
    layer = BatchNorm1d(2)
    with ag.no_grad():
        layer(batches()[0])
    assert layer.running_mean[0] > 0.3
    layer.reset_running_stats()
    np.testing.assert_array_equal(layer.running_mean, [0, 0])
    np.testing.assert_array_equal(layer.running_var, [1, 1])
    assert layer.num_batches_tracked == 0


def test_without_running_statistics_the_batch_serves_in_eval() -> None:
    layer = BatchNorm1d(2, track_running_stats=False)
    assert list(layer.state_dict()) == ["weight", "bias"]
    x = batches()[0]
    np.testing.assert_array_equal(layer(x).data, layer.eval()(x).data)


def test_names_and_shapes_of_the_state_are_pytorchs() -> None:
    state = BatchNorm2d(3).state_dict()
    assert list(state) == ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    assert [array.shape for array in state.values()] == [(3,)] * 4 + [()]
    assert [str(array.dtype) for array in state.values()] == ["float32"] * 4 + ["int64"]
    assert list(BatchNorm2d(3, affine=False).state_dict()) == list(state)[2:]
    assert LayerNorm((2, 3)).weight.shape == (2, 3)
    assert list(LayerNorm(3, bias=False).state_dict()) == ["weight"]
    assert not LayerNorm(3, elementwise_affine=False).state_dict()
    assert list(GroupNorm(2, 4).state_dict()) == ["weight", "bias"]


def test_state_taken_before_a_batch_stays_as_it_was() -> None:
    layer = BatchNorm1d(2)
    before = layer.state_dict()
    layer(batches()[0])
    np.testing.assert_array_equal(before["running_mean"], [0, 0])


def test_one_value_per_channel_has_no_variance_and_counts_as_no_batch() -> None:
    for layer, shape in ((BatchNorm1d(2), (1, 2)), (BatchNorm2d(2), (1, 2, 1, 1))):
        with pytest.raises(ShapeError, match="more than one value per channel"):
            layer(np.ones(shape))
        assert layer.num_batches_tracked == 0
        assert layer.eval()(np.ones(shape)).shape == shape


@pytest.mark.parametrize("layer", [BatchNorm1d(4), LayerNorm(4), GroupNorm(2, 4)], ids=repr)
def test_frozen_parameters_and_constant_inputs_get_no_gradient(layer: Any) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    layer(x).sum().backward()  # a raw input: only the parameters are asked for
    assert layer.weight.grad.shape == (4,)
    layer.zero_grad()
    layer.requires_grad_(False)
    value = ag.Value(x.astype(np.float32))
    (layer(value) * x.astype(np.float32)).sum().backward()
    assert layer.weight.grad is None
    assert value.grad.shape == (3, 4)


@pytest.mark.parametrize("layer", [BatchNorm1d(4), LayerNorm(4), GroupNorm(2, 4)], ids=repr)
def test_float32_stays_float32(layer: Any) -> None:
    value = ag.Value(np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32))
    out = layer(value)
    out.backward(np.ones((3, 4), np.float32))
    dtypes = (out.dtype, value.grad.dtype, layer.weight.grad.dtype, layer.bias.grad.dtype)
    assert set(dtypes) == {np.dtype(np.float32)}
    layer.zero_grad()


@pytest.mark.parametrize("op", [ag.batch_norm, ag.layer_norm], ids=lambda op: op.name)
def test_integers_are_normalised_with_a_gradient_for_the_weight(op: ag.Op) -> None:
    params = {"normalized_shape": (2,)} if op is ag.layer_norm else {}
    x, weight = np.array([[1, 5], [3, 2]]), ag.Value(np.ones(2))
    out = op(x, weight, **params)
    (out * x).sum().backward()
    np.testing.assert_allclose(weight.grad, (op(x + 0.0, **params) * x).sum(0))


def test_gradient_in_eval_does_not_pass_through_the_statistics() -> None:
    layer = BatchNorm1d(2).to("float64").eval()
    layer.running_var = np.array([4.0, 9.0])
    x = ag.Value(batches()[0])
    layer(x).sum().backward()
    np.testing.assert_allclose(x.grad, np.broadcast_to([[0.5], [1 / 3]], (8, 2, 4)), rtol=1e-5)


def test_running_statistics_of_another_size_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"a running statistic is \(3,\); need \(2,\)"):
        F.batch_norm(np.ones((4, 2)), np.zeros(3), np.ones(3), training=True)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: BatchNorm1d(3)(np.ones((2, 4))), ShapeError, r"or \(N, C, L\) with C = 3"),
        (lambda: BatchNorm2d(3)(np.ones((2, 3))), ShapeError, r"BatchNorm2d: .* is \(2, 3\)"),
        (lambda: BatchNorm3d(3)(np.ones((2, 3, 4, 4))), ShapeError, r"need \(N, C, D, H, W\)"),
        (lambda: LayerNorm(3)(np.ones((2, 4))), ShapeError, r"layer_norm: x is \(2, 4\)"),
        (lambda: GroupNorm(2, 4)(np.ones((2, 6))), ShapeError, "one entry per channel"),
        (lambda: GroupNorm(3, 4), ArgumentError, "4 channels cannot be divided into 3 groups"),
        (lambda: F.batch_norm(np.ones((2, 3))), ArgumentError, "running_mean or running_var"),
        (lambda: ag.batch_norm(np.ones((2, 3)), training=False), ArgumentError, "mean or var"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_words(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_representation_is_pytorchs() -> None:
    assert repr(BatchNorm2d(3)) == (
        "BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
    )
    assert repr(LayerNorm(3)) == "LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=True)"
    assert repr(GroupNorm(2, 4)) == "GroupNorm(2, 4, eps=1e-05, affine=True, bias=True)"
