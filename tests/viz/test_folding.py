"""A fold never changes a derivative, and a picture of folds has no circle."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import autograd_core as ag
import viz
from autograd_core.graph import Graph
from viz.diagram import Style
from viz.groups import Group, members, outputs
from viz.scene import scene_of
from viz.sweeps import sweep

from .random_graphs import random_arrays, random_scalars

FOLDS = [
    *({"depth": depth} for depth in (1, 2, 3)),
    {"repeats": True},
    {"depth": 1, "repeats": True},
    {"depth": 2, "repeats": True},
    {"collapse": lambda value: "products" if value.op.name == "multiply" else None},
    {"collapse": lambda value: value.op.name},
    {"most": 8},
    {"most": 15},
]


def folded(root, show_constants=False, **fold):
    return scene_of(root, None, "reverse", None, show_constants, Style(), **fold)


def same(number, expected):
    return math.isclose(number, expected, rel_tol=1e-9, abs_tol=1e-12)


# Without the addresses of functions, which differ between the processes of one run.
IDS = [str({k: "…" if callable(v) else v for k, v in fold.items()}) for fold in FOLDS]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("fold", FOLDS, ids=IDS)
def test_every_number_of_a_folded_scalar_graph_is_the_open_graphs(seed, fold):
    root = random_scalars(seed)
    scene = folded(root, **fold)
    diagram, expected = scene.diagram, ag.reverse.cotangents(root)
    for edge in diagram.edges:
        assert edge.source > edge.target  # operands come after their users: no circle
    placed = [node for vertex in scene.vertices for node in members(vertex)]
    assert len(placed) == len(set(placed))
    for vertex, node in zip(scene.vertices, diagram.nodes, strict=True):
        if len(outputs(vertex)) == 1:
            (result,) = outputs(vertex)
            assert node.value == result.data
            assert same(node.sweep, expected[result.value])
        else:
            assert node.sweep is None and node.value is None
    if all(isinstance(edge.value, float) for edge in diagram.edges):
        sums = sweep(len(diagram.nodes), diagram.edges, diagram.root, None)
        for node, total in zip(diagram.nodes, sums, strict=True):
            assert same(node.sweep, total)


@pytest.mark.parametrize("seed", range(12))
def test_an_edge_into_a_fold_carries_the_sum_over_the_paths_inside(seed):
    """Against an oracle that shares nothing: the engine's own sweep, stopped at the operands."""
    scene = folded(random_scalars(seed), depth=1)
    for link, edge in zip(scene.links, scene.diagram.edges, strict=True):
        if isinstance(link.target, Group) and len(link.target.outputs) == 1:
            (out,) = link.target.outputs
            given = {other.operand.value for other in scene.links if other.target is link.target}
            found = ag.reverse.sweep(out.value, 1.0, targets=given)
            assert same(edge.value, found[link.operand.value])


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("fold", FOLDS, ids=IDS)
def test_folding_arrays_changes_no_cotangent(seed, fold):
    root = random_arrays(seed)
    expected = ag.reverse.cotangents(root)
    scene = folded(root, **fold)
    for vertex, node in zip(scene.vertices, scene.diagram.nodes, strict=True):
        if len(outputs(vertex)) == 1:
            total = expected[outputs(vertex)[0].value]
            values = node.sweep if isinstance(node.sweep, float) else node.sweep.values
            if values is not None:
                np.testing.assert_allclose(values, total, rtol=1e-12)
    for link, edge in zip(scene.links, scene.diagram.edges, strict=True):
        if link.edge is None and edge.label is None:
            (out,) = link.target.outputs
            assert edge.value.shape == (*out.shape, *link.operand.shape)


@pytest.mark.parametrize("seed", range(4))
def test_the_same_graph_folds_to_the_same_picture_every_time(seed):
    texts = {viz.draw(random_scalars(seed), depth=2, fold_repeats=True).to_json() for _ in range(4)}
    assert len(texts) == 1


def test_constants_and_parameters_of_one_fold_are_inside_it():
    x, w = ag.Value(2.0, name="x"), ag.Value(3.0, name="w")
    with ag.scope("layer"):
        w.scope = "layer"
        y = ag.tanh(w * x + 1.0)
    picture = viz.draw(y * 2.0, depth=1, show_constants=True)
    assert [node.name for node in picture.diagram.nodes] == ["d", "c", "2", "x"]
    assert picture.diagram.nodes[1].detail == "5 nodes"


def test_a_fold_works_after_backward():
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    with ag.scope("inner"):
        e = (a + b) * (b + 1)
    root = e * e
    before = viz.draw(root, depth=1, mode="reverse").to_json()
    root.backward()
    assert viz.draw(root, depth=1, mode="reverse").to_json() == before


def test_an_operand_without_a_derivative_has_none_rather_than_zero():
    x = ag.Value(2.0, name="x")
    flag = ag.Value(1, name="flag", requires_grad=False)
    with ag.scope("choice"):
        y = ag.where(flag, x * x, x) + flag
    z = ag.where(flag, y, x)
    picture = viz.draw(z, depth=1, show_constants=True)
    edges = {
        (picture.diagram.nodes[e.source].name, picture.diagram.nodes[e.target].kind): e.value
        for e in picture.diagram.edges
    }
    assert edges["flag", "root"] is None and edges["x", "group"] == 4.0


def test_merging_takes_apart_only_what_would_need_itself():
    x = ag.Value(0.5, name="x")
    h = x
    for i in range(3):  # linear, tanh, linear, tanh: neither kind can be one node
        with ag.scope(f"{2 * i}", kind="Linear"):
            h = h * 1.1 + 0.1
        with ag.scope(f"{2 * i + 1}", kind="Tanh"):
            h = ag.tanh(h) * 1.0
    for _ in range(4):  # these can, beside them
        with ag.scope("cell", kind="Cell"):
            h = h * h + x
    kinds = [node.expression for node in viz.draw(h, fold_repeats=True).diagram.nodes]
    assert any("cell: Cell" in text and "× 4" in text for text in kinds)
    assert sum("Linear" in text for text in kinds) == 3


def test_an_edge_from_a_fold_with_several_results_names_the_result():
    x = ag.Value(2.0, name="x")
    with ag.scope("pair"):
        u, v = x * x, x + 1.0
    picture = viz.draw(u * v, names={"u": u, "v": v, "r": u * v}, depth=1)
    rows = picture.to_text()
    assert "∂a/∂u = v" in rows and "∂a/∂v = u" in rows
    group = next(node for node in picture.diagram.nodes if node.kind == "group")
    assert group.value is None and group.sweep is None and "2 results" in group.detail
    (into,) = (edge for edge in picture.diagram.edges if edge.label is not None)
    assert into.value is None and picture.to_svg().count('class="ag-label"') == 2


@pytest.mark.parametrize("scoped", [False, True])
def test_a_large_graph_is_drawn_as_its_fold_and_written_whole(scoped):
    value = leaf = ag.Value(1.0, name="x")
    for i in range(1_000):
        with ag.scope(f"block{i // 100}") if scoped else ag.enable_grad():
            value = value * 1.0001 + 0.1
    picture = viz.draw(value, max_nodes=50)
    assert len(picture.diagram.nodes) <= 50
    expected = ag.reverse.cotangents(value)[leaf]
    nodes = {node.name: node for node in picture.diagram.nodes}
    assert same(nodes["x"].sweep, expected)
    assert picture.diagram.note in picture.to_svg().replace("</text>\n", " ") or scoped
    assert len(json.loads(picture.to_json())["nodes"]) == 2_001
    assert len(viz.to_networkx(value)) == 2_001
    assert len(picture.to_text().splitlines()) == 1 + 2_001 + 1 + 1 + 2_000 + 2
    if scoped:
        assert "folded to depth 1" in picture.diagram.note and len(nodes) == 11


def test_more_is_shown_where_merging_repeats_shows_more():
    with ag.scope("net"):
        h = x = ag.Value(0.5, name="x")
        for _ in range(40):
            with ag.scope("cell", kind="Cell"):
                h = ag.tanh(h * 0.5 + x)
        out = h * 2.0
    picture = viz.draw(out, max_nodes=20)
    assert "depth 2, repeats merged" in picture.diagram.note
    assert [node.kind for node in picture.diagram.nodes] == ["root", "group", "leaf"]


def test_opened_and_folded_graphs_keep_the_engines_cotangents():
    x = ag.Value(np.array([0.1, -0.4, 0.3]), name="x")
    root = (ag.softmax(x * 2.0) ** 2).sum()
    closed = ag.reverse.cotangents(root)
    picture = viz.draw(root, mode="reverse", expand=["softmax"])
    entry = next(node for node in picture.diagram.nodes if node.name == "x")
    np.testing.assert_allclose(entry.sweep.values, closed[x], rtol=1e-12)
    again = viz.draw(root, mode="reverse", expand=["*"], depth=1)
    assert len(again.diagram.nodes) < len(picture.diagram.nodes)
    assert len(Graph.of(root, lambda value: True)) > len(Graph.of(root))


@pytest.mark.parametrize(
    ("options", "fault"),
    [({"depth": -1}, "depth is -1"), ({"depth": 1.5}, "depth"), ({"expand": "softmax"}, "list")],
)
def test_bad_folds_say_what_is_allowed(options, fault):
    with pytest.raises(viz.ArgumentError, match=fault):
        viz.draw(ag.Value(1.0) * 2.0, **options)
