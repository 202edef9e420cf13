"""Peephole LSTM: gates that see the cell state."""

from __future__ import annotations

import math
from typing import Any

from autograd_core.value import shape_of

from .. import functional as F
from ..inputs import accept, check_sizes
from ..module import Module
from ..parameter import Parameter
from ..random import generator
from .stack import build, described, run, suffixes
from .unrolling import initial_state, register, unroll

__all__ = ["PeepholeLSTM", "PeepholeLSTMCell"]


class PeepholeLSTMCell(Module):
    """One step of a `PeepholeLSTM`; see `nn.functional.peephole_lstm_cell` for its equations.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        Shapes and order of the gates are those of PyTorch's LSTMCell: i, f, g, o.
    weight_ch : Parameter
        Shape ``(3H,)``, the peepholes of i, f and o.

    Examples
    --------
    >>> import numpy as np
    >>> h, c = PeepholeLSTMCell(3, 2, rng=0)(np.ones((5, 3)))
    >>> h.shape, c.shape
    ((5, 2), (5, 2))
    """

    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None
    weight_ch: Parameter

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, 1, input_size=input_size, hidden_size=hidden_size)
        self.input_size, self.hidden_size = input_size, hidden_size
        biases = (4 * hidden_size,) if bias else None
        register(
            self, 1 / math.sqrt(hidden_size), dtype, generator(rng),
            weight_ih=(4 * hidden_size, input_size), weight_hh=(4 * hidden_size, hidden_size),
            bias_ih=biases, bias_hh=biases, weight_ch=(3 * hidden_size,),
        )  # fmt: skip

    def forward(self, x: Any, hx: Any = None) -> tuple[Any, Any]:
        """The states (h, c) after the input ``(N, D)`` and the states before (0 by default)."""
        x = accept(self, x)
        shape = (*shape_of(x)[:-1], self.hidden_size)
        h, c = (None, None) if hx is None else hx
        h = initial_state(self, "h", h, shape, self.dtype)
        c = initial_state(self, "c", c, shape, self.dtype)
        weights = (self.weight_ih, self.weight_hh, self.weight_ch, self.bias_ih, self.bias_hh)
        out = F.peephole_lstm_cell(x, h, c, *(w for w in weights if w is not None))
        return out[0], out[1]

    def extra_repr(self) -> str:
        """Sizes."""
        return f"{self.input_size}, {self.hidden_size}"


class PeepholeLSTM(Module):
    """An LSTM whose input and forget gates see ``c_{t−1}``, and its output gate ``c_t``.

    The peepholes are diagonal: each unit sees its own cell. They let a unit count steps and
    fire at exact times, which a plain LSTM cannot learn well, since its gates see the cell
    only as far as the output gate is open. `nn.functional.peephole_lstm_cell` has the
    equations and the source.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional
        As for PyTorch's LSTM.
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l0_reverse, … : Parameter
        Shapes, names and order of the gates (i, f, g, o) of PyTorch's LSTM.
    weight_ch_l0, … : Parameter
        Shape ``(3H,)``, the peepholes of i, f and o.

    Examples
    --------
    >>> import numpy as np
    >>> net = PeepholeLSTM(3, 4, bidirectional=True, batch_first=True, rng=0)
    >>> output, (h_n, c_n) = net(np.ones((2, 7, 3)), lengths=[4, 7])
    >>> output.shape, h_n.shape, c_n.shape
    ((2, 7, 8), (2, 2, 4), (2, 2, 4))
    """

    hidden_size: int
    rng: Any

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        options = num_layers, bias, batch_first, dropout, bidirectional
        build(self, 4, (input_size, hidden_size), options, dtype, rng)
        for suffix in suffixes(self):
            shape = {f"weight_ch_{suffix}": (3 * hidden_size,)}
            register(self, 1 / math.sqrt(hidden_size), dtype, generator(self.rng), **shape)

    def forward(self, x: Any, hx: Any = None, lengths: Any = None) -> tuple[Any, Any]:
        """Run over a batch of sequences, or over one.

        Parameters
        ----------
        x : array_like or Value
            Shape ``(T, N, D)``; ``(N, T, D)`` if batch_first; ``(T, D)`` for one sequence.
        hx : tuple of array_like or Value, optional
            h and c before the first step, each ``(num_layers · directions, N, H)``; by
            default 0.
        lengths : array_like of int, optional
            The number of steps of each sequence, in any order, from 0 to T.

        Returns
        -------
        output : ndarray or Value
            The states h of the last layer at all times.
        (h_n, c_n) : tuple of ndarray or Value
            Each ``(num_layers · directions, N, H)``: the states after the last step.

        Raises
        ------
        ShapeError
            If the input or the state has another shape.
        ArgumentError
            If `lengths` does not fit.
        """

        def step(x: Any, states: list[Any], weights: list[Any], reverse: bool) -> Any:
            given = [w for w in weights if w is not None]

            def cell(x_t: Any, hc: tuple[Any, ...]) -> tuple[Any, ...]:
                out = F.peephole_lstm_cell(x_t, *hc, *given)
                return out[0], out[1]

            return unroll("PeepholeLSTM", cell, x, tuple(states), lengths, reverse)

        states = (None, None) if hx is None else hx
        kinds = ("weight_ih", "weight_hh", "weight_ch", "bias_ih", "bias_hh")
        output, (h_n, c_n) = run(self, x, states, (self.hidden_size,) * 2, step, kinds)
        return output, (h_n, c_n)

    def extra_repr(self) -> str:
        """Sizes, and what is not the default."""
        return described(self)
