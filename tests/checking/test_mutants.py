"""Mutation testing of rules: what it finds, what it leaves alone, and that it cleans up."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.checking.mistakes import FACTORS, Mistake, planted
from autograd_core.checking.mutants import Mutant, MutantReport, failure, mutants
from autograd_core.ops import OPS

ATTRIBUTES = ("partials", "vjps", "jvp", "kernel")


def rules_of(op: ag.Op) -> list[Any]:
    return [getattr(op, name) for name in ATTRIBUTES]


def kinds(report: MutantReport) -> set[tuple[str, int, str]]:
    return {(m.op, m.operand, m.mistake) for m in report.mutants}


# --- which mistakes are made -------------------------------------------------


def test_sum_is_only_missed_where_something_was_broadcast():
    def multiply(x: Any, y: Any) -> None:
        g = ag.grad(lambda x, y: ag.sum(x * y), (0, 1))(x, y)
        np.testing.assert_allclose(g[0], np.broadcast_to(y, x.shape))
        np.testing.assert_allclose(np.sum(g[1]), np.sum(x))

    x, y = np.arange(1.0, 7.0).reshape(2, 3), np.array([2.0, 3.0, 4.0])
    missed = {m for m in kinds(mutants(ag.multiply, lambda: multiply(x, y))) if "sum" in m[2]}
    assert missed == {("multiply", 1, "missing sum")}
    alike = mutants(ag.multiply, lambda: multiply(x, x))
    assert alike.ok and not any("sum" in m.mistake for m in alike.mutants)


def test_missing_sum_spoils_reverse_mode_only():
    x = np.ones((2, 3))

    def forward() -> None:
        ag.grad(lambda y: ag.sum(x * y))(2.0)  # runs the rule, and looks at nothing
        assert np.all(ag.jvp(lambda y: x * y, (2.0,), (1.0,))[1] == 1.0)

    living = mutants(ag.multiply, forward).survivors
    assert {m.mistake for m in living if m.operand == 1} == {"missing sum"}


def test_transposed_factor_needs_a_square_matrix_that_is_not_symmetric():
    def product(x: Any, y: Any) -> None:
        c = ag.grad(lambda x: ag.sum(x @ y))(x)
        np.testing.assert_allclose(c, np.ones((len(x), y.shape[1])) @ y.T)

    rng = np.random.default_rng(20260101)
    square = mutants(ag.matmul, lambda: product(rng.random((2, 2)), rng.random((2, 2))))
    assert ("matmul", 0, "transposed factor") in kinds(square)
    assert all(m.operand == 1 for m in square.survivors)
    oblong = mutants(ag.matmul, lambda: product(rng.random((2, 3)), rng.random((3, 4))))
    assert not any("transposed" in m.mistake for m in oblong.mutants)
    symmetric = mutants(ag.matmul, lambda: product(rng.random((2, 2)), np.eye(2)))
    assert "transposed factor" in {m.mistake for m in symmetric.survivors}


def test_transposed_result_stands_for_the_factor_of_a_rule_without_one():
    def test() -> None:
        g = np.arange(4.0).reshape(2, 2)
        np.testing.assert_array_equal(ag.vjp(ag.matrix_transpose, np.ones((2, 2)))[1](g)[0], g.T)

    report = mutants(ag.matrix_transpose, test)
    assert report.ok and ("matrix_transpose", 0, "transposed factor") in kinds(report)


def test_derivative_that_is_always_zero_has_no_mutant():
    assert not mutants(ag.sign, lambda: ag.grad(ag.sign)(2.0)).mutants


def test_rule_at_a_point_where_it_is_zero_has_mutants_all_the_same():
    def test() -> None:
        assert ag.grad(ag.relu)(-1.0) == 0.0

    assert {m.mistake for m in mutants(ag.relu, test).survivors} == set(FACTORS)


def test_declared_jvp_is_a_rule_of_its_own_and_can_be_left_alone():
    def reverse() -> None:
        assert ag.grad(lambda x: ag.sum(ag.inv(x)))(2.0 * np.eye(1))[0, 0] == -0.25

    assert {m.mode for m in mutants(ag.inv, reverse).survivors} == {"jvp"}
    assert mutants(ag.inv, reverse, modes=("rev",)).ok


def test_operands_of_a_joint_rule_are_told_apart():
    def first_only() -> None:
        f = lambda x: ag.sum(ag.concatenate([x, np.ones(2)]) * np.arange(1.0, 5.0))  # noqa: E731
        np.testing.assert_array_equal(ag.grad(f)(np.ones(2)), [1.0, 2.0])

    survivors = mutants(OPS["concatenate"], first_only, modes=("rev",)).survivors
    assert {m.operand for m in survivors} == {1, 2}  # as its cases have three
    assert {m.by for m in survivors} == {"its rule was never run"}


def test_kernel_of_a_composite_is_changed_and_restored():
    def test() -> None:
        g = ag.grad(lambda x: ag.sum(ag.softmax(x) * np.array([1.0, 2.0])))(np.zeros(2))
        np.testing.assert_allclose(g, [-0.25, 0.25])

    before = rules_of(ag.softmax)
    report = mutants(ag.softmax, test)
    assert report.ok and len(report.mutants) == 3
    assert rules_of(ag.softmax) == before


# --- whose rules -------------------------------------------------------------


def f(x: Any) -> Any:
    return ag.sum(ag.tanh(x) * 3.0)


def test_ops_of_a_function_are_those_recorded_while_the_test_runs():
    def test() -> None:
        np.testing.assert_allclose(ag.grad(f)(np.array([0.5])), 3.0 / np.cosh(0.5) ** 2)

    report = mutants(f, test)
    assert {m.op for m in report.mutants} == {"tanh", "multiply", "sum"}
    assert report.ok  # the constant 3 has no gradient, so its rule is none of f's


def test_ops_of_a_value_are_those_of_its_graph():
    def test() -> None:
        assert ag.grad(ag.exp)(0.0) == 1.0

    root = ag.exp(ag.Value(1.0)) + 1.0
    report = mutants(root, test)
    assert {(m.op, m.operand) for m in report.mutants} == {("exp", 0), ("add", 0)}
    assert {m.op for m in report.survivors} == {"add"}  # which the test does not use


def test_composite_without_a_kernel_is_mutated_in_its_definition():
    cubed = ag.composite(lambda x: x * ag.square(x), name="cubed")

    def test() -> None:
        assert ag.grad(cubed)(2.0) == 12.0

    for whose in (cubed(ag.Value(2.0)), lambda: None):
        report = mutants(whose, test)
        assert {m.op for m in report.mutants} == {"multiply", "square"}
        assert report.ok
    with pytest.raises(ag.errors.ArgumentError, match="no op with a rule of its own"):
        mutants(cubed, test)


def test_several_ops_are_given_as_any_iterable():
    def test() -> None:
        assert ag.grad(lambda x: ag.exp(ag.sin(x)))(0.0) == 1.0

    assert mutants({ag.exp, ag.sin}, test).ok
    with pytest.raises(ag.errors.ArgumentError, match="got float; need an Op"):
        mutants([2.0], test)


# --- the test that is given --------------------------------------------------


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (lambda: None, None),
        (lambda: True, None),
        (lambda: np.True_, None),
        (lambda: 0.0, None),
        (lambda: False, "it returned a false verdict"),
        (lambda: MutantReport((Mutant("exp", 0, "sign flip", "partial", False, ""),)),
         "it returned a false verdict"),
        (lambda: pytest.fail("no"), "Failed: no"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
    ],
)  # fmt: skip
def test_a_test_fails_by_raising_or_by_what_it_returns(test, expected):
    assert failure(test) == expected


def test_interrupt_is_not_taken_for_a_failure():
    def test() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failure(test)


def test_test_that_fails_by_itself_is_refused():
    with pytest.raises(ag.errors.ArgumentError, match="fails without any mistake: Failed: always"):
        mutants(ag.exp, lambda: pytest.approx(1.0) == 2.0 or pytest.fail("always"))


@pytest.mark.parametrize("kind", [*FACTORS, "missing sum", "transposed factor"])
def test_rules_are_restored_when_the_block_raises(kind):
    before = rules_of(ag.multiply)
    mode = "vjp" if kind == "missing sum" else "partial"
    with pytest.raises(threading.BrokenBarrierError), planted(ag.multiply, Mistake(kind, mode, 0)):
        assert rules_of(ag.multiply) != before
        raise threading.BrokenBarrierError
    assert rules_of(ag.multiply) == before


# --- the report --------------------------------------------------------------


def test_report_prints_a_table_of_survivors_that_fits_100_columns():
    named = Mutant("a_very_long_name_of_an_op_of_somebody", 10, "transposed factor", "partial",
                   False, "x" * 80)  # fmt: skip
    report = MutantReport((Mutant("exp", 0, "sign flip", "partial", True, "AssertionError"), named))
    lines = str(report).splitlines()
    assert lines[0] == "1 of 2 mutants killed"
    assert len(lines) == 2 and len(lines[1]) <= 100 and "LIVES  a_very_long" in lines[1]
    assert not report and not report.ok and report.survivors == (named,)
    assert MutantReport((report.killed[0],))
    assert "1 of 2" in report._repr_html_()
