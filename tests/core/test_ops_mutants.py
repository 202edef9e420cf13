"""The checks themselves: a mistake planted in any rule of any op must be noticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import rules
from autograd_core.ops import OPS

from .mutants import (
    VJP_MISTAKES,
    detached,
    with_wrong_definition,
    with_wrong_jvp,
    with_wrong_vjp,
)
from .op_checks import check_jvp, check_kernel, check_second_order, check_vjp, op_operands

Check = Callable[[ag.Op, ag.Case], None]

SYMMETRIC = {"cholesky": "its gradient is symmetric", "diag": "its gradient is diagonal",
             "trace": "its gradient is diagonal"}  # fmt: skip
"""Ops for which a transposed contribution is the same contribution."""

OPERANDS = op_operands()
BROADCASTING = [name for name, op in OPS.items() if op.partials is not None and op.arity != 1] + [
    "where",
    "matmul",
    "solve",
    "einsum",
]
"""Ops that leave it to the engine to sum over the copies of a broadcast operand."""


def is_noticed(check: Check, op: ag.Op) -> bool:
    """Whether any case of the op fails the check."""
    for case in op.cases:
        try:
            check(op, case)
        except AssertionError:
            return True
    return False


def vjp_mutants() -> dict[str, tuple[ag.Op, int, str]]:
    found = {}
    for label, (op, operand) in OPERANDS.items():
        for mistake in VJP_MISTAKES:
            if mistake == "transposed" and (not _is_square(op, operand) or op.name in SYMMETRIC):
                continue
            if op.name == "sign" and mistake != "term_added":
                continue  # its derivative is 0 everywhere, and so is any multiple of it
            found[f"{label}-{mistake}"] = (op, operand, mistake)
    return found


def _is_square(op: ag.Op, operand: int) -> bool:
    shapes = [case.shapes[operand] for case in op.cases if operand < len(case.shapes)]
    return any(len(s) >= 2 and s[-1] == s[-2] > 1 for s in shapes)


@pytest.mark.parametrize(("op", "operand", "mistake"), vjp_mutants().values(), ids=vjp_mutants())
def test_mistake_in_a_vjp_is_noticed(op: ag.Op, operand: int, mistake: str) -> None:
    assert is_noticed(check_vjp, with_wrong_vjp(op, operand, VJP_MISTAKES[mistake]))


@pytest.mark.parametrize("mistake", ["scaled", "forgotten"])
@pytest.mark.parametrize(
    ("op", "operand"), [pytest.param(*x, id=label) for label, x in OPERANDS.items()
                        if x[0].name != "sign" and (x[0].jvp or x[0].partials)])  # fmt: skip
def test_mistake_in_a_jvp_is_noticed(op: ag.Op, operand: int, mistake: str) -> None:
    assert is_noticed(check_jvp, with_wrong_jvp(op, operand, mistake))


@pytest.mark.parametrize(
    ("op", "operand"), [pytest.param(*x, id=label) for label, x in OPERANDS.items()
                        if x[0].name != "sign" and x[0].kernel is None])  # fmt: skip
def test_vjp_that_records_nothing_is_noticed_in_second_order(op: ag.Op, operand: int) -> None:
    assert is_noticed(check_second_order, detached(op, operand))


@pytest.mark.parametrize("check", [check_kernel, check_second_order])
@pytest.mark.parametrize("name", [name for name, op in OPS.items() if op.kernel is not None])
def test_definition_that_differs_from_the_kernel_is_noticed(name: str, check: Check) -> None:
    assert is_noticed(check, with_wrong_definition(OPS[name]))


def _first_copy(c: Any, shape: tuple[int, ...]) -> Any:
    """Where an operand was broadcast, what one of its copies gets, and not the sum of all."""
    while len(np.shape(c) if not isinstance(c, ag.Value) else c.shape) > len(shape):
        c = c[0]
    return c[tuple(slice(0, n) for n in shape)] if shape else c


@pytest.mark.parametrize("name", BROADCASTING)
def test_missing_sum_over_broadcast_copies_is_noticed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    op, right = OPS[name], rules.fit

    def fit(c: Any, primal: Any, node: Any, operand: int | None) -> Any:
        return right(_first_copy(c, np.shape(primal)), primal, node, operand)

    monkeypatch.setattr(rules, "fit", fit)
    assert is_noticed(check_vjp, op)


@pytest.mark.parametrize("name", [name for name in OPS if name not in BROADCASTING])
def test_rules_of_all_other_ops_return_the_shape_of_their_operand(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = rules.fit

    def fit(c: Any, primal: Any, node: Any, operand: int | None) -> Any:
        assert np.shape(c) == np.shape(primal)
        return right(c, primal, node, operand)

    monkeypatch.setattr(rules, "fit", fit)
    for case in OPS[name].cases:
        check_vjp(OPS[name], case)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_op_without_mistake_passes(op: ag.Op) -> None:
    for check in (check_vjp, check_jvp, check_second_order):
        assert not is_noticed(check, op)
