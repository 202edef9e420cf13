"""Mistakes in derivative rules: planting one, and finding those that make a difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import numpy as np

from .. import ops
from ..op import Op
from ..value import data_of, shape_of
from .planting import Around, Rule, changed, first_input, sites

__all__ = ["FACTORS", "Mistake", "Seen", "mistakes_in", "planted", "watched"]

FACTORS = {"sign flip": -1.0, "dropped term": 0.0, "scaled by 1.001": 1.001}
"""Mistakes that multiply a contribution."""

_KEPT = 8  # calls of different shapes that are remembered of one rule


class Mistake(NamedTuple):
    """A mistake in the rule for one operand.

    Attributes
    ----------
    kind : str
        One of `FACTORS`, "missing sum" or "transposed factor".
    mode : {"vjp", "partial", "jvp"}
        In which rule.
    operand : int
    reached : bool
        Whether the rule was run at all while the op was `watched`.
    of_result : bool
        A transposed *contribution*: for a rule that has no other factor.
    """

    kind: str
    mode: str
    operand: int
    reached: bool = True
    of_result: bool = False


class Seen(NamedTuple):
    """One call of a rule: its arguments, as raw data, and the operand it was for."""

    args: tuple[Any, ...]
    params: dict[str, Any]
    primal: Any


Calls = dict[tuple[Op, str, int], list[Seen]]


@contextmanager
def planted(op: Op, mistake: Mistake) -> Iterator[None]:
    """Make a mistake inside the block; the op is right again after it, whatever happens.

    Examples
    --------
    >>> import autograd_core as ag
    >>> with planted(ag.multiply, Mistake("sign flip", "partial", 0)):
    ...     ag.grad(lambda x: x * 3.0)(2.0)
    -3.0
    >>> ag.grad(lambda x: x * 3.0)(2.0)
    3.0
    """
    with changed(op, mistake.mode, mistake.operand, _around(op, mistake)):
        yield


@contextmanager
def watched(watch: Sequence[Op]) -> Iterator[Calls]:
    """Remember inside the block how the rules of these ops are called."""
    seen: Calls = {}

    def remember(op: Op, mode: str, operand: int) -> Around:
        def around(rule: Rule, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
            if mode != "jvp":
                raw = tuple(map(data_of, args))
                calls = seen.setdefault((op, mode, operand), [])
                known = [list(map(shape_of, call.args)) for call in calls]
                if len(calls) < _KEPT and list(map(shape_of, raw)) not in known:
                    calls.append(Seen(raw, params, raw[first_input(op, mode) + operand]))
            elif operand < len(args[0]) and args[0][operand] is not None:
                seen.setdefault((op, mode, operand), [])
            return rule(*args, **params)

        return around

    with ExitStack() as stack:
        for op in watch:
            for mode, operand in sites(op):
                stack.enter_context(changed(op, mode, operand, remember(op, mode, operand)))
        yield seen


def mistakes_in(op: Op, seen: Calls, modes: Sequence[str] = ("rev", "fwd")) -> list[Mistake]:
    """The mistakes that can be made in an op's rules, as far as the calls of them tell.

    One that makes no difference, such as a changed sign of a derivative that is always zero, is
    none.
    """
    found = []
    for mode, operand in sites(op):
        if mode == "jvp" and "fwd" not in modes:
            continue
        calls = seen.get((op, mode, operand))
        for kind in FACTORS:
            mistake = Mistake(kind, mode, operand, calls is not None)
            if _matters(op, mistake, calls or []):
                found.append(mistake)
        if mode == "jvp" or not calls:
            continue
        # An elementwise rule multiplies by a number; that the copies are summed is another's.
        if any(_is_broadcast(op, mode, operand, call) for call in calls):
            found.append(Mistake("missing sum", "vjp", operand))
        for of_result in (False, True) if mode == "vjp" else (False,):
            mistake = Mistake("transposed factor", mode, operand, True, of_result)
            square = [call for call in calls if any(map(_is_square, call.args))]
            if square and _matters(op, mistake, square):
                found.append(mistake)
                break
    return found


def _around(op: Op, mistake: Mistake) -> Around:
    """What is run in place of the right rule."""
    kind, operand, first = mistake.kind, mistake.operand, first_input(op, mistake.mode)

    def in_tangents(rule: Rule, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        dots = [
            t if i != operand or t is None else t * FACTORS[kind] for i, t in enumerate(args[0])
        ]
        return rule(dots, *args[1:], **params)

    def in_factors(rule: Rule, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        # All but the cotangent, and what a kernel saved, whose form only the kernel knows.
        kept = (0, 2) if first == 3 else (0,) if mistake.mode == "vjp" else ()
        return rule(*(x if i in kept else _transposed(x) for i, x in enumerate(args)), **params)

    def in_result(rule: Rule, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        c = rule(*args, **params)
        if kind in FACTORS:
            return c * FACTORS[kind]
        if kind == "missing sum":
            return _first_copy(c, shape_of(args[first + operand]))
        return _transposed(c)

    if mistake.mode == "jvp":
        return in_tangents
    return in_factors if kind == "transposed factor" and not mistake.of_result else in_result


def _matters(op: Op, mistake: Mistake, calls: Sequence[Seen]) -> bool:
    """Whether a mistake makes a difference, at recorded arguments or at random ones like them."""
    if mistake.mode == "jvp":
        return True
    if not calls:
        given = None if op.partials is None else op.partials[mistake.operand]
        return callable(given) or bool(given != 0.0)
    around, rng = _around(op, mistake), np.random.default_rng(20260101)
    return any(
        _differs(op, mistake, around, args, call.params)
        for call in calls
        for args in (call.args, *(_like(call.args, rng, low) for low in (0.2, 1.2)))
    )


def _differs(
    op: Op, mistake: Mistake, around: Around, args: tuple[Any, ...], params: dict[str, Any]
) -> bool:
    """Whether the wrong rule gives something else than the right one."""
    found: list[Any] = []

    def both(rule: Rule, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        found.extend((rule(*args, **params), around(rule, args, params)))
        return found[0]

    with np.errstate(all="ignore"), changed(op, mistake.mode, mistake.operand, both):
        try:
            if mistake.mode == "partial":
                op.partials[mistake.operand](*args, **params)  # type: ignore[index]
            elif callable(joint := op.kernel.vjp if op.kernel is not None else op.vjps):
                count = len(args) - first_input(op, "vjp")
                wanted = tuple(i == mistake.operand for i in range(count))
                joint(*args, wanted=wanted, **params)
            else:
                op.vjps[mistake.operand](*args, **params)  # type: ignore[index, misc]
        except (ArithmeticError, LookupError, TypeError, ValueError):
            return True  # a transposed matrix that does not fit is noticed, too
    if not found:
        return True
    right, wrong = map(data_of, found)
    return not np.array_equal(right, wrong)


def _like(args: tuple[Any, ...], rng: np.random.Generator, low: float) -> tuple[Any, ...]:
    """Random numbers in the place of all that are floating-point."""

    def like(x: Any) -> Any:
        if isinstance(x, (float, np.floating)):
            return type(x)(rng.uniform(low, low + 0.6))
        if isinstance(x, np.ndarray) and x.dtype.kind == "f":
            return np.asarray(rng.uniform(low, low + 0.6, x.shape), dtype=x.dtype)
        return x

    return tuple(map(like, args))


def _is_broadcast(op: Op, mode: str, operand: int, call: Seen) -> bool:
    """Whether the engine had to sum over the copies of the operand."""
    if mode == "partial":
        return shape_of(call.args[0]) != shape_of(call.primal)
    c: list[Any] = []

    def keep(rule: Rule, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        c.append(rule(*args, **params))
        return c[0]

    mistake = Mistake("missing sum", mode, operand)
    _differs(op, mistake, keep, call.args, call.params)
    return bool(c) and shape_of(c[0]) != shape_of(call.primal)


def _first_copy(c: Any, shape: tuple[int, ...]) -> Any:
    """Where an operand was broadcast, what one of its copies gets, and not the sum of all."""
    while len(shape_of(c)) > len(shape):
        c = c[0]
    return c[tuple(slice(0, n) for n in shape)] if shape else c


def _is_square(x: Any) -> bool:
    shape = shape_of(x) if not isinstance(x, (tuple, list, dict)) and x is not None else ()
    return len(shape) >= 2 and shape[-1] == shape[-2] > 1


def _transposed(x: Any) -> Any:
    return ops.matrix_transpose(x) if _is_square(x) else x
