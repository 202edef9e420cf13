"""A step length that satisfies the strong Wolfe conditions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["Point", "strong_wolfe"]

_DECREASE, _CURVATURE = 1e-4, 0.9  # c₁ and c₂ of Nocedal and Wright


class Point(NamedTuple):
    """What is known at the step length t along a direction d.

    Attributes
    ----------
    t : float
    loss : float
        Not nan: inf where there is none.
    grad : ndarray
        The gradient, shape ``(n,)``.
    slope : float
        grad · d.
    """

    t: float
    loss: float
    grad: Any
    slope: float


def strong_wolfe(
    at: Callable[[float], Point],
    start: Point,
    t: float,
    d_max: float,
    *,
    tolerance_change: float = 1e-9,
    max_evaluations: int = 25,
) -> tuple[Point, int]:
    """Search along a descent direction: bracket a good step, then zoom in [1]_.

    With φ(t) the loss, the step satisfies φ(t) ≤ φ(0) + c₁ t φ'(0) and |φ'(t)| ≤ c₂ |φ'(0)|,
    for c₁ = 10⁻⁴ and c₂ = 0.9, unless the search ends before.

    Parameters
    ----------
    at : callable
        Evaluates a step length.
    start : Point
        At 0; its slope is negative.
    t : float
        The first step length to try.
    d_max : float
        The largest absolute element of the direction.
    tolerance_change : float
        End where the bracket times `d_max` is shorter.
    max_evaluations : int
        End after this many evaluations beyond the first.

    Returns
    -------
    point : Point
        The best in the bracket.
    evaluations : int
        How often `at` was called.

    References
    ----------
    .. [1] J. Nocedal, S. J. Wright, "Numerical optimization", 2nd ed. (2006), algorithms 3.5
       and 3.6, with the safeguards of M. Schmidt's minFunc.

    Examples
    --------
    >>> import numpy as np
    >>> def at(t):
    ...     return Point(t, (t - 3) ** 2, np.array([2 * (t - 3)]), 2 * (t - 3))
    >>> point, evaluations = strong_wolfe(at, at(0.0), 1.0, 1.0)
    >>> point.t, evaluations
    (1.0, 1)
    >>> strong_wolfe(at, at(0.0), 100.0, 1.0)[0].t
    3.0
    """
    bracket, tried, done = _bracket(at, start, t, max_evaluations)
    evaluations = tried + 1
    low, high = _by_loss(bracket)
    stalled = False
    while not done and tried < max_evaluations:
        left, right = bracket
        if abs(right.t - left.t) * d_max < tolerance_change:
            break
        t, stalled = _inside(left, right, stalled)
        new = at(t)
        evaluations += 1
        tried += 1
        if _too_high(new, start) or new.loss >= bracket[low].loss:
            bracket[high] = new
            low, high = _by_loss(bracket)
        else:
            if _flat(new, start):
                done = True
            elif new.slope * (bracket[high].t - bracket[low].t) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = new
    return bracket[low], evaluations


def _bracket(
    at: Callable[[float], Point], start: Point, t: float, limit: int
) -> tuple[list[Point], int, bool]:
    """Step outwards until two points enclose a good one, or one of them is good already."""
    before, new = start, at(t)
    tried = 0
    while tried < limit:
        if _too_high(new, start) or (tried > 1 and new.loss >= before.loss):
            return [before, new], tried, False
        if _flat(new, start):
            return [new], tried, True
        if new.slope >= 0:
            return [before, new], tried, False
        bounds = (new.t + 0.01 * (new.t - before.t), new.t * 10)
        t = _cubic_minimum(before, new, bounds)
        before, new = new, at(t)
        tried += 1
    return [start, new], tried, False


def _too_high(point: Point, start: Point) -> bool:
    return point.loss > start.loss + _DECREASE * point.t * start.slope


def _flat(point: Point, start: Point) -> bool:
    return abs(point.slope) <= -_CURVATURE * start.slope


def _by_loss(bracket: list[Point]) -> tuple[int, int]:
    return (0, 1) if bracket[0].loss <= bracket[-1].loss else (1, 0)


def _inside(left: Point, right: Point, stalled: bool) -> tuple[float, bool]:
    """Where to look in the bracket, and whether the search stalls at one of its ends.

    A step that comes too near to an end a second time is moved a tenth of the bracket inwards.
    """
    t = _cubic_minimum(left, right)
    least, most = min(left.t, right.t), max(left.t, right.t)
    margin = 0.1 * (most - least)
    if min(most - t, t - least) >= margin:
        return t, False
    if not stalled and least < t < most:
        return t, True
    return (most - margin if abs(t - most) < abs(t - least) else least + margin), False


def _cubic_minimum(a: Point, b: Point, bounds: tuple[float, float] | None = None) -> float:
    """The minimum of the cubic through two points with their slopes, brought into the bounds.

    By default between the points; their middle where the cubic has no minimum.
    """
    a, b = (a, b) if a.t <= b.t else (b, a)
    least, most = bounds or (a.t, b.t)
    width = b.t - a.t
    if width == 0:
        return (least + most) / 2
    d1 = a.slope + b.slope - 3 * (b.loss - a.loss) / width
    square = d1 * d1 - a.slope * b.slope
    if not 0 <= square < math.inf:
        return (least + most) / 2
    d2 = math.sqrt(square)
    rise, curvature = b.slope + d2 - d1, b.slope - a.slope + 2 * d2
    if curvature == 0:  # a straight line, whose minimum is at infinity
        return most if rise < 0 else least
    return min(max(b.t - width * (rise / curvature), least), most)
