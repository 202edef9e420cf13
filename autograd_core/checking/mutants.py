"""Mutation testing of derivative rules: the mistakes that a test would not notice.

One rule after the other is replaced by one with a planted mistake, and the test is run. A test
that still passes lets the mistake live. The mistakes are those that people make:

=====================  =================================================================
mistake                what the operand gets instead of its contribution
=====================  =================================================================
sign flip              its negative
dropped term           nothing: 0
scaled by 1.001        a thousandth too much, which a loose tolerance hides
missing sum            where it was broadcast, what one of its copies gets
transposed factor      what the rule gives with its square matrices transposed
=====================  =================================================================

The mistakes in a vjp change reverse mode; those in the partial derivatives of an elementwise op
change both modes; those in a jvp that an op declares beside its vjps change forward mode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from .. import definition, reverse
from ..errors import ArgumentError
from ..op import Op
from ..value import Value
from .mistakes import Mistake, mistakes_in, planted, watched

__all__ = ["Mutant", "MutantReport", "mutants"]

Test = Callable[[], Any]


@dataclass(frozen=True)
class Mutant:
    """One planted mistake, and what became of it.

    Attributes
    ----------
    op : str
        Name of the op.
    operand : int
    mistake : str
        As in the table of this module.
    mode : {"vjp", "partial", "jvp"}
    killed : bool
    by : str
        How the test failed, or why it did not notice.
    """

    op: str
    operand: int
    mistake: str
    mode: str
    killed: bool
    by: str


@dataclass(frozen=True)
class MutantReport:
    """What became of all mutants. True if none lives; prints as a table.

    Attributes
    ----------
    mutants : tuple of Mutant
    """

    mutants: tuple[Mutant, ...]

    @property
    def killed(self) -> tuple[Mutant, ...]:
        """Those that made the test fail."""
        return tuple(mutant for mutant in self.mutants if mutant.killed)

    @property
    def survivors(self) -> tuple[Mutant, ...]:
        """Those with which the test passes."""
        return tuple(mutant for mutant in self.mutants if not mutant.killed)

    @property
    def ok(self) -> bool:
        """Whether none lives."""
        return not self.survivors

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        lines = [f"{len(self.killed)} of {len(self.mutants)} mutants killed"]
        for mutant in self.survivors:
            where = f"{mutant.op}, {mutant.mode} of operand {mutant.operand}"
            line = f"  LIVES  {where:<36}  {mutant.mistake:<17}  {mutant.by}"
            lines.append(line if len(line) <= 100 else line[:99] + "…")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def mutants(f_or_ops: Any, test: Test, *, modes: Sequence[str] = ("rev", "fwd")) -> MutantReport:
    """Plant mistakes in the rules of ops, one at a time, and run a test on each.

    Parameters
    ----------
    f_or_ops : Op, iterable of Op, Value or callable
        Whose rules are changed: these; those of the graph that ends in a Value; or, for any
        other callable, those that are recorded while the test runs, which calls it. Of a graph
        only the rules for operands that require a gradient are changed. A composite without a
        kernel has no rules of its own; those of its definition's ops are taken.
    test : callable
        Takes no argument. It notices a mistake by raising, by returning ``False``, or something
        whose ``ok`` is false, such as the report of `gradcheck`. It is run once for every
        mutant, in this process, which must not use the ops elsewhere meanwhile.
    modes : sequence of {"rev", "fwd"}
        Without ``"fwd"``, a jvp that an op declares beside its vjps is left alone.

    Returns
    -------
    MutantReport

    Raises
    ------
    ArgumentError
        If the test fails without any mistake, or there is no op to change.

    Examples
    --------
    This test is content with a tenth, and never looks at the second operand:

    >>> import autograd_core as ag
    >>> def test():
    ...     assert abs(ag.grad(lambda x: x * 3.0)(2.0) - 3.0) < 0.1
    >>> print(mutants(ag.multiply, test))
    2 of 6 mutants killed
      LIVES  multiply, partial of operand 0        scaled by 1.001    the test passes
      LIVES  multiply, partial of operand 1        sign flip          its rule was never run
      LIVES  multiply, partial of operand 1        dropped term       its rule was never run
      LIVES  multiply, partial of operand 1        scaled by 1.001    its rule was never run
    """
    whose = _ops_of(f_or_ops, test)
    with watched(list(whose)) as seen:
        _require_pass(test)
    found = [
        _tried(op, mistake, test)
        for op, operands in whose.items()
        for mistake in mistakes_in(op, seen, modes)
        if operands is None or mistake.operand in operands
    ]
    return MutantReport(tuple(found))


def failure(test: Test) -> str | None:
    """How a test fails, in one line; ``None`` if it passes."""
    try:
        result = test()
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # pytest.fail raises no Exception
        text = str(error).strip().partition("\n")[0]
        return f"{type(error).__name__}: {text}" if text else type(error).__name__
    verdict = getattr(result, "ok", result)
    wrong = isinstance(verdict, (bool, np.bool_)) and not verdict
    return "it returned a false verdict" if wrong else None


def _tried(op: Op, mistake: Mistake, test: Test) -> Mutant:
    if not mistake.reached:
        fault, by = None, "its rule was never run"
    else:
        with planted(op, mistake):
            fault = failure(test)
        by = fault or "the test passes"
    return Mutant(op.name, mistake.operand, mistake.kind, mistake.mode, fault is not None, by)


def _ops_of(f_or_ops: Any, test: Test) -> dict[Op, set[int] | None]:
    """Ops with rules of their own, and of which operands; ``None`` for all."""
    given: dict[Any, Any]
    if isinstance(f_or_ops, Value):
        given = _used_by(f_or_ops)
    elif callable(f_or_ops) and not isinstance(f_or_ops, Op):
        with _recorded_ops() as given:
            _require_pass(test)
    else:
        several = isinstance(f_or_ops, Iterable)
        given = dict.fromkeys(f_or_ops if several else [f_or_ops])
    for op in given:
        if not isinstance(op, Op):
            raise ArgumentError(
                f"mutants: got {type(op).__name__}; need an Op, several, a Value or a function"
            )
    ruled = {op: i for op, i in given.items() if op.vjps is not None or op.kernel is not None}
    if not ruled:
        raise ArgumentError(
            "mutants: found no op with a rule of its own; name the ops whose rules to change"
        )
    return ruled


def _require_pass(test: Test) -> None:
    fault = failure(test)
    if fault is not None:
        raise ArgumentError(f"mutants: the test fails without any mistake: {fault}")


@contextmanager
def _recorded_ops() -> Iterator[dict[Any, Any]]:
    """All ops of which a node is made inside the block, also inside of definitions."""
    found: dict[Op, set[int]] = {}
    trace: Any = import_module("autograd_core.trace")  # the package's own name is the op's
    right = trace.node

    def node(op: Op, operands: tuple[Value, ...], *args: Any) -> Any:
        _enter(found, op, operands)
        return right(op, operands, *args)

    trace.node = node
    try:
        yield found
    finally:
        trace.node = right


def _used_by(root: Value) -> dict[Any, Any]:
    """The ops of a graph, and of the definitions of those that have no rules."""
    found: dict[Op, set[int]] = {}
    roots = [root]
    while roots:
        for node in reverse.topological_order(roots.pop()):
            op = node.op
            if op is not None:
                if op.definition is not None and op.kernel is None and op not in found:
                    roots.append(definition.expand(node)[1])
                _enter(found, op, node.operands)
    return found


def _enter(found: dict[Op, set[int]], op: Op, operands: Sequence[Value]) -> None:
    """Note the operands whose rule is wanted: those that require a gradient."""
    wanted = (i for i, operand in enumerate(operands) if operand.requires_grad)
    found.setdefault(op, set()).update(wanted)
