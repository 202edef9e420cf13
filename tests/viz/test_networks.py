from __future__ import annotations

import networkx
import numpy as np
import pytest

import autograd_core as ag
import viz


def colah():
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    return (a + b) * (b + 1)


def square():
    x = ag.Value(3.0, name="x")
    return ag.tanh(x * x) - x


def tensor():
    x = ag.Value(np.arange(3.0), name="x")
    return (x * x).sum()


def test_nodes_and_edges_carry_what_the_graph_knows():
    graph = viz.to_networkx(colah())
    assert isinstance(graph, networkx.MultiDiGraph)
    assert list(graph) == ["e", "c", "d", "a", "b"]
    assert graph.nodes["c"]["value"] == 3.0 and graph.nodes["c"]["expression"] == "a+b"
    assert graph.nodes["a"]["kind"] == "leaf" and graph.nodes["e"]["kind"] == "root"
    assert graph.edges["c", "e", 0] == {"derivative": 2.0, "symbol": "d"}


def test_both_uses_of_an_operand_are_edges():
    x = ag.Value(3.0, name="x")
    graph = viz.to_networkx(x * x)
    assert sorted(key for _, _, key in graph.edges(keys=True)) == [0, 1]


@pytest.mark.parametrize("make", [colah, square])
@pytest.mark.parametrize("mode", [None, "reverse", "forward"])
def test_a_round_trip_draws_the_same_picture(make, mode):
    root = make()
    wrt = list(viz.to_networkx(root))[-1] if mode == "forward" else None
    direct = viz.draw(root, mode=mode, wrt=wrt, precision=3)
    again = viz.from_networkx(viz.to_networkx(root), mode=mode, wrt=wrt, precision=3)
    assert again.to_svg() == direct.to_svg()
    assert again.to_text() == direct.to_text()


def test_a_round_trip_keeps_tensors_and_constants():
    root = tensor()
    assert viz.from_networkx(viz.to_networkx(root)).to_svg() == viz.draw(root).to_svg()
    shown = viz.draw(colah(), show_constants=True)
    again = viz.from_networkx(viz.to_networkx(colah(), show_constants=True))
    assert again.to_svg() == shown.to_svg()


def test_any_graph_is_drawn_with_labels_symbols_and_numbers():
    graph = networkx.MultiDiGraph()
    graph.add_edge("u", "v", label="as it stands")
    graph.add_edge("u", "w", symbol="cos u")
    graph.add_edge("v", "w", derivative=np.float32(0.5))
    svg = viz.from_networkx(graph).to_svg()
    for label in ("as it stands", "∂w/∂u = cos u", "∂w/∂v = 0.5"):
        assert f">{label}</text>" in svg


def test_a_simple_digraph_and_integer_nodes_are_drawn():
    graph = networkx.DiGraph([(1, 2, {"derivative": 3.0}), (2, 3, {"derivative": 4.0})])
    picture = viz.from_networkx(graph, mode="forward", wrt=1)
    assert [node.sweep for node in picture.diagram.nodes] == [12.0, 3.0, 1.0]


def test_symbolic_sweeps_are_factored():
    graph = viz.from_paths("X->Y: α β γ; Y->Z: δ ε ζ")
    forward = viz.from_networkx(graph, mode="forward", wrt="X").to_svg()
    reverse = viz.from_networkx(graph, mode="reverse").to_svg()
    assert "∂Y/∂X = α + β + γ" in forward and "∂Z/∂X = (α + β + γ)(δ + ε + ζ)" in forward
    assert "∂Z/∂Y = δ + ε + ζ" in reverse and "∂Z/∂X = (α + β + γ)(δ + ε + ζ)" in reverse


def test_numeric_sweeps_are_computed():
    graph = viz.from_paths("X->Y: 1 2 3; Y->Z: 4 5 6")
    picture = viz.from_networkx(graph, mode="reverse")
    assert {node.key: node.sweep for node in picture.diagram.nodes} == {"Z": 1, "Y": 15, "X": 90}


def test_faults_of_the_graph_are_named():
    with pytest.raises(viz.ArgumentError, match="directed"):
        viz.from_networkx(networkx.MultiGraph([("a", "b")]))
    cycle = networkx.MultiDiGraph([("a", "b"), ("b", "a")])
    with pytest.raises(viz.ArgumentError, match="cycle.*a -> b -> a"):
        viz.from_networkx(cycle)
    fork = networkx.MultiDiGraph([("a", "b"), ("a", "c")])
    with pytest.raises(viz.ArgumentError, match="several roots, b, c"):
        viz.from_networkx(fork, mode="reverse")
    with pytest.raises(viz.ArgumentError, match="needs wrt"):
        viz.from_networkx(fork, mode="forward")
    with pytest.raises(viz.ArgumentError, match="of is 'z'"):
        viz.from_networkx(fork, of="z")
    assert viz.from_networkx(fork).diagram.root is None


@pytest.mark.parametrize(
    ("notation", "message", "column"),
    [
        ("X->Y α", "colon", 6),
        ("X-Y: α", "one arrow", 0),
        ("X->Y->Z: α", "one arrow", 0),
        ("->Y: α", "no name", 0),
        ("X->Y: α; Y->Z:", "no label", 13),
        ("X->Y: 1e999", "too large", 6),
    ],
)
def test_a_bad_notation_shows_the_place(notation, message, column):
    with pytest.raises(viz.ExpressionError, match=message) as caught:
        viz.from_paths(notation)
    assert caught.value.column == column
    assert str(caught.value).splitlines()[-1] == "  " + " " * column + "^"


def test_notation_refuses_nothing_and_circles():
    with pytest.raises(viz.ExpressionError, match="no edges"):
        viz.from_paths(" ; \n")
    with pytest.raises(viz.ExpressionError, match="X -> Y -> X"):
        viz.from_paths("X->Y: a; Y->X: b")
