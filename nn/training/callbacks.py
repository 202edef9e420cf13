"""What happens beside training: stopping early, writing checkpoints, noting learning rates."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from autograd_core.errors import ArgumentError

from .callback import Callback

if TYPE_CHECKING:
    from .trainer import Trainer

__all__ = ["EarlyStopping", "LearningRateLog", "ModelCheckpoint"]


class _Best:
    """Whether a monitored number is better than any before."""

    def __init__(self, monitor: str, mode: str | None, min_delta: float = 0.0) -> None:
        if mode is None and not monitor.endswith("loss"):
            raise ArgumentError(
                f"callback: whether a larger {monitor!r} is better is not known; need mode='max' "
                "or mode='min'"
            )
        if mode not in (None, "min", "max") or not min_delta >= 0:
            raise ArgumentError(
                f"callback: mode is {mode!r}, min_delta is {min_delta}; need 'min' or 'max', and "
                "min_delta >= 0"
            )
        self.monitor = monitor
        self.sign = -1.0 if mode == "max" else 1.0
        self.min_delta = min_delta
        self.value = math.inf  # with the sign that makes less better

    def update(self, row: Mapping[str, Any]) -> bool:
        number = row.get(self.monitor)
        if number is None:
            raise ArgumentError(
                f"callback: {self.monitor!r} is not among what is measured: {', '.join(row)}; "
                "need validation data, a metric of that name, or another monitor="
            )
        better: bool = self.sign * number < self.value - self.min_delta  # never for nan
        if better:
            self.value = self.sign * number
        return better


class EarlyStopping(Callback):
    """Stop when a measured number has not improved for some epochs.

    Parameters
    ----------
    monitor : str
        A column of the history.
    patience : int
        How many epochs in a row may pass without improvement before the next one is not begun.
    min_delta : float
        A change by less is no improvement.
    mode : {"min", "max"}, optional
        Whether less or more is better; for a monitor whose name ends in "loss" it is less.
    restore_best : bool
        Whether the model gets back the weights of its best epoch when `fit` ends, also where it
        ends for another reason; not after an error or Ctrl-C.

    Attributes
    ----------
    best_epoch : int
        From 1; 0 before the first.
    best : float
        What was measured there.
    """

    def __init__(
        self,
        monitor: str = "validation_loss",
        patience: int = 5,
        min_delta: float = 0.0,
        mode: Literal["min", "max"] | None = None,
        restore_best: bool = True,
    ) -> None:
        if patience < 1:
            raise ArgumentError(f"EarlyStopping: patience is {patience}; need at least 1")
        self._best = _Best(monitor, mode, min_delta)
        self.patience = patience
        self.restore_best = restore_best
        self._reset()

    def _reset(self) -> None:
        self._best.value = math.inf
        self._weights: dict[str, Any] | None = None
        self._waited = 0
        self.best_epoch = 0

    @property
    def best(self) -> float:
        """What was measured in the best epoch."""
        return self._best.sign * self._best.value

    def on_fit_begin(self, trainer: Trainer) -> None:
        """Forget earlier runs, unless this one goes on with them."""
        if not trainer.resumed:
            self._reset()

    def on_epoch_end(self, trainer: Trainer, row: Mapping[str, Any]) -> None:
        """Keep the weights if they are the best so far, or lose patience."""
        if self._best.update(row):
            self.best_epoch = row["epoch"]
            self._waited = 0
            if self.restore_best:
                self._weights = trainer.model.state_dict()
        else:
            self._waited += 1
            if self._waited >= self.patience:
                trainer.stop = True

    def on_fit_end(self, trainer: Trainer) -> None:
        """Give the model its best weights."""
        if trainer.completed and self._weights is not None:
            trainer.model.load_state_dict(self._weights)

    def state_dict(self) -> dict[str, Any]:
        """The best number, epoch and weights, and the epochs waited since."""
        return {
            "value": self._best.value,
            "epoch": self.best_epoch,
            "waited": self._waited,
            "weights": self._weights,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self._best.value, self.best_epoch = state["value"], state["epoch"]
        self._waited, self._weights = state["waited"], state["weights"]


class ModelCheckpoint(Callback):
    """Write all that going on needs to a file, again and again; see `Trainer.save`.

    ``fit(…, resume=path)`` goes on from it, and ``nn.load(model, path)`` reads the weights.

    Parameters
    ----------
    path : path_like
        Ends in ``.safetensors`` or ``.npz``. ``{epoch}`` and ``{batch}`` in it are replaced by
        their numbers; without them the file is replaced each time, all at once.
    every : int or None
        After every so many epochs.
    every_batches : int, optional
        Also after every so many batches of an epoch.
    best : str, optional
        A column of the history: write only after an epoch that is the best so far in it.
    mode : {"min", "max"}, optional
        As for `EarlyStopping`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        every: int | None = 1,
        *,
        every_batches: int | None = None,
        best: str | None = None,
        mode: Literal["min", "max"] | None = None,
    ) -> None:
        if (every is not None and every < 1) or (every_batches is not None and every_batches < 1):
            raise ArgumentError(
                f"ModelCheckpoint: every={every}, every_batches={every_batches}; need 1 or more"
            )
        if best is not None and (every != 1 or every_batches is not None):
            raise ArgumentError(
                "ModelCheckpoint: best= looks at every epoch; use a second ModelCheckpoint for "
                "every= or every_batches="
            )
        self.path = os.fspath(path)
        self._every, self._every_batches = every, every_batches
        self._best = None if best is None else _Best(best, mode)
        self._due = False

    def on_fit_begin(self, trainer: Trainer) -> None:
        """Forget earlier runs, unless this one goes on with them."""
        if self._best is not None and not trainer.resumed:
            self._best.value = math.inf

    def on_epoch_end(self, trainer: Trainer, row: Mapping[str, Any]) -> None:
        """See whether a file is due."""
        if self._best is not None:
            self._due = self._best.update(row)
        else:
            self._due = self._every is not None and row["epoch"] % self._every == 0

    def on_save(self, trainer: Trainer) -> None:
        """Write it."""
        if trainer.batch and self._every_batches is not None:
            self._due = trainer.batch % self._every_batches == 0
        if self._due:
            path = self.path.replace("{epoch}", str(trainer.epoch))
            trainer.save(path.replace("{batch}", str(trainer.batch)))
        self._due = False

    def state_dict(self) -> dict[str, Any]:
        """The best number so far."""
        return {} if self._best is None else {"value": self._best.value}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        if self._best is not None:
            self._best.value = state["value"]


class LearningRateLog(Callback):
    """Note the learning rate of every step, where the history has one for each epoch.

    Attributes
    ----------
    rates : list of float
        Of the first parameter group.
    """

    def __init__(self) -> None:
        self.rates: list[float] = []

    def on_batch_end(self, trainer: Trainer, loss: float) -> None:
        """Note the rate of the step; its schedule moves afterwards."""
        self.rates.append(float(trainer.optimizer.param_groups[0]["lr"]))

    def state_dict(self) -> dict[str, Any]:
        """The rates so far."""
        return {"rates": list(self.rates)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self.rates = list(state["rates"])
