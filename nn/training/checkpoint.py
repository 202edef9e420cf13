"""All that a training run consists of, in one file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograd_core.errors import ArgumentError, DtypeError

from ..module import Module
from ..saving import FileFormatError, read_archive, write_archive
from ..saving.nested import pack, unpack
from .forward_state import ForwardState
from .history import History
from .position import Position

if TYPE_CHECKING:
    from .trainer import Trainer

__all__ = ["apply", "collect", "read", "write"]


def write(path: str | os.PathLike[str], state: Mapping[str, Any], kind: str) -> None:
    """Store what `collect` gave, of a model of class `kind`."""
    text, arrays = pack(state)
    write_archive(path, arrays, {"kind": "checkpoint", "class": kind, "state": text})


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read what `write` stored.

    Raises
    ------
    FileFormatError
        If the file is damaged, or is no checkpoint.
    """
    arrays, metadata = read_archive(path)
    if metadata.get("kind") != "checkpoint" or "sha256" not in metadata:
        raise FileFormatError(
            f"{os.fspath(path)}: this is no checkpoint of a Trainer; for weights alone there is "
            "nn.load(model, path)"
        )
    try:
        state: dict[str, Any] = unpack(metadata["state"], arrays)
    except (LookupError, TypeError, ValueError) as error:
        raise FileFormatError(f"{os.fspath(path)}: its state cannot be read: {error!r}") from error
    return state


def collect(trainer: Trainer) -> dict[str, Any]:
    """The state of a trainer, as plain data and arrays."""
    return {
        "model": trainer.model.state_dict(),
        "loss": trainer.loss.state_dict() if isinstance(trainer.loss, Module) else {},
        "optimizer": trainer.optimizer.state_dict(),
        "schedules": [s.state_dict() for s in trainer.schedules],
        "callbacks": [[type(c).__name__, c.state_dict()] for c in trainer.callbacks],
        "history": trainer.history.to_dict(),
        "position": trainer.position.state_dict(),
        "stop": trainer.stop,
        "forward": _forward_state(trainer).take(),
    }


def apply(trainer: Trainer, state: Mapping[str, Any]) -> None:
    """Take over what `collect` gave.

    Raises
    ------
    AutogradError
        If the trainer is not built like the one it is from. It may then be half changed.
    """
    _check(trainer, state)
    trainer.model.load_state_dict(state["model"])
    if isinstance(trainer.loss, Module):
        trainer.loss.load_state_dict(state["loss"])
    trainer.optimizer.load_state_dict(state["optimizer"])
    for schedule, saved in zip(trainer.schedules, state["schedules"], strict=True):
        schedule.load_state_dict(saved)
    for callback, (_, saved) in _matched(trainer, state["callbacks"]):
        callback.load_state_dict(saved)
    trainer.history = History(state["history"])
    trainer.position = Position.from_state(state["position"])
    trainer.stop = state["stop"]
    _forward_state(trainer).restore(state["forward"])


def _forward_state(trainer: Trainer) -> ForwardState:
    loss = {"loss": trainer.loss} if isinstance(trainer.loss, Module) else {}
    return ForwardState(model=trainer.model, **loss)


def _check(trainer: Trainer, state: Mapping[str, Any]) -> None:
    own = trainer.model.state_dict()
    for name, array in state["model"].items():
        if name in own and own[name].dtype != array.dtype:
            # To convert would lose bits, and the run would not be the same.
            raise DtypeError(
                f"Trainer: {name} was saved as {array.dtype}, the model has {own[name].dtype}; "
                f"need model.to('{array.dtype}')"
            )
    if len(trainer.schedules) != len(state["schedules"]):
        raise ArgumentError(
            f"Trainer: the checkpoint has {len(state['schedules'])} schedules, the trainer "
            f"{len(trainer.schedules)}; need the same"
        )
    _matched(trainer, state["callbacks"])


def _matched(trainer: Trainer, saved: Any) -> list[tuple[Any, Any]]:
    """Callbacks beside what was saved of them. New ones begin afresh; none may be missing."""
    left = list(trainer.callbacks)
    pairs = []
    for name, state in saved:
        callback = next((c for c in left if type(c).__name__ == name), None)
        if callback is not None:
            left.remove(callback)
            pairs.append((callback, (name, state)))
        elif state:
            raise ArgumentError(
                f"Trainer: the checkpoint has the state of a {name}, and the trainer has no such "
                "callback; need the same callbacks"
            )
    return pairs
