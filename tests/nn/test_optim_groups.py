"""Parameters, groups and options: what is taken, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd_core import Value
from autograd_core.errors import ArgumentError, ShapeError
from nn import Parameter
from nn.optim import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    NAdam,
    RAdam,
    RMSprop,
    Rprop,
)

RULES = [SGD, Adam, AdamW, NAdam, RAdam, Adamax, Adagrad, Adadelta, RMSprop, Rprop]


def test_names_are_kept_and_shown_in_errors():
    optimizer = SGD([("weight", Value(np.ones(2))), ("bias", Value(1.0))])
    (group,) = optimizer.param_groups
    assert group["param_names"] == ["weight", "bias"]
    group["params"][0].grad = np.ones((2, 1))
    with pytest.raises(ShapeError, match=r"gradient is \(2, 1\), its parameter 'weight' is \(2,\)"):
        optimizer.step()


def test_groups_take_defaults_for_what_they_do_not_say():
    optimizer = SGD([{"params": [Value(1.0)], "lr": 0.5}, {"params": Value(2.0)}], lr=0.1)
    optimizer.add_param_group({"params": [Value(3.0)], "momentum": 0.9, "note": "head"})
    assert [g["lr"] for g in optimizer.param_groups] == [0.5, 0.1, 0.1]
    assert [g["momentum"] for g in optimizer.param_groups] == [0.0, 0.0, 0.9]
    assert optimizer.param_groups[2]["note"] == "head"
    assert "group 2: 1 parameters, lr=0.1, momentum=0.9" in repr(optimizer)


def test_the_parameters_of_a_module_are_taken():
    import nn

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = Parameter(np.ones(2))

        def forward(self, x):
            return self.weight * x

    model = Model()
    optimizer = SGD(model.parameters(), lr=1.0)
    model(np.array([1.0, 2.0])).sum().backward()
    optimizer.step()
    np.testing.assert_array_equal(model.weight.data, [0.0, -1.0])
    assert SGD(model.named_parameters()).param_groups[0]["param_names"] == ["weight"]


shared = Value(1.0)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ([], "list of parameters is empty"),
        (iter(()), "call model.parameters"),
        (Value(1.0), "single Value; put it into a list"),
        ({"params": [Value(1.0)]}, "single dict; put it into a list"),
        ({Value(1.0)}, "is a set"),
        (3, "params is int"),
        ([np.ones(2)], "parameter 0 is ndarray"),
        ([Value(1.0) * 2], "result of multiply, not a leaf"),
        ([shared, shared], "listed twice"),
        ([{"params": [shared]}, {"params": [shared]}], "listed twice"),
        ([{"lr": 0.1}], "need a dict with the key 'params'"),
        ([("a", Value(1.0)), Value(2.0)], "name all or none"),
    ],
)
def test_unsuitable_parameters_are_refused(params, message):
    with pytest.raises(ArgumentError, match=message):
        SGD(params)


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        *((rule, {"lr": -0.1}) for rule in RULES),
        *((rule, {"lr": math.nan}) for rule in RULES),
        *((rule, {"weight_decay": -1.0}) for rule in RULES if rule is not Rprop),
        *((rule, {"betas": (1.0, 0.9)}) for rule in (Adam, AdamW, NAdam, RAdam, Adamax)),
        *((rule, {"betas": (0.9, -0.1)}) for rule in (Adam, AdamW, NAdam, RAdam, Adamax)),
        *((rule, {"eps": -1.0}) for rule in RULES if rule not in (SGD, Rprop)),
        (SGD, {"momentum": -0.1}),
        (SGD, {"nesterov": True}),
        (SGD, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}),
        (NAdam, {"momentum_decay": -0.1}),
        (Adagrad, {"lr_decay": -0.1}),
        (Adagrad, {"initial_accumulator_value": -0.1}),
        (Adadelta, {"rho": 1.1}),
        (RMSprop, {"alpha": -0.1}),
        (RMSprop, {"momentum": -0.1}),
        (Rprop, {"etas": (1.1, 1.2)}),
        (Rprop, {"step_sizes": (1.0, 0.1)}),
    ],
)
def test_options_out_of_their_range_are_refused(rule, options):
    (name,) = list(options)[:1]
    with pytest.raises(ArgumentError, match=f"^{rule.__name__}: .*{name}"):
        rule([Value(1.0)], **options)
    optimizer = rule([Value(1.0)])
    with pytest.raises(ArgumentError):  # in a group too, which is then not added
        optimizer.add_param_group({"params": [Value(1.0)], **options})
    assert len(optimizer.param_groups) == 1
