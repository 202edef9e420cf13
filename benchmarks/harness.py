"""Run one measurement alone in a fresh interpreter, several times, and compare.

A *measurement* is a module of this package that has a ``main(arguments)`` returning numbers. It
runs in its own process, because two libraries in one process disturb each other: each brings its
own pool of BLAS threads, and warms or fills the other's caches and allocator.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

Numbers = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Parameters
    ----------
    what : str
        What was measured.
    measured : str
        The figure, with its unit.
    target : str
        The figure aimed at; empty for a line that only informs.
    met : bool or None
        Whether the target is met; ``None`` for a line that only informs.
    note : str
        The figures beside it: the peers', or the parts it is made of.
    """

    what: str
    measured: str
    target: str = ""
    met: bool | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """``met``, ``MISSED``, or nothing for a line that only informs."""
        return {True: "met", False: "MISSED", None: ""}[self.met]


#: What a user's machine does not set: a pin of OpenBLAS to the kernels of another processor, and
#: the refusal to keep byte code, without which every import compiles its sources again.
UNUSUAL = ("OPENBLAS_CORETYPE", "PYTHONDONTWRITEBYTECODE")


def environment() -> dict[str, str]:
    """Return the environment of a measuring process.

    Returns
    -------
    dict of str to str
        The present one without what is `UNUSUAL`, in which the packages of this tree are found.
    """
    kept = {name: text for name, text in os.environ.items() if name not in UNUSUAL}
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), kept.get("PYTHONPATH", "")]))
    return kept


def measure(module: str, *arguments: str, **variables: str) -> Numbers:
    """Run ``benchmarks.<module>`` with the arguments in a fresh interpreter.

    Parameters
    ----------
    module : str
        A module of this package with ``main(arguments) -> dict``.
    *arguments : str
        What its ``main`` is called with.
    **variables : str
        To be set in its environment, such as the number of threads.

    Returns
    -------
    dict
        What ``main`` returned.

    Raises
    ------
    RuntimeError
        When the process failed; the message is its last line on standard error.
    """
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *arguments],
        cwd=ROOT,
        env=environment() | variables,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        reason = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise RuntimeError(f"{module} {' '.join(arguments)}: {reason}")
    numbers: Numbers = json.loads(done.stdout.splitlines()[-1])
    return numbers


def report(main: Callable[[Sequence[str]], Numbers]) -> None:
    """Call ``main`` with the arguments of this process and print what it returns for `measure`.

    Parameters
    ----------
    main : callable
        The measurement.
    """
    print(json.dumps(main(sys.argv[1:])))


def missing(package: str) -> str | None:
    """Return the reason why a peer is left out, or ``None`` when it is installed.

    Parameters
    ----------
    package : str
        Its import name.

    Returns
    -------
    str or None
        The reason.
    """
    return None if find_spec(package) else f"skipped: {package} is not installed"


def in_rounds(rounds: int, **measurements: Callable[[], Numbers]) -> dict[str, list[Numbers]]:
    """Take several measurements in turn, round after round.

    The clock of a shared machine drifts. Within one round the drift is small, so a ratio taken
    within a round, and the median of those, says more than a ratio of two medians.

    Parameters
    ----------
    rounds : int
        How often each is taken.
    **measurements : callable
        Each runs one process and returns its numbers.

    Returns
    -------
    dict of str to list
        For each measurement what it returned in every round.
    """
    taken: dict[str, list[Numbers]] = {name: [] for name in measurements}
    for _ in range(rounds):
        for name, take in measurements.items():
            taken[name].append(take())
    return taken


def median_of(times: Sequence[float]) -> float:
    """Return the median.

    Parameters
    ----------
    times : sequence of float
        At least one number.

    Returns
    -------
    float
        The middle one, or the mean of the two in the middle.
    """
    return statistics.median(times)
