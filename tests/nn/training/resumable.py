"""A run with all that makes resuming difficult; as a program, one that may be killed.

``python resumable.py RESULT CHECKPOINT EPOCHS PAUSE`` trains up to an epoch, going on from the
checkpoint if there is one, pauses so many seconds in each batch, and writes down the result.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

import nn
from nn.data import ArrayDataset, DataLoader
from nn.optim import Adam
from nn.optim.lr_scheduler import CosineAnnealingLR, LinearLR
from nn.saving import write_archive
from nn.saving.nested import pack
from nn.training import (
    Callback,
    EarlyStopping,
    GradientStatistics,
    LearningRateLog,
    ModelCheckpoint,
    Trainer,
    accuracy,
)


class Pause(Callback):
    """Says when training begins, and takes its time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def on_epoch_begin(self, trainer: Trainer) -> None:
        print("epoch", trainer.epoch, flush=True)

    def on_batch_end(self, trainer: Trainer, loss: float) -> None:
        time.sleep(self.seconds)


class StopAt(Callback):
    """Ends training as Ctrl-C does, after a batch."""

    def __init__(self, epoch: int, batch: int) -> None:
        self.place = epoch, batch

    def on_save(self, trainer: Trainer) -> None:
        if (trainer.epoch, trainer.batch) == self.place:
            signal.raise_signal(signal.SIGINT)


def model() -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(5, 8),
        nn.BatchNorm1d(8),
        nn.Tanh(),
        nn.Dropout(0.3),  # of the shared generator
        nn.Linear(8, 8),
        nn.Dropout(0.3, rng=7),  # of its own
        nn.Linear(8, 3),
    )


def data() -> tuple[DataLoader, DataLoader]:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(70, 5)).astype(np.float32)
    y = x[:, :3].argmax(1)
    return (
        DataLoader(ArrayDataset(x[:50], y[:50]), 8, shuffle=True),
        DataLoader(ArrayDataset(x[50:], y[50:]), 8, shuffle=True, rng=3),
    )


def trainer(seed: int, *callbacks: Callback, **options: Any) -> Trainer:
    nn.manual_seed(seed)
    net = model()
    optimizer = Adam(net.parameters(), lr=0.02)
    return Trainer(
        net,
        nn.CrossEntropyLoss(),
        optimizer,
        callbacks=[
            EarlyStopping(patience=50),
            GradientStatistics(),
            LearningRateLog(),
            *callbacks,
        ],
        metrics=[accuracy],
        schedule=CosineAnnealingLR(optimizer, 6),
        batch_schedule=LinearLR(optimizer, 0.2, total_iters=10),
        clip_norm=1.0,
        **options,
    )


def result(of: Trainer) -> dict[str, bytes]:
    """All that a run has in it, as bytes; without the time, and what has no state."""
    from nn.training.checkpoint import collect

    state = collect(of)
    state["history"].pop("seconds", None)
    state["position"].pop("seconds")
    state["callbacks"] = [[name, part] for name, part in state["callbacks"] if part]
    text, arrays = pack(state)
    text = json.dumps(json.loads(text), sort_keys=True)
    return {"": text.encode(), **{name: array.tobytes() for name, array in arrays.items()}}


def differences(a: Mapping[str, bytes], b: Mapping[str, bytes]) -> list[str]:
    return [name for name in {**a, **b} if a.get(name) != b.get(name)]


def main(path: str, checkpoint: str, epochs: str, pause: str) -> None:
    run = trainer(
        99 if os.path.exists(checkpoint) else 0,  # one that goes on must not need the seed
        Pause(float(pause)),
        ModelCheckpoint(checkpoint, every_batches=2),
    )
    train, validation = data()
    run.fit(train, validation, int(epochs), progress=False, resume=checkpoint)
    written = {k: np.frombuffer(v, np.uint8) for k, v in result(run).items()}
    write_archive(path, written, {"names": json.dumps(sorted(written))})


if __name__ == "__main__":
    main(*sys.argv[1:])
