"""The plain recursive network: one matrix makes a parent of its children."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import shape_of

from ..inputs import accept, check_sizes
from ..module import Module
from ..parameter import Parameter
from ..random import generator
from .treebatch import TreeBatch
from .unrolling import register

__all__ = ["RecursiveNet", "rows_of"]


class RecursiveNet(Module):
    """``p = tanh(W [c₁; c₂] + b)``: a parent's vector from those of its children [1]_.

    Parameters
    ----------
    size : int
        Of all vectors, D.
    arity : int
        Number of children of every inner node.
    bias : bool
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Attributes
    ----------
    weight : Parameter
        Shape ``(D, arity · D)``.
    bias : Parameter or None
        Shape ``(D,)``.

    References
    ----------
    .. [1] R. Socher et al., "Parsing natural scenes and natural language with recursive
       neural networks", ICML 2011.

    Examples
    --------
    >>> trees = TreeBatch.of([(("not", "very"), "good"), ("so", "so")])
    >>> vectors = RecursiveNet(4, rng=0)(np.ones((5, 4)), trees)
    >>> vectors.shape, vectors[trees.roots].shape
    ((8, 4), (2, 4))
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self, size: int, arity: int = 2, bias: bool = True, *, dtype: Any = None, rng: Any = None
    ) -> None:
        super().__init__()
        check_sizes(self, 1, size=size, arity=arity)
        self.size, self.arity = size, arity
        register(
            self, 1 / math.sqrt(arity * size), dtype, generator(rng),
            weight=(size, arity * size), bias=(size,) if bias else None,
        )  # fmt: skip

    def forward(self, x: Any, trees: TreeBatch) -> Any:
        """Vectors of all nodes.

        Parameters
        ----------
        x : array_like or Value
            Shape ``(L, D)``: the leaves' vectors, in the order of ``trees.inputs``.
        trees : TreeBatch

        Returns
        -------
        ndarray or Value
            Shape ``(M, D)``, in the order of the nodes.

        Raises
        ------
        ArgumentError
            If an inner node has another number of children than `arity`, or an input.
        """
        x = rows_of(self, x, trees, self.size)
        children = trees.children_of(self.arity)
        count = (children >= 0).sum(1)
        wrong = np.flatnonzero((count > 0) & (count < self.arity))
        if wrong.size:
            raise ArgumentError(
                f"RecursiveNet: node {wrong[0]} has {count[wrong[0]]} children; need {self.arity}, "
                "or none"
            )
        if count[trees.inputs].any() or len(trees.inputs) < (count == 0).sum():
            raise ArgumentError("RecursiveNet: need an input for each leaf, and for no other node")
        leaves = ag.scatter_set(np.zeros((len(trees), self.size), x.dtype), trees.inputs, x)
        weights = [self.weight] if self.bias is None else [self.weight, self.bias]
        return ag.recursive_net(leaves, *weights, children=children)

    def extra_repr(self) -> str:
        """Size and arity."""
        return f"{self.size}, arity={self.arity}, bias={self.bias is not None}"


def rows_of(module: Module, x: Any, trees: TreeBatch, size: int) -> Any:
    """The inputs in the dtype of the module, once there is a row for each that the trees have.

    Raises
    ------
    ShapeError
        If there is not.
    """
    x = accept(module, x)
    if shape_of(x) != (len(trees.inputs), size):
        raise ShapeError(
            f"{type(module).__name__}: the input is {shape_of(x)}; need "
            f"{(len(trees.inputs), size)}, a row for each of trees.inputs"
        )
    return x
