"""Floating-point operations, by the formula of each kind of node."""

from __future__ import annotations

import math

from autograd_core import Value
from autograd_core.context import recording_to
from autograd_core.definition import expand

__all__ = ["flops"]

# Which operands of the recurrent ops are matrices that a step multiplies by.
_RECURRENT_WEIGHTS = {"rnn": (2, 3), "gru": (2, 3), "lstm": (3, 4, 7)}


def flops(node: Value) -> int:
    """Floating-point operations of a node's forward pass, by the formula of its kind.

    Parameters
    ----------
    node : Value
        Recorded by an op.

    Returns
    -------
    int
        A multiplication and an addition count as two. What only moves data counts nothing;
        what acts on each element counts one for each. A composite without a formula of its own
        counts what the operations of its definition do.
    """
    op = node.op
    if op is None:
        return 0
    size = math.prod(node.shape)
    shapes = [operand.shape for operand in node.operands]
    if op.name == "matmul":
        return 2 * size * shapes[0][-1]
    if op.name == "affine":
        return 2 * size * shapes[1][-1] + (size if len(shapes) > 2 else 0)
    if op.name == "conv":
        return 2 * size * math.prod(shapes[1][1:]) + (size if len(shapes) > 2 else 0)
    if op.name == "conv_transpose":
        return 2 * math.prod(shapes[0]) * math.prod(shapes[1][1:]) + (
            size if len(shapes) > 2 else 0
        )
    if op.name in _RECURRENT_WEIGHTS:
        # The matrix products of all steps; what is done per gate is small beside them.
        steps, batch = shapes[0][:2]
        weights = [shapes[i] for i in _RECURRENT_WEIGHTS[op.name] if i < len(shapes)]
        return 2 * steps * batch * sum(map(math.prod, weights))
    if op.definition is not None:
        inside: list[Value] = []
        with recording_to(inside):
            expand(node)
        return sum(map(flops, inside))
    if op.partials is not None:
        return size
    return math.prod(shapes[0]) if op.name in ("sum", "mean", "max", "min") else 0
