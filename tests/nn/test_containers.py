"""Sequential, ModuleList, ModuleDict."""

from __future__ import annotations

import pytest

import nn
from autograd_core.errors import ArgumentError


class Add(nn.Module):
    def __init__(self, amount):
        super().__init__()
        self.amount = nn.Parameter(amount)

    def forward(self, x):
        return x + self.amount


class Double(nn.Module):
    def forward(self, x):
        return 2.0 * x


def test_sequential_calls_in_order():
    assert nn.Sequential(Add(1.0), Double())(3.0).item() == 8.0
    assert nn.Sequential(Double(), Add(1.0))(3.0).item() == 7.0


def test_an_empty_sequential_is_the_identity():
    assert nn.Sequential()(3.0) == 3.0


def test_a_sequential_of_names():
    net = nn.Sequential({"shift": Add(1.0), "scale": Double()})
    assert net(3.0).item() == 8.0
    assert list(net.state_dict()) == ["shift.amount"]
    assert net.shift is net[0]
    assert list(net.append(Add(2.0)).state_dict()) == ["shift.amount", "0.amount"]


def test_sequential_indexes_slices_and_iterates():
    net = nn.Sequential(Add(1.0), Double(), Add(5.0))
    assert len(net) == 3
    assert list(net) == [net[0], net[1], net[2]]
    assert net[-1] is net[2]
    assert net[1:](3.0).item() == 11.0
    assert net[::2](3.0).item() == 9.0


@pytest.mark.parametrize("kind", [nn.Sequential, lambda *modules: nn.ModuleList(modules)])
def test_an_index_out_of_range_says_how_many_there_are(kind):
    layers = kind(Double(), Double())
    with pytest.raises(IndexError, match="no module 2; it holds 2"):
        layers[2]
    with pytest.raises(IndexError, match="no module -3; it holds 2"):
        layers[-3] = Double()


@pytest.mark.parametrize("kind", [nn.Sequential, lambda *modules: nn.ModuleList(modules)])
def test_a_module_can_be_replaced_by_its_index(kind):
    layers = kind(Add(1.0), Double(), Add(2.0))
    layers[-1] = new = Add(9.0)
    assert layers[2] is new
    assert list(layers.state_dict()) == ["0.amount", "2.amount"]


@pytest.mark.parametrize("kind", [nn.Sequential, lambda *modules: nn.ModuleList(modules)])
def test_a_slice_shares_its_modules_and_keeps_their_names(kind):
    layers = kind(Add(1.0), Double(), Add(5.0))
    part = layers[1:]
    assert list(part) == [layers[1], layers[2]]
    assert list(part.state_dict()) == ["2.amount"]
    assert type(part) is type(layers)


def test_append_to_a_slice_overwrites_nothing():
    net = nn.Sequential(Add(1.0), Double(), Add(5.0))[1:]
    assert net.append(Double())(1.0).item() == 14.0


def test_append_and_extend_return_the_container():
    net = nn.Sequential(Double())
    assert net.append(Add(1.0)).append(Double()) is net
    assert net(1.0).item() == 6.0
    layers = nn.ModuleList()
    assert layers.append(Double()).extend([Add(1.0), Add(2.0)]) is layers
    assert list(layers.state_dict()) == ["1.amount", "2.amount"]


def test_a_module_list_iterates_in_order_and_is_not_called():
    layers = nn.ModuleList([Add(1.0), Double()])
    assert [type(layer) for layer in layers] == [Add, Double]
    assert layers[0] in layers
    with pytest.raises(NotImplementedError):
        layers(1.0)


def test_a_module_dict_is_a_mapping():
    heads = nn.ModuleDict({"a": Add(1.0), "b": Double()})
    heads["c"] = Add(3.0)
    heads["b"] = Add(2.0)
    assert list(heads) == list(heads.keys()) == ["a", "b", "c"]
    assert [head(0.0).item() for head in heads.values()] == [1.0, 2.0, 3.0]
    assert dict(heads.items())["a"] is heads["a"]
    assert ("a" in heads, "z" in heads, len(heads)) == (True, False, 3)
    assert list(heads.state_dict()) == ["a.amount", "b.amount", "c.amount"]


def test_a_name_that_a_module_dict_does_not_hold_lists_those_that_it_does():
    with pytest.raises(KeyError, match="no module 'z'; there are a, b"):
        nn.ModuleDict({"a": Double(), "b": Double()})["z"]


def test_a_name_that_is_a_method_of_the_dict_is_refused():
    with pytest.raises(ArgumentError, match="'keys' is an attribute of the class already"):
        nn.ModuleDict({"keys": Double()})


@pytest.mark.parametrize(
    "build",
    [
        lambda x: nn.Sequential(Double(), x),
        lambda x: nn.ModuleList([x]),
        lambda x: nn.ModuleDict({"x": x}),
    ],
)
def test_what_is_no_module_is_refused(build):
    with pytest.raises(ArgumentError, match="got a function; need a Module; wrap a function"):
        build(lambda x: x)
    with pytest.raises(ArgumentError, match="got a list; need a Module$"):
        build([Double()])
