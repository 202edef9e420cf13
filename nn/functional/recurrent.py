"""Recurrent networks over a sequence, one layer in one direction; and single steps of them."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.value import data_of, dtype_of, shape_of

__all__ = ["gru", "gru_cell", "lstm", "lstm_cell", "rnn", "rnn_cell"]

State = tuple[Any, Any]


def rnn(
    input: Any,
    hx: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    *,
    nonlinearity: str = "tanh",
    lengths: Any = None,
    reverse: bool = False,
) -> tuple[Any, Any]:
    """``h' = tanh(W x + b + U h + c)``, step by step.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(T, N, D)``.
    hx : array_like or Value, optional
        The state before the first step, ``(N, H)``; ``None`` for 0.
    weight_ih, weight_hh : ndarray or Value
        W and U, shapes ``(H, D)`` and ``(H, H)``.
    bias_ih, bias_hh : ndarray or Value, optional
        b and c, shape ``(H,)``.
    nonlinearity : {"tanh", "relu"}
    lengths : sequence of int, optional
        The number of steps of each sequence, from 0 to T. Its state stays as it is beyond
        its end, and its outputs there are 0.
    reverse : bool
        Whether to go from the end of each sequence to its beginning.

    Returns
    -------
    output : ndarray or Value
        h after each step, ``(T, N, H)``.
    h_n : ndarray or Value
        h after the last, ``(N, H)``.

    Raises
    ------
    ShapeError
        If the shapes are not these.
    ArgumentError
        If `lengths` or `nonlinearity` is none of these.

    Examples
    --------
    >>> output, h_n = rnn(np.ones((3, 1, 1)), None, np.eye(1), np.eye(1), nonlinearity="relu")
    >>> output.ravel(), h_n
    (array([1., 2., 3.]), array([[3.]]))
    """
    hx = _zeros(input, weight_hh, shape_of(weight_hh)[-1]) if hx is None else hx
    options = {"nonlinearity": nonlinearity, "lengths": _fixed(lengths), "reverse": reverse}
    states = ag.rnn(input, hx, weight_ih, weight_hh, *_given(bias_ih, bias_hh), **options)
    return states[:-1], states[-1]


def lstm(
    input: Any,
    hx: State | None,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    weight_hr: Any = None,
    *,
    lengths: Any = None,
    reverse: bool = False,
) -> tuple[Any, State]:
    """Long short-term memory; see `autograd_core.lstm` for the equations.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(T, N, D)``.
    hx : tuple, optional
        The states h and c before the first step, ``(N, P)`` and ``(N, H)``; ``None`` for 0.
        P is H without a projection.
    weight_ih, weight_hh : ndarray or Value
        Shapes ``(4H, D)`` and ``(4H, P)``, gates in the order i, f, g, o.
    bias_ih, bias_hh : ndarray or Value, optional
        Shape ``(4H,)``.
    weight_hr : ndarray or Value, optional
        The projection of h, ``(P, H)``.
    lengths, reverse
        As for `rnn`.

    Returns
    -------
    output : ndarray or Value
        h after each step, ``(T, N, P)``.
    state : tuple
        h and c after the last, ``(N, P)`` and ``(N, H)``.

    Raises
    ------
    ShapeError
        If the shapes are not these.
    ArgumentError
        If `lengths` is none.
    """
    rows, size = shape_of(weight_ih)[0], shape_of(weight_hh)[-1]
    if hx is None:
        hx = _zeros(input, weight_hh, size), _zeros(input, weight_hh, rows // 4)
    biases = _given(bias_ih, bias_hh)
    if weight_hr is not None and not biases:
        biases = (np.zeros(rows, dtype_of(weight_ih)),) * 2  # the projection is the eighth operand
    operands = (input, *hx, weight_ih, weight_hh, *biases, *_given(weight_hr))
    states = ag.lstm(*operands, lengths=_fixed(lengths), reverse=reverse)
    if weight_hr is None:
        return states[:-2], (states[-2], states[-1])
    return states[:-2, :, :size], (states[-2, :, :size], states[-1])


def gru(
    input: Any,
    hx: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    *,
    reset_after: bool = True,
    lengths: Any = None,
    reverse: bool = False,
) -> tuple[Any, Any]:
    """Gated recurrent units; see `autograd_core.gru` for the equations.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(T, N, D)``.
    hx : array_like or Value, optional
        The state before the first step, ``(N, H)``; ``None`` for 0.
    weight_ih, weight_hh : ndarray or Value
        Shapes ``(3H, D)`` and ``(3H, H)``, gates in the order r, z, n.
    bias_ih, bias_hh : ndarray or Value, optional
        Shape ``(3H,)``.
    reset_after : bool
        Whether the reset gate scales the product with the state, as PyTorch's, or the state
        itself, as Cho et al. have it.
    lengths, reverse
        As for `rnn`.

    Returns
    -------
    output : ndarray or Value
        h after each step, ``(T, N, H)``.
    h_n : ndarray or Value
        h after the last, ``(N, H)``.

    Raises
    ------
    ShapeError
        If the shapes are not these.
    ArgumentError
        If `lengths` is none.
    """
    hx = _zeros(input, weight_hh, shape_of(weight_hh)[-1]) if hx is None else hx
    options = {"reset_after": reset_after, "lengths": _fixed(lengths), "reverse": reverse}
    states = ag.gru(input, hx, weight_ih, weight_hh, *_given(bias_ih, bias_hh), **options)
    return states[:-1], states[-1]


def rnn_cell(input: Any, hx: Any, *weights: Any, nonlinearity: str = "tanh") -> Any:
    """One step of `rnn`, of ``(N, D)`` and ``(N, H)``: the new h."""
    return rnn(ag.expand_dims(input, 0), hx, *weights, nonlinearity=nonlinearity)[1]


def lstm_cell(input: Any, hx: State | None, *weights: Any) -> State:
    """One step of `lstm`, of ``(N, D)`` and two ``(N, H)``: the new h and c."""
    return lstm(ag.expand_dims(input, 0), hx, *weights)[1]


def gru_cell(input: Any, hx: Any, *weights: Any, reset_after: bool = True) -> Any:
    """One step of `gru`, of ``(N, D)`` and ``(N, H)``: the new h."""
    return gru(ag.expand_dims(input, 0), hx, *weights, reset_after=reset_after)[1]


def _zeros(input: Any, weight: Any, size: int) -> Any:
    """An initial state, in the dtype of the weights."""
    return np.zeros((*np.shape(data_of(input))[1:2], size), dtype_of(weight))


def _given(*operands: Any) -> tuple[Any, ...]:
    """The operands without those that are absent."""
    return tuple(x for x in operands if x is not None)


def _fixed(lengths: Any) -> Any:
    """Lengths as a static argument that nobody can change."""
    return None if lengths is None else tuple(np.asarray(lengths).tolist())
