"""Which nodes of two graphs are the same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

from viz.naming import evaluation_order

if TYPE_CHECKING:
    from autograd_core.graph import Graph, Node

__all__ = ["match"]

_MOST = 1000  # differences; memory grows with the square


def match(
    before: Graph, after: Graph, names: tuple[Mapping[Node, str], Mapping[Node, str]]
) -> dict[Node, Node]:
    """Match the nodes of two graphs; constants without a name are left out.

    1. Nodes that were given the same name in the same scope, where only one has it, are the same.
    2. Of the others, those with the same op in the same scope (leaves: the same scope), in the
       order of evaluation: a longest common subsequence, as texts are compared line by line.
       Between two nodes that are matched already, only what lies between them can match.
    3. What is left and feeds the same operand of matched users is the same, with another op.
       So are two results that are left.

    Parameters
    ----------
    before, after : Graph
    names : pair of mapping
        Of the nodes that were given a name, in each graph.

    Returns
    -------
    dict
        From nodes of the first to nodes of the second.
    """
    first, second = (
        [n for n in evaluation_order(g) if not n.is_constant or n in named]
        for g, named in zip((before, after), names, strict=True)
    )
    pairs = _by_name(first, second, names)
    pairs = _in_order(first, second, pairs)
    _by_use(before, after, pairs)
    return pairs


def _by_name(
    first: Sequence[Node],
    second: Sequence[Node],
    names: tuple[Mapping[Node, str], Mapping[Node, str]],
) -> dict[Node, Node]:
    def unique(nodes: Sequence[Node], named: Mapping[Node, str]) -> dict[Hashable, Node | None]:
        found: dict[Hashable, Node | None] = {}
        for node in nodes:
            if node in named:
                key = (node.scope, named[node])
                found[key] = None if key in found else node
        return found

    ours, theirs = unique(first, names[0]), unique(second, names[1])
    pairs = {}
    for key, node in ours.items():
        other = theirs.get(key)
        if node is not None and other is not None:
            pairs[node] = other
    return pairs


def _in_order(
    first: Sequence[Node], second: Sequence[Node], named: dict[Node, Node]
) -> dict[Node, Node]:
    pairs = dict(named)
    place = {node: i for i, node in enumerate(second)}
    taken = set(named.values())
    start, lowest = 0, 0
    # The named pairs that keep their order divide both graphs into stretches.
    anchors = [(i, place[named[node]]) for i, node in enumerate(first) if node in named]
    for i, j in [*anchors, (len(first), len(second))]:
        if j < lowest:
            continue
        ours = [node for node in first[start:i] if node not in named]
        theirs = [node for node in second[lowest:j] if node not in taken]
        keys = [_key(node) for node in ours], [_key(node) for node in theirs]
        for a, b in common(*keys):
            pairs[ours[a]] = theirs[b]
        start, lowest = i + 1, j + 1
    return pairs


def common(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the places of a longest common subsequence, by Myers' O(ND) algorithm [1]_.

    Graphs that are compared mostly differ little, and repeat the same few ops: there it is linear,
    where a search for the longest blocks is quadratic. After 1,000 differences the rest counts as
    different.

    References
    ----------
    .. [1] E. W. Myers, "An O(ND) difference algorithm and its variations", Algorithmica 1, 1986.

    Examples
    --------
    >>> common("abcabba", "cbabac")
    [(2, 0), (3, 2), (4, 3), (6, 4)]
    """
    # What both begin and end with: of many equal steps it is the one that changed that is found.
    start = _alike(first, second)
    first, second = first[start:], second[start:]
    end = _alike(first[::-1], second[::-1])
    n, m = len(first) - end, len(second) - end
    before = [(i, i) for i in range(start)]
    between = [(start + i, start + j) for i, j in _shortest_edit(first[:n], second[:m])]
    return before + between + [(start + n + i, start + m + i) for i in range(end)]


def _alike(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """How much two sequences have in common from their beginning on."""
    least = min(len(first), len(second))
    return next((i for i in range(least) if first[i] != second[i]), least)


def _shortest_edit(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    n, m = len(first), len(second)
    furthest = {1: 0}  # by diagonal i − j: how far in `first` one gets with d differences
    steps: list[dict[int, int]] = []
    for d in range(n + m + 1):
        steps.append(furthest.copy())
        for k in range(-d, d + 1, 2):
            down = k == -d or (k != d and furthest[k - 1] < furthest[k + 1])
            i = furthest[k + 1] if down else furthest[k - 1] + 1
            while i < n and i - k < m and first[i] == second[i - k]:
                i += 1
            furthest[k] = i
            if i >= n and i - k >= m:
                return _walk_back(steps, n, m)
        if d == _MOST:
            break
    ends = [(i, i - k) for k, i in furthest.items() if abs(k) <= d and i <= n and 0 <= i - k <= m]
    return _walk_back(steps, *max(ends, key=sum))


def _walk_back(steps: list[dict[int, int]], i: int, j: int) -> list[tuple[int, int]]:
    found = []
    for d in range(len(steps) - 1, -1, -1):
        before, k = steps[d], i - j
        down = k == -d or (k != d and before[k - 1] < before[k + 1])
        start = before[k + 1] if down else before[k - 1] + 1
        while i > start:
            i, j = i - 1, j - 1
            found.append((i, j))
        i, j = (i, j - 1) if down else (i - 1, j)
    return found[::-1]


def _key(node: Node) -> Hashable:
    return str(node.scope), node.op.name if node.op else None, node.is_constant


def _by_use(before: Graph, after: Graph, pairs: dict[Node, Node]) -> None:
    taken = set(pairs.values())

    def pair(one: Node, other: Node) -> None:
        constant = one.is_constant or other.is_constant
        if one not in pairs and other not in taken and not constant:
            pairs[one] = other
            taken.add(other)

    pair(before.root, after.root)
    for node in before.nodes:  # the root first: users before what they use
        if node in pairs and len(node.operands) == len(pairs[node].operands):
            for one, other in zip(node.operands, pairs[node].operands, strict=True):
                pair(one, other)
