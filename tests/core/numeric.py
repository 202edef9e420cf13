"""Finite differences, and the comparison of gradients with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = ["STEP", "assert_close", "differences", "inner"]


STEP = float(np.cbrt(np.finfo(np.float64).eps))


def differences(f: Callable[..., float], inputs: Sequence[Any], index: int) -> Any:
    """The gradient of ``f`` in one of its inputs, by central differences.

    The step, ∛eps, balances the truncation error (its square) against the rounding error
    (its inverse); both end near 1e-10 in float64.

    Parameters
    ----------
    f : callable
        From arrays to one number.
    inputs : sequence of float64 scalars and arrays
    index : int
        In which of them.

    Returns
    -------
    ndarray
        Of the shape of ``inputs[index]``.
    """
    x = np.array(inputs[index], dtype=np.float64)
    result = np.zeros_like(x)

    def at(position: tuple[int, ...], value: float) -> float:
        moved = x.copy()
        moved[position] = value
        return f(*inputs[:index], moved if moved.shape else float(moved), *inputs[index + 1 :])

    for position in np.ndindex(x.shape):
        above, below = x[position] + STEP, x[position] - STEP
        result[position] = (at(position, above) - at(position, below)) / (above - below)
    return result


def inner(xs: Sequence[Any], ys: Sequence[Any]) -> float:
    """⟨x, y⟩ over a sequence of arrays."""
    return float(sum(np.vdot(x, y) for x, y in zip(xs, ys, strict=True)))


def assert_close(what: str, actual: Any, expected: Any, tolerance: float) -> None:
    """Compare two arrays of one shape; the tolerance is relative to the largest element.

    Raises
    ------
    AssertionError
        Naming what was compared, and the element that differs most.
    """
    actual, expected = np.asarray(actual), np.asarray(expected)
    if actual.shape != expected.shape:
        raise AssertionError(f"{what}: shape {actual.shape}; expected {expected.shape}")
    if not actual.size:
        return
    if not np.all(np.isfinite(actual)):
        raise AssertionError(f"{what}: not finite: {actual}")
    scale = max(1.0, float(np.max(np.abs(expected))))
    error = np.abs(actual.astype(np.float64) - expected)
    worst = np.unravel_index(int(np.argmax(error)), error.shape)
    if error[worst] > tolerance * scale:
        raise AssertionError(
            f"{what}: {actual[worst]:.10g} at {tuple(map(int, worst))}; expected "
            f"{expected[worst]:.10g} within {tolerance * scale:.1g}"
        )
