"""A run that was stopped and resumed is the run that was never stopped, to the last bit."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.optim import LBFGS, SGD, Adam
from nn.optim.lr_scheduler import ReduceLROnPlateau
from nn.saving import load, read_archive
from nn.training import EarlyStopping, ModelCheckpoint, Trainer

from . import resumable
from .resumable import StopAt, differences, result

PROGRAM = Path(__file__).with_name("resumable.py")


def start(*args: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), *map(str, args)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )


def stored(path: Path) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in read_archive(path)[0].items()}


@pytest.fixture(scope="module")
def uninterrupted() -> dict[str, bytes]:
    run = resumable.trainer(0)
    run.fit(*resumable.data(), epochs=6, progress=False)
    return result(run)


def test_three_epochs_and_three_more_in_another_process_are_six(
    uninterrupted: dict[str, bytes], tmp_path: Path
) -> None:
    pytest.importorskip("safetensors")
    for epochs in (3, 6):
        program = start(tmp_path / "result.npz", tmp_path / "run.safetensors", epochs, 0)
        program.communicate()
        assert program.returncode == 0
    assert differences(stored(tmp_path / "result.npz"), uninterrupted) == []


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_killed_in_the_middle_again_and_again_it_is_the_same_run(
    uninterrupted: dict[str, bytes], tmp_path: Path
) -> None:
    rng, kills = random.Random(3), 0
    while not (tmp_path / "result.npz").exists():
        program = start(tmp_path / "result.npz", tmp_path / "run.npz", 6, 0.01)
        assert program.stdout is not None
        with program.stdout:
            assert program.stdout.readline() != b"", "the program ended by itself"
            if kills < 3:
                time.sleep(rng.uniform(0.05, 0.2))
                program.send_signal(signal.SIGKILL)
                kills += program.wait() == -signal.SIGKILL
            else:
                program.stdout.read()
                assert program.wait() == 0
    assert kills == 3
    assert differences(stored(tmp_path / "result.npz"), uninterrupted) == []


@pytest.mark.parametrize("place", [(1, 1), (2, 3), (3, 7), (4, 0)])
def test_saved_at_any_place_of_an_epoch(
    place: tuple[int, int], uninterrupted: dict[str, bytes], tmp_path: Path
) -> None:
    """Batch 7 is the last one of the epoch; 0 is after the validation."""
    first = resumable.trainer(0, StopAt(*place))
    first.fit(*resumable.data(), epochs=6, progress=False)
    assert first.interrupted
    first.save(tmp_path / "run.npz")
    second = resumable.trainer(1)
    second.fit(*resumable.data(), epochs=6, progress=False, resume=tmp_path / "run.npz")
    changed = differences(result(second), uninterrupted)
    assert changed == [], changed


def test_after_ctrl_c_the_same_trainer_goes_on(uninterrupted: dict[str, bytes]) -> None:
    run = resumable.trainer(0, StopAt(2, 3))
    loaders = resumable.data()
    run.fit(*loaders, epochs=6, progress=False)
    run.callbacks = run.callbacks[:-1]
    run.fit(*loaders, epochs=6, progress=False, resume=True)
    assert differences(result(run), uninterrupted) == []


@pytest.mark.parametrize(
    ("optimizer", "options"),
    [
        (SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
        (Adam, {"lr": 0.01, "amsgrad": True}),
        (LBFGS, {"lr": 0.5, "max_iter": 3}),
        (LBFGS, {"max_iter": 4, "line_search_fn": "strong_wolfe"}),
    ],
)
def test_other_optimisers_and_arrays_for_data(
    optimizer: Any, options: dict[str, Any], tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    arrays = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))

    def build(seed: int) -> Trainer:
        nn.manual_seed(seed)
        model = nn.Sequential(nn.Linear(3, 4, dtype="float64"), nn.Dropout(0.1), nn.Tanh())
        model.append(nn.Linear(4, 2, dtype="float64"))
        made = optimizer(model.parameters(), **options)
        schedule = ReduceLROnPlateau(made, patience=0, factor=0.5)
        return Trainer(model, nn.MSELoss(), made, schedule=schedule)

    whole = build(0)
    whole.fit(arrays, epochs=4, batch_size=16, progress=False)
    expected = result(whole)
    first = build(0)
    first.fit(arrays, epochs=2, batch_size=16, progress=False)
    first.save(tmp_path / "run.npz")
    second = build(1)
    second.fit(arrays, epochs=4, batch_size=16, progress=False, resume=tmp_path / "run.npz")
    assert differences(result(second), expected) == []


def test_resume_without_a_file_begins(uninterrupted: dict[str, bytes], tmp_path: Path) -> None:
    run = resumable.trainer(0)
    run.fit(*resumable.data(), epochs=6, progress=False, resume=tmp_path / "none.npz")
    assert differences(result(run), uninterrupted) == []


def test_resuming_a_finished_run_changes_nothing(tmp_path: Path) -> None:
    run = resumable.trainer(0, ModelCheckpoint(tmp_path / "run.npz"))
    run.fit(*resumable.data(), epochs=2, progress=False)
    before = result(run)
    again = resumable.trainer(1, ModelCheckpoint(tmp_path / "run.npz"))
    again.fit(*resumable.data(), epochs=2, progress=False, resume=tmp_path / "run.npz")
    assert differences(result(again), before) == []


def test_a_run_that_stopped_early_stays_stopped(tmp_path: Path) -> None:
    def build(seed: int) -> Trainer:
        nn.manual_seed(seed)
        model = nn.Linear(1, 1)
        return Trainer(
            model,
            nn.MSELoss(),
            SGD(model.parameters(), lr=0.0),  # so nothing improves
            callbacks=[ModelCheckpoint(tmp_path / "run.npz"), EarlyStopping("loss", patience=2)],
        )

    batches = [(np.ones((2, 1)), np.ones((2, 1)))]
    first, second = build(0), build(1)
    assert len(first.fit(batches, epochs=9, progress=False)) == 3
    assert len(second.fit(batches, epochs=9, progress=False, resume=tmp_path / "run.npz")) == 3
    assert (second.model.weight.data == first.model.weight.data).all()
    assert len(second.fit(batches, epochs=1, progress=False)) == 4  # asked for more, it trains


def test_the_weights_of_a_checkpoint_load_into_a_model(tmp_path: Path) -> None:
    run = resumable.trainer(0)
    run.save(tmp_path / "run.npz")
    load(other := resumable.model(), tmp_path / "run.npz")
    for name, array in run.model.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], array)
