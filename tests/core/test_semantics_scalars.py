"""Rows "scalars", "constants" and "requires_grad" of the table of semantics.

`test_semantics_table.py` says which tests hold each row.
"""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import DtypeError
from autograd_core.graph import Graph

# --- scalars -----------------------------------------------------------------------------


def test_scalar_is_held_as_a_python_float():
    for data in (2.0, np.float64(2.0), np.array(2.0)):
        value = Value(data)
        assert type(value.data) is float
        assert value.shape == ()
        assert value.dtype == np.float64


def test_scalar_arithmetic_stays_in_python_floats():
    x, y = Value(3.0), Value(2.0)
    for result in (x + y, x - y, x * y, x / y, x**y, -x, abs(x), ag.exp(x), ag.relu(x), x + 1):
        assert type(result.data) is float
    z = ag.tanh(x * y) ** 2 / (x + 1)
    z.backward()
    assert type(x.grad) is float
    assert type(y.grad) is float


def test_array_stays_the_array_that_was_given():
    array = np.arange(3.0)
    assert Value(array).data is array
    assert type((Value(array) * 2).data) is np.ndarray


@pytest.mark.parametrize(
    "reduce", [ag.sum, ag.mean, ag.prod, ag.max, ag.norm, ag.logsumexp, ag.std]
)
def test_scalar_result_of_a_reduction_behaves_as_a_scalar(reduce):
    x = Value(np.array([1.0, 2.0, 4.0]))
    y = reduce(x)
    assert type(y.data) is float
    (y * 0.5 + 1).backward()
    np.testing.assert_allclose(x.grad, 0.5 * ag.grad(reduce)(x.data))


def test_scalar_element_of_an_array_behaves_as_a_scalar():
    x = Value(np.array([1.0, 2.0]))
    y = x[1]
    assert type(y.data) is float
    (y * y).backward()
    np.testing.assert_array_equal(x.grad, [0.0, 4.0])


def test_scalar_and_array_mix_and_the_scalar_gets_the_sum():
    a, x = Value(2.0), Value(np.array([1.0, 2.0, 3.0]))
    (a * x).sum().backward()
    assert a.grad == 6.0
    assert type(a.grad) is float
    np.testing.assert_array_equal(x.grad, [2.0, 2.0, 2.0])


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: 1 / x, 0.0),
        (ag.log, 0.0),
        (ag.sqrt, 0.0),
        (ag.exp, 1000.0),
        (lambda x: x**-1.0, 0.0),
        (lambda x: x**2, 1e300),
        (ag.arcsin, 1.0),
        (ag.arccos, -1.0),
        (ag.arccosh, 1.0),
        (ag.arctanh, 1.0),
        (ag.log1p, -1.0),
        (ag.sqrt, -1.0),
        (ag.log, -1.0),
        (lambda x: x / 0.0, 1.0),
    ],
)
def test_scalar_at_a_pole_gives_what_an_array_gives_and_never_raises(f, x):
    with np.errstate(all="ignore"):
        value, slope = ag.value_and_grad(f)(x)
        (values,), (slopes,) = ag.vjp(f, np.array([x]))[0], ag.vjp(f, np.array([x]))[1](np.ones(1))
        tangent = ag.jvp(f, (x,), (1.0,))[1]
    np.testing.assert_equal(value, values)
    np.testing.assert_equal(slope, slopes[0])
    np.testing.assert_equal(tangent, slope)


# --- constants ---------------------------------------------------------------------------


@pytest.mark.parametrize("constant", [3, 3.0, True, np.float64(3), np.int64(3), np.arange(3.0)])
def test_constant_is_a_value_without_a_gradient(constant):
    x = Value(np.ones(3))
    y = (x * constant).sum()
    operand = y.operands[0].operands[1]
    y.backward(retain_graph=True)
    assert isinstance(operand, Value)
    assert operand.op is None
    assert not operand.requires_grad
    assert operand.grad is None
    np.testing.assert_array_equal(x.grad, np.broadcast_to(constant, 3))


def test_constant_appears_in_the_graph_but_not_among_its_leaves():
    x = Value(2.0)
    graph = Graph.of(x + 1)
    assert [node.value for node in graph.leaves] == [x]
    assert [node.is_constant for node in graph.nodes] == [False, False, True]


def test_constant_expression_of_constants_is_a_constant():
    c = Value(2.0, requires_grad=False) * 3
    assert c.op is None
    assert not c.requires_grad
    assert c.data == 6.0


def test_constant_on_either_side_of_every_operator():
    for f, slope in [
        (lambda x: 3 + x, 1.0),
        (lambda x: 3 - x, -1.0),
        (lambda x: 3 * x, 3.0),
        (lambda x: 3 / x, -0.75),
        (lambda x: 3**x, 9 * np.log(3)),
        (lambda x: x - 3, 1.0),
        (lambda x: x / 4, 0.25),
        (lambda x: x**3, 12.0),
    ]:
        assert ag.grad(f)(2.0) == pytest.approx(slope, rel=1e-15)


# --- requires_grad -----------------------------------------------------------------------


def test_requires_grad_is_true_by_default_for_floats():
    for data in (2.0, np.ones(3), np.float32(2), [1.0, 2.0], np.ones(2, np.float16)):
        assert Value(data).requires_grad


@pytest.mark.parametrize("data", [3, True, np.arange(3), np.array([True]), [1, 2], np.int8(3)])
def test_requires_grad_is_false_for_integers_and_booleans(data):
    value = Value(data)
    assert not value.requires_grad
    assert value.grad is None


@pytest.mark.parametrize(
    ("data", "dtype"), [(3, "int64"), (True, "bool"), (np.arange(3, dtype="int32"), "int32")]
)
def test_requires_grad_on_integers_and_booleans_raises_and_says_what_to_use(data, dtype):
    with pytest.raises(DtypeError, match=f"{dtype} data cannot require a gradient; use floating"):
        Value(data, requires_grad=True)


def test_requires_grad_false_keeps_a_float_out_of_the_graph():
    x, c = Value(2.0), Value(3.0, requires_grad=False)
    (x * c).backward()
    assert x.grad == 3.0
    assert c.grad is None


def test_requires_grad_spreads_to_every_result_that_depends_on_one():
    x, c = Value(2.0), Value(3.0, requires_grad=False)
    assert (x + c).requires_grad
    assert (c + x).requires_grad
    assert not (c + c).requires_grad


def test_requires_grad_false_operand_costs_no_derivative():
    asked = []
    product = ag.bilinear(
        "product", lambda x, y: x * y,
        vjps=(
            lambda g, out, x, y: asked.append("x") or g * y,
            lambda g, out, x, y: asked.append("y") or g * x,
        ),
    )  # fmt: skip
    w = Value(np.ones(2))
    product(np.ones(2), w).sum().backward()
    assert asked == ["y"]


def test_complex_operand_never_drops_the_gradient_in_silence():
    x = Value(2.0)
    with pytest.raises(DtypeError, match="complex"):
        x * 1j
    with pytest.raises(DtypeError, match="complex"):
        ag.exp(Value(np.ones(2))) * np.array([1j, 2.0])
