"""What a batch is made of, and where batches come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd_core import Value
from autograd_core.errors import ArgumentError
from autograd_core.value import data_of

from ..data.dataset import ArrayDataset
from ..data.loader import DataLoader

__all__ = ["Batch", "as_batches", "call", "raw", "unpack"]


class Batch(NamedTuple):
    """What the model is called with, and what its output is compared with.

    Attributes
    ----------
    args : tuple
        Positional arguments of the model.
    kwargs : dict
        Keyword arguments of the model.
    target : Any
    """

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    target: Any

    @property
    def size(self) -> int:
        """The number of samples: the length of the target's first axis."""
        shape = np.shape(data_of(self.target)) if _is_array(self.target) else ()
        return shape[0] if shape else 1


def unpack(batch: Any) -> Batch:
    """Divide a batch into the model's arguments and the target.

    Parameters
    ----------
    batch : tuple or list
        The last entry is the target, all before it are the model's positional arguments:
        ``(x, y)``, ``(x, lengths, y)``. A single entry before it that is a tuple or a dict
        stands for all arguments: ``((x, lengths), y)``, ``({"x": x, "lengths": lengths}, y)``.

    Raises
    ------
    ArgumentError
        If there are fewer than two entries.

    Examples
    --------
    >>> unpack(("x", "lengths", "y"))
    Batch(args=('x', 'lengths'), kwargs={}, target='y')
    >>> unpack(({"x": 1, "lengths": 2}, 3))
    Batch(args=(), kwargs={'x': 1, 'lengths': 2}, target=3)
    """
    if not isinstance(batch, tuple | list) or len(batch) < 2:
        held = f" of {len(batch)}" if isinstance(batch, tuple | list | dict) else ""
        raise ArgumentError(
            f"Trainer: a batch is a {type(batch).__name__}{held}; need a tuple (inputs, targets)"
        )
    *inputs, target = batch
    if len(inputs) == 1 and isinstance(inputs[0], Mapping):
        return Batch((), inputs[0], target)
    if len(inputs) == 1 and isinstance(inputs[0], tuple):
        return Batch(inputs[0], {}, target)
    return Batch(tuple(inputs), {}, target)


def call(model: Any, forward: Any, batch: Batch) -> Any:
    """The model's output, by way of the `forward=` of the user if there is one."""
    if forward is None:
        return model(*batch.args, **batch.kwargs)
    return forward(model, *batch.args, **batch.kwargs)


def as_batches(data: Any, batch_size: int, shuffle: bool) -> Iterable[Any]:
    """Batches that can be run through again and again.

    Parameters
    ----------
    data : iterable of batches, or tuple of array_like
        A tuple holds arrays, ``(x, y)``, whose first axes run together. Anything else is
        already an iterable of batches: a `DataLoader`, a list.
    batch_size : int
        For arrays.
    shuffle : bool
        For arrays: whether each epoch has a new order.

    Raises
    ------
    ArgumentError
        If it can be run through only once, or not at all.
    """
    if isinstance(data, tuple):
        return DataLoader(ArrayDataset(*data), batch_size, shuffle)
    if isinstance(data, Value | np.ndarray) or not isinstance(data, Iterable):
        raise ArgumentError(
            f"Trainer: the data is a {type(data).__name__}; need a tuple of arrays (x, y), or an "
            "iterable of batches such as a DataLoader"
        )
    if isinstance(data, Iterator):
        raise ArgumentError(
            f"Trainer: the data is a {type(data).__name__}, which can be run through only once; "
            "need a DataLoader, a list of batches, or an object with __iter__"
        )
    return data


def raw(output: Any) -> Any:
    """The data of a model's output, also within a tuple, a list or a dict."""
    if isinstance(output, tuple | list):
        return tuple(map(raw, output))
    if isinstance(output, Mapping):
        return {key: raw(part) for key, part in output.items()}
    return data_of(output)


def _is_array(x: Any) -> bool:
    return isinstance(x, Value | np.ndarray | list)
