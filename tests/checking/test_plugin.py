"""The pytest plugin, tried in runs of pytest of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograd_core.checking import GradcheckError
from autograd_core.checking.plugin import artifact_stem, failed_reports, write_artifacts

ROOT = Path(__file__).resolve().parents[2]

WRONG = """
import numpy as np
import pytest
import autograd_core as ag
import autograd_core.checking

wrong = ag.elementwise("wrong", np.sin, partials=(lambda out, x: 1.01 * ag.cos(x),))
X = np.array([0.5, 1.0])
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Write a test module, and run pytest on it with this plugin and no other."""

    def run_pytest(source: str, *arguments: str, plugins: tuple[str, ...] = ()):
        (tmp_path / "test_it.py").write_text(WRONG + source, encoding="utf-8")
        environment = os.environ | {
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "COLUMNS": "300",
        }
        environment.pop("PYTEST_ADDOPTS", None)
        named = [f"-p{name}" for name in ("autograd_core.checking.plugin", *plugins)]
        command = [sys.executable, "-m", "pytest", "-pno:cacheprovider", *named, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )

    return run_pytest


def files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


FAILING = """
def test_gate(assert_gradients):
    assert_gradients(lambda x: wrong(x), (X,))
"""


def test_fixture_checks_gradients(run):
    done = run(
        """
def test_right(assert_gradients):
    assert_gradients(lambda x: ag.sin(x), (X,))

def test_wrong(assert_gradients):
    with pytest.raises(ag.checking.GradcheckError, match="wrong"):
        assert_gradients(wrong, (X,))
"""
    )
    assert done.returncode == 0, done.stdout


def test_nothing_is_written_without_the_option(run, tmp_path):
    done = run(FAILING)
    assert done.returncode == 1
    assert "gradient artifacts" not in done.stdout
    assert not [name for name in files(tmp_path) if "json" in name]


def test_failing_check_leaves_its_diagram_and_report_and_prints_their_paths(run, tmp_path):
    pytest.importorskip("viz")
    done = run(FAILING, "--grad-artifacts=out/deep")
    assert done.returncode == 1
    stem = artifact_stem("test_it.py::test_gate")
    written = tmp_path / "out" / "deep"
    assert files(written) == [f"{stem}.html", f"{stem}.json", f"{stem}.svg"]
    section = done.stdout.partition("- gradient artifacts -")[2]
    for suffix in (".json", ".svg", ".html"):
        assert str(written / f"{stem}{suffix}") in section
    assert json.loads((written / f"{stem}.json").read_text(encoding="utf-8"))
    assert (written / f"{stem}.svg").read_text(encoding="utf-8").startswith("<svg")
    assert "<html" in (written / f"{stem}.html").read_text(encoding="utf-8")


def test_passing_tests_and_other_or_expected_failures_leave_nothing(run, tmp_path):
    done = run(
        """
def test_right(assert_gradients):
    assert_gradients(lambda x: ag.sin(x), (X,))

def test_other():
    raise AssertionError("no gradient")

@pytest.mark.xfail
def test_expected(assert_gradients):
    assert_gradients(wrong, (X,))
""",
        "--grad-artifacts=out",
    )
    assert "1 failed, 1 passed, 1 xfailed" in done.stdout
    assert not (tmp_path / "out").exists()


MANY = """
@pytest.mark.parametrize("name", ["a/b", "a-b", "a b", "A-B", "ä", "x" * 300])
def test_gate(assert_gradients, name):
    assert_gradients(wrong, (X,))
"""


@pytest.mark.parametrize("workers", [0, 2])
def test_names_do_not_collide_also_under_xdist(run, tmp_path, workers):
    pytest.importorskip("xdist")
    parallel = [f"-n{workers}"] if workers else []
    done = run(MANY, "--grad-artifacts=out", *parallel, plugins=("xdist",))
    assert "6 failed" in done.stdout, done.stdout + done.stderr
    written = files(tmp_path / "out")
    assert len({name.lower() for name in written if name.endswith(".json")}) == 6
    for name in written:
        assert re.fullmatch(r"[A-Za-z0-9_.-]{1,120}", name)
        assert str(tmp_path / "out" / name) in done.stdout


def test_checks_in_fixtures_and_groups_are_found(run, tmp_path):
    done = run(
        """
@pytest.fixture
def unclean(assert_gradients):
    yield
    assert_gradients(wrong, (X,))

def test_teardown(unclean):
    pass

def test_group(assert_gradients):
    errors = []
    for f in (wrong, lambda x: 2 * wrong(x)):
        try:
            assert_gradients(f, (X,))
        except ag.checking.GradcheckError as error:
            errors.append(error)
    raise ExceptionGroup("both", errors)

def test_cause(assert_gradients):
    try:
        assert_gradients(wrong, (X,))
    except ag.checking.GradcheckError as error:
        raise RuntimeError("said otherwise") from error
""",
        "--grad-artifacts=out",
    )
    assert done.returncode == 1
    reports = [name for name in files(tmp_path / "out") if name.endswith(".json")]
    group, cause = (artifact_stem(f"test_it.py::test_{name}") for name in ("group", "cause"))
    teardown = artifact_stem("test_it.py::test_teardown", "teardown")
    assert reports == sorted(f"{s}.json" for s in (group, f"{group}-1", cause, teardown))


def test_failing_property_leaves_the_report_of_its_smallest_example(run, tmp_path):
    done = run(
        """
from hypothesis import given, settings, strategies as st
from autograd_core.checking import assert_gradients

@settings(derandomize=True, database=None, deadline=None, max_examples=5)
@given(st.integers(1, 5))
def test_property(n):
    assert_gradients(wrong, (np.linspace(0.1, 1.0, n),))
""",
        "--grad-artifacts=out",
    )
    assert done.returncode == 1
    assert f"{artifact_stem('test_it.py::test_property')}.json" in files(tmp_path / "out")


def test_report_without_a_diagram_is_written_and_says_why(tmp_path):
    def picture() -> None:
        raise ModuleNotFoundError("No module named 'viz'")

    report = SimpleNamespace(to_json=lambda: "{}", picture=picture)
    lines = write_artifacts(report, tmp_path, "test")
    assert lines == [
        str(tmp_path / "test.json"),
        "no diagram: ModuleNotFoundError: No module named 'viz'",
    ]
    assert files(tmp_path) == ["test.json"]


def test_reports_are_found_once_in_a_chain_with_a_cycle():
    error = GradcheckError.__new__(GradcheckError)
    error.report = "the report"
    outer = RuntimeError()
    outer.__cause__ = outer.__context__ = error
    error.__context__ = outer
    assert list(failed_reports(outer)) == ["the report"]
    assert not list(failed_reports(ValueError()))


def test_plugin_itself_imports_only_the_standard_library():
    source = (ROOT / "autograd_core" / "checking" / "plugin.py").read_text(encoding="utf-8")
    code = source + "\nimport sys; print([n for n in ('numpy', 'pytest') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
