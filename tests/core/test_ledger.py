"""The ledger of a reverse sweep: one entry per edge, in order, with totals before and after."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value, reverse
from autograd_core.errors import ArgumentError, GradientError, GraphFreedError
from autograd_core.local import LocalDerivative


@pytest.fixture
def example():
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    c, d = a + b, b + 1
    e = c * d
    c.name, d.name, e.name = "cde"
    return a, b, e


def test_ledger_has_one_entry_per_edge_in_topological_order(example):
    _, _, e = example
    entries = reverse.ledger(e)
    edges = [(entry.node.name, entry.operand_index, entry.operand.name) for entry in entries]
    assert edges == [("e", 0, "c"), ("e", 1, "d"), ("c", 0, "a"), ("c", 1, "b"), ("d", 0, "b")]


def test_ledger_entries_are_upstream_times_local(example):
    _, _, e = example
    entries = reverse.ledger(e)
    assert [entry.upstream for entry in entries] == [1.0, 1.0, 2.0, 2.0, 3.0]
    assert [entry.local for entry in entries] == [2.0, 3.0, 1.0, 1.0, 1.0]
    for entry in entries:
        assert entry.contribution == entry.upstream * entry.local


def test_ledger_tells_the_total_before_and_after(example):
    a, b, e = example
    entries = reverse.ledger(e)
    totals = [(entry.before, entry.after) for entry in entries]
    assert totals == [(None, 2.0), (None, 3.0), (None, 2.0), (None, 2.0), (2.0, 5.0)]


def test_ledger_touches_no_gradient_and_releases_nothing(example):
    a, b, e = example
    reverse.ledger(e)
    reverse.ledger(e, order="naive")
    assert a.grad is None
    e.backward()
    assert (a.grad, b.grad) == (2.0, 5.0)


def contributions_to(entries, value):
    return [entry for entry in entries if entry.operand is value]


def test_contributions_to_a_leaf_add_up_to_its_gradient(rng):
    x = Value(0.7)
    h = ag.sin(x) * x
    y = h * h + ag.exp(h) * x - x / h
    entries = contributions_to(reverse.ledger(y), x)
    y.backward()
    assert len(entries) == 4
    assert sum(entry.contribution for entry in entries) == pytest.approx(x.grad, rel=1e-14)
    assert entries[-1].after == x.grad
    for earlier, later in zip(entries, entries[1:], strict=False):
        assert later.before == earlier.after


def test_two_edges_of_a_square_are_two_entries():
    x = Value(3.0)
    entries = reverse.ledger(x * x)
    assert [(entry.operand_index, entry.after) for entry in entries] == [(0, 3.0), (1, 6.0)]
    assert entries[0].operand is entries[1].operand is x


def test_ledger_starts_from_a_given_cotangent():
    x = Value(3.0)
    assert [entry.after for entry in reverse.ledger(x * 2, grad=10.0)] == [20.0]


def shared_intermediate():
    """d reaches h twice, by a short way and by a long one."""
    x = Value(3.0, name="x")
    h = x * x
    h.name = "h"
    y = h * 2.0 + ag.exp(h * 0.0) * h
    return x, y


def test_naive_order_is_wrong_where_an_intermediate_is_shared():
    x, y = shared_intermediate()
    right = contributions_to(reverse.ledger(y), x)[-1].after
    wrong = contributions_to(reverse.ledger(y, order="naive"), x)[-1].after
    y.backward()
    assert right == x.grad == 18.0
    assert wrong != right


def test_naive_order_loses_exactly_what_arrives_late():
    _, y = shared_intermediate()
    naive = reverse.ledger(y, order="naive")
    (h,) = {entry.operand for entry in naive if entry.operand.name == "h"}
    passed_on = next(entry.upstream for entry in naive if entry.node is h)
    collected = contributions_to(naive, h)[-1].after
    assert collected == 3.0
    assert passed_on < collected
    assert {(e.node, e.operand_index) for e in naive} == {
        (e.node, e.operand_index) for e in reverse.ledger(y)
    }


def test_naive_order_is_right_on_a_tree():
    a, b, c = Value(2.0), Value(3.0), Value(5.0)
    y = ag.sin(a * b) + c * 2
    for leaf in (a, b, c):
        naive = contributions_to(reverse.ledger(y, order="naive"), leaf)[-1].after
        right = contributions_to(reverse.ledger(y), leaf)[-1].after
        assert naive == right


def test_naive_order_is_right_where_only_leaves_are_shared(example):
    a, b, e = example
    naive = reverse.ledger(e, order="naive")
    assert contributions_to(naive, b)[-1].after == 5.0
    assert contributions_to(naive, a)[-1].after == 2.0


def test_unknown_order_raises(example):
    with pytest.raises(ArgumentError, match="need 'topological' or 'naive'"):
        reverse.ledger(example[2], order="reverse")


def test_ledger_of_tensors(rng):
    w, x = Value(rng.normal(size=(2, 3)), name="w"), Value(rng.normal(size=3), name="x")
    h = w @ x
    y = (h * h).sum()
    entries = reverse.ledger(y)
    assert [(e.node.op.name, e.operand_index) for e in entries] == [
        ("sum", 0), ("multiply", 0), ("multiply", 1), ("matmul", 0), ("matmul", 1),
    ]  # fmt: skip
    for entry in entries:
        assert isinstance(entry.local, LocalDerivative)
        assert entry.local.shape == entry.node.shape + entry.operand.shape
        assert np.shape(entry.contribution) == entry.operand.shape
        product = np.tensordot(entry.upstream, entry.local.jacobian(), entry.node.ndim)
        np.testing.assert_allclose(entry.contribution, product)
    y.backward()
    np.testing.assert_allclose(entries[3].after, w.grad)
    np.testing.assert_allclose(entries[4].after, x.grad)


def test_ledger_entries_of_tensors_are_not_changed_by_later_ones():
    x = Value(np.ones(2))
    entries = reverse.ledger((x * 2 + x * 3 + x).sum())
    to_x = contributions_to(entries, x)
    afters = [entry.after.tolist() for entry in to_x]
    assert sorted(after[0] for after in afters) == sorted({after[0] for after in afters})
    assert afters[-1] == [6.0, 6.0]


def test_ledger_of_a_leaf_is_empty():
    assert reverse.ledger(Value(2.0)) == []


def test_ledger_of_a_root_without_a_cotangent_raises():
    with pytest.raises(GradientError, match="shape"):
        reverse.ledger(Value(np.ones(2)) * 2)


def test_ledger_of_a_released_array_graph_raises():
    y = (Value(np.ones(2)) * 2).sum()
    y.backward()
    with pytest.raises(GraphFreedError):
        reverse.ledger(y)


def test_ledger_can_still_be_read_after_its_graph_was_released():
    x = Value(np.ones(2))
    y = (x * 2).sum()
    entries = reverse.ledger(y)
    y.backward()
    assert entries[-1].operand is x
    np.testing.assert_array_equal(entries[-1].after, x.grad)


def test_ledger_of_a_composite_is_one_entry_per_operand():
    neuron = ag.composite(lambda x, w, b: ag.tanh(w * x + b), name="neuron", arity=3)
    w, b = Value(0.5), Value(-0.5)
    entries = reverse.ledger(neuron(1.0, w, b))
    assert [(e.operand_index, e.local, e.after) for e in entries] == [(1, 1.0, 1.0), (2, 1.0, 1.0)]


def test_cotangents_are_those_of_every_node(example):
    a, b, e = example
    found = reverse.cotangents(e)
    assert {value.name: g for value, g in found.items()} == {"e": 1, "c": 2, "d": 3, "a": 2, "b": 5}
    assert a.grad is None


def test_tangents_are_those_of_every_node(example):
    _, b, e = example
    found = ag.forward.tangents(e, b)
    assert {v.name: t for v, t in found.items()} == {"e": 5, "c": 1, "d": 1, "a": 0, "b": 1}


def test_tangents_of_a_graph_with_arrays():
    x = Value(2.0)
    y = (x * np.ones(3)).sum()
    found = ag.forward.tangents(y, x)
    assert found[y] == 3.0
    assert found[x] == 1.0


def test_tangents_by_a_value_that_is_no_part_of_the_graph_raise():
    x = Value(2.0)
    with pytest.raises(GradientError, match="no part of the graph"):
        ag.forward.tangents(x * x, Value(2.0))  # equal, but another


def test_ledger_of_scalars_can_be_read_after_backward_but_not_after_a_change() -> None:
    a, b = ag.Value(2.0), ag.Value(1.0)
    e = (a + b) * (b + 1)
    before = [entry.contribution for entry in ag.reverse.ledger(e)]
    e.backward()
    assert [entry.contribution for entry in ag.reverse.ledger(e)] == before
    b.data = 3.0
    with pytest.raises(ag.errors.MutationError):
        ag.reverse.ledger(e)
