"""What is wrong with a function before its gradient is: mutation, chance, NaN, rounding."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..value import Value
from . import blame
from .comparing import Entry
from .curves import curve
from .findings import Findings

__all__ = ["differs", "mutated", "nonfinite", "roughest"]


def mutated(at: Findings) -> bool:
    """Whether the run changed an input, which is then in the report."""
    arrays = getattr(at.recording, "arrays", None)
    if arrays is None:
        count = len(at.problem.inputs)
        arrays = [leaf.data for leaf in at.recording.leaves[:count]] + at.recording.held
    for k, (leaf, data) in enumerate(zip(at.problem.leaves, arrays, strict=True)):
        changed = ~np.equal(data, leaf.data) & ~(np.isnan(data) & np.isnan(leaf.data))
        if np.any(changed):
            index = tuple(int(i) for i in np.argwhere(changed)[0]) if leaf.data.shape else ()
            detail = (
                f"{leaf.name}{list(index) or ''} was {leaf.data[index]:.6g} before the call "
                f"and {np.asarray(data)[index]:.6g} after it"
            )
            found = blame.mutated_operand(at.recording)
            if found is not None:
                at.node("mutated input", *found, detail=detail, mode="value", index=index)
            else:
                at.function("mutated input", k, detail=detail, index=index)
            return True
    return False


def differs(at: Findings, here: Any) -> bool:
    """Whether a second run gave something else."""
    expected = at.recording.here
    if here.shape == expected.shape and np.allclose(
        here, expected, rtol=1e3 * at.rules.eps, atol=1e-300, equal_nan=True
    ):
        return False
    if here.shape == expected.shape:
        noise = 1e3 * at.rules.eps * float(np.max(np.abs(expected), initial=0.0))
        if np.all(np.abs(here - expected) <= noise):
            return False
        worst = int(np.argmax(np.abs(here - expected)))
        detail = f"{at.recording.place(worst)} is {expected[worst]:.6g}, then {here[worst]:.6g}"
    else:
        detail = f"it returns {expected.size} numbers, then {here.size}"
    again = at.problem.record()
    found = blame.first_difference(at.recording, again)
    if found is not None:
        at.node("nondeterministic", *found, detail=detail, mode="value")
    else:
        at.function("nondeterministic", None, detail=detail)
    return True


def nonfinite(at: Findings, entry: Entry | None, k: int | None = None) -> None:
    """Say which op made the first NaN or inf, of the values or of the gradient."""
    weights = None
    if entry is not None:
        weights = np.zeros(at.recording.here.size)
        weights[entry.row] = 1.0
    found = blame.first_nonfinite(at.recording, weights) if at.localize else None
    if found is None:
        detail = "the differences are not finite: the point is at the edge of the domain"
        if entry is None:
            detail = "the result is not finite"
        elif not np.isfinite(entry.analytic):
            detail = f"the gradient is {entry.analytic}"
        faults = blame.local_faults(at.recording.nodes, status="nan") if entry else []
        for fault in faults[:1]:
            at.fault(fault, "nan or inf", "nan", detail)
        if not faults:
            at.function("nan or inf", k, detail=detail, **at.numbers(entry, k))
        return
    node, i = found
    bad = "forward made" if i is None else "backward made"
    detail = f"{bad} it first here, from finite operands"
    if i is not None:
        detail += "; where the slope is infinite, 0 · inf is nan"
    else:
        i = next((j for j, o in enumerate(node.operands) if o.requires_grad), None)
    mode = "value" if bad.startswith("forward") else "rev"
    at.node("nan or inf", node, i, detail=detail, mode=mode, **at.numbers(entry, k))


def roughest(at: Findings) -> Value | None:
    """The node whose local differences suffer most from the step, if one stands out."""
    worst, chosen = 0.0, None
    for node in at.recording.nodes:
        which = [i for i, o in enumerate(node.operands) if o.requires_grad]
        if node.op is None or node.op.definition is not None or not which:
            continue
        weights = np.ones((1, node.size))
        sampler = blame.local_sampler(node, which, weights)
        h = at.rules.h or at.rules.eps ** (1 / 3)
        v = [np.ones(x.shape) for x in sampler.points]
        seen = curve(
            lambda t, s=sampler, v=v: s.along(v, t),  # type: ignore[misc]
            sampler.here(), 1.0, at.rules.eps,
        )  # fmt: skip
        poor = (sampler.along(v, h) - sampler.along(v, -h)) / (2 * h)
        off = float(np.abs(poor - seen.best)[0] / (np.abs(seen.best[0]) + 1e-12))
        if off > worst:
            worst, chosen = off, node
    return chosen
