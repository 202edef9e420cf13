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
    """Names by node: of all that are drawn, and of those that an expression writes by name.

    The second lacks constants without a name, which an expression writes as numbers.
    """

    every: dict[Node, str]
    written: dict[Node, str]


def assign_names(
    graph: Graph, names: Mapping[str, Any] | None = None, constants: bool = True
) -> Names:
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
    constants : bool
        Whether constants without a name get one.

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
    leaves: list[Node] = []
    others: list[Node] = []
    last: list[Node] = []
    unnamed: list[Node] = []
    for node in evaluation_order(graph):
        value = node.value
        values = graph.values_of(node) if graph.sections else (value,)
        own = next((given[id(v)] for v in values if id(v) in given), None) or value.name
        if own:
            chosen[node] = _unused(own, taken)
        elif value.op is None and not value.requires_grad:
            unnamed.append(node)
        elif node is graph.root:
            last.append(node)
        else:
            (leaves if value.op is None else others).append(node)
    if any(node.value.shape for node in graph.nodes):
        taken.setdefault("g", 1)  # which stands for the cotangent on edges between arrays
    letters = _letters(taken)
    for node in (*leaves, *others, *last):
        chosen[node] = next(letters)
    written = {node: chosen[node] for node in graph.nodes if node in chosen}
    for node in unnamed if constants else ():
        chosen[node] = _unused(_constant_name(node), taken)
    return Names({node: chosen[node] for node in graph.nodes if node in chosen}, written)


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
            operands = node.operands
            if operands:
                stack.append((node, True))
                stack += [(operand, False) for operand in reversed(operands)]
            else:
                yield node


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
        if wrt in graph:
            return graph.node(wrt)
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
