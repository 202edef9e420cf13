"""What is said of a node, a fold and an edge of the engine's graph in a diagram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from viz.diagram import DiagramEdge, DiagramNode, Kind, Quantity, Tensor
from viz.groups import Group, Link, Vertex, outputs
from viz.labels import format_quantity
from viz.naming import Names
from viz.quantities import local_derivative, quantity_of, through

if TYPE_CHECKING:
    from autograd_core.graph import Edge, Node

__all__ = ["describe_edges", "describe_node"]


def describe_node(
    vertex: Vertex, given: Sequence[str], names: Names, entry: Quantity | None
) -> DiagramNode:
    """Say what a node or a fold is.

    Parameters
    ----------
    vertex : Vertex
    given : sequence of str
        What the operands are called that are drawn.
    names : Names
    entry : float, Tensor or None
        What the sweep computes there.
    """
    if isinstance(vertex, Group):
        return _group(vertex, given, names, entry)
    node = vertex
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


def _group(group: Group, given: Sequence[str], names: Names, entry: Quantity | None) -> DiagramNode:
    times = f" × {group.calls}" if group.calls > 1 else ""
    count = f"{len(group.members):,} nodes"
    if len(group.outputs) == 1:
        (out,) = group.outputs
        name = names.every[out]
        arguments = ", ".join(dict.fromkeys(given)) if len(given) <= 4 else f"{len(given)} inputs"
        text = f"{group.label}({arguments}){times}"
        return DiagramNode(
            name, name, "group", text, quantity_of(out.data), entry, out.scope, count
        )
    first = names.every[group.members[0]]
    text = f"{group.label}{times}"
    return DiagramNode(
        f"{text} of {first}", text, "group", "", None, None, group.members[0].scope,
        f"{count}, {len(group.outputs):,} results",
    )  # fmt: skip


def _compact(node: Node, written: Mapping[Node, str]) -> str:
    """Write `a+b` for `a + b`: a node is small. Names that contain spaces are left alone."""
    text = node.expression(written)
    if any(" " in written.get(edge.operand, "") for edge in node.incoming):
        return text
    return text.replace(" + ", "+").replace(" - ", "-")


def describe_edges(
    links: Sequence[Link], number: Mapping[Vertex, int], names: Names
) -> Iterator[DiagramEdge]:
    """Say what edges are; `number` has the places of their ends."""
    into: dict[Group, list[Node]] = {}
    for link in links:
        if link.edge is None and isinstance(link.target, Group) and len(link.target.outputs) == 1:
            into.setdefault(link.target, []).append(link.operand)
    found = {group: through(group, given) for group, given in into.items()}
    for link in links:
        yield _edge(link, number, names, found)


def _edge(
    link: Link,
    number: Mapping[Vertex, int],
    names: Names,
    found: Mapping[Group, Mapping[Node, Quantity | None]],
) -> DiagramEdge:
    source, target = number[link.source], number[link.target]
    several = len(outputs(link.source)) > 1
    operand = names.every[link.operand] if several else ""
    if link.edge is not None:
        return _plain(link.edge, source, target, names.written, operand)
    group = link.target
    assert isinstance(group, Group)
    if len(group.outputs) > 1:
        # One number for each result: the open graph has them, a fold cannot say them on one edge.
        return DiagramEdge(source, target, link.operand_index, label="", operand=operand)
    value = found[group][link.operand]
    symbol = value.rule if isinstance(value, Tensor) else ""
    return DiagramEdge(source, target, link.operand_index, symbol, value, operand=operand)


def _plain(
    edge: Edge, source: int, target: int, names: Mapping[Node, str], operand: str
) -> DiagramEdge:
    value, symbol = local_derivative(edge, names)
    alike = [other for other in edge.node.incoming if other.operand is edge.operand]
    use = [other.operand_index for other in alike].index(edge.operand_index) + 1
    return DiagramEdge(
        source,
        target,
        edge.operand_index,
        symbol,
        value,
        None,
        use if len(alike) > 1 else 0,
        operand,
    )
