"""What differences say over a whole range of steps: the best of them, its error, and kinks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Curve", "curve"]

_RATIO = 4.0
_LONGEST, _SHORTEST = 3, -7  # exponents of the ratio, around the balanced step


class Curve(NamedTuple):
    """What differences say over a whole range of steps, for every result at once.

    Attributes
    ----------
    steps : ndarray
        From long to short.
    central : ndarray
        Shape ``(steps, results)``: the central difference at each.
    best : ndarray
        Extrapolated where that agrees best with itself [1]_, not with any expectation.
    error : ndarray
        How far that can be trusted.
    left, right : ndarray
        The one-sided slopes, where rounding is still small.
    kinked : ndarray of bool
        Whether these differ, and do not come closer as the step shrinks.

    References
    ----------
    .. [1] C. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering
       Software 4 (1982) 75.
    """

    steps: Any
    central: Any
    best: Any
    error: Any
    left: Any
    right: Any
    kinked: Any


def curve(
    sample: Callable[[float], Any], here: Any, scale: float, eps: float, noise: float = 0.0
) -> Curve:
    """Sweep the step, extrapolate, and look from both sides.

    Parameters
    ----------
    sample : callable
        The results at a distance from the point, which may be negative.
    here : ndarray
        The results at the point.
    scale : float
        The unit of the step: 1, or the size of what is moved.
    eps : float
        Rounding unit.
    noise : float
        What the results are known to be uncertain by, besides their own rounding.

    Examples
    --------
    >>> seen = curve(lambda t: np.abs([t, 1.0 + t]), np.array([0.0, 1.0]), 1.0, 2.0**-52)
    >>> seen.kinked.tolist(), seen.left.round(3).tolist(), seen.right.round(3).tolist()
    ([True, False], [-1.0, 1.0], [1.0, 1.0])
    """
    steps = eps ** (1 / 3) * scale * _RATIO ** np.arange(_LONGEST, _SHORTEST - 1, -1.0)
    above = np.array([sample(h) for h in steps])
    below = np.array([sample(-h) for h in steps])
    with np.errstate(all="ignore"):
        h = steps[:, None]
        central = (above - below) / (2 * h)
        size = np.maximum(np.abs(above), np.abs(below))
        rounding = (eps * size + noise) / h
        best, error = _ridders(central, rounding)
        jump = (above - here) / h - (here - below) / h
        late = min(len(steps) - 1, _LONGEST + 4)  # short, but rounding is far below any kink
        early = late - 2
        left, right = (here - below[late]) / steps[late], (above[late] - here) / steps[late]
        slopes = np.maximum(np.abs(left), np.abs(right))
        visible = np.abs(jump[late]) > 1e-4 * slopes + 50 * rounding[late]
        kinked = visible & (np.abs(jump[late]) > 0.5 * np.abs(jump[early]))
    return Curve(steps, central, best, error, left, right, kinked)


def _ridders(central: Any, rounding: Any) -> tuple[Any, Any]:
    """For each result the extrapolation that changes least, and by how much it does."""
    best = central[0].copy()
    error = np.full(best.shape, np.inf)
    previous = [central[0]]
    for k in range(1, len(central)):
        row = [central[k]]
        for level in range(1, min(k, 2) + 1):
            gain = _RATIO ** (2 * level) - 1
            row.append(row[-1] + (row[-1] - previous[level - 1]) / gain)
        for level, estimate in enumerate(row):
            change = np.abs(estimate - previous[min(level, len(previous) - 1)])
            if level:
                change = np.maximum(change, np.abs(estimate - row[level - 1]))
            change = change + rounding[k]
            better = np.isfinite(estimate) & (change < error)
            best = np.where(better, estimate, best)
            error = np.where(better, change, error)
        previous = row
    return np.where(np.isfinite(error), best, np.nan), error
