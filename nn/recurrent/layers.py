"""Recurrent layers: RNN, LSTM and GRU, of several layers and in both directions."""

from __future__ import annotations

from typing import Any

from autograd_core.errors import ArgumentError

from .. import functional as F
from ..module import Module
from .stack import build, described, run

__all__ = ["GRU", "LSTM", "RNN"]


class RNN(Module):
    """A plain recurrent network, ``h_t = tanh(W x_t + b + U h_{t−1} + c)``.

    Parameters
    ----------
    input_size, hidden_size : int
        D and H.
    num_layers : int
        Each further layer takes the outputs of the one before as its inputs.
    nonlinearity : {"tanh", "relu"}
    bias : bool
    batch_first : bool
        Whether inputs and outputs are ``(N, T, ·)`` instead of ``(T, N, ·)``; states are not.
    dropout : float
        The probability with which an output of a layer, but the last, is dropped in training.
    bidirectional : bool
        Whether each layer also runs from the end to the beginning; it then has 2H outputs.
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`. Weights and biases start from U(−1/√H, 1/√H).

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, weight_ih_l0_reverse, … : Parameter
        W and U, shapes ``(H, D)`` and ``(H, H)``; above the first layer H or 2H stands for D.
    bias_ih_l0, bias_hh_l0, … : Parameter or None
        b and c, shape ``(H,)``.

    Examples
    --------
    >>> import numpy as np
    >>> net = RNN(3, 4, num_layers=2, bidirectional=True, rng=0)
    >>> output, h_n = net(np.ones((7, 2, 3)), lengths=[7, 5])
    >>> output.shape, h_n.shape
    ((7, 2, 8), (4, 2, 4))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        if nonlinearity not in ("tanh", "relu"):
            raise ArgumentError(f"RNN: nonlinearity is {nonlinearity!r}; need 'tanh' or 'relu'")
        self.nonlinearity = nonlinearity
        options = num_layers, bias, batch_first, dropout, bidirectional
        build(self, 1, (input_size, hidden_size), options, dtype, rng)

    def forward(self, x: Any, hx: Any = None, lengths: Any = None) -> tuple[Any, Any]:
        """Run over a batch of sequences, or over one.

        Parameters
        ----------
        x : array_like or Value
            Shape ``(T, N, D)``; ``(N, T, D)`` if batch_first; ``(T, D)`` for one sequence.
        hx : array_like or Value, optional
            The h to begin with, ``(L, N, H)``, or ``(L, H)`` for one sequence, where L counts
            layers and directions; 0 by default.
        lengths : sequence of int, optional
            The number of steps of each sequence, in any order, from 0 to T.

        Returns
        -------
        output : ndarray or Value
            h of the last layer after each step, ``(T, N, H)``, both directions side by side;
            0 beyond the end of a sequence.
        h_n : ndarray or Value
            h of all layers and directions after the last step of each sequence, as `hx`.

        Raises
        ------
        ShapeError
            If the input or the state has another shape.
        ArgumentError
            If `lengths` does not fit.
        """
        options = {"nonlinearity": self.nonlinearity, "lengths": lengths}
        return _run(self, x, hx, F.rnn, options)

    def extra_repr(self) -> str:
        """Sizes, and what is not the default."""
        return described(self) + ("" if self.nonlinearity == "tanh" else ", nonlinearity=relu")


class LSTM(Module):
    """Long short-term memory; see `autograd_core.lstm` for the equations.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype, rng
        As for `RNN`.
    proj_size : int
        If positive, the size P to which h is projected; outputs and h then have P where
        others have H.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, weight_ih_l0_reverse, … : Parameter
        Shapes ``(4H, D)`` and ``(4H, P)``, gates in the order i, f, g, o.
    bias_ih_l0, bias_hh_l0, … : Parameter or None
        Shape ``(4H,)``.
    weight_hr_l0, … : Parameter
        The projection ``(P, H)``, if there is one.

    Examples
    --------
    >>> import numpy as np
    >>> net = LSTM(3, 4, rng=0)
    >>> output, (h_n, c_n) = net(np.ones((7, 2, 3)))
    >>> output.shape, h_n.shape, c_n.shape
    ((7, 2, 4), (1, 2, 4), (1, 2, 4))
    """

    hidden_size: int
    proj_size: int

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        if proj_size and not 0 < proj_size < hidden_size:
            raise ArgumentError(
                f"LSTM: proj_size is {proj_size}; need one from 0 to below hidden_size, which is "
                f"{hidden_size}"
            )
        options = num_layers, bias, batch_first, dropout, bidirectional
        build(self, 4, (input_size, hidden_size), options, dtype, rng, proj_size)

    def forward(self, x: Any, hx: Any = None, lengths: Any = None) -> tuple[Any, tuple[Any, Any]]:
        """Run over a batch of sequences, or over one.

        Parameters
        ----------
        x : array_like or Value
            Shape ``(T, N, D)``; ``(N, T, D)`` if batch_first; ``(T, D)`` for one sequence.
        hx : tuple, optional
            The h and c to begin with, ``(L, N, P)`` and ``(L, N, H)``, or without N for one
            sequence, where L counts layers and directions; 0 by default.
        lengths : sequence of int, optional
            The number of steps of each sequence, in any order, from 0 to T.

        Returns
        -------
        output : ndarray or Value
            h of the last layer after each step, ``(T, N, P)``, both directions side by side;
            0 beyond the end of a sequence.
        state : tuple
            h and c of all layers and directions after the last step of each sequence.

        Raises
        ------
        ShapeError
            If the input or a state has another shape.
        ArgumentError
            If `lengths` does not fit, or `hx` is no pair.
        """
        if hx is not None and (not isinstance(hx, (tuple, list)) or len(hx) != 2):
            raise ArgumentError(f"LSTM: hx is a {type(hx).__name__}; need a pair (h, c)")
        sizes = (self.proj_size or self.hidden_size, self.hidden_size)

        def step(x: Any, states: list[Any], weights: list[Any], reverse: bool) -> Any:
            h, c = states
            return F.lstm(x, (h, c), *weights, lengths=lengths, reverse=reverse)

        output, (h_n, c_n) = run(self, x, hx or (None, None), sizes, step)
        return output, (h_n, c_n)

    def extra_repr(self) -> str:
        """Sizes, and what is not the default."""
        return described(self)


class GRU(Module):
    """Gated recurrent units; see `autograd_core.gru` for the equations.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype, rng
        As for `RNN`.
    reset_after : bool
        Whether the reset gate scales the product with the state, ``r ⊙ (U h + c)``, as
        PyTorch's does, or the state before it, ``U (r ⊙ h) + c``, as in Cho et al., 2014.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, weight_ih_l0_reverse, … : Parameter
        Shapes ``(3H, D)`` and ``(3H, H)``, gates in the order r, z, n.
    bias_ih_l0, bias_hh_l0, … : Parameter or None
        Shape ``(3H,)``.

    Examples
    --------
    >>> import numpy as np
    >>> net = GRU(3, 4, batch_first=True, reset_after=False, rng=0)
    >>> output, h_n = net(np.ones((2, 7, 3)))
    >>> output.shape, h_n.shape
    ((2, 7, 4), (1, 2, 4))
    """

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
        reset_after: bool = True,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        self.reset_after = reset_after
        options = num_layers, bias, batch_first, dropout, bidirectional
        build(self, 3, (input_size, hidden_size), options, dtype, rng)

    def forward(self, x: Any, hx: Any = None, lengths: Any = None) -> tuple[Any, Any]:
        """Run over a batch of sequences, or over one; see `RNN.forward`."""
        return _run(self, x, hx, F.gru, {"reset_after": self.reset_after, "lengths": lengths})

    def extra_repr(self) -> str:
        """Sizes, and what is not the default."""
        return described(self) + ("" if self.reset_after else ", reset_after=False")


def _run(module: Any, x: Any, hx: Any, function: Any, options: Any) -> tuple[Any, Any]:
    """Run a layer whose only state is h."""

    def step(x: Any, states: list[Any], weights: list[Any], reverse: bool) -> Any:
        output, h = function(x, states[0], *weights[:4], reverse=reverse, **options)
        return output, (h,)

    output, (h_n,) = run(module, x, (hx,), (module.hidden_size,), step)
    return output, h_n
