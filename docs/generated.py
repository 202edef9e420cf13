"""The command that every generated page has: print it, write it, or check what stands there."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["command"]


def command(
    module: str,
    path: Path,
    expected: Callable[[], str],
    arguments: Sequence[str] | None = None,
    shown: Callable[[], str] | None = None,
) -> int:
    """Print, write or check the text of a file.

    Parameters
    ----------
    module : str
        Whose command it is: ``python -m`` this.
    path : Path
        The file.
    expected : callable
        Gives the whole text that the file should have.
    arguments : sequence of str, optional
        Those of the command line when not given.
    shown : callable, optional
        Gives what to print, where that is not the whole text.

    Returns
    -------
    int
        1 when the check failed, else 0.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", action="store_true", help=f"write it into {path.name}")
    what.add_argument("--check", action="store_true", help=f"compare it with {path.name}")
    chosen = parser.parse_args(arguments)
    if chosen.write:
        path.write_text(expected(), encoding="utf-8")
    elif not chosen.check:
        print((shown or expected)(), end="")
    elif not path.is_file() or path.read_text(encoding="utf-8") != expected():
        print(f"{path.name} is out of date; run python -m {module} --write", file=sys.stderr)
        return 1
    return 0
