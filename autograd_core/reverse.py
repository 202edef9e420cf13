"""Reverse mode: topological order, the sweep, and the ledger of its contributions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

from . import anomalies, contributions, errors, hooks, rules
from .context import current
from .contributions import Contribution
from .seal import seal
from .value import Value, constant, dtype_of, shape_of

__all__ = [
    "Contribution",
    "backward",
    "cotangents",
    "ledger",
    "sweep",
    "topological_order",
]


_ndarray = np.ndarray


def topological_order(
    root: Value, targets: Iterable[Value] | None = None, *, constants: bool = False
) -> list[Value]:
    """The nodes that the gradient of a root passes, each before all of its operands.

    Kahn's algorithm [1]_: a node is ready when all of its users are done. Nodes that become
    ready first come first, so a diagram is walked level by level. Neither the depth of the
    graph nor its width is limited by the interpreter's stack.

    Parameters
    ----------
    root : Value
    targets : iterable of Value, optional
        Go only where one of these is reached, and not beyond it.
    constants : bool
        Whether to list those values too that require no gradient.

    Returns
    -------
    list of Value
        Root first.

    References
    ----------
    .. [1] A. B. Kahn, "Topological sorting of large networks", CACM 5 (1962) 558.

    Examples
    --------
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> c = a + b; d = b + 1; e = c * d
    >>> c.name, d.name, e.name = "cde"
    >>> [node.name for node in topological_order(e)]
    ['e', 'c', 'd', 'a', 'b']
    """
    stops = frozenset(() if targets is None else targets)
    pending = {root: 1}  # edges into the node that have not been walked yet
    stack = [root]
    while stack:
        node = stack.pop()
        if stops and node in stops:
            continue
        for operand in node.operands:
            if constants or operand.requires_grad:
                if operand in pending:
                    pending[operand] += 1
                else:
                    pending[operand] = 1
                    stack.append(operand)
    order = [root]
    for node in order:  # grows while it is walked
        if stops and node in stops:
            continue
        for operand in node.operands:
            if constants or operand.requires_grad:
                left = pending[operand] = pending[operand] - 1
                if not left:
                    order.append(operand)
    if targets is None:
        return order
    useful = set(stops)
    for node in reversed(order):
        if node not in useful and any(operand in useful for operand in node.operands):
            useful.add(node)
    return [node for node in order if node in useful]


def has_leaf_beside(root: Value, leaves: Iterable[Value]) -> bool:
    """Whether a root depends on anything that requires a gradient beside these leaves."""
    seen = set(leaves)
    stack = [] if root in seen or not root.requires_grad else [root]
    while stack:
        node = stack.pop()
        if not node.operands:  # a leaf; or a result whose graph was released
            return True
        for operand in node.operands:
            if operand.requires_grad and operand not in seen:
                seen.add(operand)
                stack.append(operand)
    return False


def sweep(
    root: Value,
    g: Any,
    *,
    targets: Iterable[Value] | None = None,
    differentiable: bool = False,
    release: bool = False,
    order: list[Value] | None = None,
    entries: list[Contribution] | None = None,
    keep: dict[Value, Any] | None = None,
) -> dict[Value, Any]:
    """Carry a cotangent from a root to the leaves: the chain rule, edge by edge.

    Parameters
    ----------
    root : Value
    g : float, ndarray or Value
        Cotangent of the root, of its shape.
    targets : iterable of Value, optional
        Stop at these, and go nowhere else; by default the leaves.
    differentiable : bool
        Whether cotangents are recorded, as Values.
    release : bool
        Whether nodes give up what they saved as they are passed.
    order : list of Value, optional
        By default `topological_order`; consumed.
    entries : list, optional
        Where to enter each contribution.
    keep : dict, optional
        Where to keep the cotangents of all nodes.

    Returns
    -------
    dict
        The cotangent of each target that was reached.

    Raises
    ------
    GraphFreedError, MutationError
        See `rules.check_intact`.
    MissingRuleError, ShapeError
        See `rules.pull`.
    """
    ends = None if targets is None else frozenset(targets)
    if order is None:
        order = topological_order(root, ends)
    reached = None if ends is None else set(order)  # by default, whatever requires a gradient
    order.reverse()
    totals: dict[Value, Any] = {root: g}
    summed: set[Value] = set()  # whose totals are arrays of our own, to be added to in place
    found: dict[Value, Any] = {}
    anomaly = current().anomaly
    with np.errstate(all="ignore"):  # a pole's derivative is inf by convention: no news
        while order:
            node = order.pop()
            g = totals.pop(node, None) if entries is None else totals.get(node)
            if g is None:
                continue
            if summed:
                summed.discard(node)
            if node.hooks is not None:
                g = hooks.run(node, g)
            if keep is not None:
                keep[node] = g
            op = node.op
            if op is None or (ends is not None and node in ends):
                found[node] = g
                continue
            if node.freed:
                if entries is not None and node.inputs:
                    rules.check_unchanged(node)  # a graph of scalars can still be looked at
                else:
                    rules.check_intact(node)
            operands, inputs, out, params = node.operands, node.inputs, node.output, node.params
            if node.data is not out:
                rules.check_intact(node)
            if node.seals is not None:
                for x, sealed in node.seals:
                    if seal(x) != sealed:
                        rules.check_intact(node)
            partials, vjps = op.partials, op.vjps
            pulled: Any = None
            if differentiable or vjps is None or op.arity is None:
                wanted = [o.requires_grad if reached is None else o in reached for o in operands]
                if differentiable or op.kernel is None:
                    pulled = rules.pull(node, g, wanted, differentiable)
                else:
                    try:
                        pulled = op.kernel.vjp(
                            g, out, node.residuals, *inputs, wanted=tuple(wanted), **(params or {})
                        )
                    except ArithmeticError:  # a pole of Python's floats
                        pulled = rules.pull(node, g, wanted)
            for i, operand in enumerate(operands):
                if not (operand.requires_grad if reached is None else operand in reached):
                    continue
                x = inputs[i]
                if operand.data is not x:
                    rules.check_intact(node)
                if pulled is not None:
                    c = pulled[i]
                else:
                    # What `pull` does, without the way to it, which is most of the cost of
                    # scalars and small arrays.
                    try:
                        if partials is None:
                            c = vjps[i](g, out, *inputs, **params)  # type: ignore[index, misc, arg-type]
                        elif type(c := partials[i]) is float:
                            c = g if c == 1.0 else g * c
                        else:
                            c = g * (c(out, *inputs, **params) if params else c(out, *inputs))
                    except (ArithmeticError, TypeError):  # a pole of Python's floats; no rule
                        c = rules.pull(node, g, [k == i for k in range(len(operands))])[i]
                if not differentiable and (
                    type(c) is not type(x)
                    or (type(c) is _ndarray and (c.shape != x.shape or c.dtype is not x.dtype))
                ):
                    c = rules.fit(c, x, node, i)
                if anomaly is not None:
                    anomalies.check_cotangent(node, i, g, c, anomaly)
                before = totals.get(operand)
                if before is None:
                    if type(c) is _ndarray and operand.op is None:
                        c = _unshared(c, g)
                    totals[operand] = c
                elif type(before) is not _ndarray or entries is not None:
                    totals[operand] = before + c
                elif operand in summed:
                    before += c
                else:
                    totals[operand] = before + c
                    summed.add(operand)
                if entries is not None:
                    entries.append(contributions.entry(node, i, g, c, before, totals[operand]))
            if release:
                node.freed = True
                if type(out) is not float or (
                    partials is None and any(type(x) is _ndarray for x in inputs)
                ):
                    # Arrays are given back. Scalars hold nothing worth it, so that their graph
                    # can still be drawn.
                    node.operands, node.inputs = (), ()
                    node.output = node.residuals = node.seals = None
    return found


def backward(
    root: Value, grad: Any = None, *, retain_graph: bool = False, create_graph: bool = False
) -> None:
    """Add the gradient of a root to the ``grad`` of every leaf it depends on.

    Parameters
    ----------
    root : Value
        The result to differentiate, most often a loss.
    grad : float, array_like or Value, optional
        Cotangent of the root, of its shape. May be left out where the root has one element;
        then it is 1.
    retain_graph : bool
        Keep what the graph saved, so that it can be differentiated again.
    create_graph : bool
        Record the gradients, as Values, so that they can be differentiated; implies
        `retain_graph`.

    Raises
    ------
    GradientError
        If the root requires no gradient, or has more than one element and no cotangent.
    ShapeError
        If the cotangent has another shape than the root.
    GraphFreedError
        If an earlier call released the graph.
    MutationError
        If an array was changed after an op had used it.

    Examples
    --------
    >>> x = Value(3.0)
    >>> y = x * x
    >>> y.backward()
    >>> x.grad
    6.0
    >>> y.backward()
    Traceback (most recent call last):
    ...
    autograd_core.errors.GraphFreedError: multiply (...): an earlier backward() released ...
    """
    if not root.requires_grad:
        raise errors.GradientError(
            f"backward: {rules.describe(root)} depends on no leaf that requires a gradient; "
            "make one with Value(2.0) – floating-point data, outside no_grad()"
        )
    g = seed(root, grad, "backward")
    if create_graph and not isinstance(g, Value):
        g = constant(g)
    elif isinstance(g, Value) and not create_graph:
        g = seed(root, g.data, "backward")
    found = sweep(root, g, differentiable=create_graph, release=not (retain_graph or create_graph))
    for leaf, total in found.items():
        leaf.grad = total if leaf.grad is None else leaf.grad + total


def cotangents(root: Value, grad: Any = None) -> dict[Value, Any]:
    """∂root/∂node for every node, without touching any ``grad`` and releasing nothing.

    Parameters
    ----------
    root : Value
    grad : float or array_like, optional
        As for `backward`.

    Returns
    -------
    dict
        From each node that requires a gradient to its cotangent, in topological order.

    Examples
    --------
    >>> a, b = Value(2.0), Value(1.0)
    >>> e = (a + b) * (b + 1)
    >>> list(cotangents(e).values())
    [1.0, 2.0, 3.0, 2.0, 5.0]
    """
    keep: dict[Value, Any] = {}
    sweep(root, seed(root, grad, "cotangents"), keep=keep)
    return keep


def ledger(
    root: Value, grad: Any = None, order: Literal["topological", "naive"] = "topological"
) -> list[Contribution]:
    """Every contribution of the reverse sweep, in the order in which they are added.

    Parameters
    ----------
    root : Value
    grad : float or array_like, optional
        As for `backward`.
    order : {"topological", "naive"}
        ``"naive"`` goes depth first and passes a node's cotangent on when it first arrives,
        without waiting for the node's other users. What they contribute later is lost to
        everything below: the wrong answer that a topological order is there to prevent.

    Returns
    -------
    list of Contribution

    Examples
    --------
    >>> b = Value(1.0, name="b")
    >>> e = (2.0 + b) * (b + 1)
    >>> for entry in ledger(e):
    ...     print(entry.upstream, "×", entry.local, "=", entry.contribution, "→", entry.after)
    1.0 × 2.0 = 2.0 → 2.0
    1.0 × 3.0 = 3.0 → 3.0
    2.0 × 1.0 = 2.0 → 2.0
    3.0 × 1.0 = 3.0 → 5.0
    """
    if order not in ("topological", "naive"):
        raise errors.ArgumentError(f"ledger: order is {order!r}; need 'topological' or 'naive'")
    entries: list[Contribution] = []
    walk = contributions.depth_first(root) if order == "naive" else None
    sweep(root, seed(root, grad, "ledger"), order=walk, entries=entries)
    return entries


def seed(root: Value, grad: Any, caller: str) -> Any:
    """The cotangent to start from: 1 for a scalar, else what is given, checked."""
    if grad is None:
        if root.size != 1:
            raise errors.GradientError(
                f"{caller}: the root has shape {root.shape}, so its gradient needs a cotangent of "
                "that shape; reduce it to a scalar, such as root.sum(), or pass grad="
            )
        return 1.0 if type(root.data) is float else np.ones_like(root.data)[()]
    if isinstance(grad, Value):
        if grad.shape != root.shape:
            raise errors.ShapeError(_cotangent_fault(caller, grad.shape, root.shape))
        return grad
    if shape_of(grad) != root.shape and np.shape(grad) != root.shape:
        raise errors.ShapeError(_cotangent_fault(caller, np.shape(grad), root.shape))
    return (
        float(grad) if type(root.data) is float else np.array(grad, dtype=dtype_of(root.data))[()]
    )


def _cotangent_fault(caller: str, given: tuple[int, ...], needed: tuple[int, ...]) -> str:
    return f"{caller}: the cotangent has shape {given}; need the root's shape {needed}"


def _unshared(c: Any, g: Any) -> Any:
    """A leaf's gradient is its own: not the cotangent of another node, nor a view of one."""
    return c.copy() if c is g or c.base is not None or not c.flags.writeable else c
