"""The table of conventions: what the derivative is taken to be where there is none, or many.

``python -m docs.conventions`` prints docs/conventions.md, ``--write`` writes it, and ``--check``
exits with 1 when it is not what the rows below say. The columns of PyTorch (2.13) and JAX (0.10)
were recorded; the tests compare all three with what the libraries do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf, nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from docs.generated import command

PAGE = Path(__file__).resolve().parent / "conventions.md"

Gradients = tuple[Any, ...]
"""One per operand: a number, or nested lists."""


class Row(NamedTuple):
    """One call of an op at a point, and the gradient there.

    Attributes
    ----------
    op : str
    inputs : tuple
        Numbers, or nested lists for arrays.
    params : dict
        Static arguments.
    ours, torch, jax : tuple or None
        Gradient of each operand, of the cotangent 1, or 1, 2, … where the result is an array;
        ``None`` where the library has no such function, or leaves the gradient open.
    why : str
    """

    op: str
    inputs: tuple[Any, ...]
    params: dict[str, Any]
    ours: Gradients
    torch: Gradients | None
    jax: Gradients | None
    why: str

    @property
    def call(self) -> str:
        """The call, as text."""
        params = [f"{name}={text(value)}" for name, value in self.params.items()]
        return f"{self.op}({', '.join([*map(text, self.inputs), *params])})"


OURS: Any = object()


def row(
    op: str, *inputs: Any, ours: Any, torch: Any = OURS, jax: Any = OURS, why: str, **params: Any
) -> Row:
    """Make a row; the others give what we give unless said otherwise.

    A gradient need not be put into a tuple where there is one operand.
    """

    def each(given: Any) -> Gradients | None:
        if given is OURS:
            return each(ours)
        return given if given is None or isinstance(given, tuple) else (given,)

    return Row(op, inputs, params, (each(ours) or ()), each(torch), each(jax), why)


SMALLEST = "the subgradient of smallest norm"
LEFT = "0 counts as the left side, where x > 0 does not hold"
SHARED = "a tie shares equally, as the smallest-norm subgradient does"
LIMIT = "the limit of the derivative"
GROWS = "the derivative is too large for a float, as the result is"
EMPTY = "a sum of no terms: no small change of any operand moves it"
UNDEFINED = "0/0: the function has no value there, so nan warns"
OTHERS = "for each factor the product of the others, without division"

KINKS = (
    row("abs", 0.0, ours=0.0, jax=1.0, why=SMALLEST),
    row("sign", 0.0, ours=0.0, why="0 on both sides; the jump has no derivative"),
    row("relu", 0.0, ours=0.0, why=SMALLEST),
    row("leaky_relu", 0.0, ours=0.01, jax=1.0, why=LEFT),
    row("elu", 0.0, ours=0.5, alpha=0.5, why=LEFT),
    row("selu", 0.0, ours=1.7580993408473766, why=LEFT),
    row("hard_sigmoid", -3.0, ours=0.0, why=SMALLEST),
    row("hard_sigmoid", 3.0, ours=0.0, why=SMALLEST),
    row("clip", 0.0, ours=0.0, torch=1.0, jax=0.5, min=0.0, max=1.0, why=SMALLEST),
    row("clip", 1.0, ours=0.0, torch=1.0, jax=0.5, min=0.0, max=1.0, why=SMALLEST),
    row("norm", [0.0, 0.0], ours=[0.0, 0.0], jax=[nan, nan], why=SMALLEST),
    row("norm", [0.0, 0.0], ours=[0.0, 0.0], jax=[1.0, 1.0], ord=1, why=SMALLEST),
    row("norm", [0.0, 0.0], ours=[0.0, 0.0], jax=[nan, nan], ord=3, why=SMALLEST),
    row("norm", [0.0, 0.0], ours=[0.0, 0.0], jax=[0.25, 0.25], ord=inf, why=SMALLEST),
    row("std", [7.0, 7.0], ours=[0.0, 0.0], jax=[nan, nan], why=SMALLEST),
    row("arctan2", 0.0, 0.0, ours=(0.0, 0.0), jax=(nan, nan), why="the angle has no limit: 0"),
    row("arctan2", 0.0, -1.0, ours=(-1.0, 0.0), why="the slope on either side of the cut"),
)

TIES = (
    row("maximum", 1.0, 1.0, ours=(0.5, 0.5), why=SHARED),
    row("minimum", 1.0, 1.0, ours=(0.5, 0.5), why=SHARED),
    row("max", [1.0, 3.0, 3.0], ours=[0.0, 0.5, 0.5], why=SHARED),
    row("max", [5.0, 5.0, 5.0, 5.0], ours=[0.25, 0.25, 0.25, 0.25], why=SHARED),
    row("min", [1.0, 1.0, 3.0], ours=[0.5, 0.5, 0.0], why=SHARED),
    row("norm", [2.0, -2.0, 1.0], ours=[0.5, -0.5, 0.0], ord=inf, why=SHARED),
    row(
        "scatter_set", [0.0], [1.0, 2.0], ours=([0.0], [0.0, 1.0]), torch=None, jax=None,
        index=[0, 0], why="of two that are put in one place the last is kept",
    ),
)  # fmt: skip

POLES = (
    row("sqrt", 0.0, ours=inf, why=LIMIT),
    row("cbrt", 0.0, ours=inf, torch=None, why=LIMIT),
    row("log", 0.0, ours=inf, why=LIMIT),
    row("log2", 0.0, ours=inf, why=LIMIT),
    row("log10", 0.0, ours=inf, why=LIMIT),
    row("log1p", -1.0, ours=inf, why=LIMIT),
    row("reciprocal", 0.0, ours=-inf, why=LIMIT),
    row("reciprocal", -0.0, ours=-inf, why=LIMIT),
    row("divide", 1.0, 0.0, ours=(inf, -inf), why=LIMIT),
    row("divide", 0.0, 0.0, ours=(inf, nan), why=UNDEFINED),
    row("power", 0.0, -1.0, ours=(-inf, -inf), jax=(-inf, nan), why=LIMIT),
    row("power", 0.0, 0.5, ours=(inf, 0.0), why="0ʸ is 0 for all y > 0"),
    row(
        "power", 0.0, 0.0, ours=(0.0, 0.0), jax=(nan, 0.0), why="x⁰ is 1 for all x; 0ʸ is 0, y > 0"
    ),
    row("power", 0.0, 1.0, ours=(1.0, 0.0), why="0ʸ is 0 for all y > 0"),
    row("power", 0.0, 2.0, ours=(0.0, 0.0), why="0ʸ is 0 for all y > 0"),
    row("power", -1.0, 2.0, ours=(-2.0, nan), why="(−1)ʸ is real at single points y only"),
    row("arcsin", 1.0, ours=inf, why=LIMIT),
    row("arcsin", -1.0, ours=inf, why=LIMIT),
    row("arccos", 1.0, ours=-inf, why=LIMIT),
    row("arccos", -1.0, ours=-inf, why=LIMIT),
    row("arccosh", 1.0, ours=inf, why=LIMIT),
    row("arctanh", 1.0, ours=inf, why=LIMIT),
    row("arctanh", -1.0, ours=inf, why=LIMIT),
    row("lgamma", 0.0, ours=-inf, jax=nan, why="the limit from the right"),
    row("lgamma", -1.0, ours=nan, why="the limits of the two sides differ"),
    row("polygamma", 0.0, ours=inf, n=0, why=LIMIT),
    row("polygamma", 0.0, ours=-inf, jax=nan, n=1, why="the limit from the right"),
)

ZEROS_AND_INFINITIES = (
    row("prod", [0.0, 2.0], ours=[2.0, 0.0], why=OTHERS),
    row("prod", [0.0, 0.0, 2.0], ours=[0.0, 0.0, 0.0], why=OTHERS),
    row("cumprod", [0.0, 2.0, 3.0], ours=[23.0, 0.0, 0.0], why=OTHERS),
    row(
        "det", [[1.0, 2.0], [2.0, 4.0]], ours=[[4.0, -2.0], [-2.0, 1.0]], torch=[[0.0, 0.0]] * 2,
        why="the cofactors, which a singular matrix has as well",
    ),
    row("exp", 1000.0, ours=inf, why=GROWS),
    row("expm1", 1000.0, ours=inf, why=GROWS),
    row("exp2", 2000.0, ours=inf, why=GROWS),
    row("sinh", 1000.0, ours=inf, why=GROWS),
    row("cosh", 1000.0, ours=inf, why=GROWS),
    row("logaddexp", -inf, 0.0, ours=(0.0, 1.0), why="a term that is not there"),
    row("logaddexp", -inf, -inf, ours=(0.0, 0.0), torch=(nan, nan), jax=(nan, nan), why=EMPTY),
    row("logsumexp", [-inf, 0.0], ours=[0.0, 1.0], why="a term that is not there"),
    row("logsumexp", [-inf, -inf], ours=[0.0, 0.0], torch=[nan, nan], jax=[nan, nan], why=EMPTY),
    row("softmax", [-inf, 0.0], ours=[0.0, 0.0], why="a term that is not there"),
    row("softmax", [-inf, -inf], ours=[nan, nan], why=UNDEFINED),
    row("log_softmax", [-inf, 0.0], ours=[1.0, -1.0], why="a term that is not there"),
    row("log_softmax", [-inf, -inf], ours=[nan, nan], why=UNDEFINED),
)  # fmt: skip

SECTIONS = {
    "Kinks": KINKS,
    "Ties": TIES,
    "Poles": POLES,
    "Zeros and infinities": ZEROS_AND_INFINITIES,
}

ROWS = tuple(one for rows in SECTIONS.values() for one in rows)

INTRODUCTION = """# Conventions

What the gradient is where a derivative does not exist, is infinite, or is not the only one. The
order is PyTorch's: the derivative where the function is differentiable; else the subgradient of
smallest norm; ties of a maximum share; at a pole the limit. Where we differ from PyTorch, the
last column says why ours is what it is. Gradients are those of the cotangent 1, or 1, 2, … for a
result that is an array; "–" stands for a library that has no such function or leaves it open.
Every row is a test. This page is written by `python -m docs.conventions --write`.
"""


def text(value: Any) -> str:
    """A number or nested lists, as short as the table needs them.

    Examples
    --------
    >>> text([0.5, -inf]), text((0.0, nan)), text(None)
    ('[0.5, −∞]', '0, nan', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return ", ".join(map(text, value))
    if isinstance(value, (list, np.ndarray)):
        return f"[{', '.join(map(text, value))}]"
    if value in (inf, -inf):
        return "∞" if value > 0 else "−∞"
    return f"{value:.5g}".replace("-", "−")


def page() -> str:
    """The page, in Markdown."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    for title, rows in SECTIONS.items():
        yield f"\n## {title}\n\n| at | ours | PyTorch | JAX | why |\n|---|---|---|---|---|\n"
        for one in rows:
            cells = [f"`{one.call}`", *map(text, (one.ours, one.torch, one.jax)), one.why]
            yield f"| {' | '.join(cells)} |\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print, write or check the page; 1 when the check failed, else 0."""
    return command("docs.conventions", PAGE, page, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
