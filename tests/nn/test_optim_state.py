"""Training that goes on from a saved state does the same steps, to the last bit."""

from __future__ import annotations

import json

import numpy as np
import pytest

from autograd_core import Value, tanh
from autograd_core.errors import ArgumentError, ShapeError
from nn import optim

CASES = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("Adam", {"amsgrad": True}),
    ("AdamW", {}),
    ("NAdam", {}),
    ("RAdam", {"betas": (0.5, 0.9)}),
    ("Adamax", {}),
    ("Adagrad", {"lr_decay": 0.1}),
    ("Adadelta", {"lr": 1.0}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Rprop", {}),
    ("LBFGS", {"lr": 0.5, "max_iter": 3, "history_size": 4, "line_search_fn": "strong_wolfe"}),
    ("LBFGS", {"lr": 0.1, "max_iter": 3}),
]
DATA = np.random.default_rng(3)
X, Y = DATA.normal(size=(12, 3)), DATA.normal(size=12)


def fresh(start=None):
    """A small model; the scalar is part of it on purpose."""
    if start is None:
        start = [np.linspace(-1, 1, 12).reshape(3, 4), np.linspace(-1, 1, 4), 0.3]
    return [Value(np.array(a) if np.ndim(a) else a) for a in start]


def make(name, params, options):
    options = {"lr": 0.05, **options}
    if name == "LBFGS":
        return optim.LBFGS(params, **options)
    groups = [{"params": params[:2]}, {"params": params[2:], "lr": 0.02}]
    return getattr(optim, name)(groups, **options)


def train(optimizer, params, steps):
    def closure():
        optimizer.zero_grad()
        w, v, b = params
        loss = ((tanh(X @ w) @ v + b - Y) ** 2).mean()
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
    return [p.data for p in params]


def through_json_and_arrays(state_dict):
    """The state as a checkpoint stores it: numbers as JSON, arrays in flat named files."""
    arrays = {}
    for index, entry in state_dict["state"].items():
        for name in [name for name, value in entry.items() if isinstance(value, np.ndarray)]:
            arrays[f"{index}.{name}"] = entry[name]
    plain = {
        "state": {
            index: {name: v for name, v in entry.items() if not isinstance(v, np.ndarray)}
            for index, entry in state_dict["state"].items()
        },
        "param_groups": state_dict["param_groups"],
    }
    restored = json.loads(json.dumps(plain))
    for path, array in arrays.items():
        index, name = path.split(".")
        restored["state"][index][name] = np.frombuffer(array.tobytes(), array.dtype).reshape(
            array.shape
        )
    return restored


@pytest.mark.parametrize(("name", "options"), CASES)
def test_a_stored_state_goes_on_bit_for_bit(name, options):
    params = fresh()
    optimizer = make(name, params, options)
    middle = [np.array(a) if np.ndim(a) else a for a in train(optimizer, params, 5)]
    stored = through_json_and_arrays(optimizer.state_dict())
    expected = train(optimizer, params, 5)

    again = fresh(middle)
    resumed = make(name, again, {**options, "lr": 7.0})  # overwritten by the stored rate
    resumed.load_state_dict(stored)
    for actual, wanted in zip(train(resumed, again, 5), expected, strict=True):
        np.testing.assert_array_equal(actual, wanted)
    assert resumed.param_groups[0].keys() == optimizer.param_groups[0].keys()
    for ours, theirs in zip(resumed.param_groups, optimizer.param_groups, strict=True):
        assert {**ours, "params": 0} == {**theirs, "params": 0}  # tuples are tuples again


@pytest.mark.parametrize(("name", "options"), CASES)
def test_a_state_is_not_changed_by_what_comes_after(name, options):
    params = fresh()
    optimizer = make(name, params, options)
    train(optimizer, params, 3)
    saved = optimizer.state_dict()
    before = json.dumps(saved, default=lambda array: array.tolist())
    train(optimizer, params, 3)
    optimizer.load_state_dict(saved)
    train(optimizer, params, 3)
    optimizer.param_groups[0]["lr"] = 99.0
    assert json.dumps(saved, default=lambda array: array.tolist()) == before


def test_a_state_has_the_form_of_pytorchs():
    params = fresh()
    optimizer = make("Adam", params, {})
    train(optimizer, params, 1)
    saved = optimizer.state_dict()
    assert set(saved["state"]) == {0, 1, 2}
    assert set(saved["state"][0]) == {"step", "exp_avg", "exp_avg_sq"}
    assert [group["params"] for group in saved["param_groups"]] == [[0, 1], [2]]


def test_a_state_of_other_groups_is_refused():
    optimizer = optim.SGD(fresh())
    for params in (fresh()[:2], [{"params": fresh()[:1]}, {"params": fresh()[1:]}]):
        with pytest.raises(ArgumentError, match="saved state is of groups of"):
            optimizer.load_state_dict(optim.SGD(params).state_dict())


@pytest.mark.parametrize("name", ["Adam", "LBFGS"])
def test_a_state_of_other_shapes_is_refused_and_nothing_changes(name):
    wide = [Value(np.ones(5)), Value(np.ones(3))]
    other = getattr(optim, name)(wide, lr=0.3)

    def closure(params):
        loss = sum((p * p).sum() for p in params)
        loss.backward()
        return loss

    other.step(lambda: closure(wide))
    narrow = [Value(np.ones(5)), Value(np.ones(4))]
    optimizer = getattr(optim, name)(narrow, lr=0.1)
    with pytest.raises(ShapeError, match=rf"^{name}: the saved \w+"):
        optimizer.load_state_dict(other.state_dict())
    assert optimizer.param_groups[0]["lr"] == 0.1
    assert not optimizer.state_dict()["state"]


def test_a_state_with_an_impossible_option_or_entry_is_refused():
    optimizer = optim.SGD(fresh())
    saved = optimizer.state_dict()
    saved["param_groups"][0]["lr"] = -1.0
    with pytest.raises(ArgumentError, match="lr is -1.0"):
        optimizer.load_state_dict(saved)
    saved = optimizer.state_dict()
    saved["state"][7] = {"momentum_buffer": np.ones(3)}
    with pytest.raises(ArgumentError, match="entry for parameter 7"):
        optimizer.load_state_dict(saved)
    assert optimizer.param_groups[0]["lr"] == 1e-3
