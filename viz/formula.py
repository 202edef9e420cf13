"""Sums and products of edge labels, as text. Not an algebra system: nothing is simplified.

A formula is built bottom-up from atoms, shares its parts, and is written without recursion. One
that would be longer than `LIMIT` factors names the parts that occur more than once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

__all__ = [
    "Formula",
    "FormulaText",
    "atom",
    "plus",
    "product_text",
    "sum_text",
    "times",
    "write",
]

LIMIT = 2_000

_NUMBER_OR_NAME = re.compile(r"\d[\d.]*(e[+-]?\d+)?|\w+(\([^()]*\))?", re.UNICODE)


class Formula:
    """An atom, or the sum or product of two formulas. `size` counts the atoms when written out."""

    __slots__ = ("kind", "left", "right", "size", "text")

    def __init__(
        self,
        kind: Literal["atom", "sum", "product"],
        text: str = "",
        left: Formula | None = None,
        right: Formula | None = None,
    ) -> None:
        self.kind = kind
        self.text = text
        self.left = left
        self.right = right
        self.size: int = 1 if left is None or right is None else left.size + right.size


class FormulaText(str):
    """A formula written out; `value` is its number where every edge has one.

    Examples
    --------
    >>> FormulaText("2·1 + 3·1", 5.0).value
    5.0
    """

    value: float | None

    def __new__(cls, text: str, value: float | None = None) -> FormulaText:
        """Make the text, with its value beside it."""
        self = super().__new__(cls, text)
        self.value = value
        return self


def atom(text: str) -> Formula:
    """Return a formula of one symbol or number."""
    return Formula("atom", text)


def plus(left: Formula, right: Formula) -> Formula:
    """Return the sum of two formulas."""
    return Formula("sum", "", left, right)


def times(left: Formula, right: Formula) -> Formula:
    """Return the product of two formulas."""
    return Formula("product", "", left, right)


def product_text(factors: Iterable[str]) -> str:
    """Write a product of atoms.

    Examples
    --------
    >>> product_text(["α", "δ"]), product_text(["2", "-1"]), product_text(["a + b", "x"])
    ('αδ', '2·(-1)', '(a + b)·x')
    >>> product_text([])
    '1'
    """
    factors = list(factors)
    if len(factors) == 1:
        return factors[0]
    parts: list[str] = []
    for factor in factors:
        _join(parts, _factor(factor))
    return "".join(parts) or "1"


def write(formula: Formula, value: float | None = None) -> FormulaText:
    """Write a formula; beyond `LIMIT` factors, its repeated parts are named after "where".

    Examples
    --------
    >>> a, b, x, y = map(atom, "abxy")
    >>> write(times(plus(a, b), plus(x, y)))
    '(a + b)(x + y)'
    >>> write(plus(times(a, x), b))
    'ax + b'
    """
    if formula.size <= LIMIT:
        return FormulaText("".join(_pieces(formula, {})), value)
    parts = list(_parts(formula))
    uses: dict[int, int] = {}
    for part in parts:
        for side in (part.left, part.right):
            if side is not None:
                uses[id(side)] = uses.get(id(side), 0) + 1
    taken = {part.text for part in parts if part.kind == "atom"}
    letter = next(c for c in "stuvwpqrfghk§" if not any(text.startswith(c) for text in taken))
    shared = [p for p in parts if p.kind != "atom" and uses.get(id(p), 0) > 1 and p is not formula]
    names = {id(part): f"{letter}{index}" for index, part in enumerate(shared, 1)}
    text = "".join(_pieces(formula, names))
    clauses = [
        f"{names[id(part)]} = " + "".join(_pieces(part, {**names, id(part): ""})) for part in shared
    ]
    return FormulaText(text + (", where " + ", ".join(clauses) if clauses else ""), value)


def _parts(formula: Formula) -> Iterator[Formula]:
    """Yield every distinct part, operands before what is made of them."""
    seen: set[int] = set()
    stack: list[tuple[Formula, bool]] = [(formula, False)]
    while stack:
        part, done = stack.pop()
        if done:
            yield part
            continue
        if id(part) in seen:
            continue
        seen.add(id(part))
        stack.append((part, True))
        stack += [(side, False) for side in (part.right, part.left) if side is not None]


_Item: TypeAlias = "str | tuple[Formula, bool]"


def _pieces(formula: Formula, names: dict[int, str]) -> Iterator[str]:
    """Yield the text piece by piece; a stack of what is still to be written replaces recursion."""
    top = id(formula)
    stack: list[_Item] = [(formula, False)]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
            continue
        part, as_factor = item
        if part.kind == "atom":
            yield _factor(part.text) if as_factor else part.text
        elif part.kind == "sum":
            terms: list[_Item] = []
            for index, term in enumerate(_flat(part, "sum", names, top)):
                if term.kind == "atom":
                    terms.append(_term(term.text, index))
                else:
                    terms += [" + "] if index else []
                    terms.append(_named(term, names, False))
            if as_factor:
                terms = ["(", *terms, ")"]
            stack += reversed(terms)
        else:
            factors: list[_Item] = []
            before = ""
            for factor in _flat(part, "product", names, top):
                edge = _outline(factor, names)
                factors += [_between(before, edge)] if before else []
                factors.append(_named(factor, names, True))
                before = edge
            stack += reversed(factors)


def _named(part: Formula, names: dict[int, str], as_factor: bool) -> _Item:
    return names.get(id(part)) or (part, as_factor)


def _flat(formula: Formula, kind: str, names: dict[int, str], top: int) -> Iterator[Formula]:
    stack: list[Formula] = [formula]
    while stack:
        part = stack.pop()
        whole = part.kind != kind or (names.get(id(part)) and id(part) != top)
        if whole or part.left is None or part.right is None:
            yield part
        else:
            stack += [part.right, part.left]


def _outline(part: Formula, names: dict[int, str]) -> str:
    """Return a stand-in that has the first and last character of the factor's text."""
    if names.get(id(part)):
        return names[id(part)]
    return "()" if part.kind == "sum" else _factor(part.text)


def _factor(text: str) -> str:
    return text if _NUMBER_OR_NAME.fullmatch(text) else f"({text})"


def _join(parts: list[str], factor: str) -> None:
    if parts:
        parts.append(_between(parts[-1], factor))
    parts.append(factor)


def _between(left: str, right: str) -> str:
    """Letters and sums stand side by side as in a book; numbers and words need a dot."""
    both_letters = len(left) == len(right) == 1 and left.isalpha() and right.isalpha()
    both_sums = left.startswith("(") and right.startswith("(")
    return "" if both_letters or both_sums else "·"


def sum_text(terms: Sequence[str]) -> str:
    """Write a sum of terms.

    Examples
    --------
    >>> sum_text(["a", "-2"]), sum_text([])
    ('a - 2', '0')
    """
    return "".join(_term(term, index) for index, term in enumerate(terms)) or "0"


def _term(text: str, index: int) -> str:
    if not index:
        return text
    if text.startswith("-"):
        minus = _NUMBER_OR_NAME.fullmatch(text[1:]) is not None
        return f" - {text[1:]}" if minus else f" + ({text})"
    return f" + {text}"
