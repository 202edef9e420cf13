"""The report: as text, as JSON, in Jupyter, and as a picture."""

from __future__ import annotations

import json

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.checking import gradcheck

cube = ag.elementwise("cube", lambda x: x**3, partials=(lambda out, x: 3 * x,))


def wrong(x, y):
    return (cube(x) * y).sum()


@pytest.fixture
def report():
    return gradcheck(wrong, (np.array([1.0, 2.0]), 3.0))


def test_a_passing_report_is_a_table_and_true():
    report = gradcheck(lambda x, y: x * y, (np.ones(2), 3.0))
    assert report
    assert (
        str(report).splitlines()[0].endswith("ok (order 1, rev and fwd, central, float64, seed 0)")
    )
    assert "✗" not in str(report)


def test_a_failing_report_says_what_where_and_what_to_do(report):
    text = str(report)
    assert "1. WRONG RULE in cube, operand 0 (reverse mode)" in text
    assert "line  test_report.py, line" in text
    assert "at [1]: analytic 6, numeric 12, error 6.0e+00" in text
    assert "✗ v0 = cube(→x←)" in text
    assert all(word in text for word in ("means", "do  "))


def test_the_worst_the_blame_and_the_arrays_can_be_had(report):
    assert report.worst.name == "x"
    (verdict,) = report.blame
    assert verdict.node.op is cube
    assert report.analytic["x"].tolist() == [9.0, 18.0]
    assert np.allclose(report.numeric["x"], [9.0, 36.0])
    assert repr(report) == "GradReport(wrong: wrong rule: cube, operand 0)"


def test_json_holds_everything_and_no_bare_nan(report):
    record = json.loads(report.to_json())
    assert record["verdicts"][0]["op"] == "cube"
    assert record["options"]["seed"] == 0
    infinite = gradcheck(lambda x: ag.sqrt(x) * 2.0, np.array([0.0]))
    (row,) = json.loads(infinite.to_json())["rows"]
    assert row["analytic"] == "inf"


def test_jupyter_gets_escaped_html():
    def f(x):
        return cube(x)

    f.__name__ = "<b>"
    html = gradcheck(f, 2.0)._repr_html_()
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


def test_a_long_name_and_a_large_graph_stay_within_100_columns():

    def deep(p):
        y = p["a_parameter_with_a_name_that_is_really_rather_long"]
        for _ in range(60):
            y = y * 1.01
        return cube(y)

    report = gradcheck(
        deep, {"a_parameter_with_a_name_that_is_really_rather_long": np.ones((2, 3))}
    )
    lines = str(report).splitlines()
    assert max(map(len, lines)) <= 100
    assert any("nodes before" in line for line in lines)
    assert any(line.startswith("✗") for line in lines)


def test_many_inputs_are_cut_short_but_failures_stay():
    xs = tuple(float(i + 1) for i in range(60))
    text = str(gradcheck(lambda *xs: sum(xs[:-1]) + cube(xs[-1]), xs))
    assert "… and 20 more" in text
    assert "input59" in text


def test_the_picture_shows_the_culprit_in_red(report):
    pytest.importorskip("viz")
    picture = report.picture()
    assert [picture.picture.diagram.nodes[i].name for i in picture.marked] == ["✗ cube"]
    svg = picture.to_svg()
    assert f"#ag-blame-node-{picture.marked[0]}>.ag-shape" in svg
    assert f'id="ag-blame-node-{picture.marked[0]}"' in svg
    assert "#b42318" in picture.to_html()
    assert "cube" in picture.to_text()


def test_the_picture_can_be_saved(report, tmp_path):
    pytest.importorskip("viz")
    for name in ("wrong.svg", "wrong.html"):
        report.picture().save(tmp_path / name)
        assert "✗ cube" in (tmp_path / name).read_text(encoding="utf-8")


def test_the_picture_of_a_check_with_parameters_can_be_drawn_afterwards():
    pytest.importorskip("viz")
    w = ag.Value(np.array([1.0, 2.0], np.float32))
    report = gradcheck(lambda x: x * cube(w), np.ones(2), params={"w": w})
    assert "✗ cube" in report.picture().to_svg()
