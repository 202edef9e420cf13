"""`checkpoint`: the same gradients as without it, in less memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import MutationError
from autograd_core.graph import Graph


def gradients(f, *leaves):
    """∂f/∂leaf for leaves that `f` may also close over."""
    for leaf in leaves:
        leaf.grad = None
    f().backward()
    return [leaf.grad for leaf in leaves]


def assert_same_gradients(plain, checkpointed, *leaves):
    for a, b in zip(gradients(plain, *leaves), gradients(checkpointed, *leaves), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)
        assert type(a) is type(b)


def test_checkpoint_is_one_node_that_keeps_nothing_inside():
    x = Value(0.5)
    y = ag.checkpoint(lambda x: ag.sin(ag.exp(x)))(x)
    assert y.op.name == "checkpoint"
    assert y.operands == (x,)
    assert y.data == np.sin(np.exp(0.5))
    assert ag.checkpoint(lambda x: x * 2)(3.0) == 6.0  # raw numbers compute plainly


def test_checkpoint_has_the_same_gradients_with_captured_weights():
    w, b, x = Value(np.array([0.5, -1.0])), Value(0.25), Value(np.array([1.0, 2.0]))

    def layer(x):
        return ag.tanh(w * x + b)

    def loss(wrap):
        return lambda: (wrap(layer)(wrap(layer)(x)) ** 2).sum()

    assert_same_gradients(loss(lambda f: f), loss(ag.checkpoint), w, b, x)


def test_checkpoint_with_captured_weights_of_raw_input():
    w = Value(2.0)
    ag.checkpoint(lambda x: x * w)(3.0).backward()
    assert w.grad == 3.0


def test_checkpoint_captures_an_intermediate_once():
    w, x = Value(2.0), Value(5.0)

    def loss(wrap):
        def run():
            h = w * 3.0
            return wrap(lambda x: x * h + h)(x) + h

        return run

    assert_same_gradients(loss(lambda f: f), loss(ag.checkpoint), w, x)


def test_checkpoint_gives_nested_structures_out():
    x, y, w = Value(np.ones(3)), Value(2.0), Value(np.arange(3.0))

    def f(x, y, k=1.0):
        return {"a": x * w * k, "b": (y * x.sum(), [w + y, None])}

    def loss(wrap):
        def run():
            out = wrap(f)(x, y, k=3.0)
            return (out["a"] ** 2).sum() + out["b"][0] * 2 + (out["b"][1][0] ** 3).sum()

        return run

    assert_same_gradients(loss(lambda f: f), loss(ag.checkpoint), x, y, w)
    out = ag.checkpoint(f)(x, y)
    assert list(out) == ["a", "b"]
    assert out["b"][1][1] is None
    assert out["b"][0].shape == ()


def test_checkpoint_keeps_the_dtype_of_each_output():
    x = Value(np.ones(2, np.float32))
    small, large = ag.checkpoint(lambda x: (x * 2, ag.astype(x, np.float64)))(x)
    assert small.dtype == np.float32
    assert large.dtype == np.float64
    (small.sum() + large.sum()).backward()
    assert x.grad.dtype == np.float32
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])


def test_checkpoint_leaves_integer_outputs_integers():
    _, picked = ag.checkpoint(lambda x: (x * 2, np.argmax(x)))(Value(np.array([1.0, 3.0])))
    assert np.asarray(picked.data if isinstance(picked, Value) else picked).dtype.kind == "i"


def test_checkpoints_nest():
    x, w = Value(0.5), Value(1.5)

    def f(x):
        return ag.sin(x * w)

    def loss(wrap):
        def outer(x):
            return wrap(f)(wrap(f)(x)) * w

        return lambda: wrap(outer)(wrap(outer)(x))

    assert_same_gradients(loss(lambda f: f), loss(ag.checkpoint), x, w)


def test_checkpoint_of_a_checkpoint_many_times():
    def f(x):
        return ag.sin(x) * x

    wrapped = f
    for _ in range(8):
        wrapped = ag.checkpoint(wrapped)
    assert ag.grad(wrapped)(1.0) == ag.grad(f)(1.0)


@pytest.mark.parametrize(
    "transform",
    [
        lambda f: ag.grad(ag.grad(f)),
        lambda f: ag.grad(ag.grad(ag.grad(f))),
        lambda f: lambda x: ag.hvp(f, (x,), (1.0,)),
        lambda f: lambda x: ag.jvp(f, (x,), (1.0,))[1],
        lambda f: ag.jacfwd(ag.jacrev(f)),
    ],
)
def test_checkpoint_has_the_same_higher_derivatives(transform):
    w = 1.5

    def f(x):
        return ag.sin(x * w) * ag.exp(x)

    assert transform(ag.checkpoint(f))(0.5) == pytest.approx(transform(f)(0.5), rel=1e-12)


def test_checkpoint_under_create_graph_reaches_captured_weights():
    x, w = Value(0.5), Value(1.5)

    def second(wrap):
        def run():
            x.grad = w.grad = None
            wrap(lambda x: ag.sin(x * w))(x).backward(create_graph=True)
            g, x.grad, w.grad = x.grad, None, None
            return g

        return run

    assert_same_gradients(second(lambda f: f), second(ag.checkpoint), x, w)


def test_checkpoint_heeds_no_grad_and_detach():
    with ag.no_grad():
        assert not ag.checkpoint(lambda x: x * 2)(Value(2.0)).requires_grad

    def f(x):
        with ag.no_grad():
            c = x * 5
        return x * x.detach() + c

    assert ag.grad(ag.checkpoint(f))(3.0) == 3.0


def test_checkpoint_returning_its_input_or_a_captured_value():
    x, w = Value(3.0), Value(2.0)
    for f in (lambda x: x, lambda x: w):
        ag.checkpoint(f)(x).backward()
    assert (x.grad, w.grad) == (1.0, 1.0)


def test_checkpoint_returning_its_input_gives_a_read_only_view():
    x = Value(np.ones(2))
    y = ag.checkpoint(lambda x: x)(x)
    with pytest.raises(ValueError, match="read-only"):
        y.data[0] = 5.0
    x.data[0] = 2.0


def test_hooks_inside_a_checkpoint_run_in_the_backward_pass():
    seen = []

    def f(x):
        h = x * x
        h.register_hook(seen.append)
        return h * 3

    ag.checkpoint(f)(Value(2.0)).backward()
    assert seen == [3.0]


def test_second_backward_through_a_checkpoint():
    x = Value(2.0)
    y = ag.checkpoint(lambda x: x * x)(x)
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad == 8.0


def test_checkpoint_notices_a_changed_captured_array():
    w = Value(np.ones(2))
    y = ag.checkpoint(lambda x: x * w)(Value(np.ones(2))).sum()
    w.data[:] = 5.0
    with pytest.raises(MutationError):
        y.backward()


def test_checkpoint_can_be_opened_in_the_graph():
    x = Value(0.5, name="x")
    inside = Graph.of(ag.checkpoint(lambda x: ag.sin(ag.exp(x)))(x)).root.expand()
    assert [node.op.name for node in inside.nodes if node.op] == ["sin", "exp"]


def test_checkpoint_lowers_the_peak_of_memory():
    size, blocks, depth = 20_000, 5, 10
    w = Value(np.full(size, 0.5))

    def block(x):
        for _ in range(depth):
            x = ag.sin(x * w)
        return x

    def peak(wrap):
        x = h = Value(np.ones(size))
        tracemalloc.start()
        for _ in range(blocks):
            h = wrap(block)(h)
        h.sum().backward()
        arrays = tracemalloc.get_traced_memory()[1] / w.data.nbytes
        tracemalloc.stop()
        return arrays, x.grad

    (plain, g), (lower, same) = peak(lambda f: f), peak(ag.checkpoint)
    np.testing.assert_allclose(g, same)
    assert plain > 2 * blocks * depth  # both products of every step
    assert lower < 2 * depth + 4 * blocks
