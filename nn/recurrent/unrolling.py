"""Running a cell along sequences of different lengths, and what goes with layers of cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import shape_of

from .. import init
from ..inputs import accept
from ..module import Module
from ..parameter import Parameter

__all__ = [
    "describe",
    "initial_state",
    "register",
    "unroll",
]

State = tuple[Any, ...]
Cell = Callable[[Any, State], State]


def register(module: Module, bound: float, dtype: Any, rng: Any, **shapes: Any) -> None:
    """Make parameters from U(−bound, bound).

    Parameters
    ----------
    module : Module
    bound : float
    dtype : dtype_like or None
        ``None`` for float32.
    rng : Generator
    **shapes : tuple of int or None
        By name; ``None`` for a parameter that is absent.
    """
    for name, shape in shapes.items():
        if shape is None:
            module.register_parameter(name, None)
        else:
            parameter = Parameter(np.empty(shape, np.float32 if dtype is None else dtype))
            module.register_parameter(name, init.uniform_(parameter, -bound, bound, rng=rng))


def describe(module: Any) -> str:
    """What the representation of such a module says: sizes, and what is not the default."""
    parts = [str(module.input_size), str(module.hidden_size)]
    parts += [f"num_layers={module.num_layers}"] if module.num_layers != 1 else []
    parts += [
        f"{name}={getattr(module, name)}"
        for name in ("batch_first", "dropout", "bidirectional")
        if getattr(module, name)
    ]
    return ", ".join(parts)


def initial_state(module: Any, name: str, hx: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """The state that was given, once its shape is right, or zeros."""
    if hx is None:
        return np.zeros(shape, dtype)
    hx = accept(module, hx)
    if shape_of(hx) != shape:
        raise ShapeError(f"{type(module).__name__}: {name} is {shape_of(hx)}; need {shape}")
    return hx


def _checked(name: str, lengths: Any, steps: int, count: int) -> Any:
    """Lengths as an array of integers.

    Raises
    ------
    ArgumentError
        If there is not one for each sequence, from 0 to the number of steps.
    """
    given = np.asarray(lengths)
    if given.shape != (count,) or (count and given.dtype.kind not in "iu"):
        raise ArgumentError(
            f"{name}: lengths is {lengths!r}; need {count} integers, one per sequence"
        )
    if count and not 0 <= given.min() <= given.max() <= steps:
        raise ArgumentError(
            f"{name}: lengths is {lengths!r}, but there are {steps} steps; need values from 0 to "
            f"{steps}"
        )
    return given


def unroll(
    name: str, cell: Cell, x: Any, state: State, lengths: Any, reverse: bool
) -> tuple[Any, State]:
    """Run a cell along a batch of sequences.

    Parameters
    ----------
    name : str
        Of the layer, for messages.
    cell : callable
        ``cell(x_t, state) -> state``, where the state's first part is the output.
    x : ndarray or Value
        Shape ``(T, N, D)``.
    state : tuple of ndarray or Value
        What the first step begins with, each ``(N, H)``.
    lengths : array_like of int or None
        Of the sequences. One that has ended keeps its state.
    reverse : bool
        Whether to go from the end of each sequence to its beginning.

    Returns
    -------
    output : ndarray or Value
        Shape ``(T, N, H)``; 0 where a sequence has ended.
    state : tuple of ndarray or Value
        After the last step of each sequence.

    Raises
    ------
    ArgumentError
        If the lengths do not fit.
    """
    steps, count = shape_of(x)[:2]
    running: Any = None
    if lengths is not None:
        lengths = _checked(name, lengths, steps, count)
        running = (lengths > np.arange(steps)[:, None])[:, :, None]
        x = ag.where(running, x, 0.0)  # padding may hold anything, even nan
    parts = list(_steps(x))
    outputs: list[Any] = [None] * steps
    for t in range(steps)[::-1] if reverse else range(steps):
        new = cell(parts[t], state)
        if running is not None:
            new = tuple(ag.where(running[t], a, b) for a, b in zip(new, state, strict=True))
        state = new
        outputs[t] = state[0]
    output = ag.stack(outputs)
    return output if running is None else ag.where(running, output, 0.0), state


def _steps(x: Any) -> Iterator[Any]:
    """The parts ``x[t]``.

    The gradient of a part has the size of what it is a part of. Taken in two stages, those
    of T steps cost T √T instead of T² times a step.
    """
    count = shape_of(x)[0]
    size = math.isqrt(count) if isinstance(x, Value) else count
    for start in range(0, count, size):
        block = x[start : start + size]
        for i in range(shape_of(block)[0]):
            yield block[i]
