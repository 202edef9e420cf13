"""From a root value to a diagram: what is opened, what is folded, and what each node says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from viz.described import describe_edges, describe_node
from viz.diagram import Diagram, DiagramEdge, Mode, Quantity, Style, check_whole
from viz.errors import ArgumentError
from viz.folding import fits, fold, fold_to_fit
from viz.groups import Link, Vertex, outputs, unfolded
from viz.naming import Names, assign_names, find_node
from viz.quantities import quantity_of
from viz.sweeps import sweep

if TYPE_CHECKING:
    from autograd_core import Value
    from autograd_core.graph import Graph, Node

__all__ = ["Scene", "scene_of"]


class Scene(NamedTuple):
    """A diagram and what it was made of.

    `vertices` are in the order of the diagram's nodes: the engine's nodes, or groups of them;
    `links` in the order of its edges.
    """

    diagram: Diagram
    graph: Graph
    vertices: list[Vertex]
    links: list[Link]
    names: Names


def scene_of(
    root: Value,
    names: Mapping[str, Any] | None,
    mode: Mode | None,
    wrt: Value | str | None,
    show_constants: bool,
    style: Style,
    depth: int | None = None,
    expand: Collection[str] = (),
    collapse: Callable[[Value], str | None] | None = None,
    repeats: bool = False,
    most: int | None = None,
    opened: Hashable = None,
) -> Scene:
    """Make the diagram of `root`; see `viz.draw` for the arguments and the errors.

    With more nodes than `most` it is folded until it fits. `opened` is the key of a fold that is
    opened all the same.
    """
    from autograd_core.graph import Graph

    if depth is not None:
        check_whole("depth", depth, 0, 1000)
    graph = Graph.of(root, _opener(expand))
    called = assign_names(graph, names, show_constants or graph.root.is_constant)
    kept = [node for node in graph.nodes if show_constants or not node.is_constant]
    if graph.root not in kept:
        kept = [graph.root]
    start = _start(graph, called, mode, wrt)
    if start is not None and start not in kept:
        raise ArgumentError(
            f"{called.every[start]} is a constant, which has no derivatives: make it a Value "
            "with requires_grad, or draw it with show_constants=True"
        )
    asked = depth is not None or collapse is not None or repeats
    folded, note = None, ""
    if asked:
        folded = fold(graph, kept, depth, collapse, repeats, opened)
    elif most is None or len(kept) <= most:  # or it need not even be tried
        folded = unfolded(kept)
    if folded is None or (most is not None and not fits(folded, most)):
        assert most is not None
        folded, note = fold_to_fit(graph, kept, most, opened)
    vertices, links = folded
    number = {vertex: index for index, vertex in enumerate(vertices)}
    edges = tuple(describe_edges(links, number, called))
    root_at = next(i for i, v in enumerate(vertices) if graph.root in outputs(v))
    entries = _sweep(graph, vertices, edges, root_at, mode, start)
    given: dict[Vertex, list[str]] = {}
    for link in links:
        given.setdefault(link.target, []).append(called.every[link.operand])
    nodes = tuple(
        describe_node(v, given.get(v, ()), called, entry)
        for v, entry in zip(vertices, entries, strict=True)
    )
    by = called.every[start] if start else None
    diagram = Diagram(nodes, edges, root_at, mode, by, style, note)
    return Scene(diagram, graph, vertices, links, called)


def _opener(expand: Collection[str]) -> Callable[[Value], bool]:
    if isinstance(expand, str):
        raise ArgumentError(f"expand is {expand!r}; it must be a list of names: [{expand!r}]")
    wanted = frozenset(expand)

    def opened(value: Value) -> bool:
        assert value.op is not None
        inside = any(value.scope == name or value.scope.startswith(f"{name}/") for name in wanted)
        return "*" in wanted or value.op.name in wanted or value.name in wanted or inside

    return opened


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
    vertices: Sequence[Vertex],
    edges: Sequence[DiagramEdge],
    root_at: int,
    mode: Mode | None,
    start: Node | None,
) -> list[Quantity | None]:
    scalar = graph.root.shape == () and (start is None or start in vertices)
    if scalar and all(isinstance(edge.value, float) for edge in edges):
        # The numbers are on the edges already, and are so after a backward pass, too.
        begin = None if start is None else vertices.index(start)
        return sweep(len(vertices), edges, root_at, begin)
    if start is not None:
        found = graph.tangents(start.value)
    elif mode is None and graph.root.shape != ():
        found = {}
    else:
        found = graph.cotangents()
    entries: list[Quantity | None] = []
    for vertex in vertices:
        results = outputs(vertex)
        known = len(results) == 1 and results[0] in found
        entries.append(quantity_of(found[results[0]]) if known else None)
    return entries
