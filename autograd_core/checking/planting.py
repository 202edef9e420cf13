"""Another rule in the place of one that an op declares, and the right one back again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .. import declare
from ..op import Op

__all__ = ["Around", "Rule", "changed", "first_input", "sites"]

Rule = Callable[..., Any]
Around = Callable[[Rule, tuple[Any, ...], dict[str, Any]], Any]


@contextmanager
def changed(op: Op, mode: str, operand: int, around: Around) -> Iterator[None]:
    """Run ``around(rule, args, params)`` in place of a rule, inside the block.

    Parameters
    ----------
    op : Op
    mode : {"vjp", "partial", "jvp"}
    operand : int
    around : callable
        ``rule(*args, **params)`` is what the operand gets: the partial derivative, its
        contribution, or for a jvp the tangent of the result.
    """
    before = {name: getattr(op, name) for name in ("partials", "vjps", "jvp", "kernel")}
    for name, rule in _replaced(op, mode, operand, around).items():
        setattr(op, name, rule)
    try:
        yield
    finally:
        for name, rule in before.items():
            setattr(op, name, rule)


def first_input(op: Op, mode: str) -> int:
    """Where among the arguments of a rule the op's operands begin."""
    if mode == "partial":
        return 1  # after out
    return 3 if op.kernel is not None and mode == "vjp" else 2  # after g, out and residuals


def sites(op: Op) -> list[tuple[str, int]]:
    """The rules of an op that somebody wrote: mode and operand."""
    if op.vjps is None and op.kernel is None:
        return []
    count = op.arity or max((len(case.shapes) for case in op.cases), default=1)
    mode = "vjp" if op.partials is None else "partial"
    rules = op.vjps if isinstance(op.vjps, tuple) else (True,) * count
    last = len(op.domain) - 1
    operands = [
        i
        for i, rule in enumerate(rules)
        if rule is not None and op.domain[min(i, last)].differentiable
    ]
    sites = [(mode, i) for i in operands]
    # That of a linear op is its forward function, and needs no mutant.
    if op.jvp is not None and op.jvp.__module__ != declare.__name__:
        sites += [("jvp", i) for i in operands]
    return sites


def _replaced(op: Op, mode: str, operand: int, around: Around) -> dict[str, Any]:
    """The attributes of an op in which the rule is another."""
    if mode == "jvp":
        jvp = op.jvp
        assert jvp is not None
        return {"jvp": lambda *args, **params: around(jvp, args, params)}
    if op.partials is not None:
        given = op.partials[operand]
        partial: Rule = given if callable(given) else lambda *args, **params: given
        if mode == "partial":
            slope: Rule = lambda *args, **params: around(partial, args, params)  # noqa: E731
            vjp: Rule = lambda g, *args, **params: g * slope(*args, **params)  # noqa: E731
            return {
                "partials": _with(op.partials, operand, slope),
                "vjps": _with(op.vjps, operand, vjp),
            }
    if op.kernel is not None:
        return {"kernel": op.kernel._replace(vjp=_jointly(op.kernel.vjp, operand, around))}
    if callable(op.vjps):
        return {"vjps": _jointly(op.vjps, operand, around)}
    assert op.vjps is not None
    rule = op.vjps[operand]
    assert rule is not None
    own: Rule = lambda *args, **params: around(rule, args, params)  # noqa: E731
    replaced: dict[str, Any] = {"vjps": _with(op.vjps, operand, own)}
    if op.partials is not None:  # which would be asked first, and for both modes
        replaced |= {"partials": None, "jvp": op.jvp or _pushes(op.partials)}
    return replaced


def _jointly(rule: Rule, operand: int, around: Around) -> Rule:
    """A rule for all operands, with another for one of them."""

    def joint(*args: Any, wanted: Sequence[bool], **params: Any) -> list[Any]:
        contributions = list(rule(*args, wanted=wanted, **params))
        if operand < len(wanted) and wanted[operand]:
            contributions[operand] = around(
                lambda *a, **p: rule(*a, wanted=wanted, **p)[operand], args, params
            )
        return contributions

    return joint


def _pushes(partials: tuple[Any, ...]) -> Rule:
    """The jvp of an elementwise op."""

    def jvp(tangents: Sequence[Any], out: Any, *inputs: Any, **params: Any) -> Any:
        total: Any = 0.0
        for t, p in zip(tangents, partials, strict=True):
            if t is not None:
                total = total + t * (p(out, *inputs, **params) if callable(p) else p)
        return total + out * 0.0  # in the shape of the result

    return jvp


def _with(rules: Any, operand: int, rule: Rule) -> tuple[Any, ...]:
    return (*rules[:operand], rule, *rules[operand + 1 :])
