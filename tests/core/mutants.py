"""Ops with one planted mistake, to test the tests: each must be noticed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_core as ag

__all__ = [
    "VJP_MISTAKES",
    "detached",
    "with_wrong_definition",
    "with_wrong_jvp",
    "with_wrong_vjp",
]

Mistake = Callable[[Any], Any]


def _scaled(c: Any) -> Any:
    return c * 1.001


def _sign_flipped(c: Any) -> Any:
    return c * -1.0  # a boolean partial has no negative


def _term_added(c: Any) -> Any:
    return c + 1e-3


def _element_dropped(c: Any) -> Any:
    raw = np.asarray(_raw(c))
    kept = np.ones(raw.shape)
    if raw.size:
        kept.flat[np.argmax(np.abs(raw))] = 0.0  # any other may be zero anyway
    return c * kept[()]


def _transposed(c: Any) -> Any:
    shape = c.shape if isinstance(c, ag.Value) else np.shape(c)
    square = len(shape) >= 2 and shape[-1] == shape[-2]
    return ag.matrix_transpose(c) if square else c


VJP_MISTAKES: dict[str, Mistake] = {
    "scaled": _scaled,
    "sign_flipped": _sign_flipped,
    "term_added": _term_added,
    "element_dropped": _element_dropped,
    "transposed": _transposed,
}
"""What is done to the contribution of one operand."""


def with_wrong_vjp(op: ag.Op, operand: int, mistake: Mistake) -> ag.Op:
    """A copy of an op in which the vjp of one operand makes a mistake."""
    wrong = copy.copy(op)
    if op.kernel is not None:
        wrong.kernel = op.kernel._replace(vjp=_in_one(op.kernel.vjp, operand, mistake))
    elif op.partials is not None:
        # Scalars and arrays take different ways, so both forms of the rule are spoiled.
        slope = op.partials[operand]

        def partial(*args: Any, **params: Any) -> Any:
            return mistake(slope(*args, **params) if callable(slope) else slope)

        wrong.partials = _with(op.partials, operand, partial)
        wrong.vjps = _with(op.vjps, operand, _after(op.vjps[operand], mistake))
    elif callable(op.vjps):
        wrong.vjps = _in_one(op.vjps, operand, mistake)
    else:
        wrong.vjps = _with(op.vjps, operand, _after(op.vjps[operand], mistake))
    return wrong


def with_wrong_jvp(op: ag.Op, operand: int, mistake: str) -> ag.Op:
    """A copy of an op whose jvp makes a mistake in one operand, and whose vjps are right.

    Parameters
    ----------
    op : Op
        Declares a jvp or partials; without either its jvp is derived from its vjps.
    operand : int
    mistake : {"scaled", "forgotten"}
    """
    wrong = copy.copy(op)
    factor = 1.001 if mistake == "scaled" else 0.0

    def jvp(tangents: Any, out: Any, *inputs: Any, **params: Any) -> Any:
        spoiled = [t if t is None or i != operand else t * factor for i, t in enumerate(tangents)]
        if op.jvp is not None:
            return op.jvp(spoiled, out, *inputs, **params)
        terms = [
            t * (slope(out, *inputs, **params) if callable(slope) else slope)
            for slope, t in zip(op.partials, spoiled, strict=True)
            if t is not None
        ]
        return sum(terms[1:], terms[0]) + 0.0 * out

    wrong.jvp = jvp
    return wrong


def with_wrong_definition(op: ag.Op) -> ag.Op:
    """A copy of a composite whose definition is not what its kernel computes."""
    wrong = copy.copy(op)
    wrong.definition = lambda *args, **params: op.definition(*args, **params) * 1.001
    return wrong


def detached(op: ag.Op, operand: int) -> ag.Op:
    """A copy of an op in which one vjp is right on raw arrays, but records nothing."""

    def cut(rule: Any) -> Any:
        return lambda *args, **params: rule(*map(_raw, args), **params)

    wrong = copy.copy(op)
    if callable(op.vjps):
        joint = op.vjps

        def vjp(*args: Any, **params: Any) -> list[Any]:
            recorded, cut_off = joint(*args, **params), cut(joint)(*args, **params)
            pairs = zip(recorded, cut_off, strict=True)
            return [without if i == operand else c for i, (c, without) in enumerate(pairs)]

        wrong.vjps = vjp
    else:
        wrong.vjps = _with(op.vjps, operand, cut(op.vjps[operand]))
    return wrong


def _after(rule: Callable[..., Any], mistake: Mistake) -> Callable[..., Any]:
    return lambda *args, **params: mistake(rule(*args, **params))


def _in_one(rule: Callable[..., Any], operand: int, mistake: Mistake) -> Callable[..., Any]:
    """A rule for all operands jointly, with a mistake in what it gives to one of them."""
    return lambda *args, **params: [
        mistake(c) if i == operand and c is not None else c
        for i, c in enumerate(rule(*args, **params))
    ]


def _with(rules: Any, operand: int, rule: Any) -> tuple[Any, ...]:
    return (*rules[:operand], rule, *rules[operand + 1 :])


def _raw(x: Any) -> Any:
    return x.data if isinstance(x, ag.Value) else x
