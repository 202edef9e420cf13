"""state_dict and load_state_dict: names, copies, dtypes, and errors that change nothing."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ArgumentError, MutationError


class Affine(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(np.arange(n, dtype=np.float32))
        self.bias = nn.Parameter(np.zeros(n, np.float32))
        self.register_buffer("calls", np.array(0))

    def forward(self, x):
        return x * self.weight + self.bias


@pytest.fixture
def net():
    return nn.Sequential(Affine(2), nn.ModuleDict({"head": Affine(3)}))


PATHS = ["0.weight", "0.bias", "0.calls", "1.head.weight", "1.head.bias", "1.head.calls"]


def unchanged(net, before):
    after = net.state_dict()
    return list(after) == list(before) and all(
        np.array_equal(after[path], before[path]) and after[path].dtype == before[path].dtype
        for path in before
    )


def test_the_paths_are_in_order_parameters_before_buffers(net):
    assert list(net.state_dict()) == PATHS


def test_the_state_is_a_copy(net):
    state = net.state_dict()
    state["0.weight"][:] = 7.0
    assert net[0].weight.data.tolist() == [0.0, 1.0]


def test_loading_restores_parameters_and_buffers(net):
    state = {path: np.full_like(array, 3) for path, array in net.state_dict().items()}
    assert net.load_state_dict(state) == ((), ())
    assert unchanged(net, state)


def test_loading_copies_and_keeps_the_parameter_objects(net):
    parameter = net[0].weight
    state = net.state_dict()
    state["0.weight"] += 1
    net.load_state_dict(state)
    state["0.weight"][:] = 99.0
    assert net[0].weight is parameter
    assert parameter.data.tolist() == [1.0, 2.0]


def test_loading_converts_to_the_modules_dtype(net):
    state = {path: np.asarray(array, np.float64) for path, array in net.state_dict().items()}
    net.load_state_dict(state)
    assert net[0].weight.dtype == np.float32
    assert net[0].calls.dtype == np.int64


def test_lists_and_values_are_taken_too():
    layer = Affine(2)
    layer.load_state_dict({"weight": [1, 2], "bias": ag.Value(np.ones(2)).detach(), "calls": 4})
    assert layer.weight.data.tolist() == [1.0, 2.0]
    assert layer.bias.data.tolist() == [1.0, 1.0]
    assert layer.calls == 4


def test_the_error_lists_every_fault_and_the_module_is_untouched(net):
    before = net.state_dict()
    state = {path: array + 1 for path, array in before.items()}
    del state["0.bias"], state["1.head.calls"]
    state |= {"0.bais": np.zeros(2), "2.weight": np.zeros(1), "0.weight": np.zeros((2, 2))}
    state["1.head.bias"] = np.array(["a", "b", "c"])
    with pytest.raises(nn.StateError) as caught:
        net.load_state_dict(state)
    text = str(caught.value)
    assert "missing: 0.bias, 1.head.calls" in text
    assert "unexpected: 0.bais, 2.weight" in text
    assert "0.weight: the array has (2, 2), the module (2,)" in text
    assert "1.head.bias: the array is of dtype <U1" in text
    assert unchanged(net, before)


def test_a_state_error_is_an_argument_error_and_so_a_value_error():
    assert issubclass(nn.StateError, ArgumentError)
    assert issubclass(nn.StateError, ValueError)


def test_without_strict_names_on_one_side_are_returned(net):
    before = net.state_dict()
    found = net.load_state_dict({"0.weight": [5, 6], "other": [1]}, strict=False)
    assert found.missing == tuple(PATHS[1:])
    assert found.unexpected == ("other",)
    assert net[0].weight.data.tolist() == [5.0, 6.0]
    assert np.array_equal(net[1]["head"].weight.data, before["1.head.weight"])


def test_without_strict_a_wrong_shape_is_an_error_all_the_same(net):
    before = net.state_dict()
    with pytest.raises(nn.StateError) as caught:
        net.load_state_dict({"0.bias": [1, 1], "1.head.weight": np.zeros(4)}, strict=False)
    assert "missing" not in str(caught.value)
    assert unchanged(net, before)


def test_a_conversion_that_fails_leaves_the_module_untouched(net):
    before = net.state_dict()
    state = {path: array + 1 for path, array in before.items()}
    state["1.head.bias"] = np.full(3, 1e300)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            net.load_state_dict(state)
    assert unchanged(net, before)


def test_an_absent_parameter_is_neither_stored_nor_expected():
    layer = Affine(2)
    layer.bias = None
    assert list(layer.state_dict()) == ["weight", "calls"]
    with pytest.raises(nn.StateError, match="unexpected: bias"):
        layer.load_state_dict(Affine(2).state_dict())


def test_what_is_no_mapping_is_refused(net):
    with pytest.raises(ArgumentError, match="got list; need a mapping"):
        net.load_state_dict(list(net.state_dict().items()))


def test_loading_between_forward_and_backward_is_noticed(net):
    loss = net[0](ag.Value(np.ones(2, np.float32))).sum()
    net.load_state_dict({path: array + 1 for path, array in net.state_dict().items()})
    with pytest.raises(MutationError, match="leaf 'bias'"):
        loss.backward()
