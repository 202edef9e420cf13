"""Row "freeing" of the table of semantics."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import GraphFreedError
from autograd_core.graph import Graph

HERE = Path(__file__).name


@pytest.fixture
def no_collector():
    """Memory must be given back by reference counts alone, not when the collector comes by."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_freeing_happens_while_backward_passes(no_collector):
    x = Value(np.ones(50))
    arrays, alive = [], []
    h = x
    for i in range(5):
        h = ag.sin(h)
        arrays.append(weakref.ref(h.data))
        h.register_hook(lambda g, i=i: alive.append((i, sum(r() is not None for r in arrays))))
    loss = h.sum()
    del h
    loss.backward()
    left = dict(alive)
    assert list(left) == [4, 3, 2, 1, 0]
    assert left[4] == 5
    # When node i gets its cotangent, the nodes well above it are gone already.
    assert all(left[i] <= i + 2 for i in (3, 2, 1, 0))
    assert all(array() is None for array in arrays)


def test_freeing_spares_what_the_user_holds(no_collector):
    x = Value(np.ones((2, 3)))
    hidden = ag.tanh(x)
    logits = hidden * 2.0
    loss = ag.logsumexp(logits)
    hidden_array = weakref.ref(hidden.data)
    del hidden
    assert hidden_array() is not None
    loss.backward()
    assert hidden_array() is None
    np.testing.assert_allclose(logits.data, 2 * np.tanh(np.ones((2, 3))))
    assert loss.data > 0


def test_freeing_needs_no_garbage_collector(no_collector):
    x = Value(np.ones(5))
    y = (ag.exp(x) * x).sum()
    node = weakref.ref(y)
    del y
    assert node() is None


def test_freeing_residuals_of_kernels(no_collector):
    x = Value(np.ones((4, 3)))
    y = ag.softmax(x)
    array = weakref.ref(y.data)
    loss = (y * y).sum()
    del y
    loss.backward()
    assert array() is None


@pytest.mark.parametrize("data", [2.0, np.array([2.0, 3.0])])
def test_second_backward_raises_and_names_the_op_and_the_line(data):
    x = Value(data)
    y = ag.sum(ag.exp(x) * x)  # the line that the message shall name
    y.backward()
    before = x.grad
    with pytest.raises(GraphFreedError) as caught:
        y.backward()
    text = str(caught.value)
    assert text.startswith("sum (")
    assert HERE in text
    assert "the line that the message shall name" in text
    assert "retain_graph=True" in text
    np.testing.assert_array_equal(x.grad, before)


@pytest.mark.parametrize("data", [2.0, np.array([2.0, 3.0])])
def test_second_loss_over_a_freed_intermediate_raises(data):
    x = Value(data)
    h = ag.exp(x)
    ag.sum(h * 2).backward()
    with pytest.raises(GraphFreedError, match="exp"):
        ag.sum(h * 3).backward()


@pytest.mark.parametrize("data", [2.0, np.array([2.0, 3.0])])
def test_retain_graph_allows_a_second_backward(data):
    x = Value(data)
    y = ag.sum(ag.exp(x))
    y.backward(retain_graph=True)
    y.backward()
    np.testing.assert_allclose(x.grad, 2 * np.exp(data))
    with pytest.raises(GraphFreedError):
        y.backward()


def test_float_graph_can_still_be_drawn_after_backward():
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    e = (a + b) * (b + 1)
    before = Graph.of(e)
    slopes = [edge.derivative() for edge in before.edges]
    symbols = [edge.symbol({}) for edge in before.edges]
    e.backward()
    after = Graph.of(e)
    assert [edge.derivative() for edge in after.edges] == slopes == [2.0, 3.0, 1.0, 1.0, 1.0, 1.0]
    assert [edge.symbol({}) for edge in after.edges] == symbols
    assert after.root.expression({after.node(a): "a", after.node(b): "b"})


@pytest.mark.parametrize("f", [lambda x: ag.where(True, x, 3.0), ag.norm, ag.sum, ag.identity])
def test_float_graph_of_other_ops_can_still_be_drawn_after_backward(f):
    x = Value(2.0)
    y = f(x) * 2
    y.backward()
    slopes = [edge.derivative() for edge in Graph.of(y).edges if edge.operand.requires_grad]
    assert slopes == [2.0, 1.0]


def test_array_graph_cannot_be_drawn_after_backward_and_says_so():
    y = (Value(np.ones(2)) * 2).sum()
    y.backward()
    with pytest.raises(GraphFreedError, match="retain_graph=True"):
        Graph.of(y)
