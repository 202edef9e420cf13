from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from viz.cli import main

EXAMPLE = ["e = c*d; c = a+b; d = b+1", "a=2", "b=1"]
TABLE = """\
node  expression  value  ∂e/∂·
e     c*d         6      1
c     a+b         3      2
d     b+1         2      3
a                 2      2
b                 1      5

edge   local derivative  value
c → e  ∂e/∂c = d         2
d → e  ∂e/∂d = c         3
a → c  ∂c/∂a = 1         1
b → c  ∂c/∂b = 1         1
b → d  ∂d/∂b = 1         1
"""


def run(capfd, *arguments):
    status = main(list(arguments))
    out, err = capfd.readouterr()
    return status, out, err


def test_the_main_job_writes_the_picture_and_prints_the_tables(capfd, tmp_path):
    path = tmp_path / "e.svg"
    assert run(capfd, *EXAMPLE, "-o", str(path)) == (0, TABLE, "")
    ElementTree.fromstring(path.read_text(encoding="utf-8"))
    assert "∂e/∂c = 2" in path.read_text(encoding="utf-8")


def test_definitions_may_stand_in_any_order_and_on_lines(capfd):
    for source in ("d = b+1; e = c*d; c = a+b", "c = a+b\nd = b+1\n# the result\ne = c*d\n"):
        assert run(capfd, source, "a=2", "b=1")[1].splitlines()[1:3] == TABLE.splitlines()[1:3]


def test_without_names_the_smallest_letters_are_used(capfd):
    assert run(capfd, "(a+b)*(b+1)", "a=2", "b=1") == (0, TABLE, "")


def test_modes_put_sweeps_into_the_nodes(capfd):
    reverse = run(capfd, *EXAMPLE, "--mode", "reverse", "--format", "svg")[1]
    for line in ("∂e/∂e = 1", "∂e/∂c = 2", "∂e/∂d = 3", "∂e/∂a = 2", "∂e/∂b = 5"):
        assert 'class="ag-sweep"' in reverse and f">{line}</text>" in reverse
    forward = run(capfd, *EXAMPLE, "--mode", "forward", "--wrt", "b", "--format", "svg")[1]
    for line in ("∂e/∂b = 5", "∂c/∂b = 1", "∂a/∂b = 0", "∂b/∂b = 1"):
        assert f">{line}</text>" in forward


@pytest.mark.parametrize("form", ["svg", "html", "dot", "json", "txt"])
def test_standard_output_is_the_file_and_nothing_else(capfd, tmp_path, form):
    path = tmp_path / f"e.{form}"
    assert run(capfd, *EXAMPLE, "-o", str(path))[0] == 0
    status, out, err = run(capfd, *EXAMPLE, "-o", "-", "--format", form)
    assert (status, out, err) == (0, path.read_text(encoding="utf-8"), "")


def test_options_reach_the_picture(capfd):
    options = ["--rankdir", "LR", "--theme", "dark", "--precision", "2", "--edge-label", "symbol"]
    dot = run(capfd, "a/b + 1", "a=1", "b=3", "--show-constants", "--format", "dot", *options)[1]
    assert "rankdir=LR" in dot and "0.33" in dot and "= 0.333" not in dot and "dashed" in dot
    assert "∂c/∂a = 1/b" in dot


@pytest.mark.parametrize(
    ("expression", "values", "result"),
    [
        ("sin(x*y) + log(x)", ["x=1", "y=2"], 0.9092974268256817),
        ("relu(w*x+b)", ["w=2", "x=3", "b=-1"], 5.0),
        ("x**2", ["x=-3"], 9.0),
        ("-x", ["x=-1e-3"], 1e-3),
        ("+x - -x", ["x=1"], 2.0),
        ("2*pi*r", ["r=1"], 6.283185307179586),
        ("pi*r", ["r=2", "pi=3"], 6.0),
        ("clip(x, 0, 1)", ["x=5"], 1.0),
        ("maximum(x, y)", ["x=5", "y=6"], 6.0),
        ("α*β", ["α=2", "β=3"], 6.0),
        ("k = 3; y = k*x", ["x=2"], 6.0),
        ("y = x", ["x=2"], 2.0),
        ("1+2*3", [], 7.0),
        ("log*2", ["log=2"], 4.0),
    ],
)
def test_expressions_evaluate(capfd, expression, values, result):
    status, out, err = run(capfd, expression, *values, "--format", "json")
    assert (status, err) == (0, "")
    record = json.loads(out)
    root = next(node for node in record["nodes"] if node["key"] == record["root"])
    assert root["value"] == pytest.approx(result)


@pytest.mark.parametrize(
    ("arguments", "message", "caret"),
    [
        (["a+"], "cannot be read", 2),
        (["a.real + b"], "attributes are not allowed", 1),
        (["__import__('os')"], "__import__ is no function here", 0),
        (["(lambda: a)()"], "functions cannot be defined here", 1),
        (["a[0]"], "indexing is not allowed", 0),
        (["import os"], "only expressions and definitions", 0),
        (["b = 1; a + 'x'*b"], "'x' is not a number", 11),
        (["a + True"], "True is not a number", 4),
        (["a + 1j"], "1j is not a number", 4),
        (["a ^ 2"], "write ** instead", 2),
        (["α + β^2"], "write ** instead", 5),
        (["a // 2"], "// has no derivative", 2),
        (["2x"], "write 2*x", 0),
        (["a < b"], "comparisons are not allowed", 0),
        (["(a, b)"], "comma", 0),
        (["sin(a, b)"], "sin takes 1 argument, and 2 given", 0),
        (["sin(x=a)"], "by position only", 0),
        (["sin(*a)"], "not allowed in front", 4),
        (["a + sinn(b)"], "sinn is no function here; there are sin", 4),
        (["x, y = a"], "one name is needed on the left", 0),
        (["c = a; c = b"], "c is defined twice", 7),
        (["a+b; a*b"], "two expressions have no name", 5),
        (["--paths", "X->Y a"], "colon", 6),
    ],
)
def test_a_bad_expression_shows_its_place(capfd, arguments, message, caret):
    status, out, err = (
        run(capfd, *arguments, "a=1", "b=2") if "--" not in arguments[0] else run(capfd, *arguments)
    )
    first, source, place = err.splitlines()
    assert (status, out) == (2, "")
    assert first.startswith("autograd-viz: error: ") and message in first
    assert place == "  " + " " * caret + "^" and source == "  " + arguments[-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["c = a/b", "a=1", "b=0"], "c = a/b is inf at a = 1, b = 0: division by zero"),
        (["1 + a/(b-b)", "a=1", "b=2"], "a/(b-b) is inf at a = 1, b = 2: division by zero"),
        (["log(a)", "a=-1"], "log(a) is nan at a = -1: outside the domain of log"),
        (["a**b", "a=-8", "b=0.5"], "a**b is nan at a = -8, b = 0.5: not a real number"),
        (["exp(a)", "a=1000"], "exp(a) is inf at a = 1000"),
        (["a + 9**9**9**9", "a=1"], "the number is too large"),
        (["a + 1e999", "a=1"], "the number is too large"),
        (["1/0 + a", "a=1"], "division by zero"),
        (["a+b", "a=1"], "no value for b; the variables are: a, b; given: a"),
        (["a+b", "a=1", "b=2", "c=3"], "c is no variable of the expression"),
        (["c = a+1", "a=1", "c=3"], "c is defined by the expression"),
        (["a", "a=2x"], "a = '2x' is no number"),
        (["a", "a=nan"], "a = nan is not a finite number"),
        (["a", "a=1", "a=2"], "a is given twice"),
        (["a", "2"], "'2' is no value"),
        (["c = d+1; d = c+1"], "the definitions go in a circle: c -> d -> c"),
        (["e = c; c = c + 1"], "the definitions go in a circle: c -> c"),
        (["c = a+1; d = a+2", "a=1"], "c, d; choose one with --root NAME"),
        (["c = a+1", "a=1", "--root", "q"], "--root q: there is no such definition"),
        ([""], "the expression is empty"),
        ([], "an expression is needed"),
        (["a", "a=1", "--mode", "forward"], "needs wrt"),
        (["a", "a=1", "--mode", "forward", "--wrt", "q"], "wrt is 'q'"),
        (["a", "a=1", "--wrt", "a"], "--wrt goes with --mode forward"),
        (["a", "a=1", "--precision", "99"], "precision is 99"),
        (["a", "a=1", "--bogus"], "--bogus"),
        (["a", "a=1", "--mode", "sideways"], "sideways"),
        (["a", "a=1", "-o", "-"], "-o - needs --format"),
        (["a", "a=1", "-o", "e.bmp"], "cannot be told from its suffix"),
        (["a", "--paths", "X->Y: 1"], "with --paths there is no expression"),
        (["--paths", "X->Y: a", "--wrt", "Q"], "--wrt Q: the graph has X, Y"),
        (["--paths", "X->Z: a; Y->Z: b"], "--wrt is needed: it could be X, Y"),
        (["--paths", "X->Y: a; Y->X: b"], "cycle"),
        (["--paths", "X->Y: a", "--limit", "0"], "--limit is 0"),
    ],
)
def test_bad_input_is_one_clear_line(capfd, arguments, message):
    status, out, err = run(capfd, *arguments)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1 and message in err


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 10_000 + "a" + ")" * 10_000,
        "(" * 500 + "a" + ")" * 500,
        "a+" * 100_000 + "a",
        "a+" * 9_000 + "a",
        "-" * 9_000 + "a",
        "a**" * 5_000 + "a",
        "sin(" * 140 + "a" + ")" * 140 + "\0",
        "9" * 5_000 + "+a",
        "\ud800 + a",
    ],
    ids=["parentheses", "500", "sum", "shorter", "minus", "powers", "nul", "digits", "surrogate"],
)
def test_monstrous_expressions_end_in_a_message(capfd, expression):
    status, out, err = run(capfd, " " + expression, "a=1")
    assert (status, out) == (2, "")
    assert len(err) < 1_000 and "Traceback" not in err


def test_a_picture_too_large_is_folded_and_says_so_beside_the_whole_tables(capfd, tmp_path):
    path = tmp_path / "e.svg"
    status, out, _ = run(capfd, *EXAMPLE, "--max-nodes", "3", "-o", str(path))
    note = "5 nodes, more than max_nodes = 3"
    assert (
        status == 0 and out.startswith(TABLE.rstrip()) and note in out and note in path.read_text()
    )


def test_root_chooses_among_several_results(capfd):
    status, out, _ = run(capfd, "c = a+1; d = a*b", "a=1", "b=2", "--root", "c")
    assert status == 0 and out.splitlines()[1].split() == ["c", "a+1", "2", "1"]


def test_an_unwritable_path_is_one_line(capfd, tmp_path):
    missing = str(tmp_path / "no" / "e.svg")
    status, _, err = run(capfd, *EXAMPLE, "-o", missing)
    assert status == 2 and err.splitlines() == [
        f"autograd-viz: error: cannot write {missing}: No such file or directory"
    ]
    status, _, err = run(capfd, *EXAMPLE, "-o", str(tmp_path), "--format", "svg")
    assert status == 2 and len(err.splitlines()) == 1 and "cannot write" in err


def test_a_link_is_written_through(capfd, tmp_path):
    real, link = tmp_path / "real.svg", tmp_path / "link.svg"
    real.write_text("old")
    os.symlink(real, link)
    assert run(capfd, *EXAMPLE, "-o", str(link))[0] == 0
    assert link.is_symlink() and real.read_text(encoding="utf-8").startswith("<svg")


def test_paths_report(capfd, tmp_path):
    path = tmp_path / "z.svg"
    graph = "X->Y: α β γ; Y->Z: δ ε ζ"
    status, out, err = run(
        capfd, "--paths", graph, "--of", "Z", "--wrt", "X", "--mode", "forward", "-o", str(path)
    )
    assert (status, err) == (0, "")
    assert out.startswith("9 paths from X to Z\n")
    assert "∂Z/∂X = αδ + αε + αζ + βδ + βε + βζ + γδ + γε + γζ\n" in out
    assert "∂Z/∂X = (α + β + γ)(δ + ε + ζ)\n" in out
    assert "∂Y/∂X = α + β + γ\n" in out and "∂Z/∂Y = δ + ε + ζ\n" in out
    svg = path.read_text(encoding="utf-8")
    assert "∂Y/∂X = α + β + γ" in svg
    for label in "αβγδεζ":
        assert f">{label}</text>" in svg


def test_paths_of_numbers_are_computed(capfd):
    out = run(capfd, "--paths", "X->Y: 1 2 3; Y->Z: 4 5 6")[1]
    assert "(1 + 2 + 3)(4 + 5 + 6) = 90" in out and "∂Z/∂Y = 15" in out


def test_thirty_stages_are_capped(capfd):
    graph = "; ".join(f"N{index}->N{index + 1}: a b c" for index in range(30))
    status, out, _ = run(capfd, "--paths", graph, "--of", "N30", "--wrt", "N0")
    assert status == 0
    assert out.startswith("205,891,132,094,649 paths from N0 to N30")
    assert "1,000 of 205,891,132,094,649 shown" in " ".join(out.split())
    assert " ".join(out.split()).count("(a + b + c)" * 30) == 3


def test_version_and_help(capfd):
    assert run(capfd, "--version")[1].startswith("autograd-viz ")
    status, out, _ = run(capfd, "--help")
    assert status == 0 and "--paths" in out and "examples:" in out


def test_python_m_viz_is_the_same_command(tmp_path):
    command = [sys.executable, "-m", "viz", *EXAMPLE, "-o", str(tmp_path / "e.svg")]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, TABLE, b"")


def test_a_terminal_without_the_signs_gets_no_traceback():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "viz", *EXAMPLE, "--theme", "dark"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0 and done.stderr == b""
    assert b"\\u2202e/\\u2202c = d" in done.stdout


@pytest.mark.parametrize(
    "words", [["-omega*t", "omega=2", "t=2"], ["-h*x", "h=2", "x=2"], ["-o*2", "o=2"]]
)
def test_expression_may_begin_like_an_option(words, capsys):
    assert main(words) == 0
    assert "value" in capsys.readouterr().out
