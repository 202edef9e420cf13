"""A picture in which some nodes and edges are marked: by outline and dashes, not by colour alone.

Only lines are changed, never fills: so text keeps its contrast, on light pages and on dark ones.
What a mark means is said by a sign in the text of the node or the edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from viz.diagram import Diagram
from viz.picture import Picture

__all__ = ["BETTER", "CHANGED", "WORSE", "Mark", "MarkedPicture"]


class Mark(NamedTuple):
    """How an outline or a line is drawn."""

    color: str
    width: float
    dashes: str = "none"


# Okabe and Ito's hues; each has a contrast of 3:1 on white and on near-black.
BETTER = Mark("#0a8f6a", 2.6)
WORSE = Mark("#d55e00", 3.6, "9 4")
CHANGED = Mark("#9a6fb0", 3.2, "2 3")


class MarkedPicture(Picture):
    """A picture with marks.

    Parameters
    ----------
    diagram : viz.diagram.Diagram
    nodes, edges : mapping of int to Mark
        By their positions in the diagram.
    """

    def __init__(
        self, diagram: Diagram, nodes: Mapping[int, Mark], edges: Mapping[int, Mark]
    ) -> None:
        super().__init__(diagram)
        self.nodes, self.edges = dict(nodes), dict(edges)

    def to_svg(self, prefix: str | None = None) -> str:
        """Return the picture as an SVG document; as `Picture.to_svg`."""
        return self._marked(super().to_svg(prefix), prefix)

    def to_html(self, prefix: str | None = None) -> str:
        """Return one self-contained page; as `Picture.to_html`."""
        return self._marked(super().to_html(prefix), prefix)

    def _marked(self, document: str, prefix: str | None) -> str:
        own = self._prefix(prefix)
        rules = []
        for what, marks in (("node", self.nodes), ("edge", self.edges)):
            for i, mark in marks.items():
                name = f"#{own} #{own}-{what}-{i}"
                look = (
                    f"{{stroke:{mark.color}!important;stroke-width:{mark.width:g}px;"
                    f"stroke-dasharray:{mark.dashes}}}"
                )
                if what == "node":
                    rules.append(f"{name}>.ag-shape{look}")
                else:
                    rules.append(f"{name}>.ag-line,{name}-label>.ag-shape{look}")
                    rules.append(f"{name}>.ag-arrow{{fill:{mark.color}!important}}")
        return document.replace("</style>", f"</style><style>{''.join(rules)}</style>", 1)
