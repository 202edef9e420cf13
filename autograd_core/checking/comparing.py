"""Comparing derivatives with differences, and looking twice before calling one wrong.

An element that one central difference confirms is done with. For any other the whole range of
steps is looked at: the difference may have been poor, there may be a kink, or it is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

from .curves import Curve, curve
from .differences import Method, Sampler, directional, jacobian

__all__ = ["Entry", "Kinks", "Rules", "compare_directions", "compare_jacobian"]

Kinks = Literal["skip", "fail", "subgradient"]
Status = Literal["wrong", "kink", "step", "unsure", "nan"]

_ENOUGH = 24  # columns known to be wrong; what they have in common is known then
_ROOM = 50.0  # how many times the rounding expected is still put down to rounding
_TRUST = 10.0  # how many times its own error estimate an extrapolation may be off


@dataclass(frozen=True)
class Rules:
    """How to compare: the arguments of `gradcheck` that matter here.

    The relative tolerance is 1e-6 in float64 and 1e-2 in float32: about ``256 ε^½`` and hence
    far above what a good difference is off by, and far below any mistake in a rule. Where a
    poor difference misses it, the extrapolation and its own error estimate decide.

    A function whose result does not move at all may be rounded to a constant by numbers that are
    lost inside: a derivative smaller than `flat` is then not refuted, but unsure.
    """

    method: Method = "central"
    h: float | None = None
    rtol: float | None = None
    atol: float | None = None
    kinks: Kinks = "skip"
    eps: float = float(np.finfo(np.float64).eps)
    flat: float = 1e-3

    @property
    def relative(self) -> float:
        """The relative tolerance."""
        if self.rtol is not None:
            return self.rtol
        return 1e-6 if self.eps < 1e-10 else 1e-2

    def tolerance(self, a: Any, n: Any, size: Any, h: Any) -> Any:
        """What a derivative and a difference may be apart.

        Parameters
        ----------
        a, n : ndarray
            Both.
        size : ndarray
            Of the results, or of their other derivatives if those are larger.
        h : ndarray
            The steps.
        """
        absolute = self.atol
        if absolute is None:
            absolute = _ROOM * self.eps * size / h if self.method != "complex" else 1e-12 * size
        with np.errstate(invalid="ignore"):
            return self.relative * np.maximum(np.abs(a), np.abs(n)) + absolute


class Entry(NamedTuple):
    """One element of a Jacobian that differences did not simply confirm.

    Attributes
    ----------
    status : {"wrong", "kink", "step", "unsure", "nan"}
    row, column : int
        Which result, and which element of the input.
    analytic, numeric, tolerance : float
    seen : Curve or None
        The sweep over steps, of which `row` is a column.
    """

    status: Status
    row: int
    column: int
    analytic: float
    numeric: float
    tolerance: float
    seen: Curve | None

    @property
    def error(self) -> float:
        """How far the two are apart."""
        return abs(self.analytic - self.numeric)

    @property
    def sides(self) -> tuple[float, float] | None:
        """The slopes to the left and to the right."""
        if self.seen is None:
            return None
        return float(self.seen.left[self.row]), float(self.seen.right[self.row])


@dataclass
class Comparison:
    """What comparing one Jacobian gave.

    Attributes
    ----------
    analytic, numeric : ndarray
        Shape ``(results, elements)``; where a whole range of steps was looked at, `numeric`
        is the extrapolation.
    entries : list of Entry
        Whatever needs attention.
    refined : int
        How many columns had to be looked at twice.
    """

    analytic: Any
    numeric: Any
    tolerance: Any
    entries: list[Entry] = field(default_factory=list)
    refined: int = 0

    def of(self, status: Status) -> list[Entry]:
        """The entries of one kind, largest error in terms of its tolerance first."""
        chosen = [e for e in self.entries if e.status == status]
        return sorted(chosen, key=_badness, reverse=True)

    def worst(self) -> tuple[int, int] | None:
        """The element with the largest error in terms of its tolerance."""
        if not self.analytic.size:
            return None
        with np.errstate(all="ignore"):
            excess = np.abs(self.analytic - self.numeric) / np.maximum(self.tolerance, 1e-300)
        at = int(np.argmax(np.where(np.isnan(excess), np.inf, excess)))
        row, column = np.unravel_index(at, self.analytic.shape)
        return int(row), int(column)


def compare_jacobian(f: Sampler, k: int, analytic: Any, here: Any, rules: Rules) -> Comparison:
    """Compare a Jacobian with differences in one input.

    Parameters
    ----------
    f : Sampler
    k : int
        Which of its arrays.
    analytic : ndarray
        Shape ``(results, elements)``.
    here : ndarray
        The results at the point.
    rules : Rules
    """
    numeric, steps = jacobian(f, k, method=rules.method, eps=rules.eps, h=rules.h)
    numeric = np.array(numeric)
    size = _size(here, numeric)
    tolerance = rules.tolerance(analytic, numeric, size[:, None], steps)
    result = Comparison(analytic, numeric, tolerance)
    with np.errstate(invalid="ignore"):
        doubtful = ~(np.abs(analytic - numeric) <= tolerance)
        excess = np.where(doubtful, np.abs(analytic - numeric) / tolerance, 0.0)
    columns = np.flatnonzero(doubtful.any(axis=0))
    largest = np.nan_to_num(excess, nan=1e300).max(axis=0, initial=0.0)
    columns = columns[np.argsort(-largest[columns])]
    x = np.real(f.points[k]).reshape(-1)
    wrong = 0
    for i in columns:
        rows = np.flatnonzero(doubtful[:, i])
        if wrong >= _ENOUGH or rules.method == "complex":
            result.entries += [
                _entry("wrong", int(j), int(i), analytic, numeric, tolerance, None) for j in rows
            ]
            continue
        seen = curve(_moving(f, k, int(i)), here, max(1.0, abs(float(x[i]))), rules.eps)
        result.refined += 1
        given = (rows, int(i), analytic[:, i], numeric[:, i], tolerance[:, i])
        judged = _judge(*given, seen, rules)
        if 0 < abs(float(x[i])) < 1e-3 and any(e.status in ("wrong", "nan") for e in judged):
            # Near a pole the function may change on the scale of x itself.
            closer = curve(_moving(f, k, int(i)), here, abs(float(x[i])), rules.eps)
            again = _judge(*given, closer, rules)
            if len(again) < len(judged):
                seen, judged = closer, again
        if rules.h is None:
            numeric[rows, i] = seen.best[rows]
        result.entries += judged
        wrong += any(entry.status == "wrong" for entry in judged)
    return result


def compare_directions(
    f: Sampler, directions: Any, u: Any, analytic: float, here: Any, rules: Rules
) -> Comparison:
    """Compare one projection ``uᵀ J v`` with the difference along v.

    Parameters
    ----------
    f : Sampler
    directions : sequence of ndarray
        The direction v, one array per input.
    u : ndarray
        Weights of the results.
    analytic : float
        ``⟨Jᵀu, v⟩``.
    here : ndarray
        The results at the point.
    rules : Rules
    """
    numeric = float(u @ directional(f, directions, rules.method, rules.eps, rules.h))
    size = np.abs(u) @ np.abs(here) + np.abs(numeric) + np.abs(analytic)
    h = rules.h or rules.eps ** (1 / 3)
    a, n = np.array([[analytic]]), np.array([[numeric]])
    tolerance = rules.tolerance(a, n, size, h)
    result = Comparison(a, n, tolerance)
    if not abs(analytic - numeric) <= tolerance[0, 0]:
        if rules.method == "complex":
            result.entries = [_entry("wrong", 0, 0, a, n, tolerance, None)]
            return result
        base = np.array([float(u @ here)])
        spread = rules.eps * float(np.abs(u) @ np.abs(here))
        seen = curve(
            lambda t: np.array([float(u @ f.along(directions, t))]), base, 1.0, rules.eps, spread
        )
        result.refined = 1
        result.entries = _judge([0], 0, a[:, 0], n[:, 0], tolerance[:, 0], seen, rules)
        if rules.h is None:
            result.numeric = seen.best[:, None]
    return result


def _judge(
    rows: Any, i: int, a: Any, n: Any, tolerance: Any, seen: Curve, rules: Rules
) -> list[Entry]:
    """What the sweep over steps says about one column."""
    entries = []
    for j in map(int, rows):
        best, error = float(seen.best[j]), float(seen.error[j])
        off = abs(a[j] - best)
        allowed = rules.relative * max(abs(a[j]), abs(best)) + (rules.atol or 0.0)
        status: Status | None
        if not np.isfinite(a[j]) or not np.isfinite(best):
            status = "nan"
        elif seen.kinked[j]:
            status = None if _is_between(a[j], seen, j, rules) else "kink"
        elif abs(a[j]) <= rules.flat and not np.any(seen.central[1:, j]):
            status = "unsure"
        elif off > allowed + _TRUST * error:
            status = "wrong"
        elif rules.h is not None or (rules.rtol is not None and off > allowed):
            status = "step"  # what was asked for could not show what is right
        else:
            fine = max(10 * tolerance[j], 1e-3 * max(abs(a[j]), abs(best)))
            status = None if off <= allowed or _TRUST * error <= fine else "unsure"
        if status is not None:
            shown = n[j] if status == "step" else best
            limit = tolerance[j] if status == "step" else allowed + _TRUST * error
            entries.append(Entry(status, j, i, float(a[j]), float(shown), float(limit), seen))
    return entries


def _is_between(a: float, seen: Curve, j: int, rules: Rules) -> bool:
    """Whether subgradients are accepted, and this is one."""
    if rules.kinks != "subgradient":
        return False
    low, high = sorted((float(seen.left[j]), float(seen.right[j])))
    room = 1e-4 * max(abs(low), abs(high))
    return low - room <= a <= high + room


def _moving(f: Sampler, k: int, i: int) -> Callable[[float], Any]:
    x = f.points[k].reshape(-1)[i]
    kind = type(x)
    return lambda t: f.at(k, i, kind(x + t))


def _size(here: Any, numeric: Any) -> Any:
    """The scale of each result: its own, or that of its derivatives if it happens to be small."""
    slopes = np.abs(numeric).max(axis=1, initial=0.0)
    return np.maximum(np.abs(here), np.where(np.isfinite(slopes), slopes, 0.0))


def _entry(status: Status, j: int, i: int, a: Any, n: Any, tolerance: Any, seen: Any) -> Entry:
    return Entry(status, j, i, float(a[j, i]), float(n[j, i]), float(tolerance[j, i]), seen)


def _badness(entry: Entry) -> float:
    ratio = entry.error / max(entry.tolerance, 1e-300)
    return ratio if np.isfinite(ratio) else float("inf")
