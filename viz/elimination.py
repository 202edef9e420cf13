"""Factoring the sum over paths: nodes are eliminated one by one, the cheapest first.

Eliminating a node replaces each pair of an edge into it and an edge out of it by one edge with
the product; parallel edges become one with the sum. A node with one edge in and one out costs
nothing, so chains become products, bundles become sums, and series-parallel graphs come out fully
factored.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

from viz.errors import ArgumentError
from viz.formula import Formula, FormulaText, plus, times, write

__all__ = ["eliminate"]

_LARGEST = 200_000


def eliminate(
    edges: Iterable[tuple[int, int, Formula]],
    order: Sequence[int],
    start: int,
    stop: int,
    value: float | None,
) -> FormulaText:
    """Return the formula of all paths from `start` to `stop`.

    Parameters
    ----------
    edges : iterable of (source, target, formula)
        The edges of a directed acyclic graph without dead ends.
    order : sequence of int
        Its nodes in topological order.
    start, stop : int
        The only source and the only sink.
    value : float or None
        The value of the formula, to be kept with its text.
    """
    leaving: dict[int, dict[int, Formula]] = {node: {} for node in order}
    entering: dict[int, dict[int, None]] = {node: {} for node in order}
    made = 0

    def connect(source: int, target: int, formula: Formula) -> None:
        before = leaving[source].get(target)
        leaving[source][target] = formula if before is None else plus(before, formula)
        entering[target][source] = None

    def cost(node: int) -> int:
        return len(entering[node]) * len(leaving[node])

    for source, target, formula in edges:
        connect(source, target, formula)
    # Among equals the one nearest to the end, so that sums come out in the order of the paths.
    rank = {node: -place for place, node in enumerate(order)}
    waiting = [(cost(node), rank[node], node) for node in order if node not in (start, stop)]
    heapq.heapify(waiting)
    gone = {start, stop}
    while waiting:
        price, place, node = heapq.heappop(waiting)
        if node in gone:
            continue
        if price != cost(node):
            heapq.heappush(waiting, (cost(node), place, node))
            continue
        gone.add(node)
        made += price
        if made > _LARGEST:
            raise ArgumentError(
                f"the graph has {len(order):,} nodes and is too tangled to be factored: path_sum "
                "computes the value, and path_count the number of paths, at any size"
            )
        sources, targets = entering.pop(node), leaving.pop(node)
        for source in sources:
            into = leaving[source].pop(node)
            for target, out in targets.items():
                connect(source, target, times(into, out))
        for target in targets:
            del entering[target][node]
        for neighbour in (*sources, *targets):
            if neighbour not in gone:
                heapq.heappush(waiting, (cost(neighbour), rank[neighbour], neighbour))
    return write(leaving[start][stop], value)
