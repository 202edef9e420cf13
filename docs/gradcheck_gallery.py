"""The gallery of planted bugs as a table, written by running the checker on each of them.

``python -m docs.gradcheck_gallery`` prints it, ``--write`` writes it to gradcheck_gallery.md, and
``--check`` exits with 1 when what stands there is not what the checker says.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from docs.generated import command
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
    """Print, write or check the page; 1 when the check failed, else 0."""
    return command("docs.gradcheck_gallery", PAGE, page, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
