"""One time step of the less usual recurrent networks, each a node that opens to its equations."""

from __future__ import annotations

from typing import Any

import autograd_core as ag
from autograd_core.value import shape_of

__all__ = ["leaky_rnn_cell", "peephole_lstm_cell", "skip_rnn_cell"]


def _sums(x: Any, h: Any, weight_ih: Any, weight_hh: Any, biases: tuple[Any, ...]) -> Any:
    z = x @ ag.transpose(weight_ih) + h @ ag.transpose(weight_hh)
    for bias in biases:
        z = z + bias
    return z


def _leaky_rnn_cell(
    x: Any, h: Any, alpha: Any, weight_ih: Any, weight_hh: Any, *biases: Any
) -> Any:
    """``h ← α h + (1 − α) v`` with ``v = tanh(W x + U h + b)``.

    A unit with α near 1 changes slowly and so remembers for about 1/(1 − α) steps.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(N, D)``.
    h : array_like or Value
        Shape ``(N, H)``.
    alpha : array_like or Value
        Between 0 and 1; shape ``()`` or ``(H,)``.
    weight_ih, weight_hh : array_like or Value
        W of shape ``(H, D)``, U of shape ``(H, H)``.
    *biases : array_like or Value
        Shape ``(H,)``; their sum is b.

    Returns
    -------
    ndarray or Value
        The new h, shape ``(N, H)``.
    """
    v = ag.tanh(_sums(x, h, weight_ih, weight_hh, biases))
    return alpha * h + (1.0 - alpha) * v


leaky_rnn_cell = ag.composite(
    _leaky_rnn_cell,
    name="leaky_rnn_cell",
    arity=None,
    formula="α h + (1 − α) tanh(W x + U h + b)",
)


def _skip_rnn_cell(
    x: Any, h: Any, delayed: Any, weight_ih: Any, weight_hh: Any, weight_dh: Any, *biases: Any
) -> Any:
    """``h_t = tanh(W x_t + U h_{t−1} + V h_{t−d} + b)``.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(N, D)``.
    h, delayed : array_like or Value
        ``h_{t−1}`` and ``h_{t−d}``, shape ``(N, H)``.
    weight_ih, weight_hh, weight_dh : array_like or Value
        W of shape ``(H, D)``, U and V of shape ``(H, H)``.
    *biases : array_like or Value
        Shape ``(H,)``; their sum is b.

    Returns
    -------
    ndarray or Value
        ``h_t``, shape ``(N, H)``.
    """
    return ag.tanh(_sums(x, h, weight_ih, weight_hh, biases) + delayed @ ag.transpose(weight_dh))


skip_rnn_cell = ag.composite(
    _skip_rnn_cell,
    name="skip_rnn_cell",
    arity=None,
    formula="tanh(W x_t + U h_{t−1} + V h_{t−d} + b)",
)


def _peephole_lstm_cell(
    x: Any, h: Any, c: Any, weight_ih: Any, weight_hh: Any, weight_ch: Any, *biases: Any
) -> Any:
    """Step of an LSTM whose gates see the cell state [1]_.

    The output gate sees the new one::

        i  = σ(W_i x + U_i h + p_i ⊙ c + b_i)
        f  = σ(W_f x + U_f h + p_f ⊙ c + b_f)
        g  = tanh(W_g x + U_g h + b_g)
        c' = f ⊙ c + i ⊙ g
        o  = σ(W_o x + U_o h + p_o ⊙ c' + b_o)
        h' = o ⊙ tanh(c')

    Parameters
    ----------
    x : array_like or Value
        Shape ``(N, D)``.
    h, c : array_like or Value
        Shape ``(N, H)``.
    weight_ih, weight_hh : array_like or Value
        Shapes ``(4H, D)`` and ``(4H, H)``, the rows in the order i, f, g, o.
    weight_ch : array_like or Value
        Shape ``(3H,)``, the peepholes in the order i, f, o.
    *biases : array_like or Value
        Shape ``(4H,)``; their sum is b.

    Returns
    -------
    ndarray or Value
        Shape ``(2, N, H)``: the new h and the new c.

    References
    ----------
    .. [1] F. A. Gers, N. N. Schraudolph, J. Schmidhuber, "Learning precise timing with LSTM
       recurrent networks", JMLR 3, 2002.
    """
    size = shape_of(c)[-1]
    z = _sums(x, h, weight_ih, weight_hh, biases)
    z_i, z_f, z_g, z_o = (z[..., k * size : (k + 1) * size] for k in range(4))
    p_i, p_f, p_o = (weight_ch[k * size : (k + 1) * size] for k in range(3))
    i = ag.sigmoid(z_i + p_i * c)
    f = ag.sigmoid(z_f + p_f * c)
    new_c = f * c + i * ag.tanh(z_g)
    o = ag.sigmoid(z_o + p_o * new_c)
    return ag.stack([o * ag.tanh(new_c), new_c])


peephole_lstm_cell = ag.composite(
    _peephole_lstm_cell,
    name="peephole_lstm_cell",
    arity=None,
    formula="c' = f ⊙ c + i ⊙ g;  h' = o ⊙ tanh c'",
)
