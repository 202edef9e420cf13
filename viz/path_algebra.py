"""Paths through a graph: how many, which, and what their products add up to.

By the chain rule, ∂of/∂wrt is the sum over all paths from `wrt` to `of` of the products of the
local derivatives along them. There can be exponentially many paths; counting and summing them
takes one sweep, and that is what both modes of differentiation are.

Every function takes a `Value` and another one in its graph, or with ``graph=`` two nodes of a
networkx graph whose edges carry a number (`derivative`) or a text (`label` or `symbol`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from viz.elimination import eliminate
from viz.errors import ArgumentError
from viz.formula import FormulaText, atom, product_text, sum_text
from viz.labels import format_number
from viz.region import PathEdge, Region, region_of

__all__ = ["Path", "PathEdge", "factored", "path_count", "path_sum", "paths"]


class Path(NamedTuple):
    """One path: its edges, from the node differentiated by to the node differentiated.

    Examples
    --------
    >>> import viz
    >>> graph = viz.from_paths("X->Y: α; Y->Z: δ")
    >>> path, = viz.paths("Z", "X", graph=graph)
    >>> str(path), path.nodes
    ('αδ', ('X', 'Y', 'Z'))
    """

    edges: tuple[PathEdge, ...]

    @property
    def nodes(self) -> tuple[Any, ...]:
        """What the path passes: `Value` objects, or nodes of the networkx graph."""
        if not self.edges:
            return ()
        return (self.edges[0].source, *(edge.target for edge in self.edges))

    @property
    def value(self) -> float | None:
        """The product of the local derivatives; None if one is not a number."""
        factors = [edge.value for edge in self.edges if edge.value is not None]
        return math.prod(factors, start=1.0) if len(factors) == len(self.edges) else None

    def __str__(self) -> str:
        """Write the product of the local derivatives."""
        return product_text(_text(edge, False) for edge in self.edges)


def path_count(of: Any, wrt: Any, graph: Any = None) -> int:
    """Count the paths from `wrt` to `of`, exactly and in one sweep.

    Parameters
    ----------
    of, wrt : Value or node
        Where the paths end and where they begin. `wrt` may be a name.
    graph : networkx.MultiDiGraph, optional
        The graph, if the two are nodes of it.

    Returns
    -------
    int
        0 if `of` does not depend on `wrt`; 1 if they are the same.

    Examples
    --------
    >>> import autograd_core as ag, viz
    >>> a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    >>> viz.path_count((a + b) * (b + 1), b)
    2
    """
    return _count(region_of(of, wrt, graph, detail=False))


def _count(region: Region) -> int:
    counts = [0] * region.size
    counts[region.start] = 1
    for node in region.order:
        for edge in region.leaving[node]:
            counts[edge.end] += counts[node]
    return counts[region.stop]


def paths(of: Any, wrt: Any, graph: Any = None) -> Iterator[Path]:
    """Yield the paths from `wrt` to `of`, one at a time.

    Examples
    --------
    >>> import autograd_core as ag, viz
    >>> a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    >>> [str(path) for path in viz.paths((a + b) * (b + 1), b)]
    ['1·2', '1·3']
    """
    yield from _walk(region_of(of, wrt, graph))


def _walk(region: Region) -> Iterator[Path]:
    # The region has no dead ends, so the work is proportional to what is yielded.
    if region.start == region.stop:
        yield Path(())
        return
    trail: list[PathEdge] = []
    open_edges = [iter(region.leaving[region.start])]
    while open_edges:
        step = next(open_edges[-1], None)
        if step is None:
            open_edges.pop()
            if trail:
                trail.pop()
            continue
        if step.end == region.stop:
            yield Path((*trail, step.edge))
            continue
        trail.append(step.edge)
        open_edges.append(iter(region.leaving[step.end]))


def path_sum(of: Any, wrt: Any, graph: Any = None, limit: int = 1_000) -> float | FormulaText:
    """Sum the products of the local derivatives over all paths from `wrt` to `of`.

    Returns
    -------
    float or FormulaText
        The number, computed in one sweep, where every edge has one: the derivative. Otherwise the
        sum written out, of which at most `limit` terms are shown.

    Examples
    --------
    >>> import autograd_core as ag, viz
    >>> a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    >>> viz.path_sum((a + b) * (b + 1), b)
    5.0
    >>> viz.path_sum("Z", "X", graph=viz.from_paths("X->Y: α β; Y->Z: δ ε"))
    'αδ + αε + βδ + βε'
    """
    region = _of_numbers(of, wrt, graph)
    value = _value(region)
    if value is not None:
        return value
    terms = [str(path) for path in islice(_walk(region), limit)]
    count = _count(region)
    more = f" + … ({limit:,} of {count:,} shown)" if count > limit else ""
    return FormulaText(sum_text(terms) + more)


def _of_numbers(of: Any, wrt: Any, graph: Any) -> Region:
    """Return the region, unless it has arrays, whose edges are no factors of a product."""
    region = region_of(of, wrt, graph)
    if graph is None:
        for steps in region.leaving:
            for step in steps:
                if step.edge.value is None:
                    shape = step.edge.source.shape or step.edge.target.shape
                    raise ArgumentError(
                        f"the graph holds arrays, here of shape {shape}, and a product along a "
                        "path is a number only between scalars; path_count counts the paths, and "
                        "backward() or autograd_core.jacrev give the derivative"
                    )
    return region


def _value(region: Region) -> float | None:
    sums = [0.0] * region.size
    sums[region.start] = 1.0
    for node in region.order:
        for step in region.leaving[node]:
            if step.edge.value is None:
                return None
            sums[step.end] += sums[node] * step.edge.value
    return sums[region.stop]


def factored(of: Any, wrt: Any, graph: Any = None, symbols: bool = False) -> FormulaText:
    """Write the sum over all paths with common factors taken out.

    Nodes that every path passes split the formula into factors; so do all parts in which paths
    only part and meet again. What is left is multiplied out node by node.

    Parameters
    ----------
    of, wrt, graph
        As in `path_count`.
    symbols : bool
        Write the local derivatives of an engine graph as expressions rather than numbers.

    Returns
    -------
    FormulaText
        A string; its `value` is the sum where every edge has a number.

    Raises
    ------
    ArgumentError
        If the graph is too tangled to be written as a formula.

    Examples
    --------
    >>> import autograd_core as ag, viz
    >>> a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    >>> e = (a + b) * (b + 1)
    >>> viz.factored(e, b), viz.factored(e, b).value, viz.factored(e, b, symbols=True)
    ('1·2 + 1·3', 5.0, '1·d + 1·c')
    >>> viz.factored("Z", "X", graph=viz.from_paths("X->Y: α β γ; Y->Z: δ ε ζ"))
    '(α + β + γ)(δ + ε + ζ)'
    """
    region = _of_numbers(of, wrt, graph)
    if region.start == region.stop:
        return FormulaText("1", 1.0)
    if not region.leaving[region.start]:
        return FormulaText("0", 0.0)
    formulas = [
        (node, step.end, atom(_text(step.edge, symbols)))
        for node in region.order
        for step in region.leaving[node]
    ]
    return eliminate(formulas, region.order, region.start, region.stop, _value(region))


def _text(edge: PathEdge, symbols: bool) -> str:
    if edge.value is not None and not (symbols and edge.symbol):
        return format_number(edge.value, 6)
    return edge.symbol or "?"
