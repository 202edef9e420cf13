"""The README's table of ops, written from the declarations.

``python -m docs.op_table`` prints it, ``--write`` puts it between the markers in README.md, and
``--check`` exits with 1 when what stands there is not what the declarations say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.local import slope
from autograd_core.op import Op
from autograd_core.ops import FAMILIES, OPS
from docs.generated import command

README = Path(__file__).resolve().parent.parent / "README.md"
START, END = "<!-- op-table:start -->\n", "<!-- op-table:end -->"
COLUMNS = ("op", "formula", "derivative by each operand", "ONNX", "category")


#: More pieces than this are not worth a cell of the table.
PIECES = 3


def derivative(op: Op) -> str:
    """Return what each operand's rule does, run on stand-ins that write down what happens.

    Parameters
    ----------
    op : Op
        With at least one case.

    Returns
    -------
    str
        One expression per differentiable operand: the local derivative of an elementwise op, and
        what becomes of the cotangent ``g`` in any other.
    """
    if op.definition is not None:
        return "by its definition"
    rng = np.random.default_rng(0)
    case = op.cases[0]
    domains: tuple[Any, ...] = op.domain
    if op.partials is None:
        runs = [rules(op, case.draw(domains, rng), case.params)]
    else:
        # One number after the other, from high to low, finds the pieces of a piecewise rule.
        first, *others = (np.sort(domain.draw(rng, (40,)))[::-1] for domain in domains)
        fixed = [float(other[20]) for other in others]
        runs = [rules(op, [float(x), *fixed], case.params) for x in first]
    return ", ".join(one_of(texts) for texts in zip(*runs, strict=True)) or "none"


def rules(op: Op, drawn: Sequence[Any], params: Mapping[str, Any]) -> list[str]:
    """Return the rule of each differentiable operand at one point, as text.

    Parameters
    ----------
    op : Op
        The op.
    drawn : sequence of float or ndarray
        Its operands.
    params : mapping
        Its static arguments.

    Returns
    -------
    list of str
        In terms of ``g``, ``out`` and ``x``, ``y``, …; an array that was computed from the operands
        is written as ``…``.
    """
    letters = iter("xyzuvw")
    domains: tuple[Any, ...] = op.domain
    operands, arguments = [], []
    for index, data in enumerate(drawn):
        if domains[min(index, len(domains) - 1)].differentiable:
            operands.append(ag.Value(data, name=next(letters)))
        else:
            operands.append(ag.Value(data, requires_grad=False))
            argument = op.forward.__code__.co_varnames[index]
            arguments.append((f"{data.dtype}{list(data.shape)}", argument))
    node = op(*operands, **params)
    texts = []
    for index, operand in enumerate(operands):
        if operand.requires_grad:
            text = slope(node, index, lambda value: value.name or "out")
            for literal, argument in arguments:
                text = text.replace(literal, argument)
            text = re.sub(r"\b(bool|float64|int64)\[[\d, ]*\]|array\(.*?\]\)", "…", text)
            texts.append(re.sub(r"\d+\.\d{7,}", lambda digits: f"{float(digits[0]):.6g}", text))
    return texts


def one_of(texts: Iterable[str]) -> str:
    """Return the pieces of a rule, in the order in which they were met.

    Parameters
    ----------
    texts : iterable of str
        The rule at one point after the other.

    Returns
    -------
    str
        A cell of the table.
    """
    pieces = [text for text, _ in groupby(texts)]
    if len(pieces) > PIECES or any(text.startswith(("vjp of ", "∂")) for text in pieces):
        return "see its declaration"
    return " or ".join(map(code, pieces))


def code(text: str) -> str:
    """Return the text as a cell of a table shows code.

    Parameters
    ----------
    text : str
        Any text; may hold ``|``.

    Returns
    -------
    str
        Empty for the empty text.
    """
    return f"`{text}`".replace("|", "\\|") if text else ""


def table() -> str:
    """Return the table in Markdown: every op that can be called by its name.

    Returns
    -------
    str
        With a newline at the end.
    """
    rows: list[tuple[str, ...]] = [COLUMNS, ("---",) * len(COLUMNS)]
    for family in FAMILIES:
        category = family.__name__.rpartition(".")[2]
        # A module holds the ops of others that it uses, but exports only its own.
        for op in (OPS[name] for name in OPS if name in family.__all__):
            rows.append((code(op.name), code(op.formula), derivative(op), op.onnx or "", category))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def readme() -> str:
    """Return the README with the table as it should be.

    Returns
    -------
    str
        The whole text.

    Raises
    ------
    LookupError
        If the README lacks the lines between which the table stands.
    """
    before, found, rest = README.read_text(encoding="utf-8").partition(START)
    _, closed, after = rest.partition(END)
    if not (found and closed):
        raise LookupError(f"{README.name} lacks the lines {START.strip()} and {END}")
    return before + START + table() + END + after


def main(arguments: Sequence[str] | None = None) -> int:
    """Print, write or check the table; 1 when the check failed, else 0."""
    return command("docs.op_table", README, readme, arguments, shown=table)


if __name__ == "__main__":
    raise SystemExit(main())
