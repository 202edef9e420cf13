"""From a list of samples to one batch of arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError, DtypeError, ShapeError

__all__ = ["default_collate", "pad_collate", "pad_sequences"]


def default_collate(samples: Sequence[Any]) -> Any:
    """Stack samples along a new first axis.

    Arrays are stacked, numbers become an array, tuples and dicts are collated field by field,
    strings stay a list.

    Parameters
    ----------
    samples : sequence
        The samples of one batch, at least one, all built alike.

    Returns
    -------
    ndarray, tuple, dict or list
        Arrays have shape ``(N, ...)``. A named tuple stays one.

    Raises
    ------
    ShapeError
        If arrays differ in shape or tuples in length.
    DtypeError
        If a sample is of a kind that cannot be stacked.

    Examples
    --------
    >>> default_collate([(np.zeros(2), 3), (np.ones(2), 4)])
    (array([[0., 0.], [1., 1.]]), array([3, 4]))
    >>> default_collate([{"text": "ab", "label": 0}, {"text": "c", "label": 1}])
    {'text': ['ab', 'c'], 'label': array([0, 1])}
    """
    first = samples[0]
    if isinstance(first, str | bytes):
        return list(samples)
    if isinstance(first, Mapping):
        return {key: default_collate([sample[key] for sample in samples]) for key in first}
    if isinstance(first, tuple | list):
        if len({len(sample) for sample in samples}) != 1:
            raise ShapeError(
                f"collate: samples have {sorted({len(s) for s in samples})} fields; "
                "need the same number in each (sequences of numbers: make them arrays)"
            )
        fields = [default_collate(field) for field in zip(*samples, strict=True)]
        return type(first)(*fields) if hasattr(first, "_fields") else type(first)(fields)
    return _stack(samples)


def _stack(samples: Sequence[Any]) -> Any:
    arrays = [np.asarray(sample) for sample in samples]
    if arrays[0].dtype == object:
        raise DtypeError(
            f"collate: a sample has a field of type {type(samples[0]).__name__}; need arrays, "
            "numbers, strings, tuples or dicts, or a collate= of your own"
        )
    if len({array.shape for array in arrays}) != 1:
        raise ShapeError(
            f"collate: samples have shapes {sorted({array.shape for array in arrays})}; need one "
            "shape, or collate=pad_collate for sequences of different lengths"
        )
    return np.stack(arrays)


def pad_sequences(
    sequences: Sequence[Any], *, padding: float = 0, time_major: bool = False
) -> tuple[Any, Any]:
    """Put sequences of different lengths into one array.

    Parameters
    ----------
    sequences : sequence of array_like
        Each of shape ``(T_i, ...)``, with one shape ``...`` for all.
    padding : float
        What stands after the end of a sequence.
    time_major : bool
        Whether the result is ``(T, N, ...)``, as recurrent layers take it by default, instead
        of ``(N, T, ...)``; T is the length of the longest.

    Returns
    -------
    padded : ndarray
        Of the dtype of the sequences.
    lengths : ndarray of int64, shape (N,)

    Raises
    ------
    ShapeError
        If a sequence is a single number, or they differ after the first axis.

    Examples
    --------
    >>> pad_sequences([[1, 2, 3], [4]], padding=-1)
    (array([[ 1, 2, 3], [ 4, -1, -1]]), array([3, 1]))
    """
    if len(sequences) == 0:
        raise ArgumentError("pad_sequences: no sequence given; need at least one")
    arrays = [np.asarray(sequence) for sequence in sequences]
    if any(array.ndim == 0 for array in arrays) or len({a.shape[1:] for a in arrays}) != 1:
        raise ShapeError(
            f"pad_sequences: sequences have shapes {sorted({array.shape for array in arrays})}; "
            "need (T, ...) with only T different"
        )
    lengths = np.array([len(array) for array in arrays], dtype=np.int64)
    shape = (len(arrays), int(lengths.max()), *arrays[0].shape[1:])
    padded = np.full(shape, padding, dtype=np.result_type(*arrays))
    for row, array in zip(padded, arrays, strict=True):
        row[: len(array)] = array
    return (np.ascontiguousarray(padded.swapaxes(0, 1)) if time_major else padded), lengths


def pad_collate(
    samples: Sequence[Any],
    *,
    padding: float | Sequence[float] = 0,
    time_major: bool = False,
    sequences: Sequence[int] = (0,),
) -> tuple[Any, ...]:
    """Collate samples whose fields are sequences of different lengths.

    Options are set with `functools.partial`:
    ``DataLoader(…, collate=partial(pad_collate, time_major=True))``.

    Parameters
    ----------
    samples : sequence
        Each a sequence of shape ``(T_i, ...)``, or a tuple of fields.
    padding : float, or one per padded field
        What stands after the end: 0 for features, the ``ignore_index`` of the loss for targets.
    time_major : bool
        Whether time is the first axis of the padded fields instead of the second.
    sequences : sequence of int
        Which fields are sequences. Within one sample they have the same length: frames and their
        labels. The others are collated by `default_collate`.

    Returns
    -------
    tuple
        The fields, with the ``lengths`` (int64, shape ``(N,)``) after the first of them:
        ``(padded, lengths, labels)``, so that all before the last is what a model takes.

    Examples
    --------
    >>> batch = pad_collate([(np.ones(3), 7), (np.ones(1), 8)])
    >>> batch
    (array([[1., 1., 1.], [1., 0., 0.]]), array([3, 1]), array([7, 8]))
    """
    rows = [sample if isinstance(sample, tuple) else (sample,) for sample in samples]
    fields = list(zip(*rows, strict=True))
    outside = [position for position in sequences if not 0 <= position < len(fields)]
    if not sequences or outside:
        raise ArgumentError(
            f"pad_collate: sequences={tuple(sequences)} for samples of {len(fields)} fields; "
            f"need positions from 0 to {len(fields) - 1}"
        )
    fillers = list(padding) if isinstance(padding, Sequence) else [padding] * len(sequences)
    if len(fillers) != len(sequences):
        raise ArgumentError(
            f"pad_collate: {len(fillers)} paddings for {len(sequences)} sequence fields"
        )
    filler_of = dict(zip(sequences, fillers, strict=True))
    lengths = np.array([len(sequence) for sequence in fields[sequences[0]]], dtype=np.int64)
    batch: list[Any] = []
    for position, field in enumerate(fields):
        if position not in filler_of:
            batch.append(default_collate(field))
            continue
        padded, own = pad_sequences(field, padding=filler_of[position], time_major=time_major)
        if not np.array_equal(own, lengths):
            sample = int(np.flatnonzero(own != lengths)[0])
            raise ShapeError(
                f"pad_collate: in sample {sample} field {sequences[0]} has {lengths[sample]} steps "
                f"and field {position} has {own[sample]}; need the same number"
            )
        batch.append(padded)
    batch.insert(1, lengths)
    return tuple(batch)
