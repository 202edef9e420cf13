"""Real data from beginning to end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nn
from nn.optim import Adam
from nn.optim.lr_scheduler import ExponentialLR
from nn.training import EarlyStopping, ModelCheckpoint, Trainer, accuracy, confusion_matrix


def test_handwritten_digits_are_learnt(tmp_path: Path) -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    x, y = datasets.load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))  # the last ones are of other writers
    x, y = (x[order] / 16).astype(np.float32), y[order]
    train, validation, test = (
        (x[rows], y[rows]) for rows in (slice(1200), slice(1200, 1500), slice(1500, None))
    )
    nn.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 10)
    )
    optimizer = Adam(model.parameters(), lr=0.01)
    trainer = Trainer(
        model,
        nn.CrossEntropyLoss(),
        optimizer,
        metrics=[accuracy],
        callbacks=[EarlyStopping(patience=4), ModelCheckpoint(tmp_path / "digits.npz")],
        schedule=ExponentialLR(optimizer, 0.9),
        clip_norm=5.0,
    )
    history = trainer.fit(train, validation, epochs=12, progress=False)
    result = trainer.evaluate(test)
    assert result["accuracy"] > 0.95
    assert history["accuracy"][-1] > 0.97
    assert result["loss"] < 0.2
    matrix = confusion_matrix(trainer.predict(test[0]), test[1])
    assert matrix.accuracy == pytest.approx(result["accuracy"])
