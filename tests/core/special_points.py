"""The points that a Domain lists under `also`, as operands of calls."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

import autograd_core as ag

__all__ = ["array_points", "elementwise_points"]

REGULAR = 0.75
"""Stands beside a special value in the other operand."""


def elementwise_points(op: ag.Op) -> Iterator[tuple[tuple[float, ...], dict[str, Any]]]:
    """Scalar operands and static arguments: each special value with each, and with 0.75."""
    if op.partials is None:
        return
    choices = [[*domain.also, REGULAR] for domain in op.domain]
    given: list[dict[str, Any]] = []
    for case in op.cases:
        if case.params not in given:
            given.append(case.params)
    for params in given:
        for point in itertools.product(*choices):
            if any(x in domain.also for x, domain in zip(point, op.domain, strict=True)):
                yield point, params


def array_points(op: ag.Op) -> Iterator[tuple[Any, ag.Case]]:
    """Arrays whose first element, whose first two, and of which all elements are special."""
    if op.partials is not None:
        return
    for case in op.cases:
        for special in op.domain[0].also if case.shapes[0] else ():
            for count in (1, 2, None):
                (x,) = case.draw(op.domain, np.random.default_rng(20260101))
                x.flat[:count] = special
                yield x, case
