"""Dropout layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from autograd_core.errors import ArgumentError

from .. import functional as F
from ..inputs import accept
from ..module import Module
from ..random import generator

__all__ = ["Dropout", "Dropout1d", "Dropout2d"]


class _Dropout(Module):
    """In training, a random part of the input is 0."""

    _function: ClassVar[Callable[..., Any]]

    def __init__(self, p: float = 0.5, *, rng: Any = None) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ArgumentError(f"{type(self).__name__}: p is {p}; need a probability from 0 to 1")
        self.p = p
        # None stays None: the shared generator is looked up in each call, after any manual_seed.
        self.rng = None if rng is None else generator(rng)

    def forward(self, x: Any) -> Any:
        """Drop in training; after `eval`, the input as it is."""
        return self._function(accept(self, x), self.p, self.training, rng=self.rng)

    def extra_repr(self) -> str:
        """The probability."""
        return f"p={self.p}"


class Dropout(_Dropout):
    """Each element 0 with probability p, else divided by 1 − p, in training only [1]_.

    Parameters
    ----------
    p : float
        From 0, which changes nothing, to 1, which leaves nothing.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Raises
    ------
    ArgumentError
        If p is no probability.

    References
    ----------
    .. [1] N. Srivastava et al., "Dropout: a simple way to prevent neural networks from
       overfitting", JMLR 15, 2014.

    Examples
    --------
    >>> layer = Dropout(0.5, rng=0)
    >>> layer([1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    array([2., 2., 2., 0., 0., 0.])
    >>> layer.eval()([1.0, 1.0])
    array([1., 1.])
    """

    _function = staticmethod(F.dropout)


class Dropout1d(_Dropout):
    """`Dropout` of whole channels of ``(N, C, L)`` or ``(C, L)``.

    Neighbours in a feature map are alike, so that dropping single ones takes little away.

    Parameters
    ----------
    p, rng
        As for `Dropout`.
    """

    _function = staticmethod(F.dropout1d)


class Dropout2d(_Dropout):
    """`Dropout` of whole channels of ``(N, C, H, W)``; see `Dropout1d`."""

    _function = staticmethod(F.dropout2d)
