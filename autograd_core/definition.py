"""Composites: nodes that stand for a definition in other ops.

The definition is run on stand-ins for the node's operands: on fresh leaves, or, where the
result shall be differentiable again, on identities of the operands themselves. What it
uses besides (a weight it closes over) is captured as a further operand.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from . import errors, forward, ops, reverse, trace
from .context import Mode, enable_grad, recording_to
from .value import Value, constant, is_floating

if TYPE_CHECKING:
    from .op import Op

__all__ = ["expand", "pull", "push", "record", "stand_in"]


def record(op: Op, operands: list[Value], params: dict[str, Any], mode: Mode) -> Value:
    """Make the node of a composite without a kernel, and find what it captures.

    The graph of the definition is dropped at once: only its result is kept, and the
    gradient runs the definition again. That is also how `checkpoint` saves memory.
    """
    stand_ins = [stand_in(operand) for operand in operands]
    tape: list[Value] = []
    with recording_to(tape):
        out = _single(op, op.definition(*stand_ins, **params))  # type: ignore[misc]
    if not out.requires_grad:
        return constant(out.data)
    inside = {*tape, *stand_ins}
    captured = dict.fromkeys(
        o for n in tape for o in n.operands if o.requires_grad and o not in inside
    )
    if out.requires_grad and out not in inside:
        captured[out] = None  # the definition returned a captured value as it is
    operands_and_captured = (*operands, *captured)
    inputs = tuple(operand.data for operand in operands_and_captured)
    data = trace.own(out.data, inputs)
    node = trace.node(op, operands_and_captured, inputs, data, params, mode)
    node.residuals = len(operands)
    node.seals = trace.seals_of(operands_and_captured, inputs)
    return node


def pull(node: Value, g: Any, wanted: Sequence[bool], differentiable: bool) -> list[Any]:
    """The vjp through the definition; see `rules.pull`."""
    stand_ins, out = _rerun(node, differentiable, wanted)
    targets = [s for s, want in zip(stand_ins, wanted, strict=True) if want]
    totals = reverse.sweep(
        out, g, targets=targets, differentiable=differentiable, release=not differentiable
    )
    return [
        None if not want else totals[s] if s in totals else trace.zeros_like(s)
        for s, want in zip(stand_ins, wanted, strict=True)
    ]


def push(node: Value, tangents: Sequence[Any], differentiable: bool) -> Any:
    """The jvp through the definition; see `rules.push`."""
    stand_ins, out = _rerun(node, differentiable, [t is not None for t in tangents])
    given = {s: t for s, t in zip(stand_ins, tangents, strict=True) if t is not None}
    return forward.sweep(out, given, differentiable=differentiable)


def expand(node: Value) -> tuple[list[Value], Value]:
    """The graph that a composite node stands for.

    Returns
    -------
    stand_ins : list of Value
        Leaves that stand for the node's operands, in their order.
    root : Value
        What the definition computes from them.

    Raises
    ------
    ArgumentError
        If the node is not a composite.
    """
    if node.op is None or node.op.definition is None:
        raise errors.ArgumentError(
            f"{node.op.name if node.op else 'leaf'}: not a composite, so there is nothing to expand"
        )
    return _rerun(node, False)


def stand_in(value: Value, differentiable: bool = False, wanted: bool = False) -> Value:
    """A leaf with the data of a value; or, differentiably, an identity of it.

    A constant stands for itself, unless somebody wants to know its derivative all the same.
    """
    if not value.requires_grad:
        return _leaf(value) if wanted and is_floating(value.data) else value
    return ops.identity(value) if differentiable else _leaf(value)


def _leaf(value: Value) -> Value:
    return Value(value.data, name=value.name)


def _rerun(
    node: Value, differentiable: bool, wanted: Sequence[bool] = ()
) -> tuple[list[Value], Value]:
    """Run the definition on stand-ins for its operands; what it captures is itself."""
    op = node.op
    assert op is not None and op.definition is not None
    declared = len(node.operands) if op.kernel is not None else node.residuals
    with enable_grad():
        stand_ins = [
            stand_in(operand, differentiable, want)
            for operand, want in zip_longest(node.operands[:declared], wanted[:declared])
        ]
        out = _single(op, op.definition(*stand_ins, **(node.params or {})))
    return [*stand_ins, *node.operands[declared:]], out


def _single(op: Op, out: Any) -> Value:
    if isinstance(out, (tuple, list, dict)) or out is None:
        raise errors.ArgumentError(
            f"{op.name}: the definition returned {type(out).__name__}; need a single Value"
        )
    return out if isinstance(out, Value) else constant(out)
