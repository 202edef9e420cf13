"""Hypothesis strategies: what they draw can be compared with differences."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import autograd_core as ag
from autograd_core.checking import strategies
from autograd_core.ops import OPS
from tests.core.op_checks import check_vjp

DOMAINS = [
    ag.Domain(),
    ag.Domain(-1.0, 1.0, kinks=(0.0,)),
    ag.Domain(-4.0, 4.0, kinks=(-3.0, 3.0)),
    ag.Domain(-0.05, 0.05, kinks=(0.0,)),
    ag.Domain(0.5, 2.0, also=(0.0,)),
]


def example(strategy: st.SearchStrategy[Any], wanted: Callable[[Any], bool]) -> Any:
    """Any one example; `find` alone would go on to look for the smallest."""
    some = settings(phases=[Phase.generate], max_examples=2000, derandomize=True, database=None)
    return find(strategy, wanted, settings=some)


def shapes_of(call: strategies.Call) -> list[tuple[int, ...]]:
    return [np.shape(x) for x in call.operands]


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_op_agrees_with_differences_where_its_strategy_draws(op: ag.Op, data: Any) -> None:
    call = data.draw(strategies.inputs_of(op))
    check_vjp(op, ag.Case(*shapes_of(call), **call.params), call.operands)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_operands_have_the_dtype_asked_for_and_lie_in_the_domain(op: ag.Op, data: Any) -> None:
    dtype = data.draw(strategies.dtypes())
    call = data.draw(strategies.inputs_of(op, dtype=dtype))
    for i, x in enumerate(call.operands):
        domain = op.domain[min(i, len(op.domain) - 1)]
        assert (i in call.varying) == domain.differentiable
        if domain.differentiable:
            assert np.asarray(x).dtype == dtype
        if domain.sample is None:
            assert np.all((np.asarray(x) >= domain.low) & (np.asarray(x) <= domain.high))
            for kink in domain.kinks:
                assert np.all(np.abs(np.asarray(x) - kink) > 0.04)


@pytest.mark.parametrize("domain", DOMAINS, ids=repr)
@given(data=st.data())
def test_numbers_are_far_apart_and_from_kinks(domain: ag.Domain, data: Any) -> None:
    x = data.draw(strategies.arrays(shape=(6,), domain=domain))
    width = domain.high - domain.low
    for a, b in itertools.combinations(x, 2):
        assert abs(a - b) > 1e-5 * width
        assert abs(abs(a) - abs(b)) > 1e-6 * width
    for kink in domain.kinks:
        assert np.min(np.abs(x - kink)) > min(0.045, width / 20)


@given(strategies.broadcastable_shapes(3, max_dims=4))
def test_broadcastable_shapes_broadcast(three):
    assert len(three) == 3
    assert len(np.broadcast_shapes(*three)) <= 4


@pytest.mark.parametrize(
    "wanted",
    [
        lambda x, y: len(x) < len(y),
        lambda x, y: len(x) == len(y) == 2 and x[0] == 1 < y[0] and y[1] == 1 < x[1],
        lambda x, y: x == () != y,
        lambda x, y: x == y and len(x) == 3 and min(x) > 1,
    ],
)
def test_broadcastable_shapes_are_of_every_kind(wanted):
    assert example(strategies.broadcastable_shapes(), lambda pair: wanted(*pair))


def test_empty_arrays_are_drawn_only_when_asked_for():
    assert 0 in example(strategies.shapes(min_side=0), lambda shape: 0 in shape)
    with pytest.raises(NoSuchExample):
        example(strategies.shapes(), lambda shape: 0 in shape)


@pytest.mark.parametrize(
    ("op", "wanted"),
    [
        (ag.multiply, lambda x, y: x != y and len(x) == 3),
        (ag.matmul, lambda x, y: len(x) == len(y) == 2 and x[0] == 4),
        (ag.sum, lambda x: len(x) == 2 and x != (2, 3)),
        (ag.solve, lambda x, y: len(x) == len(y) == 2 and x == (4, 4)),
        (OPS["concatenate"], lambda *xs: len(xs) == 3),
    ],
)
def test_shapes_vary_beyond_those_of_the_cases(op, wanted):
    assert example(strategies.inputs_of(op), lambda call: wanted(*shapes_of(call)))


def test_shapes_that_the_arguments_do_not_allow_are_those_of_the_case():
    call = example(strategies.inputs_of(ag.reshape), lambda call: call.params["shape"] == (3, 2))
    assert shapes_of(call) == [(2, 3)]


def test_a_condition_is_no_input():
    call = example(strategies.inputs_of(ag.where), lambda call: np.ndim(call.operands[0]) == 1)
    assert call.varying == (1, 2) and call.inputs == call.operands[1:]
    np.testing.assert_array_equal(
        call(*call.inputs), np.where(*map(np.asarray, call.operands)), strict=False
    )


def test_scalars_are_python_floats_and_float32_stays():
    assert type(example(strategies.arrays(shape=()), lambda x: True)) is float
    assert type(example(strategies.arrays(np.float32, ()), lambda x: True)) is np.float32
    single = example(strategies.arrays(strategies.dtypes(), (2,)), lambda x: x.itemsize == 4)
    assert single.shape == (2,)


def test_call_prints_what_is_called():
    call = strategies.Call(ag.where, (True, 1.0, np.ones(2)), (1, 2), {})
    assert repr(call) == "where(True, 1.0, array (2,) float64)"


def test_importing_the_strategies_does_not_import_hypothesis():
    code = (
        "import sys, autograd_core.checking.strategies; "
        "print([name for name in ('hypothesis', 'pytest') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
