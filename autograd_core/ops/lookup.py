"""Looking rows up in a table, as words look up their vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cases import Case, Domain
from ..declare import composite
from ..errors import ArgumentError, DtypeError
from ..op import Kernel
from .indexing import take

__all__ = ["embedding"]


def _embedding(weight: Any, indices: Any) -> Any:
    """``weight[indices]``, the rows of a table.

    Parameters
    ----------
    weight : array_like or Value
        Shape ``(V, D)``.
    indices : array_like of int
        Any shape ``(...)``, with elements from 0 to V − 1.

    Returns
    -------
    ndarray or Value
        Shape ``(..., D)``.

    Raises
    ------
    DtypeError
        If the indices are not integers.
    ArgumentError
        If one is out of range.
    """
    return take(weight, indices, 0)


def _embedding_forward(weight: Any, indices: Any) -> tuple[Any, None]:
    weight, indices = np.asarray(weight), np.asarray(indices)
    if weight.ndim != 2:
        raise ValueError  # see `_embedding_fault`
    if indices.dtype.kind not in "iu":
        raise DtypeError(f"embedding: the indices are {indices.dtype}; need integers")
    outside = (indices < 0) | (indices >= len(weight))
    if outside.any():
        place = tuple(int(i) for i in np.argwhere(outside)[0])
        raise ArgumentError(
            f"embedding: indices[{', '.join(map(str, place))}] is {indices[place]}; "
            f"need 0 <= index < {len(weight)}, the number of rows"
        )
    return np.take(weight, indices, 0), None


def _embedding_vjp(
    g: Any, out: Any, residuals: None, weight: Any, indices: Any, *, wanted: Any
) -> tuple[Any, None]:
    # `np.add.at` is several times faster along one axis than it is for rows.
    total = np.zeros(weight.size, g.dtype)
    columns = np.arange(weight.shape[1])
    places = np.asarray(indices).reshape(-1, 1) * weight.shape[1] + columns
    np.add.at(total, places.ravel(), g.ravel())
    return total.reshape(weight.shape), None


def _embedding_fault(weight: Any, indices: Any) -> str:
    given = f"weight is {np.shape(weight)}, indices are {np.shape(indices)}"
    return f"{given}; need weight (V, D) and indices of any shape"


ROWS = Domain(differentiable=False, sample=lambda rng, shape: rng.integers(0, 4, shape))

embedding = composite(
    _embedding, kernel=Kernel(_embedding_forward, _embedding_vjp), name="embedding", arity=2,
    formula="weight[indices]", onnx="Gather", explain=_embedding_fault,
    domain=(Domain(), ROWS),
    cases=(Case((4, 3), (5,)), Case((4, 3), (2, 3)), Case((4, 3), ()), Case((4, 4), (3,))))
