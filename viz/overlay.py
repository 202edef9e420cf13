"""What a check found, written at the leaves and edges of the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from viz.marks import BETTER, CHANGED, WORSE, Mark, MarkedPicture

if TYPE_CHECKING:
    from viz.checking import Checked, Verdict
    from viz.scene import Scene

__all__ = ["overlay"]

_MARKS: Mapping[Verdict, Mark] = {"right": BETTER, "wrong": WORSE, "left out": CHANGED}


def overlay(
    scene: Scene,
    leaves: Mapping[int, Checked],
    edges: Mapping[int, Checked],
    signs: Mapping[Verdict, str],
) -> MarkedPicture:
    """Return the marked picture of a check.

    Parameters
    ----------
    scene : Scene
        The diagram in reverse mode.
    leaves, edges : mapping of int to Checked
        By their positions in the diagram.
    signs : mapping of verdict to str
        For each verdict.
    """
    diagram = scene.diagram
    precision = diagram.style.precision
    nodes = list(diagram.nodes)
    for i, found in leaves.items():
        sign, text = signs[found.verdict], found.text(precision)
        nodes[i] = replace(nodes[i], sweep=f"{text} {sign}")
    arrows = list(diagram.edges)
    for i, found in edges.items():
        joint = ": " if found.count > 1 or found.at else " = "
        label = f"{signs[found.verdict]} {found.name}{joint}{found.text(precision)}"
        arrows[i] = replace(arrows[i], label=label)
    # The node with the wrong edge is at fault; what is wrong below it is so by consequence.
    culprits = {diagram.edges[i].target for i, found in edges.items() if found.verdict == "wrong"}
    marks = {i: _MARKS[found.verdict] for i, found in leaves.items()}
    marks |= dict.fromkeys(culprits, Mark(WORSE.color, 4.4))
    for i in culprits:
        nodes[i] = replace(nodes[i], detail="✗ a rule of this op is wrong")
    used = {found.verdict for found in (*leaves.values(), *edges.values())}
    words: dict[Verdict, str] = {
        "right": "as differences say",
        "wrong": "not so",
        "left out": "not decided (a kink)",
    }
    note = "; ".join(f"{signs[v]} {text}" for v, text in words.items() if v in used)
    drawn = replace(diagram, nodes=tuple(nodes), edges=tuple(arrows), note=note)
    return MarkedPicture(drawn, marks, {i: _MARKS[found.verdict] for i, found in edges.items()})
