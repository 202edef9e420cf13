"""Nested dicts and lists with arrays in them, as text and named arrays; and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

__all__ = ["pack", "unpack"]


def pack(tree: Any) -> tuple[str, dict[str, Any]]:
    """Take the arrays out of nested data, and write down the rest.

    Parameters
    ----------
    tree : dict, list, tuple, ndarray, str, float, int, bool or None
        Nested as you like; the keys of dicts are strings or integers.

    Returns
    -------
    text : str
        JSON, in which each array is replaced by its name.
    arrays : dict of str to ndarray
        Named by the path to them: ``"optimizer/state/0/exp_avg"``.

    Raises
    ------
    ArgumentError
        If something else is in it, which only pickle could store.

    Examples
    --------
    >>> text, arrays = pack({"step": 3, "moments": {0: np.zeros(2)}, "betas": (0.9, 0.99)})
    >>> arrays
    {'moments/0': array([0., 0.])}
    >>> unpack(text, arrays)
    {'step': 3, 'moments': {0: array([0., 0.])}, 'betas': (0.9, 0.99)}
    """
    arrays: dict[str, Any] = {}
    return json.dumps(_packed(tree, "", arrays)), arrays


def unpack(text: str, arrays: Mapping[str, Any]) -> Any:
    """Put together again what `pack` took apart.

    Raises
    ------
    KeyError
        If an array is missing.
    """
    return _unpacked(json.loads(text), arrays)


# Each object of the JSON text has one key, which says what it stands for. JSON by itself turns
# tuples into lists and integer keys into strings.


def _packed(tree: Any, path: str, arrays: dict[str, Any]) -> Any:
    if isinstance(tree, np.ndarray | np.generic):
        name = path
        while name in arrays:  # the keys 0 and "0" look the same in a path
            name += "'"
        arrays[name] = np.asarray(tree)
        return {"scalar" if isinstance(tree, np.generic) else "array": name}
    if tree is None or isinstance(tree, bool | int | float | str):
        return tree
    if isinstance(tree, Mapping):
        if not all(isinstance(key, str | int) for key in tree):
            raise ArgumentError(f"save: {path} has keys {list(tree)}; need strings or integers")
        pairs = [[key, _packed(part, _join(path, key), arrays)] for key, part in tree.items()]
        if all(isinstance(key, str) for key in tree):
            return {"dict": dict(pairs)}
        return {"items": pairs}
    if isinstance(tree, list | tuple):
        parts = [_packed(part, _join(path, i), arrays) for i, part in enumerate(tree)]
        return parts if isinstance(tree, list) else {"tuple": parts}
    raise ArgumentError(
        f"save: {path or 'the state'} is a {type(tree).__name__}, which cannot be stored without "
        "pickle; need numbers, strings, arrays, and dicts and lists of these"
    )


def _unpacked(tree: Any, arrays: Mapping[str, Any]) -> Any:
    if isinstance(tree, list):
        return [_unpacked(part, arrays) for part in tree]
    if not isinstance(tree, dict):
        return tree
    ((kind, content),) = tree.items()
    if kind == "array":
        return arrays[content]
    if kind == "scalar":
        return arrays[content][()]
    if kind == "tuple":
        return tuple(_unpacked(part, arrays) for part in content)
    pairs = content.items() if kind == "dict" else content
    return {key: _unpacked(part, arrays) for key, part in pairs}


def _join(path: str, key: Any) -> str:
    return f"{path}/{key}" if path else str(key)
