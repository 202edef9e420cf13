"""A user's own ops: the public constructors give forward, both modes, pictures and errors."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import ArgumentError, MissingRuleError, ShapeError
from autograd_core.graph import Graph

X = np.array([0.5, 1.5, -2.0])

cube = ag.elementwise(
    "cube", lambda x: x * x * x, partials=(lambda out, x: 3 * x * x,), formula="x³"
)
mirror = ag.linear("mirror", lambda x: x[::-1], vjps=(lambda g, out, x: mirror(g),))
dots = ag.bilinear(
    "dots", lambda x, y: np.sum(x * y, -1),
    vjps=(
        lambda g, out, x, y: ag.expand_dims(g, -1) * y,
        lambda g, out, x, y: ag.expand_dims(g, -1) * x,
    ),
)  # fmt: skip
square_norm = ag.primitive(
    "square_norm", lambda x: np.sum(x * x), vjps=(lambda g, out, x: 2 * g * x,)
)


def test_elementwise_gives_both_modes_and_higher_orders():
    assert ag.grad(cube)(2.0) == 12.0
    assert ag.grad(ag.grad(cube))(2.0) == 12.0
    assert ag.grad(ag.grad(ag.grad(cube)))(2.0) == 6.0
    assert ag.jvp(cube, (2.0,), (1.0,)) == (8.0, 12.0)
    np.testing.assert_array_equal(ag.jacfwd(cube)(X), np.diag(3 * X * X))
    np.testing.assert_array_equal(ag.jacrev(cube)(X), np.diag(3 * X * X))


def test_elementwise_gives_the_label_of_its_edge():
    x = Value(2.0, name="x")
    graph = Graph.of(cube(x))
    assert graph.root.expression({graph.node(x): "x"}) == "cube(x)"
    assert graph.edges[0].symbol({graph.node(x): "x"}) == "3*x*x"
    assert graph.edges[0].derivative() == 12.0


def test_elementwise_of_two_operands_is_unbroadcast():
    weigh = ag.elementwise(
        "weigh", lambda x, y: x * y + y, partials=(lambda out, x, y: y, lambda out, x, y: x + 1)
    )
    x, y = Value(np.ones((2, 3))), Value(np.arange(3.0))
    weigh(x, y).sum().backward()
    np.testing.assert_array_equal(x.grad, np.broadcast_to(y.data, (2, 3)))
    np.testing.assert_array_equal(y.grad, [4.0, 4.0, 4.0])
    row, column = Value(np.ones((1, 3))), Value(np.ones((2, 1)))
    weigh(row, column).sum().backward()
    assert row.grad.shape == (1, 3)
    assert column.grad.shape == (2, 1)


def test_elementwise_with_a_scalar_form_falls_back_where_it_raises():
    inverse = ag.elementwise(
        "inverse", lambda x: np.divide(1.0, x), scalar=lambda x: 1 / x,
        partials=(lambda out, x: -out * out,),
    )  # fmt: skip
    assert type(inverse(Value(4.0)).data) is float
    with np.errstate(divide="ignore"):
        assert inverse(Value(0.0)).data == math.inf


def test_elementwise_with_a_constant_slope_and_with_static_arguments():
    scale = ag.elementwise(
        "scale", lambda x, k=2.0, *, shift=0.0: k * x + shift,
        partials=(lambda out, x, k, shift: k,),
    )  # fmt: skip
    assert ag.grad(scale)(3.0) == 2.0
    assert ag.grad(lambda x: scale(x, 5.0, shift=1.0))(3.0) == 5.0
    assert scale(Value(3.0), k=5.0).params == {"k": 5.0, "shift": 0.0}
    with pytest.raises(ArgumentError, match=r"need scale\(x, k=2.0, shift=0.0\)"):
        scale(Value(3.0), q=1)


def test_linear_gives_forward_mode_from_its_forward():
    np.testing.assert_array_equal(ag.jacrev(mirror)(X), np.eye(3)[::-1])
    np.testing.assert_array_equal(ag.jacfwd(mirror)(X), np.eye(3)[::-1])
    out, out_dot = ag.jvp(mirror, (X,), (np.arange(3.0),))
    np.testing.assert_array_equal(out_dot, [2.0, 1.0, 0.0])


def test_bilinear_gives_the_product_rule():
    x, y = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    _, dot = ag.jvp(dots, (x, y), (np.ones((2, 3)), 2 * np.ones((2, 3))))
    np.testing.assert_array_equal(dot, 3 + 2 * x.sum(-1))
    _, dot = ag.jvp(lambda x: dots(x, y), (x,), (np.ones((2, 3)),))
    np.testing.assert_array_equal(dot, [3.0, 3.0])
    assert ag.hessian(lambda x: dots(x, x))(X) == pytest.approx(2 * np.eye(3))


def test_primitive_without_a_jvp_has_forward_mode_by_transposition():
    assert ag.jvp(square_norm, (X,), (np.ones(3),))[1] == pytest.approx(2 * X.sum())
    np.testing.assert_array_equal(ag.jacfwd(square_norm)(X), 2 * X)
    np.testing.assert_array_equal(ag.hessian(square_norm)(X), 2 * np.eye(3))
    np.testing.assert_array_equal(ag.jacfwd(ag.jacfwd(square_norm))(X), 2 * np.eye(3))


def test_primitive_with_a_jvp_uses_it():
    op = ag.primitive(
        "sine", np.sin, vjps=(lambda g, out, x: g * ag.cos(x),),
        jvp=lambda tangents, out, x: tangents[0] * 100.0,
    )  # fmt: skip
    assert ag.jvp(op, (0.0,), (1.0,))[1] == 100.0
    assert ag.grad(op)(0.0) == 1.0


def test_variadic_primitive_has_one_rule_for_all_operands():
    asked = []

    def pull(g, out, *xs, wanted):
        asked.append(wanted)
        return [g * (i + 1) if want else None for i, want in enumerate(wanted)]

    weigh = ag.primitive("weigh", lambda *xs: sum((i + 1) * x for i, x in enumerate(xs)), vjps=pull)
    x, z = Value(1.0), Value(3.0)
    weigh(x, 2.0, z).backward()
    assert (x.grad, z.grad) == (1.0, 3.0)
    assert asked == [(True, False, True)]


def test_rule_of_an_operand_without_gradient_is_never_run():
    def never(g, out, x, y):
        raise AssertionError("nobody asked")

    op = ag.bilinear("half", lambda x, y: x * y, vjps=(lambda g, out, x, y: g * y, never))
    x = Value(2.0)
    op(x, 3.0).backward()
    assert x.grad == 3.0
    assert ag.grad(lambda x: op(x, Value(5.0).detach()))(2.0) == 5.0


def test_missing_rule_raises_in_reverse_and_forward_mode_and_never_gives_zero():
    op = ag.primitive("no_rule", lambda x, y: x + y, vjps=(lambda g, out, x, y: g, None))
    assert ag.grad(lambda x: op(x, 1.0))(2.0) == 1.0
    with pytest.raises(MissingRuleError, match="no_rule: no derivative is declared for operand 1"):
        ag.grad(op, 1)(2.0, 1.0)
    with pytest.raises(MissingRuleError, match="no_rule: no derivative is declared for operand 1"):
        ag.jvp(op, (2.0, 1.0), (0.0, 1.0))


def test_rule_of_wrong_shape_raises():
    op = ag.primitive("wrong", lambda x: x * 2, vjps=(lambda g, out, x: np.ones((7,)),))
    with pytest.raises(ShapeError, match=r"wrong: the vjp of operand 0 returned shape \(7,\)"):
        op(Value(X)).sum().backward()


def test_forward_that_returns_its_input_does_not_freeze_the_users_array():
    data = np.ones(3)
    same = ag.linear("same", lambda x: x, vjps=(lambda g, out, x: g,))
    y = same(Value(data))
    with pytest.raises(ValueError, match="read-only"):
        y.data[0] = 5.0
    data[0] = 5.0


# --- composites --------------------------------------------------------------------------


def neuron_definition(x, w, b, gain=1.0):
    """A neuron."""
    return gain * ag.tanh(w * x + b)


neuron = ag.composite(neuron_definition, name="neuron", arity=3)


def test_composite_records_one_node_with_the_gradients_of_its_definition():
    leaves = [Value(1.0), Value(0.5), Value(-0.25)]
    y = neuron(*leaves, gain=2.0)
    assert y.op is neuron
    assert y.operands == tuple(leaves)
    y.backward()
    expected = ag.grad(lambda *xs: neuron_definition(*xs, gain=2.0), (0, 1, 2))(1.0, 0.5, -0.25)
    assert tuple(leaf.grad for leaf in leaves) == pytest.approx(expected)
    assert neuron.__doc__ == "A neuron."


def test_composite_differentiates_twice_and_forward():
    def plain(x):
        return neuron_definition(x, 0.5, -0.25)

    def packed(x):
        return neuron(x, 0.5, -0.25)

    assert ag.grad(ag.grad(packed))(1.0) == pytest.approx(ag.grad(ag.grad(plain))(1.0))
    assert ag.jvp(packed, (1.0,), (1.0,)) == pytest.approx(ag.jvp(plain, (1.0,), (1.0,)))


def test_composite_with_a_kernel_runs_it_and_gets_higher_orders_from_the_definition():
    calls = []

    def forward(x):
        calls.append("forward")
        t = np.tanh(x)
        return t * x, t

    def vjp(g, out, t, x, *, wanted):
        calls.append("vjp")
        return (g * (t + x * (1 - t * t)),)

    op = ag.composite(lambda x: ag.tanh(x) * x, kernel=ag.Kernel(forward, vjp), name="packed")
    x = Value(X)
    op(x).sum().backward()
    assert calls == ["forward", "vjp"]
    np.testing.assert_allclose(x.grad, ag.grad(lambda x: (ag.tanh(x) * x).sum())(X), rtol=1e-14)
    np.testing.assert_allclose(
        ag.hessian(lambda x: op(x).sum())(X), ag.hessian(lambda x: (ag.tanh(x) * x).sum())(X)
    )
    np.testing.assert_allclose(ag.jacfwd(op)(X), ag.jacrev(op)(X), rtol=1e-14)


def test_composite_must_return_one_value():
    pair = ag.composite(lambda x: (x, x), name="pair")
    with pytest.raises(ArgumentError, match="pair: the definition returned tuple; need a single"):
        pair(Value(1.0))


def test_composite_inside_a_composite():
    layer = ag.composite(lambda x, w: neuron(neuron(x, w, 0.0), w, 0.0), name="layer", arity=2)
    w = Value(0.5)
    y = layer(1.0, w)
    y.backward()
    expected = ag.grad(
        lambda w: neuron_definition(neuron_definition(1.0, w, 0.0), w, 0.0)
    )(0.5)  # fmt: skip
    assert w.grad == pytest.approx(expected)
    assert [n.op for n in Graph.of(layer(1.0, w)).root.expand().nodes if n.op] == [neuron, neuron]
