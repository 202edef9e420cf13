"""What changed between two graphs: nodes that came and went, ops, shapes, gradients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from viz.diagram import Rankdir, Style, Theme
from viz.errors import ArgumentError
from viz.labels import format_number
from viz.matching import match
from viz.scene import Scene, scene_of

if TYPE_CHECKING:
    from autograd_core import Value
    from autograd_core.graph import Graph, Node
    from viz.marks import MarkedPicture

__all__ = ["Change", "Diff", "diff"]

_SIGNS = {"added": "+", "removed": "−", "changed": "≠"}


@dataclass(frozen=True, slots=True)
class Change:
    """One node that differs.

    Attributes
    ----------
    kind : {"added", "removed", "changed"}
    name : str
        In the second graph, or of what is removed, in the first.
    scope : str
    what : tuple of str
        What changed, or what was added or removed: ``op: relu, was tanh``.
    """

    kind: Literal["added", "removed", "changed"]
    name: str
    scope: str
    what: tuple[str, ...]

    def __str__(self) -> str:
        inside = f" in {self.scope}" if self.scope else ""
        return f"{_SIGNS[self.kind]} {self.name}{inside}: {'; '.join(self.what)}"


class Diff:
    """What `viz.diff` found. True if anything changed; printed, a line per change.

    Attributes
    ----------
    changes : tuple of Change
        The inputs first; what was removed comes at the end.
    pairs : dict
        The nodes that are the same, from the first graph to the second.
    picture : viz.Picture
        Both graphs in one: ``+`` is added, ``−`` removed, ``≠`` changed.
    """

    def __init__(
        self, before: Scene, after: Scene, pairs: dict[Node, Node], changes: dict[Node, Change]
    ) -> None:
        self._before, self._after, self._changes = before, after, changes
        self.pairs = pairs
        self.changes = tuple(changes.values())

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def picture(self) -> MarkedPicture:
        """Both graphs as one picture."""
        from viz.merged import merged

        return merged(self._before, self._after, self.pairs, self._changes, _SIGNS)

    def to_text(self) -> str:
        """A line per change, and how many nodes are as they were."""
        same = len(self.pairs) - sum(change.kind == "changed" for change in self.changes)
        lines = [str(change) for change in self.changes]
        return "\n".join([*lines, f"  {same:,} node{'s' * (same != 1)} unchanged"])

    __str__ = to_text

    def __repr__(self) -> str:
        kinds: list[str] = [change.kind for change in self.changes]
        return f"<Diff: {', '.join(f'{kinds.count(kind)} {kind}' for kind in _SIGNS)}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {**self.picture._repr_mimebundle_(), "text/plain": self.to_text()}


def diff(
    before: Value,
    after: Value,
    names: Mapping[str, Any] | tuple[Mapping[str, Any], Mapping[str, Any]] | None = None,
    vanishing: float = 1e-6,
    rankdir: Rankdir = "BT",
    precision: int = 4,
    theme: Theme = "light",
    max_nodes: int = 500,
) -> Diff:
    """Say what changed from one graph to another.

    That is: nodes of one graph only; of those in both the op and its arguments, operands, shape,
    dtype, values that became NaN or infinite, and gradients that vanished, became NaN or infinite,
    or were cut off. Values and gradients that merely have another size are no change. Name, scope
    and op decide which nodes are the same; see `viz.matching.match`.

    Parameters
    ----------
    before, after : Value
        The results. Gradients are compared if both are scalars.
    names : mapping or pair of mappings, optional
        Names to values; ``locals()`` will do. A pair has those of each graph.
    vanishing : float
        A gradient has vanished if its norm was not 0, and is less than this times what it was.
    rankdir, precision, theme, max_nodes
        As in `viz.draw`. Of larger graphs the picture shows what changed and what is next to it.

    Returns
    -------
    Diff

    Raises
    ------
    ArgumentError
        If one of them is no Value.
    autograd_core.errors.GraphFreedError
        If a backward pass has released the arrays that a derivative needs.

    Examples
    --------
    >>> import autograd_core as ag, viz
    >>> x, w = ag.Value(2.0, name="x"), ag.Value(-3.0, name="w")
    >>> print(viz.diff(ag.tanh(x * w) + x, ag.relu(x * w) + x))
    ≠ w: gradient vanished: 0, was 4.915e-05
    ≠ a: gradient vanished: 0, was 2.458e-05
    ≠ b: op: relu, was tanh
      2 nodes unchanged
    """
    from autograd_core import Value

    for what, root in (("before", before), ("after", after)):
        if not isinstance(root, Value):
            raise ArgumentError(f"diff: {what} is a {type(root).__name__}; need a Value")
    both = names if isinstance(names, tuple) else (names, names)
    style = Style(rankdir, "none", precision, theme, max_nodes)
    one, two = (
        scene_of(root, given, None, None, False, style)
        for root, given in zip((before, after), both, strict=True)
    )
    pairs = match(one.graph, two.graph, (_given(one, both[0]), _given(two, both[1])))
    scalar = not before.shape and not after.shape
    gradients = (_gradients(one.graph), _gradients(two.graph)) if scalar else None
    changes: dict[Node, Change] = {}
    back = {theirs: ours for ours, theirs in pairs.items()}
    for node in reversed(two.graph.nodes):
        name = _called(node, two)
        if node in back:
            found = _differences(back[node], node, one, two, pairs, back, gradients, vanishing)
            if found:
                changes[node] = Change("changed", name, str(node.scope), tuple(found))
        elif not node.is_constant:
            changes[node] = Change("added", name, str(node.scope), (_said(node, two),))
    for node in reversed(one.graph.nodes):
        if node not in pairs and not node.is_constant:
            name = _called(node, one)
            changes[node] = Change("removed", name, str(node.scope), (_said(node, one),))
    return Diff(one, two, pairs, changes)


def _given(scene: Scene, names: Mapping[str, Any] | None) -> dict[Node, str]:
    """The nodes that somebody named, with their names."""
    meant = {id(value): name for name, value in (names or {}).items()}
    found = {}
    for node in scene.graph.nodes:
        name = meant.get(id(node.value)) or node.name
        if name and scene.names.every.get(node, name) == name:
            found[node] = name
    return found


def _gradients(graph: Graph) -> dict[Node, float]:
    with np.errstate(all="ignore"):
        found = graph.cotangents() if graph.root.requires_grad else {}
        return {n: float(np.linalg.norm(np.ravel(np.asarray(g, float)))) for n, g in found.items()}


def _called(node: Node, scene: Scene) -> str:
    return scene.names.every.get(node) or node.name or "a constant"  # which may not be drawn


def _said(node: Node, scene: Scene) -> str:
    text = "a leaf" if node.is_leaf else node.expression(scene.names.written)
    return f"{text}, {node.dtype} {node.shape}" if node.shape else text


def _differences(
    old: Node,
    new: Node,
    one: Scene,
    two: Scene,
    pairs: Mapping[Node, Node],
    back: Mapping[Node, Node],
    gradients: tuple[dict[Node, float], dict[Node, float]] | None,
    vanishing: float,
) -> list[str]:
    found = []
    ops = [node.op.name if node.op else "a leaf" for node in (old, new)]
    if ops[0] != ops[1]:
        found.append(f"op: {ops[1]}, was {ops[0]}")
    elif repr(old.value.params or {}) != repr(new.value.params or {}):
        said = two.names, one.names
        texts = [n.expression(s.written) for n, s in zip((new, old), said, strict=True)]
        found.append(f"arguments: {texts[0]}, was {texts[1]}")
    kept = [pairs.get(operand) for operand in old.operands]
    inputs = [operand if operand in back else None for operand in new.operands]
    if ops[0] == ops[1] and inputs != kept:
        was, now = (
            ", ".join(_called(operand, s) for operand in node.operands if operand in s.names.every)
            for node, s in ((old, one), (new, two))
        )
        found.append(f"operands: {now}, was {was}")
    for what in ("shape", "dtype"):
        if getattr(old, what) != getattr(new, what):
            found.append(f"{what}: {getattr(new, what)}, was {getattr(old, what)}")
    if np.all(np.isfinite(old.data)) and not np.all(np.isfinite(new.data)):
        found.append("value became NaN or infinite")
    if gradients is not None:
        found += _gradient(gradients[0].get(old), gradients[1].get(new), vanishing)
    return found


def _gradient(old: float | None, new: float | None, vanishing: float) -> list[str]:
    if old is None or new is None:
        if old is new:
            return []
        return ["gradient cut off: there is none" if new is None else "gradient: there was none"]
    if np.isfinite(old) != np.isfinite(new):
        became = "became NaN or infinite" if np.isfinite(old) else "is finite again"
        return [f"gradient {became}: {format_number(new)}, was {format_number(old)}"]
    numbers = f"{format_number(new)}, was {format_number(old)}"
    if new < vanishing * old:
        return [f"gradient vanished: {numbers}"]
    return [f"gradient appeared: {numbers}"] if old < vanishing * new else []
