"""From the engine's values and local derivatives to what a diagram can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from viz.diagram import Quantity, Tensor
from viz.groups import Group

if TYPE_CHECKING:
    from autograd_core.graph import Node

__all__ = ["local_derivative", "quantity_of", "through"]

# The most elements that are written out, by the number of axes.
_FEW = {1: 6, 2: 4}


def quantity_of(data: Any) -> Quantity:
    """Describe a value: a number, or an array with its elements only if they are few.

    Examples
    --------
    >>> quantity_of(np.float32(0.5)), quantity_of(np.arange(2.0)).values
    (0.5, [0.0, 1.0])
    >>> quantity_of(np.zeros((3, 4)))
    Tensor(shape=(3, 4), dtype='float64', values=None, rule='')
    """
    if isinstance(data, (float, int)):
        return float(data)
    array = np.asarray(data)
    if array.ndim == 0 and array.dtype.kind in "fiub":
        return float(array)
    few = _FEW.get(array.ndim, 0)
    values = array.tolist() if 0 < array.size <= few else None
    return Tensor(array.shape, str(array.dtype), values)


def local_derivative(edge: Any, names: Mapping[Any, str]) -> tuple[Quantity | None, str]:
    """Return the local derivative on an engine edge, and its expression.

    For arrays the first is the rule and the shape of the Jacobian, never a number.
    """
    derivative = edge.derivative()
    if derivative is None:
        return None, "none"
    symbol: str = edge.symbol(names)
    if isinstance(derivative, (float, int)):
        return float(derivative), symbol
    return Tensor(tuple(derivative.shape), rule=edge.rule(names)), symbol


def through(group: Group, given: Iterable[Node]) -> dict[Node, Quantity | None]:
    """Return the derivative of a fold's only result by each of some operands.

    Between scalars it is the sum over the paths inside, and ``None`` for an operand without a
    derivative. For arrays it is the shape of the Jacobian, and in place of a rule the name of the
    fold, whose rules are inside.
    """
    (out,) = group.outputs
    wanted = set(given)
    if out.shape or any(node.shape for node in (*group.members, *wanted)):
        rule = f"g through {group.label}"
        return {o: Tensor((*out.shape, *o.shape), rule=rule) for o in wanted}
    totals: dict[Node, Any] = {out: 1.0}
    with np.errstate(all="ignore"):
        for node in group.members:  # in topological order: all users come before
            if node.is_leaf or node not in totals:
                continue
            operands = node.operands
            useful = [o.requires_grad or o in wanted for o in operands]
            for operand, part in zip(operands, node.pull(totals[node], useful), strict=True):
                if part is not None:
                    before = totals.get(operand)
                    totals[operand] = part if before is None else before + part
    return {o: float(totals[o]) if o in totals else None for o in wanted}
