"""Random graphs over all ops: a right gradient raises no false alarm.

A program is a list of steps. Each applies a case of an op to values before it, which are brought
to the shapes of the case and squashed into the op's domain. A step whose result is huge, or that
stands at a kink or a tie, is left out when the program is built, so that what remains is smooth
around the point at which it is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core import Value
from autograd_core.checking import gradcheck
from autograd_core.checking.mistakes import Mistake, planted
from autograd_core.ops import OPS

CALLS = [(op, case) for op in OPS.values() for case in op.cases if all(map(np.prod, case.shapes))]
SHAPES = [(), (3,), (2, 3), (2, 1), (2, 2, 2)]
DEEPEST, LARGEST, STEEPEST = 30, 50.0, 300.0
AWAY = 0.02
"""Distance from a kink, and between two numbers that tie."""


class Step(NamedTuple):
    """An op that is applied to values before."""

    which: int
    sources: tuple[int, ...]
    seed: int


class Program(NamedTuple):
    """Leaves, and what is computed from them."""

    steps: tuple[Step, ...]
    seed: int
    single: tuple[bool, ...]  # which leaves are float32


def steps(which: st.SearchStrategy[int]) -> st.SearchStrategy[Step]:
    # Mostly the last result is gone on with, so that graphs are deep and not wide.
    source = st.one_of(st.just(0), st.just(0), st.integers(0, DEEPEST + len(SHAPES)))
    return st.builds(Step, which, st.tuples(source, source, source), st.integers(0, 2**16))


def lists_of_steps(longest: int) -> st.SearchStrategy[tuple[Step, ...]]:
    one = steps(st.integers(0, len(CALLS) - 1))
    return st.lists(one, min_size=longest // 2, max_size=longest).map(tuple)


# Left to itself, Hypothesis draws short lists: half of them of four steps or fewer.
programs = st.builds(
    Program,
    st.sampled_from([2, 4, 8, 16, DEEPEST]).flatmap(lists_of_steps),
    st.integers(0, 2**32 - 1),
    st.tuples(*[st.booleans()] * len(SHAPES)),
)


def leaves(program: Program) -> list[Any]:
    rng = np.random.default_rng(program.seed)
    drawn = [rng.uniform(-1.5, 1.5, shape) for shape in SHAPES]
    return [
        (x.astype(np.float32) if single else x)[()] if x.ndim or single else float(x)
        for x, single in zip(drawn, program.single, strict=True)
    ]


def as_shape(x: Any, shape: tuple[int, ...]) -> Any:
    """Any value in any shape: its elements, over and over."""
    size = int(np.prod(shape))
    flat = ag.ravel(x)
    # A weight makes the copies differ, which would tie.
    weights = 1 - 0.31 * np.arange(size) / max(size, 1)
    return ag.reshape(flat[np.arange(size) % flat.shape[0]] * weights.astype(x.dtype), shape)


def squashed(x: Any, domain: ag.Domain, rng: np.random.Generator) -> Any:
    """Inside a domain; the same function of `x` at every point."""
    dtype = x.dtype.type
    if domain.sample is not None:
        fixed = np.asarray(domain.sample(rng, x.shape))
        return fixed + 0.1 * ag.tanh(x) if domain.differentiable else fixed
    middle, half = (domain.low + domain.high) / 2, (domain.high - domain.low) / 2
    return dtype(middle) + dtype(0.95 * half) * ag.tanh(dtype(0.8) * x + dtype(rng.uniform(-1, 1)))


def apply(step: Step, values: Sequence[Any]) -> tuple[Any, list[Any]]:
    """The result of a step, and the operands of its op."""
    op, case = CALLS[step.which]
    rng = np.random.default_rng(step.seed)
    operands = []
    for i, shape in enumerate(case.shapes):
        source = values[-1 - step.sources[i % 3] % len(values)]
        domain = op.domain[min(i, len(op.domain) - 1)]
        if op.partials is not None and source.ndim and len(case.shapes) == 1:
            shape = source.shape
        operands.append(squashed(as_shape(source, shape), domain, rng))
    return op(*operands, **case.params), operands


def run(program: Program, kept: Sequence[Step], values: Sequence[Any]) -> Any:
    values = [x if isinstance(x, Value) else Value(x, requires_grad=False) for x in values]
    total: Any = 0.0
    for step in kept:
        values.append(apply(step, values)[0])
        total = total + ag.sum(values[-1]) * 0.3  # so that no rule's say is lost on the way
    return total + ag.sum(ag.sin(values[-1]))


def built(program: Program) -> list[Step]:
    """The steps that are smooth and bounded at the leaves, checked in float64."""
    values: list[Any] = [Value(np.asarray(x, dtype=np.float64)[()]) for x in leaves(program)]
    kept = []
    for step in program.steps:
        result, operands = apply(step, values)
        if is_tame(result) and not is_rough(step, operands):
            kept.append(step)
            values.append(result)
    return kept


def is_tame(result: Any) -> bool:
    data = np.asarray(result.data)
    return 0 < data.size <= 100 and bool(np.all(np.abs(data) < LARGEST))  # and so not nan


def is_rough(step: Step, operands: Sequence[Any]) -> bool:
    """Whether a step stands at a kink of its op, or at a tie."""
    op, case = CALLS[step.which]
    data = [np.asarray(x.data if isinstance(x, Value) else x) for x in operands]
    last = len(op.domain) - 1
    for i, x in enumerate(data):
        if any(np.min(np.abs(x - k)) < AWAY for k in op.domain[min(i, last)].kinks):
            return True
    if op.name in ("maximum", "minimum"):
        return bool(np.min(np.abs(data[0] - data[1])) < AWAY)
    if op.name in ("max", "min", "norm") and data[0].size > 1:
        x = np.abs(data[0]) if op.name == "norm" else data[0]
        return bool(np.min(np.diff(np.sort(x, axis=None))) < AWAY)
    return op.name == "std" and bool(np.min(np.asarray(op(data[0], **case.params))) < AWAY)


def check(program: Program, direction: str, dtype: str | None = None) -> None:
    kept = built(program)
    if not kept:
        return
    point = tuple(leaves(program))

    def f(*xs: Any) -> Any:
        return run(program, kept, xs)

    gradients = ag.grad(f, tuple(range(len(point))))(*point)
    if not all(np.max(np.abs(g)) < STEEPEST for g in gradients):
        return
    report = gradcheck(f, point, direction=direction, dtype=dtype)
    assert report.ok, f"{program}\n{report}"


DIRECTIONS = st.sampled_from(["random"] * 5 + ["full"])
CAREFUL = [HealthCheck.too_slow]


def nth(name: str, case: int) -> int:
    """A case of an op, by a name that stays when ops are added."""
    return CALLS.index((OPS[name], OPS[name].cases[case]))


CANCEL = [
    Program(
        (Step(nth("softmax", 1), (0, 7, 0), 43940), Step(nth("scaled_tanh", 0), (21, 8, 0), 20790)),
        3355028336, (True, False, True, False, False),
    ),
    Program(
        (Step(nth("softmax", 0), (8, 11, 11), 20834), Step(nth("getitem", 6), (9, 0, 0), 13364)),
        2524262150, (True, True, True, False, True),
    ),
]  # fmt: skip
"""Derivatives that are zero but for rounding, which differs in the two modes."""


def test_sum_of_a_softmax_has_the_derivative_zero_in_both_modes_but_for_rounding():
    report = gradcheck(lambda x: ag.sum(ag.softmax(x)), (np.array([0.3, -0.7, 1.1]),))
    assert report.ok, str(report)


@pytest.mark.parametrize("direction", ["random", "full"])
@pytest.mark.parametrize("program", CANCEL)
def test_derivatives_that_cancel_raise_no_false_alarm(program, direction):
    check(program, direction)


@pytest.mark.parametrize("which", range(len(CALLS)), ids=[f"{op.name}{c!r}" for op, c in CALLS])
def test_every_case_of_every_op_raises_no_false_alarm_in_a_graph(which):
    tried = [Program((Step(which, (k, 3, 1), k),), k, (False,) * 5) for k in range(20)]
    fitting = [program for program in tried if built(program)]
    assert fitting
    check(fitting[0], "full")
    check(
        Program((*fitting[0].steps, *fitting[-1].steps), 7, (False, True) * 2 + (False,)), "random"
    )


@pytest.mark.parametrize("name", [name for name in OPS if name != "sign"])  # whose slope is 0
def test_mistake_in_any_op_of_a_random_graph_raises_an_alarm(name):
    op = OPS[name]
    k = next(i for i, domain in enumerate(op.domain) if domain.differentiable)
    tried = [Program((Step(nth(name, 0), (0, 3, 1), k),), k, (False,) * 5) for k in range(20)]
    mode = "vjp" if op.partials is None else "partial"
    with planted(op, Mistake("scaled by 1.001", mode, k)):
        # Not at the first that comes: the operand may be the one that a minimum does not take.
        assert any(raises_alarm(program) for program in tried)


def raises_alarm(program: Program) -> bool:
    try:
        check(program, "random")
    except AssertionError:
        return True
    return False


@settings(max_examples=300, suppress_health_check=CAREFUL)
@given(programs, DIRECTIONS)
def test_right_gradients_of_random_graphs_raise_no_false_alarm(program, direction):
    check(program, direction)


@settings(max_examples=40, suppress_health_check=CAREFUL)
@given(programs, DIRECTIONS)
def test_right_gradients_in_single_precision_raise_no_false_alarm(program, direction):
    check(program._replace(single=(True,) * len(SHAPES)), direction, "keep")


@pytest.mark.slow
@settings(max_examples=10_000, suppress_health_check=CAREFUL)
@given(programs, DIRECTIONS)
def test_right_gradients_of_many_random_graphs_raise_no_false_alarm(program, direction):
    check(program, direction)
