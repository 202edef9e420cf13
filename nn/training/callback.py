"""The events of training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .trainer import Trainer

__all__ = ["Callback"]


class Callback:
    """Base class: does nothing at every event. A subclass defines those it needs.

    The events, in their order; each is given the trainer, whose ``model``, ``optimizer``,
    ``history``, ``epoch`` and ``batch`` (the epoch and the batch under way, from 1) may be read,
    and whose ``stop`` may be set to end training::

        on_fit_begin
            on_epoch_begin
                on_backward         gradients are there, before clipping and the update
                on_batch_end        after the update, with the loss of the batch
                on_save             all state is consistent: trainer.save may be called
            on_epoch_end            with the row that the history got; schedules have moved
            on_save
        on_fit_end                  also after an error; ``trainer.completed`` tells

    What `state_dict` gives is stored in checkpoints.
    """

    def on_fit_begin(self, trainer: Trainer) -> None:
        """Training begins, or goes on from a checkpoint: then ``trainer.resumed`` is true."""

    def on_epoch_begin(self, trainer: Trainer) -> None:
        """An epoch begins; not when it is resumed in its midst."""

    def on_backward(self, trainer: Trainer) -> None:
        """The gradients of a batch are there."""

    def on_batch_end(self, trainer: Trainer, loss: float) -> None:
        """A step was done."""

    def on_epoch_end(self, trainer: Trainer, row: Mapping[str, Any]) -> None:
        """An epoch is over; `row` is the last one of the history."""

    def on_save(self, trainer: Trainer) -> None:
        """Called last after a batch and after an epoch, when there is nothing half done.

        After an epoch ``trainer.batch`` is 0.
        """

    def on_fit_end(self, trainer: Trainer) -> None:
        """Training is over."""

    def state_dict(self) -> dict[str, Any]:
        """What has to be stored to go on: numbers, strings, arrays, dicts and lists of these."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
