"""The words of a diagram: numbers, quantities, node lines and edge labels as text."""

from __future__ import annotations

import math
import textwrap

import numpy as np

from viz.diagram import Diagram, DiagramEdge, DiagramNode, Quantity, Tensor

__all__ = [
    "describe",
    "diagram_title",
    "edge_lines",
    "edge_partial",
    "format_number",
    "format_quantity",
    "is_angular",
    "node_lines",
    "note_lines",
    "partial",
    "shown",
    "sweep_partial",
]

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(value: float, precision: int = 4) -> str:
    """Write a number with `precision` significant digits, without dropping whole digits.

    Examples
    --------
    >>> [format_number(x) for x in (2.0, 1 / 3, -0.0, 12345.678, 1e-7, 6.02e23)]
    ['2', '0.3333', '0', '12346', '1e-07', '6.02e+23']
    >>> format_number(float("nan")), format_number(float("-inf"))
    ('nan', '-inf')
    """
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    size = abs(value)
    if 1e-4 <= size < 1e9:
        digits = max(precision, math.floor(math.log10(size)) + 1)
        # A number that rounds up to the next power of ten needs one digit more.
        text = f"{value:.{digits}g}"
        return text if "e" not in text else f"{value:.{digits + 1}g}"
    return f"{value:.{precision}g}"


def format_quantity(quantity: Quantity | None, precision: int = 4) -> str:
    """Write a number, a formula or the description of an array.

    Examples
    --------
    >>> format_quantity(0.5), format_quantity("α + β")
    ('0.5', 'α + β')
    >>> format_quantity(Tensor((2,), "float64", [1.0, 2.5]))
    '[1, 2.5]'
    >>> format_quantity(Tensor((3, 4), "float32"))
    'float32 (3, 4)'
    """
    if quantity is None:
        return ""
    if isinstance(quantity, str):
        return shown(quantity)
    if isinstance(quantity, Tensor):
        return _format_tensor(quantity, precision)
    return format_number(quantity, precision)


def _format_tensor(tensor: Tensor, precision: int) -> str:
    shape = str(tensor.shape)
    if tensor.rule:
        return f"{shown(tensor.rule)}  {shape}"
    if tensor.values is not None:
        return _format_nested(tensor.values, precision)
    return f"{tensor.dtype} {shape}".strip()


def _format_nested(values: object, precision: int) -> str:
    if isinstance(values, list):
        return "[" + ", ".join(_format_nested(item, precision) for item in values) + "]"
    if isinstance(values, (bool, int, np.bool_)):
        return str(values)
    if isinstance(values, float):
        return format_number(values, precision)
    return str(values)


def shown(text: str) -> str:
    r"""Make control characters visible, so that no name can break a line or hide in a picture.

    Examples
    --------
    >>> print(shown("one\ntwo"), shown("<b> a&b 🙂"))
    one\ntwo <b> a&b 🙂
    """
    if text.isprintable():
        return text
    # U+200D joins emoji; U+00A0 is an ordinary space to the eye.
    return "".join(
        char if char.isprintable() or char in "\u200d\u00a0" else ascii(char)[1:-1] for char in text
    )


def partial(of: str, wrt: str, use: int = 0) -> str:
    """Write a partial derivative; `use` tells parallel edges apart.

    Examples
    --------
    >>> partial("e", "c"), partial("y", "x", use=2)
    ('∂e/∂c', '∂y/∂x⁽²⁾')
    """
    mark = f"⁽{str(use).translate(_SUPERSCRIPTS)}⁾" if use else ""
    return f"∂{shown(of)}/∂{shown(wrt)}{mark}"


def sweep_partial(diagram: Diagram, name: str) -> str:
    """Write the derivative that the sweep gives to the node `name`; empty without one."""
    if diagram.mode == "forward":
        return partial(name, diagram.wrt or "·")
    if diagram.root is None:
        return ""
    return partial(diagram.nodes[diagram.root].name, name)


def node_lines(diagram: Diagram, node: DiagramNode) -> list[str]:
    """Return the lines inside a node: its definition, its value and its place in the sweep."""
    precision = diagram.style.precision
    name = shown(node.name)
    value = format_quantity(node.value, precision)
    if node.kind == "constant" and node.name == format_quantity(node.value, 6):
        # A number without a name is its own name.
        return [name]
    lines = []
    if node.expression:
        lines.append(f"{name} = {shown(node.expression)}")
    if value:
        joint = " = " if not isinstance(node.value, Tensor) or node.value.values else ": "
        lines.append(f"{name}{joint}{value}")
    if not lines:
        lines.append(name)
    if node.detail:
        lines.append(f"({node.detail})")
    if diagram.mode is not None and node.sweep is not None:
        joint = " = " if not isinstance(node.sweep, Tensor) or node.sweep.values else ": "
        lines.append(
            f"{sweep_partial(diagram, node.name)}{joint}{format_quantity(node.sweep, precision)}"
        )
    return lines


def edge_partial(diagram: Diagram, edge: DiagramEdge) -> str:
    """Write the derivative on an edge: ``∂e/∂c``."""
    source = edge.operand or diagram.nodes[edge.source].name
    return partial(diagram.nodes[edge.target].name, source, edge.use)


def is_angular(node: DiagramNode) -> bool:
    """Tell whether a node is drawn as a rectangle: it stands for a group of others."""
    return node.kind == "group"


def edge_lines(diagram: Diagram, edge: DiagramEdge) -> list[str]:
    """Return the lines of the box on an edge: its local derivative. Empty with label "none"."""
    style = diagram.style
    if style.edge_label == "none":
        return []
    if edge.label is not None:
        return [shown(edge.label)] if edge.label else []
    name = edge_partial(diagram, edge)
    value = edge.value
    if isinstance(value, Tensor):
        rule = shown(value.rule) or "tensor"
        first = rule if style.edge_label == "value" else f"{name}: {rule}"
        return [first, f"shape {value.shape}"]
    number = format_quantity(value, style.precision)
    if style.edge_label == "value":
        return [number or shown(edge.symbol) or name]
    text = shown(edge.symbol) if style.edge_label == "symbol" else ""
    text = text or number or shown(edge.symbol)
    return [f"{name} = {text}" if text else name]


def diagram_title(diagram: Diagram) -> str:
    """Return a one-line title of the picture."""
    if diagram.root is None:
        return "Derivative diagram"
    root = shown(diagram.nodes[diagram.root].name)
    if diagram.mode == "forward":
        return f"Derivative diagram of {root}, forward mode from {shown(diagram.wrt or '')}"
    if diagram.mode == "reverse":
        return f"Derivative diagram of {root}, reverse mode"
    return f"Derivative diagram of {root}"


def note_lines(diagram: Diagram) -> list[str]:
    """Return the caption of a picture that does not show all; mostly there is none."""
    return textwrap.wrap(shown(diagram.note), 60)


def describe(diagram: Diagram, limit: int = 12) -> str:
    """Say in a few sentences what the picture shows, for those who do not see it."""
    count, arrows = len(diagram.nodes), len(diagram.edges)
    parts = [f"{count:,} node{'s' * (count != 1)} and {arrows:,} edge{'s' * (arrows != 1)}."]
    nodes = ["; ".join(node_lines(diagram, node)) for node in diagram.nodes[:limit]]
    edges = []
    for edge in diagram.edges[:limit]:
        source, target = diagram.nodes[edge.source].name, diagram.nodes[edge.target].name
        label = " ".join(edge_lines(diagram, edge))
        arrow = f"{shown(source)} to {shown(target)}"
        edges.append(f"{arrow}: {label}" if label else arrow)
    for what, items, total in (("Nodes", nodes, count), ("Edges", edges, arrows)):
        if items:
            more = f"; and {total - limit:,} more" if total > limit else ""
            parts.append(f"{what}: " + "; ".join(items) + more + ".")
    if diagram.note:
        parts.append(diagram.note[0].upper() + diagram.note[1:] + ".")
    return " ".join(parts)
