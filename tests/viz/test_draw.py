from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

import autograd_core as ag
import viz
from viz.naming import assign_names


def nodes_of(picture):
    return {node.key: node for node in picture.diagram.nodes}


def labels_of(picture):
    from viz.labels import edge_lines

    return [" / ".join(edge_lines(picture.diagram, edge)) for edge in picture.diagram.edges]


def colah():
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    c = a + b
    d = b + 1
    return c * d, a, b


def test_reverse_mode_puts_the_gradients_into_the_nodes():
    e, _, _ = colah()
    sweep = {key: node.sweep for key, node in nodes_of(viz.draw(e, mode="reverse")).items()}
    assert sweep == {"e": 1.0, "c": 2.0, "d": 3.0, "a": 2.0, "b": 5.0}


def test_forward_mode_puts_the_tangents_into_the_nodes():
    e, _, b = colah()
    for wrt in (b, "b"):
        picture = viz.draw(e, mode="forward", wrt=wrt)
        sweep = {key: node.sweep for key, node in nodes_of(picture).items()}
        assert sweep == {"e": 5.0, "c": 1.0, "d": 1.0, "a": 0.0, "b": 1.0}
        assert "∂e/∂b = 5" in picture.to_svg()


def test_sweeps_leave_grad_alone():
    e, a, b = colah()
    viz.draw(e, mode="reverse").to_svg()
    viz.draw(e, mode="forward", wrt=b).to_svg()
    assert a.grad is None and b.grad is None


def test_drawing_works_after_backward():
    e, _, b = colah()
    e.backward()
    assert b.grad == 5.0
    assert "∂e/∂b = 5" in viz.draw(e, mode="reverse").to_svg()


def test_a_released_tensor_graph_says_so():
    x = ag.Value(np.ones(3), name="x")
    y = ag.exp(x).sum()
    y.backward()
    with pytest.raises(ag.errors.GraphFreedError):
        viz.draw(y)


def test_forward_mode_needs_a_wrt_of_the_graph():
    e, _, _ = colah()
    with pytest.raises(viz.ArgumentError, match="needs wrt"):
        viz.draw(e, mode="forward")
    with pytest.raises(viz.ArgumentError, match=r"wrt is 'q'.*e, c, d, a, b"):
        viz.draw(e, mode="forward", wrt="q")
    with pytest.raises(viz.ArgumentError, match="wrt"):
        viz.draw(e, mode="forward", wrt=ag.Value(1.0))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("mode", "sideways"),
        ("rankdir", "up"),
        ("theme", "blue"),
        ("edge_label", "some"),
        ("precision", 0),
        ("precision", 2.5),
        ("max_nodes", 0),
    ],
)
def test_bad_options_name_themselves_and_what_is_allowed(option, value):
    with pytest.raises(viz.ArgumentError, match=rf"{option} is {value!r}; it must be"):
        viz.draw(colah()[0], **{option: value})


def test_both_edges_of_x_times_x_are_drawn_and_told_apart():
    x = ag.Value(3.0, name="x")
    picture = viz.draw(x * x, names={"y": None})
    assert labels_of(picture) == ["∂a/∂x⁽¹⁾ = 3", "∂a/∂x⁽²⁾ = 3"]
    assert picture.to_svg().count('class="ag-edge"') == 2
    assert picture.to_svg().count('class="ag-label"') == 2


@pytest.mark.parametrize(
    ("edge_label", "expected"),
    [
        ("both", ["∂e/∂c = 2", "∂e/∂d = 3", "∂c/∂a = 1", "∂c/∂b = 1", "∂d/∂b = 1"]),
        ("symbol", ["∂e/∂c = d", "∂e/∂d = c", "∂c/∂a = 1", "∂c/∂b = 1", "∂d/∂b = 1"]),
        ("value", ["2", "3", "1", "1", "1"]),
        ("none", ["", "", "", "", ""]),
    ],
)
def test_edge_label_says_what_is_asked(edge_label, expected):
    picture = viz.draw(colah()[0], edge_label=edge_label)
    assert labels_of(picture) == expected
    assert picture.to_svg().count('class="ag-label"') == (5 if edge_label != "none" else 0)
    assert picture.to_svg().count('class="ag-arrow"') == 5


def test_names_win_over_the_values_own():
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0)
    result = a * b
    picture = viz.draw(result, names={"first": a, "out": result, "other": ag.Value(3.0)})
    assert [node.name for node in picture.diagram.nodes] == ["out", "first", "a"]


def test_smallest_unused_letters_leaves_first_root_last():
    x, y, b = ag.Value(1.0), ag.Value(2.0), ag.Value(3.0, name="b")
    root = (x * y + b) * x
    names = assign_names(ag.graph.Graph.of(root))
    by_value = {node.value: name for node, name in names.every.items()}
    assert (by_value[x], by_value[y], by_value[b]) == ("a", "c", "b")
    assert by_value[root] == max(by_value.values()) == "f"


def test_letters_go_on_after_z():
    total = ag.Value(0.0)
    for _ in range(30):
        total = total + ag.Value(1.0)
    names = {node.name for node in viz.draw(total).diagram.nodes}
    assert len(names) == 61 and {"a", "z", "a1", "b1", "a2"} <= names


def test_equal_names_are_told_apart():
    x, y = ag.Value(1.0, name="x"), ag.Value(2.0, name="x")
    names = [node.name for node in viz.draw(x + y).diagram.nodes]
    assert len(set(names)) == 3 and {"x", "x_2"} <= set(names)


def test_constants_are_drawn_on_request_only():
    x = ag.Value(2.0, name="x")
    root = x + 1
    assert [node.kind for node in viz.draw(root).diagram.nodes] == ["root", "leaf"]
    shown = viz.draw(root, show_constants=True)
    assert {node.kind for node in shown.diagram.nodes} == {"root", "leaf", "constant"}
    assert len(shown.diagram.edges) == 2 and "a = x+1" in shown.to_svg()


def test_two_equal_constants_are_two_nodes():
    x = ag.Value(2.0, name="x")
    picture = viz.draw((x + 1) * (x - 1), show_constants=True)
    constants = [node for node in picture.diagram.nodes if node.kind == "constant"]
    assert [node.name for node in constants] == ["1", "1"]
    assert len({node.key for node in constants}) == 2


def test_a_leaf_alone_is_a_picture():
    picture = viz.draw(ag.Value(2.0, name="x"), mode="reverse")
    assert "x = 2" in picture.to_svg() and picture.diagram.edges == ()


def test_a_constant_alone_is_a_picture():
    assert "<ellipse" in viz.draw(ag.Value(2.0, requires_grad=False)).to_svg()


def test_tensors_show_shape_and_rule_never_a_number():
    weight = ag.Value(np.ones((5, 3)), name="W")
    x = ag.Value(np.ones(3), name="x")
    picture = viz.draw((weight @ x).sum(), mode="reverse")
    svg = picture.to_svg()
    assert "W: float64 (5, 3)" in svg and "x = [1, 1, 1]" in svg
    assert "shape (5, 5, 3)" in svg
    for edge in json.loads(picture.to_json())["edges"]:
        assert edge["derivative"]["rule"] and edge["derivative"]["values"] is None
    reverse = {node["name"]: node["sweep"] for node in json.loads(picture.to_json())["nodes"]}
    assert reverse["x"]["values"] == [5.0, 5.0, 5.0]


def test_a_tensor_root_is_drawn_without_a_sweep():
    x = ag.Value(np.ones(8), name="x")
    picture = viz.draw(x * 2.0)
    assert "float64 (8,)" in picture.to_svg()
    assert all(node.sweep is None for node in picture.diagram.nodes)


def test_forward_mode_refuses_a_tensor_wrt():
    x = ag.Value(np.ones(3), name="x")
    with pytest.raises(viz.ArgumentError, match=r"scalar wrt; x has shape \(3,\)"):
        viz.draw(x.sum(), mode="forward", wrt=x)


def test_precision_rounds_what_is_shown_and_not_what_is_stored():
    picture = viz.draw(ag.Value(1 / 3, name="x") * 1.0, precision=2)
    assert "x = 0.33<" in picture.to_svg()
    assert json.loads(picture.to_json())["nodes"][1]["value"] == 1 / 3


def test_a_long_chain_is_written_without_recursion():
    value = ag.Value(1.0, name="x")
    for _ in range(5_000):
        value = value + 1.0
    picture = viz.draw(value)
    assert picture.to_text().count("\n") > 10_000
    assert len(json.loads(picture.to_json(indent=None))["nodes"]) == 5_001
    assert viz.path_count(value, "x") == 1 and viz.path_sum(value, "x") == 1.0


def test_importing_viz_loads_neither_wasm_nor_networkx():
    code = "import sys, viz; print({'wasmtime', 'networkx', 'graphviz'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
