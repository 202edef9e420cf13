"""From a disagreement to verdicts: what is wrong, in which op, and by how much."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import blame, classify
from .comparing import Comparison, Entry
from .findings import Findings
from .foreign import ForeignProblem
from .foreign_faults import explain_foreign
from .outside import outside, undifferentiated
from .values import mutated, nonfinite, roughest
from .verdicts import curve_of

__all__ = ["Diagnosis"]


class Diagnosis(Findings):
    """Asks, in the order in which the answers exclude each other, what is wrong."""

    def of_values(self) -> bool:
        """What can be said after one run: nothing to differentiate, mutation, NaN."""
        recording, problem = self.recording, self.problem
        if not problem.leaves or not recording.outputs:
            what = "no input is floating-point" if not problem.leaves else "f returns no float"
            self.function("integer or detached input", 0 if problem.args else None, detail=what)
            return True
        if self.order == 1 and mutated(self):
            return True
        if not np.all(np.isfinite(recording.here)):
            nonfinite(self, None)
            return True
        return False

    def of_exception(self, error: Exception) -> None:
        """What to make of a sweep that raised."""
        if self.localize:
            for fault in blame.local_faults(self.recording.nodes):
                self.fault(fault)
            if not self.report.ok:
                return
            for fault in blame.local_faults(self.recording.nodes, mode="fwd"):
                self.fault(fault)
        if self.report.ok:
            kind = classify.of_fault(blame.Fault(self.recording.outputs[0], 0, raised=error))
            self.function(kind.kind, None, detail=kind.detail)

    # --- after the comparison ------------------------------------------------------------

    def of_jacobians(self, comparisons: list[Comparison], mode: str) -> None:
        """Explain what disagrees, and leave what is accepted out."""
        if not any(c.entries for c in comparisons):
            return
        kinds = {entry.status for c in comparisons for entry in c.entries}
        kinked = sum(len(c.of("kink")) for c in comparisons)
        if kinked and self.rules.kinks == "skip":
            self.report.note_kinks(kinked, "element")
            kinds.discard("kink")
        for status in ("nan", "wrong", "kink", "step"):
            if status in kinds:
                worst = _worst(comparisons, status)
                getattr(self, f"_{status}")(*worst, comparisons, mode)
        if kinds == {"unsure"}:
            self._unsure(*_worst(comparisons, "unsure"), comparisons, mode)

    def of_directions(self) -> None:
        """Explain a failure of which only projections are known, because there is too much."""
        for mode in ("rev", "fwd"):
            for fault in blame.local_faults(self.recording.nodes, mode=mode):
                self.fault(fault)
        if self.report.ok:
            self.function("unlocated", None)

    def of_forward(self, k: int, comparison: Comparison) -> None:
        """Explain why forward mode disagrees with reverse mode, which differences confirm."""
        faults = blame.local_faults(self.recording.nodes, mode="fwd") if self.localize else []
        for fault in faults:
            self.fault(fault)
        # Both modes apply local rules that agree: what is left is rounding, unless it is large.
        off = np.abs(comparison.analytic - comparison.numeric)
        if not faults and np.any(off > self.rules.relative * np.abs(comparison.numeric).max()):
            worst = comparison.worst()
            assert worst is not None
            at = worst[0]
            self.function(
                "wrong rule", k, mode="fwd", detail="forward mode disagrees with reverse mode",
                analytic=float(comparison.analytic[at, 0]),
                numeric=float(comparison.numeric[at, 0]),
                error=float(abs(comparison.analytic[at, 0] - comparison.numeric[at, 0])),
                tolerance=float(comparison.tolerance[at, 0]),
            )  # fmt: skip

    def _nan(self, k: int, entry: Entry, comparisons: list[Comparison], mode: str) -> None:
        nonfinite(self, entry, k)

    def _wrong(self, k: int, entry: Entry, comparisons: list[Comparison], mode: str) -> None:
        if self.localize:
            for fault in blame.local_faults(self.recording.nodes):
                self.fault(fault)
            numbers = self.numbers(entry, k)
            if self.order == 2 and self.report.ok:
                for node, i, detail in undifferentiated(self):
                    self.node("dropped term", node, i, detail=detail, **numbers)
            if self.report.verdicts or outside(self, k, entry, comparisons):
                return
        numbers = self.numbers(entry, k)
        if isinstance(self.problem, ForeignProblem):
            explain_foreign(self, k, entry, comparisons)
            return
        scale = max(float(np.nanmax(np.abs(c.numeric), initial=0.0)) for c in comparisons)
        scale = max(scale, float(np.max(np.abs(self.recording.here), initial=0.0)))
        if self.localize and entry.error <= 1e-4 * scale:
            # The chain rule of right local rules is right: the differences are lost in what
            # f rounds off inside.
            count = sum(len(c.of("wrong")) for c in comparisons)
            self.report.excuse(f"{count} small elements are lost in rounding inside f")
            return
        self.function("unlocated", k, mode=mode, **numbers)

    def _kink(self, k: int, entry: Entry, comparisons: list[Comparison], mode: str) -> None:
        if self.rules.kinks == "skip":
            return
        sides = entry.sides
        detail = "" if sides is None else f"the slopes are {sides[0]:.6g} and {sides[1]:.6g}"
        if self.rules.kinks == "subgradient":
            detail += ", and what is given is not between them"
        numbers = self.numbers(entry, k)
        faults = (
            blame.local_faults(self.recording.nodes, status="kink", limit=1)
            if self.localize
            else []
        )
        if faults:
            self.node("kink", faults[0].node, faults[0].operand, detail=detail, **numbers)
        else:
            self.function("kink", k, detail=detail, **numbers)

    def _step(self, k: int, entry: Entry, comparisons: list[Comparison], mode: str) -> None:
        assert entry.seen is not None
        shown = curve_of(entry.seen, entry.row, entry.analytic)
        best = min(shown, key=lambda point: point[2])
        detail = f"the error is {best[2]:.1e} with a step of {best[0]:.1e}"
        if self.rules.h is not None:
            detail += f", and {entry.error:.1e} with the step given, {self.rules.h:.1e}"
        self._imprecise(k, entry, detail, shown)

    def _unsure(self, k: int, entry: Entry, comparisons: list[Comparison], mode: str) -> None:
        """Differences that are too poor: believe the local rules, if there are any to ask."""
        faults = blame.local_faults(self.recording.nodes) if self.localize else []
        for fault in faults:
            self.fault(fault)
        if faults or (self.localize and outside(self, k, entry, comparisons)):
            return
        count = sum(len(c.of("unsure")) for c in comparisons)
        if self.recording.nodes:
            self.report.excuse(f"{count} elements could not be resolved by any step")
            return
        shown = curve_of(entry.seen, entry.row, entry.analytic)
        detail = "no step resolves it: the function computes with less precision than it is given"
        self._imprecise(k, entry, detail, shown)

    def _imprecise(self, k: int, entry: Entry, detail: str, shown: Any) -> None:
        numbers = self.numbers(entry, k)
        node = roughest(self) if self.localize else None
        if node is None:
            self.function("step or precision", k, detail=detail, curve=shown, **numbers)
        else:
            operand = next(i for i, o in enumerate(node.operands) if o.requires_grad)
            self.node("step or precision", node, operand, detail=detail, curve=shown, **numbers)


def _worst(comparisons: list[Comparison], status: str) -> tuple[int, Entry]:
    """Which input has the worst entry of a kind, and that entry."""
    found = [(k, entry) for k, c in enumerate(comparisons) for entry in c.of(status)[:1]]  # type: ignore[arg-type]
    return max(found, key=lambda pair: _ratio(pair[1]))


def _ratio(entry: Entry) -> float:
    ratio = entry.error / max(entry.tolerance, 1e-300)
    return ratio if np.isfinite(ratio) else float("inf")
