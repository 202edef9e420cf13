"""The stepper says what the engine's ledger says, step by step, and never a zero for unknown."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest

import autograd_core as ag
import viz
from autograd_core.graph import Graph
from viz.diagram import Tensor
from viz.groups import outputs
from viz.stepping.heat import heat_of
from viz.stepping.page import asset

from .random_graphs import random_arrays, random_scalars


def colah():
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    c, d = a + b, b + 1
    e = c * d
    c.name, d.name, e.name = "cde"
    return e, b


def same(quantity, data):
    if isinstance(quantity, Tensor):
        return quantity.shape == data.shape and (
            quantity.values is None or np.allclose(quantity.values, data, rtol=1e-12)
        )
    return math.isclose(quantity, data, rel_tol=1e-12)


def check_against_ledger(stepper, root, order):
    entries = ag.reverse.ledger(root, order=order)
    first, *frames = [frame for frame in stepper if frame.what == "cotangent"]
    graph, links = stepper._scene.graph, stepper._scene.links
    assert first.after == 1.0 and first.edges == () and first.before is None
    assert len(frames) == len(entries)
    for frame, entry in zip(frames, entries, strict=True):
        (edge,) = frame.edges
        assert links[edge].target is graph.node(entry.node)
        assert links[edge].operand is graph.node(entry.operand)
        assert links[edge].operand_index == entry.operand_index
        assert frame.node == stepper._scene.diagram.edges[edge].source
        assert same(frame.contribution, entry.contribution)
        assert same(frame.after, entry.after)
        assert (frame.before is None) == (entry.before is None)
        assert frame.before is None or same(frame.before, entry.before)


@pytest.mark.parametrize("order", ["topological", "naive"])
@pytest.mark.parametrize("mode", ["reverse", "both"])
@pytest.mark.parametrize("seed", range(15))
def test_frames_of_scalar_graphs_are_the_ledger(seed, mode, order):
    root = random_scalars(seed)
    check_against_ledger(viz.step(root, mode=mode, order=order), root, order)


@pytest.mark.parametrize("order", ["topological", "naive"])
@pytest.mark.parametrize("seed", range(10))
def test_frames_of_array_graphs_are_the_ledger(seed, order):
    root = random_arrays(seed)
    check_against_ledger(viz.step(root, order=order), root, order)


@pytest.mark.parametrize(
    "fold", [{"depth": 1}, {"depth": 2}, {"fold_repeats": True}, {"expand": ["*"]}], ids=str
)
@pytest.mark.parametrize("make", [random_scalars, random_arrays])
@pytest.mark.parametrize("seed", range(8))
def test_totals_of_folded_and_opened_graphs_are_the_cotangents(seed, make, fold):
    root = make(seed)
    stepper = viz.step(root, **fold)
    graph = stepper._scene.graph
    expected = graph.cotangents()
    last = {}
    for frame in stepper:
        if frame.index and frame.before is not None:
            assert " += " in frame.title
        name = frame.title.split(" ")[0].rpartition("/∂")[2]
        last[name] = frame.after
    names = stepper._scene.names.every
    drawn = {node for vertex in stepper._scene.vertices for node in outputs(vertex)}
    reached = {names[node]: expected[node] for node in drawn if node in expected}
    assert last.keys() == reached.keys()
    for name, total in last.items():
        if isinstance(total, float):
            assert math.isclose(total, reached[name], rel_tol=1e-9, abs_tol=1e-12)
        elif total.values is not None:
            np.testing.assert_allclose(total.values, reached[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_arithmetic_says_the_sum_that_is_made(seed):
    for frame in viz.step(random_scalars(seed), precision=12):
        if not frame.edges:
            continue
        found = re.fullmatch(
            r"\(?([^ ]+?)\)? × \(?([^ ]+?)\)? = ([^ ]+?)"
            r"(?:   \(was ([^,]+), now ([^)]+)\))?",
            frame.arithmetic,
        )
        left, right, product, was, now = (None if t is None else float(t) for t in found.groups())
        assert math.isclose(left * right, product, rel_tol=1e-9)
        assert (was is None) == (frame.before is None) == (" += " not in frame.title)
        if was is not None:
            assert math.isclose(was + product, now, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("fold", [{}, {"depth": 1}], ids=str)
def test_forward_frames_are_the_tangents(seed, fold):
    root = random_scalars(seed)
    graph = Graph.of(root)
    (x,) = (leaf.value for leaf in graph.leaves if leaf.name == "x")
    stepper = viz.step(root, mode="forward", wrt="x", **fold)
    expected = stepper._scene.graph.tangents(x)
    names = stepper._scene.names.every
    known = set()
    for frame in stepper:
        vertex = stepper._scene.vertices[frame.node]
        needed = {stepper._scene.links[i].source for i in frame.edges}
        assert needed <= known  # nothing is computed from what is not known yet
        known.add(vertex)
        if frame.what == "tangent":
            (node,) = (n for n in outputs(vertex) if f"∂{names[n]}/" in frame.title.split("=")[0])
            assert math.isclose(frame.after, expected[node], rel_tol=1e-9, abs_tol=1e-12)
    assert known == set(stepper._scene.vertices)


def test_a_dead_relu_depends_on_its_operand_with_slope_zero():
    x = ag.Value(-1.0, name="x")
    y = ag.relu(x) * 3.0
    frames = viz.step(y, mode="forward", wrt=x, names={"y": y}).frames
    assert "does not depend" not in " ".join(frame.arithmetic for frame in frames)
    assert frames[-1].arithmetic == "3 × 0 = 0"


def test_the_lecture_in_words():
    e, b = colah()
    said = [(frame.title, frame.arithmetic) for frame in viz.step(e)]
    assert said[3:] == [
        ("∂e/∂a = ∂e/∂c · ∂c/∂a", "2 × 1 = 2"),
        ("∂e/∂b = ∂e/∂c · ∂c/∂b", "2 × 1 = 2"),
        ("∂e/∂b += ∂e/∂d · ∂d/∂b", "3 × 1 = 3   (was 2, now 5)"),
    ]
    last = viz.step(e, mode="forward", wrt=b).frames[-1]
    assert last.title == "∂e/∂b = ∂e/∂c · ∂c/∂b + ∂e/∂d · ∂d/∂b"
    assert last.arithmetic == "2 × 1 + 3 × 1 = 5"


def test_naive_order_ends_in_the_wrong_number():
    x = ag.Value(2.0, name="x")
    y = x * x
    root = y + ag.tanh(y)
    right = viz.step(root).frames[-1].after
    wrong = viz.step(root, order="naive").frames[-1].after
    assert math.isclose(right, ag.reverse.cotangents(root)[x]) and wrong != right


def test_it_walks():
    e, _ = colah()
    stepper = viz.step(e, mode="both")
    assert len(stepper) == len(stepper.frames) == 11 and list(stepper) == list(stepper.frames)
    assert stepper.index == 0 and stepper.next() is stepper.frames[1] and stepper.index == 1
    assert stepper.prev() is stepper.frames[0] and stepper.prev() is stepper.frames[0]
    assert stepper.goto(-1) is stepper.frames[-1] is stepper.next()
    stepper.index = 4
    assert stepper.index == 4 and "frame 5 of 11" in repr(stepper)
    for bad in (11, -12, 1.5, True, "2"):
        with pytest.raises(viz.ArgumentError, match="index is"):
            stepper.goto(bad)
    assert stepper.index == 4


def test_stepping_leaves_grad_alone_and_works_twice():
    e, b = colah()
    assert viz.step(e).frames == viz.step(e).frames and b.grad is None


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"mode": "sideways"}, "mode is 'sideways'"),
        ({"order": "random"}, "order is 'random'"),
        ({"wrt": "b"}, "wrt is for mode='forward'"),
        ({"mode": "forward", "wrt": "q"}, "wrt is 'q'"),
        ({"theme": "blue"}, "theme is 'blue'"),
    ],
)
def test_bad_options_name_themselves(options, fault):
    with pytest.raises(viz.ArgumentError, match=fault):
        viz.step(colah()[0], **options)


def test_the_page_is_one_file_that_loads_nothing(tmp_path):
    stepper = viz.step(colah()[0])
    stepper.goto(3)
    stepper.save(tmp_path / "e.html")
    page = (tmp_path / "e.html").read_text("utf-8")
    assert page == stepper.to_html() and "index: 3" in page
    assert "default-src 'none'" in page
    assert not re.findall(r"""(?:src|href)=["'](?!#)|url\(|@import|\bfetch\(|import\(""", page)
    with pytest.raises(viz.ArgumentError, match=r"\.html"):
        stepper.save(tmp_path / "e.svg")


def test_the_module_is_small():
    assert len(asset("stepper.js").encode()) + len(asset("stepper.css").encode()) < 60_000


def test_hostile_names_cannot_end_the_script():
    x = ag.Value(1.0, name="</script><script>alert(1)</script>\u2028<!--")
    page = viz.step(x * 2.0).to_html()
    assert page.count("<script") == 2 and page.count("</script>") == 2
    data = re.search(r'id="tour">(.*?)</script>', page, re.S).group(1)
    assert "<" not in data and "alert(1)" in json.loads(data)["nodes"][1]["name"]


def test_a_large_graph_steps_through_its_fold():
    value = ag.Value(1.0, name="x")
    for _ in range(400):
        value = value * 1.001
    stepper = viz.step(value, max_nodes=20)
    assert "more than max_nodes = 20" in stepper.to_html()
    assert math.isclose(stepper.frames[-1].after, 1.001**400)


def test_a_heat_map_shows_sign_size_and_what_is_not_finite():
    heat = heat_of(np.array([[1.0, -1.0, 0.0, np.nan]]), 4)
    assert (heat["rows"], heat["columns"]) == (1, 4)
    positive, negative, zero, nan = heat["cells"]
    assert len({positive, negative, zero, nan}) == 4 and "1 not finite" in heat["caption"]
    assert "min -1, mean 0, max 1" in heat["caption"]
    large = heat_of(np.zeros((100, 3, 200)), 4)
    assert (large["rows"], large["columns"]) == (16, 32) and "block" in large["caption"]
    assert heat_of(2.0, 4) is None and heat_of(np.zeros((0, 3)), 4) is None
    assert len(heat_of(np.array([True, False]), 4)["cells"]) == 2
