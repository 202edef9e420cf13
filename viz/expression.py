"""From an expression program and its variables to a graph of values."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from viz.errors import ExpressionError
from viz.evaluation import elementwise_functions, evaluate
from viz.program import Program, read_program

if TYPE_CHECKING:
    from autograd_core import Value

__all__ = ["Built", "build"]


class Built(NamedTuple):
    """The root of the graph, and the names of its variables and definitions."""

    root: Value
    names: dict[str, Value]


def build(source: str, variables: Mapping[str, float], root: str | None = None) -> Built:
    """Evaluate an expression program.

    Parameters
    ----------
    source : str
        Statements such as `e = c*d; c = a+b; d = b+1`, in any order.
    variables : mapping
        A number for every name that the program does not define.
    root : str, optional
        Which definition to draw, if several are used by no other.

    Raises
    ------
    ExpressionError
        If the program or a variable is bad, definitions depend on each other in a circle, or a
        value is not finite.

    Examples
    --------
    >>> built = build("e = c*d; c = a+b; d = b+1", {"a": 2.0, "b": 1.0})
    >>> built.root.data, sorted(built.names)
    (6.0, ['a', 'b', 'c', 'd', 'e'])
    """
    import autograd_core as ag

    program = read_program(source, elementwise_functions())
    given = {unicodedata.normalize("NFKC", name): value for name, value in variables.items()}
    top = _root(program, root)
    order = _order(program, top)
    _check_variables(program, order, given)
    names: dict[str, Value] = {
        name: ag.Value(value, name=name)
        for name, value in given.items()
        if any(name in program.uses(key) for key in order)
    }
    last: Value | None = None
    for key in order:
        value = evaluate(program.statements[key], names)
        last = value if isinstance(value, ag.Value) else ag.Value(value, name=key)
        if key is not None:
            names[key] = last
    assert last is not None
    return Built(last, names)


def _root(program: Program, wanted: str | None) -> str | None:
    if wanted is not None:
        if wanted not in program.statements:
            known = ", ".join(name for name in program.statements if name)
            has = f"the names defined are {known}" if known else "the expression defines no name"
            raise ExpressionError(f"--root {wanted}: there is no such definition; {has}")
        return wanted
    used = {name for key in program.statements for name in program.uses(key)}
    roots = [key for key in program.statements if key not in used]
    if len(roots) == 1:
        return roots[0]
    if not roots:
        # Every definition is used, so some circle exists; ordering from any of them finds it.
        return next(iter(program.statements))
    listed = ", ".join(key or program.statements[key].text for key in roots)
    raise ExpressionError(
        f"several results are used by no other: {listed}; choose one with --root NAME"
    )


def _order(program: Program, top: str | None) -> list[str | None]:
    """Return the definitions that `top` needs, each after those it uses."""
    order: list[str | None] = []
    state: dict[str | None, str] = {}
    stack: list[tuple[str | None, bool]] = [(top, False)]
    trail: list[str | None] = []
    while stack:
        key, done = stack.pop()
        if done:
            state[key] = "done"
            trail.pop()
            order.append(key)
        elif state.get(key) == "open":
            circle = [*trail[trail.index(key) :], key]
            raise ExpressionError(
                f"the definitions go in a circle: {' -> '.join(map(str, circle))}"
            )
        elif key not in state:
            state[key] = "open"
            trail.append(key)
            stack.append((key, True))
            defined = [name for name in program.uses(key) if name in program.statements]
            stack += [(name, False) for name in reversed(defined)]
    return order


def _check_variables(
    program: Program, order: Iterable[str | None], given: Mapping[str, float]
) -> None:
    needed = dict.fromkeys(
        name for key in order for name in program.uses(key) if name not in program.statements
    )
    known = {name for key in program.statements for name in program.uses(key)}
    wanted = ", ".join(needed) or "none"
    for name in given:
        if name in program.statements:
            raise ExpressionError(f"{name} is defined by the expression; give no value for it")
        if name not in known:
            raise ExpressionError(
                f"{name} is no variable of the expression; its variables are: {wanted}"
            )
    missing = [name for name in needed if name not in given and name != "pi"]
    if missing:
        raise ExpressionError(
            f"no value for {', '.join(missing)}; the variables are: {wanted}; given: "
            f"{', '.join(given) or 'none'}; add {' '.join(f'{name}=1' for name in missing)}"
        )
