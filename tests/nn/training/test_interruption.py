"""Ctrl-C ends training between two steps; a second one ends it at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.data import ArrayDataset, DataLoader
from nn.optim import SGD
from nn.training import Callback, EarlyStopping, Trainer
from nn.training.interruption import Interruption

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends SIGINT as a terminal does")

BATCHES = [(np.full((4, 3), i + 1.0), np.zeros((4, 1))) for i in range(5)]


class Press(Callback):
    """Presses Ctrl-C in a certain step, while its gradients are there and nothing else is."""

    def __init__(self, epoch: int, batch: int, times: int = 1) -> None:
        self.place, self.times = (epoch, batch), times

    def on_backward(self, trainer: Trainer) -> None:
        if (trainer.epoch, trainer.batch) == self.place:
            for _ in range(self.times):
                os.kill(os.getpid(), signal.SIGINT)


def build(*callbacks: Callback, loss: Any = None) -> Trainer:
    model = nn.Linear(3, 1, rng=0)
    return Trainer(
        model, loss or nn.MSELoss(), SGD(model.parameters(), lr=1e-3), callbacks=callbacks
    )


def test_the_model_is_as_after_its_last_whole_step() -> None:
    stopped, whole = build(Press(2, 3)), build()
    stopped.model.eval()
    history = stopped.fit(BATCHES, BATCHES, epochs=9, progress=False)
    assert stopped.interrupted
    assert not stopped.completed
    assert len(history) == 1
    assert (stopped.epoch, stopped.batch) == (2, 3)
    whole.fit(BATCHES, epochs=1, progress=False)
    whole.fit(BATCHES[:3], epochs=1, progress=False)
    assert stopped.model.weight.data.tobytes() == whole.model.weight.data.tobytes()
    assert not stopped.model.training
    assert not whole.interrupted
    assert whole.completed


def test_python_handles_ctrl_c_again_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    build(Press(1, 1)).fit(BATCHES, progress=False)
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(ZeroDivisionError):
        build(loss=lambda output, y: 1 / 0).fit(BATCHES, progress=False)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_raises_at_once() -> None:
    run = build(Press(1, 2, times=2))
    with pytest.raises(KeyboardInterrupt):
        run.fit(BATCHES, progress=False)
    assert not run.completed
    assert run.model.training


def test_ctrl_c_while_validating_ends_it_too() -> None:
    calls = []

    def loss(output: Any, y: Any) -> Any:
        calls.append(output)
        if len(calls) == 7:  # the second batch of the validation
            os.kill(os.getpid(), signal.SIGINT)
        return ((output - y) ** 2).mean()

    run = build(loss=loss)
    assert len(run.fit(BATCHES, BATCHES, epochs=3, progress=False)) == 0
    assert run.interrupted
    assert len(calls) == 7


def test_ctrl_c_does_not_bring_back_the_best_weights() -> None:
    run = build(EarlyStopping("loss"), Press(3, 1))
    run.fit(BATCHES, epochs=9, progress=False)
    whole = build()
    whole.fit(BATCHES, epochs=2, progress=False)
    whole.fit(BATCHES[:1], progress=False)
    assert run.model.weight.data.tobytes() == whole.model.weight.data.tobytes()


def test_it_says_where_it_stopped(capfd: pytest.CaptureFixture[str]) -> None:
    build(Press(2, 3)).fit(BATCHES, epochs=9)
    assert capfd.readouterr().out.splitlines()[-1] == (
        "interrupted in epoch 2, after 3 batches; fit(..., resume=True) goes on from there"
    )


def test_the_thread_that_prepares_batches_ends_too() -> None:
    loader = DataLoader(ArrayDataset(np.ones((40, 3)), np.ones((40, 1))), 4, prefetch=2)
    before = threading.active_count()
    build(Press(1, 2)).fit(loader, progress=False)
    assert threading.active_count() == before


def test_the_next_fit_is_not_interrupted() -> None:
    run = build(Press(1, 2))
    run.fit(BATCHES, progress=False)
    run.callbacks = ()
    assert len(run.fit(BATCHES, epochs=2, progress=False)) == 2
    assert not run.interrupted


def test_in_another_thread_signals_are_left_alone() -> None:
    results = []

    def work() -> None:
        results.append(len(build().fit(BATCHES, progress=False)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert results == [1]


def test_where_ctrl_c_is_ignored_it_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            os.kill(os.getpid(), signal.SIGINT)
        assert not interruption.requested
    finally:
        signal.signal(signal.SIGINT, before)


_PROGRAM = """
import numpy as np, nn
from nn.optim import SGD
from nn.training import Callback, Trainer
model = nn.Linear(3, 1, rng=0)
class Say(Callback):
    def on_batch_end(self, trainer, loss):
        print("step", flush=True)
trainer = Trainer(model, nn.MSELoss(), SGD(model.parameters(), lr=1e-6), callbacks=[Say()])
trainer.fit([(np.ones((4, 3)), np.zeros((4, 1)))] * 10**6, progress=False)
print("interrupted", trainer.interrupted, trainer.batch == trainer.position.batch, flush=True)
"""


def test_a_signal_from_outside_ends_a_program_in_order() -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert program.stdout is not None
    with program.stdout:
        assert program.stdout.readline() == "step\n"
        program.send_signal(signal.SIGINT)
        rest = program.stdout.read().splitlines()
    assert program.wait() == 0
    assert rest[-1] == "interrupted True True"
