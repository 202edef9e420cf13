"""Checkpoints that are damaged or do not fit are refused, and nothing is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd_core.errors import ArgumentError, DtypeError, ShapeError
from nn.optim import Adam
from nn.optim.lr_scheduler import ReduceLROnPlateau
from nn.saving import FileFormatError, read_archive, write_archive
from nn.training import Callback, EarlyStopping, ModelCheckpoint, Trainer

from .resumable import StopAt, differences, result


def build(width: int = 4, dtype: str = "float32", *callbacks: Callback) -> Trainer:
    model = nn.Sequential(nn.Linear(3, width, dtype=dtype), nn.Dropout(0.1, rng=1))
    return Trainer(model, nn.MSELoss(), Adam(model.parameters()), callbacks=callbacks)


def wrong_optimizer() -> Trainer:
    run = build()
    run.optimizer = Adam([{"params": [p]} for p in run.model.parameters()])
    return run


def wrong_schedules() -> Trainer:
    run = build()
    run.epoch_schedules = [ReduceLROnPlateau(run.optimizer)]
    return run


def wrong_generators() -> Trainer:
    run = build()
    run.model[1].rng = None
    return run


@pytest.mark.parametrize(
    ("other", "error", "match"),
    [
        (lambda: build(5), nn.StateError, r"0\.weight: the array has \(4, 3\)"),
        (lambda: build(4, "float64"), DtypeError, "was saved as float32, the model has float64"),
        (wrong_schedules, ArgumentError, "has 0 schedules, the trainer 1"),
        (wrong_optimizer, ArgumentError, r"groups of \[2\] parameters"),
        (wrong_generators, ArgumentError, r"generators that were saved are \['model\.1\.rng'\]"),
    ],
)
def test_a_checkpoint_that_does_not_fit_leaves_the_trainer_as_it_was(
    other: Any, error: type[Exception], match: str, tmp_path: Path
) -> None:
    saved = build()
    saved.fit([(np.ones((2, 3)), np.ones((2, 4)))], epochs=1, progress=False)
    saved.save(tmp_path / "run.npz")
    run = other()
    before = result(run)
    with pytest.raises(error, match=match) as caught:
        run.load(tmp_path / "run.npz")
    assert caught.value.__notes__ == [f"in the checkpoint {tmp_path / 'run.npz'}"]
    assert differences(result(run), before) == []


def test_a_callback_that_is_missing_is_named(tmp_path: Path) -> None:
    build(4, "float32", EarlyStopping()).save(tmp_path / "run.npz")
    with pytest.raises(ArgumentError, match="the state of a EarlyStopping"):
        build().load(tmp_path / "run.npz")
    build().save(tmp_path / "run.npz")
    build(4, "float32", EarlyStopping()).load(tmp_path / "run.npz")  # a new one begins afresh


def test_a_damaged_checkpoint_and_a_file_of_weights_are_refused(tmp_path: Path) -> None:
    run = build()
    path = tmp_path / "run.npz"
    run.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    before = result(run)
    with pytest.raises(FileFormatError, match=r"run\.npz"):
        run.fit([], epochs=3, progress=False, resume=path)
    path.write_bytes(whole)
    _, metadata = read_archive(path)
    write_archive(path, {}, metadata)
    with pytest.raises(FileFormatError, match=r"run\.npz: its state cannot be read: KeyError"):
        run.load(path)
    nn.save(run.model, path)
    with pytest.raises(FileFormatError, match=r"run\.npz: this is no checkpoint.*nn\.load"):
        run.load(path)
    assert differences(result(run), before) == []


def test_other_data_than_at_the_checkpoint_is_noticed(tmp_path: Path) -> None:
    batch = np.ones((2, 3)), np.ones((2, 4))
    run = build(4, "float32", ModelCheckpoint(tmp_path / "run.npz", every_batches=3))
    run.callbacks = (*run.callbacks, StopAt(1, 3))
    run.fit([batch] * 5, epochs=2, progress=False)
    with pytest.raises(ArgumentError, match="after batch 3 of an epoch, and the data has only 2"):
        build().fit([batch] * 2, epochs=2, progress=False, resume=tmp_path / "run.npz")


def test_shape_errors_of_the_optimiser_leave_the_model(tmp_path: Path) -> None:
    """The model's weights fit, and the optimiser's state is found not to only after them."""
    saved = build()
    saved.fit([(np.ones((2, 3)), np.ones((2, 4)))], epochs=1, progress=False)
    saved.save(tmp_path / "run.npz")
    run = build()
    run.optimizer = Adam(reversed(list(run.model.parameters())))
    before = result(run)
    with pytest.raises(ShapeError, match="exp_avg"):
        run.load(tmp_path / "run.npz")
    assert differences(result(run), before) == []
