"""A plain recurrent network over a whole sequence; what `gated` shares with it.

An op runs one layer in one direction. The sequences stand along the second axis, time along
the first: `x` is (T, N, D). A node holds one array, so the final states stand below the
outputs, as further rows along time.

The definitions are the equations of a lecture, step by step; they are what a node shows
when it is opened. A cell is a sequence of one step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np

from ..cases import Case, Domain
from ..context import scope
from ..declare import composite
from ..kernels import rnn as kernel
from ..op import Kernel
from ..value import Value, shape_of
from .activation import relu
from .arithmetic import where
from .dense import affine
from .joining import stack
from .trigonometric import tanh

__all__ = ["rnn"]


def _rnn(
    x: Any,
    h0: Any,
    w_ih: Any,
    w_hh: Any,
    b_ih: Any = None,
    b_hh: Any = None,
    *,
    nonlinearity: str = "tanh",
    lengths: Any = None,
    reverse: bool = False,
) -> Any:
    """A plain recurrent network [1]_: ``h' = tanh(W x + b + U h + c)``.

    Parameters
    ----------
    x : array_like or Value
        Shape (T, N, D): T > 0 steps of N sequences.
    h0 : array_like or Value
        The state before the first step, shape (N, H).
    w_ih, w_hh : array_like or Value
        W and U, shapes (H, D) and (H, H).
    b_ih, b_hh : array_like or Value, optional
        b and c, shape (H,); both or neither.
    nonlinearity : {"tanh", "relu"}
    lengths : sequence of int, optional
        The number of steps of each sequence, from 0 to T. Beyond its end a sequence keeps
        its state, its outputs are 0, and `x` is not looked at.
    reverse : bool
        Whether to go from the end of each sequence to its beginning.

    Returns
    -------
    ndarray or Value
        Shape (T + 1, N, H): h after each step, and the final h.

    Raises
    ------
    ShapeError
        If the operands do not fit together.
    ArgumentError
        If `lengths` or `nonlinearity` is none of these.

    References
    ----------
    .. [1] J. L. Elman, "Finding structure in time", Cognitive Science 14, 1990.

    Examples
    --------
    >>> rnn(np.ones((3, 1, 1)), np.zeros((1, 1)), np.eye(1), np.eye(1), nonlinearity="relu").ravel()
    array([1., 2., 3., 3.])
    """
    h, outputs = h0, {}
    activation = tanh if nonlinearity == "tanh" else relu
    for t, at_work, step in steps(x, lengths, reverse):
        with step:
            x_t = kept(at_work, x[t], 0.0)
            new_h = activation(mapped(x_t, w_ih, b_ih) + mapped(h, w_hh, b_hh))
            name_values(h=new_h)
            outputs[t], h = kept(at_work, new_h, 0.0), kept(at_work, new_h, h)
    return stack([*in_time(outputs), h])


def steps(x: Any, lengths: Any, reverse: bool) -> Iterator[tuple[int, Any, Any]]:
    """The steps of a loop: time, which sequences are at work (``None`` for all), and a scope."""
    times = range(shape_of(x)[0])
    for t in reversed(times) if reverse else times:
        at_work = None if lengths is None else (np.asarray(lengths) > t)[:, None]
        yield t, at_work, scope(f"step{t}") if len(times) > 1 else nullcontext()


def mapped(x: Any, weight: Any, bias: Any = None) -> Any:
    """``W x + b``, the bias being optional."""
    return affine(x, weight) if bias is None else affine(x, weight, bias)


def kept(at_work: Any, new: Any, old: Any) -> Any:
    """What is new for the sequences that are at work, and the old for the others."""
    return new if at_work is None else where(at_work, new, old)


def in_time(outputs: dict[int, Any]) -> list[Any]:
    """Outputs by time, as a list."""
    return [outputs[t] for t in sorted(outputs)]


def name_values(**values: Any) -> None:
    """Give the quantities of a step the names that a picture shows."""
    for name, value in values.items():
        if isinstance(value, Value):
            value.name = name


MODERATE = Domain(-1.0, 1.0)  # the gates do not saturate


def sequence_cases(gates: int, states: int, **options: Any) -> tuple[Case, ...]:
    """Shapes for all kinds of calls: with and without biases, one step, lengths, in reverse."""
    H, D, N = 2, 3, 2
    weights = (gates * H, D), (gates * H, H)
    biases = (gates * H,), (gates * H,)
    state = ((N, H),) * states
    return (
        Case((2, N, D), *state, *weights, *biases, **options),
        Case((1, 1, D), *((1, H),) * states, *weights, **options),
        Case((3, N, D), *state, *weights, lengths=(1, 3), **options),
        Case((2, N, D), *state, *weights, *biases, reverse=True, **options),
        Case((3, N, D), *state, *weights, *biases, lengths=(0, 2), reverse=True, **options),
    )


rnn = composite(
    _rnn, kernel=Kernel(kernel.forward, kernel.vjp), name="rnn", arity=None,
    domain=MODERATE, formula="h' = tanh(W x + b + U h + c)", onnx="RNN",
    cases=(
        *sequence_cases(1, 1),
        Case((2, 2, 3), (2, 2), (2, 3), (2, 2), (2,), (2,), nonlinearity="relu"),
    ))
