"""Reading an expression program: statements such as `e = c*d; c = a+b; d = b+1`.

Programs are read with `ast` and a white list: numbers, variables, `+ - * / **`, and calls of the
engine's elementwise ops by position. Nothing is ever executed.
"""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from viz.errors import ExpressionError

__all__ = ["BINARY", "Program", "Statement", "read_program"]

BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
LONGEST = 20_000
DEEPEST = 150

_HINTS: Mapping[type[ast.AST], str] = {
    ast.BitXor: "^ is not a power here; write ** instead",
    ast.FloorDiv: "// has no derivative; write / instead",
    ast.Mod: "% is not allowed; only + - * / ** are",
    ast.MatMult: "@ is not allowed; every variable is a number",
    ast.Attribute: "attributes are not allowed",
    ast.Subscript: "indexing is not allowed; every variable is a number",
    ast.Lambda: "functions cannot be defined here",
    ast.Compare: "comparisons are not allowed; use maximum, minimum or relu",
    ast.BoolOp: "and, or are not allowed",
    ast.IfExp: "conditions are not allowed; use maximum, minimum or relu",
    ast.NamedExpr: "write = as a statement of its own, separated by a semicolon",
    ast.Tuple: "only one number at a time: a comma is not allowed here",
}
_DEEP = "the expression is nested too deeply; name its parts: c = …; d = …"


@dataclass(frozen=True, slots=True)
class Statement:
    """`name = tree`, with its source line and where the statement starts in it."""

    name: str | None
    tree: ast.expr
    text: str
    line: str
    start: int


@dataclass(frozen=True, slots=True)
class Program:
    """Statements, by name, and at most one without a name (under the key None)."""

    statements: Mapping[str | None, Statement]

    def uses(self, name: str | None) -> list[str]:
        """Return the names in the statement `name`, in order, each once."""
        return list(dict.fromkeys(_names(self.statements[name].tree)))


def read_program(source: str, functions: Mapping[str, tuple[int, int]]) -> Program:
    """Read an expression program.

    Parameters
    ----------
    source : str
        Statements, separated by `;` or newlines.
    functions : mapping
        The functions that may be called, and the fewest and most arguments each takes.

    Raises
    ------
    ExpressionError
        At the first thing that is not allowed, with its place.

    Examples
    --------
    >>> program = read_program("e = c*sin(d); c = a+b", {"sin": (1, 1)})
    >>> program.uses("e"), program.uses("c")
    (['c', 'd'], ['a', 'b'])
    >>> read_program("a ^ 2", {})
    Traceback (most recent call last):
    ...
    viz.errors.ExpressionError: ^ is not a power here; write ** instead
      a ^ 2
        ^
    """
    if len(source) > LONGEST:
        raise ExpressionError(
            f"the expression has {len(source):,} characters, and {LONGEST:,} are the most that "
            "are read; build larger graphs in Python, with autograd_core and viz.draw"
        )
    statements: dict[str | None, Statement] = {}
    for text, line, start in _split(source):
        statement = _parse(text, line, start)
        _check(statement, functions)
        if statement.name in statements:
            name = statement.name
            what = f"{name} is defined twice" if name else "two expressions have no name"
            raise ExpressionError(f"{what}; give each result a name of its own", line, start)
        statements[statement.name] = statement
    if not statements:
        raise ExpressionError("the expression is empty; write for example (a+b)*(b+1)")
    return Program(statements)


def _split(source: str) -> Iterator[tuple[str, str, int]]:
    for line in source.splitlines():
        start = 0
        for text in line.split(";"):
            stripped = text.strip()
            if stripped and not stripped.startswith("#"):
                yield stripped, line, start + len(text) - len(text.lstrip())
            start += len(text) + 1


def _parse(text: str, line: str, start: int) -> Statement:
    _check_depth(text, line, start)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text).body
    except SyntaxError as error:
        column = min(max((error.offset or 1) - 1, 0), len(text))
        raise ExpressionError(_syntax(text, error), line, start + column) from None
    except (RecursionError, MemoryError):
        raise ExpressionError(_DEEP) from None
    except ValueError as error:
        raise ExpressionError(f"the expression cannot be read: {error}", line, start) from None
    match body:
        case [ast.Expr(value=tree)]:
            return Statement(None, tree, text, line, start)
        case [ast.Assign(targets=[ast.Name(id=name)], value=tree)]:
            return Statement(name, tree, text, line, start)
        case [ast.Assign()]:
            raise ExpressionError("one name is needed on the left of =", line, start)
    raise ExpressionError(
        "only expressions and definitions such as c = a+b are allowed", line, start
    )


def _check_depth(text: str, line: str, start: int) -> None:
    depth = 0
    for place, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if depth > DEEPEST:
            raise ExpressionError(_DEEP, line, start + place)


def _syntax(text: str, error: SyntaxError) -> str:
    if re.search(r"\d\s*[^\W\d]", text) and "decimal" in (error.msg or ""):
        return "a product needs a sign: write 2*x for 2x"
    if re.search(r"(?<![\w.])(lambda|import|def|class|while|for|if)\b", text):
        return "only expressions and definitions such as c = a+b are allowed"
    return f"the expression cannot be read: {error.msg}"


def _check(statement: Statement, functions: Mapping[str, tuple[int, int]]) -> None:
    """Walk the tree, without recursion, and refuse everything that is not on the white list."""
    stack: list[ast.expr] = [statement.tree]
    while stack:
        tree = stack.pop()
        match tree:
            case ast.Name():
                pass
            case ast.Constant(value=int() | float()) if not isinstance(tree.value, bool):
                pass
            case ast.Constant():
                raise _refuse(statement, tree, f"{tree.value!r} is not a number")
            case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
                stack.append(operand)
            case ast.BinOp(op=op, left=left, right=right) if isinstance(op, BINARY):
                stack += [right, left]
            case ast.Call():
                stack += reversed(_arguments(statement, tree, functions))
            case ast.BinOp(op=op):
                raise _refuse(statement, tree, _HINTS.get(type(op), _ALLOWED))
            case _:
                raise _refuse(statement, tree, _HINTS.get(type(tree), _ALLOWED))


_ALLOWED = "only numbers, variables, + - * / ** and calls such as sin(x) are allowed"


def _arguments(
    statement: Statement, call: ast.Call, functions: Mapping[str, tuple[int, int]]
) -> list[ast.expr]:
    if not isinstance(call.func, ast.Name):
        hint = _HINTS.get(type(call.func), "only a function's name can be called")
        raise _refuse(statement, call.func, hint)
    name = call.func.id
    if name not in functions:
        raise _refuse(
            statement, call, f"{name} is no function here; there are {_some(name, functions)}"
        )
    if call.keywords:
        raise _refuse(statement, call, f"{name} takes its arguments by position only")
    for argument in call.args:
        if isinstance(argument, ast.Starred):
            raise _refuse(statement, argument, "* is not allowed in front of an argument")
    fewest, most = functions[name]
    if not fewest <= len(call.args) <= most:
        count = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        plural = "s" * (most != 1)
        raise _refuse(
            statement, call, f"{name} takes {count} argument{plural}, and {len(call.args)} given"
        )
    return call.args


def _some(name: str, functions: Mapping[str, tuple[int, int]]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, functions, 3)
    return ", ".join(near) if near else ", ".join(sorted(functions))


def _refuse(statement: Statement, tree: ast.expr, message: str) -> ExpressionError:
    return ExpressionError(message, statement.line, _column_of(statement, tree))


def _column_of(statement: Statement, tree: ast.expr) -> int:
    """Return the place of what is wrong in `tree`: its sign, its dot, or else its beginning."""
    # `ast` counts bytes of UTF-8, a caret characters.
    source = statement.text.encode()
    place = tree.col_offset
    if isinstance(tree, ast.Attribute):
        place = tree.value.end_col_offset or place
    elif isinstance(tree, ast.BinOp):
        sign = re.compile(rb"[^\s)]").search(source, tree.left.end_col_offset or 0)
        place = sign.start() if sign else place
    return statement.start + len(source[:place].decode())


def _names(tree: ast.expr) -> Iterator[str]:
    stack: list[ast.expr] = [tree]
    while stack:
        match stack.pop():
            case ast.Name(id=name):
                yield unicodedata.normalize("NFKC", name)
            case ast.UnaryOp(operand=operand):
                stack.append(operand)
            case ast.BinOp(left=left, right=right):
                stack += [right, left]
            case ast.Call(args=args):
                stack += reversed(args)
