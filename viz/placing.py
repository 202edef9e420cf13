"""Where the parts of a diagram are: places from Graphviz, and lines straightened."""

from __future__ import annotations

from dataclasses import replace

from viz.diagram import Diagram
from viz.dot import to_dot
from viz.labels import edge_lines, is_angular
from viz.layout import Layout, lay_out
from viz.metrics import box_size, fitted
from viz.shapes import node_size
from viz.straighten import BoxedEdge, straighten

__all__ = ["ROOT_GAP", "laid_out"]

# Between the two outlines of a root.
ROOT_GAP = 3.2


def laid_out(diagram: Diagram, prefix: str) -> Layout:
    """Lay `diagram` out; edges are called ``<prefix>-edge-0`` and so on."""
    sizes = {}
    for index, node in enumerate(diagram.nodes):
        width, height = node_size(diagram, node)
        gap = 2 * ROOT_GAP if node.kind == "root" else 0.0
        sizes[f"n{index}"] = (width + gap, height + gap)
    boxed = []
    for index, edge in enumerate(diagram.edges):
        if text := fitted(edge_lines(diagram, edge)):
            name = f"{prefix}-edge-{index}"
            source, target = f"n{edge.source}", f"n{edge.target}"
            angular = is_angular(diagram.nodes[edge.target])
            boxed.append(BoxedEdge(f"{name}-tail", name, source, f"l{index}", target, angular))
            sizes[f"l{index}"] = box_size(text)
    layout = lay_out(to_dot(replace(diagram, note=""), prefix))
    return straighten(layout, boxed, sizes, diagram.style.rankdir in ("LR", "RL"))
