"""Every op at every case against JAX in float64: both modes, and second derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

jax = pytest.importorskip("jax")

import autograd_core as ag  # noqa: E402
from autograd_core.ops import OPS  # noqa: E402
from tests.core.numeric import assert_close  # noqa: E402
from tests.core.op_checks import Trial, op_cases  # noqa: E402
from tests.core.oracles import jax_ops  # noqa: E402

HESSIANS = ("power", "tanh", "matmul", "softmax")
"""Ops whose Hessian is always compared; JAX compiles each, so that of the others is slow."""

TOLERANCE = 1e-9


def smallest(op: ag.Op) -> ag.Case:
    """The case that JAX compiles fastest, of those with more than one element."""
    return min(op.cases, key=lambda case: (sum(map(np.prod, case.shapes)) <= 1, len(repr(case))))


def cases(quick: Callable[[ag.Op, ag.Case], bool]) -> list[Any]:
    return [
        pytest.param(op, case, id=label, marks=() if quick(op, case) else pytest.mark.slow)
        for label, (op, case) in op_cases().items()
        if op.name not in jax_ops.MISSING
    ]


@pytest.fixture(autouse=True, scope="module")
def double_precision() -> Iterator[None]:
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def same(trial: Trial) -> Any:
    """The function of the trial's varying operands, in JAX's words."""
    function = jax_ops.translated(trial.op)
    assert function is not None
    return lambda *point: function(*trial.arguments(point), **trial.params)


def test_every_op_has_a_counterpart_or_a_reason() -> None:
    for name, op in OPS.items():
        assert (name in jax_ops.MISSING) != (jax_ops.translated(op) is not None), name


@pytest.mark.parametrize(("op", "case"), cases(lambda op, case: case is smallest(op)))
def test_op_agrees_with_jax_in_both_modes(op: ag.Op, case: ag.Case) -> None:
    trial = Trial.of(op, case)
    what, point = f"{op.name}{case!r}", tuple(map(np.array, trial.point))
    out, pullback = jax.vjp(same(trial), *point)
    assert_close(what, trial.call(*trial.point), out, TOLERANCE)
    expected = pullback(np.array(trial.g))
    for c, e in zip(trial.pull(trial.g, *trial.point), expected, strict=True):
        assert_close(f"{what}: vjp", c, e, TOLERANCE)
    pushed = jax.jvp(same(trial), point, tuple(map(np.array, trial.v)))[1]
    assert_close(f"{what}: jvp", trial.push(trial.v, *trial.point), pushed, TOLERANCE)


@pytest.mark.parametrize(
    ("op", "case"), cases(lambda op, case: op.name in HESSIANS and case is smallest(op))
)
def test_hessian_agrees_with_jax(op: ag.Op, case: ag.Case) -> None:
    trial = Trial.of(op, case)
    places = tuple(range(len(trial.point)))

    def ours(*point: Any) -> Any:
        return ag.sum(trial.call(*point) * trial.g)

    def theirs(*point: Any) -> Any:
        return (same(trial)(*point) * trial.g).sum()

    hessians = jax.hessian(theirs, places)(*map(np.array, trial.point))
    for k in places:
        actual = ag.hessian(ours, k)(*trial.point)
        assert_close(f"{op.name}{case!r}: Hessian in {k}", actual, hessians[k][k], TOLERANCE)
