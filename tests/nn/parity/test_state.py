"""A nested network's state goes from PyTorch to ours and back by its names."""

from __future__ import annotations

import numpy as np
import pytest

import nn

from .compare import same_as_torch

torch = pytest.importorskip("torch")


def network(lib, base):
    """The same source text for both libraries."""

    class Block(base):
        def __init__(self, size):
            super().__init__()
            self.norm = lib.BatchNorm1d(size)
            self.layers = lib.ModuleList(
                [lib.Linear(size, size), lib.Linear(size, size, bias=False)]
            )
            self.act = lib.Tanh()

        def forward(self, x):
            return x + self.layers[1](self.act(self.layers[0](self.norm(x))))

    class Network(base):
        def __init__(self):
            super().__init__()
            self.stem = lib.Sequential(lib.Linear(3, 4), lib.PReLU(), lib.Dropout(0.5))
            self.blocks = lib.ModuleList([Block(4), Block(4)])
            self.heads = lib.ModuleDict({"digit": lib.Linear(4, 10), "speaker": lib.Linear(4, 6)})
            self.scale = lib.Parameter(self.stem[0].weight.data[0])

        def forward(self, x):
            x = self.stem(x)
            for block in self.blocks:
                x = block(x)
            return self.heads["digit"](x) * self.scale.sum(), self.heads["speaker"](x)

    return Network()


def pair():
    torch.manual_seed(0)
    return network(nn, nn.Module), network(torch.nn, torch.nn.Module)


def test_the_names_and_their_order_are_pytorchs():
    ours, theirs = pair()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert [n for n, _ in ours.named_parameters()] == [n for n, _ in theirs.named_parameters()]
    assert [n for n, _ in ours.named_modules()] == [n for n, _ in theirs.named_modules()]


def test_a_nested_network_computes_the_same_and_its_state_goes_both_ways(rng):
    ours, theirs = pair()
    theirs.stem[2].p = ours.stem[2].p = 0.0
    same_as_torch(ours, theirs, rng.normal(size=(5, 3)), modes=(True, False))


def test_the_representation_is_pytorchs_tree():
    ours, theirs = (repr(net) for net in pair())
    # PyTorch folds equal neighbours in a list, and prints more of some layers.
    assert ours.splitlines()[0] == theirs.splitlines()[0] == "Network("
    assert (
        "  (stem): Sequential(\n    (0): Linear(in_features=3, out_features=4, bias=True)" in ours
    )
    assert (
        "  (stem): Sequential(\n    (0): Linear(in_features=3, out_features=4, bias=True)" in theirs
    )


@pytest.mark.parametrize("change", ["missing", "unexpected", "shape"])
def test_both_refuse_the_same_states(change):
    ours, theirs = pair()
    state = theirs.state_dict()
    if change == "missing":
        del state["blocks.1.norm.running_mean"]
    elif change == "unexpected":
        state["blocks.2.norm.weight"] = torch.zeros(4)
    else:
        state["heads.digit.bias"] = torch.zeros(9)
    with pytest.raises(RuntimeError):
        theirs.load_state_dict(state)
    before = ours.state_dict()
    with pytest.raises(nn.StateError, match=r"blocks\.[12]\.norm|heads\.digit\.bias"):
        ours.load_state_dict(state)
    assert all(np.array_equal(before[name], array) for name, array in ours.state_dict().items())


def test_without_strict_both_find_the_same_on_one_side_only():
    ours, theirs = pair()
    state = theirs.state_dict()
    state["other"] = state.pop("stem.0.bias")
    found, expected = (
        ours.load_state_dict(state, strict=False),
        theirs.load_state_dict(state, False),
    )
    assert list(found.missing) == expected.missing_keys == ["stem.0.bias"]
    assert list(found.unexpected) == expected.unexpected_keys == ["other"]
