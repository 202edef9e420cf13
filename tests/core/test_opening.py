"""Opened composites: the definition in their place, and the derivative unchanged."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.declare import composite
from autograd_core.graph import Graph
from autograd_core.ops import OPS

COMPOSITES = [
    pytest.param(op, case, id=f"{name}-{i}")
    for name, op in sorted(OPS.items())
    if op.definition is not None
    for i, case in enumerate(op.cases)
]


def everything(value):
    return True


def operands_of(op, case, rng):
    """One Value for each operand; those without a derivative are constants."""
    values = []
    for i, array in enumerate(case.draw(op.domain, rng)):
        domain = op.domain[min(i, len(op.domain) - 1)]
        smooth = domain.differentiable and np.asarray(array).dtype.kind == "f"
        values.append(Value(array, requires_grad=smooth))
    return values


def rooted(out, rng):
    """A scalar that depends on every element of a result."""
    return out * out if out.shape == () else (out * rng.normal(size=out.shape)).sum()


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(("op", "case"), COMPOSITES)
def test_opened_edges_compose_to_the_closed_edges_derivative(op, case, rng):
    values = operands_of(op, case, rng)
    root = rooted(op(*values, **case.params), rng)
    closed, opened = Graph.of(root), Graph.of(root, everything)
    expected, found = closed.cotangents(), opened.cotangents()
    place = {node: i for i, node in enumerate(opened.nodes)}
    assert all(place[edge.node] < place[edge.operand] for edge in opened.edges)
    assert not any(node.is_composite for node in opened.nodes)
    for value in values:
        if value.requires_grad:
            close(found[opened.node(value)], expected[closed.node(value)])
    totals = {}
    for entry in opened.ledger():
        totals[opened.node(entry.operand)] = entry.after
    for node, total in totals.items():
        close(total, found[node])


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "layer_norm", "affine", "lstm"])
def test_tangents_inside_an_opened_composite(name, rng):
    op = OPS[name]
    case = op.cases[-1]
    arrays = case.draw(op.domain, rng)
    t = Value(0.7, name="t")
    root = rooted(op(arrays[0] * t, *operands_of(op, case, rng)[1:], **case.params), rng)
    opened = Graph.of(root, everything)
    tangents, cotangents = opened.tangents(t), opened.cotangents()
    close(tangents[opened.root], cotangents[opened.node(t)])
    needed = {node for node in opened.nodes if node.requires_grad}
    assert needed <= set(tangents)
    # Across every cut of the graph ⟨cotangent, tangent⟩ is the same number; here just below root.
    (top,) = [node for node in opened.root.operands if node.requires_grad][:1]
    close(np.vdot(cotangents[top], tangents[top]), tangents[opened.root])


def test_a_captured_value_and_what_lies_behind_it_stay_as_they_are():
    w = Value(3.0, name="w")
    with ag.scope("outside"):
        behind = w * w
        captured = behind * w
    scaled = composite(lambda x: ag.tanh(x) * captured, name="scaled", arity=1)
    x = Value(0.5, name="x")
    root = scaled(x) + captured
    opened = Graph.of(root, everything)
    assert captured.scope == behind.scope == "outside"
    assert [node.scope for node in opened.nodes if node.value is behind] == ["outside"]
    expected = ag.reverse.cotangents(root)[w]
    assert opened.cotangents()[opened.node(w)] == pytest.approx(expected)


def test_a_definition_that_returns_its_operand_vanishes():
    same = composite(lambda x: x, name="same", arity=1)
    x = Value(2.0, name="x")
    opened = Graph.of(same(x * x) * 3.0, everything)
    assert [node.op.name for node in opened.nodes if node.op] == ["multiply", "multiply"]
    assert opened.cotangents()[opened.node(x)] == 12.0


def test_composites_inside_composites_are_opened_too():
    inner = composite(lambda x: ag.exp(x) + x, name="inner", arity=1)
    outer = composite(lambda x: inner(inner(x)) * x, name="outer", arity=1)
    x = Value(0.3, name="x")
    y = outer(x) * outer(x)
    expected = ag.reverse.cotangents(y)[x]
    every = Graph.of(y, everything)
    some = Graph.of(y, lambda value: value.op.name == "outer")
    assert every.cotangents()[every.node(x)] == pytest.approx(expected)
    assert some.cotangents()[some.node(x)] == pytest.approx(expected)
    assert {node.op.name for node in some.nodes if node.op} == {"multiply", "inner"}
    assert {node.scope for node in every.nodes} == {"", "outer", "outer/inner"}
    calls = {id(node.scope) for node in every.nodes if node.scope == "outer"}
    assert len(calls) == 2


@pytest.mark.parametrize("order", ["topological", "naive"])
def test_the_ledger_of_an_opened_graph_says_what_each_step_added(order):
    x = Value(np.array([0.2, -0.1]), name="x")
    root = (ag.softmax(x) * x).sum()
    opened = Graph.of(root, everything)
    known = {}
    for entry in opened.ledger(order=order):
        at = opened.node(entry.operand)
        before = known.get(at)
        assert (entry.before is None) == (before is None)
        if before is not None:
            close(entry.before, before)
        close(entry.after, entry.contribution if before is None else before + entry.contribution)
        known[at] = entry.after
    if order == "topological":
        close(known[opened.node(x)], ag.reverse.cotangents(root)[x])


def test_pull_gives_each_operand_its_share():
    x, y = Value(2.0), Value(5.0)
    node = Graph.of(x * y).root
    assert node.pull(3.0, [True, True]) == [15.0, 6.0]
    assert node.pull(3.0, [True, False]) == [15.0, None]
    chosen = Graph.of(ag.where(Value(1, requires_grad=False), x, y)).root
    assert chosen.pull(1.0, [True, True, True]) == [None, 1.0, 0.0]
