"""The report as lines of text, at most 100 columns wide."""

from __future__ import annotations

import textwrap
from math import isfinite, log10
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .report import GradReport
    from .verdicts import Verdict

__all__ = ["WIDTH", "lines_of"]

WIDTH = 100
_ROWS = 40  # of the table; of more, those that fail and the first are shown


def lines_of(report: GradReport) -> list[str]:
    """Everything but the graph."""
    options = report.options
    what = [f"order {options['order']}", " and ".join(options["modes"]), options["method"]]
    if options["direction"] == "random":
        what.append(f"{options['probes']} random directions")
    what += [options["dtype"], f"seed {options['seed']}"]
    state = "ok" if report.ok else "FAILED"
    lines = _wrapped(f"gradcheck of {report.name}: {state} ", f"({', '.join(filter(None, what))})")
    if report.rows:
        lines += ["", *_table(report)]
    for number, verdict in enumerate(report.verdicts, 1):
        lines += ["", *_verdict(number, verdict)]
    if report.notes:
        lines.append("")
        for note in report.notes:
            lines += _wrapped("note: ", note)
    return lines


def _table(report: GradReport) -> list[str]:
    shown = [row for row in report.rows if not row.ok]
    shown += [row for row in report.rows if row.ok][: max(0, _ROWS - len(shown))]
    rows = [row for row in report.rows if row in shown][:_ROWS]
    head = ("", "input", "shape", "entries", "worst at", "analytic", "numeric", "error", "limit")
    cells = [head]
    for row in rows:
        cells.append(
            (
                "  " if row.ok else "✗ ", _cut(row.name, 18), _cut(str(row.shape), 12),
                str(row.count), _cut(row.at, 16), f"{row.analytic:.6g}", f"{row.numeric:.6g}",
                f"{row.error:.1e}", f"{row.tolerance:.1e}",
            )
        )  # fmt: skip
    widths = [max(len(line[i]) for line in cells) for i in range(len(head))]
    lines = []
    for line in cells:
        parts = [
            cell.ljust(width) if i in (0, 1, 2, 4) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append((parts[0].ljust(2) + "  ".join(parts[1:])).rstrip())
    if len(rows) < len(report.rows):
        lines.append(f"  … and {len(report.rows) - len(rows)} more")
    return lines


def _verdict(number: int, verdict: Verdict) -> list[str]:
    mode = {"rev": "reverse mode", "fwd": "forward mode", "value": "the value"}[verdict.mode]
    order = ", second order" if verdict.order == 2 else ""
    lines = _wrapped(f"{number}. ", f"{verdict.kind.upper()} in {verdict.culprit} ({mode}{order})")
    facts = [("line", verdict.where)]
    if verdict.analytic is not None and verdict.numeric is not None:
        at = f"at {list(verdict.index)}: " if verdict.index else ""
        numbers = f"{at}analytic {verdict.analytic:.8g}, numeric {verdict.numeric:.8g}"
        if verdict.error is not None and verdict.tolerance is not None and isfinite(verdict.error):
            numbers += f", error {verdict.error:.1e} > {verdict.tolerance:.1e}"
        facts.append(("worst", numbers))
    facts += [("seen", verdict.detail), ("means", verdict.meaning), ("do", verdict.remedy)]
    for name, text in facts:
        if text:
            lines += _wrapped(f"   {name:<6}", text)
    if verdict.curve:
        lines += _curve(verdict.curve)
    return lines


def _curve(points: Any) -> list[str]:
    """The error over the step, as bars: long where it is large."""
    finite = [error for _, _, error in points if isfinite(error) and error] or [1.0]
    low, high = min(finite), max(finite)
    scale = 58 / max(1.0, log10(high) - log10(low))
    lines = ["   error of the difference over the step:"]
    for h, _, error in points:
        length = round(2 + (log10(max(error, low)) - log10(low)) * scale) if isfinite(error) else 0
        lines.append(f"     {h:8.1e}  {error:8.1e}  {'#' * length}")
    return lines


def _wrapped(first: str, text: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first) if len(first) < 20 else "    ",
        break_on_hyphens=False,
    ) or [first]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
