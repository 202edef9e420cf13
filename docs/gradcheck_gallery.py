"""The gallery of planted bugs as a table, written by running the checker on each of them.

``python -m docs.gradcheck_gallery`` prints it, ``--write`` writes it to gradcheck_gallery.md, and
``--check`` exits with 1 when what stands there is not what the checker says.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from tests.checking.gallery import GALLERY

PAGE = Path(__file__).resolve().parent / "gradcheck_gallery.md"
COLUMNS = ("planted bug", "verdict", "culprit", "what the report adds")
HEAD = """# What the gradient checker says

Each row is a bug planted on purpose, and what `gradcheck` says of it. The table is made by running
the checker (`python -m docs.gradcheck_gallery --write`); the tests run the same cases.

"""


def page() -> str:
    """Return the page in Markdown.

    Returns
    -------
    str
        With a newline at the end.

    Raises
    ------
    ModuleNotFoundError
        If a case needs a package that is not installed.
    """
    rows: list[tuple[str, ...]] = [COLUMNS, ("---",) * len(COLUMNS)]
    for exhibit in GALLERY.values():
        if exhibit.needs and not find_spec(exhibit.needs):
            raise ModuleNotFoundError(f"the gallery needs {exhibit.needs}, which is not installed")
        verdict = exhibit.check().verdicts[0]
        culprit = f"`{verdict.op}`"
        if verdict.operand is not None:
            culprit += f", operand {verdict.operand}"
        # Of these two the digits differ from machine to machine.
        shown = "" if verdict.kind in ("step or precision", "nondeterministic") else verdict.detail
        detail = " ".join(shown.split()).replace("|", "\\|")
        rows.append((exhibit.bug.replace("|", "\\|"), verdict.kind, culprit, detail))
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print, write or check the page.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line when not given.

    Returns
    -------
    int
        1 when the check failed, else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m docs.gradcheck_gallery")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    what.add_argument("--check", action="store_true", help=f"compare with {PAGE.name}")
    chosen = parser.parse_args(arguments)
    text = page()
    if chosen.write:
        PAGE.write_text(text, encoding="utf-8")
    elif chosen.check:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            print(f"{PAGE.name} is out of date; write it again", file=sys.stderr)
            return 1
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
