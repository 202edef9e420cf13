"""Folding: several nodes of a graph drawn as one.

A fold never changes a derivative. What the folded node passes on along an edge is what the nodes
inside it pass on together: the sum over the paths through them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from viz.groups import (
    Folded,
    Group,
    Vertex,
    circle_of,
    find_outputs,
    links_of,
    needs_of,
    order_of,
)

if TYPE_CHECKING:
    from autograd_core.graph import Graph, Node

__all__ = ["fits", "fold", "fold_to_fit"]

# The lengths of all edges together, in ranks. Each rank that an edge passes is a node to the
# layout; with four weights that fifty cells share it would take a minute.
_LONGEST = 6_000


def fold(
    graph: Graph,
    nodes: Sequence[Node],
    depth: int | None = None,
    collapse: Callable[[Any], str | None] | None = None,
    repeats: bool = False,
    opened: Hashable = None,
) -> Folded:
    """Fold by scope, or as a function says.

    Parameters
    ----------
    graph : Graph
    nodes : sequence of Node
        Those to be drawn, in topological order.
    depth : int, optional
        How many levels of scopes are left open. Calls of a module are told apart.
    collapse : callable, optional
        ``collapse(value)`` names the fold that a value belongs to, or is ``None``.
    repeats : bool
        Whether the calls of a module, and modules of the same kind that are numbered, are one.
    opened : hashable, optional
        The key of a fold that is not made: in its place are the calls that it would merge; or of
        one call the modules inside it, and its nodes.
    """
    chosen = {node: key for node in nodes if (key := _key(node, depth, collapse, repeats))}
    inside = [node for node, key in chosen.items() if key.merged == opened]
    several = len({chosen[node].call for node in inside}) > 1
    for node in inside:
        key = chosen.pop(node)
        deeper = None if depth is None else _key(node, depth + 1, None, repeats)
        if several and key.call is not None:
            chosen[node] = _Key(key.call, key.label, key.call)
        elif deeper is not None:
            chosen[node] = deeper
    _take_in_parameters(nodes, chosen)
    # A fold that lies on both sides of something else would need itself. It is taken apart: into
    # the calls that it merges, and where one of those needs itself, into its nodes.
    apart: dict[Hashable, int] = {}
    while True:
        groups = _groups(nodes, chosen, apart)
        needs = needs_of(nodes, groups)
        order = order_of(needs)
        if len(order) == len(needs):
            return order, links_of(nodes, groups)
        for vertex in circle_of(needs, order):
            if isinstance(vertex, Group):
                apart[vertex.key] = max(apart.get(vertex.key, 0), vertex.apart + 1)


def fits(folded: Folded, most: int) -> bool:
    """Whether a layout can be hoped for: few enough nodes, and not too many long edges."""
    vertices, links = folded
    if len(vertices) > most:
        return False
    rank: dict[Vertex, int] = {}
    place = {vertex: i for i, vertex in enumerate(vertices)}
    for link in sorted(links, key=lambda link: place[link.target]):
        rank[link.source] = max(rank.get(link.source, 0), rank.get(link.target, 0) + 1)
    return sum(rank[link.source] - rank.get(link.target, 0) for link in links) <= _LONGEST


def fold_to_fit(
    graph: Graph, nodes: Sequence[Node], most: int, opened: Hashable = None
) -> tuple[Folded, str]:
    """Fold as little as lets a graph be laid out; say in words what was done."""
    best: tuple[int, int, bool] | None = None
    why = f"more than max_nodes = {most:,}" if len(nodes) > most else "with too many long edges"
    deepest = max((len(_scopes(node.value)) for node in nodes), default=0)
    for repeats in (False, True):
        low, high = 1, deepest  # what is not known to be too deep
        while low <= high:
            depth = (low + high + 1) // 2
            folded = fold(graph, nodes, depth, repeats=repeats)
            if not fits(folded, most):
                high = depth - 1
                continue
            low = depth + 1
            if len(folded[0]) > (best[0] if best else 1):
                best = len(folded[0]), depth, repeats
    if best is None:
        how = "what is far from the result is folded"
        return _nearest(graph, nodes, most), f"{len(nodes):,} nodes, {why}: {how}"
    _, depth, repeats = best
    how = f"folded to depth {depth}" + (", repeats merged" if repeats else "")
    folded = fold(graph, nodes, depth, None, repeats, opened)
    return folded, f"{len(nodes):,} nodes, {why}: {how}"


def _nearest(graph: Graph, nodes: Sequence[Node], most: int) -> Folded:
    """Draw what is near to the root, and the leaves if there is room; fold all between."""
    # Whatever is far from the root is needed by what is near, never the other way round.
    kept = max(most // 2, 1)
    far = nodes[kept:]
    leaves = [node for node in far if node.is_leaf]
    if len(leaves) >= most - kept:
        leaves = []
    beside = set(leaves)
    inside = [node for node in far if node not in beside]
    key = _Key("far", f"{len(inside):,} nodes", None)
    groups = _groups(nodes, dict.fromkeys(inside, key), {})
    between = dict.fromkeys(groups.get(node, node) for node in inside)
    return [*nodes[:kept], *between, *leaves], links_of(nodes, groups)


class _Key:
    """What a node is folded under: the same for all calls, and one for each call."""

    __slots__ = ("call", "label", "merged")

    def __init__(self, merged: Hashable, label: str, call: Hashable) -> None:
        self.merged = merged
        self.label = label
        self.call = call


def _key(
    node: Node,
    depth: int | None,
    collapse: Callable[[Any], str | None] | None,
    repeats: bool,
) -> _Key | None:
    if node.is_leaf:
        return None
    if collapse is not None and (name := collapse(node.value)):
        return _Key(name, name, None)
    scopes = _scopes(node.value)
    if depth is None:
        # Without a depth, repeats alone fold the innermost scope.
        if not repeats or not scopes:
            return None
        depth = len(scopes)
    if depth == 0 or len(scopes) < depth:
        return None
    scope = scopes[depth - 1]
    path = re.sub(r"(^|/)\d+(?=/|$)", r"\1*", scope) if repeats else scope
    kind = getattr(scope, "kind", "")
    label = path.rpartition("/")[2] + (f": {kind}" if kind else "")
    # Numbered modules are the same only if they are of the same kind.
    return _Key((path, kind) if repeats else id(scope), label, id(scope))


def _scopes(value: Any) -> list[str]:
    """The scopes around a node, the outermost first, as the objects that tell calls apart."""
    found = []
    scope = value.scope
    while scope:
        found.append(scope)
        scope = getattr(scope, "outer", "")
    return found[::-1]


def _take_in_parameters(nodes: Sequence[Node], chosen: dict[Node, _Key]) -> None:
    """What one fold alone uses belongs inside it: a parameter, or a part cut out for it."""
    users: dict[Node, list[Node]] = {}
    for node in nodes:
        for operand in node.operands:
            users.setdefault(operand, []).append(node)
    for node in nodes:
        part = node.is_leaf and (node.scope or node.is_constant)
        cut = node.op is not None and node.op.name == "getitem" and not node.scope
        if (part or cut) and node not in chosen and node in users:
            keys = {chosen[user].merged if user in chosen else None for user in users[node]}
            if len(keys) == 1 and None not in keys:
                chosen[node] = chosen[users[node][0]]


def _groups(
    nodes: Sequence[Node], keys: Mapping[Node, _Key], apart: Mapping[Hashable, int]
) -> dict[Node, Group]:
    """The folds: one for a key, or one for each of its calls, or none, as `apart` says."""
    together: dict[tuple[Hashable, Hashable], list[Node]] = {}
    for node in nodes:
        key = keys.get(node)
        if key is None:
            continue
        how = apart.get(key.merged, 0)
        if how == 0 or (how == 1 and key.call is not None):
            together.setdefault((key.merged, key.call if how else None), []).append(node)
    groups: dict[Node, Group] = {}
    for (merged, _), inside in together.items():
        if len(inside) == 1:
            continue  # as it is it says more
        calls = {keys[node].call for node in inside}
        label = keys[inside[0]].label
        group = Group(label, inside, len(calls), merged, apart.get(merged, 0))
        groups.update(dict.fromkeys(inside, group))
    find_outputs(nodes, groups)
    return groups
