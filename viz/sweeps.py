"""The two sweeps over a diagram's edges: what each mode of differentiation computes."""

from __future__ import annotations

from collections.abc import Sequence

from viz.diagram import DiagramEdge, Quantity
from viz.elimination import eliminate
from viz.errors import ArgumentError
from viz.formula import atom
from viz.labels import format_number

__all__ = ["sweep"]

# Formulas for every node cost a factoring each; beyond this many nodes nobody reads them.
_MOST_FORMULAS = 200


def sweep(
    size: int, edges: Sequence[DiagramEdge], root: int | None, start: int | None
) -> list[Quantity | None]:
    """Return ∂node/∂start for every node, or ∂root/∂node without a `start`.

    Numbers where every edge has one; otherwise formulas, for graphs small enough to read.

    Parameters
    ----------
    size : int
        How many nodes there are, numbered so that each comes before its operands.
    edges : sequence of DiagramEdge
        The edges.
    root, start : int or None
        The ends of the sweep. With neither, nothing is known.

    Examples
    --------
    >>> sweep(2, [DiagramEdge(1, 0, 0, value=3.0)], 0, None)
    [1.0, 3.0]
    >>> sweep(2, [DiagramEdge(1, 0, 0, label="α"), DiagramEdge(1, 0, 1, label="β")], None, 1)
    ['α + β', 1.0]
    """
    origin = root if start is None else start
    if origin is None:
        return [None] * size
    if all(isinstance(edge.value, float) for edge in edges):
        return list(_numbers(size, edges, origin, start is not None))
    if size > _MOST_FORMULAS:
        return [None] * size
    return _formulas(size, edges, origin, start is not None)


def _numbers(size: int, edges: Sequence[DiagramEdge], origin: int, forward: bool) -> list[float]:
    totals = [0.0] * size
    totals[origin] = 1.0
    touched = {origin}
    by_node: list[list[DiagramEdge]] = [[] for _ in range(size)]
    for edge in edges:
        by_node[edge.source if forward else edge.target].append(edge)
    for node in reversed(range(size)) if forward else range(size):
        if node not in touched:
            # Zero times an infinite local derivative is no contribution, not nan.
            continue
        for edge in by_node[node]:
            other = edge.target if forward else edge.source
            totals[other] += totals[node] * float(edge.value)  # type: ignore[arg-type]
            touched.add(other)
    return totals


def _formulas(
    size: int, edges: Sequence[DiagramEdge], origin: int, forward: bool
) -> list[Quantity | None]:
    entries: list[Quantity | None] = []
    for node in range(size):
        if node == origin:
            entries.append(1.0)
            continue
        start, stop = (origin, node) if forward else (node, origin)
        inside = _between(size, edges, start, stop)
        parts = [
            (edge.source, edge.target, atom(_text(edge)))
            for edge in edges
            if edge.source in inside and edge.target in inside
        ]
        if not parts:
            entries.append(0.0)
            continue
        try:
            order = [other for other in reversed(range(size)) if other in inside]
            entries.append(eliminate(parts, order, start, stop, None))
        except ArgumentError:
            entries.append(None)
    return entries


def _between(size: int, edges: Sequence[DiagramEdge], start: int, stop: int) -> set[int]:
    after, before = {start}, {stop}
    # Numbered results first, so one pass in each direction closes the set.
    for edge in sorted(edges, key=lambda edge: -edge.source):
        if edge.source in after:
            after.add(edge.target)
    for edge in sorted(edges, key=lambda edge: edge.target):
        if edge.target in before:
            before.add(edge.source)
    return after & before


def _text(edge: DiagramEdge) -> str:
    if edge.label is not None:
        return edge.label
    if isinstance(edge.value, float):
        return format_number(edge.value, 6)
    return edge.symbol or "?"
