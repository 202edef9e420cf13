"""The loop over epochs and batches."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core.errors import ArgumentError

from ..module import Module
from ..optim.lr_scheduler import ReduceLROnPlateau
from .batches import Batch, unpack
from .evaluation import evaluate, measured
from .interruption import Interruption
from .nonfinite import NonFiniteLossError
from .position import Position
from .progress import Progress
from .step import Step

if TYPE_CHECKING:
    from .trainer import Trainer

__all__ = ["Loop"]


class Loop:
    """One call of `Trainer.fit`: from where the trainer stands up to an epoch.

    Parameters
    ----------
    trainer : Trainer
        All state is kept there.
    loaders : mapping of str to iterable
        Of the batches of ``"train"`` and, if there is any, of ``"validation"``.
    last : int
        The last epoch.
    progress : bool
        Whether to show a bar.
    """

    def __init__(
        self, trainer: Trainer, loaders: Mapping[str, Any], last: int, progress: bool
    ) -> None:
        self._trainer, self._loaders, self._last = trainer, loaders, last
        self._bar = Progress(progress)
        self._interruption = Interruption()
        self._step = Step(
            trainer.model,
            trainer.loss,
            trainer.optimizer,
            forward=trainer.forward,
            penalty=trainer.penalty,
            clip_norm=trainer.clip_norm,
            clip_value=trainer.clip_value,
            on_backward=lambda: self._emit("on_backward"),
        )

    def run(self) -> None:
        """Train."""
        trainer = self._trainer
        with ExitStack() as stack:
            stack.enter_context(_training(trainer.model))
            stack.callback(self._bar.close)
            for callback in reversed(trainer.callbacks):
                stack.callback(callback.on_fit_end, trainer)
            with self._interruption:
                self._emit("on_fit_begin")
                resumed = trainer.resumed
                while len(trainer.history) < self._last and not self._stopped():
                    self._epoch(resumed)
                    resumed = False
            trainer.interrupted = self._interruption.requested
            trainer.completed = not trainer.interrupted
            if trainer.interrupted:
                self._bar.close()
                self._bar.say(
                    f"interrupted in epoch {len(trainer.history) + 1}, after "
                    f"{trainer.position.batch} batches; fit(..., resume=True) goes on from there"
                )

    def _epoch(self, resumed: bool) -> None:
        """Train for one epoch, or the rest of one; less if stopped."""
        trainer, loaders = self._trainer, self._loaders
        if not resumed:
            trainer.position = Position.at_start(loaders)
        position = trainer.position
        trainer.epoch, trainer.batch = len(trainer.history) + 1, position.batch
        started = time.perf_counter() - position.seconds
        self._bar.begin(trainer.epoch, self._last, loaders["train"], position.batch)
        if not position.batch:
            self._emit("on_epoch_begin")
        # A thread that prepares batches ends when their iterator is closed.
        with closing(position.batches(loaders, self._step.state, resumed)) as batches:
            for item in batches:
                trainer.batch = position.batch + 1
                self._train_on(unpack(item))
                position.seconds = time.perf_counter() - started
                self._bar.step(position.means)
                self._emit("on_save")
                if self._stopped():
                    return
        if not position.batch:
            raise ArgumentError("Trainer: the training data gave no batch; need at least one")
        row = {"epoch": trainer.epoch, **position.means.result()}
        if "validation" in loaders:
            validated = evaluate(
                trainer.model,
                trainer.loss,
                trainer.metrics,
                trainer.forward,
                loaders["validation"],
                cancelled=lambda: self._interruption.requested,
            )
            if validated is None:
                return
            row.update({f"validation_{name}": x for name, x in validated.items()})
        row.update(position.lr, seconds=time.perf_counter() - started)
        self._end_epoch(row)

    def _train_on(self, batch: Batch) -> None:
        trainer, position = self._trainer, self._trainer.position
        trainer.in_step = True
        try:
            result = self._step(batch)
        except NonFiniteLossError as error:
            error.epoch, error.batch = trainer.epoch, trainer.batch
            raise
        except Exception as error:
            shapes = ", ".join(str(np.shape(x)) for x in (*batch.args, *batch.kwargs.values()))
            error.add_note(
                f"in epoch {trainer.epoch}, batch {trainer.batch}, of inputs {shapes} and "
                f"targets {np.shape(batch.target)}"
            )
            raise
        finally:
            trainer.in_step = False
        numbers = {"loss": result.loss}
        if result.penalty is not None:
            numbers["penalty"] = result.penalty
        numbers.update(measured(trainer.metrics, result.output, batch.target))
        position.means.add(numbers, batch.size)
        position.lr = _rates(trainer.optimizer)
        self._emit("on_batch_end", result.loss)
        for schedule in trainer.batch_schedules:
            _move(schedule, result.loss)
        position.batch += 1

    def _end_epoch(self, row: dict[str, Any]) -> None:
        trainer = self._trainer
        for schedule in trainer.epoch_schedules:
            _move(schedule, row.get("validation_loss", row["loss"]))
        trainer.history.append(row)
        trainer.batch = 0
        self._bar.end(trainer.epoch, {k: x for k, x in row.items() if k != "epoch"})
        self._emit("on_epoch_end", row)
        trainer.position = Position.at_start(self._loaders)
        self._emit("on_save")

    def _stopped(self) -> bool:
        return self._trainer.stop or self._interruption.requested

    def _emit(self, event: str, *args: Any) -> None:
        for callback in self._trainer.callbacks:
            getattr(callback, event)(self._trainer, *args)


@contextmanager
def _training(model: Module) -> Iterator[None]:
    """Inside the block the model is in training mode; afterwards as it was."""
    before = [(module, module.training) for module in model.modules()]
    if not model.training:  # else single modules may be frozen in eval mode on purpose
        model.train()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training


def _move(schedule: Any, number: float) -> None:
    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(number)
    else:
        schedule.step()


def _rates(optimizer: Any) -> dict[str, float]:
    groups = enumerate(optimizer.param_groups)
    return {f"lr_{i}" if i else "lr": float(group["lr"]) for i, group in groups}
