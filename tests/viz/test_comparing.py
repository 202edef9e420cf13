from __future__ import annotations

import random
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd_core as ag
import nn
import viz
from viz import matching
from viz.errors import ArgumentError
from viz.marks import BETTER, CHANGED, WORSE


def said(found):
    return [str(change) for change in found.changes]


def leaves():
    return ag.Value(2.0, name="x"), ag.Value(-3.0, name="w")


def network(*layers, x=None):
    x = np.ones((2, 3), np.float32) if x is None else x
    return (nn.Sequential(*layers)(x) ** 2).mean()


def test_a_graph_does_not_differ_from_itself_built_again():
    x, w = leaves()
    found = viz.diff(ag.tanh(x * w) + x, ag.tanh(x * w) + x)
    assert not found
    assert str(found) == "  5 nodes unchanged"
    assert found.picture.diagram.note == "nothing changed"
    assert not found.picture.nodes
    assert not found.picture.edges


def test_values_of_another_size_are_no_change():
    x, w = leaves()
    other = ag.Value(7.0, name="x")
    assert not viz.diff(x * w, other * w)


def test_an_op_that_changed_and_the_gradients_that_vanish_by_it():
    x, w = leaves()
    found = viz.diff(ag.tanh(x * w) + x, ag.relu(x * w) + x)
    assert said(found) == [
        "≠ w: gradient vanished: 0, was 4.915e-05",
        "≠ a: gradient vanished: 0, was 2.458e-05",
        "≠ b: op: relu, was tanh",
    ]


def test_an_added_layer_leaves_the_others_as_they_are():
    first, last = nn.Linear(3, 4, rng=0), nn.Linear(4, 1, rng=1)
    with ag.scope("body"):
        h = first(np.ones((2, 3), np.float32))
    one = last(h).sum()
    with ag.scope("body"):
        h = first(np.ones((2, 3), np.float32))
    two = last(ag.tanh(h)).sum()
    found = viz.diff(one, two)
    assert [(c.kind, c.what) for c in found.changes] == [
        ("added", ("tanh(a), float32 (2, 4)",)),
        ("changed", ("operands: b, weight_2, bias_2, was a, weight_2, bias_2",)),
    ]


def test_a_removed_node_is_drawn_from_the_first_graph():
    x, w = leaves()
    found = viz.diff(ag.exp(ag.tanh(x)) * w, ag.exp(x) * w)
    assert [(c.kind, c.name) for c in found.changes] == [("changed", "a"), ("removed", "a")]
    picture = found.picture
    removed = next(i for i, n in enumerate(picture.diagram.nodes) if n.detail == "− removed")
    assert picture.nodes[removed] == WORSE
    assert picture.diagram.nodes[removed].expression == "tanh(x)"
    signs = {
        edge.label: picture.edges.get(i) for i, edge in enumerate(picture.diagram.edges)
    }  # fmt: skip
    assert signs == {"": None, "+": BETTER, "−": WORSE}
    assert len({mark.dashes for mark in (BETTER, WORSE, CHANGED)}) == 3
    ET.fromstring(picture.to_svg())
    assert "− removed" in picture.to_text() or "tanh(x)" in picture.to_text()


def test_shapes_and_static_arguments_are_compared():
    x = ag.Value(np.ones((2, 3)), name="x")
    wide = ag.Value(np.ones((4, 3)), name="x")
    assert said(viz.diff(x.sum(), wide.sum())) == ["≠ x: shape: (4, 3), was (2, 3)"]
    (change,) = viz.diff(x.sum(axis=0)[0], x.sum(axis=0)[1]).changes
    assert change.what == ("arguments: a[1], was a[0]",)


def test_values_and_gradients_that_become_nan_are_named():
    x, w = leaves()
    zero = ag.Value(0.0, name="x")
    with np.errstate(all="ignore"):
        found = viz.diff(ag.log(x) * w, ag.log(zero) * w)
    text = str(found)
    assert "a: value became NaN or infinite" in text
    assert "x: gradient became NaN or infinite: inf, was 1.5" in text


def test_a_gradient_that_is_cut_off_is_named():
    x, w = leaves()
    frozen = ag.Value(-3.0, name="w", requires_grad=False)
    assert said(viz.diff(x * w, x * frozen)) == ["≠ w: gradient cut off: there is none"]


def test_names_of_the_caller_match_what_is_computed_elsewhere():
    x, w = leaves()
    hidden = ag.tanh(x)
    one = {"hidden": hidden}
    other = ag.relu(x * 2.0)
    found = viz.diff(hidden * w, other * w, names=(one, {"hidden": other}))
    assert ("changed", "hidden") in [(c.kind, c.name) for c in found.changes]


def test_time_steps_that_are_added_are_found_among_equal_ones():
    cell = nn.RNNCell(2, 3, rng=0)

    def run(steps):
        h = None
        for _ in range(steps):
            h = cell(np.ones((1, 2)), h)
        return h.sum()

    step = len(viz.to_networkx(run(6))) - len(viz.to_networkx(run(5)))
    kinds = [change.kind for change in viz.diff(run(5), run(6)).changes]
    assert kinds == ["added"] * step + ["changed"]


def test_the_picture_of_a_large_graph_shows_the_surroundings_of_the_change():
    x = ag.Value(1.0, name="x")

    def chain(at):
        y = x
        for i in range(600):
            y = ag.tanh(y) if i == at else ag.sin(y)
        return y

    found = viz.diff(chain(-1), chain(300), max_nodes=50)
    assert [c.what for c in found.changes] == [("op: tanh, was sin",)]
    picture = found.picture
    assert len(picture.diagram.nodes) == 3
    assert "598 nodes" in picture.diagram.note
    ET.fromstring(picture.to_svg())


def test_a_common_subsequence_is_longest():
    def longest(a, b):
        best = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
        for i, one in enumerate(a):
            for j, other in enumerate(b):
                best[i + 1][j + 1] = (
                    best[i][j] + 1 if one == other else max(best[i][j + 1], best[i + 1][j])
                )
        return best[-1][-1]

    chance = random.Random(0)
    for _ in range(300):
        a, b = (chance.choices("abc", k=chance.randrange(10)) for _ in range(2))
        found = matching.common(a, b)
        assert all(a[i] == b[j] for i, j in found)
        assert len(found) == longest(a, b)
        assert all(i < k and j < m for (i, j), (k, m) in zip(found, found[1:], strict=False))


def test_what_is_no_value_is_refused():
    with pytest.raises(ArgumentError, match="after is a float"):
        viz.diff(ag.Value(1.0), 2.0)
