"""Dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cases import Case, Domain
from ..declare import composite
from ..errors import ArgumentError
from ..kernels.blocks import floating
from ..op import Kernel

__all__ = ["dropout"]


def _dropout(x: Any, keep: Any, p: float = 0.5) -> Any:
    """``x · keep / (1 − p)`` [1]_.

    Each element being kept with probability 1 − p, the expectation is x.

    Parameters
    ----------
    x : array_like or Value
    keep : array_like of bool
        Broadcasts to the shape of `x`: one of ``(N, C, 1, 1)`` drops whole channels. It has no
        derivative.
    p : float
        The probability with which the elements of `keep` were false.

    Returns
    -------
    ndarray or Value
        Of the shape of `x`. With ``p=1`` it is 0.

    Raises
    ------
    ArgumentError
        If p is no probability.
    ShapeError
        If the mask does not broadcast to the shape of `x`.

    References
    ----------
    .. [1] N. Srivastava et al., "Dropout: a simple way to prevent neural networks from
       overfitting", JMLR 15, 2014.

    Examples
    --------
    >>> dropout(np.array([1.0, 2.0, 3.0]), np.array([True, False, True]), 0.5)
    array([2., 0., 6.])
    """
    return x * keep * _scale(p)


def _scale(p: float) -> float:
    return 1 / (1 - p) if p < 1 else 0.0  # of what is kept at p = 1, which is nothing


def _dropout_forward(x: Any, keep: Any, p: float) -> tuple[Any, None]:
    x, keep = floating(x), np.asarray(keep, bool)
    if not 0 <= p <= 1:
        raise ArgumentError(f"dropout: p is {p}; need a probability from 0 to 1")
    if np.broadcast_shapes(x.shape, keep.shape) != x.shape:
        raise ValueError  # see `_dropout_fault`
    return _masked(x, keep, p), None


def _masked(x: Any, keep: Any, p: float) -> Any:
    out = np.multiply(x, keep)
    out *= _scale(p)
    return out


def _dropout_vjp(
    g: Any, out: Any, residuals: None, x: Any, keep: Any, *, wanted: Any, p: float
) -> tuple[Any, None]:
    return _masked(g, keep, p) if wanted[0] else None, None


def _dropout_fault(x: Any, keep: Any, p: float) -> str:
    return f"x is {np.shape(x)}, keep is {np.shape(keep)}; need a mask that broadcasts to x"


dropout = composite(
    _dropout, kernel=Kernel(_dropout_forward, _dropout_vjp), name="dropout", arity=2,
    formula="x · keep / (1 − p)", onnx="Dropout", explain=_dropout_fault,
    domain=(
        Domain(),
        Domain(sample=lambda rng, shape: rng.random(shape) < 0.5, differentiable=False),
    ),
    cases=(
        Case((2, 3), (2, 3)), Case((4,), (4,), p=0.25), Case((2, 3, 4), (2, 3, 1), p=0.8),
        Case((3, 3), (3, 3), p=0.0),
    ))
