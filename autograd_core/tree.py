"""Nested tuples, lists and dicts of Values or arrays, flattened and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["flatten", "map_leaves"]


def flatten(tree: Any) -> tuple[list[Any], Callable[[Iterable[Any]], Any]]:
    """The leaves of a nested structure, and the function that puts others in their place.

    Parameters
    ----------
    tree : tuple, list, dict or leaf
        Named tuples keep their type, dicts their order. ``None`` is a structure without
        leaves.

    Returns
    -------
    leaves : list
    rebuild : callable
        ``rebuild(leaves)`` has the structure of `tree`.

    Examples
    --------
    >>> leaves, rebuild = flatten({"w": [1.0, 2.0], "b": (3.0,)})
    >>> leaves
    [1.0, 2.0, 3.0]
    >>> rebuild(["a", "b", "c"])
    {'w': ['a', 'b'], 'b': ('c',)}
    """
    leaves: list[Any] = []
    build = _collect(tree, leaves)

    def rebuild(new: Iterable[Any]) -> Any:
        return build(iter(new))

    return leaves, rebuild


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply a function to every leaf.

    Examples
    --------
    >>> map_leaves(lambda x: x + 1, {"w": [1, 2]})
    {'w': [2, 3]}
    """
    leaves, rebuild = flatten(tree)
    return rebuild(map(function, leaves))


def _collect(tree: Any, leaves: list[Any]) -> Callable[[Any], Any]:
    if tree is None:
        return lambda new: None
    if isinstance(tree, dict):
        keys = list(tree)
        entries = [_collect(tree[key], leaves) for key in keys]
        return lambda new: dict(zip(keys, [entry(new) for entry in entries], strict=True))
    if isinstance(tree, (tuple, list)):
        kind = type(tree)
        parts = [_collect(item, leaves) for item in tree]
        if hasattr(tree, "_fields"):
            return lambda new: kind(*[part(new) for part in parts])
        return lambda new: kind([part(new) for part in parts])
    leaves.append(tree)
    return next
