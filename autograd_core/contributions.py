"""The entries of the ledger: what each edge adds in a reverse sweep."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import rules
from .local import LocalDerivative
from .value import Value

__all__ = ["Contribution", "depth_first", "entry"]


class Contribution(NamedTuple):
    """What one edge adds in a reverse sweep: one entry of the ledger.

    Attributes
    ----------
    node : Value
        Whose cotangent is passed on.
    operand_index : int
        Along which edge.
    operand : Value
        The value that is contributed to.
    upstream : float or ndarray
        The cotangent of the node.
    local : float or LocalDerivative
        ∂node/∂operand: a number between scalars.
    contribution : float or ndarray
        What the edge adds to the operand's cotangent.
    before, after : float, ndarray or None
        The operand's total; ``None`` where nothing had been added yet.
    """

    node: Value
    operand_index: int
    operand: Value
    upstream: Any
    local: float | LocalDerivative
    contribution: Any
    before: Any
    after: Any


def entry(node: Value, i: int, g: Any, c: Any, before: Any, after: Any) -> Contribution:
    """Make the entry of one edge."""
    scalar = not node.shape and not node.operands[i].shape
    local = rules.local_jacobian(node, i) if scalar else LocalDerivative(node, i)
    return Contribution(node, i, node.operands[i], g, local, c, before, after)


def depth_first(root: Value) -> list[Value]:
    """Preorder: each node as soon as it is first met. Leaves only collect, so they come last."""
    order: list[Value] = []
    leaves: list[Value] = []
    seen, stack = {root}, [root]
    while stack:
        node = stack.pop()
        (leaves if node.op is None else order).append(node)
        for operand in reversed(node.operands):
            if operand.requires_grad and operand not in seen:
                seen.add(operand)
                stack.append(operand)
    return order + leaves
