"""Every op at every case of its declaration: the rules against differences and each other."""

from __future__ import annotations

import pytest

import autograd_core as ag

from .op_checks import check_jvp, check_kernel, check_second_order, check_vjp, op_cases

CASES = pytest.mark.parametrize(("op", "case"), op_cases().values(), ids=op_cases())


@CASES
def test_vjp_agrees_with_finite_differences(op: ag.Op, case: ag.Case) -> None:
    check_vjp(op, case)


@CASES
def test_jvp_agrees_with_finite_differences_and_with_vjp(op: ag.Op, case: ag.Case) -> None:
    check_jvp(op, case)


@CASES
def test_second_derivatives_agree_in_all_four_orders(op: ag.Op, case: ag.Case) -> None:
    check_second_order(op, case)


COMPOSITES = {label: x for label, x in op_cases().items() if x[0].kernel is not None}


@pytest.mark.parametrize(("op", "case"), COMPOSITES.values(), ids=COMPOSITES)
def test_kernel_gives_what_the_definition_gives(op: ag.Op, case: ag.Case) -> None:
    check_kernel(op, case)
