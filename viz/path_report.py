"""The account of a path graph in words: the paths, their sum, its factors, and both sweeps."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable
from itertools import islice
from typing import Any

from viz.errors import ArgumentError
from viz.formula import sum_text
from viz.labels import format_number, format_quantity, partial
from viz.networks import from_networkx
from viz.path_algebra import factored, path_count, paths

__all__ = ["path_report", "sink_of", "source_of"]

_WIDTH = 100


def path_report(
    graph: Any, of: Hashable, wrt: Hashable, limit: int = 1_000, precision: int = 4
) -> str:
    """Return the account of all paths from `wrt` to `of`.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        The graph.
    of, wrt : node
        Where the paths end and where they begin.
    limit : int
        The most products to write out.
    precision : int
        How many significant digits numbers are shown with.

    Examples
    --------
    >>> import viz
    >>> print(path_report(viz.from_paths("X->Y: α β; Y->Z: δ"), "Z", "X"))
    2 paths from X to Z
    <BLANKLINE>
    sum over paths  ∂Z/∂X = αδ + βδ
    factored        ∂Z/∂X = (α + β)·δ
    <BLANKLINE>
    forward sweep   ∂X/∂X = 1
                    ∂Y/∂X = α + β
                    ∂Z/∂X = (α + β)·δ
    <BLANKLINE>
    reverse sweep   ∂Z/∂Z = 1
                    ∂Z/∂Y = δ
                    ∂Z/∂X = (α + β)·δ
    """
    count = path_count(of, wrt, graph)
    terms = [str(path) for path in islice(paths(of, wrt, graph), limit)]
    product = factored(of, wrt, graph)
    equals = "" if product.value is None else f" = {format_number(product.value, precision)}"
    name = partial(str(of), str(wrt))
    written = f"{name} = {sum_text(terms)}"
    if count > len(terms):
        written += f" + … ({len(terms):,} of {count:,} shown)"
    forward = from_networkx(graph, mode="forward", wrt=wrt, of=of, precision=precision).diagram
    reverse = from_networkx(graph, mode="reverse", of=of, precision=precision).diagram
    onward = [
        f"{partial(node.name, str(wrt))} = {format_quantity(node.sweep, precision)}"
        for node in reversed(forward.nodes)
    ]
    backward = [
        f"{partial(str(of), node.name)} = {format_quantity(node.sweep, precision)}"
        for node in reverse.nodes
    ]
    return "\n\n".join(
        [
            f"{count:,} path{'s' * (count != 1)} from {wrt} to {of}",
            _entry("sum over paths", written + equals)
            + "\n"
            + _entry("factored", f"{name} = {product}{equals}"),
            _entry("forward sweep", *onward),
            _entry("reverse sweep", *backward),
        ]
    )


def _entry(heading: str, *lines: str) -> str:
    parts = []
    for line in lines:
        wrapped = textwrap.wrap(line, _WIDTH - 16, break_long_words=False, break_on_hyphens=False)
        # Continuation lines stand further in, so that each equation is seen to begin.
        parts += [row if index == 0 else f"    {row}" for index, row in enumerate(wrapped)]
    return "\n".join(
        f"{heading if index == 0 else '':16}{part}".rstrip() for index, part in enumerate(parts)
    )


def sink_of(graph: Any, wanted: str | None) -> str:
    """Return the node that paths end in: the one wanted, or the only one that no edge leaves."""
    return _end(graph, wanted, "--of", graph.out_degree)


def source_of(graph: Any, wanted: str | None) -> str:
    """Return the node that paths begin in: the one wanted, or the only one no edge enters."""
    return _end(graph, wanted, "--wrt", graph.in_degree)


def _end(graph: Any, wanted: str | None, option: str, degree: Any) -> str:
    if wanted is not None:
        if wanted not in graph:
            raise ArgumentError(f"{option} {wanted}: the graph has {', '.join(graph.nodes)}")
        return wanted
    ends: list[str] = [node for node in graph.nodes if degree(node) == 0]
    if len(ends) == 1:
        return ends[0]
    raise ArgumentError(f"{option} is needed: it could be {', '.join(ends)}")
