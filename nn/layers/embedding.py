"""Embedding: a table of vectors, learned."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError, UnsupportedError

from .. import functional as F
from .. import init
from ..inputs import check_sizes
from ..module import Module
from ..parameter import Parameter

__all__ = ["Embedding"]


class Embedding(Module):
    """Each integer becomes its row of a table.

    Parameters
    ----------
    num_embeddings : int
        Number of rows: the size of the vocabulary.
    embedding_dim : int
        Length of a row.
    padding_idx : int, optional
        The row that stands for nothing: zero at first, and never trained.
    max_norm : None
        Rows are not renormalised here.
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Attributes
    ----------
    weight : Parameter
        Shape ``(num_embeddings, embedding_dim)``; from N(0, 1).

    Raises
    ------
    UnsupportedError
        If `max_norm` is given.
    ArgumentError
        If `padding_idx` is no row.

    Examples
    --------
    >>> table = Embedding(10, 4, padding_idx=0)
    >>> table([[1, 2, 0]]).shape
    (1, 3, 4)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: None = None,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        if max_norm is not None:
            raise UnsupportedError(
                f"Embedding: max_norm is {max_norm}, but rows are not renormalised here; after a "
                "step of the optimiser, scale weight.data yourself"
            )
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ArgumentError(
                f"Embedding: padding_idx is {padding_idx}; need one of {num_embeddings} rows"
            )
        check_sizes(self, num_embeddings=num_embeddings, embedding_dim=embedding_dim)
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        shape = num_embeddings, embedding_dim
        self.weight = Parameter(np.empty(shape, np.float32 if dtype is None else dtype))
        init.normal_(self.weight, rng=rng)
        if self.padding_idx is not None:
            self.weight.data[self.padding_idx] = 0

    def forward(self, indices: Any) -> Any:
        """The rows of integers ``(...)``, of shape ``(..., embedding_dim)``."""
        return F.embedding(indices, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        """Sizes, and the row that stands for nothing."""
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        return text if self.padding_idx is None else f"{text}, padding_idx={self.padding_idx}"
