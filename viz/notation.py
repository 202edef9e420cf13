"""The notation `X->Y: α β γ; Y->Z: δ ε ζ` for graphs of paths."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from viz.errors import ExpressionError

__all__ = ["from_paths"]

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_ARROW = re.compile(r"->|→")


class _Piece(NamedTuple):
    text: str
    line: str
    column: int


def from_paths(notation: str) -> Any:
    """Return the graph that `notation` describes.

    Parameters
    ----------
    notation : str
        Statements separated by `;` or newlines. Each names two nodes, and after a colon one label
        for each edge between them: a number, or any text without spaces.

    Returns
    -------
    networkx.MultiDiGraph
        For `viz.from_networkx` and, with ``graph=``, for the functions on paths. Numbers are in
        the attribute `derivative`, all labels as they stand in `label`.

    Raises
    ------
    ExpressionError
        If it cannot be read, with the place; or if the edges form a cycle.

    Examples
    --------
    >>> graph = from_paths("X->Y: α β γ; Y->Z: 2 -0.5")
    >>> list(graph.edges(keys=True, data="label"))[:2]
    [('X', 'Y', 0, 'α'), ('X', 'Y', 1, 'β')]
    >>> graph.edges["Y", "Z", 1]
    {'label': '-0.5', 'derivative': -0.5}
    """
    import networkx

    graph = networkx.MultiDiGraph()
    arriving: dict[str, int] = {}
    for statement in _statements(notation):
        source, target, labels = _parse(statement)
        for label in labels:
            attributes: dict[str, Any] = {"label": label.text}
            if _NUMBER.fullmatch(label.text):
                number = float(label.text)
                if not math.isfinite(number):
                    raise _error(f"the number {label.text} is too large", label)
                attributes["derivative"] = number
            key = arriving.get(target, 0)
            arriving[target] = key + 1
            graph.add_edge(source, target, key=key, **attributes)
    if not graph:
        raise ExpressionError('no edges; write for example "X->Y: α β γ; Y->Z: δ ε ζ"')
    if not networkx.is_directed_acyclic_graph(graph):
        cycle = [edge[0] for edge in networkx.find_cycle(graph)]
        raise ExpressionError(f"the edges form a cycle: {' -> '.join([*cycle, cycle[0]])}")
    return graph


def _statements(notation: str) -> Iterator[_Piece]:
    for line in notation.splitlines():
        start = 0
        for text in line.split(";"):
            if text.strip():
                yield _Piece(text, line, start)
            start += len(text) + 1


def _parse(statement: _Piece) -> tuple[str, str, list[_Piece]]:
    ends, colon, rest = statement.text.partition(":")
    after = _at(statement, len(ends))
    if not colon:
        raise _error("a colon and the labels of the edges are missing, as in X->Y: α β", after)
    parts = _ARROW.split(ends)
    if len(parts) != 2:
        raise _error("two nodes with one arrow are needed, as in X->Y: α β", statement)
    source, target = (part.strip() for part in parts)
    for name in (source, target):
        if not name:
            raise _error("a node before or after the arrow has no name", statement)
    labels = [
        _at(statement, len(ends) + 1 + match.start(), match.group())
        for match in re.finditer(r"[^\s,]+", rest)
    ]
    if not labels:
        raise _error(f"the edge {source}->{target} has no label", after)
    return source, target, labels


def _at(piece: _Piece, offset: int, text: str = "") -> _Piece:
    return _Piece(text, piece.line, piece.column + offset)


def _error(message: str, piece: _Piece) -> ExpressionError:
    column = piece.column + len(piece.text) - len(piece.text.lstrip())
    return ExpressionError(message, piece.line, column)
