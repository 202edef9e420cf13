"""The read-only view of a graph: nodes, edges, derivatives, and expressions as text."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import ArgumentError, UnsupportedError
from autograd_core.graph import Graph
from autograd_core.local import LocalDerivative


@pytest.fixture
def example():
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    c, d = a + b, b + 1
    e = c * d
    c.name, d.name, e.name = "cde"
    return Graph.of(e)


def names_of(graph):
    return {node: node.name for node in graph.nodes if node.name}


# --- nodes and edges ---------------------------------------------------------------------


def test_nodes_come_in_topological_order_root_first(example):
    assert [node.name for node in example.nodes] == ["e", "c", "d", "a", "b", None]
    assert example.root.name == "e"
    place = {node: i for i, node in enumerate(example.nodes)}
    for edge in example.edges:
        assert place[edge.node] < place[edge.operand]


def test_edges_are_keyed_by_node_and_operand_index(example):
    keys = [(edge.key[0].name, edge.key[1]) for edge in example.edges]
    assert keys == [("e", 0), ("e", 1), ("c", 0), ("c", 1), ("d", 0), ("d", 1)]
    assert len({edge.key for edge in example.edges}) == len(example.edges)
    assert [edge.derivative() for edge in example.edges] == [2.0, 3.0, 1.0, 1.0, 1.0, 1.0]


def test_a_square_has_two_edges_each_with_its_own_derivative():
    x = Value(3.0, name="x")
    graph = Graph.of(x * x)
    assert len(graph.nodes) == 2
    assert [edge.operand_index for edge in graph.edges] == [0, 1]
    assert [edge.derivative() for edge in graph.edges] == [3.0, 3.0]
    assert [edge.operand for edge in graph.edges] == [graph.node(x)] * 2
    assert len(graph.node(x).outgoing) == 2
    ratio = Graph.of(x / x)
    assert [edge.derivative() for edge in ratio.edges] == pytest.approx([1 / 3, -1 / 3])


def test_outgoing_and_incoming_are_each_others_reverse(example):
    for node in example.nodes:
        assert all(edge.node is node for edge in node.incoming)
        assert all(edge.operand is node for edge in node.outgoing)
    assert sum(len(node.incoming) for node in example.nodes) == len(example.edges)
    assert sum(len(node.outgoing) for node in example.nodes) == len(example.edges)


def test_graph_knows_its_values(example):
    assert len(example) == 6
    assert repr(example) == "Graph(6 nodes, 6 edges)"
    assert [leaf.name for leaf in example.leaves] == ["a", "b"]
    assert example.root.value in example
    assert Value(2.0) not in example
    assert 2.0 not in example
    with pytest.raises(ArgumentError, match="not in this graph"):
        example.node(Value(2.0))


def test_node_tells_about_its_value():
    with ag.scope("layer"):
        y = Value(np.ones((2, 3), np.float32)) * 2
    node = Graph.of(y).root
    assert (node.shape, node.dtype, node.scope, node.op.name) == (
        (2, 3),
        "float32",
        "layer",
        "multiply",
    )
    assert node.requires_grad
    assert not node.is_leaf
    assert "multiply" in repr(node)
    assert "multiply" in repr(node.incoming[0])


def test_graph_of_a_leaf_is_one_node():
    graph = Graph.of(Value(2.0))
    assert len(graph.nodes) == 1
    assert graph.edges == ()


def test_graph_of_something_else_raises():
    with pytest.raises(UnsupportedError, match=r"Graph\.of: got float; need a Value"):
        Graph.of(2.0)


# --- derivatives and symbols -------------------------------------------------------------

ELEMENTWISE = sorted(name for name, op in ag.ops.OPS.items() if op.partials is not None)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_every_elementwise_op_has_symbols_and_derivatives_on_its_edges(name, rng):
    op = ag.ops.OPS[name]
    for case in op.cases:
        values = [
            Value(np.asarray(x), name="xyz"[i]) for i, x in enumerate(case.draw(op.domain, rng))
        ]
        graph = Graph.of(op(*values, **case.params))
        names = {**names_of(graph), graph.root: "out"}
        assert graph.root.expression(names)
        for edge in graph.edges:
            assert edge.symbol(names).strip()
            assert edge.symbol({}).strip()
            derivative = edge.derivative()
            if isinstance(derivative, LocalDerivative):
                assert derivative.rule.strip()
            else:
                assert np.isfinite(derivative)


@pytest.mark.parametrize(
    ("f", "symbols"),
    [
        (lambda c, d: c + d, ["1", "1"]),
        (lambda c, d: c - d, ["1", "-1"]),
        (lambda c, d: c * d, ["d", "c"]),
        (lambda c, d: c / d, ["1/d", "-e/d"]),
        (lambda c, d: c**d, ["d*c**(d - 1)", "e*log(c)"]),
        (lambda c, d: -c, ["-1"]),
        (lambda c, d: ag.sin(c), ["cos(c)"]),
        (lambda c, d: ag.exp(c), ["e"]),
        (lambda c, d: ag.log(c), ["1/c"]),
        (lambda c, d: ag.tanh(c), ["1 - e*e"]),
        (lambda c, d: ag.square(c), ["2*c"]),
        (lambda c, d: ag.sqrt(c), ["0.5/e"]),
        (lambda c, d: c * c, ["c", "c"]),
        (lambda c, d: c * 3, ["3", "c"]),
    ],
)
def test_symbol_of_an_edge_is_its_derivative_in_the_names_given(f, symbols):
    c, d = Value(3.0, name="c"), Value(2.0, name="d")
    graph = Graph.of(f(c, d))
    names = {**names_of(graph), graph.root: "e"}
    assert [edge.symbol(names) for edge in graph.edges] == symbols


def test_symbol_evaluates_to_the_derivative():
    c, d = Value(1.25, name="c"), Value(2.5, name="d")
    functions = {
        name: getattr(math, name) for name in ("sin", "cos", "exp", "log", "sqrt", "sinh", "cosh")
    }
    for f in (ag.divide, ag.power, ag.arctan2, ag.multiply, ag.subtract):
        graph = Graph.of(f(c, d))
        scope = {**functions, "c": 1.25, "d": 2.5, "e": graph.root.data}
        for edge in graph.edges:
            text = edge.symbol({**names_of(graph), graph.root: "e"})
            assert eval(text, scope) == pytest.approx(edge.derivative(), rel=1e-14)


def test_edge_to_a_condition_that_has_no_derivative_can_still_be_drawn():
    graph = Graph.of(ag.where(True, Value(2.0), Value(3.0)))
    assert [edge.symbol({}) for edge in graph.edges][0]
    slopes = [edge.derivative() for edge in graph.edges if edge.operand.requires_grad]
    assert slopes == [1.0, 0.0]


def test_derivative_between_tensors_is_a_rule_with_the_jacobian_on_demand():
    w, x = Value(np.arange(6.0).reshape(2, 3), name="W"), Value(np.ones(3), name="x")
    first, second = (edge.derivative() for edge in Graph.of(w @ x).edges)
    assert (second.rule, second.shape) == ("g @ W", (2, 3))
    assert first.shape == (2, 2, 3)
    np.testing.assert_array_equal(second.jacobian(), w.data)
    np.testing.assert_array_equal(first.jacobian(), np.einsum("ik,l->ikl", np.eye(2), np.ones(3)))


def test_jacobian_beyond_the_limit_raises_and_gives_both_sizes():
    x = Value(np.ones(200))
    (edge,) = Graph.of(ag.exp(x)).edges
    with pytest.raises(
        ArgumentError, match=r"\(200, 200\), 40,000 elements; need at most limit=10,000"
    ):
        edge.derivative().jacobian()
    assert edge.derivative().jacobian(limit=40_000).shape == (200, 200)


# --- composites --------------------------------------------------------------------------


def test_composite_is_one_node_that_can_be_expanded():
    neuron = ag.composite(lambda x, w, b: ag.tanh(w * x + b), name="neuron", arity=3)
    x, w = Value(1.0, name="x"), Value(0.5, name="w")
    root = Graph.of(neuron(x, w, -0.5)).root
    assert root.is_composite
    assert root.expression({}) == "neuron(1, 0.5, -0.5)"
    inside = root.expand()
    assert [node.op.name for node in inside.nodes if node.op] == ["tanh", "add", "multiply"]
    assert {leaf.name for leaf in inside.leaves} == {"x", "w"}
    assert inside.root.data == root.data
    assert [edge.derivative() for edge in root.incoming] == pytest.approx([0.5, 1.0, 1.0])


@pytest.mark.parametrize("op", [ag.softmax, ag.log_softmax])
def test_expansion_of_a_kernel_computes_the_same(op):
    x = Value(np.array([1.0, 2.0, 4.0]))
    root = Graph.of(op(x)).root
    inside = root.expand()
    np.testing.assert_allclose(inside.root.data, root.data, rtol=1e-14)
    assert all(node.op is not op for node in inside.nodes)


def test_expanding_what_is_no_composite_raises():
    x = Value(1.0)
    for root in (Graph.of(x).root, Graph.of(x * 2).root):
        assert not root.is_composite
        with pytest.raises(ArgumentError, match="not a composite"):
            root.expand()


def test_expression_of_a_node_uses_the_names_of_its_operands(example):
    names = names_of(example)
    assert [node.expression(names) for node in example.nodes[:3]] == ["c*d", "a + b", "b + 1"]
    assert example.root.expression({}) == "(2 + 1)*(1 + 1)"


@pytest.mark.parametrize("release", [False, True])
def test_derivative_of_a_graph_whose_leaf_has_another_value_by_now_raises(release):
    x = Value(2.0)
    y = x**2
    if release:
        y.backward()
    x.data = 5.0
    with pytest.raises(ag.errors.MutationError, match="was changed after"):
        Graph.of(y).edges[0].derivative()
