"""Which single mistake on which edge of a graph explains a gradient: they are tried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import reverse, rules
from ..value import Value

__all__ = ["SAME", "Guess", "explain_by_graph", "same"]

SAME = 1e-5
"""Relative: differences are good to about 1e-9, and mistakes are larger than this."""

_EDGES = 400  # of a graph on which mistakes are tried out one by one


class Guess(NamedTuple):
    """A kind of verdict, and what more can be said."""

    kind: str
    detail: str = ""


Change = Callable[[Any], Any]


def _changes(node: Value, i: int) -> Iterator[tuple[Guess, Change]]:
    """Mistakes that can be made on an edge, as what they make of its contribution."""
    shape, wide = node.operands[i].shape, node.shape
    yield Guess("dropped term", "this contribution is left out"), lambda c: None
    yield Guess("double counting", "this contribution is counted twice"), lambda c: 2 * c
    yield Guess("wrong rule", "the sign of this contribution is flipped"), lambda c: -c
    if node.op is not None and node.op.partials is not None and shape != wide:
        count = max(1, node.size // max(1, node.operands[i].size))
        mean = Guess("missing un-broadcast", "it is the mean over the copies")
        yield mean, lambda c: c / count


def explain_by_graph(
    roots: Sequence[Value], leaves: Sequence[Value], weights: Sequence[Sequence[Any]], rows: Any
) -> tuple[Value, int, Guess] | None:
    """The one mistake on one edge of a graph that explains given gradients.

    Parameters
    ----------
    roots : sequence of Value
    leaves : sequence of Value
    weights : sequence
        For each row one cotangent per root.
    rows : sequence of ndarray
        For each leaf what was given as its gradient: ``(rows, elements)``.

    Returns
    -------
    (node, operand index, Guess) or None
        The edge next to the leaves, if several do.
    """
    order = _joint_order(roots)
    edges = [
        (node, i)
        for node in reversed(order)
        for i, operand in enumerate(node.operands)
        if operand.requires_grad
    ]
    if len(edges) > _EDGES:
        return None
    for node, i in edges:
        changes = [*_changes(node, i), *_slices(node, i), *_ignored(node, i)]
        for guess, change in changes:
            if _explains(order, roots, leaves, weights, rows, node, i, change):
                return node, i, guess
    return None


def _slices(node: Value, i: int) -> Iterator[tuple[Guess, Change]]:
    """One copy's share of a broadcast operand, in place of their sum."""
    if node.op is None or node.op.partials is None or node.operands[i].shape == node.shape:
        return
    shape, wide = node.operands[i].shape, node.shape
    full = (1,) * (len(wide) - len(shape)) + shape

    for at, which in ((0, "first"), (-1, "last")):
        cut = tuple(
            slice(at, None if at else 1) if own != size else slice(None)
            for own, size in zip(full, wide, strict=True)
        )

        def change(c: Any, g: Any = None, cut: Any = cut) -> Any:
            slope = node.op.partials[i]  # type: ignore[union-attr, index]
            if callable(slope):
                slope = slope(node.data, *node.inputs, **(node.params or {}))
            return np.reshape((g * slope * np.ones(wide))[cut], shape)

        change.needs_g = True  # type: ignore[attr-defined]
        yield Guess("missing un-broadcast", f"it is the share of the {which} copy alone"), change


def _ignored(node: Value, i: int) -> Iterator[tuple[Guess, Change]]:
    """The cotangent passed on as it is."""
    if node.operands[i].shape == node.shape:

        def change(c: Any, g: Any = None) -> Any:
            return g

        change.needs_g = True  # type: ignore[attr-defined]
        yield Guess("wrong rule", "the local derivative is left out"), change


def _explains(
    order: Sequence[Value],
    roots: Sequence[Value],
    leaves: Sequence[Value],
    weights: Any,
    rows: Any,
    at: Value,
    i: int,
    change: Change,
) -> bool:
    for j, cotangents in enumerate(weights):
        found = _sweep(order, roots, cotangents, at, i, change)
        for leaf, given in zip(leaves, rows, strict=True):
            made = np.ravel(found.get(leaf, np.zeros(leaf.shape)))
            if not same(made, given[j]):
                return False
    return True


def _sweep(
    order: Sequence[Value], roots: Any, cotangents: Any, at: Value, i: int, change: Change
) -> dict[Value, Any]:
    """The reverse sweep, with a mistake on one edge."""
    totals: dict[Value, Any] = {}
    for root, g in zip(roots, cotangents, strict=True):
        totals[root] = totals[root] + g if root in totals else g
    with np.errstate(all="ignore"):
        for node in order:
            if node.op is None or node not in totals:
                continue
            g = totals[node]
            pulled = rules.pull(node, g, [o.requires_grad for o in node.operands])
            for k, (operand, c) in enumerate(zip(node.operands, pulled, strict=True)):
                if c is None:
                    continue
                if node is at and k == i:
                    c = change(c, g) if hasattr(change, "needs_g") else change(c)  # type: ignore[call-arg]
                    if c is None:
                        continue
                totals[operand] = totals[operand] + c if operand in totals else c
    return totals


def _joint_order(roots: Sequence[Value]) -> list[Value]:
    """All nodes of several roots, each before its operands."""
    order: dict[Value, None] = {}
    for root in roots:
        for node in reversed(reverse.topological_order(root)):
            order.setdefault(node)
    return list(reversed(order))


def same(a: Any, b: Any) -> bool:
    """Whether two arrays agree as well as differences can tell."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        return False
    scale = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)))
    return bool(np.all(np.abs(a - b) <= SAME * scale + 1e-12))
