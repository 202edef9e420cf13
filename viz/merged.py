"""Two graphs as one diagram, with marks where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from viz.diagram import Diagram, DiagramEdge, DiagramNode
from viz.groups import members
from viz.marks import BETTER, CHANGED, WORSE, Mark, MarkedPicture

if TYPE_CHECKING:
    from autograd_core.graph import Node
    from viz.comparing import Change
    from viz.scene import Scene

__all__ = ["merged"]

_MARKS: Mapping[str, Mark] = {"added": BETTER, "removed": WORSE, "changed": CHANGED}


def merged(
    before: Scene,
    after: Scene,
    pairs: Mapping[Node, Node],
    changes: Mapping[Node, Change],
    signs: Mapping[str, str],
) -> MarkedPicture:
    """Return the second graph with what was removed from the first beside it.

    Parameters
    ----------
    before, after : Scene
    pairs : mapping of Node to Node
    changes : mapping of Node to Change
    signs : mapping of str to str
        For each kind of change.
    """
    nodes: list[DiagramNode] = []
    place: dict[Node, int] = {}
    marks: dict[int, Mark] = {}
    for scene in (after, before):
        for vertex, drawn in zip(scene.vertices, scene.diagram.nodes, strict=True):
            (node,) = members(vertex)
            same = pairs.get(node, node)
            if same in place:  # drawn as what it became
                place[node] = place[same]
                continue
            place[node] = len(nodes)
            change = changes.get(same)
            if change is not None:
                marks[len(nodes)] = _MARKS[change.kind]
                drawn = _signed(drawn, change, signs[change.kind])
            key = drawn.key if scene is after else f"− {drawn.key}"
            nodes.append(replace(drawn, key=key, sweep=None))
    edges, strokes = _edges(before, after, place)
    style = replace(after.diagram.style, edge_label="both")  # so that the signs on edges are drawn
    note = _note(changes, signs)
    diagram = replace(
        after.diagram, nodes=tuple(nodes), edges=tuple(edges), note=note, style=style
    )  # fmt: skip
    most = diagram.style.max_nodes
    if len(nodes) > most:
        return _near(diagram, marks, strokes)
    return MarkedPicture(diagram, marks, strokes)


def _edges(
    before: Scene, after: Scene, place: Mapping[Node, int]
) -> tuple[list[DiagramEdge], dict[int, Mark]]:
    """The edges of both, each once; those that are in one only are marked."""
    found: dict[tuple[int, int, int], dict[bool, DiagramEdge]] = {}
    for scene in (after, before):
        for link, edge in zip(scene.links, scene.diagram.edges, strict=True):
            (target,) = members(link.target)
            key = place[link.operand], place[target], edge.operand_index
            found.setdefault(key, {})[scene is after] = edge
    edges, strokes = [], {}
    for i, ((start, end, index), versions) in enumerate(found.items()):
        label = ""
        if len(versions) == 1:
            kind = "added" if True in versions else "removed"
            strokes[i] = _MARKS[kind]
            label = "+" if kind == "added" else "−"
        edges.append(DiagramEdge(start, end, index, label=label))
    return edges, strokes


def _signed(node: DiagramNode, change: Change, sign: str) -> DiagramNode:
    """A node with the sign of its change, and what changed."""
    what = "; ".join(change.what) if change.kind == "changed" else change.kind
    # There is one result: that of the second graph.
    kind = "intermediate" if node.kind == "root" and change.kind == "removed" else node.kind
    return replace(node, detail=f"{sign} {what}", kind=kind)


def _note(changes: Mapping[Node, Change], signs: Mapping[str, str]) -> str:
    counts = {kind: sum(c.kind == kind for c in changes.values()) for kind in signs}
    said = [f"{signs[kind]} {count:,} {kind}" for kind, count in counts.items() if count]
    return ", ".join(said) or "nothing changed"


def _near(
    diagram: Diagram, marks: Mapping[int, Mark], strokes: Mapping[int, Mark]
) -> MarkedPicture:
    """Only what changed, and what is next to it."""
    touched = {end for i in strokes for end in (diagram.edges[i].source, diagram.edges[i].target)}
    kept = set(marks) | touched
    for edge in diagram.edges:
        if edge.source in marks or edge.target in marks:
            kept |= {edge.source, edge.target}
    kept = kept or {diagram.root or 0}
    number = {old: new for new, old in enumerate(sorted(kept))}
    inside = [i for i, e in enumerate(diagram.edges) if e.source in kept and e.target in kept]
    edges = tuple(
        replace(diagram.edges[i], source=number[diagram.edges[i].source],
                target=number[diagram.edges[i].target])
        for i in inside
    )  # fmt: skip
    left = len(diagram.nodes) - len(kept)
    part = replace(
        diagram, nodes=tuple(diagram.nodes[i] for i in sorted(kept)), edges=edges,
        root=number.get(diagram.root) if diagram.root is not None else None,
        note=f"{diagram.note}; {left:,} nodes that are far from any change are left out",
    )  # fmt: skip
    drawn = {new: strokes[old] for new, old in enumerate(inside) if old in strokes}
    return MarkedPicture(part, {number[i]: mark for i, mark in marks.items()}, drawn)
