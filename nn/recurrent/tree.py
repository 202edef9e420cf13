"""Long short-term memory over trees: with a matrix for each child, or for their sum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_core as ag

from .. import functional as F
from ..inputs import check_sizes
from ..module import Module
from ..parameter import Parameter
from ..random import generator
from .recursive_net import rows_of
from .treebatch import TreeBatch
from .unrolling import register

__all__ = ["ChildSumTreeLSTM", "TreeLSTM"]


class TreeLSTM(Module):
    """The N-ary tree LSTM: a node has an own matrix and forget gate for each of its children.

    For trees with at most N ordered children, such as binary constituency trees, where leaves
    have a word and inner nodes none. `autograd_core.tree_lstm` has equations and source.

    Parameters
    ----------
    input_size, hidden_size : int
    arity : int
        N.
    bias : bool
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Attributes
    ----------
    weight_ih : Parameter
        Shape ``(4H, D)``, of the gates i, o, u, f.
    weight_hh : Parameter
        Shape ``((3 + N)·H, N·H)``, of the gates i, o, u, f₁, …, f_N.
    bias : Parameter or None
        Shape ``(4H,)``.

    Examples
    --------
    >>> trees = TreeBatch.of([(("not", "very"), "good"), "fine"])
    >>> TreeLSTM(3, 4, rng=0)(np.ones((4, 3)), trees).shape
    (6, 4)
    """

    weight_ih: Parameter
    weight_hh: Parameter
    bias: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        arity: int = 2,
        bias: bool = True,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, 1, input_size=input_size, hidden_size=hidden_size, arity=arity)
        self.input_size, self.hidden_size, self.arity = input_size, hidden_size, arity
        register(
            self, 1 / math.sqrt(hidden_size), dtype, generator(rng),
            weight_ih=(4 * hidden_size, input_size),
            weight_hh=((3 + arity) * hidden_size, arity * hidden_size),
            bias=(4 * hidden_size,) if bias else None,
        )  # fmt: skip

    def forward(self, x: Any, trees: TreeBatch) -> Any:
        """States of all nodes, ``(M, H)``.

        Parameters
        ----------
        x : array_like or Value
            Shape ``(L, D)``: the inputs of the nodes ``trees.inputs``, in that order. What
            has none is treated as if its input were 0.
        trees : TreeBatch

        Returns
        -------
        ndarray or Value
            h, in the order of the nodes.
        """
        a = _gates(self, x, trees)
        return ag.tree_lstm(a, self.weight_hh, trees.children_of(self.arity))

    def extra_repr(self) -> str:
        """Sizes and arity."""
        return f"{self.input_size}, {self.hidden_size}, arity={self.arity}"


class ChildSumTreeLSTM(Module):
    """The child-sum tree LSTM: any number of children, whose order does not matter.

    For dependency trees, where every node has a word. `autograd_core.child_sum_tree_lstm` has
    equations and source. A chain makes it an LSTM.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Attributes
    ----------
    weight_ih, weight_hh : Parameter
        Shapes ``(4H, D)`` and ``(4H, H)``, of the gates i, o, u, f.
    bias : Parameter or None
        Shape ``(4H,)``.

    Examples
    --------
    >>> trees = TreeBatch.of_heads([[1, -1, 3, 1]])  # "dogs chase the cat"
    >>> ChildSumTreeLSTM(3, 4, rng=0)(np.ones((4, 3)), trees).shape
    (4, 4)
    """

    weight_ih: Parameter
    weight_hh: Parameter
    bias: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, 1, input_size=input_size, hidden_size=hidden_size)
        self.input_size, self.hidden_size = input_size, hidden_size
        register(
            self, 1 / math.sqrt(hidden_size), dtype, generator(rng),
            weight_ih=(4 * hidden_size, input_size),
            weight_hh=(4 * hidden_size, hidden_size),
            bias=(4 * hidden_size,) if bias else None,
        )  # fmt: skip

    def forward(self, x: Any, trees: TreeBatch) -> Any:
        """States of all nodes, ``(M, H)``; see `TreeLSTM.forward`."""
        a = _gates(self, x, trees)
        return ag.child_sum_tree_lstm(a, self.weight_hh, trees.children)

    def extra_repr(self) -> str:
        """Sizes."""
        return f"{self.input_size}, {self.hidden_size}"


def _gates(module: Any, x: Any, trees: TreeBatch) -> Any:
    """``W x + b`` for each node, with x = 0 where it has no input."""
    x = rows_of(module, x, trees, module.input_size)
    own = F.linear(x, module.weight_ih)
    shape = (len(trees), 4 * module.hidden_size)
    gates = ag.scatter_set(np.zeros(shape, own.dtype), trees.inputs, own)
    return gates if module.bias is None else gates + module.bias
