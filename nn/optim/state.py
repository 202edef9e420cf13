"""An optimiser's memory as arrays and numbers under indices, in the form of PyTorch's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core import Value
from autograd_core.errors import ArgumentError, ShapeError

if TYPE_CHECKING:
    from .optimizer import Optimizer

__all__ = ["pack", "restored", "unpack"]

_COUNTS = ("step",)  # an integer here; a tensor in PyTorch
_NUMBERS = ("mu_product",)  # a float here; a tensor in PyTorch
_LATER = ("maximize", "decoupled_weight_decay")  # which states of older PyTorch do not have


def pack(optimizer: Optimizer) -> dict[str, Any]:
    """See `Optimizer.state_dict`."""
    index: dict[Value, int] = {}
    groups = []
    for group in optimizer.param_groups:
        for p in group["params"]:
            index[p] = len(index)
        groups.append({**group, "params": [index[p] for p in group["params"]]})
    entries = {
        index[p]: optimizer._pack_entry(entry) for p, entry in optimizer.state.items() if entry
    }
    return {"state": entries, "param_groups": groups}


def unpack(optimizer: Optimizer, state_dict: Mapping[str, Any]) -> None:
    """See `Optimizer.load_state_dict`."""
    name = type(optimizer).__name__
    ours, theirs = optimizer.param_groups, state_dict["param_groups"]
    lengths = [len(group["params"]) for group in ours]
    saved_lengths = [len(group["params"]) for group in theirs]
    if lengths != saved_lengths:
        raise ArgumentError(
            f"{name}: the saved state is of groups of {saved_lengths} parameters, this optimiser "
            f"has groups of {lengths}; need the same. Build it over the same parameters"
        )
    for saved in theirs:
        absent = set(optimizer.defaults) - set(saved) - set(_LATER)
        if absent:
            raise ArgumentError(
                f"{name}: the saved state has no option {', '.join(sorted(absent))}, so it is that "
                f"of another optimiser; need the state of {name}"
            )
    groups = []
    params: dict[int, Value] = {}
    for group, saved in zip(ours, theirs, strict=True):
        params.update(zip((int(i) for i in saved["params"]), group["params"], strict=True))
        # JSON has no tuples.
        options = {k: tuple(v) if type(group.get(k)) is tuple else v for k, v in saved.items()}
        groups.append({**group, **options, "params": group["params"]})
        optimizer._check(groups[-1])
    state: defaultdict[Value, dict[str, Any]] = defaultdict(dict)
    for key, entry in state_dict["state"].items():
        if int(key) not in params:
            raise ArgumentError(
                f"{name}: the saved state has an entry for parameter {key}, but its groups list "
                f"only {sorted(params)}"
            )
        p = params[int(key)]
        state[p] = optimizer._unpack_entry(p, entry)
    optimizer.param_groups[:] = groups
    optimizer.state = state


def restored(optimizer: Optimizer, p: Value, name: str, value: Any) -> Any:
    """One saved number or array, as the optimiser keeps it: its own, of its parameter's dtype.

    Raises
    ------
    ShapeError
        If it is an array of another shape than the parameter.
    """
    if name in _COUNTS:
        return int(value)
    if name in _NUMBERS or value is None:
        return value if value is None else float(value)
    array = np.array(value, p.dtype)
    if array.shape != p.shape:
        raise ShapeError(
            f"{type(optimizer).__name__}: the saved {name} of {optimizer._called(p)} is "
            f"{array.shape}, the parameter is {p.shape}; need the same shape"
        )
    return array
