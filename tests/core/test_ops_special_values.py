"""Kinks, poles, ties, zeros and infinities: the gradient there is agreed, not approximated."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.ops import OPS

from .numeric import assert_close
from .op_checks import check_second_order, check_vjp
from .special_points import array_points, elementwise_points

KINKS: dict[str, tuple[float, ...]] = {
    # The minimum-norm subgradient.
    "abs(0.0,)": (0.0,),
    "sign(0.0,)": (0.0,),
    "relu(0.0,)": (0.0,),
    "hard_sigmoid(-3.0,)": (0.0,),
    "hard_sigmoid(3.0,)": (0.0,),
    # A tie shares.
    "maximum(0.0, 0.0)": (0.5, 0.5),
    "minimum(0.0, 0.0)": (0.5, 0.5),
    # The slope of the negative side, as in PyTorch.
    "selu(0.0,)": (1.7580993408473766,),
    # Neither the origin nor the branch cut has a derivative in both directions.
    "arctan2(0.0, 0.0)": (0.0, 0.0),
    "arctan2(0.0, -1.0)": (-1.0, 0.0),
}
"""Where there is no derivative: what is taken instead."""

POLES: dict[str, tuple[float, ...]] = {
    "divide(0.75, 0.0)": (inf, -inf),
    "divide(0.75, -0.0)": (-inf, -inf),
    "divide(0.75, inf)": (0.0, 0.0),
    "reciprocal(0.0,)": (-inf,),
    "reciprocal(-0.0,)": (-inf,),
    "reciprocal(inf,)": (0.0,),
    "power(0.0, -1.0)": (-inf, -inf),
    "power(0.0, 0.75)": (inf, 0.0),
    "power(0.0, 0.0)": (0.0, 0.0),  # x⁰ is 1 for all x, and 0ʸ is 0 for all y > 0
    **{f"{name}(0.0,)": (inf,) for name in ("log", "log2", "log10", "sqrt", "cbrt")},
    **{f"{name}(inf,)": (0.0,) for name in ("log", "log2", "log10", "sqrt")},
    "log1p(-1.0,)": (inf,),
    "exp(1000.0,)": (inf,),
    "expm1(1000.0,)": (inf,),
    "arcsin(1.0,)": (inf,),
    "arcsin(-1.0,)": (inf,),
    "arccos(1.0,)": (-inf,),
    "arccos(-1.0,)": (-inf,),
    "arccosh(1.0,)": (inf,),
    "arctanh(1.0,)": (inf,),
    "arctanh(-1.0,)": (inf,),
    "logaddexp(-inf, 0.75)": (0.0, 1.0),
    "logaddexp(0.75, -inf)": (1.0, 0.0),
    "logaddexp(-inf, 1000.0)": (0.0, 1.0),
    "logaddexp(1000.0, -inf)": (1.0, 0.0),
    "logaddexp(-inf, -inf)": (0.0, 0.0),  # the sum of no terms, whichever of them changes
}
"""Where the derivative or an operand is infinite: the limit."""


def agreed(name: str, point: tuple[float, ...], params: dict[str, Any]) -> tuple[float, ...] | None:
    """The gradient at a point where differences cannot tell it."""
    if name == "clip":
        return (0.0,) if point[0] in params.values() else None
    if name in ("leaky_relu", "elu") and point == (0.0,):
        return (next(iter((OPS[name].params | params).values())),)  # as for selu
    return (KINKS | POLES).get(f"{name}{point}")


def points() -> dict[str, tuple[ag.Op, tuple[float, ...], dict[str, Any]]]:
    return {
        f"{name}{point}{params or ''}": (op, point, params)
        for name, op in OPS.items()
        for point, params in elementwise_points(op)
    }


@pytest.mark.parametrize("array", [False, True], ids=["scalar", "array"])
@pytest.mark.parametrize(("op", "point", "params"), points().values(), ids=points())
def test_gradient_at_a_special_value(
    op: ag.Op, point: tuple[float, ...], params: dict[str, Any], array: bool
) -> None:
    expected = agreed(op.name, point, params)
    with np.errstate(all="ignore"):
        if expected is None:
            at = [np.array([x]) if array else x for x in point]
            check_vjp(op, ag.Case(*map(np.shape, at), **params), at)
            return
        leaves = [ag.Value(np.array([x, x]) if array else x) for x in point]
        out = op(*leaves, **params)
        out.backward(np.ones(out.shape)[()])
        twice = ag.jvp(lambda *xs: op(*xs, **params), [x.data for x in leaves],
                       [np.ones(x.shape)[()] for x in leaves])[1]  # fmt: skip
    for leaf, c in zip(leaves, expected, strict=True):
        np.testing.assert_array_equal(leaf.grad, np.full(leaf.shape, c))
    if np.isfinite(expected).all():
        np.testing.assert_allclose(twice, np.full(out.shape, sum(expected)), rtol=1e-12)


def test_every_agreed_value_is_declared_as_special() -> None:
    assert set(KINKS | POLES) <= {f"{op.name}{point}" for op, point, _ in points().values()}


def declared_arrays(*names: str) -> dict[str, tuple[ag.Op, ag.Case, Any]]:
    return {
        f"{name}{case!r}-{k}": (OPS[name], case, x)
        for name in names
        for k, (x, case) in enumerate(array_points(OPS[name]))
    }


ZEROS = declared_arrays("prod", "cumprod")
SYMMETRIC = declared_arrays("norm", "std")
TIES = declared_arrays("max", "min")
INFINITE = {
    label: x for label, x in declared_arrays("softmax", "log_softmax", "logsumexp").items()
    if -inf in x[2]
}  # fmt: skip
LARGE = {
    label: x for label, x in declared_arrays("softmax", "log_softmax", "logsumexp").items()
    if 1000.0 in x[2]
}  # fmt: skip


def test_every_array_with_special_values_is_looked_at() -> None:
    names = {op.name for op in OPS.values() for _ in array_points(op)}
    looked_at = (ZEROS, SYMMETRIC, TIES, INFINITE, LARGE)
    assert names == {op.name for group in looked_at for op, _, _ in group.values()}


@pytest.mark.parametrize(("op", "case", "x"), ZEROS.values(), ids=ZEROS)
def test_product_with_zeros_has_its_first_and_second_derivatives(
    op: ag.Op, case: ag.Case, x: Any
) -> None:
    check_vjp(op, case, [x])
    check_second_order(op, case, [x])


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_det_of_a_singular_matrix_has_its_first_and_second_derivatives(rank: int) -> None:
    rng = np.random.default_rng(20260101)
    x = rng.integers(-3, 4, (3, rank)) @ rng.integers(-3, 4, (rank, 3)) + 0.0
    for at in (x, np.stack([x, np.eye(3)]), x[:2, :2] * (rank == 1)):
        check_vjp(OPS["det"], ag.Case(at.shape), [at])
        check_second_order(OPS["det"], ag.Case(at.shape), [at])


@pytest.mark.parametrize(("op", "case", "x"), SYMMETRIC.values(), ids=SYMMETRIC)
def test_gradient_at_a_symmetric_kink_is_the_mean_of_both_sides(
    op: ag.Op, case: ag.Case, x: Any
) -> None:
    check_vjp(op, case, [x])


@pytest.mark.parametrize(("op", "case", "x"), TIES.values(), ids=TIES)
def test_tied_extremes_share_the_gradient_equally(op: ag.Op, case: ag.Case, x: Any) -> None:
    leaf = ag.Value(x)
    out = op(leaf, **case.params)
    out.backward(np.ones(out.shape)[()])
    axes = {"axis": case.params.get("axis"), "keepdims": True}
    hit = x == getattr(np, op.name)(x, **axes)
    np.testing.assert_allclose(leaf.grad, hit / hit.sum(**axes))


@pytest.mark.parametrize(("op", "case", "x"), LARGE.values(), ids=LARGE)
def test_large_numbers_do_not_overflow(op: ag.Op, case: ag.Case, x: Any) -> None:
    check_vjp(op, case, [x])


@pytest.mark.parametrize(("op", "case", "x"), INFINITE.values(), ids=INFINITE)
def test_minus_infinity_counts_as_an_element_that_is_not_there(
    op: ag.Op, case: ag.Case, x: Any
) -> None:
    with np.errstate(all="ignore"):
        out, pullback = ag.vjp(lambda y: op(y, **case.params), x)
        (actual,) = pullback(np.ones(np.shape(out))[()])
        out, pullback = ag.vjp(lambda y: op(y, **case.params), np.where(x == -inf, -1e5, x))
        (expected,) = pullback(np.ones(np.shape(out))[()])
    axis = case.params.get("axis", -1 if op.name.endswith("softmax") else None)
    empty = np.broadcast_to(np.all(x == -inf, axis=axis, keepdims=True), x.shape)
    assert_close(op.name, actual[~empty], expected[~empty], 1e-12)
    # Of nothing at all, the sum has the gradient 0, and the softmax is not defined.
    assert np.all(actual[empty] == 0 if op.name == "logsumexp" else np.isnan(actual[empty]))
