"""The state of a module as named arrays, and how it is taken over from them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd_core.errors import ArgumentError

if TYPE_CHECKING:
    from .module import Module

__all__ = ["Mismatch", "StateError", "load_state_dict", "state_dict"]


class StateError(ArgumentError):
    """The names or shapes of stored arrays are not those of the module."""


class Mismatch(NamedTuple):
    """What `load_state_dict` found on one side only.

    Attributes
    ----------
    missing : tuple of str
        Names of the module that were not among the arrays.
    unexpected : tuple of str
        Names of arrays that the module does not have.
    """

    missing: tuple[str, ...]
    unexpected: tuple[str, ...]


def join(path: str, name: str) -> str:
    """The path of a part of a module."""
    return f"{path}.{name}" if path else name


def walk(module: Module, path: str = "") -> Iterator[tuple[str, Module]]:
    """The module and all inside it, as often as they occur, by path; parents come first."""
    yield path, module
    for name, child in module.named_children():
        yield from walk(child, join(path, name))


def warn_of_unregistered(module: Module) -> None:
    """Warn of modules and parameters in plain lists and dicts: nobody trains or saves them.

    One that is registered elsewhere in the module may be in a list as well.
    """
    from .module import RESERVED, Module
    from .parameter import Parameter

    holders: list[tuple[Module, str, Any]] = []
    for owner in module.modules():
        for name, held in owner.__dict__.items():
            if (type(held) is list or type(held) is dict) and name not in RESERVED:
                holders.append((owner, name, held))
    if not holders:
        return
    known = {id(part) for owner in module.modules() for part in owner.__dict__.values()}
    for owner, name, held in holders:
        parts = held.values() if type(held) is dict else held
        lost = [
            type(part).__name__
            for part in parts
            if isinstance(part, Module | Parameter) and id(part) not in known
        ]
        if lost:
            kind, remedy = type(owner.__dict__[name]).__name__, "nn.ModuleList or nn.ModuleDict"
            warnings.warn(
                f"{type(owner).__name__}: {name} is a plain {kind} that holds {len(lost)} parts "
                f"(the first is a {lost[0]}) that are registered nowhere, so they are neither "
                f"trained nor saved; need {remedy}, attributes, or a tuple if that is meant",
                UserWarning,
                stacklevel=4,
            )


def slots(module: Module) -> Iterator[tuple[str, Module, str]]:
    """Path, owner and attribute of everything that is part of the state."""
    for path, owner in walk(module):
        for name in owner._parameter_names:
            if owner.__dict__[name] is not None:
                yield join(path, name), owner, name
        for name, persistent in owner._buffer_names.items():
            if persistent and owner.__dict__[name] is not None:
                yield join(path, name), owner, name


def state_dict(module: Module) -> dict[str, Any]:
    """Copies of all parameters and persistent buffers; see `Module.state_dict`."""
    return {path: np.array(_array(owner, name)) for path, owner, name in slots(module)}


def load_state_dict(module: Module, arrays: Mapping[str, Any], strict: bool = True) -> Mismatch:
    """Take over parameters and buffers.

    Parameters
    ----------
    module : Module
    arrays : mapping of str to array_like
        By path, such as `Module.state_dict` gives it, or PyTorch's of the same network.
        They are copied, and converted to the dtype that the module has.
    strict : bool
        Whether names on one side only are an error. Wrong shapes always are.

    Returns
    -------
    Mismatch
        The names on one side only.

    Raises
    ------
    StateError
        Lists every missing, unexpected and mis-shaped name. The module is then as it was.

    Examples
    --------
    >>> import nn
    >>> nn.Linear(2, 1).load_state_dict({"weight": np.zeros((2, 1)), "bais": np.zeros(1)})
    Traceback (most recent call last):
    ...
    nn.state.StateError: Linear: the arrays do not fit
      missing: bias
      unexpected: bais
      of another shape: weight: the array has (2, 1), the module (1, 2)
    """
    if not isinstance(arrays, Mapping):
        raise ArgumentError(
            f"load_state_dict: got {type(arrays).__name__}; need a mapping of names to arrays"
        )
    found = {path: (owner, name) for path, owner, name in slots(module)}
    missing = tuple(path for path in found if path not in arrays)
    unexpected = tuple(path for path in arrays if path not in found)
    new = {path: np.asarray(arrays[path]) for path in found if path in arrays}
    faults = [
        f"{path}: the array has {array.shape}, the module {_array(*found[path]).shape}"
        for path, array in new.items()
        if array.shape != _array(*found[path]).shape
    ]
    faults += [
        f"{path}: the array is of dtype {array.dtype}"
        for path, array in new.items()
        if array.dtype.kind not in "fiub"
    ]
    if faults or (strict and (missing or unexpected)):
        text = [f"{type(module).__name__}: the arrays do not fit"]
        if strict and missing:
            text.append("  missing: " + ", ".join(missing))
        if strict and unexpected:
            text.append("  unexpected: " + ", ".join(unexpected))
        text += [f"  of another shape: {fault}" for fault in faults]
        raise StateError("\n".join(text))
    # A conversion may fail too, so all come first; they are copies, also where the dtype is right.
    converted = {path: array.astype(_array(*found[path]).dtype) for path, array in new.items()}
    for path, array in converted.items():
        owner, name = found[path]
        if name in owner._parameter_names:
            owner.__dict__[name].data = array
        else:
            owner.__dict__[name] = array
    return Mismatch(missing, unexpected)


def _array(owner: Module, name: str) -> Any:
    member = owner.__dict__[name]
    return np.asarray(member.data if name in owner._parameter_names else member)
