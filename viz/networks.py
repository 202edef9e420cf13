"""Diagrams from and to networkx: the graph as data, and any graph as a picture."""

from __future__ import annotations

import numbers
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, NamedTuple

from viz.diagram import Diagram, DiagramEdge, DiagramNode, Kind, Mode, Quantity, Style, Tensor
from viz.errors import ArgumentError
from viz.picture import Picture
from viz.sweeps import sweep

__all__ = ["EdgeAttributes", "edge_attributes", "from_networkx", "root_first", "to_multidigraph"]


class EdgeAttributes(NamedTuple):
    """What the attributes of a networkx edge say of its derivative."""

    value: Quantity | None
    symbol: str
    label: str | None


def to_multidigraph(diagram: Diagram) -> Any:
    """Return the diagram as a `networkx.MultiDiGraph`; see `viz.to_networkx`."""
    import networkx

    graph = networkx.MultiDiGraph()
    if diagram.root is not None:
        graph.graph["root"] = diagram.nodes[diagram.root].key
    for node in diagram.nodes:
        graph.add_node(
            node.key,
            name=node.name,
            kind=node.kind,
            expression=node.expression,
            value=node.value,
            scope=node.scope,
        )
    for edge in diagram.edges:
        attributes: dict[str, Any] = {"symbol": edge.symbol}
        if edge.value is not None:
            attributes["derivative"] = edge.value
        if edge.label is not None:
            attributes["label"] = edge.label
        source, target = diagram.nodes[edge.source].key, diagram.nodes[edge.target].key
        graph.add_edge(source, target, key=edge.operand_index, **attributes)
    return graph


def from_networkx(
    graph: Any,
    mode: Mode | None = None,
    wrt: Hashable | None = None,
    of: Hashable | None = None,
    **options: Any,
) -> Picture:
    """Draw any directed acyclic networkx graph whose edges carry a derivative.

    Parameters
    ----------
    graph : networkx.MultiDiGraph or networkx.DiGraph
        Edges point from operand to result. An edge is labelled with its attribute `label` as it
        stands, else with `derivative` (a number) or `symbol` (a text). A node is called by its
        attribute `name`, else by its key, and may have `expression`, `value`, `kind` and `scope`.
    mode : {"reverse", "forward"}, optional
        Put the path sums into the nodes: ∂of/∂· or ∂·/∂wrt, as numbers where all edges have
        them, otherwise as factored formulas.
    wrt : node, optional
        Needed by the forward mode.
    of : node, optional
        The root; by default the only node that no other uses.
    **options
        `rankdir`, `edge_label`, `precision`, `theme`, `max_nodes` as in `viz.draw`.

    Returns
    -------
    Picture

    Raises
    ------
    ArgumentError
        If the graph is not directed or has a cycle, or an option does not fit.

    Examples
    --------
    >>> import networkx, viz
    >>> graph = networkx.MultiDiGraph()
    >>> _ = graph.add_edge("x", "y", derivative=2.0)
    >>> _ = graph.add_edge("y", "z", derivative=-3.0)
    >>> print(viz.from_networkx(graph, mode="reverse").to_text())
    node  ∂z/∂·
    z     1
    y     -3
    x     -6
    <BLANKLINE>
    edge   local derivative  value
    y → z  ∂z/∂y             -3
    x → y  ∂y/∂x             2
    """
    style = Style(**options)
    keys = root_first(graph)
    number = {key: index for index, key in enumerate(keys)}
    root = _root(graph, keys, number, of)
    start = None
    if mode == "forward":
        if wrt is None:
            raise ArgumentError("mode='forward' needs wrt, the node to differentiate by")
        if wrt not in number:
            raise ArgumentError(f"wrt is {wrt!r}; the graph has {', '.join(map(str, keys[:20]))}")
        start = number[wrt]
    elif mode == "reverse" and root is None:
        raise ArgumentError(f"the graph has several roots, {_roots_text(graph, keys)}: give of=")
    elif mode not in (None, "reverse"):
        raise ArgumentError(f"mode is {mode!r}; it must be 'reverse', 'forward' or None")
    edges = list(_edges(graph, keys, number))
    entries = sweep(len(keys), edges, root, start)
    nodes = tuple(
        _node(graph, key, index == root, entry)
        for index, (key, entry) in enumerate(zip(keys, entries, strict=True))
    )
    name = None if start is None else nodes[start].name
    return Picture(Diagram(nodes, tuple(edges), root, mode, name, style))


def root_first(graph: Any) -> list[Any]:
    """Return the nodes so that each stands before its operands, as inserted where that holds."""
    if not (hasattr(graph, "is_directed") and graph.is_directed()):
        raise ArgumentError(
            "a derivative diagram needs a directed graph: use networkx.MultiDiGraph, with edges "
            "from operand to result"
        )
    keys = list(graph.nodes)
    place = {key: index for index, key in enumerate(keys)}
    if all(place[target] < place[source] for source, target in graph.edges()):
        return keys
    import networkx

    if not networkx.is_directed_acyclic_graph(graph):
        cycle = [edge[0] for edge in networkx.find_cycle(graph)]
        path = " -> ".join(map(str, [*cycle, cycle[0]]))
        raise ArgumentError(f"a derivative diagram has no cycle; this graph has {path}")
    backwards = graph.reverse(copy=False)
    return list(networkx.lexicographical_topological_sort(backwards, place.get))


def edge_attributes(
    graph: Any, target: Hashable
) -> Iterator[tuple[Any, Any, Hashable, EdgeAttributes]]:
    """Yield (source, target, key, attributes) of the edges into `target`, by operand index."""
    if graph.is_multigraph():
        arriving = graph.in_edges(target, keys=True, data=True)
        found = [(source, key, data) for source, _, key, data in arriving]
    else:
        found = [(source, 0, data) for source, _, data in graph.in_edges(target, data=True)]
    if all(isinstance(key, int) for _, key, _ in found):
        found.sort(key=lambda item: item[1])
    for source, key, data in found:
        yield source, target, key, _attributes(data)


def _attributes(data: Mapping[str, Any]) -> EdgeAttributes:
    derivative = data.get("derivative")
    symbol = str(data.get("symbol", ""))
    value: Quantity | None = None
    if isinstance(derivative, Tensor):
        value = derivative
    elif isinstance(derivative, numbers.Real):
        value = float(derivative)
    elif derivative is not None:
        symbol = symbol or str(derivative)
    label = data.get("label")
    return EdgeAttributes(value, symbol, None if label is None else str(label))


def _edges(graph: Any, keys: list[Any], number: Mapping[Any, int]) -> Iterator[DiagramEdge]:
    for target in keys:
        found = list(edge_attributes(graph, target))
        sources = [source for source, *_ in found]
        uses: dict[Any, int] = {}
        for position, (source, _, key, attributes) in enumerate(found):
            uses[source] = uses.get(source, 0) + 1
            yield DiagramEdge(
                number[source],
                number[target],
                key if isinstance(key, int) else position,
                attributes.symbol,
                attributes.value,
                attributes.label,
                uses[source] if sources.count(source) > 1 else 0,
            )


def _root(
    graph: Any, keys: list[Any], number: Mapping[Any, int], of: Hashable | None
) -> int | None:
    if of is None:
        of = graph.graph.get("root")
    if of is not None:
        if of not in number:
            raise ArgumentError(f"of is {of!r}; the graph has {', '.join(map(str, keys[:20]))}")
        return number[of]
    roots = [number[key] for key in keys if graph.out_degree(key) == 0]
    return roots[0] if len(roots) == 1 else None


def _roots_text(graph: Any, keys: list[Any]) -> str:
    return ", ".join(str(key) for key in keys if graph.out_degree(key) == 0)


def _node(graph: Any, key: Any, is_root: bool, entry: Quantity | None) -> DiagramNode:
    data = graph.nodes[key]
    kind: Kind = "root" if is_root else "intermediate" if graph.in_degree(key) else "leaf"
    if data.get("kind") in ("leaf", "intermediate", "root", "constant"):
        kind = data["kind"]
    value = data.get("value")
    if isinstance(value, numbers.Real):
        value = float(value)
    elif value is not None and not isinstance(value, Tensor):
        value = str(value)
    return DiagramNode(
        str(key),
        str(data.get("name", key)),
        kind,
        str(data.get("expression", "")),
        value,
        None if kind == "constant" else entry,
        str(data.get("scope", "")),
    )
