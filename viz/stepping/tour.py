"""A tour: all that the front end shows, as one JSON object.

It holds the picture, laid out once; for every frame the texts that change; and what is said of
a node or an edge when it is clicked. The front end computes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from viz.diagram import Diagram, DiagramEdge, DiagramNode, Quantity, Tensor
from viz.groups import members, outputs
from viz.labels import (
    diagram_title,
    edge_lines,
    edge_partial,
    format_number,
    format_quantity,
    partial,
    shown,
    sweep_partial,
)
from viz.metrics import fitted, text_width
from viz.path_algebra import path_count, path_sum, paths
from viz.scene import Scene
from viz.stepping.frames import Frame
from viz.stepping.heat import heat_of, numbers_of
from viz.svg import content_prefix, to_svg

__all__ = ["tour_of"]

# More paths than these are counted and summed, not listed.
_MOST_PATHS = 12
_MOST_NODES_WITH_PATHS = 200


def tour_of(scene: Scene, frames: Sequence[Frame], values_known: bool) -> dict[str, Any]:
    """Return what the front end needs, as plain JSON data.

    Parameters
    ----------
    scene : Scene
        The diagram and the engine's nodes.
    frames : sequence of Frame
        Of the same diagram.
    values_known : bool
        Whether the values are there from the beginning, or computed in the frames.

    Returns
    -------
    dict
    """
    diagram = _roomy(scene.diagram, frames)
    prefix = content_prefix(diagram)
    return {
        "title": diagram_title(diagram),
        "theme": diagram.style.theme,
        "prefix": prefix,
        "svg": to_svg(diagram, prefix),
        "root": diagram.root,
        "values_known": values_known,
        "frames": [_frame(diagram, frame) for frame in frames],
        "nodes": [_node(scene, index) for index in range(len(diagram.nodes))],
        "edges": [_edge(diagram, edge) for edge in diagram.edges],
        "paths": _paths(scene),
    }


def _roomy(diagram: Diagram, frames: Sequence[Frame]) -> Diagram:
    """Make every node wide enough for all that the frames write into it."""
    texts = [_unknown(diagram, node) for node in diagram.nodes]
    for frame in frames:
        texts[frame.node].append(_shows(diagram, frame))
    widest = [max(lines, key=text_width) for lines in texts]
    nodes = (replace(n, widest=text) for n, text in zip(diagram.nodes, widest, strict=True))
    return replace(diagram, nodes=tuple(nodes))


def _unknown(diagram: Diagram, node: DiagramNode) -> list[str]:
    """What stands for the value and the derivative before they are computed."""
    value = f"{shown(node.name)} = ?" if _value_line(diagram, node) else ""
    return fitted(
        [value, f"{sweep_partial(diagram, node.name)} = ?" if _swept(diagram, node) else ""]
    )


def _swept(diagram: Diagram, node: DiagramNode) -> bool:
    return diagram.mode is not None and node.sweep is not None


def _shows(diagram: Diagram, frame: Frame) -> str:
    node = diagram.nodes[frame.node]
    if frame.what == "value":
        return _value_line(diagram, node)
    if not _swept(diagram, node):  # a fold with several results, each with its own derivative
        return ""
    name = sweep_partial(diagram, node.name)
    return fitted([name + _joined(frame.after, diagram.style.precision)])[0]


def _frame(diagram: Diagram, frame: Frame) -> dict[str, Any]:
    return {
        "what": frame.what,
        "node": frame.node,
        "edges": list(frame.edges),
        "title": shown(frame.title),
        "arithmetic": shown(frame.arithmetic),
        "shows": _shows(diagram, frame),
    }


def _node(scene: Scene, index: int) -> dict[str, Any]:
    diagram, node = scene.diagram, scene.diagram.nodes[index]
    precision = diagram.style.precision
    facts = [("kind", node.kind if not node.detail else f"a group of {node.detail}")]
    if node.expression:
        facts.append(("computed as", f"{shown(node.name)} = {shown(node.expression)}"))
    results = outputs(scene.vertices[index])
    data = results[0].data if len(results) == 1 else None
    if data is not None:
        facts.append(("value", numbers_of(data, precision)))
    if node.sweep is not None and diagram.mode is not None:
        entry = format_quantity(node.sweep, precision)
        facts.append((f"{sweep_partial(diagram, node.name)}, at the end", entry))
    if data is not None and results[0].shape:
        facts.append(("shape", f"{results[0].shape}, {results[0].dtype}"))
    if node.scope:
        facts.append(("in", shown(node.scope)))
    return {
        "name": shown(node.name),
        "value": _value_line(diagram, node),
        "unknown": _unknown(diagram, node),
        "facts": facts,
        "heat": None if data is None else heat_of(data, precision),
    }


def _edge(diagram: Diagram, edge: DiagramEdge) -> dict[str, Any]:
    precision = diagram.style.precision
    source, target = diagram.nodes[edge.source].name, diagram.nodes[edge.target].name
    name = edge_partial(diagram, edge)
    facts = [("from", shown(source)), ("to", f"{shown(target)}, operand {edge.operand_index}")]
    if isinstance(edge.value, Tensor):
        facts.append(("what a gradient g becomes", shown(edge.value.rule)))
        facts.append(("shape of the Jacobian", str(edge.value.shape)))
    elif edge.label == "":
        facts.append(("local derivative", "one for each result of the fold; unfold it to see them"))
    else:
        facts.append(("local derivative", f"{name} = {shown(edge.symbol)}".removesuffix(" = ")))
        if edge.value is not None:
            facts.append(("here", format_quantity(edge.value, precision)))
    # What is read to those who do not see it begins with what is seen.
    label = ": ".join([f"{shown(source)} → {shown(target)}", " ".join(edge_lines(diagram, edge))])
    return {"name": name, "label": label.removesuffix(": "), "facts": facts}


def _paths(scene: Scene) -> list[dict[str, Any]]:
    """For every leaf of a scalar graph: its paths to the root, their products and their sum."""
    diagram = scene.diagram
    folded = any(node.kind == "group" for node in diagram.nodes) or scene.graph.sections
    numbers = all(isinstance(edge.value, float) for edge in diagram.edges)
    if folded or not numbers or len(diagram.nodes) > _MOST_NODES_WITH_PATHS:
        return []
    values = [node.value for vertex in scene.vertices for node in members(vertex)]
    position = {value: index for index, value in enumerate(values)}
    number = {(e.target, e.operand_index): index for index, e in enumerate(diagram.edges)}
    root, precision = scene.graph.root.value, diagram.style.precision
    found = []
    for index, node in enumerate(diagram.nodes):
        if node.kind != "leaf":
            continue
        leaf = values[index]
        items = [
            {
                "edges": [number[position[e.target], int(e.operand_index)] for e in path.edges],  # type: ignore[call-overload]
                "text": " · ".join(
                    partial(
                        diagram.nodes[position[e.target]].name,
                        diagram.nodes[position[e.source]].name,
                    )
                    for e in reversed(path.edges)
                )
                + " = "
                + " × ".join(format_number(e.value or 0.0, precision) for e in reversed(path.edges))
                + f" = {format_number(path.value or 0.0, precision)}",
            }
            for path in islice(paths(root, leaf), _MOST_PATHS)
        ]
        count, total = path_count(root, leaf), path_sum(root, leaf)
        more = f", of which {len(items)} are listed" if count > len(items) else ""
        found.append(
            {
                "name": shown(node.name),
                "items": items,
                "sum": f"{count:,} path{'s' * (count != 1)}{more}; their sum is "
                f"{sweep_partial_of(diagram, node)} = {format_quantity(total, precision)}",
            }
        )
    return found


def sweep_partial_of(diagram: Diagram, node: DiagramNode) -> str:
    """Write ∂root/∂node, whatever the sweep of the picture is."""
    return partial(diagram.nodes[diagram.root or 0].name, node.name)


def _value_line(diagram: Diagram, node: DiagramNode) -> str:
    """The line of a node that says its value; empty where a number is its own name."""
    value = format_quantity(node.value, diagram.style.precision)
    if not value or (node.kind == "constant" and node.name == format_quantity(node.value, 6)):
        return ""
    return fitted([shown(node.name) + _joined(node.value, diagram.style.precision)])[0]


def _joined(quantity: Quantity | None, precision: int) -> str:
    is_number = not isinstance(quantity, Tensor) or quantity.values
    return (" = " if is_number else ": ") + format_quantity(quantity, precision)
