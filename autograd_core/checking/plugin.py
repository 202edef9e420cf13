"""A pytest plugin: the fixture `assert_gradients`, and the diagrams of failing checks as files.

With ``--grad-artifacts=DIR`` every test that fails with a `GradcheckError` leaves three files
there, whose paths are printed with the failure: the diagram as SVG and as HTML, where `viz` can
be imported, and the report as JSON.

Every run of pytest in an environment with this package imports this module, so all that it needs
is imported when it is used.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Generator, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

__all__ = ["artifact_stem", "failed_reports", "write_artifacts"]

_SECTION = "gradient artifacts"
_LONGEST = 80  # characters of a test's name in a file's name


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--grad-artifacts``."""
    parser.getgroup("autograd").addoption(
        "--grad-artifacts",
        metavar="DIR",
        help="write the diagram (SVG, HTML) and the report (JSON) of each failing gradient check",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the fixture, and the hook that writes the files."""
    directory = config.getoption("grad_artifacts")
    if directory:
        # Made absolute before workers of pytest-xdist, which may run elsewhere, are told.
        config.option.grad_artifacts = str(config.invocation_params.dir / directory)
    config.pluginmanager.register(_plugin(config.option.grad_artifacts), "autograd-artifacts")


def _plugin(directory: str | None) -> object:
    """What needs pytest's decorators."""
    import pytest

    class Plugin:
        @pytest.fixture
        def assert_gradients(self) -> Callable[..., Any]:
            """Check gradients against differences: ``assert_gradients(f, inputs)``.

            As `autograd_core.checking.assert_gradients`: raises GradcheckError with a report of
            what is wrong, where, and what to do.
            """
            from autograd_core import checking

            check: Callable[..., Any] = checking.assert_gradients
            return check

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(
            self, item: pytest.Item, call: pytest.CallInfo[None]
        ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
            report = yield
            if directory and report.failed and call.excinfo is not None:
                lines: list[str] = []
                for k, found in enumerate(failed_reports(call.excinfo.value)):
                    stem = artifact_stem(item.nodeid, call.when, k)
                    lines += write_artifacts(found, Path(directory), stem)
                if lines:
                    report.sections.append((_SECTION, "\n".join(lines)))
            return report

    return Plugin()


def failed_reports(error: BaseException) -> Iterator[Any]:
    """The reports of all failed checks in an exception, its causes, and the members of a group."""
    checking = sys.modules.get("autograd_core.checking")
    if checking is None:  # nobody can have raised one
        return
    waiting, seen = [error], set()
    while waiting:
        error = waiting.pop(0)
        if id(error) in seen:
            continue
        seen.add(id(error))
        if isinstance(error, checking.GradcheckError):
            yield error.report
        if isinstance(error, BaseExceptionGroup):
            waiting.extend(error.exceptions)
        waiting.extend(e for e in (error.__cause__, error.__context__) if e is not None)


def artifact_stem(nodeid: str, when: str = "call", k: int = 0) -> str:
    """A file name for the k-th failed check of a phase of a test.

    A digest keeps names apart which differ only in what a file name cannot hold, or in case.

    Examples
    --------
    >>> artifact_stem("tests/test_cell.py::test_gate[3-é]")
    'test_cell.py-test_gate-3-3ecf74fa'
    >>> artifact_stem("tests/test_cell.py::test_gate", "teardown", 1)
    'test_cell.py-test_gate-ee85afd4-teardown-1'
    """
    readable = re.sub(r"[^A-Za-z0-9_.]+", "-", nodeid.rpartition("/")[2]).strip("-.")
    digest = blake2b(nodeid.encode("utf-8", "backslashreplace"), digest_size=4).hexdigest()
    parts = [
        readable[:_LONGEST],
        digest,
        *([when] if when != "call" else []),
        *([str(k)] if k else []),
    ]
    return "-".join(parts)


def write_artifacts(report: Any, directory: Path, stem: str) -> list[str]:
    """Write the files of one report.

    Parameters
    ----------
    report : GradReport
    directory : Path
        Made if it does not exist.
    stem : str
        The files' name without its suffix.

    Returns
    -------
    list of str
        Their paths, and why there is no diagram if so, for the section of the failure.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lines = []

    def write(suffix: str, text: str) -> None:
        path = directory / f"{stem}{suffix}"
        path.write_text(text, encoding="utf-8")
        lines.append(str(path))

    write(".json", report.to_json())
    try:
        picture = report.picture()
        svg, html = picture.to_svg(), picture.to_html()
    except Exception as error:  # a failure must be reported whatever becomes of its picture
        lines.append(f"no diagram: {type(error).__name__}: {error}")
    else:
        write(".svg", svg)
        write(".html", html)
    return lines
