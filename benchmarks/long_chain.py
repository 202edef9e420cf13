"""A chain of a million ops: built, differentiated and freed.

The chain alternates ``y * w`` and ``y + b``. Each length is measured in its own process, so that a
shorter chain cannot have warmed the allocator for a longer one.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness import Line, Numbers, in_rounds, measure, median_of, report

LENGTHS = (250_000, 500_000, 1_000_000)
ROUNDS = 3
LINEAR = 1.5
GIBIBYTE = 2**30


def memory(field: str) -> float:
    """Return a figure of this process's resident memory in bytes.

    Parameters
    ----------
    field : {"VmRSS", "VmHWM"}
        What is resident now, or the most that ever was.

    Returns
    -------
    float
        Bytes; where the system does not tell the present figure, the highest so far stands in
        for it, and ``nan`` where it tells neither.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith(field):
                return 1024.0 * int(line.split()[1])
    if sys.platform == "win32":
        return math.nan
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return float(unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def main(arguments: Sequence[str]) -> Numbers:
    """Measure one chain.

    Parameters
    ----------
    arguments : sequence of str
        ``scalars`` or ``arrays``, and the number of ops.

    Returns
    -------
    dict
        Seconds to ``build``, ``differentiate`` and ``free``; ``bytes`` at the peak above the start.
    """
    at_start = memory("VmRSS")
    import numpy as np

    import autograd_core as ag

    kind, length = arguments[0], int(arguments[1])

    def leaf(number: float) -> Any:
        return ag.Value(number if kind == "scalars" else np.full(10, number, np.float32))

    x, w, b = leaf(1.0), leaf(0.999), leaf(0.001)
    start = time.perf_counter()
    y = x
    for _ in range(length // 2):
        y = y * w + b
    root = y if kind == "scalars" else y.sum()
    built = time.perf_counter()
    root.backward()
    differentiated = time.perf_counter()
    del y, root
    freed = time.perf_counter()
    if not np.all(np.asarray(b.grad) > 0):
        raise ArithmeticError("the chain's gradient is wrong")
    return {
        "build": built - start,
        "differentiate": differentiated - built,
        "free": freed - differentiated,
        "bytes": memory("VmHWM") - at_start,
    }


def lines() -> list[Line]:
    """Measure chains of three lengths, of scalars and of arrays.

    Returns
    -------
    list of Line
        Time per op at each length and its growth, and the memory of the longest.
    """
    table = []
    for kind in ("scalars", "arrays"):
        aimed = kind == "scalars"
        title = "chain of scalars" if aimed else "chain of 10-element arrays"
        lengths = LENGTHS if aimed else LENGTHS[-1:]
        taken = in_rounds(
            ROUNDS if aimed else 1,
            **{str(n): lambda k=kind, n=n: measure("long_chain", k, str(n)) for n in lengths},
        )
        per_op: list[float] = []
        for n in lengths:
            parts = {
                part: median_of([run[part] for run in taken[str(n)]])
                for part in ("build", "differentiate", "free")
            }
            per_op.append(1e6 * sum(parts.values()) / n)
            shown = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in parts.items())
            table.append(Line(f"{title}, {n:,} ops, each", f"{per_op[-1]:.2f} µs", note=shown))
        if aimed:
            growth = per_op[-1] / per_op[0]
            table.append(
                Line(
                    f"{title}, each at {lengths[-1]:,} / at {lengths[0]:,}",
                    f"{growth:.2f}",
                    f"<= {LINEAR}",
                    growth <= LINEAR,
                    "1 is exactly linear",
                )
            )
        peak = max(run["bytes"] for run in taken[str(lengths[-1])]) / GIBIBYTE
        table.append(
            Line(
                f"{title}, peak memory at {lengths[-1]:,}",
                f"{peak:.2f} GiB",
                "<= 1 GiB" if aimed else "",
                peak <= 1 if aimed else None,
            )
        )
    return table


if __name__ == "__main__":
    report(main)
