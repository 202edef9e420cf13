"""What a forward pass in training changes: random generators and buffers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

from .. import random
from ..module import Module

__all__ = ["ForwardState"]


class ForwardState:
    """The random generators and the buffers of modules, to be brought back to where they were.

    Those are the shared generator of `nn.random`, every `numpy.random.Generator` that is an
    attribute of a module (such as that of a dropout layer with ``rng=``), and all buffers (such
    as the running means of batch normalisation), also those that are not in `state_dict`.

    Parameters
    ----------
    **roots : Module
        Where to look; the keywords are the first steps of the paths.

    Examples
    --------
    >>> import nn
    >>> state = ForwardState(model=nn.Linear(2, 1))
    >>> before = state.take()
    >>> a = random.generator().random()
    >>> state.restore(before)
    >>> bool(random.generator().random() == a)
    True
    """

    def __init__(self, **roots: Module) -> None:
        self._generators: dict[str, np.random.Generator] = {}
        self._buffers: dict[str, tuple[Module, str]] = {}
        for root, top in roots.items():
            for path, module in top.named_modules(root):
                for name, attribute in module.__dict__.items():
                    if isinstance(attribute, np.random.Generator):
                        self._generators[f"{path}.{name}"] = attribute
                for name in module._buffer_names:
                    self._buffers[f"{path}.{name}"] = module, name

    def take(self) -> dict[str, Any]:
        """All of it, copied, as plain data and arrays."""
        return {
            "shared": random.get_state(),
            "generators": {k: g.bit_generator.state for k, g in self._generators.items()},
            "buffers": {
                k: None if module.__dict__[name] is None else np.array(module.__dict__[name])
                for k, (module, name) in self._buffers.items()
            },
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Bring everything back to where `take` was called.

        Raises
        ------
        ArgumentError
            If the modules have other generators or buffers than those that were taken.
        """
        for kind, own in (("generators", self._generators), ("buffers", self._buffers)):
            if set(state[kind]) != set(own):
                raise ArgumentError(
                    f"the {kind} that were saved are {sorted(state[kind])}, the model has "
                    f"{sorted(own)}; need a model built in the same way (rng= included)"
                )
        random.set_state(state["shared"])
        for name, generator in self._generators.items():
            generator.bit_generator.state = state["generators"][name]
        for path, (module, name) in self._buffers.items():
            array = state["buffers"][path]
            module.__dict__[name] = None if array is None else np.array(array)
