"""The checker: every derivative against differences of the same function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import ArgumentError
from .comparing import Kinks, Rules
from .differences import Method
from .foreign import Foreign, ForeignProblem
from .problem import GradientProblem, Problem
from .report import GradcheckError, GradReport
from .running import Check, Direction, signs

__all__ = ["assert_gradients", "gradcheck"]


def gradcheck(
    f: Callable[..., Any],
    inputs: Any,
    *,
    params: Any = None,
    grad: Callable[..., Any] | None = None,
    order: int = 1,
    modes: Sequence[str] = ("rev", "fwd"),
    method: Method = "central",
    direction: Direction = "full",
    probes: int = 3,
    eps: float | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    seed: int = 0,
    kinks: Kinks = "skip",
    localize: bool = True,
    dtype: Any = None,
) -> GradReport:
    """Check the derivatives of a function against differences, and say what is wrong with them.

    Parameters
    ----------
    f : callable
        Of Values; returns a Value, or a nested tuple, list or dict of them. Or of arrays, if
        `grad` is given; or what `from_torch` and `from_jax` make of their functions.
    inputs : tuple or any
        The arguments of f: floats, arrays, and nested structures of them. What is not a tuple
        is its only argument. Integers, booleans and strings are passed on unchecked.
    params : mapping or object with named_parameters(), optional
        Values that f closes over, checked by name. Not needed if f itself has
        ``named_parameters()``.
    grad : callable, optional
        A gradient written by hand: takes the inputs, and returns an array, or as many as there
        are inputs; the Jacobian, of shape ``out.shape + x.shape``, if f returns an array.
    order : {1, 2}
        2 checks the derivative of the gradient as well.
    modes : sequence of {"rev", "fwd"}
        Reverse mode, forward mode, and with both also that they agree.
    method : {"central", "richardson", "complex"}
        The complex step is exact to rounding, for an f that is analytic and takes complex arrays.
    direction : {"full", "random"}
        Every element, or the derivative along a few random directions, of which no component
        is near zero.
    probes : int
        How many random directions.
    eps : float, optional
        The step; by default from the dtype and the size of each element.
    rtol, atol : float, optional
        By default from the dtype, the step and the size of the results.
    seed : int
        Of the random directions.
    kinks : {"skip", "fail", "subgradient"}
        What to do where the one-sided slopes differ: leave the element out, call it a fault, or
        accept any value between them.
    localize : bool
        Whether to look for the node at fault.
    dtype : dtype or "keep", optional
        In which to check: by default float64, whatever the inputs are.

    Returns
    -------
    GradReport
        True if everything agrees; printed, a table.

    Raises
    ------
    ArgumentError
        If an option is not one of these, or the complex step does not suit f.

    Examples
    --------
    >>> import autograd_core as ag
    >>> bool(gradcheck(lambda x, y: ag.sin(x) * y, (0.5, np.array([1.0, 2.0]))))
    True
    >>> cube = ag.elementwise("cube", lambda x: x**3, partials=(lambda out, x: 3 * x,))
    >>> report = gradcheck(cube, np.array([1.0, 2.0]))
    >>> report.ok, report.verdicts[0].kind, report.verdicts[0].culprit
    (False, 'wrong rule', 'cube, operand 0')
    >>> bool(gradcheck(lambda x: (x**2).sum(), np.ones(3), grad=lambda x: 2 * x))
    True
    """
    _need("method", method, ("central", "richardson", "complex"))
    modes = (modes,) if isinstance(modes, str) else tuple(modes)
    _need("order", order, (1, 2))
    _need("direction", direction, ("full", "random"))
    _need("kinks", kinks, ("skip", "fail", "subgradient"))
    for mode in modes or (None,):
        _need("modes", mode, ("rev", "fwd"))
    problem: Problem
    if grad is not None or isinstance(f, Foreign):
        problem, modes, order = ForeignProblem(f, inputs, dtype, grad), ("rev",), 1
    else:
        problem = Problem(f, inputs, params, dtype)
    kinds = [leaf.data.dtype for leaf in problem.leaves]
    rounding = max((float(np.finfo(kind).eps) for kind in kinds), default=2.0**-52)
    rules = Rules(method, eps, rtol, atol, kinks, rounding)
    report = GradReport(
        getattr(f, "__name__", type(f).__name__),
        {
            "order": order, "modes": modes, "method": method, "direction": direction,
            "probes": probes, "seed": seed, "kinks": kinks, "dtype": str(kinds[0] if kinds else "")
        },
    )  # fmt: skip
    report.notes += [f"not checked: {name}" for name in problem.unchecked]
    check = Check(problem, rules, modes, direction, probes, seed, localize, report, 1)
    check.run()
    if order == 2 and report.ok:
        weights = signs(np.random.default_rng(seed), check.recording.here.size)
        second = GradientProblem(problem, weights)
        Check(second, rules, modes, direction, probes, seed, localize, report, 2).run()
    return report


def assert_gradients(f: Callable[..., Any], inputs: Any, **options: Any) -> None:
    """Raise unless `gradcheck` finds everything right.

    Parameters
    ----------
    f, inputs, **options
        As for `gradcheck`.

    Raises
    ------
    GradcheckError
        With the report: printed as the message, and in its attribute ``report``.

    Examples
    --------
    >>> import autograd_core as ag
    >>> assert_gradients(ag.tanh, np.array([0.5, -1.0]))
    """
    report = gradcheck(f, inputs, **options)
    if not report.ok:
        raise GradcheckError(report)


def _need(name: str, value: Any, choices: tuple[Any, ...]) -> None:
    if value not in choices:
        listed = ", ".join(map(repr, choices))
        raise ArgumentError(f"gradcheck: {name} is {value!r}; need one of {listed}")
