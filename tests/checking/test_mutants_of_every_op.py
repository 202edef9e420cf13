"""The checks that this project relies on let no mutant of any op live."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.checking import gradcheck
from autograd_core.checking.calls import Call
from autograd_core.checking.mutants import mutants
from autograd_core.ops import OPS
from tests.core.op_checks import check_jvp, check_vjp


def check(op: ag.Op) -> None:
    for case in op.cases:
        check_vjp(op, case)
        check_jvp(op, case)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_checks_of_every_op_let_no_mutant_live(op: ag.Op) -> None:
    report = mutants(op, lambda: check(op))
    assert report.ok, str(report)
    assert report.mutants or op.name == "sign"  # whose derivative is 0, and so is its negative


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_gradcheck_lets_no_mutant_of_any_op_live(op: ag.Op) -> None:
    rng = np.random.default_rng(20260101)
    calls = []
    for case in op.cases:
        operands = tuple(np.asarray(x)[()] for x in case.draw(op.domain, rng))
        last = len(op.domain) - 1
        varying = tuple(i for i in range(len(operands)) if op.domain[min(i, last)].differentiable)
        calls.append(Call(op, operands, varying, case.params))

    def test() -> bool:
        return all(gradcheck(call, call.inputs, localize=False).ok for call in calls)

    report = mutants(op, test)
    assert report.ok, str(report)
