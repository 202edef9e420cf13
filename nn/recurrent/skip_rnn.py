"""Skip connections through time: gradients that take long steps into the past."""

from __future__ import annotations

import math
from typing import Any

import autograd_core as ag
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import shape_of

from .. import functional as F
from ..inputs import accept
from ..module import Module
from ..random import generator
from .stack import build, described, run, suffixes
from .unrolling import register, unroll

__all__ = ["SkipRNN"]


class SkipRNN(Module):
    """``h_t = tanh(W x_t + b + U h_{t−1} + c + V h_{t−d})``, with h = 0 before the start.

    Through V a gradient goes back T steps in T/d multiplications, so that it vanishes with
    the power T/d rather than T [1]_.

    Parameters
    ----------
    input_size, hidden_size : int
    delay : int
        d, in steps, at least 1.
    num_layers, bias, batch_first, dropout, bidirectional
        As for PyTorch's RNN.
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, … : Parameter
        W, U, b and c with the shapes and names of PyTorch's RNN.
    weight_dh_l0, … : Parameter
        V, shape ``(H, H)``.

    References
    ----------
    .. [1] T. Lin, B. G. Horne, P. Tiňo, C. L. Giles, "Learning long-term dependencies in NARX
       recurrent neural networks", IEEE Transactions on Neural Networks 7, 1996.

    Examples
    --------
    >>> import numpy as np
    >>> output, h_n = SkipRNN(3, 4, delay=5, rng=0)(np.ones((7, 2, 3)))
    >>> output.shape, h_n.shape
    ((7, 2, 4), (1, 5, 2, 4))
    """

    hidden_size: int
    rng: Any

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        delay: int,
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
        if not isinstance(delay, int) or delay < 1:
            raise ArgumentError(f"SkipRNN: delay is {delay!r}; need an integer, at least 1 step")
        self.delay = delay
        options = num_layers, bias, batch_first, dropout, bidirectional
        build(self, 1, (input_size, hidden_size), options, dtype, rng)
        for suffix in suffixes(self):
            shape = {f"weight_dh_{suffix}": (hidden_size, hidden_size)}
            register(self, 1 / math.sqrt(hidden_size), dtype, generator(self.rng), **shape)

    def forward(self, x: Any, hx: Any = None, lengths: Any = None) -> tuple[Any, Any]:
        """Run over a batch of sequences, or over one.

        Parameters
        ----------
        x : array_like or Value
            Shape ``(T, N, D)``; ``(N, T, D)`` if batch_first; ``(T, D)`` for one sequence.
        hx : array_like or Value, optional
            Shape ``(num_layers · directions, delay, N, H)``: the last states before the first
            step, the newest first; by default 0.
        lengths : array_like of int, optional
            The number of steps of each sequence, in any order, from 0 to T.

        Returns
        -------
        output : ndarray or Value
            The states of the last layer at all times.
        h_n : ndarray or Value
            Of the shape of `hx`: the last states. A sequence can be continued with them.

        Raises
        ------
        ShapeError
            If the input or the state has another shape.
        ArgumentError
            If `lengths` does not fit.
        """

        def step(x: Any, states: list[Any], weights: list[Any], reverse: bool) -> Any:
            given = [w for w in weights if w is not None]

            def cell(x_t: Any, past: tuple[Any, ...]) -> tuple[Any, ...]:
                return (F.skip_rnn_cell(x_t, past[0], past[-1], *given), *past[:-1])

            return unroll("SkipRNN", cell, x, tuple(states), lengths, reverse)

        states = [None] * self.delay if hx is None else _newest_first(self, hx)
        kinds = ("weight_ih", "weight_hh", "weight_dh", "bias_ih", "bias_hh")
        sizes = (self.hidden_size,) * self.delay
        output, finals = run(self, x, states, sizes, step, kinds)
        return output, ag.stack(finals, axis=1)

    def extra_repr(self) -> str:
        """Sizes, the delay, and what is not the default."""
        return f"{described(self)}, delay={self.delay}"


def _newest_first(module: SkipRNN, state: Any) -> list[Any]:
    shape = shape_of(state)
    if len(shape) < 2 or shape[1] != module.delay:
        raise ShapeError(
            f"SkipRNN: the initial state is {shape}; need (layers · directions, "
            f"{module.delay}, N, {module.hidden_size})"
        )
    state = accept(module, state)
    return [state[:, k] for k in range(module.delay)]
