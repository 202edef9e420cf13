"""Saving a model, and loading it again."""

from __future__ import annotations

import os

from autograd_core.errors import ArgumentError

from ..module import Module
from ..state import Mismatch, StateError
from .archive import read_archive, write_archive

__all__ = ["load", "save"]


def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write all parameters and buffers of a model to a file.

    Parameters
    ----------
    model : Module
    path : path_like
        With the suffix ``.safetensors``, for which PyTorch and others have a reader (needs the
        package safetensors), or ``.npz``. A file that is there is replaced at the end, all at
        once: killed at any moment, the old file or the new one is there, and whole.

    Raises
    ------
    ArgumentError
        If the suffix is another one, or `model` is no module.

    See Also
    --------
    nn.training.Trainer.save : also the optimiser and all else that going on needs.

    Examples
    --------
    >>> import nn, tempfile
    >>> model, other = nn.Linear(2, 1), nn.Linear(2, 1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, folder + "/model.npz")
    ...     _ = load(other, folder + "/model.npz")
    >>> bool((other.weight.data == model.weight.data).all())
    True
    """
    _check_model(model, "save")
    write_archive(path, model.state_dict(), {"kind": "model", "class": type(model).__name__})


def load(model: Module, path: str | os.PathLike[str], strict: bool = True) -> Mismatch:
    """Take over the parameters and buffers that a file holds.

    Parameters
    ----------
    model : Module
        Built like the one that was saved; only names and shapes have to agree.
    path : path_like
        Of a file of `save`, of a checkpoint of a `Trainer`, or of any other safetensors or npz
        file, such as PyTorch's: entries are found by name, and converted to the model's dtype.
    strict : bool
        Whether names on one side only are an error. Wrong shapes always are.

    Returns
    -------
    Mismatch
        The names on one side only.

    Raises
    ------
    FileFormatError
        If the file is cut off, damaged or of another format.
    StateError
        If names or shapes are not the model's: lists them all. With any error the model stays as
        it was.
    OSError
        If the file cannot be read.
    """
    _check_model(model, "load")
    arrays, metadata = read_archive(path)
    if metadata.get("kind") == "checkpoint":
        prefix = "model/"
        arrays = {
            name.removeprefix(prefix): array
            for name, array in arrays.items()
            if name.startswith(prefix)
        }
    try:
        return model.load_state_dict(arrays, strict)
    except StateError as error:
        saved = f" of a {metadata['class']}" if "class" in metadata else ""
        raise StateError(f"{os.fspath(path)}{saved}: {error}") from None


def _check_model(model: Module, caller: str) -> None:
    if not isinstance(model, Module):
        raise ArgumentError(
            f"{caller}: the model is a {type(model).__name__}; need a Module: {caller}(model, path)"
        )
