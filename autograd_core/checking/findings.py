"""What every part of a diagnosis works with, and how a verdict gets into the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..value import Value
from . import classify
from .blame import Fault
from .comparing import Entry, Rules
from .hypotheses import Guess
from .verdicts import Verdict, line_of

if TYPE_CHECKING:
    from .problem import Problem
    from .recording import Recording
    from .report import GradReport

__all__ = ["Findings"]


class Findings:
    """One check of which something is to be said.

    Parameters
    ----------
    problem : Problem
    rules : Rules
    report : GradReport
        What the verdicts are added to.
    order : int
    localize : bool
        Whether to look for nodes at fault.
    """

    def __init__(
        self, problem: Problem, rules: Rules, report: GradReport, order: int, localize: bool
    ) -> None:
        self.problem, self.rules, self.report = problem, rules, report
        self.order, self.localize = order, localize
        self.recording: Recording

    def fault(self, fault: Fault, kind: str = "", status: str = "wrong", detail: str = "") -> None:
        """Enter what testing a node's rule alone found."""
        numbers: dict[str, Any] = {}
        if fault.comparison is not None:
            found = fault.comparison.of(status)  # type: ignore[arg-type]
            at = (found[0].row, found[0].column) if found else fault.comparison.worst()
            assert at is not None
            shape = fault.node.operands[fault.operand].shape
            c = fault.comparison
            numbers = {
                "index": _index(at[1], shape) if fault.mode == "rev" else (),
                "analytic": float(c.analytic[at]),
                "numeric": float(c.numeric[at]),
                "error": float(abs(c.analytic[at] - c.numeric[at])),
                "tolerance": float(found[0].tolerance if found else c.tolerance[at]),
            }
        guess = Guess(kind, detail) if kind else classify.of_fault(fault)
        self.node(
            guess.kind, fault.node, fault.operand, detail=guess.detail, mode=fault.mode, **numbers
        )

    def node(self, kind: str, node: Value, operand: int | None, **more: Any) -> None:
        """Enter a verdict about a node."""
        op = node.op.name if node.op is not None else "leaf"
        self.add(
            Verdict(kind, op, operand, order=self.order, where=line_of(node), node=node, **more)
        )

    def function(self, kind: str, operand: int | None, **more: Any) -> None:
        """Enter a verdict about the function: which of its inputs, and not which op."""
        mode = more.pop("mode", "value" if "analytic" not in more else "rev")
        name = self.report.name
        self.add(Verdict(kind, name, operand, mode=mode, order=self.order, **more))

    def add(self, verdict: Verdict) -> None:
        """Enter a verdict."""
        self.report.verdicts.append(verdict)

    def numbers(self, entry: Entry | None, k: int | None) -> dict[str, Any]:
        """What a verdict says of the worst element."""
        if entry is None or k is None:
            return {}
        return {
            "index": _index(entry.column, self.problem.leaves[k].data.shape),
            "analytic": entry.analytic,
            "numeric": entry.numeric,
            "error": entry.error,
            "tolerance": entry.tolerance,
        }


def _index(i: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(n) for n in np.unravel_index(i, shape)) if shape else ()
