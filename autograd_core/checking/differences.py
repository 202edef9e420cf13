"""Derivatives by differences: steps, tolerances, and what a whole sweep of steps says.

A central difference is off by ``h²·|f‴|/6`` because the step ``h`` is finite, and by about
``ε·|f|/h`` because ``f`` is rounded. The sum is smallest where the two balance, at ``h ~ ε^⅓``,
and is then of the order ``ε^⅔``: 4e-11 in float64, 2e-5 in float32. Two steps extrapolated
(Richardson) leave ``h⁴``, so that ``h ~ ε^⅕`` reaches ``ε^⅘``. The complex step
``Im f(x + ih)/h`` subtracts nothing and is exact to rounding, where f is analytic [1]_.

.. [1] J. Martins, P. Sturdza, J. Alonso, "The complex-step derivative approximation", ACM
   Transactions on Mathematical Software 29 (2003).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

__all__ = ["Method", "Sampler", "directional", "jacobian", "step"]

Method = Literal["central", "richardson", "complex"]

_COMPLEX_STEP = 1e-20  # nothing is subtracted, so it may be as small as it likes


class Sampler:
    """A function of several arrays, evaluated near one point.

    Parameters
    ----------
    call : callable
        From a list of arrays (a float for each that is 0-d) to one flat vector of results.
    points : sequence of ndarray
        The point. It is copied; `call` is given read-only views of the copy.
    dtype : dtype, optional
        What the copies are made of: complex for the complex step.

    Attributes
    ----------
    points : list of ndarray
        The present point.
    call : callable

    Examples
    --------
    >>> f = Sampler(lambda xs: xs[0] ** 2, [np.array([1.0, 2.0])])
    >>> f.at(0, 1, 3.0)
    array([1., 9.])
    >>> f.here()
    array([1., 4.])
    """

    def __init__(
        self,
        call: Callable[[list[Any]], Any],
        points: Sequence[Any],
        dtype: Any = None,
    ) -> None:
        self.call = call
        # In C order, so that a flat view of it is a view.
        self.points = [np.array(x, dtype=dtype, order="C") for x in points]
        self._views = [x.view() for x in self.points]
        for view in self._views:
            view.setflags(write=False)
        self._scalars = [k for k, x in enumerate(self.points) if not x.shape]

    def here(self) -> Any:
        """The results at the present point."""
        views: list[Any] = self._views
        if self._scalars:
            views = list(views)
            for k in self._scalars:
                views[k] = self.points[k][()]
        return self.call(views)

    def at(self, k: int, i: int, value: Any) -> Any:
        """The results where element `i` of array `k` has another value."""
        flat = self.points[k].reshape(-1)
        before = flat[i]
        flat[i] = value
        try:
            return self.here()
        finally:
            flat[i] = before

    def along(self, directions: Sequence[Any], t: Any) -> Any:
        """The results where every array has moved by `t` times its direction."""
        before = [x.copy() for x in self.points]
        for x, v in zip(self.points, directions, strict=True):
            x[...] = x + t * v
        try:
            return self.here()
        finally:
            for x, old in zip(self.points, before, strict=True):
                x[...] = old


def step(x: Any, eps: float, method: Method) -> Any:
    """The step that balances the two errors: in units of x where that is large, else of 1.

    Examples
    --------
    >>> round(float(step(0.1, 2.0**-52, "central")), 8)
    6.06e-06
    >>> round(float(step(-50.0, 2.0**-52, "central")), 6)
    0.000303
    """
    power = {"central": 1 / 3, "richardson": 1 / 5}.get(method, 1.0)
    return eps**power * np.maximum(1.0, np.abs(x))


def jacobian(
    f: Sampler, k: int, *, method: Method = "central", eps: float, h: float | None = None
) -> tuple[Any, Any]:
    """All derivatives by the elements of one array.

    Parameters
    ----------
    f : Sampler
    k : int
        Which array.
    method : {"central", "richardson", "complex"}
    eps : float
        Rounding unit of the dtype in which f computes.
    h : float, optional
        The step to take instead of the balanced one.

    Returns
    -------
    derivatives : ndarray
        Shape ``(results, elements)``.
    steps : ndarray
        Shape ``(elements,)``.
    """
    flat = f.points[k].reshape(-1)
    steps = np.full(flat.size, h) if h is not None else step(flat.real, eps, method)
    columns: list[Any] = []
    for i in range(flat.size):
        x = flat[i]
        if method == "complex":
            columns.append(np.imag(f.at(k, i, x + 1j * _COMPLEX_STEP)) / _COMPLEX_STEP)
            continue
        column = _central(f, k, i, x, steps[i])
        if method == "richardson":
            column = (4 * column - _central(f, k, i, x, 2 * steps[i])) / 3
        columns.append(column)
    if not columns:
        return np.zeros((f.here().size, 0)), steps
    return np.stack(columns, axis=1), steps


def _central(f: Sampler, k: int, i: int, x: Any, h: Any) -> Any:
    kind = type(x)
    above, below = kind(x + h), kind(x - h)  # what the dtype makes of them, not what was asked
    return (f.at(k, i, above) - f.at(k, i, below)) / float(above - below)


def directional(
    f: Sampler, directions: Sequence[Any], method: Method, eps: float, h: float | None = None
) -> Any:
    """The derivative along one direction of all arrays at once.

    Examples
    --------
    >>> f = Sampler(lambda xs: xs[0] * xs[1], [np.array([2.0]), np.array([5.0])])
    >>> directional(f, [np.array([1.0]), np.array([0.0])], "central", 2.0**-52).round(6)
    array([5.])
    """
    if method == "complex":
        return np.imag(f.along(directions, 1j * _COMPLEX_STEP)) / _COMPLEX_STEP
    h = float(step(0.0, eps, method)) if h is None else h
    slope = (f.along(directions, h) - f.along(directions, -h)) / (2 * h)
    if method == "richardson":
        wider = (f.along(directions, 2 * h) - f.along(directions, -2 * h)) / (4 * h)
        return (4 * slope - wider) / 3
    return slope
