"""Batches of a data set, epoch after epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

from ..random import generator
from .collate import default_collate
from .dataset import ArrayDataset, Dataset, Subset
from .prefetch import prefetched

__all__ = ["DataLoader"]


class DataLoader:
    """Batches of a data set; every iteration is one epoch.

    An `ArrayDataset`, or a `Subset` of one, is indexed once for each batch, without a step of
    Python for each sample.

    Parameters
    ----------
    dataset : Dataset
        Where the samples are.
    batch_size : int
        Samples in a batch; the last batch holds what is left.
    shuffle : bool
        Whether each epoch has a new order.
    drop_last : bool
        Whether a last batch of fewer samples is left out.
    collate : callable, optional
        Makes a batch of a list of samples; `default_collate` by default.
    transform : callable, optional
        Applied to each finished batch, in the prefetch thread if there is one. Here belong
        augmentation and scaling.
    rng : Generator, int or None
        The source of the orders. An integer seeds a generator of the loader's own; a generator is
        used as it is; with ``None`` the loader draws a seed from the generator that `nn` shares,
        the first time it shuffles. A random `transform` that is given *the same* generator stays
        repeatable under prefetching, and its state is stored with the loader's.
    prefetch : int
        Batches that a thread prepares ahead; 0 for none. Worth it where a batch takes long to make.

    Raises
    ------
    ArgumentError
        If `batch_size` is below 1 or `prefetch` below 0.

    Examples
    --------
    >>> loader = DataLoader(ArrayDataset(np.arange(5)), batch_size=2, shuffle=True, rng=0)
    >>> len(loader)
    3
    >>> [len(batch) for (batch,) in loader]
    [2, 2, 1]

    A loader that takes over the state goes on as this one would:

    >>> again = DataLoader(ArrayDataset(np.arange(5)), batch_size=2, shuffle=True, rng=7)
    >>> again.load_state_dict(loader.state_dict())
    >>> [x.tolist() for (x,) in again] == [x.tolist() for (x,) in loader]
    True
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int = 1,
        shuffle: bool = False,
        *,
        drop_last: bool = False,
        collate: Callable[[list[Any]], Any] | None = None,
        transform: Callable[[Any], Any] | None = None,
        rng: np.random.Generator | int | None = None,
        prefetch: int = 0,
    ) -> None:
        if batch_size < 1 or prefetch < 0:
            raise ArgumentError(
                f"DataLoader: batch_size={batch_size}, prefetch={prefetch}; "
                "need batch_size >= 1 and prefetch >= 0"
            )
        self.dataset = dataset
        self.batch_size = int(batch_size)
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.collate = collate
        self.transform = transform
        self.prefetch = int(prefetch)
        self._rng = None if rng is None else generator(rng)

    @property
    def rng(self) -> np.random.Generator:
        """The generator that orders are drawn from."""
        if self._rng is None:
            self._rng = np.random.default_rng(int(generator().integers(2**63)))
        return self._rng

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        samples = len(self.dataset)
        return samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        """Begin an epoch: the order is drawn now, the batches are made as they are asked for."""
        samples = len(self.dataset)
        order = self.rng.permutation(samples) if self.shuffle else np.arange(samples)
        batches = self._batches(order)
        return prefetched(batches, self.prefetch) if self.prefetch else batches

    def _batches(self, order: Any) -> Iterator[Any]:
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            batch = self._gather(order[start : start + self.batch_size])
            yield batch if self.transform is None else self.transform(batch)

    def _gather(self, indices: Any) -> Any:
        dataset = self.dataset
        if self.collate is None:
            while isinstance(dataset, Subset):
                indices, dataset = dataset.indices[indices], dataset.dataset
            if isinstance(dataset, ArrayDataset):
                # take copies also where a slice would do: a batch may be changed in place.
                return tuple(np.take(array, indices, axis=0) for array in dataset.arrays)
        samples = [dataset[int(index)] for index in indices]
        return default_collate(samples) if self.collate is None else self.collate(samples)

    def state_dict(self) -> dict[str, Any]:
        """Where the generator stands: what all later epochs are drawn from.

        To be taken between epochs. Within an epoch it describes the one that comes next.

        Returns
        -------
        dict
            ``{"rng": …}``, numbers and strings only with numpy's default bit generator; without
            shuffling and without a generator ``{"rng": None}``.
        """
        if self._rng is None and not self.shuffle:
            return {"rng": None}
        return {"rng": self.rng.bit_generator.state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from where `state_dict` was taken.

        Raises
        ------
        ArgumentError
            If the state belongs to another kind of loader or of bit generator.
        """
        rng: Any = state.get("rng")
        if rng is None and not self.shuffle:
            return
        try:
            self.rng.bit_generator.state = rng
        except (TypeError, ValueError, KeyError) as error:
            raise ArgumentError(
                f"DataLoader: the state cannot be loaded ({error}); need what state_dict() of a "
                f"loader with shuffle={self.shuffle} and {type(self.rng.bit_generator).__name__} "
                "gives"
            ) from error
