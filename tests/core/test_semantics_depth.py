"""Row "depth" of the table of semantics: nothing recurses along the graph."""

from __future__ import annotations

import math
import sys
import weakref

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value, forward, reverse
from autograd_core.graph import Graph

DEEP = 100_000


@pytest.fixture(autouse=True)
def default_recursion_limit():
    """The limit that a user's interpreter has, whatever the test runner set."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(before)


def chain(x, n):
    for _ in range(n):
        x = x + 1.0
    return x


@pytest.mark.slow
def test_depth_of_a_million_ops():
    x = Value(0.0)
    y = chain(x, 1_000_000)
    assert y.data == 1e6
    y.backward()
    assert x.grad == 1.0
    gone = weakref.ref(y)
    del y
    assert gone() is None


def test_depth_of_a_chain_of_scalars():
    x = Value(0.0)
    y = chain(x, DEEP)
    y.backward()
    assert x.grad == 1.0
    gone = weakref.ref(y)
    del y
    assert gone() is None


def test_depth_of_a_chain_of_arrays():
    x = Value(np.zeros(3))
    y = chain(x, DEEP).sum()
    y.backward()
    np.testing.assert_array_equal(x.grad, [1.0, 1.0, 1.0])
    gone = weakref.ref(y)
    del y
    assert gone() is None


def test_depth_of_a_chain_that_is_dropped_undifferentiated():
    y = chain(Value(np.zeros(3)), DEEP)
    gone = weakref.ref(y)
    del y
    assert gone() is None


def test_depth_of_the_graph_view():
    x = Value(0.0)
    y = chain(x, DEEP)
    graph = Graph.of(y)
    assert len(graph.nodes) == 2 * DEEP + 1  # with a constant each
    assert len(graph.edges) == 2 * DEEP
    assert graph.edges[-1].derivative() == 1.0
    assert graph.node(x).outgoing[0].operand_index == 0
    last = graph.node(y.operands[0])
    assert graph.root.expression({last: "u"}) == "u + 1"


def test_depth_of_an_expression_written_out():
    y = x = Value(1.0, name="x")
    for _ in range(5_000):
        y = ag.sin(y)
    graph = Graph.of(y)
    text = graph.root.expression({graph.node(x): "x"})
    assert text == "sin(" * 5_000 + "x" + ")" * 5_000


def test_depth_of_forward_mode():
    x = Value(1.0)
    y = chain(x, DEEP)
    assert forward.sweep(y, {x: 1.0}) == 1.0


def test_depth_of_the_ledger():
    x = Value(1.0)
    y = chain(x, 20_000)
    assert len(reverse.ledger(y)) == 20_000
    assert len(reverse.ledger(y, order="naive")) == 20_000


def test_depth_of_second_derivatives():
    n = 5_000

    def f(x):
        for _ in range(n):
            x = ag.sin(x)
        return x

    x, slope, curve = 1.0, 1.0, 0.0  # (sin∘u)'' = −sin(u) u'² + cos(u) u''
    for _ in range(n):
        curve = -math.sin(x) * slope**2 + math.cos(x) * curve
        slope *= math.cos(x)
        x = math.sin(x)
    assert ag.grad(f)(1.0) == pytest.approx(slope, rel=1e-9)
    assert ag.grad(ag.grad(f))(1.0) == pytest.approx(curve, rel=1e-9)
    assert ag.hvp(f, (1.0,), (1.0,)) == pytest.approx(curve, rel=1e-9)


def test_depth_under_no_grad_keeps_nothing():
    x = Value(0.0)
    y = x
    with ag.no_grad():
        first = None
        for _ in range(1000):
            y = y + 1.0
            first = first or weakref.ref(y)
    assert y.data == 1000.0
    assert first() is None


def test_wide_graph_of_one_value_used_many_times():
    x, total = Value(1.0), 0.0
    for _ in range(DEEP):
        total = total + x
    total.backward()
    assert x.grad == DEEP


def test_wide_graph_of_many_leaves():
    xs = [Value(float(i)) for i in range(1_500)]
    (ag.stack(xs) * 2).sum().backward()
    assert all(x.grad == 2.0 for x in xs)


def test_joining_many_operands_costs_linear_work():
    """Each operand's cotangent is a slice: the work per operand must not grow with their number."""

    def calls(n):
        xs = [Value(np.ones(1)) for _ in range(n)]
        y = ag.concatenate(xs).sum()
        count = 0

        def counting(frame, event, argument):
            nonlocal count
            count += 1

        sys.setprofile(counting)
        try:
            y.backward()
        finally:
            sys.setprofile(None)
        return count

    assert calls(200) < 3 * calls(100)


def test_diamonds_are_walked_once_not_once_per_path():
    x = Value(1.0)
    y = x
    for _ in range(200):  # 2²⁰⁰ paths
        y = (y + y) * 0.5
    y.backward()
    assert x.grad == 1.0
