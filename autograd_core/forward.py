"""Forward mode: tangents, carried from the leaves up to a root."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import anomalies, errors, reverse, rules, trace
from .context import current
from .value import Value

__all__ = ["sweep", "tangents"]


def sweep(
    root: Value,
    seeds: Mapping[Value, Any],
    *,
    differentiable: bool = False,
    keep: dict[Value, Any] | None = None,
) -> Any:
    """Carry tangents along the graph that ends in a root.

    Parameters
    ----------
    root : Value
    seeds : mapping
        From values of the graph to their tangents; all others are zero.
    differentiable : bool
        Whether tangents are recorded, as Values.
    keep : dict, optional
        Where to keep the tangent of every node passed.

    Returns
    -------
    float, ndarray or Value
        The tangent of the root, of its shape.

    Raises
    ------
    GraphFreedError, MutationError
        See `rules.check_intact`.
    """
    found: dict[Value, Any] = {} if keep is None else keep
    anomaly = current().anomaly
    with np.errstate(all="ignore"):
        for node in reversed(reverse.topological_order(root, seeds)):
            if node in seeds:
                found[node] = seeds[node]
                continue
            rules.check_intact(node)
            dots = [found.get(operand) for operand in node.operands]
            if any(dot is not None for dot in dots):
                found[node] = rules.push(node, dots, differentiable)
                if anomaly is not None:
                    anomalies.check_tangent(node, dots, found[node], anomaly)
    return found[root] if root in found else trace.zeros_like(root)


def tangents(root: Value, wrt: Value) -> dict[Value, Any]:
    """∂node/∂wrt for every node of the graph: one sweep of forward mode.

    Parameters
    ----------
    root : Value
    wrt : Value
        A scalar of the graph.

    Returns
    -------
    dict
        From each node that requires a gradient to its tangent (zeros where it does not depend
        on `wrt`), in topological order.

    Raises
    ------
    GradientError
        If `wrt` is not a scalar, or not in the graph.

    Examples
    --------
    >>> a, b = Value(2.0), Value(1.0)
    >>> e = (a + b) * (b + 1)
    >>> list(tangents(e, b).values())
    [5.0, 1.0, 1.0, 0.0, 1.0]
    """
    if wrt.shape:
        raise errors.GradientError(
            f"tangents: {rules.describe(wrt)} has shape {wrt.shape}; need a scalar, "
            "or a direction for ag.jvp"
        )
    order = reverse.topological_order(root)
    if wrt not in set(order):
        raise errors.GradientError(
            f"tangents: {rules.describe(wrt)} is no part of the graph of {rules.describe(root)}"
        )
    one = 1.0 if type(wrt.data) is float else wrt.dtype.type(1)
    keep: dict[Value, Any] = {}
    sweep(root, {wrt: one}, keep=keep)
    return {node: keep[node] if node in keep else trace.zeros_like(node.data) for node in order}
