"""Single steps of recurrent networks, as modules."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import shape_of

from .. import functional as F
from ..inputs import accept, check_sizes
from ..module import Module
from ..parameter import Parameter
from ..random import generator
from .unrolling import register

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]


class RNNCell(Module):
    """``h' = tanh(W x + b + U h + c)``.

    Parameters
    ----------
    input_size, hidden_size : int
        D and H.
    bias : bool
    nonlinearity : {"tanh", "relu"}
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`. Weights and biases start from U(−1/√H, 1/√H).

    Attributes
    ----------
    weight_ih, weight_hh : Parameter
        W and U, shapes ``(H, D)`` and ``(H, H)``.
    bias_ih, bias_hh : Parameter or None
        b and c, shape ``(H,)``.

    Examples
    --------
    >>> cell = RNNCell(3, 2, rng=0)
    >>> cell(np.ones((5, 3))).shape
    (5, 2)
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
        nonlinearity: str = "tanh",
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        if nonlinearity not in ("tanh", "relu"):
            raise ArgumentError(f"RNNCell: nonlinearity is {nonlinearity!r}; need 'tanh' or 'relu'")
        self.input_size, self.hidden_size = input_size, hidden_size
        self.nonlinearity = nonlinearity
        _register(self, 1, bias, dtype, rng)

    def forward(self, x: Any, hx: Any = None) -> Any:
        """The new h.

        Parameters
        ----------
        x : array_like or Value
            Shape ``(N, D)`` or ``(D,)``.
        hx : array_like or Value, optional
            The h before, ``(N, H)`` or ``(H,)``; 0 by default.

        Returns
        -------
        ndarray or Value
            Of the shape of `hx`.
        """
        (x, hx), alone = _batches(self, x, hx)
        h = F.rnn_cell(x, hx, *_weights(self), nonlinearity=self.nonlinearity)
        return h[0] if alone else h

    def extra_repr(self) -> str:
        """Sizes, and what is not the default."""
        return _described(self) + ("" if self.nonlinearity == "tanh" else ", nonlinearity=relu")


class LSTMCell(Module):
    """One step of long short-term memory; see `autograd_core.lstm` for the equations.

    Parameters
    ----------
    input_size, hidden_size, bias, dtype, rng
        As for `RNNCell`.

    Attributes
    ----------
    weight_ih, weight_hh : Parameter
        Shapes ``(4H, D)`` and ``(4H, H)``, gates in the order i, f, g, o.
    bias_ih, bias_hh : Parameter or None
        Shape ``(4H,)``.

    Examples
    --------
    >>> cell = LSTMCell(3, 2, rng=0)
    >>> h, c = cell(np.ones((5, 3)))
    >>> h, c = cell(np.ones((5, 3)), (h, c))
    >>> h.shape, c.shape
    ((5, 2), (5, 2))
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
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        _register(self, 4, bias, dtype, rng)

    def forward(self, x: Any, hx: Any = None) -> tuple[Any, Any]:
        """The new h and c.

        Parameters
        ----------
        x : array_like or Value
            Shape ``(N, D)`` or ``(D,)``.
        hx : tuple, optional
            The h and c before, each ``(N, H)`` or ``(H,)``; 0 by default.

        Returns
        -------
        tuple of ndarray or Value
            Of the shapes of `hx`.
        """
        if hx is not None and (not isinstance(hx, (tuple, list)) or len(hx) != 2):
            raise ArgumentError(f"LSTMCell: hx is a {type(hx).__name__}; need a pair (h, c)")
        (x, h, c), alone = _batches(self, x, *(hx or (None, None)))
        h, c = F.lstm_cell(x, (h, c), *_weights(self))
        return (h[0], c[0]) if alone else (h, c)

    def extra_repr(self) -> str:
        """Sizes, and whether there are no biases."""
        return _described(self)


class GRUCell(Module):
    """One step of gated recurrent units; see `autograd_core.gru` for the equations.

    Parameters
    ----------
    input_size, hidden_size, bias, dtype, rng
        As for `RNNCell`.
    reset_after : bool
        See `nn.GRU`.

    Attributes
    ----------
    weight_ih, weight_hh : Parameter
        Shapes ``(3H, D)`` and ``(3H, H)``, gates in the order r, z, n.
    bias_ih, bias_hh : Parameter or None
        Shape ``(3H,)``.

    Examples
    --------
    >>> cell = GRUCell(3, 2, rng=0)
    >>> cell(np.ones(3), np.zeros(2)).shape
    (2,)
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
        reset_after: bool = True,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.reset_after = reset_after
        _register(self, 3, bias, dtype, rng)

    def forward(self, x: Any, hx: Any = None) -> Any:
        """The new h; see `RNNCell.forward`."""
        (x, hx), alone = _batches(self, x, hx)
        h = F.gru_cell(x, hx, *_weights(self), reset_after=self.reset_after)
        return h[0] if alone else h

    def extra_repr(self) -> str:
        """Sizes, and what is not the default."""
        return _described(self) + ("" if self.reset_after else ", reset_after=False")


def _register(cell: Any, gates: int, bias: bool, dtype: Any, rng: Any) -> None:
    D, H = cell.input_size, cell.hidden_size
    check_sizes(cell, 1, input_size=D, hidden_size=H)
    biases = (gates * H,) if bias else None
    register(
        cell, 1 / math.sqrt(H), dtype, generator(rng),
        weight_ih=(gates * H, D), weight_hh=(gates * H, H), bias_ih=biases, bias_hh=biases,
    )  # fmt: skip


def _weights(cell: Any) -> tuple[Any, ...]:
    return cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh


def _batches(cell: Any, x: Any, *states: Any) -> tuple[list[Any], bool]:
    """The input and the states as ``(N, ·)``, zeros by default, and whether N had no axis."""
    x = accept(cell, x)
    shape = shape_of(x)
    if len(shape) not in (1, 2) or shape[-1] != cell.input_size:
        raise ShapeError(
            f"{type(cell).__name__}: the input is {shape}; need (N, {cell.input_size}) "
            f"or ({cell.input_size},)"
        )
    wanted = (*shape[:-1], cell.hidden_size)
    given = [np.zeros(wanted, cell.dtype) if s is None else accept(cell, s) for s in states]
    for state in given:
        if shape_of(state) != wanted:
            raise ShapeError(f"{type(cell).__name__}: a state is {shape_of(state)}; need {wanted}")
    alone = len(shape) == 1
    return [ag.expand_dims(a, 0) if alone else a for a in (x, *given)], alone


def _described(cell: Any) -> str:
    bias = "" if cell.bias_ih is not None else ", bias=False"
    return f"{cell.input_size}, {cell.hidden_size}{bias}"
