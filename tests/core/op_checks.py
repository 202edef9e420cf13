"""What every op must satisfy at every case of its declaration, as functions that raise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np

import autograd_core as ag
from autograd_core.ops import OPS

from .numeric import STEP, assert_close, differences, inner

__all__ = [
    "Trial",
    "check_jvp",
    "check_kernel",
    "check_second_order",
    "check_vjp",
    "op_cases",
    "op_operands",
]

EXACT = 1e-10
"""Relative tolerance between two ways to compute the same in float64."""

NUMERIC = 1e-7
"""Relative tolerance between a derivative and central differences in float64."""


@dataclass(frozen=True)
class Trial:
    """One call of an op at one random point, with random directions.

    Attributes
    ----------
    op : Op
    params : dict
        Static arguments.
    inputs : tuple
        Raw float64 operands; scalars are Python floats.
    varying : tuple of int
        Indices of the operands that have a derivative.
    g : float or ndarray
        A cotangent of the result. No element of it or of `v`, `w` is near zero, so that no
        element of a derivative can hide.
    v, w : tuple
        Two tangents, one per varying operand.
    """

    op: ag.Op
    params: dict[str, Any]
    inputs: tuple[Any, ...]
    varying: tuple[int, ...]
    g: Any
    v: tuple[Any, ...]
    w: tuple[Any, ...]

    @classmethod
    def of(cls, op: ag.Op, case: ag.Case, at: Sequence[Any] | None = None) -> Trial:
        """A trial of a case, at a random point of the op's domain or at a given one."""
        rng = np.random.default_rng([20260101, crc32(repr(case).encode())])
        inputs = tuple(_plain(x) for x in (case.draw(op.domain, rng) if at is None else at))
        last = len(op.domain) - 1
        varying = tuple(i for i in range(len(inputs)) if op.domain[min(i, last)].differentiable)
        out = op(*inputs, **case.params)
        points = [inputs[i] for i in varying]
        return cls(
            op, case.params, inputs, varying, _direction(rng, out),
            tuple(_direction(rng, x) for x in points), tuple(_direction(rng, x) for x in points),
        )  # fmt: skip

    @property
    def point(self) -> tuple[Any, ...]:
        """The inputs that vary."""
        return tuple(self.inputs[i] for i in self.varying)

    def arguments(self, point: Sequence[Any]) -> list[Any]:
        """All operands, those that vary taken from a point."""
        args = list(self.inputs)
        for i, x in zip(self.varying, point, strict=True):
            args[i] = x
        return args

    def call(self, *point: Any) -> Any:
        """The op as a function of its varying operands."""
        return self.op(*self.arguments(point), **self.params)

    def pull(self, g: Any, *point: Any) -> tuple[Any, ...]:
        """Jᵀ g."""
        return ag.vjp(self.call, *point)[1](g)

    def push(self, tangents: Sequence[Any], *point: Any) -> Any:
        """J v."""
        return ag.jvp(self.call, point, tangents)[1]


def op_cases() -> dict[str, tuple[ag.Op, ag.Case]]:
    """Every op with every case, by a readable id."""
    return {
        f"{name}-{case!r}".replace("Case", ""): (op, case)
        for name, op in OPS.items()
        for case in op.cases
    }


def op_operands() -> dict[str, tuple[ag.Op, int]]:
    """Every op with every operand that has a derivative; three of a variadic op's."""
    return {
        f"{name}-{i}": (op, i)
        for name, op in OPS.items()
        for i in range(op.arity or max(len(case.shapes) for case in op.cases))
        if op.domain[min(i, len(op.domain) - 1)].differentiable
    }


def check_vjp(op: ag.Op, case: ag.Case, at: Sequence[Any] | None = None) -> None:
    """The vjp of each operand is the transpose of the Jacobian that differences give."""
    trial = Trial.of(op, case, at)
    pulled = trial.pull(trial.g, *trial.point)
    for k, (c, x) in enumerate(zip(pulled, trial.point, strict=True)):
        what = f"{op.name}{case!r}: vjp of operand {trial.varying[k]}"
        numeric = differences(lambda *xs: inner([trial.g], [trial.call(*xs)]), trial.point, k)
        assert_close(what, c, numeric, NUMERIC)
        if np.shape(c) != np.shape(x):
            raise AssertionError(f"{what}: shape {np.shape(c)}; expected {np.shape(x)}")


def check_jvp(op: ag.Op, case: ag.Case, at: Sequence[Any] | None = None) -> None:
    """J v is what differences along v give, and ⟨g, J v⟩ = ⟨Jᵀ g, v⟩; also operand by operand."""
    trial = Trial.of(op, case, at)
    what = f"{op.name}{case!r}: jvp"
    pushed, total = trial.push(trial.v, *trial.point), 0.0

    def along(t: float) -> Any:
        return trial.call(*(x + t * v for x, v in zip(trial.point, trial.v, strict=True)))

    assert_close(what, pushed, (along(STEP) - along(-STEP)) / (2 * STEP), NUMERIC)
    pulled = trial.pull(trial.g, *trial.point)
    for k, x in enumerate(trial.point):
        # Every other operand is a constant, so that its tangent is missing rather than zero.
        before, after = trial.point[:k], trial.point[k + 1 :]
        alone = ag.jvp(lambda y: trial.call(*before, y, *after), (x,), (trial.v[k],))[1]  # noqa: B023
        product = inner([trial.g], [alone])
        assert_close(
            f"{what} in operand {trial.varying[k]} against vjp",
            product, inner([pulled[k]], [trial.v[k]]), EXACT,
        )  # fmt: skip
        total += product
    assert_close(f"{what} as the sum over operands", inner([trial.g], [pushed]), total, EXACT)


def check_second_order(op: ag.Op, case: ag.Case, at: Sequence[Any] | None = None) -> None:
    """Derivatives of the vjp and of the jvp: against differences, each other, and symmetric."""
    trial = Trial.of(op, case, at)
    what = f"{op.name}{case!r}: second order"

    def pulled_along(w: Sequence[Any], *point_and_g: Any) -> Any:
        """⟨Jᵀ g, w⟩, as a function of the point and of g."""
        *point, g = point_and_g
        return _dot(trial.pull(g, *point), w)

    def pushed_along(w: Sequence[Any], *point: Any) -> Any:
        """⟨g, J w⟩, as a function of the point."""
        return _dot([trial.push(w, *point)], [trial.g])

    everything, places = (*trial.point, trial.g), tuple(range(len(trial.point) + 1))
    hw = ag.grad(lambda *a: pulled_along(trial.w, *a), places)(*everything)
    for k, actual in enumerate(hw):
        numeric = differences(lambda *a: pulled_along(trial.w, *a), everything, k)
        assert_close(f"{what}, reverse over reverse, in {k}", actual, numeric, NUMERIC)
    hv = ag.grad(lambda *a: pulled_along(trial.v, *a), places[:-1])(*everything)
    symmetric = inner(hw[:-1], trial.v)
    assert_close(f"{what}: symmetry of the Hessian", inner(hv, trial.w), symmetric, EXACT)
    over_forward = ag.grad(lambda *xs: pushed_along(trial.w, *xs), places[:-1])(*trial.point)
    for k, actual in enumerate(over_forward):
        assert_close(f"{what}, reverse over forward, in {k}", actual, hw[k], EXACT)
    over_reverse = ag.jvp(lambda *xs: trial.pull(trial.g, *xs), trial.point, trial.v)[1]
    assert_close(f"{what}, forward over reverse", inner(over_reverse, trial.w), symmetric, EXACT)
    twice = ag.jvp(lambda *xs: pushed_along(trial.w, *xs), trial.point, trial.v)[1]
    assert_close(f"{what}, forward over forward", twice, symmetric, EXACT)


def check_kernel(op: ag.Op, case: ag.Case) -> None:
    """The kernel of a composite gives what its definition gives, in value and gradient."""
    trial = Trial.of(op, case)
    what = f"{op.name}{case!r}: kernel against definition"

    def defined(*point: Any) -> Any:
        inputs = trial.arguments(point)
        return op.definition(*inputs, **(op.params | trial.params))  # type: ignore[misc]

    assert_close(f"{what}: value", trial.call(*trial.point), defined(*trial.point), EXACT)
    expected = ag.vjp(defined, *trial.point)[1](trial.g)
    for k, c in enumerate(trial.pull(trial.g, *trial.point)):
        assert_close(f"{what}: vjp of operand {trial.varying[k]}", c, expected[k], EXACT)


def _plain(x: Any) -> Any:
    return x if np.ndim(x) else np.asarray(x)[()].item()


def _direction(rng: np.random.Generator, like: Any) -> Any:
    size = rng.uniform(0.5, 1.5, np.shape(like))
    return _plain(size * np.where(rng.random(np.shape(like)) < 0.5, -1.0, 1.0))


def _dot(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    """As `inner`, but of Values."""
    total: Any = 0.0
    for x, y in zip(xs, ys, strict=True):
        total = total + ag.sum(x * y)
    return total
