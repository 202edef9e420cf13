"""What is wrong with a gradient that was not computed here."""

from __future__ import annotations

import numpy as np

from . import classify
from .comparing import Comparison, Entry
from .findings import Findings
from .foreign import Foreign, ForeignProblem, ForeignRecording
from .hypotheses import explain_by_graph
from .verdicts import Verdict

__all__ = ["explain_foreign", "misshapen"]


def explain_foreign(at: Findings, k: int, entry: Entry, comparisons: list[Comparison]) -> None:
    """Explain a gradient that was not computed here."""
    problem, numbers = at.problem, at.numbers(entry, k)
    assert isinstance(problem, ForeignProblem)
    if isinstance(problem.f, Foreign) and problem.f.blame is not None and at.localize:
        args = problem.arguments([x.data.copy() if x.data.shape else x.data.item()
                                  for x in problem.leaves])  # fmt: skip
        found = problem.f.blame(args)
        if found is not None:
            name, operand, inner = found
            at.add(
                Verdict(
                    inner.kind, name, operand, "rev", 1, inner.index, inner.analytic,
                    inner.numeric, inner.error, inner.tolerance, detail=inner.detail,
                )
            )  # fmt: skip
            return
    traced = problem.traced() if at.localize else None
    if traced is not None:
        weights = [traced.split(w) for w in np.eye(traced.here.size)]
        bad = [j for j, c in enumerate(comparisons) if c.of("wrong")]
        for chosen in ([*range(len(comparisons))], [k]):
            rows = [comparisons[j].analytic for j in chosen]
            leaves = [traced.leaves[j] for j in chosen]
            if len(weights) > 64 or (len(chosen) > 1 and len(bad) == 0):
                continue
            found = explain_by_graph(traced.outputs, leaves, weights, rows)
            if found is not None:
                node, i, guess = found
                at.report.recording = traced  # the graph to be shown
                at.node(guess.kind, node, i, detail=guess.detail, **numbers)
                return
    a, n = comparisons[k].analytic, comparisons[k].numeric
    x = problem.leaves[k].data
    points = [leaf.data for leaf in problem.leaves]
    call = problem.sampler(at.recording.here).call
    guess = classify.of_copies(
        a, n, lambda wide: call([*points[:k], wide, *points[k + 1 :]]), x,
        [at.recording.shape, *(np.shape(p) for p in points)],
    ) or classify.of_rows(a, n, x.shape)  # fmt: skip
    at.function(guess.kind, k, detail=guess.detail, **numbers)


def misshapen(at: Findings, recording: ForeignRecording) -> bool:
    """What is wrong with the shapes of a foreign gradient."""
    for k, detail in recording.faults:
        kind = "shape/dtype"
        if k is not None and "shape" in detail and _is_unsummed(at, recording, k):
            kind = "missing un-broadcast"
        at.function(kind, k, detail=detail)
    return bool(recording.faults)


def _is_unsummed(at: Findings, recording: ForeignRecording, k: int) -> bool:
    """Whether a gradient of the wrong shape has the right one's copies as its axes."""
    problem = at.problem
    assert isinstance(problem, ForeignProblem)
    if problem.grad is None:
        return False
    args = problem.arguments([x.data.copy() for x in problem.leaves])
    given = problem.grad(*args)
    parts = given if isinstance(given, (tuple, list)) else (given,)
    shape, own = np.shape(parts[k]), problem.leaves[k].data.shape
    try:
        return np.broadcast_shapes(shape, own) == shape
    except ValueError:
        return False
