"""A diagram as plain text: a table of its nodes and a table of its edges."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from viz.diagram import Diagram, Tensor
from viz.labels import edge_partial, format_quantity, partial, shown

__all__ = ["edge_rows", "node_rows", "table", "to_text"]


def to_text(diagram: Diagram) -> str:
    """Return the tables of nodes and edges, of a graph of any size.

    Examples
    --------
    >>> import autograd_core as ag, viz
    >>> a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    >>> print(viz.draw((a + b) * (b + 1)).to_text())
    node  expression  value  ∂e/∂·
    e     c*d         6      1
    c     a+b         3      2
    d     b+1         2      3
    a                 2      2
    b                 1      5
    <BLANKLINE>
    edge   local derivative  value
    c → e  ∂e/∂c = d         2
    d → e  ∂e/∂d = c         3
    a → c  ∂c/∂a = 1         1
    b → c  ∂c/∂b = 1         1
    b → d  ∂d/∂b = 1         1
    """
    parts = [table(node_rows(diagram))]
    if diagram.edges:
        parts.append(table(edge_rows(diagram)))
    if diagram.note:
        parts.append(f"({diagram.note})")
    return "\n\n".join(parts)


def node_rows(diagram: Diagram) -> list[list[str]]:
    """Return the table of nodes, headings first; columns that say nothing are left out."""
    precision = diagram.style.precision
    rows = [["node", "expression", "value", _sweep_heading(diagram)]]
    for node in diagram.nodes:
        rows.append(
            [
                shown(node.name),
                shown(node.expression),
                format_quantity(node.value, precision),
                format_quantity(node.sweep, precision),
            ]
        )
    return _without_empty(rows)


def edge_rows(diagram: Diagram) -> list[list[str]]:
    """Return the table of edges, headings first."""
    precision = diagram.style.precision
    rows = [["edge", "local derivative", "value"]]
    for edge in diagram.edges:
        source, target = diagram.nodes[edge.source].name, diagram.nodes[edge.target].name
        derivative = "" if edge.label == "" else edge_partial(diagram, edge)
        symbol = edge.label if edge.label is not None else edge.symbol
        if isinstance(edge.value, Tensor):
            symbol = ""
        if symbol:
            derivative += f" = {shown(symbol)}"
        value = format_quantity(edge.value, precision)
        rows.append([f"{shown(source)} → {shown(target)}", derivative, value])
    return _without_empty(rows)


def _sweep_heading(diagram: Diagram) -> str:
    if diagram.mode == "forward":
        return f"∂·/∂{shown(diagram.wrt or '·')}"
    return "" if diagram.root is None else partial(diagram.nodes[diagram.root].name, "·")


def _without_empty(rows: list[list[str]]) -> list[list[str]]:
    used = [any(row[column] for row in rows[1:]) for column in range(len(rows[0]))]
    used[0] = True
    if all(used):
        return rows
    return [[cell for cell, keep in zip(row, used, strict=True) if keep] for row in rows]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Align `rows` in columns as wide as a terminal shows them.

    Examples
    --------
    >>> print(table([["node", "value"], ["a", "2"]]))
    node  value
    a     2
    """
    widths = [max(_columns(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(char) or char == "\u200d"
        else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
