"""Data sets: anything with a length and samples, arrays side by side, parts and sums of these."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import floor, isclose
from typing import Any, Protocol, runtime_checkable

import numpy as np

from autograd_core.errors import ArgumentError, DtypeError, ShapeError

from ..random import generator

__all__ = [
    "ArrayDataset",
    "ConcatDataset",
    "Dataset",
    "Subset",
    "TensorDataset",
    "random_split",
]


@runtime_checkable
class Dataset(Protocol):
    """Anything with ``len(dataset)`` and ``dataset[index]``; a plain list is one.

    Examples
    --------
    >>> isinstance([3, 1, 4], Dataset)
    True
    """

    def __len__(self) -> int:
        """Return the number of samples."""
        ...

    def __getitem__(self, index: int, /) -> Any:
        """Return one sample: an array, a number, or a tuple or dict of such."""
        ...


class ArrayDataset:
    """Arrays whose first axes run together: sample i is the tuple of their i-th entries.

    Parameters
    ----------
    *arrays : array_like
        Each of shape ``(N, ...)``, with one N. Nothing is copied.

    Raises
    ------
    ShapeError
        If the first axes differ in length, or an array has no axis.
    DtypeError
        If the entries of one array have no common shape, or a `Value` is given.

    Examples
    --------
    >>> pairs = ArrayDataset(np.arange(6).reshape(3, 2), np.array([0, 1, 0]))
    >>> len(pairs), pairs[1]
    (3, (array([2, 3]), np.int64(1)))

    An array of indices gives a whole batch:

    >>> pairs[np.array([0, 2])]
    (array([[0, 1], [4, 5]]), array([0, 0]))
    """

    def __init__(self, *arrays: Any) -> None:
        if not arrays:
            raise ArgumentError("ArrayDataset: no array given; need at least one")
        self.arrays = tuple(_stored(array, position) for position, array in enumerate(arrays))
        lengths = [len(array) for array in self.arrays]
        if len(set(lengths)) != 1:
            raise ShapeError(
                f"ArrayDataset: arrays hold {lengths} samples; need the same number in each"
            )

    def __len__(self) -> int:
        """Return the number of samples N."""
        return len(self.arrays[0])

    def __getitem__(self, index: Any, /) -> tuple[Any, ...]:
        """Return one sample, or for a slice or an array of indices a batch of them."""
        return tuple(array[index] for array in self.arrays)


TensorDataset = ArrayDataset


def _stored(array: Any, position: int) -> Any:
    if hasattr(array, "requires_grad"):
        raise DtypeError(
            f"ArrayDataset: array {position} is a Value; data has no gradient: give its .data"
        )
    try:
        stored = np.asarray(array)
    except ValueError as error:
        raise DtypeError(
            f"ArrayDataset: the samples of array {position} differ in shape; "
            "use a list of samples as the data set, with collate=pad_collate in the DataLoader"
        ) from error
    if stored.ndim == 0:
        raise ShapeError(f"ArrayDataset: array {position} is a single number; need shape (N, ...)")
    return stored


class Subset:
    """The samples of a data set at given indices, in their order.

    Parameters
    ----------
    dataset : Dataset
        Where the samples are.
    indices : array_like of int
        Which of them, each in ``[-len(dataset), len(dataset))``; repetition is allowed.

    Examples
    --------
    >>> list(Subset("abcd", [3, 0]))
    ['d', 'a']
    """

    def __init__(self, dataset: Dataset, indices: Any) -> None:
        array = np.asarray(indices)
        if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
            raise ArgumentError(
                f"Subset: indices have shape {array.shape} and dtype {array.dtype}; "
                "need a sequence of integers (for a mask: np.flatnonzero(mask))"
            )
        count = len(dataset)
        outside = array[(array < -count) | (array >= count)]
        if outside.size:
            raise ArgumentError(f"Subset: index {outside[0]} in a data set of {count} samples")
        self.dataset = dataset
        self.indices = array.astype(np.intp) % max(count, 1)

    def __len__(self) -> int:
        """Return the number of indices."""
        return len(self.indices)

    def __getitem__(self, index: int, /) -> Any:
        """Return the sample at ``indices[index]``."""
        return self.dataset[int(self.indices[index])]


class ConcatDataset:
    """Several data sets, one after the other.

    Examples
    --------
    >>> both = ConcatDataset(["ab", "cde"])
    >>> len(both), both[1], both[2], both[-1]
    (5, 'b', 'c', 'e')
    """

    def __init__(self, datasets: Sequence[Dataset]) -> None:
        self.datasets = tuple(datasets)
        self._ends = list(accumulate(map(len, self.datasets)))

    def __len__(self) -> int:
        """Return the number of samples of all parts together."""
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, index: int, /) -> Any:
        """Return the sample at `index`, counted through all parts."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"ConcatDataset: index {index} of {len(self)} samples")
        index %= len(self)
        part = int(np.searchsorted(self._ends, index, side="right"))
        return self.datasets[part][index - (self._ends[part - 1] if part else 0)]


def random_split(
    dataset: Dataset, lengths: Sequence[float], rng: np.random.Generator | int | None = None
) -> list[Subset]:
    """Divide a data set at random into parts without overlap.

    Parameters
    ----------
    dataset : Dataset
        What to divide.
    lengths : sequence of int, or of float
        Numbers of samples that add up to ``len(dataset)``, or fractions that add up to 1.
        What rounding down leaves over goes to the first parts, one sample each, as in PyTorch.
    rng : Generator, int or None
        Randomness, or a seed; ``None`` for the generator that `nn` shares.

    Returns
    -------
    list of Subset

    Raises
    ------
    ArgumentError
        If the lengths do not add up.

    Examples
    --------
    >>> training, validation = random_split(range(10), [0.8, 0.2], rng=0)
    >>> len(training), len(validation), sorted([*training, *validation])
    (8, 2, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    count = len(dataset)
    fractions = any(isinstance(length, float) for length in lengths) and isclose(sum(lengths), 1)
    sizes = _rounded(lengths, count) if fractions else [int(length) for length in lengths]
    if sum(sizes) != count or min(sizes, default=0) < 0:
        raise ArgumentError(
            f"random_split: lengths {list(lengths)} add up to {sum(lengths)}; need numbers that "
            f"add up to the {count} samples, or fractions that add up to 1"
        )
    order = generator(rng).permutation(count)
    ends = accumulate(sizes)
    return [Subset(dataset, order[end - size : end]) for size, end in zip(sizes, ends, strict=True)]


def _rounded(fractions: Sequence[float], count: int) -> list[int]:
    sizes = [floor(count * fraction) for fraction in fractions]
    for part in range(count - sum(sizes)):
        sizes[part % len(sizes)] += 1
    return sizes
