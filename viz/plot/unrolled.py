"""A recurrent network, run step by step so that the gradient by each of its states is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from viz.errors import ArgumentError

__all__ = ["state_norms"]


def state_norms(model: Any, x: Any, loss: Any) -> Any:
    """Return ‖∂loss/∂h_t‖ for t = 1 … T; see `viz.plot.gradient_through_time`.

    Returns
    -------
    ndarray
        Shape ``(T,)``.
    """
    if isinstance(model, tuple):
        end, states = model
    elif hasattr(model, "named_parameters"):
        if x is None:
            raise ArgumentError("gradient_through_time: x is missing, which the network is run on")
        end, states = _unroll(model, x, loss)
    elif callable(model):
        end, states = model(x)
    else:
        raise ArgumentError(
            f"gradient_through_time: got a {type(model).__name__}; need a recurrent module, a "
            "callable, or a pair (loss, states)"
        )
    return _gradient_norms(end, list(states))


def _gradient_norms(end: Any, states: list[Any]) -> Any:
    from autograd_core import Value
    from autograd_core.graph import Graph

    if not isinstance(end, Value) or end.shape or not end.requires_grad:
        raise ArgumentError(
            f"gradient_through_time: the loss is a {type(end).__name__} of shape "
            f"{np.shape(end)}; need a scalar Value that depends on the states"
        )
    graph = Graph.of(end)
    found = graph.cotangents()
    norms = []
    for state in states:
        parts = [found.get(graph.node(s)) for s in _flat(state) if s in graph]
        # What the loss does not depend on has the derivative 0.
        vectors = [np.ravel(np.asarray(g, np.float64)) for g in parts if g is not None]
        norms.append(np.linalg.norm(np.concatenate(vectors)) if vectors else 0.0)
    return np.array(norms)


def _unroll(module: Any, x: Any, loss: Any) -> tuple[Any, list[Any]]:
    """Run a layer or a cell; return the loss and what was handed on after each step."""
    if getattr(module, "bidirectional", False):
        raise ArgumentError(
            "gradient_through_time: the layer runs in both directions, so that no single state "
            "is handed on; need bidirectional=False"
        )
    is_layer = hasattr(module, "num_layers")
    x = np.asarray(getattr(x, "data", x))
    axis = 1 if getattr(module, "batch_first", False) and x.ndim == 3 else 0
    if not x.ndim or not x.shape[axis]:
        raise ArgumentError(
            f"gradient_through_time: x has shape {x.shape}; need at least one step on axis {axis}"
        )
    state: Any = None
    handed: list[Any] = []
    for t in range(x.shape[axis]):
        if is_layer:
            state = module(x.take([t], axis), state)[1]
        else:
            state = module(x.take(t, axis), state)
        # A node of its own for each part: the derivative by it is that by what is handed on, also
        # where one part of the state is computed from another (h of an LSTM from its c).
        state = tuple(s * 1.0 for s in state) if isinstance(state, tuple) else state * 1.0
        handed.append(state)
    h = state[0] if isinstance(state, tuple) else state
    if is_layer:  # its output is the h of the last layer, the newest where it keeps several
        h = h[-1]
        h = h[0] if h.ndim > x.ndim - 1 else h
    return (h.sum() if loss is None else loss(h)), handed


def _flat(state: Any) -> list[Any]:
    if isinstance(state, (tuple, list)):
        return [part for s in state for part in _flat(s)]
    return [state]
