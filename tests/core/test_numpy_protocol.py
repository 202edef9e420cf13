"""Row "numpy" of the table of semantics: dispatch through the array protocols, or raise."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import AutogradError, UnsupportedError

A = np.array([[1.0, 2.0], [3.0, 5.0]])


@pytest.fixture
def v():
    return Value(np.array([0.5, 0.25]), name="v")


@pytest.fixture
def m():
    return Value(A.copy(), name="m")


@pytest.mark.parametrize(
    ("call", "op"),
    [
        (lambda v, m: np.exp(v), "exp"),
        (lambda v, m: np.add(v, 1), "add"),
        (lambda v, m: np.arctan2(v, 2.0), "arctan2"),
        (lambda v, m: np.concatenate([v, v]), "concatenate"),
        (lambda v, m: np.concatenate((np.ones(2), v)), "concatenate"),
        (lambda v, m: np.stack([v, v]), "stack"),
        (lambda v, m: A @ v, "matmul"),
        (lambda v, m: m @ A, "matmul"),
        (lambda v, m: A * m, "multiply"),
        (lambda v, m: A - v, "subtract"),
        (lambda v, m: np.float64(2) * v, "multiply"),
        (lambda v, m: np.float64(2) / v, "divide"),
        (lambda v, m: np.float32(2) ** v, "power"),
        (lambda v, m: np.int64(2) + v, "add"),
        (lambda v, m: v * np.float64(2), "multiply"),
        (lambda v, m: np.array(2.0) - v, "subtract"),
        (lambda v, m: np.sum(m, axis=0), "sum"),
        (lambda v, m: np.mean(m), "mean"),
        (lambda v, m: np.max(m, axis=1, keepdims=True), "max"),
        (lambda v, m: np.std(v, ddof=1), "std"),
        (lambda v, m: np.clip(v, 0.3, 1.0), "clip"),
        (lambda v, m: np.clip(v, a_min=0.3, a_max=1.0), "clip"),
        (lambda v, m: np.where(v > 0.3, v, 0.0), "where"),
        (lambda v, m: np.linalg.inv(m), "inv"),
        (lambda v, m: np.linalg.norm(m, axis=1), "norm"),
        (lambda v, m: np.linalg.solve(m, v), "solve"),
        (lambda v, m: np.linalg.det(m), "det"),
        (lambda v, m: np.linalg.slogdet(m)[1], "logabsdet"),
        (lambda v, m: np.einsum("ij,j->i", A, v), "einsum"),
        (lambda v, m: np.dot(A, v), "matmul"),
        (lambda v, m: np.outer(v, v), "outer"),
        (lambda v, m: np.tensordot(m, A, 1), "tensordot"),
        (lambda v, m: np.transpose(m), "transpose"),
        (lambda v, m: np.reshape(m, (4,)), "reshape"),
        (lambda v, m: np.split(v, 2)[1], "getitem"),
        (lambda v, m: np.pad(v, 1), "pad"),
        (lambda v, m: np.take(v, [0, 0]), "take"),
        (lambda v, m: np.cumsum(v), "cumsum"),
        (lambda v, m: np.positive(v), "identity"),
        (lambda v, m: abs(v), "abs"),
    ],
)
def test_numpy_function_dispatches_to_the_op_and_computes_numpys_value(call, op, v, m):
    result = call(v, m)
    assert isinstance(result, Value)
    assert result.op.name == op
    np.testing.assert_allclose(result.data, call(v.data, m.data), rtol=1e-14)
    ag.sum(result).backward()
    assert v.grad is not None or m.grad is not None


def test_numpy_operators_with_an_array_on_the_left_have_the_right_gradient(v):
    y = A @ v - np.array([1.0, 2.0]) / v
    y.sum().backward()
    np.testing.assert_allclose(v.grad, A.sum(0) + np.array([1.0, 2.0]) / v.data**2)


@pytest.mark.parametrize("scalar", [np.float64(2), np.float32(2), np.int64(2), np.array(2.0)])
def test_numpy_scalar_on_either_side_of_a_scalar_value(scalar):
    x = Value(3.0)
    assert (scalar * x).data == (x * scalar).data == 6.0
    assert (scalar - x).data == -1.0
    assert (scalar / x).data == pytest.approx(2 / 3)
    assert (scalar**x).data == 8.0
    assert (scalar < x) and (x > scalar)


def test_numpy_comparisons_give_plain_booleans(v):
    for result in (np.array([0.3, 0.3]) < v, v > 0.3, np.less(0.3, v), v >= np.array([0.3, 0.3])):
        assert type(result) is np.ndarray
        np.testing.assert_array_equal(result, [True, False])


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (np.argmax, 0),
        (np.shape, (2,)),
        (np.ndim, 1),
        (np.size, 2),
        (lambda v: np.isnan(v).any(), False),
        (lambda v: np.allclose(v, [0.5, 0.25]), True),
        (lambda v: np.argsort(v).tolist(), [1, 0]),
        (lambda v: np.zeros_like(v).tolist(), [0.0, 0.0]),
        (lambda v: np.where(v > 0.3)[0].tolist(), [0]),
    ],
)
def test_numpy_function_without_a_gradient_to_lose_answers_plainly(function, expected, v):
    assert function(v) == expected


def test_asarray_of_a_value_with_a_gradient_raises_and_gives_the_remedy(v):
    for convert in (np.asarray, np.array, lambda v: np.array([v, v]), lambda v: np.mean([v, v])):
        with pytest.raises(UnsupportedError, match=r"requires a gradient.*\.detach\(\)"):
            convert(v)


def test_asarray_of_a_detached_value_is_its_data(v):
    assert np.asarray(v.detach()) is v.data
    copy = np.array(v.detach())
    copy[0] = 9.0
    assert v.data[0] == 0.5
    assert np.asarray(v.detach(), dtype=np.float32).dtype == np.float32


def test_asarray_of_a_constant_works():
    np.testing.assert_array_equal(np.asarray(Value([1, 2])), [1, 2])
    with ag.no_grad():
        assert np.asarray(Value(2.0) * 3) == 6.0


@pytest.mark.parametrize(
    ("call", "remedy"),
    [
        (lambda v: np.add.reduce(v), "ag.sum"),
        (lambda v: np.multiply.reduce(v), "ag.prod"),
        (lambda v: np.maximum.reduce(v), "ag.max"),
        (lambda v: np.add.accumulate(v), "ag.cumsum"),
        (lambda v: np.multiply.accumulate(v), "ag.cumprod"),
        (lambda v: np.multiply.outer(v, v), "ag.outer"),
        (lambda v: np.add.at(v, 0, 1.0), "ag.scatter_add"),
        (lambda v: np.add.reduceat(v, [0]), "op of autograd_core"),
    ],
)
def test_ufunc_method_raises_and_says_which_op_to_use(call, remedy, v):
    with pytest.raises(UnsupportedError, match=remedy):
        call(v)


@pytest.mark.parametrize(
    "call",
    [
        lambda v, out: np.exp(v, out=out),
        lambda v, out: np.add(v, 1.0, out=out),
        lambda v, out: np.sum(v, axis=0, out=out),
        lambda v, out: np.concatenate([v, v], out=np.zeros(4)),
        lambda v, out: np.exp(v, out=v),
        lambda v, out: out.__iadd__(v),
        lambda v, out: out.__imul__(v),
    ],
)
def test_out_argument_raises(call, v):
    out = np.zeros(2)
    with pytest.raises(UnsupportedError, match="out= is not supported"):
        call(v, out)
    np.testing.assert_array_equal(out, np.zeros(2))


@pytest.mark.parametrize(
    "call",
    [
        lambda v: np.exp(v, where=np.array([True, False])),
        lambda v: np.sum(v, dtype=np.float32),
        lambda v: np.sum(v, initial=3.0),
        lambda v: np.sum(v, where=np.array([True, False])),
        lambda v: np.max(v, initial=9.0),
        lambda v: np.exp(v, casting="no"),
        lambda v: np.einsum("i,i->", v, v, optimize=True, casting="no"),
        lambda v: np.stack([v, v], dtype=np.float32),
    ],
)
def test_argument_that_an_op_does_not_have_raises_an_error_of_ours(call, v):
    with pytest.raises(AutogradError):
        call(v)


@pytest.mark.parametrize(
    ("function", "hint"),
    [
        (np.sort, ""),
        (lambda v: np.cross(v, v), ""),
        (np.median, ""),
        (np.floor, ""),
        (np.round, ""),
        (np.unique, ""),
        (np.fft.fft, ""),
        (lambda v: np.interp(v, [0.0, 1.0], [0.0, 1.0]), ""),
        (lambda v: np.vstack([v, v]), "ag.stack"),
        (np.nansum, "ag.sum"),
        (lambda v: np.fmax(v, v), "ag.max"),
        (lambda v: np.floor_divide(v, 2), "divide"),
        (lambda v: np.vdot(v, v), "ag.dot"),
    ],
)
def test_unsupported_numpy_function_raises_and_suggests(function, hint, v):
    with pytest.raises(UnsupportedError) as caught:
        function(v)
    for part in ("numpy.", "no differentiable counterpart", hint, "detach()"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "function", [np.linalg.svd, np.linalg.eigh, lambda m: np.linalg.multi_dot([m, m])]
)
def test_unsupported_linalg_function_raises(function, m):
    with pytest.raises(UnsupportedError, match="no differentiable counterpart"):
        function(m)


def test_no_public_numpy_function_detaches_in_silence():
    """Whatever numpy has, a Value comes out as a Value, as plain facts about it, or raises."""
    x = Value(np.array([[0.5, 0.25], [0.125, 0.75]]))
    lost = []
    for module in (np, np.linalg):
        for name in dir(module):
            function = getattr(module, name)
            is_ufunc = isinstance(function, np.ufunc)
            if not (is_ufunc or hasattr(function, "_implementation")):
                continue
            arguments = (x,) * (function.nin if is_ufunc else 1)
            try:
                with np.errstate(all="ignore"):
                    result = function(*arguments)
            except Exception:  # whatever it says, it did not detach
                continue
            results = result if isinstance(result, (tuple, list)) else [result]
            for part in results:
                array = getattr(part, "dtype", None)
                if not isinstance(part, Value) and array is not None and array.kind == "f":
                    lost.append(name)
    assert set(lost) <= {"zeros_like", "ones_like", "slogdet", "empty_like"}
