"""How large the shapes of a diagram are."""

from __future__ import annotations

from viz.diagram import Diagram, DiagramNode
from viz.labels import is_angular, node_lines
from viz.metrics import ellipse_size, fitted, sheet_size, text_width

__all__ = ["node_size"]


def node_size(diagram: Diagram, node: DiagramNode) -> tuple[float, float]:
    """Return the width and height of the ellipse or the sheet that holds a node's lines."""
    lines = fitted(node_lines(diagram, node))
    if node.widest:
        # A line that is written over later needs no line of its own, only its width.
        lines[-1] = max(lines[-1], node.widest, key=text_width)
    return sheet_size(lines) if is_angular(node) else ellipse_size(lines)
