"""The frames of a stepper: a sweep over a graph, one small step after the other.

A frame says what is computed now, with its arithmetic spelled out, and what is known from
here on. What has not been computed yet is not known; it is never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from viz.diagram import Quantity, check_choice
from viz.groups import members, outputs
from viz.labels import partial
from viz.quantities import quantity_of
from viz.scene import Scene
from viz.stepping.words import Words

if TYPE_CHECKING:
    from autograd_core import Value
    from autograd_core.contributions import Contribution
    from autograd_core.graph import Node

__all__ = ["Frame", "Order", "StepMode", "frames_of"]

StepMode = Literal["reverse", "forward", "both"]
Order = Literal["topological", "naive"]
What = Literal["value", "tangent", "cotangent"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One step of a sweep.

    Attributes
    ----------
    index : int
        Its place in the sequence.
    what : {"value", "tangent", "cotangent"}
        What is computed: a value, ∂node/∂wrt, or (part of) ∂root/∂node.
    node : int
        Position, in the diagram, of the node for which it is computed.
    edges : tuple of int
        Positions of the edges that it is computed along.
    title : str
        What is computed, in symbols: ``∂e/∂b += ∂e/∂c · ∂c/∂b``.
    arithmetic : str
        The same in numbers: ``2 × 1 = 2   (was 3, now 5)``.
    before, contribution, after : float, Tensor or None
        The total of the node before, what is added, and the total from here on. Where
        nothing was known, `before` is ``None``.
    """

    index: int
    what: What
    node: int
    edges: tuple[int, ...]
    title: str
    arithmetic: str
    before: Quantity | None
    contribution: Quantity | None
    after: Quantity | None


def frames_of(
    scene: Scene, mode: StepMode, wrt: Value | None = None, order: Order = "topological"
) -> tuple[Frame, ...]:
    """Return the frames of a tour through a drawn graph.

    Parameters
    ----------
    scene : Scene
        As `viz.scene.scene_of` gives it.
    mode : {"reverse", "forward", "both"}
        Down through the gradients; up through the values, and through the tangents if `wrt` is
        given; or up through the values and then down through the gradients.
    wrt : Value, optional
        A scalar of the graph.
    order : {"topological", "naive"}
        For the gradients; ``"naive"`` shows how it goes wrong when a node passes its gradient on
        before all of its users have contributed.

    Returns
    -------
    tuple of Frame
    """
    check_choice("mode", mode, get_args(StepMode))
    check_choice("order", order, get_args(Order))
    tour = _Tour(scene)
    if mode in ("forward", "both"):
        tour.values(wrt if mode == "forward" else None)
    if mode in ("reverse", "both"):
        tour.gradients(order)
    return tuple(tour.frames)


class _Tour:
    """Collects frames; knows where everything is in the diagram."""

    def __init__(self, scene: Scene) -> None:
        self.frames: list[Frame] = []
        self.diagram = scene.diagram
        self.graph = scene.graph
        self.vertices = scene.vertices
        self.links = scene.links
        self.called = scene.names.every
        self.words = Words(scene.diagram.style.precision)
        self.position = {
            node: index for index, vertex in enumerate(scene.vertices) for node in members(vertex)
        }
        # An engine's edge has its own place; all that lead into a fold from one node share theirs.
        self.place: dict[tuple[int, Node, int | None], int] = {
            (edge.target, link.operand, link.operand_index if link.edge else None): index
            for index, (edge, link) in enumerate(zip(scene.diagram.edges, scene.links, strict=True))
        }

    def values(self, wrt: Value | None) -> None:
        """Operands before what is computed from them, each with its tangent."""
        found = {} if wrt is None else self.graph.tangents(wrt)
        start = None if wrt is None else self.graph.node(wrt)
        moved = set() if start is None else {start}  # what depends on it
        for node in reversed(self.graph.nodes):
            if not moved.isdisjoint(node.operands):
                moved.add(node)
        for index, vertex in reversed(list(enumerate(self.vertices))):
            along = tuple(i for i, link in enumerate(self.links) if link.target is vertex)
            for node in outputs(vertex):
                self._value(index, node, along)
                if node in found and start is not None:
                    ways = [i for i in along if self.links[i].operand in moved]
                    self._tangent(index, node, ways if node in moved else [], found, start)

    def gradients(self, order: Order) -> None:
        """Every contribution of the reverse sweep, in its order; one for each drawn edge."""
        root = self.graph.root
        grad = np.ones(root.shape, root.dtype) if root.shape else None
        one = quantity_of(1.0 if grad is None else grad)
        name = self.called[root]
        self._add(
            "cotangent", self.position[root], (), f"{partial(name, name)} = {self.words.text(one)}",
            "how the result depends on itself: here the sweep begins", None, one, one,
        )  # fmt: skip
        entries = self.graph.ledger(grad, order)
        drawn = [self._drawn(entry) for entry in entries]
        last = {way: i for i, way in enumerate(drawn)}
        parts: dict[int | Node, Any] = {}
        totals: dict[Node, Any] = {}
        known: dict[Node, Any] = {root: 1.0 if grad is None else grad}
        for i, (way, entry) in enumerate(zip(drawn, entries, strict=True)):
            if way is None:
                continue
            sofar = parts.get(way)
            parts[way] = part = entry.contribution if sofar is None else sofar + entry.contribution
            if last[way] != i:
                continue  # what leads into a fold has more to come
            operand = way if not isinstance(way, int) else self.links[way].operand
            before = totals.get(operand)
            after = part if before is None else before + part
            totals[operand] = known[operand] = after
            right, product = self._factors(way, operand, entry, known, part)
            left = f"{partial(name, self.called[operand])} {'=' if before is None else '+='}"
            self._add(
                "cotangent", self.position[operand], (way,) if isinstance(way, int) else (),
                f"{left} {right}", product + self.words.sum(before, after),
                None if before is None else quantity_of(before),
                quantity_of(part), quantity_of(after),
            )  # fmt: skip

    def _drawn(self, entry: Contribution) -> int | Node | None:
        """The drawn edge that a contribution travels along.

        Of those inside a fold, only what is added to one of its several results counts: the
        operand itself then.
        """
        user, operand = self.graph.node(entry.node), self.graph.node(entry.operand)
        target, source = self.position.get(user), self.position.get(operand)
        if target is None or source is None:
            return None
        if target == source:
            return operand if operand in outputs(self.vertices[source]) else None
        folded = len(members(self.vertices[target])) > 1
        return self.place[target, operand, None if folded else entry.operand_index]

    def _factors(
        self,
        way: int | Node,
        operand: Node,
        entry: Contribution,
        known: Mapping[Node, Any],
        part: Any,
    ) -> tuple[str, str]:
        """What a contribution is the product of, in symbols and in numbers."""
        if not isinstance(way, int):
            fold = self.diagram.nodes[self.position[operand]].name
            return f"inside {fold}", self.words.summary(part)
        link, edge = self.links[way], self.diagram.edges[way]
        users = outputs(link.target)
        if len(users) > 1:  # of which each has its own upstream gradient
            return f"through {self.diagram.nodes[edge.target].name}", self.words.summary(part)
        upper, name = self.called[users[0]], self.called[self.graph.root]
        right = f"{partial(name, upper)} · {partial(upper, self.called[operand], edge.use)}"
        g = entry.upstream if link.edge else known.get(users[0])
        return right, self.words.product(g, edge, part)

    def _value(self, index: int, node: Node, along: tuple[int, ...]) -> None:
        value, name = quantity_of(node.data), self.called[node]
        expression = self.diagram.nodes[index].expression
        if node.is_leaf:
            title, arithmetic = f"{name} = {self.words.text(value)}", "given"
        elif len(members(self.vertices[index])) > 1:
            title, arithmetic = f"{name} = {expression or name}", self.words.text(value)
        else:
            title = f"{name} = {expression}"
            numbers = {
                edge.operand: self.words.number(edge.operand.data)
                for edge in node.incoming
                if not edge.operand.shape
            }
            written: Mapping[Node, str] = {**self.called, **numbers}
            arithmetic = f"{node.expression(written)} = {self.words.text(value)}"
        self._add("value", index, along, title, arithmetic, None, value, value)

    def _tangent(
        self, index: int, node: Node, edges: list[int], found: Mapping[Node, Any], start: Node
    ) -> None:
        name, by, total = self.called[node], self.called[start], quantity_of(found[node])
        left = partial(name, by)
        if node is start:
            title, arithmetic = f"{left} = 1", "how it depends on itself: here the sweep begins"
        elif not edges:
            title, arithmetic = f"{left} = 0", f"{name} does not depend on {by}"
        elif len(outputs(self.vertices[index])) > 1:
            title = f"{left}, through {self.diagram.nodes[index].name}"
            arithmetic = self.words.text(total)
        else:
            parts, numbers = [], []
            for number in edges:
                edge, operand = self.diagram.edges[number], self.links[number].operand
                local = partial(name, self.called[operand], edge.use)
                parts.append(f"{local} · {partial(self.called[operand], by)}")
                if isinstance(edge.value, float):
                    numbers.append(
                        f"{self.words.factor(edge.value)} × {self.words.number(found[operand])}"
                    )
            title = f"{left} = " + " + ".join(parts)
            arithmetic = f"{' + '.join(numbers)} = " if len(numbers) == len(edges) else ""
            arithmetic += self.words.text(total)
        self._add("tangent", index, edges, title, arithmetic, None, total, total)

    def _add(
        self,
        what: What,
        node: int,
        edges: Sequence[int] | Iterable[int],
        title: str,
        arithmetic: str,
        before: Quantity | None,
        contribution: Quantity | None,
        after: Quantity | None,
    ) -> None:
        self.frames.append(
            Frame(len(self.frames), what, node, tuple(edges), title, arithmetic, before,
                  contribution, after)
        )  # fmt: skip
