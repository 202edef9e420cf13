"""Apply the rules of one node: its vjps (pull), its jvp (push), its local derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from . import definition, errors, ops, reverse, seal, source, trace
from .value import Value, dtype_of, shape_of

__all__ = ["check_intact", "describe", "fit", "local_jacobian", "pull", "push"]


def pull(node: Value, g: Any, wanted: Sequence[bool], differentiable: bool = False) -> list[Any]:
    """Pull a cotangent back through one node.

    Parameters
    ----------
    node : Value
        Not a leaf.
    g : float, ndarray or Value
        Cotangent of the node, of its shape.
    wanted : sequence of bool
        Which operands need theirs.
    differentiable : bool
        Whether the contributions are recorded, as Values.

    Returns
    -------
    list
        One cotangent per operand, of its shape and dtype; ``None`` where not wanted.

    Raises
    ------
    MissingRuleError
        If a wanted operand has no rule.
    ShapeError
        If a rule returns a shape that does not fit its operand.
    """
    op, params = node.op, node.params or {}
    assert op is not None
    if differentiable:
        check_intact(node)  # the rules read the operands, not what was saved of them
    contributions: Sequence[Any]
    if op.definition is not None and (differentiable or op.kernel is None):
        contributions = definition.pull(node, g, wanted, differentiable)
    else:
        out, inputs = (node, node.operands) if differentiable else (node.data, node.inputs)
        try:
            contributions = _apply_vjps(node, g, out, inputs, wanted, params)
        except ArithmeticError:
            # Python's floats raise at a pole where numpy's follow IEEE 754, as arrays do.
            out, inputs = _as_array(out), tuple(map(_as_array, inputs))
            contributions = _apply_vjps(node, g, out, inputs, wanted, params)
    return [
        fit(c, x, node, i) if want else None
        for i, (c, x, want) in enumerate(zip(contributions, node.inputs, wanted, strict=True))
    ]


def _apply_vjps(
    node: Value, g: Any, out: Any, inputs: Any, wanted: Sequence[bool], params: dict[str, Any]
) -> Sequence[Any]:
    op = node.op
    assert op is not None
    if op.kernel is not None:
        return op.kernel.vjp(g, out, node.residuals, *inputs, wanted=tuple(wanted), **params)
    if op.arity is None and callable(op.vjps):
        return cast(Sequence[Any], op.vjps(g, out, *inputs, wanted=tuple(wanted), **params))
    contributions: list[Any] = []
    for i, want in enumerate(wanted):
        rule = op.vjps[i] if isinstance(op.vjps, tuple) else None
        if not want:
            contributions.append(None)
        elif rule is None:
            raise errors.MissingRuleError(
                f"{op.name}: no derivative is declared for operand {i} "
                f"({describe(node.operands[i])}); detach() it if it shall count as a constant"
            )
        else:
            contributions.append(rule(g, out, *inputs, **params))
    return contributions


def push(node: Value, tangents: Sequence[Any], differentiable: bool = False) -> Any:
    """Push tangents of the operands forward through one node.

    Parameters
    ----------
    node : Value
        Not a leaf.
    tangents : sequence
        One per operand, of its shape; ``None`` for zero, but not all of them.
    differentiable : bool
        Whether the result is recorded, as a Value.

    Returns
    -------
    float, ndarray or Value
        The tangent of the node, of its shape and dtype.
    """
    op, params = node.op, node.params or {}
    assert op is not None
    if differentiable:
        check_intact(node)  # the rules read the operands, not what was saved of them
    if op.definition is not None:
        return fit(definition.push(node, tangents, differentiable), node.data, node, None)
    out, inputs = (node, node.operands) if differentiable else (node.data, node.inputs)
    try:
        tangent = _apply_jvp(node, tangents, out, inputs, params)
    except ArithmeticError:
        out, inputs = _as_array(out), tuple(map(_as_array, inputs))
        tangent = _apply_jvp(node, tangents, out, inputs, params)
    return fit(tangent, node.data, node, None)


def _as_array(x: Any) -> Any:
    # With an axis: numpy's own scalars turn into Python's again in the ops of a rule.
    return np.array([x]) if type(x) is float else x


def _apply_jvp(
    node: Value, tangents: Sequence[Any], out: Any, inputs: Any, params: dict[str, Any]
) -> Any:
    op = node.op
    assert op is not None
    if op.jvp is not None:
        return op.jvp(tangents, out, *inputs, **params)
    if op.partials is None:
        return _transpose_vjps(node, tangents, out, inputs, params)
    total: Any = None
    for partial, tangent in zip(op.partials, tangents, strict=True):
        if tangent is not None:
            slope = partial(out, *inputs, **params) if callable(partial) else partial
            total = tangent * slope if total is None else total + tangent * slope
    if not node.shape or shape_of(total) == node.shape:
        return total
    return ops.broadcast_to(total, node.shape)


def _transpose_vjps(
    node: Value, tangents: Sequence[Any], out: Any, inputs: Any, params: dict[str, Any]
) -> Any:
    """The jvp of an op that declares only vjps.

    ``g -> vjp_i(g)`` is the linear map Jᵢᵀ, recorded here on a graph of its own; the reverse
    sweep through that graph applies its transpose, which is Jᵢ [1]_.

    .. [1] J. Townsend, "A new trick for calculating Jacobian vector products", 2017.
    """
    from .context import enable_grad

    total: Any = None
    for i, tangent in enumerate(tangents):
        if tangent is None:
            continue
        with enable_grad():
            g = Value(np.ones_like(node.data) if node.shape else 1.0)
            wanted = [i == k for k in range(len(tangents))]
            differentiable = isinstance(tangent, Value) or isinstance(out, Value)
            given = (
                inputs if differentiable else tuple(Value(x, requires_grad=False) for x in inputs)
            )
            at = out if differentiable else Value(out, requires_grad=False)
            pulled = fit(
                _apply_vjps(node, g, at, given, wanted, params)[i], node.inputs[i], node, i
            )
        pushed = reverse.sweep(pulled, tangent, targets=(g,), differentiable=differentiable).get(g)
        if pushed is not None:
            total = pushed if total is None else total + pushed
    return trace.zeros_like(node.data) if total is None else total


def fit(c: Any, primal: Any, node: Value, operand: int | None) -> Any:
    """Bring a contribution to the shape and dtype of its primal.

    Where the operand was broadcast, every copy of it contributes: their sum is what it gets.
    """
    if type(c) is float and type(primal) is float:
        return c
    which = "jvp" if operand is None else f"vjp of operand {operand}"
    if c is None:
        raise errors.MissingRuleError(
            f"{node.op.name if node.op else 'leaf'}: the {which} returned None; need a cotangent"
        )
    shape = shape_of(primal)
    if shape_of(c) != shape:
        if shape and not _broadcasts_to(shape, shape_of(c)):
            raise errors.ShapeError(
                f"{node.op.name if node.op else 'leaf'}: the {which} returned shape {shape_of(c)}; "
                f"need {shape}, or a shape that it broadcasts to"
            )
        c = ops.sum_to(c, shape) if isinstance(c, Value) else ops.sum_to.forward(c, shape)
    dtype = dtype_of(primal)
    if dtype.kind != "f":  # asked for by a picture: a constant's slope is what a float's is
        return c
    if isinstance(c, Value):
        return c if c.dtype == dtype else ops.astype(c, dtype)
    if type(primal) is float:
        return float(c)
    return c if dtype_of(c) == dtype else np.asarray(c).astype(dtype)[()]


def _broadcasts_to(shape: tuple[int, ...], wider: tuple[int, ...]) -> bool:
    return len(shape) <= len(wider) and all(
        s in (1, w) for s, w in zip(reversed(shape), reversed(wider), strict=False)
    )


def local_jacobian(node: Value, operand: int) -> Any:
    """∂node/∂operand along one edge, all others held fixed.

    Parameters
    ----------
    node : Value
        Not a leaf, and not released.
    operand : int
        Index of the operand.

    Returns
    -------
    float or ndarray
        A float if both are scalars, else shape ``node.shape + operand.shape``.
    """
    if node.freed and node.inputs:
        check_unchanged(node)  # a released graph of scalars still has what is needed here
    else:
        check_intact(node)
    wanted = [i == operand for i in range(len(node.operands))]
    x = node.operands[operand]
    with np.errstate(all="ignore"):
        if not node.shape:
            one = node.dtype.type(1) if type(node.data) is not float else 1.0
            return pull(node, one, wanted)[operand]
        rows = np.zeros((node.size, x.size), dtype=node.dtype)
        for k in range(node.size):
            g = np.zeros(node.size, dtype=node.dtype)
            g[k] = 1
            rows[k] = np.ravel(pull(node, g.reshape(node.shape), wanted)[operand])
    return rows.reshape(node.shape + x.shape)


def check_intact(node: Value) -> None:
    """Raise if the node cannot be differentiated any more.

    Raises
    ------
    GraphFreedError
        If a backward pass released it.
    MutationError
        If the data of an operand is not what the op was applied to.
    """
    if node.freed:
        raise errors.GraphFreedError(
            f"{describe(node)}: an earlier backward() released this graph; "
            "call that one with retain_graph=True, or compute the expression again"
        )
    check_unchanged(node)


def check_unchanged(node: Value) -> None:
    """Raise if the data of a node or of its operands is not what it was.

    Raises
    ------
    MutationError
        If an array was changed in place, or something else assigned to ``data``.
    """
    if node.data is not node.output:
        raise errors.MutationError(
            f"{describe(node)}: something else was assigned to the data of this result, so its "
            "gradient would be wrong; leave it, or make a new Value of the new data"
        )
    changed = [x for x, sealed in node.seals or () if not seal.is_intact(x, sealed)]
    for i, (operand, x) in enumerate(zip(node.operands, node.inputs, strict=True)):
        if operand.data is not x or any(x is array for array in changed):
            raise errors.MutationError(
                f"{describe(node)}: the data of operand {i} ({describe(operand)}) was changed "
                "after the op had used it, so its gradient would be wrong; call backward() "
                "before the change, or work on a copy"
            )


def describe(value: Value) -> str:
    """A node in words: its name, op, and the line that made it.

    Examples
    --------
    >>> describe(Value(2.0, name="a"))
    "leaf 'a'"
    """
    what = value.op.name if value.op is not None else "leaf" if value.requires_grad else "constant"
    text = what if value.name is None else f"{what} {value.name!r}"
    if value.op is None and value.name is None:
        text = f"{what} of shape {value.shape}" if value.shape else f"{what} {value.data}"
    where = source.locate(value.code and (value.code, value.offset))
    return f"{text} ({where})" if where is not None else text
