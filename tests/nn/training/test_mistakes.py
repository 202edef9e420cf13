"""What is wrong with data, batches, losses and options is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import nn
from autograd_core.errors import ArgumentError, AutogradError, ShapeError
from nn.data import DataLoader
from nn.optim import SGD
from nn.training import Trainer

from .small import arrays, linear, squared, trainer


def test_no_batch_at_all_is_an_error() -> None:
    run = trainer()
    for empty in ([], DataLoader([], batch_size=2), (np.zeros((0, 3)), np.zeros((0, 1)))):
        with pytest.raises(ArgumentError, match="training data gave no batch"):
            run.fit(empty, progress=False)
        with pytest.raises(ArgumentError, match="data to evaluate gave no batch"):
            run.evaluate(empty)
        with pytest.raises(ArgumentError, match="data to evaluate gave no batch"):
            trainer().fit([arrays()], empty, progress=False)
    with pytest.raises(ArgumentError, match="data to predict gave no batch"):
        run.predict(np.zeros((0, 3)))
    assert len(run.history) == 0


def test_zero_epochs_do_nothing() -> None:
    run = trainer()
    before = run.model.weight.data.tobytes()
    assert len(run.fit([arrays()], epochs=0, progress=False)) == 0
    assert run.model.weight.data.tobytes() == before
    assert str(run.history) == "no epoch yet"
    with pytest.raises(ArgumentError, match="epochs is -1; need 0 or more"):
        run.fit([arrays()], epochs=-1)


def test_a_wrong_target_is_an_error_that_says_in_which_batch() -> None:
    x, y = arrays()
    model = nn.Linear(3, 4, rng=0)
    run = Trainer(model, nn.CrossEntropyLoss(), SGD(model.parameters()))
    before = model.weight.data.tobytes()
    good = np.zeros(20, int)
    with pytest.raises(AutogradError) as caught:
        run.fit([(x, good[:7])], progress=False)
    layer, batch = caught.value.__notes__
    assert layer == "in CrossEntropyLoss: CrossEntropyLoss()"
    assert batch == "in epoch 1, batch 1, of inputs (20, 3) and targets (7,)"
    assert model.weight.data.tobytes() == before
    with pytest.raises(ShapeError, match=r"ArrayDataset: arrays hold \[20, 7\] samples"):
        run.fit((x, good[:7]), progress=False)


def test_a_loss_without_reduction_is_refused() -> None:
    model = linear()
    run = Trainer(model, nn.MSELoss(reduction="none"), SGD(model.parameters()))
    with pytest.raises(ShapeError, match=r"the loss has shape \(20, 1\).*reduction='mean'"):
        run.fit([arrays()], progress=False)


def test_a_loss_that_depends_on_no_parameter_is_refused() -> None:
    model = linear()
    detached = Trainer(model, lambda out, y: squared(out.data, y), SGD(model.parameters()))
    with pytest.raises(ArgumentError, match="depends on no parameter"):
        detached.fit([arrays()], progress=False)
    with pytest.raises(ArgumentError, match="depends on no parameter"):
        trainer(linear().requires_grad_(False)).fit([arrays()], progress=False)


def test_what_can_be_run_through_only_once_is_refused() -> None:
    def generate() -> Iterator[Any]:
        yield arrays()

    for data in (generate(), iter([arrays()]), zip([1], [2], strict=True)):
        with pytest.raises(ArgumentError, match="which can be run through only once"):
            trainer().fit(data, progress=False)


@pytest.mark.parametrize("data", [np.zeros((3, 3)), 7, None])
def test_what_is_no_data_is_refused(data: Any) -> None:
    with pytest.raises(ArgumentError, match="need a tuple of arrays"):
        trainer().fit(data, progress=False)


@pytest.mark.parametrize("batch", [np.zeros((3, 3)), (np.zeros(3),), {"x": 1}])
def test_a_batch_without_a_target_is_refused(batch: Any) -> None:
    with pytest.raises(ArgumentError, match=r"a batch is a .*need a tuple \(inputs, target"):
        trainer().fit([batch], progress=False)


def test_a_model_that_puts_out_several_arrays_is_told_how_to_predict() -> None:
    class Two(nn.Module):
        def forward(self, x: Any) -> Any:
            return x, x

    with pytest.raises(ArgumentError, match="put out a tuple.*forward="):
        Trainer(Two(), squared, None).predict(np.zeros((3, 2)))
    chosen = Trainer(Two(), squared, None, forward=lambda model, x: model(x)[1])
    assert chosen.predict(np.zeros((3, 2))).shape == (3, 2)
