"""Trainer: what trains a model, measures it, and goes on another day."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from autograd_core.errors import ArgumentError

from ..module import Module
from . import checkpoint
from .batches import as_batches
from .callback import Callback
from .evaluation import evaluate, named_metrics, predict
from .history import History
from .loop import Loop
from .position import Position
from .step import check_parts

__all__ = ["Trainer"]


class Trainer:
    """Trains a model.

    Parameters
    ----------
    model : Module
    loss : callable
        ``loss(output, target)`` gives one number, the mean over the batch.
    optimizer : Optimizer or None
        Over the model's parameters; also one that evaluates the loss several times in a step,
        such as L-BFGS. ``None`` for a trainer that only measures.
    callbacks : sequence of Callback
    metrics : callable, sequence of callable, or dict of str to callable
        ``metric(output, target)`` of raw arrays gives one number, a mean over the batch.
    schedule, batch_schedule : LRScheduler, or sequence of them
        Learning-rate schedules that move after each epoch and after each batch. One that looks
        at a number (`ReduceLROnPlateau`) is given the validation loss, or the loss if there is
        no validation.
    clip_norm, clip_value : float, optional
        The greatest norm of all gradients together, the greatest absolute value of an element.
        Values are clipped first.
    penalty : callable, optional
        ``penalty(model)`` is added to the loss in training; the history has it apart.
    forward : callable, optional
        ``forward(model, *inputs)`` instead of ``model(*inputs)``, for models that need it:
        ``lambda model, x, lengths: model(x, lengths=lengths)[0]``.

    Attributes
    ----------
    history : History
        For each epoch: loss, penalty and metrics, as means over the samples while they were
        trained on; the same after it for the validation data (``validation_loss``, …); the
        learning rate of its last step (``lr``; ``lr_1``, … of further parameter groups); seconds.
    epoch, batch : int
        Those under way, from 1; after an epoch the batch is 0.
    stop : bool
        Set it to end training after the batch, for instance in a callback.
    interrupted : bool
        Whether the last `fit` was ended by Ctrl-C. The model then is as after its last step;
        a second Ctrl-C raises at once.
    completed : bool
        Whether the last `fit` came to its end: neither error, nor Ctrl-C.
    resumed : bool
        Whether it went on from a checkpoint.

    Notes
    -----
    A batch is a tuple ``(inputs, target)``, or ``(x, lengths, target)``: the last entry is the
    target, what stands before it are the model's arguments. A single tuple or dict before it
    stands for all arguments: ``({"x": x, "lengths": lengths}, target)``.

    Examples
    --------
    >>> import nn, numpy as np
    >>> from nn.optim import SGD
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(100, 2)).astype(np.float32)
    >>> y = x @ np.float32([[2.0], [-1.0]])
    >>> model = nn.Linear(2, 1, rng=0)
    >>> trainer = Trainer(model, lambda output, y: ((output - y) ** 2).mean(), SGD(
    ...     model.parameters(), lr=0.1))
    >>> history = trainer.fit((x, y), epochs=20, batch_size=10, progress=False)
    >>> history["loss"][-1] < 1e-4, model.weight.data.round(1).tolist()
    (True, [[2.0, -1.0]])
    """

    def __init__(
        self,
        model: Module,
        loss: Callable[[Any, Any], Any],
        optimizer: Any,
        *,
        callbacks: Iterable[Callback] = (),
        metrics: Any = None,
        schedule: Any = None,
        batch_schedule: Any = None,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        penalty: Callable[[Module], Any] | None = None,
        forward: Callable[..., Any] | None = None,
    ) -> None:
        check_parts(model, loss, optimizer)
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.callbacks = tuple(callbacks)
        self.metrics = named_metrics(metrics)
        self.epoch_schedules, self.batch_schedules = _listed(schedule), _listed(batch_schedule)
        self.clip_norm, self.clip_value = clip_norm, clip_value
        self.penalty, self.forward = penalty, forward
        self.history = History()
        self.position = Position()
        self.epoch = self.batch = 0
        self.stop = self.interrupted = self.completed = self.resumed = self.in_step = False

    @property
    def schedules(self) -> list[Any]:
        """All schedules, those of epochs first."""
        return self.epoch_schedules + self.batch_schedules

    # --- training --------------------------------------------------------------------------

    def fit(
        self,
        train: Any,
        validation: Any = None,
        epochs: int = 1,
        *,
        batch_size: int = 32,
        progress: bool = True,
        resume: str | os.PathLike[str] | bool | None = None,
    ) -> History:
        """Train for some epochs.

        Parameters
        ----------
        train : DataLoader, other iterable of batches, or tuple of array_like
            Run through once in each epoch. A tuple of arrays ``(x, y)`` is shuffled anew each
            time by the generator that `nn` shares.
        validation : the same, optional
            Measured after each epoch.
        epochs : int
            How many more; with `resume`, how many in all.
        batch_size : int
            For arrays.
        progress : bool
            Whether to show a bar (a line for each epoch where tqdm is not installed).
        resume : path_like or bool, optional
            The file of `ModelCheckpoint` or `save` to go on from: all is as if training had
            never stopped, to the last bit, given the same model, options and data. If there is
            no such file yet, training begins; so a job that may be killed can be started again
            by the same command. ``True`` goes on from where this trainer itself stands, within
            the epoch too: after Ctrl-C, or after `load`.

        Returns
        -------
        History
            Also of all earlier epochs.

        Raises
        ------
        NonFiniteLossError
            If the loss or its gradient is NaN or infinite: says where that comes from.
        ArgumentError
            If there is no batch, or an option is out of its range.
        KeyboardInterrupt
            At the second Ctrl-C.
        """
        if epochs < 0:
            raise ArgumentError(f"Trainer: epochs is {epochs}; need 0 or more")
        if self.optimizer is None:
            raise ArgumentError("Trainer: the optimizer is None; fit needs one")
        loaders = {"train": as_batches(train, batch_size, shuffle=True)}
        if validation is not None:
            loaders["validation"] = as_batches(validation, batch_size, shuffle=False)
        self.interrupted = self.completed = False
        if resume and resume is not True and os.path.exists(resume):
            self.load(resume)
            self.resumed = True
        else:
            self.resumed = resume is True
            self.stop = self.stop and self.resumed
        last = epochs if resume else len(self.history) + epochs
        Loop(self, loaders, last, progress).run()
        return self.history

    def evaluate(self, data: Any, *, batch_size: int = 256) -> dict[str, float]:
        """Measure the model as it is in use.

        Parameters
        ----------
        data : DataLoader, other iterable of batches, or tuple of array_like
            As for `fit`.
        batch_size : int
            For arrays.

        Returns
        -------
        dict
            ``"loss"`` and the metrics: means over all samples of the means over the batches.
        """
        batches = as_batches(data, batch_size, shuffle=False)
        result = evaluate(self.model, self.loss, self.metrics, self.forward, batches)
        assert result is not None  # nobody cancels it
        return result

    def predict(self, x: Any, *, batch_size: int = 256) -> Any:
        """The model's outputs as it is in use, computed batch by batch.

        Parameters
        ----------
        x : array_like, tuple of array_like, or iterable of batches
            The inputs, with the samples in the first axis; a tuple where the model takes
            several. Or batches with targets, as for `evaluate`; the targets are not looked at.
        batch_size : int
            For arrays.

        Returns
        -------
        ndarray, shape (N, ...)
        """
        return predict(self.model, self.forward, x, batch_size)

    # --- going on later --------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all that going on needs to one file, all or nothing.

        That is: the model, the optimiser, the schedules, the history, the place in the epoch,
        the callbacks (early stopping with its best weights), and the states of all random
        generators: the shared one, those of layers and of `DataLoader` objects.

        Parameters
        ----------
        path : path_like
            Ends in ``.safetensors`` or ``.npz``. ``nn.load(model, path)`` reads the weights.

        Raises
        ------
        ArgumentError
            If the suffix is another one, or a state holds what is neither number nor array.
        """
        checkpoint.write(path, checkpoint.collect(self), type(self.model).__name__)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Take over what `save` wrote; ``fit(…, resume=True)`` then goes on.

        Raises
        ------
        FileFormatError
            If the file is damaged, or is no checkpoint.
        AutogradError
            If the model, the optimiser, a schedule or a callback is not like the one saved.
            With any error the trainer stays as it was.
        """
        before = checkpoint.collect(self)
        state = checkpoint.read(path)
        try:
            checkpoint.apply(self, state)
        except Exception as error:
            checkpoint.apply(self, before)
            error.add_note(f"in the checkpoint {os.fspath(path)}")
            raise


def _listed(schedule: Any) -> list[Any]:
    if schedule is None:
        return []
    return list(schedule) if isinstance(schedule, list | tuple) else [schedule]
