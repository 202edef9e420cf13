"""Opening composites: a graph in which chosen nodes give way to their definitions."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, Literal, NamedTuple

from . import definition, forward, reverse
from .context import Scope
from .contributions import Contribution
from .value import Value

__all__ = ["Section", "cotangents", "ledger", "opened", "tangents"]


class Section(NamedTuple):
    """What an opened composite was replaced by.

    Attributes
    ----------
    node : Value
        The composite.
    stand_ins : tuple of Value
        What stands for its operands in the definition.
    root : Value
        What the definition computes: the composite's value once more.
    """

    node: Value
    stand_ins: tuple[Value, ...]
    root: Value


def opened(
    root: Value, which: Callable[[Value], bool]
) -> tuple[list[Value], dict[Value, Value], list[Section]]:
    """Replace composites by their definitions, and composites inside these as well.

    Parameters
    ----------
    root : Value
    which : callable
        Asked for every composite that is met.

    Returns
    -------
    order : list of Value
        In topological order, the root first; constants included.
    stands_for : dict
        From values that are not in `order` to the one there that is the same: an operand for
        its stand-in, the definition's result for the composite.
    sections : list of Section
        The outer ones first.
    """
    order: list[Value] = []
    stands_for: dict[Value, Value] = {}
    sections: list[Section] = []
    # Values still to be placed, the next one last.
    todo = reverse.topological_order(root, constants=True)[::-1]
    while todo:
        value = todo.pop()
        if value.op is None or value.op.definition is None or not which(value):
            order.append(value)
            continue
        stand_ins, result = definition.expand(value)
        section = Section(value, tuple(stand_ins), result)
        sections.append(section)
        given = dict(zip(stand_ins, value.operands, strict=True))
        stands_for |= {s: o for s, o in given.items() if s is not o}
        stands_for[value] = result
        inside = _inside(result, given)
        path = Scope.within(value.scope, value.op.name)
        for inner in inside:
            if inner.op is not None:
                inner.scope = path
        if result not in given:
            result.name = value.name
        todo.extend(reversed(inside))
    final: dict[Value, Value] = {}
    for value in stands_for:
        end = value
        while end in stands_for:
            end = stands_for[end]
        final[value] = end
    return order, final, sections


def _inside(result: Value, given: Container[Value]) -> list[Value]:
    """What a definition has made, in topological order: not what lies behind what it captures."""
    reached: set[Value] = set()
    stack = [result]
    while stack:
        value = stack.pop()
        if value not in reached and value not in given:
            reached.add(value)
            stack.extend(value.operands)
    return [v for v in reverse.topological_order(result, constants=True) if v in reached]


def cotangents(root: Value, sections: list[Section], grad: Any = None) -> dict[Value, Any]:
    """∂root/∂node for every node, those inside the opened composites included."""
    found = reverse.cotangents(root, grad)
    for section in sections:
        ends = [s for s in section.stand_ins if s.requires_grad]
        if section.node in found and section.root.requires_grad and ends:
            inside: dict[Value, Any] = {}
            reverse.sweep(section.root, found[section.node], targets=ends, keep=inside)
            # What arrives at a stand-in is only this section's part of the operand's total.
            found |= {v: g for v, g in inside.items() if v not in set(ends)}
    return found


def tangents(root: Value, sections: list[Section], wrt: Value) -> dict[Value, Any]:
    """∂node/∂wrt for every node, those inside the opened composites included."""
    found = forward.tangents(root, wrt)
    for section in sections:
        seeds = {
            stand_in: found[operand]
            for stand_in, operand in zip(section.stand_ins, section.node.operands, strict=True)
            if operand in found and stand_in.requires_grad
        }
        if seeds and section.root.requires_grad:
            forward.sweep(section.root, seeds, keep=found)
    return found


def ledger(
    root: Value,
    sections: list[Section],
    same: Callable[[Value], Value],
    grad: Any = None,
    order: Literal["topological", "naive"] = "topological",
) -> list[Contribution]:
    """Every contribution of the reverse sweep, those inside the opened composites included.

    Parameters
    ----------
    root, grad, order
        As for `reverse.ledger`.
    sections : list of Section
    same : callable
        The value in the opened graph that a value is.

    Returns
    -------
    list of Contribution
        `before` and `after` are totals over the whole opened graph.
    """
    closed = {section.node: section for section in sections}
    passed: set[Value] = set()
    entries: list[Contribution] = []
    todo = reverse.ledger(root, grad, order)[::-1]
    while todo:
        entry = todo.pop()
        section = closed.get(entry.node)
        if section is None:
            entries.append(entry)
        elif section.node not in passed:
            passed.add(section.node)
            ends = [s for s in section.stand_ins if s.requires_grad]
            inside: list[Contribution] = []
            reverse.sweep(section.root, entry.upstream, targets=ends, entries=inside)
            todo.extend(reversed(inside))
    totals: dict[Value, Any] = {}
    for i, entry in enumerate(entries):
        at = same(entry.operand)
        before = totals.get(at)
        totals[at] = entry.contribution if before is None else before + entry.contribution
        entries[i] = entry._replace(before=before, after=totals[at])
    return entries
