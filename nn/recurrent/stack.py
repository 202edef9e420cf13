"""What recurrent layers have in common: parameters by name, shapes, layers and directions."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import shape_of

from .. import functional as F
from ..inputs import accept, check_sizes
from ..random import generator
from .unrolling import describe, register

__all__ = ["build", "described", "run", "suffixes"]

Run = Callable[[Any, list[Any], list[Any], bool], tuple[Any, Any]]
WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")


def build(
    module: Any,
    gates: int,
    sizes: tuple[int, int],
    options: tuple[int, bool, bool, float, bool],
    dtype: Any,
    rng: Any,
    proj_size: int = 0,
) -> None:
    """Set the attributes of a recurrent layer and make its parameters, as PyTorch names them.

    Parameters
    ----------
    module : Module
    gates : int
        How many times H rows a weight has.
    sizes : (int, int)
        Of the input and of the state.
    options : tuple
        num_layers, bias, batch_first, dropout and bidirectional.
    dtype, rng, proj_size
        As for the layers.

    Raises
    ------
    ArgumentError
        If a size or the number of layers is not positive, or dropout is no probability.

    Warns
    -----
    UserWarning
        If there is dropout, but one layer only, after which nothing is dropped.
    """
    name = type(module).__name__
    module.input_size, module.hidden_size = sizes
    module.num_layers, module.bias, module.batch_first = options[:3]
    module.dropout, module.bidirectional = options[3:]
    module.proj_size = proj_size
    named_sizes = dict(zip(("input_size", "hidden_size"), sizes, strict=True))
    check_sizes(module, 1, **named_sizes, num_layers=module.num_layers)
    if not 0 <= module.dropout <= 1:
        raise ArgumentError(f"{name}: dropout is {module.dropout}; need a value from 0 to 1")
    if module.dropout and module.num_layers == 1:
        warnings.warn(
            f"{name}: dropout={module.dropout} has no effect, since it acts between layers, and "
            "num_layers is 1; need several layers, or Dropout after this one",
            UserWarning,
            stacklevel=3,
        )
    module.rng = None if rng is None else generator(rng)
    H, size = module.hidden_size, module.input_size
    out = proj_size or H
    bias = (gates * H,) if module.bias else None
    for layer in range(module.num_layers):
        for way in _ways(module):
            shapes = ((gates * H, size), (gates * H, out), bias, bias, (proj_size, H))
            names = (f"{kind}_l{layer}{way}" for kind in WEIGHTS[: None if proj_size else 4])
            named = dict(zip(names, shapes, strict=False))
            register(module, 1 / math.sqrt(H), dtype, generator(module.rng), **named)
        size = out * (2 if module.bidirectional else 1)


def suffixes(module: Any) -> tuple[str, ...]:
    """How the names of the parameters of each layer and direction end: ``l0_reverse``."""
    layers = range(module.num_layers)
    return tuple(f"l{layer}{way}" for layer in layers for way in _ways(module))


def _ways(module: Any) -> tuple[str, ...]:
    """The directions, as names of parameters end in them."""
    return ("", "_reverse") if module.bidirectional else ("",)


def _batches(
    module: Any, x: Any, states: Any, sizes: tuple[int, ...]
) -> tuple[Any, list[Any], bool]:
    """The input as ``(T, N, D)``, the states as ``(L, N, size)``, and whether N had no axis."""
    name, x = type(module).__name__, accept(module, x)
    shape = shape_of(x)
    if len(shape) not in (2, 3) or shape[-1] != module.input_size or not shape[_time(module, x)]:
        axes = "N, T" if module.batch_first else "T, N"
        raise ShapeError(
            f"{name}: the input is {shape}; need ({axes}, {module.input_size}), or "
            f"(T, {module.input_size}) for one sequence, with at least one step "
            f"(batch_first is {module.batch_first})"
        )
    alone = len(shape) == 2
    if alone:
        x = ag.expand_dims(x, 1)
    elif module.batch_first:
        x = ag.swapaxes(x, 0, 1)
    layers, count = module.num_layers * len(_ways(module)), shape_of(x)[1]
    accepted = []
    for state, size in zip(states, sizes, strict=True):
        wanted = (layers, size) if alone else (layers, count, size)
        if state is None:
            state = np.zeros(wanted, module.dtype)
        state = accept(module, state)
        if shape_of(state) != wanted:
            raise ShapeError(f"{name}: an initial state is {shape_of(state)}; need {wanted}")
        accepted.append(ag.expand_dims(state, 1) if alone else state)
    return x, accepted, alone


def _time(module: Any, x: Any) -> int:
    return 1 if module.batch_first and len(shape_of(x)) == 3 else 0


def run(
    module: Any,
    x: Any,
    states: Any,
    sizes: tuple[int, ...],
    step: Run,
    kinds: tuple[str, ...] = WEIGHTS,
) -> tuple[Any, list[Any]]:
    """Run all layers and directions.

    Parameters
    ----------
    module : Module
    x : array_like or Value
    states : sequence of (array_like, Value or None)
        ``None`` for 0.
    sizes : tuple of int
        Of each state.
    step : callable
        ``step(x, states, weights, reverse) -> output, states`` of one layer in one direction.
    kinds : tuple of str
        The names of the weights, without layer and direction; `step` gets ``None`` for one that
        is absent.

    Returns
    -------
    output : ndarray or Value
        Of the last layer, in the axes of the input.
    states : list of ndarray or Value
        After the last step, as those given.

    Raises
    ------
    ShapeError
        If the input or a state has another shape.
    """
    x, states, alone = _batches(module, x, states, sizes)
    final: list[tuple[Any, ...]] = []
    for layer in range(module.num_layers):
        if layer and module.dropout:
            x = F.dropout(x, module.dropout, module.training, rng=module.rng)
        outputs = []
        for way in _ways(module):
            weights = [getattr(module, f"{kind}_l{layer}{way}", None) for kind in kinds]
            with _scope(module, layer, way):
                initial = [state[len(final)] for state in states]
                output, after = step(x, initial, weights, bool(way))
            outputs.append(output)
            final.append(after)
        x = outputs[0] if len(outputs) == 1 else ag.concatenate(outputs, -1)
    stacked = [ag.stack(parts) for parts in zip(*final, strict=True)]
    if alone:
        return x[:, 0], [state[:, 0] for state in stacked]
    return ag.swapaxes(x, 0, 1) if module.batch_first else x, stacked


def _scope(module: Any, layer: int, way: str) -> Any:
    several = module.num_layers > 1 or module.bidirectional
    return ag.scope(f"layer{layer}{way}") if several else nullcontext()


def described(module: Any) -> str:
    """What the representation says of sizes, and of what is not the default."""
    text = describe(module) + ("" if module.bias else ", bias=False")
    return text + (f", proj_size={module.proj_size}" if module.proj_size else "")
