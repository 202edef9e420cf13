"""Measure every row, or those that are named, and print the table."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from benchmarks import (
    diagram,
    gradcheck,
    import_time,
    long_chain,
    op_overhead,
    scalar_graph,
    training_step,
)
from benchmarks.harness import Line

ROWS = {
    "scalar": scalar_graph.lines,
    "overhead": op_overhead.lines,
    "chain": long_chain.lines,
    "import": import_time.lines,
    "diagram": diagram.lines,
    "gradcheck": gradcheck.lines,
    "training": training_step.lines,
}

WIDTHS = (54, 11, 12, 7)


def show(line: Line) -> None:
    """Print one line of the table.

    Parameters
    ----------
    line : Line
        What to print.
    """
    cells = zip((line.what, line.measured, line.target, line.verdict), WIDTHS, strict=True)
    aligned = " ".join(f"{cell:<{width}}" for cell, width in cells)
    print(f"{aligned} {line.note}".rstrip(), flush=True)


def machine() -> str:
    """Return the machine and the versions that the figures depend on, in one line.

    Returns
    -------
    str
        Such as ``2 cores, CPython 3.11.7, numpy 2.4.6, torch not installed, …``.
    """
    parts = [
        f"{os.cpu_count()} cores",
        f"{platform.python_implementation()} {platform.python_version()}",
    ]
    for package in ("numpy", "micrograd", "torch", "mygrad", "autograd"):
        try:
            parts.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            parts.append(f"{package} not installed")
    return ", ".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line when not given.

    Returns
    -------
    int
        1 when a row could not be measured, else 0: a missed target is printed, not punished,
        because it depends on the machine.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--row", action="append", choices=[*ROWS], help="measure only this row")
    chosen = parser.parse_args(arguments).row or [*ROWS]
    print(machine(), end="\n\n")
    show(Line("what", "measured", "target", note="beside it"))
    verdicts, failed = [], False
    for row in chosen:
        print()
        try:
            measured = ROWS[row]()
        except Exception as error:  # one row that cannot be measured must not hide the others
            failed = True
            print(f"{row}: could not be measured: {error}")
            continue
        for line in measured:
            show(line)
        verdicts += [line.met for line in measured if line.met is not None]
    print(f"\n{sum(verdicts)} of {len(verdicts)} targets met")
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
