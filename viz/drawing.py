"""Drawing the engine's graphs: from a root value to a diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

from viz.diagram import (
    Diagram,
    DiagramEdge,
    DiagramNode,
    EdgeLabel,
    Kind,
    Mode,
    Quantity,
    Rankdir,
    Style,
    Theme,
    check_choice,
)
from viz.errors import ArgumentError
from viz.labels import format_quantity
from viz.naming import Names, assign_names, find_node
from viz.networks import to_multidigraph
from viz.picture import Picture
from viz.quantities import local_derivative, quantity_of
from viz.sweeps import sweep

if TYPE_CHECKING:
    from autograd_core import Value
    from autograd_core.graph import Edge, Graph, Node

__all__ = ["draw", "to_networkx"]


def draw(
    root: Value,
    names: Mapping[str, Any] | None = None,
    mode: Mode | None = None,
    wrt: Value | str | None = None,
    rankdir: Rankdir = "BT",
    show_constants: bool = False,
    edge_label: EdgeLabel = "both",
    precision: int = 4,
    theme: Theme = "light",
    max_nodes: int = 500,
) -> Picture:
    """Draw the graph of `root`, with the local derivative on every edge.

    Parameters
    ----------
    root : Value
        The result; its operands, theirs and so on are drawn below it.
    names : mapping, optional
        Names to values; ``locals()`` will do. They win over the values' own names. A node without
        either is called by the smallest unused letter.
    mode : {"reverse", "forward"}, optional
        Put into every node what a sweep computes there: ∂root/∂node, or ∂node/∂wrt.
    wrt : Value or str, optional
        A value of the graph or the name of one; needed by the forward mode.
    rankdir : {"BT", "TB", "LR", "RL"}
        Where the root is: on top, at the bottom, on the right, on the left.
    show_constants : bool
        Draw the constants of the expressions as nodes of their own.
    edge_label : {"both", "symbol", "value", "none"}
        `∂e/∂c = 2`, `∂e/∂c = d`, `2`, or nothing.
    precision : int
        How many significant digits numbers are shown with.
    theme : {"light", "dark", "auto"}
        Colours; `auto` follows the reader's preference.
    max_nodes : int
        Above this the picture raises `DrawingTooLargeError`; text and JSON are not bounded.

    Returns
    -------
    Picture
        With `to_svg`, `to_html`, `to_dot`, `to_text`, `to_json` and `save`.

    Raises
    ------
    ArgumentError
        If an option does not fit, or `wrt` is missing or not in the graph.
    autograd_core.errors.GraphFreedError
        If a backward pass has released the arrays that a derivative needs.

    Examples
    --------
    >>> import autograd_core as ag
    >>> a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    >>> c = a + b; d = b + 1; e = c * d
    >>> picture = draw(e, names=locals(), mode="reverse")
    >>> "∂e/∂b = 5" in picture.to_svg()
    True
    """
    style = Style(rankdir, edge_label, precision, theme, max_nodes)
    if mode is not None:
        check_choice("mode", mode, (*get_args(Mode), None))
    return Picture(_diagram(root, names, mode, wrt, show_constants, style))


def to_networkx(
    root: Value, names: Mapping[str, Any] | None = None, show_constants: bool = False
) -> Any:
    """Return the graph of `root` as a `networkx.MultiDiGraph`.

    Parameters
    ----------
    root, names, show_constants
        As in `viz.draw`.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are called by their names and have `name`, `kind`, `expression`, `value` and `scope`;
        edges point from operand to result, are keyed by operand index, and have `derivative` and
        `symbol`. An array is described by its shape and dtype. `viz.from_networkx` draws it.

    Examples
    --------
    >>> import autograd_core as ag
    >>> x = ag.Value(3.0, name="x")
    >>> graph = to_networkx(x * x)
    >>> [graph.edges["x", "a", index]["derivative"] for index in (0, 1)]
    [3.0, 3.0]
    """
    return to_multidigraph(_diagram(root, names, None, None, show_constants, Style()))


def _diagram(
    root: Value,
    names: Mapping[str, Any] | None,
    mode: Mode | None,
    wrt: Value | str | None,
    show_constants: bool,
    style: Style,
) -> Diagram:
    from autograd_core.graph import Graph

    graph = Graph.of(root)
    called = assign_names(graph, names)
    kept = [node for node in graph.nodes if show_constants or not node.is_constant]
    if graph.root not in kept:
        kept = [graph.root]
    start = _start(graph, called, mode, wrt)
    if start is not None and start not in kept:
        raise ArgumentError(
            f"{called.every[start]} is a constant, which has no derivatives: make it a Value "
            "with requires_grad, or draw it with show_constants=True"
        )
    number = {node: index for index, node in enumerate(kept)}
    edges = tuple(
        _edge(edge, number, called.written)
        for edge in graph.edges
        if edge.node in number and edge.operand in number
    )
    entries = _sweep(graph, kept, edges, mode, start)
    nodes = tuple(_node(node, called, entry) for node, entry in zip(kept, entries, strict=True))
    return Diagram(nodes, edges, 0, mode, called.every[start] if start else None, style)


def _start(graph: Graph, names: Names, mode: Mode | None, wrt: Value | str | None) -> Node | None:
    if mode != "forward":
        return None
    if wrt is None:
        raise ArgumentError("mode='forward' needs wrt, the value or name to differentiate by")
    start = find_node(graph, names, wrt)
    if start.shape != ():
        raise ArgumentError(
            f"mode='forward' needs a scalar wrt; {names.every[start]} has shape {start.shape}"
        )
    return start


def _sweep(
    graph: Graph,
    kept: Sequence[Node],
    edges: Sequence[DiagramEdge],
    mode: Mode | None,
    start: Node | None,
) -> list[Quantity | None]:
    if graph.root.shape == () and all(isinstance(edge.value, float) for edge in edges):
        # The numbers are on the edges already, and are so after a backward pass, too.
        return sweep(len(kept), edges, 0, None if start is None else list(kept).index(start))
    if start is not None:
        from autograd_core.forward import tangents

        found = tangents(graph.root.value, start.value)
    elif mode is None and graph.root.shape != ():
        found = {}
    else:
        from autograd_core.reverse import cotangents

        found = cotangents(graph.root.value)
    return [quantity_of(found[node.value]) if node.value in found else None for node in kept]


def _node(node: Node, names: Names, entry: Quantity | None) -> DiagramNode:
    name = names.every[node]
    if node not in names.written:
        value = quantity_of(node.data)
        return DiagramNode(name, format_quantity(value, 6), "constant", "", value, None, node.scope)
    kind: Kind = "intermediate"
    if node.is_constant:
        kind = "constant"
    elif node.is_leaf:
        kind = "leaf"
    elif node is node.graph.root:
        kind = "root"
    return DiagramNode(
        name,
        name,
        kind,
        "" if node.is_leaf else _compact(node, names.written),
        quantity_of(node.data),
        None if kind == "constant" else entry,
        node.scope,
    )


def _compact(node: Node, written: Mapping[Node, str]) -> str:
    """Write `a+b` for `a + b`: a node is small. Names that contain spaces are left alone."""
    text = node.expression(written)
    if any(" " in written.get(edge.operand, "") for edge in node.incoming):
        return text
    return text.replace(" + ", "+").replace(" - ", "-")


def _edge(edge: Edge, number: Mapping[Node, int], names: Mapping[Node, str]) -> DiagramEdge:
    value, symbol = local_derivative(edge, names)
    parallel = [other for other in edge.node.incoming if other.operand == edge.operand]
    use = [other.operand_index for other in parallel].index(edge.operand_index) + 1
    return DiagramEdge(
        number[edge.operand],
        number[edge.node],
        edge.operand_index,
        symbol,
        value,
        None,
        use if len(parallel) > 1 else 0,
    )
