"""Ways past the graph: detached values, hooks, and rules that record nothing."""

from __future__ import annotations

from typing import Any

from ..trace import apply
from ..value import Value
from . import blame, classify
from .comparing import Comparison, Entry
from .findings import Findings
from .foreign import ForeignProblem

__all__ = ["outside", "undifferentiated"]


def outside(at: Findings, k: int, entry: Entry, comparisons: list[Comparison]) -> bool:
    """Whether something left the graph: a detached value, or a hook."""
    if isinstance(at.problem, ForeignProblem):
        return False
    moved = [leaf.data * (1 + 1e-3) + 1e-3 for leaf in at.problem.leaves]
    points = [leaf.data for leaf in at.problem.leaves]
    points[k] = moved[k]
    found = blame.changed_constants(at.recording, at.problem.record(points))
    numbers = at.numbers(entry, k)
    connected = at.recording.is_connected(k)
    kind = "dropped term" if connected else "integer or detached input"
    for node, i in found[:3]:
        detail = f"this operand follows {at.problem.leaves[k].name}, but as a constant"
        at.node(kind, node, i, detail=detail, **numbers)
    if found:
        return True
    for node in at.recording.nodes:
        if node.hooks:
            a, n = comparisons[k].analytic, comparisons[k].numeric
            guess = classify.of_rows(a, n, at.problem.leaves[k].data.shape)
            detail = "a hook on this node changes its cotangent; " + guess.detail
            at.node(guess.kind, node, None, detail=detail, **numbers)
            return True
    if not connected:
        at.function(kind, k, detail="it is not part of the graph", **numbers)
        return True
    return False


def undifferentiated(at: Findings) -> list[tuple[Value, int | None, str]]:
    """Rules that are right, but compute with constants where they should record."""
    from .check import gradcheck

    found: list[tuple[Value, int | None, str]] = []
    seen = set()
    for node in at.report.recording.nodes if at.report.recording else []:
        op = node.op
        assert op is not None
        if op in seen:
            continue
        seen.add(op)
        which = [i for i, o in enumerate(node.operands) if o.requires_grad]

        def alone(*xs: Any, node: Value = node, which: Any = which, op: Any = op) -> Any:
            filled = list(node.inputs)
            for i, x in zip(which, xs, strict=True):
                filled[i] = x
            return apply(op, tuple(filled), node.params or op.params)

        inputs = tuple(node.inputs[i] for i in which)
        report = gradcheck(alone, inputs, order=2, modes=("rev",), localize=False)
        if not report.ok and report.verdicts[0].order == 2:
            operand = report.verdicts[0].operand
            place = which[operand] if operand is not None else None
            found.append((node, place, "its rule is not differentiable: it records nothing"))
    return found
