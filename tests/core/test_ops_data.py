"""Every op at every case: dtypes, shapes, memory, and scalars in all their forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.ops import OPS

from .numeric import assert_close
from .op_checks import Trial, op_cases

SINGLE = 2e-5
"""Relative tolerance of float32: its eps times the condition of the worst case."""

CASES = pytest.mark.parametrize(("op", "case"), op_cases().values(), ids=op_cases())
SEVERAL = {k: x for k, x in op_cases().items() if len(Trial.of(*x).varying) > 1}


def gradients(
    trial: Trial, point: tuple[Any, ...], g: Any, **options: Any
) -> tuple[Any, list[Any]]:
    """The result and the accumulated gradients at a point."""
    leaves = [ag.Value(x) for x in point]
    out = trial.call(*leaves)
    out.backward(g, **options)
    return out, [leaf.grad for leaf in leaves]


@CASES
def test_float32_in_gives_float32_out_near_float64(op: ag.Op, case: ag.Case) -> None:
    trial = Trial.of(op, case)
    point = [np.float32(x) for x in trial.point]
    out, grads = gradients(trial, tuple(point), np.float32(trial.g))
    what = f"{op.name}{case!r} in float32"
    assert out.dtype == case.params.get("dtype", np.float32)
    assert_close(what, out.data, trial.call(*trial.point), SINGLE)
    pushed = trial.push(tuple(map(np.float32, trial.v)), *point)
    assert (pushed.dtype, np.shape(pushed)) == (out.dtype, out.shape)
    assert_close(f"{what}: jvp", pushed, trial.push(trial.v, *trial.point), SINGLE)
    for x, c, expected in zip(point, grads, trial.pull(trial.g, *trial.point), strict=True):
        assert (c.dtype, np.shape(c)) == (np.float32, np.shape(x))
        assert_close(f"{what}: gradient", c, expected, SINGLE)


@CASES
def test_second_derivative_of_float32_is_float32(op: ag.Op, case: ag.Case) -> None:
    trial = Trial.of(op, case)
    leaves = [ag.Value(np.float32(x)) for x in trial.point]
    trial.call(*leaves).backward(np.float32(trial.g), create_graph=True)
    total = ag.Value(np.float32(0.0))
    for leaf, w in zip(leaves, trial.w, strict=True):
        assert leaf.grad.dtype == np.float32
        total, leaf.grad = total + ag.sum(leaf.grad * np.float32(w)), None
    total.backward()
    assert all(leaf.grad is None or leaf.grad.dtype == np.float32 for leaf in leaves)


@pytest.mark.parametrize("single", [0, 1])
@pytest.mark.parametrize(("op", "case"), SEVERAL.values(), ids=SEVERAL)
def test_each_gradient_has_the_dtype_of_its_primal(op: ag.Op, case: ag.Case, single: int) -> None:
    trial = Trial.of(op, case)
    point = tuple(np.float32(x) if k == single else x for k, x in enumerate(trial.point))
    out, grads = gradients(trial, point, trial.g)
    expected = trial.pull(trial.g, *trial.point)
    for k, (c, x) in enumerate(zip(grads, expected, strict=True)):
        assert np.asarray(c).dtype == (np.float32 if k == single else np.float64)
        assert_close(f"{op.name}{case!r} with operand {single} in float32", c, x, SINGLE)


@CASES
def test_gradient_is_the_leaves_own_and_primals_stay(op: ag.Op, case: ag.Case) -> None:
    trial = Trial.of(op, case)
    before = [np.array(x) for x in (*trial.point, trial.g)]
    out, grads = gradients(trial, trial.point, trial.g)
    for x, kept in zip((*trial.point, trial.g), before, strict=True):
        assert np.array_equal(x, kept)
    arrays = [x for x in (*grads, *trial.inputs, trial.g, out.data) if isinstance(x, np.ndarray)]
    for c in grads:
        if isinstance(c, np.ndarray):
            assert c.flags.writeable
            assert not any(np.shares_memory(c, other) for other in arrays if other is not c)


@CASES
def test_gradient_accumulates_over_backward_calls(op: ag.Op, case: ag.Case) -> None:
    trial = Trial.of(op, case)
    leaves = [ag.Value(x) for x in trial.point]
    for _ in range(2):
        trial.call(*leaves).backward(trial.g)
    for leaf, c in zip(leaves, trial.pull(trial.g, *trial.point), strict=True):
        assert_close(f"{op.name}{case!r}, twice", leaf.grad, 2 * np.asarray(c), 1e-12)


@CASES
def test_create_graph_gives_the_derivatives_of_the_transformations(
    op: ag.Op, case: ag.Case
) -> None:
    trial = Trial.of(op, case)

    def along_w(*point: Any) -> Any:
        pulled: Any = trial.pull(trial.g, *point)
        return sum((ag.sum(c * w) for c, w in zip(pulled, trial.w, strict=True)), 0.0)

    leaves = [ag.Value(x) for x in trial.point]
    trial.call(*leaves).backward(trial.g, create_graph=True)
    total = ag.Value(0.0)
    for leaf, w in zip(leaves, trial.w, strict=True):
        total, leaf.grad = total + ag.sum(leaf.grad * w), None
    total.backward()
    expected = ag.grad(along_w, range(len(leaves)))(*trial.point)
    for leaf, c in zip(leaves, expected, strict=True):
        actual = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad
        assert_close(f"{op.name}{case!r}: create_graph", actual, c, 1e-12)


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.partials], ids=lambda op: op.name)
def test_scalars_of_every_form_give_the_same(op: ag.Op) -> None:
    params = op.cases[0].params
    trial = Trial.of(op, ag.Case(*[()] * (op.arity or 1), **params))
    out, grads = gradients(trial, trial.point, trial.g)
    assert type(out.data) is float
    for form in (np.float64, np.array, lambda x: np.array([x])):
        other, others = gradients(trial, tuple(map(form, trial.point)), form(trial.g))
        assert_close(f"{op.name} of {form}", np.ravel(other.data), [out.data], 1e-14)
        assert_close(f"{op.name} of {form}: gradient", np.ravel(others), np.ravel(grads), 1e-14)


@pytest.mark.parametrize("name", [name for name, op in OPS.items() if op.partials and op.arity > 1])
def test_cases_of_an_elementwise_op_broadcast(name: str) -> None:
    shapes = [set(case.shapes) for case in OPS[name].cases]
    assert any(len(given) > 1 and () in given for given in shapes)
    assert any(len({len(s) for s in given}) > 1 for given in shapes)


@CASES
def test_raw_operands_give_a_raw_result(op: ag.Op, case: ag.Case) -> None:
    trial = Trial.of(op, case)
    raw = trial.call(*trial.point)
    assert not isinstance(raw, ag.Value)
    recorded = trial.call(*map(ag.Value, trial.point))
    assert np.array_equal(recorded.data, raw)
    assert recorded.op is op
