"""Evaluating one statement of an expression program with the ops of the engine."""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from viz.errors import ExpressionError
from viz.labels import format_number
from viz.program import Statement

if TYPE_CHECKING:
    from autograd_core import Value

__all__ = ["elementwise_functions", "evaluate"]

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_Operand: TypeAlias = "Value | float"


def elementwise_functions() -> dict[str, tuple[int, int]]:
    """Return the ops that an expression may call, with the fewest and most arguments of each.

    Examples
    --------
    >>> functions = elementwise_functions()
    >>> functions["tanh"], functions["clip"]
    ((1, 1), (1, 3))
    """
    import autograd_core as ag

    return {
        name: (op.arity, op.arity + len(_numeric(op.params)))
        for name, op in ag.ops.OPS.items()
        if op.partials is not None and op.arity and callable(getattr(ag, name, None))
    }


def _numeric(params: Mapping[str, Any]) -> list[str]:
    return [
        name
        for name, default in params.items()
        if default is None or isinstance(default, (int, float))
    ]


def evaluate(statement: Statement, names: Mapping[str, Value]) -> _Operand:
    """Evaluate a statement bottom-up, without recursion."""
    results: list[_Operand] = []
    stack: list[tuple[ast.expr, bool]] = [(statement.tree, False)]
    while stack:
        tree, done = stack.pop()
        inner = _operands(tree)
        if inner and not done:
            stack.append((tree, True))
            stack += [(operand, False) for operand in reversed(inner)]
            continue
        operands = results[len(results) - len(inner) :]
        del results[len(results) - len(inner) :]
        results.append(_apply(statement, tree, operands, names))
    return results[0]


def _operands(tree: ast.expr) -> list[ast.expr]:
    match tree:
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.Call(args=args):
            return args
    return []


def _apply(
    statement: Statement, tree: ast.expr, operands: list[_Operand], names: Mapping[str, Value]
) -> _Operand:
    match tree:
        case ast.Name(id=name):
            import autograd_core as ag

            return (
                names[name] if name in names else ag.Value(math.pi, name="π", requires_grad=False)
            )
        case ast.UnaryOp(op=ast.UAdd()):
            return operands[0]
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = _compute(tree, operands)
            number = _number(result)
    except (ArithmeticError, ValueError) as error:
        reason = str(error)
        if isinstance(error, OverflowError):
            reason = "the number is too large"
        elif isinstance(error, ZeroDivisionError):
            reason = "division by zero"
        raise _bad_value(statement, tree, names, None, reason) from None
    if number is None or not math.isfinite(number):
        reason = _reason(tree, [_number(operand) for operand in operands], number)
        raise _bad_value(statement, tree, names, number, reason)
    return result


def _compute(tree: ast.expr, operands: list[_Operand]) -> _Operand:
    match tree:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.UnaryOp():
            return -operands[0]
        case ast.BinOp(op=op):
            result: _Operand = _OPERATORS[type(op)](*operands)
            return result
        case ast.Call(func=ast.Name(id=name)):
            return _call(name, operands)
    raise AssertionError("the white list lets nothing else through")


def _call(name: str, operands: list[_Operand]) -> _Operand:
    import autograd_core as ag

    op = ag.ops.OPS[name]
    values, settings = operands[: op.arity], operands[op.arity :]
    params: dict[str, float | int] = {}
    for parameter, setting in zip(_numeric(op.params), settings, strict=False):
        if not isinstance(setting, float):
            raise ValueError(f"the {parameter} of {name} must be a number, not a variable")
        whole = isinstance(op.params[parameter], int) and setting.is_integer()
        params[parameter] = int(setting) if whole else setting
    result: _Operand = getattr(ag, name)(*values, **params)
    return result


def _number(operand: _Operand) -> float | None:
    data = getattr(operand, "data", operand)
    return None if isinstance(data, complex) else float(data)


def _reason(tree: ast.expr, operands: list[float | None], number: float | None) -> str:
    match tree:
        case ast.BinOp(op=ast.Div()) if operands[1] == 0:
            return "division by zero"
        case ast.Call(func=ast.Name(id=name)) if number is None or math.isnan(number):
            return f"outside the domain of {name}"
        case ast.Constant():
            return "the number is too large"
        case ast.BinOp(op=ast.Pow()) if operands[0] == 0:
            return "division by zero"
    if number is None or math.isnan(number):
        return "not a real number"
    return "the result is not finite"


def _bad_value(
    statement: Statement,
    tree: ast.expr,
    names: Mapping[str, Value],
    number: float | None,
    reason: str,
) -> ExpressionError:
    text = ast.get_source_segment(statement.text, tree) or statement.text
    if tree is statement.tree and statement.name:
        text = f"{statement.name} = {text}"
    inside = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    at = ", ".join(
        f"{name} = {format_number(float(names[name].data), 6)}" for name in names if name in inside
    )
    is_what = "has no value" if number is None else f"is {number}"
    message = f"{text} {is_what}{' at ' + at if at else ''}: {reason}"
    return ExpressionError(message)
