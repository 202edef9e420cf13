"""The diagram of ``(a+b)*(b+1)``: the whole command cold, and one more picture warm."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness import ROOT, Line, Numbers, environment, measure, median_of, report

COLD_TARGET, WARM_TARGET = 1.5, 10.0
PROCESSES, WARM_UP, REPEATS = 7, 3, 50


def command(first: bool) -> float:
    """Run the command in a fresh process and write the picture.

    Parameters
    ----------
    first : bool
        As for the first time on a machine: with an empty cache directory. The compiled layout
        module may otherwise be found in the user's.

    Returns
    -------
    float
        Seconds from start to exit.

    Raises
    ------
    RuntimeError
        When no picture was written.
    """
    script = Path(sys.executable).with_name("autograd-viz")
    program = [str(script)] if script.exists() else [sys.executable, "-m", "viz"]
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "x.svg"
        kept = environment()
        if first:
            kept |= dict.fromkeys(("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"), folder)
        start = time.perf_counter()
        done = subprocess.run(
            [*program, "(a+b)*(b+1)", "a=2", "b=1", "-o", str(picture)],
            cwd=ROOT,
            env=kept,
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - start
        if done.returncode != 0 or "<svg" not in picture.read_text(encoding="utf-8"):
            raise RuntimeError(f"the command wrote no picture: {done.stderr.strip()}")
    return seconds


def main(arguments: Sequence[str]) -> Numbers:
    """Draw the diagram again and again in one process.

    Each time the numbers are new, so that nothing remembered from the last picture can answer.

    Parameters
    ----------
    arguments : sequence of str
        None are needed.

    Returns
    -------
    dict
        ``seconds`` of one picture (median), after the first few.
    """
    import autograd_core as ag
    import viz

    seconds = []
    for i in range(WARM_UP + REPEATS):
        start = time.perf_counter()
        a, b = ag.Value(2.0 + i / 7, name="a"), ag.Value(1.0 + i / 3, name="b")
        svg = viz.draw((a + b) * (b + 1)).to_svg()
        seconds.append(time.perf_counter() - start)
        if "<svg" not in svg:
            raise RuntimeError("no picture was drawn")
    return {"seconds": median_of(seconds[WARM_UP:])}


def lines() -> list[Line]:
    """Measure the command cold and again, and the function warm.

    Returns
    -------
    list of Line
        All three times.
    """
    command(first=False)  # may write byte code; does not count
    cold = median_of([command(first=True) for _ in range(PROCESSES)])
    again = median_of([command(first=False) for _ in range(PROCESSES)])
    warm = 1e3 * median_of([measure("diagram")["seconds"] for _ in range(3)])
    return [
        Line(
            "diagram of (a+b)*(b+1), the whole command, cold",
            f"{cold:.2f} s",
            f"< {COLD_TARGET} s",
            cold < COLD_TARGET,
            f"{again:.2f} s where the user's cache holds the compiled layout module",
        ),
        Line(
            "diagram of (a+b)*(b+1), one more in the same process",
            f"{warm:.1f} ms",
            f"< {WARM_TARGET:g} ms",
            warm < WARM_TARGET,
        ),
    ]


if __name__ == "__main__":
    report(main)
