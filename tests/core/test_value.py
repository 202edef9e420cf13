"""Value: what it is made from, what it looks like, and what it refuses."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import ArgumentError, AutogradError, DtypeError, UnsupportedError

# --- made from ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind", "shape", "dtype"),
    [
        (2.0, float, (), "float64"),
        (np.float64(2), float, (), "float64"),
        (np.array(2.0), float, (), "float64"),
        (np.float32(2), np.float32, (), "float32"),
        (np.array(2, np.float16), np.float16, (), "float16"),
        (3, int, (), "int64"),
        (True, bool, (), "bool"),
        (np.int8(3), int, (), "int64"),
        ([1.0, 2.0], np.ndarray, (2,), "float64"),
        ([[1, 2]], np.ndarray, (1, 2), "int64"),
        ((1.0, 2.0), np.ndarray, (2,), "float64"),
        (np.zeros((0, 3)), np.ndarray, (0, 3), "float64"),
        (float("nan"), float, (), "float64"),
        (float("-inf"), float, (), "float64"),
        (np.array([np.nan, np.inf]), np.ndarray, (2,), "float64"),
        (np.ma.masked_array([1.0]).data, np.ndarray, (1,), "float64"),
    ],
)
def test_value_is_made_from(data, kind, shape, dtype):
    value = Value(data)
    assert type(value.data) is kind
    assert value.shape == shape
    assert value.ndim == len(shape)
    assert value.size == int(np.prod(shape))
    assert value.dtype == dtype


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        (None, DtypeError, "NoneType"),
        ("2.0", DtypeError, "str"),
        ({}, DtypeError, "dict"),
        (np.array([1, None]), DtypeError, "object"),
        (np.array(["a"]), DtypeError, "<U1"),
        (np.datetime64("2026-01-01"), DtypeError, "datetime64"),
        ([[1.0], [1.0, 2.0]], ArgumentError, "ragged"),
        (Value(1.0), UnsupportedError, "a Value already"),
        ([Value(1.0), Value(2.0)], UnsupportedError, "gradient"),
    ],
)
def test_value_is_not_made_from(data, error, text):
    with pytest.raises(error, match=text):
        Value(data)


def test_huge_integers_are_constants():
    assert Value(10**30).data == 10**30
    assert (Value(2.0) * 10**30).data == 2e30
    with pytest.raises(AutogradError, match="multiply"):
        Value(2.0) * 10**400


def test_nan_and_inf_pass_through():
    x = Value(float("inf"))
    y = x * 2 + 1
    y.backward()
    assert (y.data, x.grad) == (float("inf"), 2.0)


# --- looks like --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Value(2.0), "Value(2.0)"),
        (Value(2.0, name="a"), "Value(2.0, name='a')"),
        (Value(3), "Value(3, requires_grad=False)"),
        (Value(np.float32(2)), "Value(2.0, dtype=float32)"),
        (Value(2.0, requires_grad=False), "Value(2.0, requires_grad=False)"),
        (Value(2.0) * 3, "Value(6.0, op=multiply)"),
        (Value(np.array([1.0, 2.0])), "Value(array([1., 2.]))"),
        (Value(np.zeros(2, np.float32)), "Value(array([0., 0.], dtype=float32))"),
        (Value(np.eye(2)), "Value(array([[1., 0.],\n             [0., 1.]]))"),
    ],
)
def test_repr(value, text):
    assert repr(value) == text


def test_numbers_out_of_a_scalar():
    x = Value(2.5, requires_grad=False)
    assert (float(x), int(x), bool(x), x.item()) == (2.5, 2, True, 2.5)
    assert f"{Value(2.5):.3f} {Value(2.5)}" == "2.500 Value(2.5)"
    assert type(Value(np.float32(2.5)).item()) is float
    assert Value(np.array([[2.5]])).item() == 2.5
    assert not Value(0.0)
    for convert in (float, int, bool, Value.item):
        with pytest.raises(ValueError, match="."):
            convert(Value(np.ones(2)))


@pytest.mark.parametrize("convert", [float, int, math.log, np.float64, "{:d}".format])
def test_plain_number_of_a_value_with_a_gradient_is_never_taken_in_silence(convert):
    with pytest.raises((TypeError, ValueError), match=r"gradient|code 'd'"):
        convert(Value(2.5))
    filled = np.empty(2)
    with pytest.raises((TypeError, ValueError)):
        filled[0] = Value(2.5)


def test_length_and_iteration_follow_the_first_axis():
    x = Value(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    assert len(x) == 3
    rows = list(x)
    assert [row.data.tolist() for row in rows] == x.data.tolist()
    first, *_ = x
    (first * first).sum().backward()
    np.testing.assert_array_equal(x.grad, [[2.0, 4.0], [0.0, 0.0], [0.0, 0.0]])
    for function in (len, list):
        with pytest.raises(UnsupportedError, match="scalar"):
            function(Value(2.0))


# --- comparisons and identity ------------------------------------------------------------


def test_comparisons_answer_with_plain_booleans():
    x, y = Value(2.0), Value(3.0)
    assert x < y and x <= 2.0 and y > 2.5 and 3.0 >= y and x != y and x == 2.0
    assert type(x < y) is bool
    array = Value(np.array([1.0, 2.0])) < np.array([2.0, 2.0])
    assert type(array) is np.ndarray
    assert array.tolist() == [True, False]
    assert Value(float("nan")) != Value(float("nan"))


def test_values_are_told_apart_by_identity_in_sets_and_dicts():
    x, y = Value(2.0), Value(2.0)
    assert x == y
    assert hash(x) == hash(x)
    assert len({x, y}) == 2
    assert {x: "x", y: "y"}[y] == "y"
    arrays = {Value(np.ones(2)), Value(np.ones(2))}
    assert len(arrays) == 2


def test_comparison_with_something_else_is_false_and_does_not_raise():
    assert (Value(2.0) == None) is False  # noqa: E711
    assert (Value(2.0) != "a") is True


def test_builtin_functions_work_on_values():
    x, y = Value(2.0), Value(3.0)
    assert sum([x, y]).data == 5.0
    assert max(x, y) is y
    assert sorted([y, x])[0] is x
    assert abs(-x).data == 2.0
    assert pow(x, 3).data == 8.0
    assert (+x) is x


# --- methods -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min", "var", "std"])
def test_reduction_methods_are_numpys(name):
    data = np.array([[1.0, 5.0, 2.0], [4.0, 3.0, 8.0]])
    for arguments in ({}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 1)}):
        result = getattr(Value(data), name)(**arguments)
        np.testing.assert_allclose(result.data, getattr(data, name)(**arguments))


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "tanh", "sigmoid", "relu"])
def test_elementwise_methods_are_the_ops(name):
    x = Value(np.array([0.5, 2.0]))
    np.testing.assert_array_equal(getattr(x, name)().data, getattr(ag, name)(x.data))


def test_shape_methods():
    x = Value(np.arange(6.0).reshape(2, 3))
    assert x.T.shape == x.transpose().shape == x.transpose(1, 0).shape == (3, 2)
    assert x.reshape(3, 2).shape == x.reshape((3, 2)).shape == x.reshape(-1, 2).shape == (3, 2)
    assert x.reshape(6).shape == x.reshape(-1).shape == (6,)
    assert x.astype(np.float32).dtype == np.float32


def test_detach_is_a_constant_with_the_same_data():
    x = Value(np.ones(2))
    y = (x * 2).detach()
    assert y.op is None
    assert not y.requires_grad
    assert x.detach().data is x.data


# --- copies ------------------------------------------------------------------------------


def test_copy_of_a_node_keeps_its_op_and_can_be_differentiated():
    y = copy.deepcopy(Value(2.0) * 3)
    assert y.op is ag.multiply
    y.backward()
    assert y.operands[0].grad == 3.0


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]
)
def test_leaf_can_be_copied_and_pickled(duplicate):
    x = Value(np.array([1.0, 2.0]), name="w")
    x.grad = np.array([3.0, 4.0])
    y = duplicate(x)
    assert y is not x
    assert y.name == "w"
    np.testing.assert_array_equal(y.data, x.data)
    np.testing.assert_array_equal(y.grad, x.grad)
    assert y.requires_grad
