"""One recorded run of a function: its graph, and both modes through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import forward, ops, reverse
from ..context import enable_grad
from ..tree import flatten
from ..value import Value, constant, data_of, is_floating

if TYPE_CHECKING:
    from .problem import Problem

__all__ = ["Recording", "names_of", "vector"]


class Recording:
    """The graph of one run.

    Attributes
    ----------
    leaves : list of Value
        In the order of the problem's.
    held : list
        The data that the parameters had in this run.
    out : any
        What f returned.
    outputs : list of Value
        What in it is floating, as Values.
    names : list of str
        One per output.
    here : ndarray
        All results as one vector.
    """

    def __init__(self, leaves: list[Value], held: list[Any], out: Any, problem: Problem) -> None:
        self.leaves, self.held, self.out, self.problem = leaves, held, out, problem
        given, _ = flatten(out)
        kept = [is_floating(data_of(x)) for x in given]
        floats = [x for x, k in zip(given, kept, strict=True) if k]
        self.outputs = [x if isinstance(x, Value) else constant(x) for x in floats]
        self.names = [n for n, k in zip(names_of(out, "out"), kept, strict=True) if k]
        self.here = vector(out)
        self._joined: Value | None = None
        self._order: list[Value] = []

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the result; of the vector of all results if there are several."""
        return self.outputs[0].shape if len(self.outputs) == 1 else (self.here.size,)

    @property
    def nodes(self) -> list[Value]:
        """All recorded nodes, each after its operands."""
        seen: dict[Value, None] = {}
        for out in self.outputs:
            if out.requires_grad:
                seen.update(dict.fromkeys(reversed(reverse.topological_order(out))))
        return [node for node in seen if node.op is not None]

    def rounding(self) -> float:
        """The rounding unit of the narrowest dtype in which anything is computed."""
        if self.outputs:
            self._root()
        kinds = {node.dtype for node in [*self._order, *self.outputs] if node.op is not None}
        return max((float(np.finfo(kind).eps) for kind in kinds), default=0.0)

    def split(self, weights: Any) -> list[Any]:
        """A vector of cotangents, cut into one per output."""
        parts, start = [], 0
        for out in self.outputs:
            part = np.asarray(weights[start : start + out.size]).reshape(out.shape)
            parts.append(part.astype(out.dtype) if out.shape else float(part))
            start += out.size
        return parts

    def pull(self, weights: Any, differentiable: bool = False) -> list[Any]:
        """The cotangents of the leaves; zeros where nothing depends on one."""
        root = self._root()
        if not root.requires_grad:
            return [np.zeros(leaf.shape) for leaf in self.leaves]
        g: Any = np.array(weights, dtype=root.dtype).reshape(root.shape)
        g = g if root.shape else float(g)
        found = reverse.sweep(
            root,
            constant(g) if differentiable else g,
            targets=self.leaves,
            order=list(self._order),
            differentiable=differentiable,
        )
        return [found[x] if x in found else np.zeros(x.shape) for x in self.leaves]

    def _root(self) -> Value:
        """All outputs in one node, so that one sweep serves them all."""
        if self._joined is None:
            if len(self.outputs) == 1:
                self._joined = self.outputs[0]
            else:
                with enable_grad():
                    self._joined = ops.concatenate([ops.ravel(out) for out in self.outputs])
            if self._joined.requires_grad:
                self._order = reverse.topological_order(self._joined, self.leaves)
        return self._joined

    def rows(self) -> list[Any]:
        """The Jacobian by reverse mode: for each leaf an array ``(results, elements)``."""
        matrices = [np.zeros((self.here.size, leaf.size)) for leaf in self.leaves]
        start = 0
        for out in self.outputs:
            if out.requires_grad:
                order = reverse.topological_order(out, self.leaves)
                for j, unit in enumerate(_units(out)):
                    found = reverse.sweep(out, unit, targets=self.leaves, order=list(order))
                    for k, leaf in enumerate(self.leaves):
                        if leaf in found:
                            matrices[k][start + j] = np.reshape(found[leaf], -1)
            start += out.size
        return matrices

    def push(self, directions: Sequence[Any]) -> Any:
        """The derivative of all results along a direction, by forward mode."""
        seeds = {
            leaf: np.asarray(v, dtype=leaf.dtype) if leaf.shape else leaf.dtype.type(v).item()
            for leaf, v in zip(self.leaves, directions, strict=True)
            if np.any(v)
        }
        root = self._root()
        if not root.requires_grad or not seeds:
            return np.zeros(self.here.size)
        return np.asarray(forward.sweep(root, seeds), dtype=np.float64).reshape(-1)

    def columns(self, k: int) -> Any:
        """The Jacobian by one leaf, by forward mode."""
        zeros = [np.zeros(leaf.shape) for leaf in self.leaves]
        columns = []
        for unit in _units(self.leaves[k]):
            zeros[k] = unit
            columns.append(self.push(zeros))
        return np.stack(columns, axis=1) if columns else np.zeros((self.here.size, 0))

    def is_connected(self, k: int) -> bool:
        """Whether any result depends on a leaf, as far as the graph knows."""
        return any(
            self.leaves[k] in set(reverse.topological_order(out))
            for out in self.outputs
            if out.requires_grad
        )

    def place(self, row: int) -> str:
        """What a row of the Jacobian is called: ``out[1, 2]``."""
        for name, out in zip(self.names, self.outputs, strict=True):
            if row < out.size:
                return name + index_text(row, out.shape)
            row -= out.size
        return f"out[{row}]"


def vector(out: Any) -> Any:
    """All floating results of a run as one float64 vector, which nobody else holds."""
    if type(out) is np.ndarray and out.dtype == np.float64:
        return out.flatten()
    if type(out) is tuple and all(type(x) is np.ndarray and x.dtype == np.float64 for x in out):
        return np.concatenate([x.reshape(-1) for x in out]) if out else np.zeros(0)
    parts = []
    for x in flatten(out)[0]:
        data = data_of(x)
        if isinstance(data, (np.ndarray, np.generic)):
            if data.dtype.kind in "fc":
                parts.append(data.reshape(-1))
        elif isinstance(data, (float, complex)):
            parts.append(np.array([data]))
    if not parts:
        return np.zeros(0)
    joined = np.concatenate(parts)
    return joined if joined.dtype.kind == "c" else joined.astype(np.float64, copy=False)


def names_of(tree: Any, root: str | Sequence[str]) -> list[str]:
    """A name for each leaf of a nested structure.

    Examples
    --------
    >>> names_of({"w": 1.0, "b": (2.0, 3.0)}, "p")
    ["p['w']", "p['b'][0]", "p['b'][1]"]
    """
    if not isinstance(root, str):
        return [name for part, own in zip(tree, root, strict=True) for name in names_of(part, own)]
    if tree is None:
        return []
    if isinstance(tree, dict):
        return [n for key, part in tree.items() for n in names_of(part, f"{root}[{key!r}]")]
    if isinstance(tree, (tuple, list)):
        return [n for i, part in enumerate(tree) for n in names_of(part, f"{root}[{i}]")]
    return [root]


def index_text(i: int, shape: tuple[int, ...]) -> str:
    """The place of a flat index, ``[1, 2]``; nothing for a number."""
    return str([int(n) for n in np.unravel_index(i, shape)]) if shape else ""


def _units(value: Value) -> list[Any]:
    if not value.shape:
        return [1.0 if type(value.data) is float else value.dtype.type(1)]
    return list(np.eye(value.size, dtype=value.dtype).reshape(value.size, *value.shape))
