"""Trees as arrays, so that the nodes of a whole batch can be computed side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

__all__ = ["TreeBatch"]


class TreeBatch:
    """Several trees, as one array of nodes in which children come before their parents.

    Parameters
    ----------
    children : array_like of int
        Shape ``(M, K)``: for each node its children's indices, −1 where there is none.
    inputs : array_like of int
        Shape ``(L,)``: the nodes that have an input of their own, such as a word.
    labels : sequence, optional
        One per node.
    words : sequence, optional
        One per input.

    Attributes
    ----------
    children, inputs : ndarray of int
    roots : ndarray of int
        Shape ``(B,)``: the nodes without a parent, in the order of the trees.
    labels : list or None
    words : list or None

    Raises
    ------
    ArgumentError
        If the numbers of labels or words do not fit, an index is no node, or a node has two
        inputs.

    Examples
    --------
    >>> trees = TreeBatch([[-1, -1], [-1, -1], [0, 1]], inputs=[0, 1], words=["very", "good"])
    >>> len(trees), trees.roots
    (3, array([2]))
    """

    def __init__(self, children: Any, inputs: Any, labels: Any = None, words: Any = None) -> None:
        self.children = np.asarray(children, np.intp)
        self.inputs = np.asarray(inputs, np.intp)
        if self.children.ndim != 2 or self.inputs.ndim != 1:
            raise ArgumentError(
                f"TreeBatch: children is {self.children.shape}, inputs {self.inputs.shape}; need "
                "(M, K) and (L,)"
            )
        nodes = len(self.children)
        for what, index, least in (("children", self.children, -1), ("inputs", self.inputs, 0)):
            if index.size and not (least <= index.min() and index.max() < nodes):
                raise ArgumentError(
                    f"TreeBatch: {what} goes from {index.min()} to {index.max()}; there are "
                    f"{nodes} nodes, so that numbers from {least} to {nodes - 1} are needed"
                )
        if len(np.unique(self.inputs)) != len(self.inputs):
            raise ArgumentError(
                f"TreeBatch: inputs {self.inputs.tolist()} has a node twice; need at most once"
            )
        self.labels = self._fitting("labels", labels, nodes)
        self.words = self._fitting("words", words, len(self.inputs))
        is_root = np.ones(nodes, bool)
        is_root[self.children[self.children >= 0]] = False
        self.roots = np.flatnonzero(is_root)

    @staticmethod
    def _fitting(what: str, items: Any, count: int) -> list[Any] | None:
        if items is None:
            return None
        given = list(items)
        if len(given) != count:
            raise ArgumentError(f"TreeBatch: there are {len(given)} {what}; need {count}")
        return given

    @classmethod
    def of(cls, trees: Iterable[Any]) -> TreeBatch:
        """Lay out trees whose words are at the leaves.

        Parameters
        ----------
        trees : iterable
            Trees as `nn.data.read_ptb_trees` gives them, with labels; or nested tuples, where
            a tuple is an inner node and anything else a leaf's word.

        Returns
        -------
        TreeBatch
            The nodes of each tree in postorder, one tree after the other.

        Raises
        ------
        ArgumentError
            If a tuple is empty.

        Examples
        --------
        >>> batch = TreeBatch.of([(("not", "very"), "good"), ("so", "so")])
        >>> batch.words, batch.roots
        (['not', 'very', 'good', 'so', 'so'], array([4, 7]))
        >>> batch.children.T
        array([[-1, -1,  0, -1,  2, -1, -1,  5],
               [-1, -1,  1, -1,  3, -1, -1,  6]])
        """
        rows: list[list[int]] = []
        inputs: list[int] = []
        words: list[Any] = []
        labels: list[Any] = []
        for tree in trees:
            waiting: list[int] = []  # nodes whose parent is still to come
            for node in _postorder(tree):
                parts = _children_of(node)
                first = len(waiting) - len(parts)
                if not parts:
                    inputs.append(len(rows))
                    words.append(node.word if hasattr(node, "word") else node)
                labels.append(getattr(node, "label", None))
                rows.append(waiting[first:])
                waiting[first:] = [len(rows) - 1]
        labelled = any(label is not None for label in labels)
        return cls(_padded(rows), inputs, labels if labelled else None, words)

    @classmethod
    def of_heads(cls, heads: Iterable[Sequence[int]], words: Any = None) -> TreeBatch:
        """Lay out trees of which every node has an input, such as dependency trees.

        Parameters
        ----------
        heads : iterable of sequence of int
            For each tree, the parent of each of its nodes, −1 for the root. The nodes may
            stand in any order, such as that of the words in a sentence.
        words : sequence, optional
            Of all nodes of all trees, in the order of `heads`.

        Returns
        -------
        TreeBatch
            ``inputs[i]`` is the node of the i-th word.

        Raises
        ------
        ArgumentError
            If following the heads does not lead from each node to one root.

        Examples
        --------
        >>> trees = TreeBatch.of_heads([[1, -1, 1]])  # the second word governs both others
        >>> trees.inputs, trees.children
        (array([1, 2, 0]), array([[-1, -1],
           [-1, -1],
           [ 1,  0]]))
        """
        rows: list[list[int]] = []
        inputs: list[int] = []
        for tree in heads:
            dependents: list[list[int]] = [[] for _ in tree]
            for node, head in enumerate(tree):
                if head >= len(tree) or head < -1:
                    raise ArgumentError(f"TreeBatch: head {head} in a tree of {len(tree)} nodes")
                if head >= 0:
                    dependents[head].append(node)
            order = [node for node, head in enumerate(tree) if head == -1]
            if len(order) != 1:
                raise ArgumentError(f"TreeBatch: {list(tree)} has {len(order)} roots; need one")
            for node in order:  # which grows: breadth first, so that its reverse is topological
                order.extend(dependents[node])
            if len(order) != len(tree):
                raise ArgumentError(f"TreeBatch: {list(tree)} has a cycle; need a tree")
            place = {node: len(rows) + i for i, node in enumerate(reversed(order))}
            rows.extend([place[child] for child in dependents[node]] for node in reversed(order))
            inputs.extend(place[node] for node in range(len(tree)))
        return cls(_padded(rows), inputs, words=words)

    def children_of(self, arity: int) -> Any:
        """Like `children`, with this many columns, which a network has matrices for.

        Raises
        ------
        ArgumentError
            If a node has more children.
        """
        width = self.children.shape[1]
        if width > arity:
            raise ArgumentError(
                f"TreeBatch: the trees have up to {width} children per node; need at most {arity}"
            )
        return np.pad(self.children, ((0, 0), (0, arity - width)), constant_values=-1)

    def __len__(self) -> int:
        """Return the number of nodes of all trees."""
        return len(self.children)

    def __repr__(self) -> str:
        return f"TreeBatch({len(self.roots)} trees, {len(self)} nodes)"


def _children_of(node: Any) -> Any:
    if isinstance(node, tuple):
        if not node:
            raise ArgumentError("TreeBatch: an empty tuple; need children, or a word for a leaf")
        return node
    return getattr(node, "children", ())


def _postorder(tree: Any) -> list[Any]:
    """All nodes, each after its children, without recursion."""
    order: list[Any] = []
    pending = [tree]
    while pending:
        node = pending.pop()
        order.append(node)
        pending.extend(_children_of(node))
    return order[::-1]


def _padded(rows: list[list[int]]) -> Any:
    width = max(map(len, rows), default=0)
    padded = [row + [-1] * (width - len(row)) for row in rows]
    return np.array(padded, np.intp).reshape(len(rows), width)
