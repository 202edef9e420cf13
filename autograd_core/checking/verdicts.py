"""What can be wrong with a gradient, what that means, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..source import locate

if TYPE_CHECKING:
    from ..value import Value
    from .curves import Curve

__all__ = ["ADVICE", "Verdict", "line_of"]

ADVICE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "wrong rule": (
            "the derivative is not what differences of the same function give",
            "derive the rule of this operand again, and compare it with the formula",
        ),
        "missing un-broadcast": (
            "the operand was broadcast, and its gradient holds one copy's share, not their sum",
            "sum the cotangent over the axes along which the operand was repeated",
        ),
        "double counting": (
            "the contribution of this edge is counted more than once",
            "return one edge's contribution only: the engine adds up those of all edges",
        ),
        "dropped term": (
            "one of the contributions that add up to the gradient is missing",
            "follow every way in which the result depends on the operand, and add them up",
        ),
        "kink": (
            "the function has no derivative there: the slopes to the left and right differ",
            "move the input off the kink, or accept a subgradient with kinks='subgradient'",
        ),
        "step or precision": (
            "the derivative is right, but differences with this step or dtype cannot show it",
            "leave eps to the checker, check in float64, or rescale the input",
        ),
        "nondeterministic": (
            "two runs on the same inputs differ, so that no difference means anything",
            "fix the seed inside f, or draw the random numbers outside it",
        ),
        "mutated input": (
            "the function changes its input in place",
            "work on a copy: x = x.copy(), or x.at[index].set(value)",
        ),
        "integer or detached input": (
            "the result depends on the input, but no gradient can reach it",
            "pass floating-point data, and use the Value itself: not .data, detach() or float()",
        ),
        "nan or inf": (
            "the value or the derivative is not a finite number",
            "keep the operand away from there, for instance with safe_where",
        ),
        "shape/dtype": (
            "the gradient has not the shape or dtype of what it is the gradient of",
            "return one array per operand, of its shape and dtype",
        ),
        "unlocated": (
            "the gradient disagrees with differences, but every local rule is right",
            "look for what f does outside the graph: state it keeps, or hooks",
        ),
    }
)
"""For each kind of verdict what it means and what to do."""


@dataclass(frozen=True)
class Verdict:
    """One fault that was found.

    Attributes
    ----------
    kind : str
        A key of `ADVICE`.
    op : str
        The op at fault, or the name of the function where no op can be told.
    operand : int or None
        Which of its operands; ``None`` where the result itself is at fault.
    mode : str
        ``"rev"``, ``"fwd"``, or ``"value"`` for what is wrong before any gradient is taken.
    order : int
        Of the derivative: 1 or 2.
    index : tuple of int
        The worst element of the operand.
    analytic, numeric, error, tolerance : float or None
        There.
    where : str
        The line of the program that made the node.
    meaning, remedy : str
    detail : str
        What more is known: a factor, a slice, the two slopes.
    curve : tuple of (step, difference, error)
        The differences over a range of steps, where the step is what matters.
    node : Value or None
        In the recorded graph.
    """

    kind: str
    op: str
    operand: int | None = None
    mode: str = "rev"
    order: int = 1
    index: tuple[int, ...] = ()
    analytic: float | None = None
    numeric: float | None = None
    error: float | None = None
    tolerance: float | None = None
    where: str = ""
    detail: str = ""
    curve: tuple[tuple[float, float, float], ...] = ()
    node: Value | None = field(default=None, repr=False, compare=False)

    @property
    def meaning(self) -> str:
        """What it means."""
        return ADVICE[self.kind][0]

    @property
    def remedy(self) -> str:
        """What to do."""
        return ADVICE[self.kind][1]

    @property
    def culprit(self) -> str:
        """The op and the operand: ``multiply, operand 1``."""
        return self.op if self.operand is None else f"{self.op}, operand {self.operand}"

    def as_dict(self) -> dict[str, Any]:
        """Everything but the node, for JSON."""
        kept = {name: value for name, value in vars(self).items() if name != "node"}
        return {**kept, "meaning": self.meaning, "remedy": self.remedy}


def line_of(node: Value | None) -> str:
    """The line of the program that made a node: ``file.py, line 3: y = x * x``."""
    if node is None or node.code is None:
        return ""
    return str(locate((node.code, node.offset)) or "")


Points = tuple[tuple[float, float, float], ...]


def curve_of(seen: Curve | None, row: int, analytic: float) -> Points:
    """The step, the difference, and how far it is from the derivative, over the sweep."""
    if seen is None:
        return ()
    values = seen.central[:, row]
    return tuple(
        (float(h), float(d), abs(float(d) - analytic))
        for h, d in zip(seen.steps, values, strict=True)
    )
