"""The report of a check: what was compared, what is wrong, and where."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import AutogradError
from .drawing import MarkedPicture, draw, graph_text
from .layout import lines_of
from .recording import index_text
from .verdicts import Verdict

if TYPE_CHECKING:
    from .comparing import Comparison, Entry
    from .problem import Leaf, Problem
    from .recording import Recording

__all__ = ["GradReport", "GradcheckError", "Row"]


@dataclass(frozen=True)
class Row:
    """One line of the table: an input, or a random direction.

    Attributes
    ----------
    name : str
    shape : tuple of int
    count : int
        How many derivatives were compared.
    at : str
        Where the error is largest in terms of its tolerance.
    analytic, numeric, error, tolerance : float
        There.
    ok : bool
    """

    name: str
    shape: tuple[int, ...]
    count: int
    at: str
    analytic: float
    numeric: float
    error: float
    tolerance: float
    ok: bool


class GradcheckError(AutogradError, AssertionError):
    """A gradient is wrong. The message is the report, which is also in `report`."""

    def __init__(self, report: GradReport) -> None:
        super().__init__(str(report))
        self.report = report


class GradReport:
    """What `gradcheck` found. True if nothing is wrong.

    Attributes
    ----------
    name : str
        Of the function.
    options : dict
        Those of the check, the seed among them.
    verdicts : list of Verdict
        What is wrong; empty if everything agrees.
    rows : list of Row
        The table.
    analytic, numeric : dict
        For each input the Jacobians that were compared, of shape ``out.shape + x.shape`` (if
        f returns several arrays, their elements are one axis).
    notes : list of str
        What was left out, and why.

    Examples
    --------
    >>> from autograd_core.checking import gradcheck
    >>> report = gradcheck(lambda x: x * x, 3.0)
    >>> report.ok, round(float(report.numeric["x"]), 6)
    (True, 6.0)
    """

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        self.name, self.options = name, options
        self.verdicts: list[Verdict] = []
        self.rows: list[Row] = []
        self.analytic: dict[str, Any] = {}
        self.numeric: dict[str, Any] = {}
        self.notes: list[str] = []
        self.problem: Problem | None = None
        self.recording: Recording | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.verdicts

    def __bool__(self) -> bool:
        return self.ok

    @property
    def blame(self) -> list[Verdict]:
        """The verdicts that name a node of the graph."""
        return [verdict for verdict in self.verdicts if verdict.node is not None]

    @property
    def worst(self) -> Row | None:
        """The line with the largest error in terms of its tolerance."""

        def excess(row: Row) -> float:
            ratio = row.error / max(row.tolerance, 1e-300)
            return float("inf") if np.isnan(ratio) else ratio

        return max(self.rows, key=excess, default=None)

    def add(self, leaf: Leaf, comparison: Comparison, recording: Recording, order: int) -> None:
        """Enter what comparing the Jacobian of one input gave."""
        name = leaf.name if order == 1 else f"∇ by {leaf.name}"
        shape = leaf.data.shape
        self.analytic[name] = comparison.analytic.reshape((*recording.shape, *shape))
        self.numeric[name] = comparison.numeric.reshape((*recording.shape, *shape))
        at = comparison.worst()
        skipped = "kink" if self.options["kinks"] == "skip" else ""
        bad = [entry for entry in comparison.entries if entry.status != skipped]
        found: list[Entry] = []
        for status in ("nan", "wrong", "kink", "step", "unsure"):
            found = comparison.of(status) if status != skipped else []
            if found:
                at = found[0].row, found[0].column
                break
        if at is None:
            self.rows.append(Row(name, shape, 0, "", 0.0, 0.0, 0.0, 0.0, True))
            return
        a, n = float(comparison.analytic[at]), float(comparison.numeric[at])
        limit = float(found[0].tolerance if found else comparison.tolerance[at])
        place = index_text(at[1], shape)
        if recording.here.size > 1:
            place = f"{recording.place(at[0])}/{place}" if place else recording.place(at[0])
        count = comparison.analytic.size
        wrong = any(entry.status != "unsure" for entry in bad)
        self.rows.append(Row(name, shape, count, place, a, n, abs(a - n), limit, not wrong))

    def add_probe(self, comparison: Comparison, order: int) -> None:
        """Enter what comparing along one random direction gave."""
        count = len(self.rows) + 1
        name = f"direction {count}" if order == 1 else f"∇ along direction {count}"
        a, n = float(comparison.analytic[0, 0]), float(comparison.numeric[0, 0])
        limit = float(comparison.tolerance[0, 0])
        self.analytic[name], self.numeric[name] = a, n
        wrong = any(entry.status not in ("kink", "unsure") for entry in comparison.entries)
        self.rows.append(Row(name, (), 1, "", a, n, abs(a - n), limit, not wrong))

    def note_kinks(self, count: int, what: str) -> None:
        """Say how much was left out because of kinks."""
        self.notes.append(
            f"{count} {what}{'s' * (count > 1)} left out: the slopes left and right differ "
            "(kinks='skip')"
        )

    def excuse(self, what: str) -> None:
        """Accept what differences could not confirm, because every rule by itself is right."""
        self.notes.append(f"{what}; every local rule is right")
        self.rows = [replace(row, ok=True) for row in self.rows]

    def __str__(self) -> str:
        text = "\n".join(lines_of(self))
        graph = self.graph_text()
        return f"{text}\n\n{graph}" if graph else text

    def __repr__(self) -> str:
        what = "ok" if self.ok else "; ".join(f"{v.kind}: {v.culprit}" for v in self.verdicts)
        return f"GradReport({self.name}: {what})"

    def _repr_html_(self) -> str:
        colour = "#1a7f37" if self.ok else "#b42318"
        text = html.escape(str(self))
        return f'<pre style="border-left:4px solid {colour};padding-left:8px">{text}</pre>'

    def graph_text(self) -> str:
        """The graph as text, the nodes at fault marked; empty if nothing is wrong."""
        if self.recording is None or not self.blame:
            return ""
        return graph_text(self.recording, self.blame)

    def to_json(self, indent: int | None = 2) -> str:
        """The report as JSON: options, table, verdicts, notes. NaN and inf become strings."""
        record = {
            "name": self.name,
            "ok": self.ok,
            "options": self.options,
            "rows": [vars(row) for row in self.rows],
            "verdicts": [verdict.as_dict() for verdict in self.verdicts],
            "notes": self.notes,
        }
        return json.dumps(_plain(record), indent=indent, ensure_ascii=False, allow_nan=False)

    def picture(self) -> MarkedPicture:
        """The graph as a picture, the nodes at fault in red.

        Raises
        ------
        ModuleNotFoundError
            If the package that draws is not installed.
        GradientError
            If there is no graph: the function is not one of Values.
        """
        return draw(self)


def _plain(x: Any) -> Any:
    if isinstance(x, dict):
        return {key: _plain(value) for key, value in x.items()}
    if isinstance(x, (tuple, list)):
        return [_plain(item) for item in x]
    if isinstance(x, float) and not np.isfinite(x):
        return repr(x)
    return x
