"""Leaky units: a recurrent network that remembers over a time that is chosen or learned."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError
from autograd_core.value import shape_of

from .. import functional as F
from ..inputs import accept, check_sizes
from ..module import Module
from ..parameter import Parameter
from ..random import generator
from .stack import build, described, run, suffixes
from .unrolling import initial_state, register, unroll

__all__ = ["LeakyRNN", "LeakyRNNCell"]


class LeakyRNNCell(Module):
    """One step of a `LeakyRNN`: ``h ← α h + (1 − α) tanh(W x + b + U h + c)``.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    alpha : float or array_like
        Between 0 and 1; one number, or one per unit.
    learn_alpha : bool
        Whether α is learned, as the sigmoid of a parameter per unit that starts at `alpha`.
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        Shapes ``(H, D)``, ``(H, H)``, ``(H,)`` and ``(H,)``.
    alpha : ndarray
        A buffer, if α is fixed.
    alpha_logit : Parameter
        Shape ``(H,)``, if α is learned.

    Examples
    --------
    >>> cell = LeakyRNNCell(3, 2, alpha=0.99, rng=0)
    >>> cell(np.ones((5, 3)), np.ones((5, 2))).data.round(1)[0]
    array([1., 1.], dtype=float32)
    """

    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        alpha: Any = 0.9,
        learn_alpha: bool = False,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, 1, input_size=input_size, hidden_size=hidden_size)
        self.input_size, self.hidden_size = input_size, hidden_size
        biases = (hidden_size,) if bias else None
        register(
            self, 1 / math.sqrt(hidden_size), dtype, generator(rng),
            weight_ih=(hidden_size, input_size), weight_hh=(hidden_size, hidden_size),
            bias_ih=biases, bias_hh=biases,
        )  # fmt: skip
        _register_alpha(self, [""] if learn_alpha else [], alpha, dtype)

    def forward(self, x: Any, hx: Any = None) -> Any:
        """The state ``(N, H)`` after the input ``(N, D)`` and the state before (0 by default)."""
        x = accept(self, x)
        shape = (*shape_of(x)[:-1], self.hidden_size)
        hx = initial_state(self, "hx", hx, shape, self.dtype)
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        alpha = _alpha(self, self.__dict__.get("alpha_logit"))
        return F.leaky_rnn_cell(x, hx, alpha, *(w for w in weights if w is not None))

    def extra_repr(self) -> str:
        """Sizes."""
        return f"{self.input_size}, {self.hidden_size}"


class LeakyRNN(Module):
    """A recurrent network of leaky units, ``h_t = α h_{t−1} + (1 − α) v_t``.

    ``v_t = tanh(W x_t + b + U h_{t−1} + c)`` is what a plain RNN would make its state. A unit
    with α near 1 forgets slowly, over about 1/(1 − α) steps; units of different α see time
    at different scales [1]_. With α = 0 this is PyTorch's RNN.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional
        As for PyTorch's RNN.
    alpha : float or array_like
        From 0 up to, not including, 1; one number, or one per hidden unit.
    learn_alpha : bool
        Whether α is learned, as the sigmoid of a parameter per unit that starts at `alpha`.
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l0_reverse, … : Parameter
        Shapes and names of PyTorch's RNN.
    alpha : ndarray
        A buffer, if α is fixed.
    alpha_logit_l0, … : Parameter
        Shape ``(H,)``, if α is learned.

    References
    ----------
    .. [1] H. Jaeger et al., "Optimization and applications of echo state networks with
       leaky-integrator neurons", Neural Networks 20, 2007; Y. Bengio et al., "Advances in
       optimizing recurrent networks", ICASSP 2013.

    Examples
    --------
    >>> net = LeakyRNN(3, 4, alpha=[0.0, 0.5, 0.9, 0.99], rng=0)
    >>> output, h_n = net(np.ones((7, 2, 3)), lengths=[7, 5])
    >>> output.shape, h_n.shape, output.data[-1, 1]
    ((7, 2, 4), (1, 2, 4), array([0., 0., 0., 0.], dtype=float32))
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
        alpha: Any = 0.9,
        learn_alpha: bool = False,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        options = num_layers, bias, batch_first, dropout, bidirectional
        build(self, 1, (input_size, hidden_size), options, dtype, rng)
        learned = [f"_{suffix}" for suffix in suffixes(self)] if learn_alpha else []
        _register_alpha(self, learned, alpha, dtype)

    def forward(self, x: Any, hx: Any = None, lengths: Any = None) -> tuple[Any, Any]:
        """Run over a batch of sequences, or over one.

        Parameters
        ----------
        x : array_like or Value
            Shape ``(T, N, D)``; ``(N, T, D)`` if batch_first; ``(T, D)`` for one sequence.
        hx : array_like or Value, optional
            Shape ``(num_layers · directions, N, H)``; by default 0.
        lengths : array_like of int, optional
            The number of steps of each sequence, in any order, from 0 to T.

        Returns
        -------
        output : ndarray or Value
            The states of the last layer at all times.
        h_n : ndarray or Value
            Shape ``(num_layers · directions, N, H)``: the states after the last step.

        Raises
        ------
        ShapeError
            If the input or the state has another shape.
        ArgumentError
            If `lengths` does not fit.
        """

        def step(x: Any, states: list[Any], weights: list[Any], reverse: bool) -> Any:
            alpha = _alpha(self, weights[0])
            given = [w for w in weights[1:] if w is not None]

            def cell(x_t: Any, h: tuple[Any, ...]) -> tuple[Any, ...]:
                return (F.leaky_rnn_cell(x_t, *h, alpha, *given),)

            return unroll("LeakyRNN", cell, x, tuple(states), lengths, reverse)

        kinds = ("alpha_logit", "weight_ih", "weight_hh", "bias_ih", "bias_hh")
        output, (h_n,) = run(self, x, (hx,), (self.hidden_size,), step, kinds)
        return output, h_n

    def extra_repr(self) -> str:
        """Sizes, and what is not the default."""
        return described(self)


def _register_alpha(module: Any, learned: list[str], alpha: Any, dtype: Any) -> None:
    """Register α as one buffer, or as the parameters ``alpha_logit`` + suffix that are learned."""
    alpha = np.array(alpha, np.float32 if dtype is None else dtype)
    name, size = type(module).__name__, module.hidden_size
    if alpha.shape not in ((), (size,)) or not ((alpha >= 0) & (alpha < 1)).all():
        raise ArgumentError(
            f"{name}: alpha is {alpha.tolist()}; need one number, or {size}, each at least 0 and "
            "less than 1"
        )
    if learned and not alpha.all():
        raise ArgumentError(
            f"{name}: alpha is {alpha.tolist()}; need values above 0 to learn from, since no "
            "sigmoid is 0"
        )
    for suffix in learned:
        logit = np.broadcast_to(np.log(alpha / (1 - alpha)), (size,))
        module.register_parameter(f"alpha_logit{suffix}", Parameter(logit))
    module.register_buffer("alpha", None if learned else alpha)


def _alpha(module: Any, logit: Any) -> Any:
    return module.alpha if logit is None else ag.sigmoid(logit)
