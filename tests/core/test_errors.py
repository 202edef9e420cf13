"""Row "errors" of the table of semantics: op, fault, actual values, what is needed, remedy."""

from __future__ import annotations

import inspect
import pickle

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value, errors
from autograd_core.errors import (
    ArgumentError,
    AutogradError,
    DtypeError,
    GradientError,
    LinalgError,
    MissingRuleError,
    ShapeError,
    UnsupportedError,
)

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass)]


def V(*shape):
    return Value(np.ones(shape))


def test_every_error_is_an_autograd_error_and_a_value_or_type_error():
    assert len(CLASSES) == len(errors.__all__)
    for error in CLASSES:
        assert issubclass(error, AutogradError)
        assert error is AutogradError or issubclass(error, (ValueError, TypeError))


def test_every_error_is_public_and_drawn_in_the_tree():
    for error in CLASSES:
        assert error.__name__ in errors.__all__
        assert error.__name__ in (errors.__doc__ or "")


def test_errors_travel_between_processes():
    error = pickle.loads(pickle.dumps(ShapeError("matmul: …")))
    assert type(error) is ShapeError
    assert str(error) == "matmul: …"


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: V(2, 3) @ V(4, 5),
            ShapeError,
            "matmul: inner axes differ: x is (2, 3), y is (4, 5); need x.shape[-1] == y.shape[-2]",
        ),
        (
            lambda: V(2, 3) @ V(4),
            ShapeError,
            "matmul: inner axes differ: x is (2, 3), y is (4,); need x.shape[-1] == y.shape[0]",
        ),
        (
            lambda: np.ones((2, 3)) @ V(4),
            ShapeError,
            "matmul: inner axes differ: x is (2, 3), y is (4,); need x.shape[-1] == y.shape[0]",
        ),
        (
            lambda: Value(2.0) @ V(3),
            ShapeError,
            "matmul: x is (), y is (3,); need at least one axis each (use * for scalars)",
        ),
        (
            lambda: V(2, 2, 3) @ V(5, 3, 4),
            ShapeError,
            "matmul: x is (2, 2, 3), y is (5, 3, 4); need axes before the last two that broadcast",
        ),
        (
            lambda: V(2, 3) + V(4, 3),
            ShapeError,
            "add: operands do not broadcast: x is (2, 3), y is (4, 3); axis -2 has sizes 2 and 4; "
            "need equal sizes or 1 (insert axes with expand_dims or reshape)",
        ),
        (
            lambda: V(6).reshape(4, 2),
            ShapeError,
            "reshape: x is (6,), 6 elements; need a shape with as many, got (4, 2)",
        ),
        (
            lambda: ag.concatenate([V(2, 3), V(2, 4)]),
            ShapeError,
            "concatenate: shapes are (2, 3), (2, 4); need equal sizes except along axis 0",
        ),
        (
            lambda: ag.stack([V(2), V(3)]),
            ShapeError,
            "stack: shapes are (2,), (3,); need equal ones",
        ),
        (
            lambda: ag.inv(V(2, 3)),
            ShapeError,
            "inv: x is (2, 3); need square matrices in the last two axes",
        ),
        (
            lambda: ag.sin(),
            ArgumentError,
            "sin: got 0 arguments; need sin(x)",
        ),
        (
            lambda: ag.sum(V(2), axes=0),
            ArgumentError,
            "sum: no argument 'axes'; need sum(x, axis=None, keepdims=False)",
        ),
        (
            lambda: ag.sum(V(2), 0, axis=0),
            ArgumentError,
            "sum: argument 'axis' given twice; need sum(x, axis=None, keepdims=False)",
        ),
        (
            lambda: ag.reshape(V(2)),
            ArgumentError,
            "reshape: shape is missing; need reshape(x, shape)",
        ),
        (
            lambda: ag.split(V(5), 2),
            ArgumentError,
            "split: axis 0 has size 5; need a divisor of it, got 2",
        ),
        (
            lambda: ag.gelu(V(2), approximate="erf"),
            ArgumentError,
            "gelu: approximate is 'erf'; need 'none' or 'tanh'",
        ),
        (
            lambda: ag.grad(lambda x: x * 2)(np.ones(3)),
            GradientError,
            "grad: the function returned shape (3,); need a scalar (reduce it, for instance with "
            ".sum(), or use jacrev)",
        ),
        (
            lambda: ag.grad(lambda x: x * 2.0)(3),
            DtypeError,
            "grad: an argument is 3, which has no gradient; need floating-point data, or leave it "
            "out of argnums",
        ),
        (
            lambda: Value(3, requires_grad=True),
            DtypeError,
            "Value: int64 data cannot require a gradient; use floating-point data, such as 3.0",
        ),
    ],
)
def test_error_says_exactly(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("call", "error", "parts"),
    [
        (lambda: V(3)[5], ArgumentError, ["getitem", "index 5", "size 3"]),
        (lambda: V(2, 3).sum(axis=2), ArgumentError, ["sum", "axis 2", "(2, 3)"]),
        (lambda: ag.inv(Value(np.zeros((2, 2)))), LinalgError, ["inv", "ingular"]),
        (lambda: ag.cholesky(Value(-np.eye(2))), LinalgError, ["cholesky", "positive definite"]),
        (lambda: ag.solve(Value(np.zeros((2, 2))), V(2)), LinalgError, ["solve", "ingular"]),
        (lambda: ag.einsum("ij,jk->ik", V(2, 3), V(4, 5)), ValueError, ["einsum", "'j'", "3", "4"]),
        (lambda: ag.einsum("ij,jk", V(2, 3)), ArgumentError, ["einsum", "2 operands", "1"]),
        (lambda: ag.einsum("ijk", V(2, 3)), ArgumentError, ["einsum", "3 axes", "(2, 3)"]),
        (lambda: ag.concatenate([]), ArgumentError, ["concatenate", "at least one"]),
        (lambda: ag.concatenate([Value(1.0)]), ValueError, ["concatenate"]),
        (lambda: ag.broadcast_to(V(3), (2, 4)), ShapeError, ["broadcast_to", "(3,)", "(2, 4)"]),
        (lambda: ag.tensordot(V(2, 3), V(3, 2)), ShapeError, ["tensordot", "(2, 3)"]),
        (lambda: ag.pad(V(3), 1, mode="mirror"), ArgumentError, ["pad", "'mirror'", "reflect"]),
        (lambda: ag.norm(V(3), ord=0.5), ArgumentError, ["norm", "0.5", "at least 1"]),
        (lambda: Value(1.0) + "a", DtypeError, ["str", "need numbers"]),
        (lambda: Value(1.0) * None, DtypeError, ["NoneType", "need numbers"]),
        (lambda: V(2) @ None, DtypeError, ["NoneType", "need numbers"]),
        (lambda: ag.grad(lambda x: x, 2)(1.0), ArgumentError, ["grad", "argument 2", "are 1"]),
        (lambda: ag.jvp(ag.sin, (V(2),), (1.0,)), ShapeError, ["jvp", "()", "(2,)"]),
        (lambda: ag.jvp(ag.sin, (1.0,), ()), ArgumentError, ["jvp", "0 tangents", "1 primals"]),
        (lambda: ag.vjp(ag.sin, np.ones(2))[1](1.0), ShapeError, ["vjp", "()", "(2,)"]),
        (lambda: len(Value(1.0)), UnsupportedError, ["len", "scalar"]),
        (lambda: Value(5.0) // 2, UnsupportedError, ["floor_divide"]),
    ],
)
def test_error_mentions(call, error, parts):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, AutogradError)
    for part in parts:
        assert part in str(caught.value)


def test_missing_rule_names_op_operand_and_remedy():
    op = ag.primitive("lookup", lambda x, y: x + y, vjps=(None, lambda g, out, x, y: g))
    with pytest.raises(MissingRuleError) as caught:
        op(Value(1.0, name="table"), 2.0).backward()
    assert str(caught.value) == (
        "lookup: no derivative is declared for operand 0 (leaf 'table'); "
        "detach() it if it shall count as a constant"
    )


def test_rule_of_wrong_shape_names_op_operand_and_both_shapes():
    op = ag.primitive("twist", np.sin, vjps=(lambda g, out, x: np.ones(5),))
    with pytest.raises(ShapeError) as caught:
        op(V(2)).sum().backward()
    assert str(caught.value) == (
        "twist: the vjp of operand 0 returned shape (5,); "
        "need (2,), or a shape that it broadcasts to"
    )


def test_rule_that_returns_nothing_raises_and_is_not_taken_as_zero():
    op = ag.primitive("forgot", np.sin, vjps=(lambda g, out, x: None,))
    x = Value(1.0)
    with pytest.raises(AutogradError, match="forgot.*operand 0"):
        (op(x) + x).backward()
    with pytest.raises(AutogradError, match="forgot.*operand 0"):
        op(V(2)).sum().backward()


def test_error_of_an_op_keeps_numpys_as_its_cause():
    with pytest.raises(ShapeError) as caught:
        V(2, 3) @ V(4, 5)
    assert isinstance(caught.value.__cause__, ValueError)


def test_error_on_raw_arrays_is_the_same():
    with pytest.raises(ShapeError, match="matmul: inner axes differ"):
        ag.matmul(np.ones((2, 3)), np.ones((4, 5)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: float(V(2)),
        lambda: int(V(2)),
        lambda: V(2).item(),
        lambda: bool(V(2)),
    ],
)
def test_conversion_of_an_array_to_a_number_raises_a_value_error(call):
    with pytest.raises(ValueError, match="."):
        call()
