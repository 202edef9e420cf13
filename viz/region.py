"""The part of a graph that lies between two nodes: all edges on some path, and no others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple

from viz.errors import ArgumentError

__all__ = ["PathEdge", "Region", "Step", "region_of"]


class PathEdge(NamedTuple):
    """One edge of a path.

    `source` and `target` are `Value` objects or nodes of the networkx graph; `value` is the local
    derivative, None where it is not a number; `symbol` is its expression.
    """

    source: Any
    target: Any
    operand_index: Hashable
    value: float | None
    symbol: str


class Step(NamedTuple):
    """An edge, and the number of the node that it leads to."""

    edge: PathEdge
    end: int


class Region(NamedTuple):
    """Nodes as numbers below `size`; `order` is topological and has those on some path."""

    size: int
    start: int
    stop: int
    order: list[int]
    leaving: list[list[Step]]


def region_of(of: Any, wrt: Any, graph: Any = None, detail: bool = True) -> Region:
    """Return the region between `wrt` and `of`; without `detail` the edges have no derivative."""
    if graph is not None:
        return _from_networkx(of, wrt, graph)
    return _from_value(of, wrt, detail)


def _from_value(of: Any, wrt: Any, detail: bool) -> Region:
    from autograd_core.graph import Graph
    from viz.naming import Names, assign_names, find_node
    from viz.quantities import local_derivative

    graph = Graph.of(of)
    number = {node: index for index, node in enumerate(graph.nodes)}
    empty = Names({}, {})
    names = assign_names(graph) if detail or isinstance(wrt, str) else empty
    target = find_node(graph, names, wrt)
    links = [(number[edge.operand], number[edge.node], edge) for edge in graph.edges]

    def describe(edge: Any) -> PathEdge:
        value, symbol = local_derivative(edge, names.written) if detail else (None, "")
        plain = value if isinstance(value, float) else None
        return PathEdge(edge.operand.value, edge.node.value, edge.operand_index, plain, symbol)

    # The engine lists the root first; paths run the other way.
    order = range(len(graph.nodes) - 1, -1, -1)
    return _cut(len(number), number[target], number[graph.root], order, links, describe)


def _from_networkx(of: Hashable, wrt: Hashable, graph: Any) -> Region:
    from viz.networks import edge_attributes, root_first

    nodes = root_first(graph)
    number = {node: index for index, node in enumerate(nodes)}
    for role, node in (("of", of), ("wrt", wrt)):
        if node not in number:
            listed = ", ".join(map(str, nodes[:20]))
            raise ArgumentError(f"{role} is {node!r}, no node of the graph; it has {listed}")
    links = []
    for target in nodes:
        for source, _, key, attributes in edge_attributes(graph, target):
            links.append((number[source], number[target], (source, target, key, attributes)))

    def describe(link: tuple[Any, Any, Hashable, Any]) -> PathEdge:
        source, target, key, attributes = link
        symbol = attributes.label if attributes.label is not None else attributes.symbol
        value = attributes.value if isinstance(attributes.value, float) else None
        return PathEdge(source, target, key, value, symbol)

    order = range(len(nodes) - 1, -1, -1)
    return _cut(len(nodes), number[wrt], number[of], order, links, describe)


def _cut(
    size: int,
    start: int,
    stop: int,
    order: Iterable[int],
    links: Iterable[tuple[int, int, Any]],
    describe: Callable[[Any], PathEdge],
) -> Region:
    """Keep what can be reached from `start` and reaches `stop`."""
    links = list(links)
    forward: list[list[int]] = [[] for _ in range(size)]
    backward: list[list[int]] = [[] for _ in range(size)]
    for source, target, _ in links:
        forward[source].append(target)
        backward[target].append(source)
    inside = _reach(start, forward) & _reach(stop, backward)
    leaving: list[list[Step]] = [[] for _ in range(size)]
    for source, target, link in links:
        if source in inside and target in inside:
            leaving[source].append(Step(describe(link), target))
    return Region(size, start, stop, [node for node in order if node in inside], leaving)


def _reach(start: int, neighbours: list[list[int]]) -> set[int]:
    seen = {start}
    stack = [start]
    while stack:
        for node in neighbours[stack.pop()]:
            if node not in seen:
                seen.add(node)
                stack.append(node)
    return seen
