"""Events and their order; stopping early; files; learning rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd_core.errors import ArgumentError
from nn.optim import SGD
from nn.optim.lr_scheduler import ExponentialLR
from nn.saving import load
from nn.training import Callback, EarlyStopping, LearningRateLog, ModelCheckpoint, Trainer

BATCHES = [(np.ones((2, 1)), np.ones((2, 1)))] * 2


class Script(Callback):
    """Gives each epoch a number to monitor and the model a weight to recognise it by."""

    def __init__(self, *numbers: float) -> None:
        self.numbers = numbers

    def on_epoch_begin(self, trainer: Trainer) -> None:
        trainer.model.weight.data[...] = trainer.epoch

    def measure(self, output: Any, target: Any) -> float:
        return self.numbers[int(output[0, 0]) - 1]


def scripted(numbers: list[float], *callbacks: Callback, epochs: int = 99) -> Trainer:
    model = nn.Linear(1, 1, bias=False)
    script = Script(*numbers)
    run = Trainer(
        model,
        nn.MSELoss(),
        SGD(model.parameters(), lr=0.0),
        callbacks=[script, *callbacks],
        metrics={"quality": script.measure, "test_loss": script.measure},
    )
    run.fit(BATCHES, epochs=min(epochs, len(numbers)), progress=False)
    return run


# --- events --------------------------------------------------------------------------------


def test_events_come_in_the_documented_order() -> None:
    events: list[Any] = []

    class Log(Callback):
        pass

    for name in [name for name in vars(Callback) if name.startswith("on_")]:

        def note(self: Log, trainer: Trainer, *args: Any, name: str = name) -> None:
            events.append((name, trainer.epoch, trainer.batch, len(trainer.history)))

        setattr(Log, name, note)
    scripted([1.0], Log())
    assert events == [
        ("on_fit_begin", 0, 0, 0),
        ("on_epoch_begin", 1, 0, 0),
        ("on_backward", 1, 1, 0),
        ("on_batch_end", 1, 1, 0),
        ("on_save", 1, 1, 0),
        ("on_backward", 1, 2, 0),
        ("on_batch_end", 1, 2, 0),
        ("on_save", 1, 2, 0),
        ("on_epoch_end", 1, 0, 1),
        ("on_save", 1, 0, 1),
        ("on_fit_end", 1, 0, 1),
    ]


def test_fit_end_is_called_after_an_error_too() -> None:
    ended = []

    class Broken(Callback):
        def on_backward(self, trainer: Trainer) -> None:
            raise RuntimeError("broken")

        def on_fit_end(self, trainer: Trainer) -> None:
            ended.append(trainer.completed)

    with pytest.raises(RuntimeError, match="broken"):
        scripted([1.0], Broken())
    assert ended == [False]


def test_a_callback_may_stop_training_after_a_batch() -> None:
    class Stop(Callback):
        def on_batch_end(self, trainer: Trainer, loss: float) -> None:
            trainer.stop = trainer.epoch == 2

    run = scripted([3.0, 2.0, 1.0], Stop())
    assert (len(run.history), run.position.batch) == (1, 1)
    assert run.completed


# --- early stopping ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "options", "epochs", "best"),
    [
        ([5, 4, 3, 3, 3, 3, 3], {"patience": 2}, 5, 3),
        ([5, 4, 4.5, 3, 4, 3.5, 1], {"patience": 2}, 6, 4),
        ([5, 4.6, 4.2, 3.8, 3.8], {"patience": 2, "min_delta": 0.5}, 5, 3),
        ([1, 2, 3, 2, 1, 0], {"patience": 3, "mode": "max"}, 6, 3),
        ([3, math.nan, math.nan, 1], {"patience": 2}, 3, 1),
        ([math.nan, 3, 4], {"patience": 2}, 3, 2),
        ([3, 2, 1], {"patience": 1}, 3, 3),
    ],
)
def test_it_stops_when_patience_is_lost_and_restores_the_best(
    numbers: list[float], options: dict[str, Any], epochs: int, best: int
) -> None:
    stopping = EarlyStopping("test_loss", **options)
    run = scripted(numbers, stopping)
    assert len(run.history) == epochs
    assert stopping.best_epoch == best
    assert stopping.best == numbers[best - 1]
    assert run.model.weight.item() == best
    assert run.completed


def test_without_restoring_the_model_is_the_last_one() -> None:
    run = scripted([1, 2, 3], EarlyStopping("test_loss", patience=2, restore_best=False))
    assert run.model.weight.item() == 3


def test_a_new_fit_has_new_patience() -> None:
    stopping = EarlyStopping("test_loss", patience=2)
    run = scripted([1, 2, 3, 5, 4, 6], stopping, epochs=3)
    run.fit(BATCHES, epochs=3, progress=False)
    assert len(run.history) == 6
    assert stopping.best_epoch == 5


def test_a_monitor_must_exist_and_its_direction_be_known() -> None:
    with pytest.raises(ArgumentError, match=r"'validation_loss' is not among.*quality, test_loss"):
        scripted([1], EarlyStopping())
    with pytest.raises(ArgumentError, match="whether a larger 'quality' is better is not known"):
        EarlyStopping("quality")
    for bad in ({"patience": 0}, {"min_delta": -1.0}, {"mode": "up"}):
        with pytest.raises(ArgumentError):
            EarlyStopping(**bad)  # type: ignore[arg-type]


# --- checkpoints ---------------------------------------------------------------------------


def weights(folder: Path) -> Mapping[str, float]:
    found = {}
    for path in sorted(folder.iterdir()):
        load(model := nn.Linear(1, 1, bias=False), path)
        found[path.name] = model.weight.item()
    return found


def test_a_file_every_few_epochs(tmp_path: Path) -> None:
    scripted([1] * 5, ModelCheckpoint(tmp_path / "{epoch}.npz", every=2))
    assert weights(tmp_path) == {"2.npz": 2, "4.npz": 4}


def test_a_file_every_few_batches(tmp_path: Path) -> None:
    path = tmp_path / "{epoch}-{batch}.npz"
    scripted([1, 1], ModelCheckpoint(path, every=None, every_batches=2))
    assert weights(tmp_path) == {"1-2.npz": 1, "2-2.npz": 2}


def test_only_the_best_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "best.npz"
    scripted([3, 5, 4, 7, 6], ModelCheckpoint(path, best="quality", mode="max"))
    assert weights(tmp_path) == {"best.npz": 4}


def test_a_resumed_run_remembers_how_good_the_best_was(tmp_path: Path) -> None:
    def best() -> ModelCheckpoint:
        return ModelCheckpoint(tmp_path / "best.npz", best="test_loss")

    first = scripted([5, 1, 3, 2], best(), epochs=2)
    first.save(tmp_path / "run.npz")
    second = scripted([5, 1, 3, 2], best(), epochs=0)
    second.fit(BATCHES, epochs=4, progress=False, resume=tmp_path / "run.npz")
    assert weights(tmp_path)["best.npz"] == 2


@pytest.mark.parametrize(
    "options", [{"every": 0}, {"every_batches": 0}, {"every": 2, "best": "loss"}]
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match="ModelCheckpoint"):
        ModelCheckpoint("x.npz", **options)


# --- learning rates ------------------------------------------------------------------------


def test_the_rate_of_each_step_is_noted() -> None:
    model = nn.Linear(1, 1)
    optimizer = SGD(model.parameters(), lr=1.0)
    log = LearningRateLog()
    schedule = ExponentialLR(optimizer, 0.5)
    Trainer(
        model, nn.MSELoss(), optimizer, callbacks=[log], batch_schedule=schedule, clip_norm=1e-9
    ).fit(BATCHES, epochs=2, progress=False)
    assert log.rates == [1.0, 0.5, 0.25, 0.125]
