"""The graph of a failed check: as text, and as a picture with the nodes at fault in red."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import reverse
from ..errors import GradientError
from ..value import Value
from .verdicts import line_of

if TYPE_CHECKING:
    from .recording import Recording
    from .report import GradReport
    from .verdicts import Verdict

__all__ = ["MarkedPicture", "draw", "graph_text"]

_LINES = 24  # of the text; of a larger graph, those around the first node at fault
_RED = "#b42318"


def graph_text(recording: Recording, verdicts: Sequence[Verdict]) -> str:
    """The nodes of a graph, operands first, one line each.

    Parameters
    ----------
    recording : Recording
    verdicts : sequence of Verdict
        Whose nodes are marked with ``✗``, and their operands with what is said of them.
    """
    nodes = recording.nodes
    names: dict[Value, str] = {}
    for i, leaf in enumerate(recording.leaves):
        names[leaf] = leaf.name or f"x{i}"
    for i, node in enumerate(nodes):
        names[node] = node.name or f"v{i}"
    blamed = {v.node: v for v in reversed(verdicts) if v.node is not None}
    lines = []
    marked = []
    for node in nodes:
        operands = []
        verdict = blamed.get(node)
        for i, operand in enumerate(node.operands):
            text = names.get(operand) or _constant(operand)
            operands.append(f"→{text}←" if verdict is not None and verdict.operand == i else text)
        mark = "✗" if verdict is not None else " "
        op = node.op.name if node.op is not None else ""
        text = f"{mark} {names[node]} = {op}({', '.join(operands)})"
        where = line_of(node)
        shape = str(node.shape) if node.shape else ""
        text = f"{_cut(text, 46):<46}  {shape:<10}  {where}"
        lines.append(_cut(text.rstrip(), 100))
        if verdict is not None:
            marked.append(len(lines) - 1)
    start = max(0, (marked[0] if marked else 0) - _LINES // 2)
    shown = lines[start : start + _LINES]
    head = "graph (✗ is at fault, in the operand between the arrows):"
    if not marked:
        head = "graph (the node at fault is inside a composite, or in the graph of the gradient):"
    before = [f"  … {start} nodes before"] if start else []
    rest = len(lines) - start - len(shown)
    return "\n".join([head, *before, *shown, *([f"  … {rest} nodes after"] if rest > 0 else [])])


class MarkedPicture:
    """A drawn graph in which some nodes are red. Shows itself in Jupyter.

    Parameters
    ----------
    picture : viz.Picture
    marked : sequence of int
        Which nodes of its diagram.
    """

    def __init__(self, picture: Any, marked: Sequence[int]) -> None:
        self.picture = picture
        self.marked = tuple(marked)

    def to_svg(self, prefix: str = "ag-blame") -> str:
        """The picture as an SVG document."""
        svg: str = self.picture.to_svg(prefix)
        return svg.replace("</style>", f"</style><style>{self._rules(prefix)}</style>", 1)

    def to_html(self, prefix: str = "ag-blame") -> str:
        """One self-contained page."""
        page: str = self.picture.to_html(prefix)
        head, found, tail = page.rpartition("</svg>")
        return f"{head}<style>{self._rules(prefix)}</style>{found}{tail}"

    def to_text(self) -> str:
        """Tables of the nodes and edges."""
        return str(self.picture.to_text())

    def save(self, path: str | Path) -> None:
        """Write an .svg or .html file."""
        path = Path(path)
        text = self.to_html() if path.suffix == ".html" else self.to_svg()
        path.write_text(text, encoding="utf-8")

    def _repr_html_(self) -> str:
        return self.to_svg()

    def _rules(self, prefix: str) -> str:
        return "".join(
            f"#{prefix} #{prefix}-node-{i}>.ag-shape"
            f"{{fill:#fdecea!important;stroke:{_RED}!important;stroke-width:3px}}"
            for i in self.marked
        )


def draw(report: GradReport) -> MarkedPicture:
    """Draw the graph of a report; see `GradReport.picture`."""
    recording, problem = report.recording, report.problem
    if recording is None or problem is None or not recording.nodes:
        raise GradientError(
            f"picture: no graph of {report.name} was recorded; need a function of Values"
        )
    try:
        # By name, because the core depends on nothing that draws.
        viz = importlib.import_module("viz")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"picture: drawing needs the package viz, which is not installed ({error}); "
            "print the report for its text"
        ) from error
    blamed = {verdict.node for verdict in report.blame}
    root = next(out for out in recording.outputs if out.requires_grad)
    for out in recording.outputs:
        if out.requires_grad and not blamed.isdisjoint(reverse.topological_order(out)):
            root = out
            break
    names = {f"✗ {v.op}": v.node for v in report.blame}
    with problem.holding(recording.held):
        picture = viz.draw(root, names=names)
        marked = [i for i, n in enumerate(picture.diagram.nodes) if n.name.startswith("✗ ")]
        return MarkedPicture(picture, marked)


def _constant(value: Value) -> str:
    if value.shape:
        return f"{value.dtype}{list(value.shape)}"
    return f"{value.item():.6g}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
