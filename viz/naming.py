"""What the nodes of a graph are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, NamedTuple

from viz.errors import ArgumentError

if TYPE_CHECKING:
    from autograd_core.graph import Graph, Node

__all__ = ["Names", "assign_names", "evaluation_order", "find_node"]


class Names(NamedTuple):
    """Names by node: of all nodes, and of those that an expression writes by name.

    The second lacks constants without a name, which an expression writes as numbers.
    """

    every: dict[Node, str]
    written: dict[Node, str]


def assign_names(graph: Graph, names: Mapping[str, Any] | None = None) -> Names:
    """Return a unique name for every node of `graph`.

    A name from `names` wins over the value's own; unnamed constants are called by their number; all
    others get the smallest unused letters: leaves first, then intermediates, the root last. Among
    arrays `g` is left out, since it stands for the cotangent there.

    Parameters
    ----------
    graph : autograd_core.graph.Graph
        The graph.
    names : mapping, optional
        Names to values, such as ``locals()``. Entries that are not in the graph are ignored; of
        several names for one value the first counts.

    Returns
    -------
    Names
    """
    given: dict[int, str] = {}
    for name, value in (names or {}).items():
        # Jupyter keeps results as _, __ and _12; nobody means those.
        if not re.fullmatch(r"_+i*\d*", name):
            given.setdefault(id(value), name)
    chosen: dict[Node, str] = {}
    taken: dict[str, int] = {}
    order = list(evaluation_order(graph))
    for node in order:
        own = given.get(id(node.value)) or node.name
        if own:
            chosen[node] = _unused(own, taken)
    if any(node.shape for node in order):
        taken.setdefault("g", 1)  # which stands for the cotangent on edges between arrays
    letters = _letters(taken)
    plain = [node for node in order if node not in chosen and not node.is_constant]
    leaves = [node for node in plain if node.is_leaf and node is not graph.root]
    others = [node for node in plain if not node.is_leaf and node is not graph.root]
    last = [node for node in plain if node is graph.root]
    for node in (*leaves, *others, *last):
        chosen[node] = next(letters)
    written = {node: chosen[node] for node in graph.nodes if node in chosen}
    for node in order:
        if node not in chosen:
            chosen[node] = _unused(_constant_name(node), taken)
    return Names({node: chosen[node] for node in graph.nodes}, written)


def evaluation_order(graph: Graph) -> Iterator[Node]:
    """Yield the nodes as the expression is evaluated: operands from left to right, then the op."""
    seen: set[Node] = set()
    stack: list[tuple[Node, bool]] = [(graph.root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(edge.operand, False) for edge in reversed(node.incoming)]


def find_node(graph: Graph, names: Names, wrt: Any) -> Node:
    """Return the node that `wrt` means: a value of the graph, or a name in it.

    Raises
    ------
    ArgumentError
        If the graph has no such value or name; the message lists the names.
    """
    if isinstance(wrt, str):
        for node, name in names.written.items():
            if name == wrt:
                return node
    else:
        for node in graph.nodes:
            if node.value is wrt:
                return node
    known = list(names.written.values())
    listed = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
    what = repr(wrt) if isinstance(wrt, str) else f"the value {wrt!r}"
    raise ArgumentError(
        f"wrt is {what}, which the graph does not contain; it has {listed}"
        if listed
        else f"wrt is {what}, which the graph does not contain"
    )


def _letters(taken: Mapping[str, int]) -> Iterator[str]:
    for number in count():
        for letter in ascii_lowercase:
            name = f"{letter}{number or ''}"
            if name not in taken:
                yield name


def _unused(name: str, taken: dict[str, int]) -> str:
    """Return `name`, or the next free `name_2`, `name_3` …; `taken` counts so as not to search."""
    free = name
    while free in taken:
        taken[name] += 1
        free = f"{name}_{taken[name]}"
    taken[free] = 1
    return free


def _constant_name(node: Node) -> str:
    data = node.data
    if isinstance(data, (int, float)):
        return f"{data:g}"
    return "constant"
