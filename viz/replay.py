"""A recorded graph, computed anew from its leaves, as a whole or one op alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from autograd_core import Value
    from autograd_core.checking import GradReport
    from autograd_core.checking.comparing import Comparison
    from autograd_core.graph import Edge, Graph, Node

__all__ = ["Part", "Replay", "compare"]


class Part(NamedTuple):
    """A function to be checked by one of its arguments.

    Attributes
    ----------
    call : callable
        From the argument, an array or a float, to the result.
    pull : callable
        From a cotangent of the result to that of the argument, both arrays.
    x : ndarray
        The argument; 0-d for a number.
    shape : tuple of int
        Of the result.
    eps : float
        The rounding unit it is computed with.
    """

    call: Callable[[Any], Any]
    pull: Callable[[Any], Any]
    x: Any
    shape: tuple[int, ...]
    eps: float


class Replay:
    """A graph on float64 copies of its leaves.

    Parameters
    ----------
    graph : autograd_core.graph.Graph
    names : mapping of Node to str

    Attributes
    ----------
    leaves : list of Node
        Those that require a gradient.
    """

    def __init__(self, graph: Graph, names: Mapping[Node, str]) -> None:
        from autograd_core import Value
        from autograd_core.graph import Graph

        self.graph = graph
        self.leaves = list(graph.leaves)
        self._names = names
        self._order = graph.nodes[::-1]
        self._copies = {
            leaf: Value(_plain(np.array(leaf.data, np.float64)), name=names[leaf])
            for leaf in self.leaves
        }
        self._values = self.run(self._copies)
        again = Graph.of(self._values[graph.root])
        found = again.cotangents()
        self._cotangents = {leaf: found.get(again.node(v)) for leaf, v in self._copies.items()}
        kinds = {node.value.dtype for node in again.nodes if not node.is_leaf}
        self._eps = max(float(np.finfo(kind).eps) for kind in kinds)

    def run(self, given: Mapping[Node, Any]) -> dict[Node, Any]:
        """All nodes from the leaves that are given: recorded on Values, raw on raw data."""
        known = dict(given)
        for node in self._order:
            if node not in known:
                operands = tuple(known[operand] for operand in node.operands)
                known[node] = _again(node.value, operands) if node.op else node.data
        return known

    def whole(self, leaf: Node) -> Part:
        """The root as a function of one leaf."""
        others = {node: copy.data for node, copy in self._copies.items()}
        x = np.asarray(self._copies[leaf].data)
        g = self._cotangents[leaf]
        by = np.zeros(x.shape) if g is None else np.asarray(g)
        root = self.graph.root
        return Part(
            lambda t: self.run({**others, leaf: t})[root], lambda u: u * by, x, (), self._eps
        )

    def local(self, edge: Edge) -> Part:
        """A node as a function of one of its operands, all others held."""
        from autograd_core import rules

        i = edge.operand_index
        node = self._values[edge.node]
        inputs = [operand.data for operand in node.operands]
        wanted = [k == i for k in range(len(inputs))]

        def call(x: Any) -> Any:
            return _again(node, (*inputs[:i], x, *inputs[i + 1 :]))

        def pull(u: Any) -> Any:
            g = u.astype(node.dtype) if node.shape else float(u)
            return np.asarray(rules.pull(node, g, wanted)[i])

        return Part(call, pull, np.asarray(inputs[i]), node.shape, self._eps)

    def report(self, rtol: Any, atol: Any, most: int, seed: int) -> GradReport:
        """What the gradient checker says of the whole."""
        from autograd_core.checking import gradcheck

        def again() -> Any:
            return self.run(self._copies)[self.graph.root]

        again.__name__ = self._names[self.graph.root]
        size = sum(leaf.value.size for leaf in self.leaves)
        return gradcheck(
            again, (), params={copy.name: copy for copy in self._copies.values()}, modes=("rev",),
            direction="full" if size <= most else "random", rtol=rtol, atol=atol, seed=seed,
        )  # fmt: skip


def compare(
    part: Part, rtol: float | None, atol: float | None, most: int, seed: int
) -> tuple[Comparison, Callable[[int, int], str]]:
    """Compare a derivative with differences: all of it, or along one direction if it is large.

    Returns
    -------
    comparison : autograd_core.checking.comparing.Comparison
    place : callable
        What its element at a row and a column is called.
    """
    from autograd_core.checking.comparing import Rules, compare_directions, compare_jacobian
    from autograd_core.checking.differences import Sampler
    from autograd_core.checking.recording import index_text
    from autograd_core.checking.running import signs

    sampler = Sampler(lambda xs: np.ravel(part.call(_plain(xs[0]))).astype(float), [part.x])
    rules = Rules(eps=part.eps, rtol=rtol, atol=atol)
    size = int(np.prod(part.shape))
    with np.errstate(all="ignore"):
        here = sampler.here()
        if size * part.x.size <= most:
            units = np.eye(size).reshape(size, *part.shape)
            rows = np.array([np.ravel(part.pull(u)) for u in units]).reshape(size, -1)

            def place(row: int, column: int) -> str:
                ends = (row, part.shape, size), (column, part.x.shape, part.x.size)
                return " by ".join(index_text(i, shape) for i, shape, count in ends if count > 1)

            return compare_jacobian(sampler, 0, rows, here, rules), place
        rng = np.random.default_rng(seed)
        u, v = signs(rng, part.shape), signs(rng, part.x.shape)
        analytic = float(np.vdot(part.pull(u), v))
        found = compare_directions(sampler, [v], np.ravel(u), analytic, here, rules)
        return found, lambda row, column: "along a direction"


def _again(node: Value, operands: tuple[Any, ...]) -> Any:
    """The op of a node, applied to other operands."""
    from autograd_core import Value
    from autograd_core.trace import apply  # not the op of that name

    made = apply(node.op, operands, node.params or {})  # type: ignore[arg-type]
    if isinstance(made, Value):
        made.code, made.offset = node.code, node.offset  # the line of the program, for the report
    return made


def _plain(x: Any) -> Any:
    return x if np.ndim(x) else float(x)
