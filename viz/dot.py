"""A diagram as DOT source: what is laid out, and what `dot` makes PNG and PDF from.

The box with a derivative is a small node that splits its edge, so that it sits on the line.
Sizes are fixed by `viz.metrics`: the same picture on every machine, whatever its fonts.
"""

from __future__ import annotations

from viz.diagram import Diagram, DiagramNode
from viz.labels import edge_lines, node_lines, note_lines
from viz.metrics import FONT_SIZE, LABEL_SIZE, box_size, fitted
from viz.shapes import node_size
from viz.theme import STROKE_WIDTH, palette

__all__ = ["quote", "to_dot"]

_POINTS_PER_INCH = 72
# Beyond this many parts the last bit of order costs more than the rest of the layout.
_MOST_PARTS_AT_LEISURE = 250
# A few leaves stand in one row at the bottom, as in a textbook; many would stretch the picture.
_LEAVES_IN_A_ROW = 8


def quote(text: str) -> str:
    r"""Quote `text` for DOT so that it is drawn as it stands.

    Graphviz expands backslash escapes (``\N`` is the node's name) and decodes HTML entities
    inside quoted strings; a string in double quotes is never taken for an HTML label.

    Examples
    --------
    >>> print(quote('<b> a&b "W\\N"'))
    "<b> a&amp;b \"W\\N\""
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{escaped}"'


def to_dot(diagram: Diagram, prefix: str) -> str:
    """Return the DOT source of `diagram`; every id starts with `prefix`.

    Examples
    --------
    >>> from viz.diagram import DiagramNode
    >>> node = DiagramNode("x", "x", "root", value=2.0)
    >>> print(to_dot(Diagram((node,), (), root=0), "p"))
    digraph derivatives {
      graph [bgcolor=transparent, rankdir=BT, nodesep=0.5, ranksep=0.42, pad=0.1];
      node [...];
      edge [...];
      n0 [id="p-node-0", label="x = 2", ...];
    }
    <BLANKLINE>
    """
    colours = palette(diagram.style.theme)
    note = f", fontsize={LABEL_SIZE:g}, label={_label(note_lines(diagram))}" if diagram.note else ""
    hurry = len(diagram.nodes) + len(diagram.edges) > _MOST_PARTS_AT_LEISURE
    limits = ", nslimit=2, mclimit=0.3" if hurry else ""
    lines = [
        "digraph derivatives {",
        f"  graph [bgcolor=transparent, rankdir={diagram.style.rankdir}, "
        f"nodesep=0.5, ranksep=0.42, pad=0.1{limits}{note}];",
        f'  node [shape=ellipse, style=filled, fixedsize=true, fontname="Helvetica,Arial", '
        f'fontsize={FONT_SIZE:g}, fontcolor="{colours["text"]}"];',
        f'  edge [color="{colours["edge"]}", arrowsize=0.8];',
    ]
    for index in range(len(diagram.nodes)):
        lines.append(_node(diagram, index, prefix, colours["text"]))
    for index, edge in enumerate(diagram.edges):
        text = fitted(edge_lines(diagram, edge))
        source, target = f"n{edge.source}", f"n{edge.target}"
        name = f"{prefix}-edge-{index}"
        if not text:
            lines.append(f'  {source} -> {target} [id="{name}"];')
            continue
        width, height = box_size(text)
        lines.append(
            f'  l{index} [id="{name}-label", shape=box, style="filled,rounded", '
            f"label={_label(text)}, {_size(width, height)}, fontsize={LABEL_SIZE:g}, "
            f'color="{colours["label-stroke"]}", fillcolor="{colours["label-fill"]}"];'
        )
        lines.append(f'  {source} -> l{index} [id="{name}-tail", dir=none];')
        lines.append(f'  l{index} -> {target} [id="{name}"];')
    given = ("leaf", "constant")
    leaves = [index for index, node in enumerate(diagram.nodes) if node.kind in given]
    if 1 < len(leaves) <= _LEAVES_IN_A_ROW:
        lines.append(f"  {{ rank=source; {'; '.join(f'n{index}' for index in leaves)} }}")
    lines.append("}")
    return "\n".join(lines) + "\n"


def _node(diagram: Diagram, index: int, prefix: str, text_colour: str) -> str:
    node: DiagramNode = diagram.nodes[index]
    colours = palette(diagram.style.theme)
    text = fitted(node_lines(diagram, node))
    width, height = node_size(diagram, node)
    outline = {
        "group": ', shape=box, style="filled,rounded"',
        "root": ", peripheries=2",
        "constant": ', style="filled,dashed"',
    }.get(node.kind, "")
    return (
        f'  n{index} [id="{prefix}-node-{index}", label={_label(text)}, {_size(width, height)}, '
        f'color="{colours[node.kind + "-stroke"]}", fillcolor="{colours[node.kind + "-fill"]}", '
        f"penwidth={STROKE_WIDTH[node.kind]:g}{outline}];"
    )


def _label(lines: list[str]) -> str:
    return '"' + "\\n".join(quote(line)[1:-1] for line in lines) + '"'


def _size(width: float, height: float) -> str:
    return f"width={width / _POINTS_PER_INCH:.3f}, height={height / _POINTS_PER_INCH:.3f}"
