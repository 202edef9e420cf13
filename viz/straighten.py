"""Drawing edges straight where nothing is in the way.

Graphviz places the box on an edge to keep total edge length small, which leaves kinks at the
boxes. Here each box moves along its rank towards the straight line between the two nodes, as far
as its neighbours let it, and the edge becomes one smooth curve through it. An edge that would then
run over another node or box keeps the route that Graphviz found.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from viz.layout import Curve, Layout, Point

__all__ = ["BoxedEdge", "straighten"]

_GAP = 9.0
_PARALLEL_GAP = 20.0
_ROUNDS = 6
_MOST_EDGES = 200
_FIXED = 1e9
_CLEAR = 3.0


class BoxedEdge(NamedTuple):
    """An edge split by a box: the ids of its halves, and the DOT names it connects.

    `angular` says that the target is drawn as a rectangle rather than an ellipse.
    """

    tail_id: str
    head_id: str
    source: str
    box: str
    target: str
    angular: bool = False


def straighten(
    layout: Layout,
    edges: Sequence[BoxedEdge],
    sizes: Mapping[str, tuple[float, float]],
    horizontal: bool,
) -> Layout:
    """Return `layout` with boxes moved and their edges redrawn.

    Parameters
    ----------
    layout : Layout
        What Graphviz found.
    edges : sequence of BoxedEdge
        The edges with a box.
    sizes : mapping
        Width and height of every node and box.
    horizontal : bool
        Whether ranks run from left to right rather than up and down.
    """
    if horizontal:
        flipped = straighten(_flip(layout), edges, {k: v[::-1] for k, v in sizes.items()}, False)
        return _flip(flipped)
    if len(edges) > _MOST_EDGES:
        return layout
    ranks: dict[float, list[str]] = defaultdict(list)
    for name, (_, y) in layout.centres.items():
        ranks[round(y)].append(name)
    movable = list(edges)
    for _ in range(_ROUNDS):
        centres = _move_boxes(layout, edges, movable, ranks, sizes)
        curves = {edge: _redraw(edge, centres, sizes) for edge in movable}
        bad = {edge for edge in movable if _hits(edge, curves[edge], centres, ranks, sizes)}
        if not bad:
            drawn = dict(layout.curves)
            for edge, (tail, head) in curves.items():
                drawn[edge.tail_id], drawn[edge.head_id] = tail, head
            return layout._replace(centres=centres, curves=drawn)
        movable = [edge for edge in movable if edge not in bad]
    return layout


def _flip(layout: Layout) -> Layout:
    def swap(point: Point) -> Point:
        return point[1], point[0]

    return Layout(
        layout.height,
        layout.width,
        {name: swap(centre) for name, centre in layout.centres.items()},
        {
            name: Curve(tuple(swap(point) for point in curve.points), curve.tip and swap(curve.tip))
            for name, curve in layout.curves.items()
        },
    )


def _move_boxes(
    layout: Layout,
    edges: Sequence[BoxedEdge],
    movable: Sequence[BoxedEdge],
    ranks: Mapping[float, list[str]],
    sizes: Mapping[str, tuple[float, float]],
) -> dict[str, Point]:
    centres = dict(layout.centres)
    ends = {edge.box: (edge.source, edge.target) for edge in movable}
    goals = {edge.box: _on_line(edge, centres) for edge in movable}
    redrawn = {half for edge in movable for half in (edge.tail_id, edge.head_id)}
    passing = [curve for name, curve in layout.curves.items() if name not in redrawn]
    for level in {round(centres[box][1]) for box in goals}:
        here = [(centres[name][0], sizes[name][0], name) for name in ranks[level]]
        taken = {name for name in ranks[level] if name not in goals}
        for curve in passing:
            x = _crossing(curve, level)
            # The route that ends at a box of this rank is no obstacle of its own.
            if x is not None and all(abs(x - centres[n][0]) > sizes[n][0] / 2 for n in taken):
                here.append((x, 4.0, ""))
        here.sort()
        wishes = [goals.get(name, x) for x, _, name in here]
        weights = [1.0 if name in goals else _FIXED for _, _, name in here]
        needs = [
            min(right[0] - left[0], (left[1] + right[1]) / 2 + _gap(ends, left[2], right[2]))
            for left, right in zip(here, here[1:], strict=False)
        ]
        for (_, _, name), x in zip(here, _spread(wishes, weights, needs), strict=True):
            if name in goals:
                centres[name] = (x, centres[name][1])
    return centres


def _gap(ends: Mapping[str, tuple[str, str]], left: str, right: str) -> float:
    # Parallel edges need room to be told apart.
    return _PARALLEL_GAP if left in ends and ends[left] == ends.get(right) else _GAP


def _on_line(edge: BoxedEdge, centres: Mapping[str, Point]) -> float:
    (x0, y0), (_, y), (x1, y1) = (centres[n] for n in (edge.source, edge.box, edge.target))
    return x0 + (x1 - x0) * (y - y0) / (y1 - y0)


def _crossing(curve: Curve, y: float) -> float | None:
    if not min(p[1] for p in curve.points) < y < max(p[1] for p in curve.points):
        return None
    pieces = [curve.points[start : start + 4] for start in range(0, len(curve.points) - 1, 3)]
    route = [_at(piece, step / 8) for piece in pieces for step in range(9)]
    for before, after in zip(route, route[1:], strict=False):
        low, high = sorted((before[1], after[1]))
        if low <= y <= high and low < high:
            return before[0] + (after[0] - before[0]) * (y - before[1]) / (after[1] - before[1])
    return None


def _spread(
    wishes: Sequence[float], weights: Sequence[float], needs: Sequence[float]
) -> list[float]:
    """Return the places nearest to `wishes` (least squares) that keep order and distances.

    Pooling adjacent violators; `needs[i]` is the least distance from place i to place i + 1.

    Examples
    --------
    >>> _spread([0.0, 0.0, 50.0], [1.0, 1.0, 1.0], [10.0, 10.0])
    [-5.0, 5.0, 50.0]
    """
    offsets = [0.0]
    for need in needs:
        offsets.append(offsets[-1] + need)
    blocks: list[tuple[float, float, int]] = []
    for wish, weight, offset in zip(wishes, weights, offsets, strict=True):
        mean, total, count = wish - offset, weight, 1
        while blocks and blocks[-1][0] > mean:
            other, heavy, many = blocks.pop()
            mean = (other * heavy + mean * total) / (heavy + total)
            total, count = total + heavy, count + many
        blocks.append((mean, total, count))
    means = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _redraw(
    edge: BoxedEdge, centres: Mapping[str, Point], sizes: Mapping[str, tuple[float, float]]
) -> tuple[Curve, Curve]:
    start, box, end = (centres[name] for name in (edge.source, edge.box, edge.target))
    # Nodes are painted over their edges, so a line may start at the centre of one.
    along = (end[0] - start[0], end[1] - start[1])
    length = math.hypot(*along) or 1.0
    along = (along[0] / length, along[1] / length)
    tip = _rim(end, box, sizes[edge.target], edge.angular)
    reach = math.dist(start, box) / 3
    tail = Curve(
        (
            start,
            _towards(start, box, 1 / 3),
            (box[0] - along[0] * reach, box[1] - along[1] * reach),
            box,
        ),
        None,
    )
    reach = math.dist(tip, box) / 3
    base = _towards(tip, box, min(0.5, 8.0 / (math.dist(tip, box) or 1.0)))
    head = Curve(
        (
            box,
            (box[0] + along[0] * reach, box[1] + along[1] * reach),
            _towards(tip, box, 1 / 2),
            base,
        ),
        tip,
    )
    return tail, head


def _towards(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _rim(centre: Point, outside: Point, size: tuple[float, float], angular: bool) -> Point:
    """Return where the line from `outside` to `centre` enters the ellipse, or the rectangle."""
    dx, dy = abs(outside[0] - centre[0]), abs(outside[1] - centre[1])
    across, down = 2 * dx / size[0], 2 * dy / size[1]
    share = 1 / (max(across, down) if angular else math.hypot(across, down))
    return _towards(centre, outside, min(1.0, share))


def _hits(
    edge: BoxedEdge,
    curves: tuple[Curve, Curve],
    centres: Mapping[str, Point],
    ranks: Mapping[float, list[str]],
    sizes: Mapping[str, tuple[float, float]],
) -> bool:
    """Tell whether the redrawn edge runs over another node or box of the ranks it touches."""
    own = {edge.source, edge.box, edge.target}
    low, high = sorted((centres[edge.source][1], centres[edge.target][1]))
    path = [_at(curve.points, step / 16) for curve in curves for step in range(17)]
    for level, names in ranks.items():
        if not low - 1 <= level <= high + 1:
            continue
        for name in names:
            (x, y), (width, height) = centres[name], sizes[name]
            if name not in own and any(
                abs(px - x) < width / 2 + _CLEAR and abs(py - y) < height / 2 + _CLEAR
                for px, py in path
            ):
                return True
    return False


def _at(points: Sequence[Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return (
        sum(weight * point[0] for weight, point in zip(weights, points, strict=True)),
        sum(weight * point[1] for weight, point in zip(weights, points, strict=True)),
    )
