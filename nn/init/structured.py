"""Matrices whose elements are not independent: orthogonal ones and sparse ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError, ShapeError

from ..random import generator
from .filling import array_of, filled, matrix_shape

__all__ = ["martens_sparse_", "orthogonal_", "sparse_"]


def orthogonal_(tensor: Any, gain: float = 1.0, *, rng: Any = None) -> Any:
    """Fill with gain times a random matrix whose rows (or columns) are orthonormal [1]_.

    Parameters
    ----------
    tensor : Parameter, Value or ndarray
        Two axes or more; those after the first are taken as one. If there are more rows than
        columns the columns are orthonormal, else the rows.
    gain : float
        All singular values.
    rng : Generator or int, optional
        See `uniform_`.

    Returns
    -------
    Parameter, Value or ndarray
        The tensor.

    References
    ----------
    .. [1] A. Saxe, J. McClelland, S. Ganguli, "Exact solutions to the nonlinear dynamics of
       learning in deep linear neural networks", ICLR 2014.

    Examples
    --------
    >>> w = orthogonal_(np.empty((2, 3)), rng=0)
    >>> bool(np.allclose(w @ w.T, np.eye(2)))
    True
    """
    shape = array_of(tensor).shape
    if len(shape) < 2:
        raise ShapeError(f"orthogonal_: the tensor is {shape}; need two axes or more")
    rows, columns = shape[0], math.prod(shape[1:])
    q, r = np.linalg.qr(generator(rng).normal(size=(max(rows, columns), min(rows, columns))))
    # QR leaves the signs to the algorithm; fixing them makes the distribution uniform.
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)
    return filled(tensor, gain * (q if rows >= columns else q.T).reshape(shape))


def sparse_(tensor: Any, sparsity: float, std: float = 0.01, *, rng: Any = None) -> Any:
    """Fill from N(0, std²), with a fraction of zeros in each *column*, as PyTorch does.

    Parameters
    ----------
    tensor : Parameter, Value or ndarray
        Shape ``(out, in)``: a column holds what leaves one input.
    sparsity : float
        The fraction of each column that is zero, rounded up to whole elements.
    std : float
    rng : Generator or int, optional
        See `uniform_`.

    Returns
    -------
    Parameter, Value or ndarray
        The tensor.

    See Also
    --------
    martens_sparse_ : the initialisation of the paper, with a number of connections *into* a unit.
    """
    rows, columns = matrix_shape(tensor, "sparse_")
    if not 0 <= sparsity <= 1:
        raise ArgumentError(f"sparse_: sparsity is {sparsity}; need a fraction between 0 and 1")
    rng = generator(rng)
    weights = rng.normal(0.0, std, (rows, columns))
    column = np.arange(rows)[:, None] < math.ceil(sparsity * rows)
    zeros = rng.permuted(np.repeat(column, columns, axis=1), axis=0)
    return filled(tensor, np.where(zeros, 0.0, weights))


def martens_sparse_(tensor: Any, k: int = 15, std: float = 1.0, *, rng: Any = None) -> Any:
    """Give each unit k incoming connections from N(0, std²), and no others [1]_.

    However wide the layer, the input of a unit has the same size at the start, and units
    differ more than they do with dense weights.

    Parameters
    ----------
    tensor : Parameter, Value or ndarray
        Shape ``(out, in)``: a row holds what enters one unit.
    k : int
        Connections per unit; all where there are fewer inputs.
    std : float
    rng : Generator or int, optional
        See `uniform_`.

    Returns
    -------
    Parameter, Value or ndarray
        The tensor.

    References
    ----------
    .. [1] J. Martens, "Deep learning via Hessian-free optimization", ICML 2010.

    Examples
    --------
    >>> w = martens_sparse_(np.empty((4, 100)), k=15, rng=0)
    >>> (w != 0).sum(axis=1)
    array([15, 15, 15, 15])
    """
    rows, columns = matrix_shape(tensor, "martens_sparse_")
    if k < 1:
        raise ArgumentError(f"martens_sparse_: k is {k}; need at least one connection per unit")
    rng = generator(rng)
    weights = rng.normal(0.0, std, (rows, columns))
    kept = rng.permuted(np.tile(np.arange(columns) < k, (rows, 1)), axis=1)
    return filled(tensor, np.where(kept, weights, 0.0))
