"""A loss that is not finite stops training, and the error says where that came from."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import AnomalyError
from nn.optim import LBFGS, SGD, Adam
from nn.saving.nested import pack
from nn.training import Callback, NonFiniteLossError, Trainer
from nn.training.checkpoint import collect
from nn.training.nonfinite import is_finite


class Log(nn.Module):
    """NaN where its input is negative, and infinite where it is 0."""

    def forward(self, x: Any) -> Any:
        return ag.log(x)  # the line at fault


class Root(nn.Module):
    """Finite at 0, but its derivative is not."""

    def forward(self, x: Any) -> Any:
        return ag.sqrt(x)


def net(fault: nn.Module, dtype: str = "float64") -> nn.Sequential:
    first = nn.Linear(2, 2, dtype=dtype)
    first.weight.data[...] = np.eye(2)
    first.bias.data[...] = 0.0
    last = nn.Linear(2, 1, dtype=dtype)
    last.weight.data[...] = 1.0
    return nn.Sequential(first, nn.Sequential(nn.Identity(), fault), last)


def fails(model: Any, batches: Any, **options: Any) -> tuple[NonFiniteLossError, Trainer]:
    run = Trainer(model, nn.MSELoss(), Adam(model.parameters(), lr=0.0), **options)
    with pytest.raises(NonFiniteLossError) as caught:
        run.fit(batches, epochs=5, progress=False)
    return caught.value, run


def batch(*first: float) -> tuple[Any, Any]:
    return np.array([[x, 2.0] for x in first]), np.zeros((len(first), 1))


def test_it_names_the_operation_the_module_the_line_and_the_place() -> None:
    error, _ = fails(net(Log()), [batch(1.0, 2.0), batch(1.0, 3.0), batch(4.0, -1.0)])
    assert (error.epoch, error.batch) == (1, 3)
    assert math.isnan(error.loss)
    text = str(error)
    assert text.startswith("the loss is nan in epoch 1, batch 3\n")
    assert "log: forward made nan at [1, 0] from" in text
    assert "test_nonfinite.py, line " in text
    assert "return ag.log(x)  # the line at fault, in Sequential/1/1)" in text
    assert isinstance(error.__cause__, AnomalyError)


def test_the_infinity_before_the_nan_is_named_too() -> None:
    class Difference(nn.Module):
        def forward(self, x: Any) -> Any:
            grown = ag.exp(x)
            return grown - grown

    error, _ = fails(net(Difference()), [batch(1.0), batch(1000.0)])
    nan, infinity = error.findings
    assert nan.startswith("subtract: forward made nan")
    assert infinity.startswith("and before that, exp: forward made inf")


def test_an_infinite_loss() -> None:
    error, _ = fails(net(Log()), [batch(1.0), batch(0.0)])
    assert str(error).startswith("the loss is inf in epoch 1, batch 2")
    assert error.loss == math.inf
    assert "log: forward made -inf" in str(error)


def test_a_finite_loss_with_a_gradient_that_is_not() -> None:
    model = net(Root())
    error, run = fails(model, [batch(4.0), batch(0.0)])
    assert "the gradient of 0.weight is not finite in epoch 1, batch 2" in str(error)
    assert "sqrt: backward made inf" in str(error)
    assert "in Sequential/1/1)" in str(error)
    assert np.isfinite(model[0].weight.data).all()


def test_nan_in_the_inputs_is_said_first() -> None:
    error, _ = fails(net(nn.Identity()), [batch(1.0), batch(1.0, math.nan, 2.0)])
    assert error.findings == ["the inputs hold nan at [1, 0] (1 of 6 elements)"]


def test_nan_in_one_of_several_inputs_and_in_the_targets() -> None:
    x, y = batch(1.0)
    bad = {"a": x, "b": x * math.inf}, y * math.nan
    error, _ = fails(
        net(nn.Identity()), [bad], forward=lambda model, a, b: model(a) + b.sum() * 0.0
    )
    assert error.findings[:2] == [
        "the input b holds inf at [0, 0] (2 of 2 elements)",
        "the targets hold nan at [0, 0] (1 of 1 elements)",
    ]


def test_nan_in_a_parameter_is_named_by_its_path() -> None:
    model = net(nn.Tanh())
    model[2].weight.data[0, 1] = math.nan
    error, _ = fails(model, [batch(1.0)])
    assert error.findings == ["the parameter 2.weight holds nan at [0, 1] (1 of 2 elements)"]


def test_nan_in_a_buffer_is_named_by_its_path() -> None:
    model = net(nn.BatchNorm1d(2, dtype="float64").eval())
    model[1][1].running_var = np.array([1.0, math.nan])
    error, _ = fails(model, [batch(1.0, 2.0)])
    assert error.findings[0] == "the buffer 1.1.running_var holds nan at [1] (1 of 2 elements)"


class Spy(Callback):
    """Keeps the state after each step."""

    def __init__(self) -> None:
        self.states: list[Any] = []

    def on_save(self, trainer: Trainer) -> None:
        self.states.append(collect(trainer))


@pytest.mark.parametrize("optimizer", [SGD, Adam, LBFGS])
@pytest.mark.parametrize("fault", [ag.log, ag.sqrt])
def test_all_is_as_before_the_batch(optimizer: Any, fault: Any) -> None:
    """Weights, moments, running means and generators: the run could go on with other data."""
    nn.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(2, 2, dtype="float64"),
        nn.BatchNorm1d(2, dtype="float64"),
        nn.Dropout(0.5),
        nn.Dropout(0.5, rng=1),
    )
    model[1].bias.data[...] = 3.0
    spy = Spy()
    run = Trainer(
        model,
        nn.MSELoss(),
        optimizer(model.parameters(), lr=1e-3),
        callbacks=[spy],
        # At 0 the logarithm is infinite, and of the root only the derivative.
        forward=lambda model, x, flag: model(x) + fault(model[1].bias * flag).sum(),
    )
    x = np.random.default_rng(0).normal(size=(5, 2))
    good, bad = (x, np.ones(2), x), (x, np.zeros(2), x)
    with pytest.raises(NonFiniteLossError):
        run.fit([good, bad], progress=False)
    before, after = spy.states[-1], collect(run)
    assert len(spy.states) == run.position.batch == 1
    for part in ("model", "forward", *(["optimizer"] if optimizer is not LBFGS else [])):
        assert pack(after[part])[0] == pack(before[part])[0]
        for name, array in pack(before[part])[1].items():
            np.testing.assert_array_equal(pack(after[part])[1][name], array)


def test_a_search_along_a_line_that_fails_goes_back_to_its_start() -> None:
    """L-BFGS has moved the weights, and counted, when the NaN appears."""

    class Counted(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(np.ones((1, 1)))
            self.register_buffer("calls", np.array(0))

        def forward(self, x: Any) -> Any:
            self.calls = self.calls + 1
            return x @ self.weight

    model = Counted()
    run = Trainer(
        model,
        lambda output, y: ag.log(output).sum(),  # falls for ever, until it is at an end
        LBFGS(model.parameters(), lr=0.9),
    )
    with pytest.raises(NonFiniteLossError, match="log: forward made"):
        run.fit([(np.ones((1, 1)), np.ones(1))], progress=False)
    assert model.weight.data == 1.0
    assert model.calls == 0


def test_the_second_pass_has_the_same_random_numbers() -> None:
    """Only with the mask of the first pass is there a NaN, and it is at the same element."""
    nn.manual_seed(5)
    seen = []

    class Fault(nn.Module):
        def forward(self, x: Any) -> Any:
            seen.append(np.array(x.data))
            return ag.log(x - 1e-9)  # a unit that was dropped gives nan

    model = nn.Sequential(nn.Linear(2, 50, dtype="float64"), nn.Dropout(0.02), Fault())
    model[0].weight.data[...] = 1.0
    model[0].bias.data[...] = 1.0
    error, _ = fails(model, [(np.ones((1, 2)), np.ones((1, 50)))] * 50)
    *_, failed, again, once_more = seen
    assert (failed == 0).any()
    assert (failed == again).all()
    assert (failed == once_more).all()
    unit = int(np.flatnonzero(failed[0] == 0)[0])
    assert f"log: forward made nan at [0, {unit}]" in str(error)


def test_what_does_not_happen_again_is_said_to_be_random() -> None:
    calls = []

    def forward(model: Any, x: Any) -> Any:
        calls.append(x)
        return model(x) * (math.nan if len(calls) == 2 else 1.0)

    error, _ = fails(net(nn.Identity()), [batch(1.0)] * 2, forward=forward)
    assert error.findings == [
        "a second pass over the batch did not make it again: is something random?"
    ]


def test_numpy_does_not_warn_where_the_error_says_it_all() -> None:
    fails(net(Log()), [batch(-1.0)])  # warnings are errors in these tests
    fails(net(nn.Tanh(), "float32"), [(np.full((1, 2), 1e38), np.full((1, 1), 1e30))])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_is_finite_is_not_misled_by_an_overflow_of_its_sum(dtype: Any) -> None:
    largest = np.full((3, 4), np.finfo(dtype).max)
    with np.errstate(over="ignore"):
        assert is_finite(largest)
        assert is_finite(largest.T[::2])
        assert is_finite(2.0)
        for bad in (math.nan, math.inf, -math.inf):
            largest[1, 2] = bad
            assert not is_finite(largest)
            assert not is_finite(bad)


def test_validation_that_is_not_finite_is_recorded_and_does_not_stop() -> None:
    model = net(nn.Identity())
    run = Trainer(model, nn.MSELoss(), Adam(model.parameters()))
    history = run.fit([batch(1.0)], [batch(math.nan)], epochs=2, progress=False)
    assert [math.isnan(x) for x in history["validation_loss"]] == [True, True]
