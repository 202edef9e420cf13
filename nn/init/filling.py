"""Filling with a constant, or with independent random numbers."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

from autograd_core import Value
from autograd_core.errors import ArgumentError, DtypeError, ShapeError

from ..random import generator

__all__ = [
    "array_of",
    "constant_",
    "eye_",
    "filled",
    "matrix_shape",
    "normal_",
    "ones_",
    "trunc_normal_",
    "uniform_",
    "zeros_",
]


def constant_(tensor: Any, val: float) -> Any:
    """Fill with one number.

    Biases in front of a ReLU are often given 0.01 or 0.1, so that at first every unit is
    active and has a gradient: ``constant_(layer.bias, 0.01)``.

    Parameters
    ----------
    tensor : Parameter, Value or ndarray
    val : float

    Returns
    -------
    Parameter, Value or ndarray
        The tensor.

    Examples
    --------
    >>> constant_(np.empty(3), 0.01)
    array([0.01, 0.01, 0.01])
    """
    return filled(tensor, val)


def zeros_(tensor: Any) -> Any:
    """Fill with 0; see `constant_`."""
    return filled(tensor, 0.0)


def ones_(tensor: Any) -> Any:
    """Fill with 1; see `constant_`."""
    return filled(tensor, 1.0)


def eye_(tensor: Any) -> Any:
    """Fill a matrix with the identity, ones on the diagonal; see `constant_`."""
    return filled(tensor, np.eye(*matrix_shape(tensor, "eye_")))


def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0, *, rng: Any = None) -> Any:
    """Fill from the uniform distribution over [a, b); its variance is (b − a)²/12.

    Parameters
    ----------
    tensor : Parameter, Value or ndarray
    a, b : float
    rng : Generator or int, optional
        By default the generator that `nn.manual_seed` seeds.

    Returns
    -------
    Parameter, Value or ndarray
        The tensor.

    Examples
    --------
    >>> w = uniform_(np.empty((2, 3)), -1.0, 1.0, rng=0)
    >>> bool((abs(w) <= 1).all())
    True
    """
    return filled(tensor, generator(rng).uniform(a, b, array_of(tensor).shape))


def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, *, rng: Any = None) -> Any:
    """Fill from the normal distribution N(mean, std²); see `uniform_`."""
    return filled(tensor, generator(rng).normal(mean, std, array_of(tensor).shape))


def trunc_normal_(
    tensor: Any,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    *,
    rng: Any = None,
) -> Any:
    """Fill from N(mean, std²), conditioned on lying in [a, b].

    Parameters
    ----------
    tensor : Parameter, Value or ndarray
    mean, std : float
        Of the normal distribution before it is cut.
    a, b : float
        The bounds themselves, not in units of `std`.
    rng : Generator or int, optional
        See `uniform_`.

    Returns
    -------
    Parameter, Value or ndarray
        The tensor.

    Raises
    ------
    ArgumentError
        If less than a thousandth of the normal distribution lies between the bounds.
    """
    normal = NormalDist(mean, std)
    inside = normal.cdf(b) - normal.cdf(a)
    if inside < 1e-3:
        raise ArgumentError(
            f"trunc_normal_: [{a}, {b}] holds {inside:.1g} of N({mean}, {std}²); need bounds "
            "around the mean that hold at least 0.001 of it"
        )
    rng = generator(rng)
    drawn = rng.normal(mean, std, array_of(tensor).shape)
    outside = (drawn < a) | (drawn > b)
    while outside.any():
        drawn[outside] = rng.normal(mean, std, int(outside.sum()))
        outside = (drawn < a) | (drawn > b)
    return filled(tensor, drawn)


def array_of(tensor: Any) -> Any:
    """The array behind a parameter."""
    return tensor.data if isinstance(tensor, Value) else tensor


def matrix_shape(tensor: Any, caller: str) -> tuple[int, int]:
    """The shape of a tensor that must have two axes."""
    shape = array_of(tensor).shape
    if len(shape) != 2:
        raise ShapeError(f"{caller}: the tensor is {shape}; need two axes, (out, in)")
    return shape[0], shape[1]


def filled(tensor: Any, content: Any) -> Any:
    """The tensor, after its array was overwritten."""
    array = array_of(tensor)
    if not isinstance(array, np.ndarray) or not array.flags.writeable:
        raise ArgumentError(
            f"init: cannot fill a {type(array).__name__} that is not a writable array; "
            "need a Parameter, or an array of your own"
        )
    if array.dtype.kind != "f":
        raise DtypeError(
            f"init: the tensor is of {array.dtype}, which would round what it is filled with; need "
            "a floating-point dtype: tensor.astype(np.float32)"
        )
    array[...] = content
    return tensor
