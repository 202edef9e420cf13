"""A laid-out diagram as SVG: stable ids, a title and a description, colours for light and dark.

Colours are written twice: as plain attributes, which every converter understands, and as custom
properties inside `@supports`, which browsers prefer and a page may set (``--ag-leaf-fill`` …).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping

from viz.diagram import Diagram, DiagramNode
from viz.dot import to_dot
from viz.labels import (
    describe,
    diagram_title,
    edge_lines,
    is_angular,
    node_lines,
    note_lines,
    shown,
)
from viz.layout import Curve, Layout, Point
from viz.metrics import (
    FONT_FAMILY,
    FONT_SIZE,
    LABEL_SIZE,
    LINE_HEIGHT,
    box_size,
    fitted,
    text_width,
)
from viz.placing import ROOT_GAP, laid_out
from viz.shapes import node_size
from viz.theme import DARK, STROKE_WIDTH, palette

__all__ = ["content_prefix", "escape", "to_svg"]

MARGIN = 10.0
_ARROW_LENGTH, _ARROW_WIDTH = 9.0, 7.0
_SHEET_SHIFT = 3.5


def escape(text: str) -> str:
    """Escape `text` for XML content and double-quoted attributes.

    Examples
    --------
    >>> escape('<b> "a"&b')
    '&lt;b&gt; &quot;a&quot;&amp;b'
    """
    text = text.encode("utf-8", "backslashreplace").decode()
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(char, entity)
    return text


def content_prefix(diagram: Diagram) -> str:
    """Return a prefix for ids that depends on what is drawn and on nothing else."""
    return "ag-" + hashlib.sha256(to_dot(diagram, "").encode()).hexdigest()[:8]


def to_svg(diagram: Diagram, prefix: str) -> str:
    """Lay out `diagram` and return it as an SVG document.

    Raises
    ------
    viz.errors.LayoutError
        If the graph cannot be laid out within the budget.
    """
    layout = laid_out(diagram, prefix)
    colours = palette(diagram.style.theme)
    caption = note_lines(diagram)
    # A picture that is narrower than its caption stands in the middle above it.
    inner = max([layout.width, *(text_width(line, LABEL_SIZE) for line in caption)])
    left = -MARGIN - (inner - layout.width) / 2
    below = len(caption) * LABEL_SIZE * LINE_HEIGHT + MARGIN if caption else 0.0
    width, height = inner + 2 * MARGIN, layout.height + below + 2 * MARGIN
    title, description = escape(diagram_title(diagram)), escape(describe(diagram))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{prefix}" class="ag-diagram" role="img" '
        f'aria-labelledby="{prefix}-title {prefix}-desc" width="{_n(width)}" '
        f'height="{_n(height)}" viewBox="{_n(left)} {_n(-MARGIN)} {_n(width)} {_n(height)}" '
        f'font-family="{FONT_FAMILY}" text-anchor="middle">',
        f'<title id="{prefix}-title">{title}</title>',
        f'<desc id="{prefix}-desc">{description}</desc>',
        f"<style>{_stylesheet(prefix, diagram)}</style>",
    ]
    parts += _edges(diagram, layout, prefix, colours)
    parts += _nodes(diagram, layout, prefix, colours)
    if caption:
        middle = layout.width / 2, layout.height + below / 2 + MARGIN / 2
        parts += _text(caption, middle, LABEL_SIZE, colours["note"], name="ag-note")
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _stylesheet(prefix: str, diagram: Diagram) -> str:
    theme = diagram.style.theme
    colours = palette(theme)
    scheme = {"light": "light", "dark": "dark", "auto": "light dark"}[theme]
    # Not in a style attribute: some converters read `height:auto` there as no height at all.
    rules = [f"#{prefix}{{max-width:100%;height:auto;color-scheme:{scheme}}}"]
    for kind in ("leaf", "intermediate", "root", "constant", "group", "label"):
        rules.append(
            f"#{prefix} .ag-{kind}>.ag-shape{{fill:{_var(kind + '-fill', colours)};"
            f"stroke:{_var(kind + '-stroke', colours)}}}"
        )
    rules += [
        f"#{prefix} .ag-line{{stroke:{_var('edge', colours)}}}",
        f"#{prefix} .ag-arrow{{fill:{_var('edge', colours)}}}",
        f"#{prefix} text{{fill:{_var('text', colours)}}}",
        f"#{prefix} text.ag-sweep{{fill:{_var('sweep', colours)}}}",
        f"#{prefix} text.ag-note{{fill:{_var('note', colours)}}}",
    ]
    sheet = "@supports (color:var(--ag-text)){" + "".join(rules) + "}"
    if theme == "auto":
        dark = ";".join(f"--ag-{name}:{colour}" for name, colour in DARK.items())
        sheet += f"@media (prefers-color-scheme:dark){{#{prefix}{{{dark}}}}}"
    return sheet


def _var(name: str, colours: Mapping[str, str]) -> str:
    return f"var(--ag-{name},{colours[name]})"


def _edges(diagram: Diagram, layout: Layout, prefix: str, colours: Mapping[str, str]) -> list[str]:
    lines, boxes = [], []
    for index, edge in enumerate(diagram.edges):
        name = f"{prefix}-edge-{index}"
        source, target = diagram.nodes[edge.source].name, diagram.nodes[edge.target].name
        tooltip = escape(f"{shown(source)} → {shown(target)}")
        text = fitted(edge_lines(diagram, edge))
        stroke = f'class="ag-line" fill="none" stroke="{colours["edge"]}" stroke-width="1.3"'
        lines.append(f'<g id="{name}" class="ag-edge"><title>{tooltip}</title>')
        if text:
            lines.append(f'<path {stroke} d="{_path(layout.curves[name + "-tail"])}"/>')
        curve = layout.curves[name]
        lines.append(f'<path {stroke} d="{_path(curve)}"/>')
        lines.append(f'<path class="ag-arrow" fill="{colours["edge"]}" d="{_arrow(curve)}"/></g>')
        if text:
            boxes += _box(name + "-label", text, layout.centres[f"l{index}"], colours)
    return lines + boxes


def _box(name: str, text: list[str], centre: Point, colours: Mapping[str, str]) -> list[str]:
    (x, y), (width, height) = centre, box_size(text)
    return [
        f'<g id="{name}" class="ag-label">'
        f'<rect class="ag-shape" x="{_n(x - width / 2)}" y="{_n(y - height / 2)}" '
        f'width="{_n(width)}" height="{_n(height)}" rx="4" fill="{colours["label-fill"]}" '
        f'stroke="{colours["label-stroke"]}" stroke-width="1"/>',
        *_text(text, centre, LABEL_SIZE, colours["text"]),
        "</g>",
    ]


def _nodes(diagram: Diagram, layout: Layout, prefix: str, colours: Mapping[str, str]) -> list[str]:
    parts = []
    for index, node in enumerate(diagram.nodes):
        centre = layout.centres[f"n{index}"]
        full = node_lines(diagram, node)
        text = fitted(full)
        swept = diagram.mode is not None and node.sweep is not None and node.kind != "constant"
        parts.append(f'<g id="{prefix}-node-{index}" class="ag-node ag-{node.kind}">')
        parts.append(f"<title>{escape('; '.join(full))}</title>")
        parts += _outline(node, centre, node_size(diagram, node), colours)
        body = text[:-1] if swept else text
        parts += _text(body, centre, FONT_SIZE, colours["text"], of=len(text))
        if swept:
            parts += _text(
                text[-1:], centre, FONT_SIZE, colours["sweep"], len(body), len(text), "ag-sweep"
            )
        parts.append("</g>")
    return parts


def _outline(
    node: DiagramNode,
    centre: Point,
    size: Point,
    colours: Mapping[str, str],
) -> list[str]:
    stroke = colours[f"{node.kind}-stroke"]
    dashes = ' stroke-dasharray="5 3.5"' if node.kind == "constant" else ""

    def ellipse(gap: float, fill: str) -> str:
        return (
            f'<ellipse class="ag-shape" cx="{_n(centre[0])}" cy="{_n(centre[1])}" '
            f'rx="{_n(size[0] / 2 + gap)}" ry="{_n(size[1] / 2 + gap)}" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="{STROKE_WIDTH[node.kind]:g}"{dashes}/>'
        )

    fill = colours[f"{node.kind}-fill"]
    if is_angular(node):
        (x, y), (width, height) = centre, size
        return [
            f'<rect class="ag-shape" x="{_n(x - width / 2 + shift)}" '
            f'y="{_n(y - height / 2 + shift)}" width="{_n(width)}" height="{_n(height)}" rx="9" '
            f'fill="{fill}" stroke="{stroke}" stroke-width="{STROKE_WIDTH["group"]:g}"/>'
            for shift in (_SHEET_SHIFT, 0.0)
        ]
    if node.kind == "root":
        return [ellipse(ROOT_GAP, fill), ellipse(0, fill)]
    return [ellipse(0, fill)]


def _text(
    lines: list[str],
    centre: Point,
    size: float,
    colour: str,
    first: int = 0,
    of: int | None = None,
    name: str = "",
) -> list[str]:
    """Write `lines` as the lines from `first` of a block of `of` lines centred on `centre`."""
    x, y = centre
    # Half the height of a capital letter below the middle, so that the block looks centred.
    top = y - ((of or len(lines)) - 1) * size * LINE_HEIGHT / 2 + size * 0.35
    attribute = f' class="{name}"' if name else ""
    return [
        f'<text{attribute} x="{_n(x)}" y="{_n(top + (first + row) * size * LINE_HEIGHT)}" '
        f'font-size="{size:g}" fill="{colour}" xml:space="preserve">{escape(line)}</text>'
        for row, line in enumerate(lines)
    ]


def _path(curve: Curve) -> str:
    start, *rest = curve.points
    return f"M{_n(start[0])},{_n(start[1])}C" + " ".join(f"{_n(x)},{_n(y)}" for x, y in rest)


def _arrow(curve: Curve) -> str:
    """Return a triangle whose tip touches the node the edge ends at."""
    tip = curve.tip or curve.points[-1]
    base = curve.points[-1] if curve.tip else curve.points[-2]
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    length = math.hypot(dx, dy) or 1.0
    dx, dy = dx / length, dy / length
    back = (tip[0] - dx * _ARROW_LENGTH, tip[1] - dy * _ARROW_LENGTH)
    side = (-dy * _ARROW_WIDTH / 2, dx * _ARROW_WIDTH / 2)
    return (
        f"M{_n(tip[0])},{_n(tip[1])}L{_n(back[0] + side[0])},{_n(back[1] + side[1])} "
        f"{_n(back[0] - side[0])},{_n(back[1] - side[1])}Z"
    )


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
