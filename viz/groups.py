"""Groups: several nodes of a graph as one, what is drawn between them, and in which order."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, Union

if TYPE_CHECKING:
    from autograd_core.graph import Edge, Node

__all__ = [
    "Folded",
    "Group",
    "Link",
    "Vertex",
    "circle_of",
    "find_outputs",
    "links_of",
    "members",
    "needs_of",
    "order_of",
    "outputs",
    "unfolded",
]


class Group:
    """Nodes that are drawn as one.

    Attributes
    ----------
    label : str
        What it is called: the scope of its nodes.
    members : list of Node
        In topological order, the last computed first.
    calls : int
        How many calls of a module, or how many equal modules, it stands for.
    outputs : list of Node
        Those that are used outside, or are the root.
    key : hashable
        What they were folded under.
    apart : int
        How often that had to be taken apart.
    """

    def __init__(
        self,
        label: str,
        members: list[Node],
        calls: int,
        key: Hashable = None,
        apart: int = 0,
    ) -> None:
        self.label = label
        self.members = members
        self.calls = calls
        self.key = key
        self.apart = apart
        self.outputs: list[Node] = []

    def __repr__(self) -> str:
        return f"<Group {self.label}: {len(self.members)} nodes>"


Vertex: TypeAlias = Union["Node", Group]


def members(vertex: Vertex) -> Sequence[Node]:
    """The engine's nodes that are drawn as one."""
    return vertex.members if isinstance(vertex, Group) else (vertex,)


def outputs(vertex: Vertex) -> Sequence[Node]:
    """Those of them that are used outside."""
    return vertex.outputs if isinstance(vertex, Group) else (vertex,)


class Link:
    """What is drawn as one edge: an engine's edge, or all that leads from a node into a group.

    Attributes
    ----------
    source : Vertex
    target : Vertex
    operand : Node
        Where it comes from.
    operand_index : int
    edge : Edge or None
        Between two nodes that are not folded into one.
    """

    __slots__ = ("edge", "operand", "operand_index", "source", "target")

    def __init__(
        self, source: Vertex, target: Vertex, operand: Node, index: int, edge: Edge | None
    ) -> None:
        self.source = source
        self.target = target
        self.operand = operand
        self.operand_index = index
        self.edge = edge


Folded: TypeAlias = tuple[list[Vertex], list[Link]]
# Sets that keep their order: the same picture every time.
Needs: TypeAlias = Mapping[Vertex, Mapping[Vertex, None]]


def unfolded(nodes: Sequence[Node]) -> Folded:
    """Return the nodes as they are, with the edges among them."""
    inside = set(nodes)
    links = [
        Link(edge.operand, node, edge.operand, edge.operand_index, edge)
        for node in nodes
        for edge in node.incoming
        if edge.operand in inside
    ]
    return list(nodes), links


def find_outputs(nodes: Sequence[Node], groups: Mapping[Node, Group]) -> None:
    """Find those nodes of each group that are used outside it, or are the root."""
    used = {
        operand
        for node in nodes
        for operand in node.operands
        if operand in groups and groups.get(node) is not groups[operand]
    }
    used.add(nodes[0].graph.root)
    for group in dict.fromkeys(groups.values()):
        group.outputs = [node for node in group.members if node in used]


def needs_of(nodes: Sequence[Node], groups: Mapping[Node, Group]) -> Needs:
    """What each node and fold is computed from."""
    drawn = set(nodes)
    needs: dict[Vertex, dict[Vertex, None]] = {}
    for node in nodes:
        at = groups.get(node, node)
        below = needs.setdefault(at, {})
        for operand in node.operands:
            if operand in drawn and (other := groups.get(operand, operand)) is not at:
                below[other] = None
    return needs


def order_of(needs: Needs) -> list[Vertex]:
    """Topological order, the root first; it ends where there is a circle."""
    waiting: dict[Vertex, int] = dict.fromkeys(needs, 0)
    for below in needs.values():
        for other in below:
            waiting[other] += 1
    order = [vertex for vertex, count in waiting.items() if not count]
    for vertex in order:  # grows while it is walked
        for other in needs[vertex]:
            waiting[other] -= 1
            if not waiting[other]:
                order.append(other)
    return order


def circle_of(needs: Needs, order: Iterable[Vertex]) -> set[Vertex]:
    """Those on a circle, or between two, given what comes before all circles."""
    rest = set(needs).difference(order)
    users: dict[Vertex, dict[Vertex, None]] = {vertex: {} for vertex in rest}
    for vertex in rest:
        for other in needs[vertex]:
            if other in rest:
                users[other][vertex] = None
    after = set(order_of(users))  # from the leaves' side: what comes after all circles
    return rest - after


def links_of(nodes: Iterable[Node], groups: Mapping[Node, Group]) -> list[Link]:
    """What is drawn between nodes and folds; inside a fold, nothing."""
    drawn = set(nodes)
    links: list[Link] = []
    into: dict[Group, set[Node]] = {}
    for node in nodes:
        target = groups.get(node, node)
        for index, operand in enumerate(node.operands):
            source = groups.get(operand, operand)
            if operand not in drawn or target is source:
                continue
            if not isinstance(target, Group):
                links.append(Link(source, target, operand, index, node.incoming[index]))
            elif operand not in into.setdefault(target, set()):
                links.append(Link(source, target, operand, len(into[target]), None))
                into[target].add(operand)
    return links
