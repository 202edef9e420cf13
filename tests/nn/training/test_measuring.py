"""Modes, evaluation, prediction, metrics, and what is shown."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd_core import Value
from autograd_core.errors import ArgumentError
from nn.optim import SGD
from nn.training import Trainer, accuracy

from .small import arrays, linear, trainer

# --- modes ---------------------------------------------------------------------------------


def test_modes_are_as_they_were_afterwards_and_frozen_layers_stay_frozen() -> None:
    model = nn.Sequential(linear(), nn.Dropout(0.5), nn.BatchNorm1d(1, dtype="float64"))
    model[2].eval()
    modes = [(True, True, False), (True, False, False, False)]
    for wanted in modes:
        for module, mode in zip(model.modules(), wanted, strict=False):
            module.training = mode
    model.train()
    model[2].eval()
    seen = []
    model[2].register_forward_hook(
        lambda module, args, out: seen.append((model.training, module.training))
    )
    before = model[2].running_mean.copy()
    run = trainer(model)
    run.fit([arrays()], [arrays()], progress=False)
    assert seen == [(True, False), (False, False)]
    assert [module.training for module in model.modules()] == [True, True, True, False]
    assert (model[2].running_mean == before).all()
    model.eval()
    run.fit([arrays()], progress=False)
    assert seen[-1] == (True, True)
    assert not any(module.training for module in model.modules())


def test_modes_are_restored_after_an_error() -> None:
    model = linear().eval()

    def broken(output: Any, target: Any) -> Any:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        Trainer(model, broken, SGD(model.parameters())).fit([arrays()], progress=False)
    assert not model.training


def test_evaluate_and_predict_change_nothing_and_record_nothing() -> None:
    model = nn.Sequential(linear(), nn.Dropout(0.5))
    x, y = arrays()
    outputs = []
    model.register_forward_hook(lambda module, args, out: outputs.append(out))
    run = trainer(model)
    assert run.evaluate((x, y), batch_size=7) == run.evaluate((x, y), batch_size=7)
    assert run.predict(x, batch_size=7).shape == (20, 1)
    assert model.training
    assert not any(isinstance(out, Value) and out.requires_grad for out in outputs)


# --- metrics -------------------------------------------------------------------------------


def test_means_are_over_samples_not_over_batches() -> None:
    x = np.eye(3)[[0, 1, 2, 0, 1]]
    y = np.array([0, 1, 2, 1, 2])
    model = nn.Sequential()
    run = Trainer(model, lambda output, target: 0.0, None, metrics=[accuracy])
    assert run.evaluate((x, y), batch_size=3)["accuracy"] == pytest.approx(3 / 5)
    batches = [(x[:3], y[:3]), (x[3:], y[3:])]
    assert run.evaluate(batches)["accuracy"] == pytest.approx(3 / 5)


def test_metrics_have_the_names_they_are_given() -> None:
    def bias(output: Any, target: Any) -> Any:
        return (output - target).mean()

    run = trainer(metrics={"one": bias, "two": partial(bias)})
    history = run.fit([arrays()], [arrays()], progress=False)
    assert {"one", "two", "validation_one", "validation_two"} <= set(history.to_dict())
    assert set(trainer(metrics=bias).evaluate(arrays())) == {"loss", "bias"}
    with pytest.raises(ArgumentError, match=r"has no name; need a dict"):
        trainer(metrics=[partial(bias)])
    with pytest.raises(ArgumentError, match="a metric is called 'loss'"):
        trainer(metrics={"loss": bias})


def test_a_metric_that_is_no_number_is_refused() -> None:
    for result in (np.zeros(2), "good", None):
        run = trainer(metrics={"odd": lambda output, target, result=result: result})
        with pytest.raises(ArgumentError, match="the metric odd gave a .*need one number"):
            run.evaluate(arrays())


# --- what is shown -------------------------------------------------------------------------


def test_quiet_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    trainer().fit([arrays()], progress=False)
    assert capfd.readouterr() == ("", "")


def test_a_bar_shows_the_epoch_and_its_results(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    trainer().fit([arrays()] * 3, [arrays()], epochs=2)
    shown = capfd.readouterr().err
    assert "epoch 2/2: 100%" in shown
    assert "3/3" in shown
    assert "validation_loss" in shown


def test_without_tqdm_there_is_a_line_for_each_epoch(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("tqdm", "tqdm.auto"):
        monkeypatch.setitem(sys.modules, name, None)
    trainer().fit([arrays()], epochs=2)
    lines = capfd.readouterr().out.splitlines()
    assert [line[:14] for line in lines] == ["epoch 1: loss ", "epoch 2: loss "]


def test_importing_nn_imports_neither_tqdm_nor_safetensors() -> None:
    code = (
        "import sys, nn.training, nn.saving;"
        "sys.exit(bool({'tqdm', 'safetensors', 'scipy', 'matplotlib'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0
