"""Reading what an optimiser is given: parameters, with or without names, in groups or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from autograd_core import Value
from autograd_core.errors import ArgumentError

__all__ = ["members", "split"]


def split(name: str, params: Any) -> list[Any]:
    """The groups in an optimiser's first argument.

    Parameters
    ----------
    name : str
        The optimiser's, for messages.
    params : iterable
        See `Optimizer`.

    Raises
    ------
    ArgumentError
        If there is nothing in it, or it has no order.

    Examples
    --------
    >>> split("SGD", [Value(1.0), Value(2.0)])
    [{'params': [Value(1.0), Value(2.0)]}]
    """
    if isinstance(params, Value | Mapping):
        kind = type(params).__name__
        raise ArgumentError(f"{name}: params is a single {kind}; put it into a list")
    listed = _listed(name, params)
    if not listed:
        raise ArgumentError(
            f"{name}: the list of parameters is empty; need at least one. A generator that was "
            "read before is empty: call model.parameters() anew"
        )
    if all(isinstance(member, Mapping) for member in listed):
        return listed
    return [{"params": listed}]


def members(name: str, group: Any, taken: Iterable[Value]) -> dict[str, Any]:
    """A group as an optimiser keeps it: leaves under ``"params"``, names under ``"param_names"``.

    Parameters
    ----------
    name : str
        The optimiser's, for messages.
    group : dict
        As the user gave it; not changed.
    taken : iterable of Value
        The parameters of the other groups.

    Raises
    ------
    ArgumentError
        If a parameter is not a leaf, is listed twice, or only some have names.

    Examples
    --------
    >>> members("SGD", {"params": [("w", Value(1.0))], "lr": 0.1}, [])
    {'params': [Value(1.0)], 'lr': 0.1, 'param_names': ['w']}
    """
    if not isinstance(group, Mapping) or "params" not in group:
        raise ArgumentError(f"{name}: a group is {group!r}; need a dict with the key 'params'")
    given = group["params"]
    listed = [given] if isinstance(given, Value) else _listed(name, given)
    named = [isinstance(member, tuple) and len(member) == 2 for member in listed]
    params = [m[1] if pair else m for m, pair in zip(listed, named, strict=True)]
    if any(named) and not all(named):
        raise ArgumentError(f"{name}: some parameters have names, some not; name all or none")
    seen = set(taken)
    for i, p in enumerate(params):
        if not isinstance(p, Value):
            raise ArgumentError(
                f"{name}: parameter {i} is {type(p).__name__}; need a Value or a Parameter"
            )
        if p.op is not None:
            raise ArgumentError(
                f"{name}: parameter {i} is the result of {p.op.name}, not a leaf, and only leaves "
                "collect a gradient; pass the Value it was computed from, or Value(p.data)"
            )
        if p in seen:
            raise ArgumentError(
                f"{name}: parameter {i}, of shape {p.shape}, is listed twice and would be updated "
                "twice in a step; list each parameter once, in one group"
            )
        seen.add(p)
    names = {"param_names": [str(m[0]) for m in listed]} if any(named) else {}
    return {**group, "params": params, **names}


def _listed(name: str, params: Any) -> list[Any]:
    if isinstance(params, set | frozenset):
        raise ArgumentError(
            f"{name}: params is a set, whose order differs between runs; pass a list"
        )
    if not isinstance(params, Iterable):
        hint = ", such as model.parameters()" if hasattr(params, "parameters") else ""
        raise ArgumentError(
            f"{name}: params is {type(params).__name__}; need a list of Values{hint}"
        )
    return list(params)
