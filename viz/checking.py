"""The finite-difference overlay: every derivative of a graph beside its numeric value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from viz.diagram import Rankdir, Style, Theme
from viz.errors import ArgumentError
from viz.labels import edge_partial, format_number, sweep_partial
from viz.replay import Replay, compare
from viz.text import table

if TYPE_CHECKING:
    from autograd_core import Value
    from autograd_core.checking import GradReport
    from autograd_core.checking.comparing import Comparison
    from viz.marks import MarkedPicture
    from viz.scene import Scene

__all__ = ["Check", "Checked", "check"]

Verdict = Literal["right", "wrong", "left out"]
_SIGNS: Mapping[Verdict, str] = {"right": "✓", "wrong": "✗", "left out": "~"}
_RELATIONS: Mapping[Verdict, str] = {"right": "≈", "wrong": "≠", "left out": "|"}


@dataclass(frozen=True, slots=True)
class Checked:
    """One leaf or one edge, with the element that is worst in terms of its tolerance.

    Attributes
    ----------
    name : str
        ``∂e/∂b`` for a leaf, ``∂c/∂b`` for an edge.
    verdict : {"right", "wrong", "left out"}
        Left out is what differences cannot judge, such as a derivative at a kink.
    analytic, numeric, error : float
    at : str
        Which element: ``[0, 1]``; ``along a direction`` where there are too many.
    count : int
        How many derivatives were compared.
    """

    name: str
    verdict: Verdict
    analytic: float
    numeric: float
    error: float
    at: str = ""
    count: int = 1

    def text(self, precision: int = 4) -> str:
        """Both numbers, and how they relate."""
        if self.count > 1 and self.verdict == "right":
            return f"{self.count:,} values, error ≤ {format_number(self.error, 2)}"
        digits = precision
        while digits < 17 and self.verdict == "wrong":  # until the difference is seen
            if format_number(self.analytic, digits) != format_number(self.numeric, digits):
                break
            digits += 1
        numbers = (format_number(x, digits) for x in (self.analytic, self.numeric))
        place = f"{self.at}: " if self.at else ""
        return place + f" {_RELATIONS[self.verdict]} ".join(numbers)


class Check:
    """What `viz.check` found. True if nothing is wrong; shows itself in Jupyter.

    Attributes
    ----------
    ok : bool
    leaves, edges : tuple of Checked
        ∂loss/∂leaf, and the local derivative on every edge, in the order of the picture.
    report : autograd_core.checking.GradReport
        The checker's report: what is wrong, what it means, what to do.
    picture : viz.Picture
        The graph with ✓, ✗ or ~ at every leaf and edge.
    """

    def __init__(
        self,
        scene: Scene,
        leaves: Mapping[int, Checked],
        edges: Mapping[int, Checked],
        report: GradReport,
    ) -> None:
        self._scene, self._leaves, self._edges = scene, leaves, edges
        self.leaves, self.edges = tuple(leaves.values()), tuple(edges.values())
        self.report = report

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        found = (*self.leaves, *self.edges)
        return self.report.ok and all(checked.verdict != "wrong" for checked in found)

    def __bool__(self) -> bool:
        return self.ok

    @property
    def picture(self) -> MarkedPicture:
        """The graph, with what was found written at every leaf and edge."""
        from viz.overlay import overlay

        return overlay(self._scene, self._leaves, self._edges, _SIGNS)

    def to_text(self) -> str:
        """Tables of the leaves and edges; and the checker's report, if something is wrong."""
        parts = []
        for what, found in (("leaf", self.leaves), ("edge", self.edges)):
            rows = [[what, "", "analytic", "numeric", "error", "at"]]
            for c in found:
                numbers = (format_number(x, 8) for x in (c.analytic, c.numeric))
                rows.append([c.name, _SIGNS[c.verdict], *numbers, f"{c.error:.1e}", c.at])
            parts.append(table(rows))
        return "\n\n".join(parts if self.ok else [*parts, str(self.report)])

    __str__ = to_text

    def __repr__(self) -> str:
        wrong = [c.name for c in (*self.edges, *self.leaves) if c.verdict == "wrong"]
        said = f"wrong: {', '.join(wrong)}" if wrong else "ok" if self.ok else repr(self.report)
        return f"<Check: {len(self.leaves)} leaves, {len(self.edges)} edges, {said}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {**self.picture._repr_mimebundle_(), "text/plain": self.to_text()}


def check(
    loss: Value,
    names: Mapping[str, Any] | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    most: int = 400,
    seed: int = 0,
    rankdir: Rankdir = "BT",
    precision: int = 4,
    theme: Theme = "light",
    max_nodes: int = 500,
) -> Check:
    """Check every derivative of a graph with finite differences, and draw what was found.

    The graph is computed anew in float64 from its leaves. The derivative of the loss by each leaf
    is compared with differences of the loss; the local derivative on each edge with differences
    of that one op. An edge that is wrong is the culprit; leaves below it are wrong by consequence.

    Parameters
    ----------
    loss : Value
        A scalar that was computed, and not yet released by `backward`.
    names : mapping, optional
        Names to values; ``locals()`` will do.
    rtol, atol : float, optional
        As for `autograd_core.gradcheck`.
    most : int
        Up to how many derivatives of one leaf or edge are compared each by itself. Of more, the
        derivative along a random direction without zeros is compared.
    seed : int
        Of the directions.
    rankdir, precision, theme, max_nodes
        As in `viz.draw`.

    Returns
    -------
    Check
        With `ok`, `picture`, `report`, `leaves` and `edges`.

    Raises
    ------
    ArgumentError
        If the loss is no scalar Value that requires a gradient.
    autograd_core.errors.GraphFreedError
        If a backward pass has released the arrays that a derivative needs.

    Examples
    --------
    >>> import autograd_core as ag, viz
    >>> a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    >>> c = a + b; d = b + 1; e = c * d
    >>> found = viz.check(e, names=locals())
    >>> found.ok, [(leaf.name, leaf.verdict) for leaf in found.leaves]
    (True, [('∂e/∂a', 'right'), ('∂e/∂b', 'right')])
    >>> cube = ag.elementwise("cube", lambda x: x**3, partials=(lambda out, x: 3 * x,))
    >>> viz.check(cube(a) * b)
    <Check: 2 leaves, 3 edges, wrong: ∂c/∂a, ∂d/∂a>
    """
    from autograd_core import Value
    from viz.scene import scene_of

    if not isinstance(loss, Value) or loss.shape or not loss.requires_grad or loss.op is None:
        what = f"{type(loss).__name__} of shape {getattr(loss, 'shape', '()')}"
        raise ArgumentError(f"check: loss is a {what}; need a scalar Value computed from leaves")
    style = Style(rankdir, "both", precision, theme, max_nodes)
    scene = scene_of(loss, names, "reverse", None, False, style)
    replay = Replay(scene.graph, scene.names.every)
    options = rtol, atol, most, seed
    place = {vertex: i for i, vertex in enumerate(scene.vertices)}
    leaves = {}
    for leaf in replay.leaves:
        comparison = compare(replay.whole(leaf), *options)
        name = sweep_partial(scene.diagram, scene.names.every[leaf])
        leaves[place[leaf]] = _checked(name, comparison)
    edges = {}
    for i, (link, edge) in enumerate(zip(scene.links, scene.diagram.edges, strict=True)):
        if link.edge is not None and link.edge.derivative() is not None:
            comparison = compare(replay.local(link.edge), *options)
            edges[i] = _checked(edge_partial(scene.diagram, edge), comparison)
    return Check(scene, leaves, edges, replay.report(*options))


def _checked(name: str, compared: tuple[Comparison, Callable[[int, int], str]]) -> Checked:
    """Say of a comparison what its worst element is, and whether it is wrong."""
    comparison, place = compared
    count = int(comparison.analytic.size)
    verdicts: tuple[tuple[Verdict, tuple[Any, ...]], ...] = (
        ("wrong", ("nan", "wrong", "step")), ("left out", ("kink", "unsure")),
    )  # fmt: skip
    for verdict, statuses in verdicts:
        found = [entry for status in statuses for entry in comparison.of(status)]
        if found:
            e = found[0]
            at = place(e.row, e.column)
            return Checked(name, verdict, e.analytic, e.numeric, e.error, at, count)
    worst = comparison.worst()
    if worst is None:  # an array without elements
        return Checked(name, "right", 0.0, 0.0, 0.0, "", count)
    a, n = float(comparison.analytic[worst]), float(comparison.numeric[worst])
    at = place(*worst) if count == 1 else ""
    return Checked(name, "right", a, n, abs(a - n), at, count)
