"""The diagram: what a picture says, before anything is laid out or coloured.

An engine graph and a networkx graph both become a `Diagram`; the renderers (dot, svg, html,
text, json) read nothing else. Data flows one way::

    Graph ────────┐
                  ├── Diagram ──┬── dot ── layout ── svg ── html
    MultiDiGraph ─┘             ├── text
                                └── json
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from viz.errors import ArgumentError

__all__ = [
    "Diagram",
    "DiagramEdge",
    "DiagramNode",
    "EdgeLabel",
    "Kind",
    "Mode",
    "Quantity",
    "Rankdir",
    "Style",
    "Tensor",
    "Theme",
]

Kind = Literal["leaf", "intermediate", "root", "constant", "group"]
Mode = Literal["reverse", "forward"]
Rankdir = Literal["BT", "TB", "LR", "RL"]
EdgeLabel = Literal["both", "symbol", "value", "none"]
Theme = Literal["light", "dark", "auto"]


class Tensor(NamedTuple):
    """What is said of an array: never its numbers unless they are few.

    `rule` is set on edges, where the derivative of a tensor is a rule and not a number.
    """

    shape: tuple[int, ...]
    dtype: str = ""
    values: Any = None
    rule: str = ""


Quantity: TypeAlias = float | str | Tensor
"""A number, a formula, or the description of an array."""


@dataclass(frozen=True, slots=True)
class DiagramNode:
    """One node: `name = expression`, its value, and its entry in the sweep.

    `key` is unique in the diagram; `name` is what is drawn (two constants may both be `1`).
    `detail` says what is inside a node that stands for a group of them. `widest` is a line that
    there must be room for, where a stepper writes over the node's own.
    """

    key: str
    name: str
    kind: Kind
    expression: str = ""
    value: Quantity | None = None
    sweep: Quantity | None = None
    scope: str = ""
    detail: str = ""
    widest: str = ""


@dataclass(frozen=True, slots=True)
class DiagramEdge:
    """One edge from an operand to the node that consumes it.

    `source` and `target` are positions in `Diagram.nodes`. `use` counts the edges between the
    same two nodes from 1 and is 0 for an only edge. A `label` is drawn as it stands. `operand` is
    the name of what comes along the edge where the source, a group, has several results.
    """

    source: int
    target: int
    operand_index: int
    symbol: str = ""
    value: Quantity | None = None
    label: str | None = None
    use: int = 0
    operand: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """How a diagram is drawn. The values are checked when it is made.

    Examples
    --------
    >>> Style(rankdir="LR").rankdir
    'LR'
    >>> Style(theme="blue")
    Traceback (most recent call last):
    ...
    viz.errors.ArgumentError: theme is 'blue'; it must be one of 'light', 'dark', 'auto'
    """

    rankdir: Rankdir = "BT"
    edge_label: EdgeLabel = "both"
    precision: int = 4
    theme: Theme = "light"
    max_nodes: int = 500

    def __post_init__(self) -> None:
        check_choice("rankdir", self.rankdir, get_args(Rankdir))
        check_choice("edge_label", self.edge_label, get_args(EdgeLabel))
        check_choice("theme", self.theme, get_args(Theme))
        check_whole("precision", self.precision, 1, 17)
        check_whole("max_nodes", self.max_nodes, 1, 10_000)


@dataclass(frozen=True, slots=True)
class Diagram:
    """A graph ready to be drawn or written down.

    `mode` says which sweep the picture shows in its nodes. The tables and the JSON give the
    sweep in any case: with respect to `wrt` in forward mode, of the root otherwise. `note` says
    what was done to make it fit.
    """

    nodes: tuple[DiagramNode, ...]
    edges: tuple[DiagramEdge, ...]
    root: int | None
    mode: Mode | None = None
    wrt: str | None = None
    style: Style = field(default_factory=Style)
    note: str = ""


def check_choice(option: str, value: object, choices: tuple[object, ...]) -> None:
    """Raise `ArgumentError` unless `value` is one of `choices`."""
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise ArgumentError(f"{option} is {value!r}; it must be one of {listed}")


def check_whole(option: str, value: object, low: int, high: int) -> None:
    """Raise `ArgumentError` unless `value` is a whole number from `low` to `high`."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ArgumentError(
            f"{option} is {value!r}; it must be a whole number from {low} to {high:,}"
        )
