"""Recurrent networks with gates over a whole sequence; see `recurrent` for the layout."""

from __future__ import annotations

from typing import Any

from ..cases import Case
from ..declare import composite
from ..kernels import gru as gru_kernel
from ..kernels import lstm as lstm_kernel
from ..op import Kernel
from ..value import shape_of
from .exponential import sigmoid
from .joining import pad, split, stack
from .recurrent import MODERATE, in_time, kept, mapped, name_values, sequence_cases, steps
from .trigonometric import tanh

__all__ = ["gru", "lstm"]


def _lstm(
    x: Any,
    h0: Any,
    c0: Any,
    w_ih: Any,
    w_hh: Any,
    b_ih: Any = None,
    b_hh: Any = None,
    w_hr: Any = None,
    *,
    lengths: Any = None,
    reverse: bool = False,
) -> Any:
    """Long short-term memory [1]_ with forget gates [2]_.

    ::

        i = σ(W_i x + b_i + U_i h + d_i)     input gate
        f = σ(W_f x + b_f + U_f h + d_f)     forget gate
        g = tanh(W_g x + b_g + U_g h + d_g)  what may be stored
        o = σ(W_o x + b_o + U_o h + d_o)     output gate
        c' = f ⊙ c + i ⊙ g
        h' = o ⊙ tanh(c')                    with a projection [3]_: R (o ⊙ tanh(c'))

    Parameters
    ----------
    x : array_like or Value
        Shape (T, N, D): T > 0 steps of N sequences.
    h0, c0 : array_like or Value
        The states before the first step, shapes (N, P) and (N, H); P = H without `w_hr`.
    w_ih, w_hh : array_like or Value
        W and U, the rows of i, f, g, o one after the other; shapes (4H, D) and (4H, P).
    b_ih, b_hh : array_like or Value, optional
        b and d, shape (4H,); both or neither.
    w_hr : array_like or Value, optional
        R, shape (P, H).
    lengths, reverse
        As for `rnn`.

    Returns
    -------
    ndarray or Value
        Shape (T + 2, N, H): h after each step, the final h, and the final c. Where P < H the
        rest of each h is 0.

    Raises
    ------
    ShapeError
        If the operands do not fit together.
    ArgumentError
        If `lengths` is none.

    References
    ----------
    .. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1997.
    .. [2] F. Gers, J. Schmidhuber and F. Cummins, "Learning to forget: continual prediction with
       LSTM", Neural Computation 12, 2000.
    .. [3] H. Sak, A. Senior and F. Beaufays, "Long short-term memory based recurrent neural
       network architectures for large vocabulary speech recognition", arXiv:1402.1128, 2014.

    Examples
    --------
    >>> import numpy as np
    >>> out = lstm(np.ones((2, 1, 1)), np.zeros((1, 1)), np.zeros((1, 1)),
    ...            np.full((4, 1), 100.0), np.zeros((4, 1)))  # all gates open
    >>> out.ravel().round(4)  # tanh 1, tanh 2; the final h, and c
    array([0.7616, 0.964 , 0.964 , 2.    ])
    """
    h, c, outputs = h0, c0, {}
    for t, at_work, step in steps(x, lengths, reverse):
        with step:
            x_t = kept(at_work, x[t], 0.0)
            i, f, g, o = split(mapped(x_t, w_ih, b_ih) + mapped(h, w_hh, b_hh), 4, axis=-1)
            i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
            new_c = f * c + i * g
            new_h = o * tanh(new_c)
            if w_hr is not None:
                new_h = mapped(new_h, w_hr)
            name_values(i=i, f=f, g=g, o=o, c=new_c, h=new_h)
            outputs[t], h = kept(at_work, new_h, 0.0), kept(at_work, new_h, h)
            c = kept(at_work, new_c, c)
    missing = shape_of(c)[1] - shape_of(h)[1]
    states = [*in_time(outputs), h]
    if missing:
        states = [pad(state, ((0, 0), (0, missing))) for state in states]
    return stack([*states, c])


def _gru(
    x: Any,
    h0: Any,
    w_ih: Any,
    w_hh: Any,
    b_ih: Any = None,
    b_hh: Any = None,
    *,
    reset_after: bool = True,
    lengths: Any = None,
    reverse: bool = False,
) -> Any:
    """Gated recurrent units [1]_.

    ::

        r = σ(W_r x + b_r + U_r h + c_r)        reset gate
        z = σ(W_z x + b_z + U_z h + c_z)        update gate
        n = tanh(W_n x + b_n + r ⊙ (U_n h + c_n))   if reset_after
        n = tanh(W_n x + b_n + U_n (r ⊙ h) + c_n)   otherwise
        h' = (1 − z) ⊙ n + z ⊙ h

    Parameters
    ----------
    x : array_like or Value
        Shape (T, N, D): T > 0 steps of N sequences.
    h0 : array_like or Value
        The state before the first step, shape (N, H).
    w_ih, w_hh : array_like or Value
        W and U, the rows of r, z, n one after the other; shapes (3H, D) and (3H, H).
    b_ih, b_hh : array_like or Value, optional
        b and c, shape (3H,); both or neither.
    reset_after : bool
        Whether the reset gate scales the product with the state, as in PyTorch and cuDNN, or
        the state before it, as in the paper.
    lengths, reverse
        As for `rnn`.

    Returns
    -------
    ndarray or Value
        Shape (T + 1, N, H): h after each step, and the final h.

    Raises
    ------
    ShapeError
        If the operands do not fit together.
    ArgumentError
        If `lengths` is none.

    References
    ----------
    .. [1] K. Cho et al., "Learning phrase representations using RNN encoder-decoder for
       statistical machine translation", arXiv:1406.1078, 2014.

    Examples
    --------
    >>> import numpy as np
    >>> weights = np.zeros((3, 1)), np.zeros((3, 1))  # the gates are half open
    >>> gru(np.ones((2, 1, 1)), np.full((1, 1), 8.0), *weights).ravel()
    array([4., 2., 2.])
    """
    h, outputs = h0, {}
    (w_r, w_z, w_n), (u_r, u_z, u_n) = split(w_ih, 3), split(w_hh, 3)
    b_r, b_z, b_n = (None,) * 3 if b_ih is None else split(b_ih, 3)
    c_r, c_z, c_n = (None,) * 3 if b_hh is None else split(b_hh, 3)
    name_values(w_r=w_r, w_z=w_z, w_n=w_n, u_r=u_r, u_z=u_z, u_n=u_n)
    name_values(b_r=b_r, b_z=b_z, b_n=b_n, c_r=c_r, c_z=c_z, c_n=c_n)
    for t, at_work, step in steps(x, lengths, reverse):
        with step:
            x_t = kept(at_work, x[t], 0.0)
            r = sigmoid(mapped(x_t, w_r, b_r) + mapped(h, u_r, c_r))
            z = sigmoid(mapped(x_t, w_z, b_z) + mapped(h, u_z, c_z))
            recalled = r * mapped(h, u_n, c_n) if reset_after else mapped(r * h, u_n, c_n)
            n = tanh(mapped(x_t, w_n, b_n) + recalled)
            new_h = (1 - z) * n + z * h
            name_values(r=r, z=z, n=n, h=new_h)
            outputs[t], h = kept(at_work, new_h, 0.0), kept(at_work, new_h, h)
    return stack([*in_time(outputs), h])


lstm = composite(
    _lstm, kernel=Kernel(lstm_kernel.forward, lstm_kernel.vjp), name="lstm", arity=None,
    domain=MODERATE, formula="c' = f ⊙ c + i ⊙ g, h' = o ⊙ tanh c'", onnx="LSTM",
    cases=(
        *sequence_cases(4, 2),
        Case((2, 2, 3), (2, 1), (2, 2), (8, 3), (8, 1), (8,), (8,), (1, 2), lengths=(2, 1)),
    ))

gru = composite(
    _gru, kernel=Kernel(gru_kernel.forward, gru_kernel.vjp), name="gru", arity=None,
    domain=MODERATE, formula="h' = (1 − z) ⊙ n + z ⊙ h", onnx="GRU",
    cases=(
        *sequence_cases(3, 1)[:4],
        Case((2, 2, 3), (2, 2), (6, 3), (6, 2), (6,), (6,), reset_after=False),
        Case((3, 2, 3), (2, 2), (6, 3), (6, 2), lengths=(3, 1), reverse=True, reset_after=False),
    ))
