"""The derivative on one edge of the graph, and expressions written out as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import definition, errors, rules
from .context import recording_to
from .value import Value

__all__ = ["LocalDerivative", "expression", "slope"]

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2, "**": 4}
_NEGATION, _ATOM = 3, 9
_LETTERS = ("x", "y", "z", "u", "v", "w", *(f"x{i}" for i in range(1, 1000)))
_LONGEST = 50_000  # characters of a subexpression; a longer one is written as an ellipsis


class LocalDerivative:
    """∂node/∂operand of an edge between tensors: a linear map, not one number.

    Parameters
    ----------
    node : Value
    operand_index : int

    Examples
    --------
    >>> import autograd_core as ag
    >>> w, x = Value(np.ones((2, 3)), name="W"), Value(np.ones(3), name="x")
    >>> edge = LocalDerivative(w @ x, 1)
    >>> edge.rule, edge.shape
    ('g @ W', (2, 3))
    >>> edge.jacobian()
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """

    def __init__(self, node: Value, operand_index: int) -> None:
        self.node = node
        self.operand_index = operand_index

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the Jacobian: the node's, then the operand's."""
        return self.node.shape + self.node.operands[self.operand_index].shape

    @property
    def rule(self) -> str:
        """What the cotangent ``g`` becomes on this edge, as an expression."""
        return self.text(lambda value: value.name)

    def text(self, name_of: Callable[[Value], str | None]) -> str:
        """The rule, with the values called as `name_of` says."""
        return rule_text(self.node, self.operand_index, name_of)

    def jacobian(self, limit: int = 10_000) -> Any:
        """The Jacobian itself.

        Parameters
        ----------
        limit : int
            How many elements it may have.

        Raises
        ------
        ArgumentError
            If it has more.
        """
        size = int(np.prod(self.shape))
        if size > limit:
            raise errors.ArgumentError(
                f"jacobian: {rules.describe(self.node)} has a local Jacobian of shape "
                f"{self.shape}, {size:,} elements; need at most limit={limit:,}"
            )
        return rules.local_jacobian(self.node, self.operand_index)

    def __repr__(self) -> str:
        return f"LocalDerivative({self.rule!r}, shape={self.shape})"


def slope(node: Value, operand_index: int, name_of: Callable[[Value], str | None]) -> str:
    """The derivative on an edge as an expression in the names of its ends.

    Found by running the declared rule on stand-ins that record what it does, so that the
    text is the rule.

    Examples
    --------
    >>> c, d = Value(3.0, name="c"), Value(2.0, name="d")
    >>> slope(c * d, 0, lambda value: value.name or "out")
    'd'
    """
    op, params = node.op, node.params or {}
    if op is None or op.partials is None:
        return rule_text(node, operand_index, name_of)
    partial = op.partials[operand_index]
    if not callable(partial):
        return number(partial)
    out, inputs, names = _stand_ins(node, name_of)
    return _run_rule(lambda: partial(out, *inputs, **params), names, f"∂{op.name}")


def rule_text(node: Value, operand_index: int, name_of: Callable[[Value], str | None]) -> str:
    """The vjp of an edge as an expression in ``g`` and the names of its ends."""
    op, params = node.op, node.params or {}
    assert op is not None
    fallback = f"vjp of {op.name}"
    if op.vjps is None:
        return fallback
    out, inputs, names = _stand_ins(node, name_of)
    g = Value(np.ones_like(node.data) if node.shape else 1.0)
    names[g] = "g" if "g" not in names.values() else "ḡ"
    if callable(op.vjps):
        joint = op.vjps
        wanted = tuple(i == operand_index for i in range(len(inputs)))
        return _run_rule(
            lambda: joint(g, out, *inputs, wanted=wanted, **params)[operand_index], names, fallback
        )
    rule = op.vjps[operand_index]
    return (
        "none"
        if rule is None
        else _run_rule(lambda: rule(g, out, *inputs, **params), names, fallback)
    )


def expression(
    node: Value, name_of: Callable[[Value], str | None], inline: Callable[[Value], bool]
) -> str:
    """A node's op applied to its operands, as text.

    Parameters
    ----------
    node : Value
    name_of : callable
        What a value is called.
    inline : callable
        Whether an operand is written out as an expression itself instead of by its name.

    Returns
    -------
    str
        A number for a constant, and the name for a leaf.

    Examples
    --------
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> expression((a + b) * (b + 1), lambda value: value.name, lambda value: True)
    '(a + b)*(b + 1)'
    """
    done: dict[Value, tuple[str, int]] = {}
    stack = [node]
    while stack:  # operands first, without recursion
        value = stack[-1]
        open_ = (
            [] if _is_atom(value, node, inline) else [o for o in value.operands if o not in done]
        )
        if open_:
            stack.extend(reversed(open_))
            continue
        stack.pop()
        if value in done:
            continue
        if _is_atom(value, node, inline):
            name = name_of(value)
            done[value] = (name, _ATOM) if name else _literal(value)
        else:
            text, level = _apply_text(value, [done[o] for o in value.operands])
            # Shared operands are written out once per use: without a limit the text could be
            # exponentially longer than the graph.
            done[value] = (text, level) if len(text) <= _LONGEST else ("…", _ATOM)
    return done[node][0]


def number(x: float) -> str:
    """A number as short as it can be written without losing anything.

    Examples
    --------
    >>> number(2.0), number(-0.5), number(1e300)
    ('2', '-0.5', '1e+300')
    """
    return str(int(x)) if x == x // 1 and abs(x) < 1e16 else repr(float(x))


def _is_atom(value: Value, node: Value, inline: Callable[[Value], bool]) -> bool:
    return not value.operands or (value is not node and not inline(value))


def _literal(value: Value) -> tuple[str, int]:
    if value.shape:
        return f"{value.dtype}{list(value.shape)}", _ATOM
    item = value.item()
    text = number(item) if isinstance(item, float) else str(item)
    return text, _NEGATION if text.startswith("-") else _ATOM


def _apply_text(value: Value, operands: list[tuple[str, int]]) -> tuple[str, int]:
    """One op applied to operand texts, with as few parentheses as keep its meaning."""
    op = value.op
    assert op is not None
    label = op.label
    if label in _PRECEDENCE and len(operands) == 2:
        level = _PRECEDENCE[label]
        tight = "" if label in ("*", "/", "**") else " "
        # a - (b - c) needs its parentheses, and so does (a**b)**c.
        left = _parenthesised(operands[0], level + (label == "**"))
        right = _parenthesised(operands[1], level + (label != "**" and label != "+"))
        return f"{left}{tight}{label}{tight}{right}", level
    if label == "-" and len(operands) == 1:
        return "-" + _parenthesised(operands[0], _NEGATION), _NEGATION
    if label == "ᵀ":
        return _parenthesised(operands[0], _ATOM) + "ᵀ", _ATOM
    if label == "[]":
        return f"{_parenthesised(operands[0], _ATOM)}[{_index(value)}]", _ATOM
    changed = [
        f"{key}={_parameter(x)}"
        for key, x in (value.params or {}).items()
        if not _same(x, op.params.get(key))
    ]
    return f"{label}({', '.join([*(text for text, _ in operands), *changed])})", _ATOM


def _parenthesised(operand: tuple[str, int], level: int) -> str:
    text, own = operand
    return text if own >= level else f"({text})"


def _same(x: Any, default: Any) -> bool:
    return x is default or (type(x) is type(default) and np.ndim(x) == 0 and bool(x == default))


def _parameter(x: Any) -> str:
    if isinstance(x, np.ndarray):
        return f"{x.dtype}{list(x.shape)}"
    return getattr(x, "__name__", None) or str(x)


def _index(value: Value) -> str:
    index = (value.params or {}).get("index")
    parts = index if isinstance(index, tuple) else (index,)
    return ", ".join(_index_part(part) for part in parts)


def _index_part(part: Any) -> str:
    if isinstance(part, slice):
        ends = ["" if x is None else str(x) for x in (part.start, part.stop)]
        return ":".join(ends) + ("" if part.step is None else f":{part.step}")
    return "..." if part is Ellipsis else _parameter(part)


def _stand_ins(
    node: Value, name_of: Callable[[Value], str | None]
) -> tuple[Value, list[Value], dict[Value, str]]:
    """Leaves with the data of a node and its operands, and what they are called."""
    names: dict[Value, str] = {}
    out = Value(node.data)
    names[out] = name_of(node) or "out"
    inputs = [definition.stand_in(operand) for operand in node.operands]
    called: dict[Value, str] = {}
    for operand, there in zip(node.operands, inputs, strict=True):
        name = called.get(operand) or name_of(operand)
        if name is None and operand.requires_grad:
            taken = {*names.values(), *map(name_of, node.operands)}
            name = next(letter for letter in _LETTERS if letter not in taken)
        if name:
            names[there] = called[operand] = name
    return out, inputs, names


def _run_rule(rule: Callable[[], Any], names: Mapping[Value, str], fallback: str) -> str:
    tape: list[Value] = []
    with recording_to(tape), np.errstate(all="ignore"):
        result = rule()
    if not isinstance(result, Value):
        return number(result) if isinstance(result, (int, float)) else fallback
    text = expression(result, names.get, lambda value: True)
    return text if len(text) <= 60 else fallback
