"""Ops that users declare, through every public constructor, pass the same checks as ours."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import MissingRuleError

from .mutants import VJP_MISTAKES, with_wrong_definition, with_wrong_jvp, with_wrong_vjp
from .op_checks import check_jvp, check_kernel, check_second_order, check_vjp

POSITIVE = ag.Domain(0.5, 2.0)
NAMED = [ag.Case(()), ag.Case((2, 3))]
PAIRS = [ag.Case((), ()), ag.Case((2, 3), (3,)), ag.Case((2, 1), (1, 3))]


def cubic(x: Any, a: float = 1.0) -> Any:
    return a * x**3


def neuron(x: Any, w: Any, b: Any) -> Any:
    return ag.tanh(w * x + b)


def geometric_mean(x: Any, axis: int = -1) -> Any:
    return ag.exp(ag.mean(ag.log(x), axis))


def scaled_product(x: Any, y: Any, scale: float = 2.0) -> Any:
    return scale * (x @ y)


def scaled_product_forward(x: Any, y: Any, scale: float) -> tuple[Any, Any]:
    return scale * (x @ y), (scale * x.T, scale * y.T)


def scaled_product_vjp(
    g: Any, out: Any, residuals: Any, x: Any, y: Any, *, wanted: Any, scale: float
) -> list[Any]:
    left, right = residuals
    return [g @ right if wanted[0] else None, left @ g if wanted[1] else None]


OPS: dict[str, ag.Op] = {
    "elementwise": ag.elementwise(
        "cube", lambda x: x * x * x, partials=(lambda out, x: 3 * x * x,), cases=NAMED),
    "elementwise of two, of scalars too": ag.elementwise(
        "hypot", np.hypot, scalar=math.hypot,
        partials=(lambda out, x, y: x / out, lambda out, x, y: y / out)),
    "elementwise with a constant partial": ag.elementwise(
        "axpy", lambda x, y: 3 * x + y, partials=(3, 1.0)),
    "elementwise with a static argument": ag.elementwise(
        "cubic", cubic, partials=(lambda out, x, a: 3 * a * x**2,),
        cases=[ag.Case((3,)), ag.Case((), a=0.5)]),
    "linear": ag.linear(
        "centre", lambda x: x - np.mean(x), vjps=(lambda g, out, x: g - ag.mean(g),), cases=NAMED),
    "linear of any number": ag.linear(
        "total", lambda *xs: sum(xs),
        vjps=lambda g, out, *xs, wanted: [g if want else None for want in wanted],
        cases=[ag.Case((3,)), ag.Case((2, 3), (3,), ())]),
    "bilinear": ag.bilinear(
        "cross", lambda x, y: np.cross(x, y),
        vjps=(lambda g, out, x, y: CROSS(y, g), lambda g, out, x, y: CROSS(g, x)),
        cases=[ag.Case((3,), (3,)), ag.Case((2, 3), (2, 3)), ag.Case((2, 3), (3,))]),
    "primitive": ag.primitive(
        "norm4", lambda x: np.sum(x**4), vjps=(lambda g, out, x: 4 * g * x**3,), cases=NAMED),
    "primitive with a jvp": ag.primitive(
        "sumsq", lambda x: np.sum(x * x), vjps=(lambda g, out, x: 2 * g * x,),
        jvp=lambda tangents, out, x: 2 * ag.sum(x * tangents[0]), cases=NAMED),
    "composite": ag.composite(
        neuron, arity=3, cases=[ag.Case((), (), ()), ag.Case((2, 3), (3,), ())]),
    "composite with a static argument": ag.composite(
        geometric_mean, domain=POSITIVE, cases=[ag.Case((3,)), ag.Case((2, 3), axis=0)]),
    "composite with a kernel": ag.composite(
        scaled_product, arity=2, kernel=ag.Kernel(scaled_product_forward, scaled_product_vjp),
        cases=[ag.Case((2, 3), (3, 4)), ag.Case((3, 3), (3, 3), scale=0.5)]),
    "composite of composites": ag.composite(
        lambda x: ag.softmax(neuron_op(x, 0.5, x)), name="nested",
        cases=[ag.Case((3,)), ag.Case((2, 3))]),
}  # fmt: skip
CROSS, neuron_op = OPS["bilinear"], OPS["composite"]

CASES = pytest.mark.parametrize(
    ("op", "case"),
    [
        pytest.param(op, case, id=f"{kind}-{case!r}")
        for kind, op in OPS.items()
        for case in op.cases
    ],
)
RULES = [
    pytest.param(op, i, id=f"{kind}-{i}")
    for kind, op in OPS.items() if op.definition is None or op.kernel is not None
    for i in range(op.arity or 1)
]  # fmt: skip


@CASES
def test_op_of_a_user_passes_the_checks(op: ag.Op, case: ag.Case) -> None:
    check_vjp(op, case)
    check_jvp(op, case)
    check_second_order(op, case)
    if op.kernel is not None:
        check_kernel(op, case)


@pytest.mark.parametrize("mistake", ["scaled", "sign_flipped", "element_dropped", "term_added"])
@pytest.mark.parametrize(("op", "operand"), RULES)
def test_wrong_vjp_of_a_user_is_noticed(op: ag.Op, operand: int, mistake: str) -> None:
    with pytest.raises(AssertionError, match=rf"^{op.name}Case.*: vjp of operand {operand}: "):
        for case in op.cases:
            check_vjp(with_wrong_vjp(op, operand, VJP_MISTAKES[mistake]), case)


@pytest.mark.parametrize("kind", [k for k, op in OPS.items() if op.jvp or op.partials])
def test_wrong_jvp_of_a_user_is_noticed(kind: str) -> None:
    with pytest.raises(AssertionError, match=rf"^{OPS[kind].name}Case.*: jvp"):
        for case in OPS[kind].cases:
            check_jvp(with_wrong_jvp(OPS[kind], 0, "scaled"), case)


def test_kernel_that_differs_from_its_definition_is_noticed() -> None:
    op = with_wrong_definition(OPS["composite with a kernel"])
    with pytest.raises(AssertionError, match="kernel against definition: value"):
        check_kernel(op, op.cases[0])


def test_kernel_is_asked_only_for_the_cotangents_that_are_wanted() -> None:
    asked: list[Any] = []

    def vjp(*args: Any, wanted: Any, **params: Any) -> Any:
        asked.append(wanted)
        return scaled_product_vjp(*args, wanted=wanted, **params)

    op = ag.composite(scaled_product, arity=2, kernel=ag.Kernel(scaled_product_forward, vjp))
    x, w = np.ones((2, 3)), ag.Value(np.ones((3, 2)))
    ag.sum(op(x, w)).backward()
    assert asked == [(False, True)]


@pytest.mark.parametrize("shape", [(), (3,)])
def test_value_that_a_definition_captures_gets_its_gradients(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(20260101)
    at, weight = (rng.uniform(0.5, 1.5, shape)[()] for _ in range(2))

    def layered(x: Any, w: Any) -> Any:
        return ag.composite(lambda y: ag.sin(w * y) * w, name="captures")(x)

    explicit = ag.composite(lambda x, w: ag.sin(w * x) * w, name="explicit", arity=2)
    case = ag.Case(shape, shape)
    check = ag.composite(layered, arity=2, cases=[case])
    for op in (explicit, check):
        for checked in (check_vjp, check_jvp, check_second_order):
            checked(op, case, [at, weight])
    x, w = ag.Value(at), ag.Value(weight)
    out = layered(x, w)
    assert out.op.name == "captures"
    assert out.operands[1] is w
    ag.sum(out).backward()
    by_x, by_w = ag.grad(lambda *a: ag.sum(explicit(*a)), (0, 1))(at, weight)
    np.testing.assert_allclose(x.grad, by_x, rtol=1e-12)
    np.testing.assert_allclose(w.grad, by_w, rtol=1e-12)


@pytest.mark.parametrize("x", [3.0, 3, np.float32(3.0)], ids=repr)
def test_value_that_a_definition_captures_gets_its_gradient_where_no_operand_does(x: Any) -> None:
    w = ag.Value(2.0)
    out = ag.composite(lambda y: w * y, name="captures")(ag.Value(x, requires_grad=False))
    assert out.op.name == "captures"
    out.backward()
    assert w.grad == 3.0


def test_missing_rule_of_a_user_raises_and_names_the_op() -> None:
    half = ag.primitive("half", lambda x, y: x * y, vjps=(lambda g, out, x, y: g * y, None))
    x, y = ag.Value(2.0), ag.Value(3.0)
    with pytest.raises(MissingRuleError, match="^half: no derivative is declared for operand 1"):
        half(x, y).backward()
    half(x, y.detach()).backward()
    assert x.grad == 3.0
