"""Backpropagation through time, cut off after a number of steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from autograd_core import Value, concatenate, no_grad
from autograd_core.errors import ArgumentError

__all__ = ["Truncation", "detached", "truncated_bptt"]


class Truncation(NamedTuple):
    """What `truncated_bptt` yields after each of its backward passes.

    Attributes
    ----------
    steps : slice
        The time steps that are new since the pass before.
    loss : float
        What the loss gave for those of them that the gradient reaches.
    state : nested tuples of ndarray
        The state after the last of them.
    """

    steps: slice
    loss: float
    state: Any


def truncated_bptt(
    model: Callable[..., tuple[Any, Any]],
    sequence: Any,
    k1: int,
    k2: int | None = None,
    *,
    loss: Callable[[Any, slice], Any],
    state: Any = None,
    batch_first: bool = False,
) -> Iterator[Truncation]:
    """Every `k1` steps, send the gradient back through the last `k2` steps [1]_ [2]_.

    The parameters' gradients are there when the generator yields: step the optimiser and
    clear the gradients in the body of the loop. The state goes on from one pass to the next
    as plain data, so that memory is that of max(k1, k2) steps however long the sequence is.

    - ``k1 = k2 = T`` is full backpropagation through time.
    - ``k1 = k2``: the sequence is cut into pieces.
    - ``k2 > k1``: pieces overlap. The steps before the new ones are run again from the state
      that was kept, with the parameters as they are now, so each step is run k2/k1 times;
      their losses have been counted and are not counted again.
    - ``k2 < k1``: the first k1 − k2 of the new steps are run without recording. The gradient
      does not reach them, nor does their loss count.

    Parameters
    ----------
    model : callable
        ``model(x, state) -> (output, state)`` over several steps, such as a recurrent layer.
        Before the first step it is called with `state`.
    sequence : array_like or Value
        Shape ``(T, N, …)``, or ``(N, T, …)`` with batch_first.
    k1 : int
        How many steps there are from one backward pass to the next; the last may be shorter.
    k2 : int, optional
        How many steps a backward pass goes back; by default `k1`.
    loss : callable
        ``loss(output, steps) -> Value``, a scalar, where the slice `steps` says which time
        steps the output belongs to: ``F.mse_loss(output, targets[steps])``. With a mean over
        time, all passes weigh the same; with a sum, all steps.
    state : array_like or tuple, optional
        The state before the first step, as the model takes it.
    batch_first : bool
        Whether the second axis is time, in the sequence and in the output.

    Yields
    ------
    Truncation

    Raises
    ------
    ArgumentError
        If k1 or k2 is not a positive integer, the sequence has no steps, or the loss is not
        a scalar that depends on a parameter.

    References
    ----------
    .. [1] R. J. Williams, J. Peng, "An efficient gradient-based algorithm for on-line training
       of recurrent network trajectories", Neural Computation 2, 1990: there BPTT(h; h') with
       h = k2 and h' = k1.
    .. [2] I. Sutskever, "Training recurrent neural networks", PhD thesis, Toronto 2013, 2.8.6.

    Examples
    --------
    >>> import numpy as np, nn
    >>> from nn.recurrent.leaky_rnn import LeakyRNN
    >>> net, targets = LeakyRNN(1, 4, rng=0), np.zeros((100, 1, 4))
    >>> def loss(output, steps):
    ...     return ((output - targets[steps]) ** 2).mean()
    >>> for part in truncated_bptt(net, np.ones((100, 1, 1)), k1=40, k2=60, loss=loss):
    ...     # optimizer.step(); optimizer.zero_grad()
    ...     print(part.steps)
    slice(0, 40, None)
    slice(40, 80, None)
    slice(80, 100, None)
    """
    k2 = k1 if k2 is None else k2
    for name, k in (("k1", k1), ("k2", k2)):
        if not isinstance(k, int) or k < 1:
            raise ArgumentError(
                f"truncated_bptt: {name} is {k!r}; need an integer, at least 1 step"
            )
    sequence = sequence if isinstance(sequence, Value) else np.asarray(sequence)
    axis = 1 if batch_first else 0
    if sequence.ndim <= axis or not sequence.shape[axis]:
        raise ArgumentError(
            f"truncated_bptt: the sequence is {sequence.shape}; need at least one step along "
            f"axis {axis} (batch_first is {batch_first})"
        )
    return _passes(model, sequence, k1, k2, loss, detached(state), axis)


def detached(state: Any) -> Any:
    """The state as plain data, through which no gradient goes.

    Examples
    --------
    >>> detached((Value(2.0) * 3.0, None))
    (6.0, None)
    """
    if isinstance(state, (tuple, list)):
        return tuple(detached(part) for part in state)
    return state.data if isinstance(state, Value) else state


def _passes(
    model: Any, sequence: Any, k1: int, k2: int, loss: Any, state: Any, axis: int
) -> Iterator[Truncation]:
    total = sequence.shape[axis]
    at = 0  # the step before which the network is in `state`
    for new in range(0, total, k1):
        stop = min(new + k1, total)
        start = max(0, stop - k2)
        if at < start:
            with no_grad():
                state = detached(model(_steps(sequence, at, start, axis), state)[1])
        # The next pass may begin within this one: there the state is kept.
        keep = min(stop, max(0, min(stop + k1, total) - k2))
        cuts = sorted({start, max(start, new), keep, stop})
        kept, outputs, running = state, [], state
        for begin, end in pairwise(cuts):
            out, running = model(_steps(sequence, begin, end, axis), running)
            if begin >= new:
                outputs.append(out)
            if end == keep:
                kept = detached(running)
        steps = slice(max(start, new), stop)
        value = loss(outputs[0] if len(outputs) == 1 else concatenate(outputs, axis), steps)
        if not isinstance(value, Value) or value.shape or not value.requires_grad:
            what = f"{type(value).__name__} of shape {np.shape(value)}"
            raise ArgumentError(
                f"truncated_bptt: the loss is a {what}; need a scalar Value that depends on a "
                "parameter"
            )
        value.backward()
        yield Truncation(slice(new, stop), value.item(), detached(running))
        at, state = keep, kept


def _steps(sequence: Any, start: int, stop: int, axis: int) -> Any:
    return sequence[:, start:stop] if axis else sequence[start:stop]
