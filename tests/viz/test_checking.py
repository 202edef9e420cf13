from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd_core as ag
import nn
import viz
from viz.errors import ArgumentError
from viz.marks import BETTER, WORSE

cube = ag.elementwise("cube", lambda x: x**3, partials=(lambda out, x: 3 * x,))  # is 3 x²


def colah():
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    c = a + b
    d = b + 1
    return c * d


def test_a_right_graph_passes_at_every_leaf_and_edge():
    found = viz.check(colah())
    assert found
    assert found.ok
    assert found.report.ok
    assert {c.name: c.analytic for c in found.leaves} == {"∂e/∂a": 2.0, "∂e/∂b": 5.0}
    edges = {c.name: c.analytic for c in found.edges}
    assert edges == {"∂e/∂c": 2.0, "∂e/∂d": 3.0, "∂c/∂a": 1.0, "∂c/∂b": 1.0, "∂d/∂b": 1.0}
    for checked in (*found.leaves, *found.edges):
        assert checked.numeric == pytest.approx(checked.analytic, abs=1e-8)


def test_a_wrong_rule_is_found_on_its_edge_and_its_consequence_at_the_leaf():
    a, b = ag.Value(2.0, name="a"), ag.Value(5.0, name="b")
    found = viz.check(cube(a) * b + b)
    wrong = {c.name: (c.analytic, round(c.numeric, 4)) for c in found.edges if c.verdict == "wrong"}
    assert wrong == {"∂c/∂a": (6.0, 12.0)}
    assert {c.name: c.verdict for c in found.leaves} == {"∂e/∂a": "wrong", "∂e/∂b": "right"}
    assert not found
    assert found.report.verdicts[0].culprit == "cube, operand 0"
    assert "test_checking.py" in found.report.verdicts[0].where
    assert "WRONG RULE in cube" in str(found)


def test_the_picture_marks_right_and_wrong_by_sign_and_by_dashes():
    a, b = ag.Value(2.0, name="a"), ag.Value(5.0, name="b")
    picture = viz.check(cube(a) * b).picture
    diagram = picture.diagram
    labels = {edge.label: picture.edges[i] for i, edge in enumerate(diagram.edges)}
    assert labels == {
        "✓ ∂d/∂c = 5 ≈ 5": BETTER, "✓ ∂d/∂b = 8 ≈ 8": BETTER, "✗ ∂c/∂a = 6 ≠ 12": WORSE,
    }  # fmt: skip
    nodes = {node.name: node for node in diagram.nodes}
    assert nodes["a"].sweep == "30 ≠ 60 ✗"
    assert nodes["b"].sweep == "8 ≈ 8 ✓"
    assert "✗" in nodes["c"].detail
    outlined = {diagram.nodes[i].name: mark.color for i, mark in picture.nodes.items()}
    assert outlined == {"a": WORSE.color, "b": BETTER.color, "c": WORSE.color}
    assert BETTER.dashes != WORSE.dashes
    svg = picture.to_svg()
    ET.fromstring(svg)
    place = next(i for i, edge in enumerate(diagram.edges) if edge.label.startswith("✗"))
    assert f"-edge-{place}>.ag-line" in svg
    assert WORSE.color in svg


def test_the_page_is_marked_as_the_picture_is():
    picture = viz.check(cube(ag.Value(2.0, name="a"))).picture
    assert WORSE.color in picture.to_html("p")
    assert "#p #p-edge-0>.ag-line" in picture.to_html("p")


def test_a_kink_is_left_out_and_said_to_be():
    x = ag.Value(0.0, name="x")
    found = viz.check(ag.relu(x) * 2.0)
    assert [c.verdict for c in found.leaves] == ["left out"]
    assert found.ok
    assert "~" in found.picture.diagram.note


def test_parallel_edges_are_checked_apart():
    found = viz.check(ag.Value(3.0, name="x") ** 1 * 1.0)
    assert found.ok
    x = ag.Value(3.0, name="x")
    assert [c.name for c in viz.check(x * x).edges] == ["∂a/∂x⁽¹⁾", "∂a/∂x⁽²⁾"]


def test_arrays_say_how_many_derivatives_and_where_one_is_wrong():
    swapped = ag.primitive(
        "scaled", lambda x, w: x * w,
        vjps=(lambda g, out, x, w: g * w, lambda g, out, x, w: g * x * np.array([1.0, 2.0, 1.0])),
    )  # fmt: skip
    x, w = ag.Value([1.0, 2.0, 3.0], name="x"), ag.Value([4.0, 5.0, 6.0], name="w")
    found = viz.check(swapped(x, w).sum())
    by_name = {c.name: c for c in (*found.leaves, *found.edges)}
    assert by_name["∂b/∂x"].verdict == "right"
    assert by_name["∂b/∂x"].count == 3
    assert (by_name["∂b/∂w"].at, by_name["∂b/∂w"].analytic) == ("[1]", 4.0)
    assert by_name["∂a/∂w"].at == "[1] by [1]"
    assert by_name["∂a/∂w"].numeric == pytest.approx(2.0)


def test_large_arrays_are_checked_along_a_direction_and_a_mistake_in_one_element_is_seen():
    def vjp(g, out, x):
        wrong = np.ones(x.shape)
        wrong[123] = 1.5
        return g * 2 * x * wrong

    square = ag.primitive("square", lambda x: x**2, vjps=(vjp,))
    x = ag.Value(np.linspace(1, 2, 500), name="x")
    found = viz.check(square(x).sum())
    assert [(c.name, c.at) for c in found.edges if c.verdict == "wrong"] == [
        ("∂a/∂x", "along a direction")
    ]
    assert viz.check((x * x).sum()).ok


def test_a_float32_network_is_checked_in_float64_and_left_as_it_was():
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    before = [np.array(p.data) for p in model.parameters()]
    loss = (model(np.ones((2, 3), np.float32)) ** 2).mean()
    found = viz.check(loss)
    assert found.ok
    assert max(c.error for c in (*found.leaves, *found.edges)) < 1e-8
    for parameter, data in zip(model.parameters(), before, strict=True):
        assert parameter.data.dtype == np.float32
        np.testing.assert_array_equal(parameter.data, data)
        assert parameter.grad is None
    loss.backward()


def test_a_recurrent_layer_passes():
    layer = nn.LSTM(2, 3, rng=0)
    assert viz.check((layer(np.ones((4, 2, 2)))[0] ** 2).sum()).ok


def test_what_is_no_scalar_of_a_graph_is_refused():
    for wrong in (3.0, ag.Value(1.0), ag.Value([1.0]) * 2.0, ag.Value(2.0).detach()):
        with pytest.raises(ArgumentError, match="scalar Value"):
            viz.check(wrong)


def test_it_shows_itself_with_the_tables_as_text():
    bundle = viz.check(colah())._repr_mimebundle_()
    assert "<svg" in bundle["text/html"]
    assert "∂e/∂b  ✓  5" in bundle["text/plain"]
