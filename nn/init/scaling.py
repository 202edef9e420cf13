"""Variances that keep signals and gradients at their size from layer to layer."""

from __future__ import annotations

import math
from typing import Any

from autograd_core.errors import ArgumentError, ShapeError

from .filling import array_of, normal_, uniform_

__all__ = [
    "calculate_gain",
    "fans",
    "kaiming_normal_",
    "kaiming_uniform_",
    "xavier_normal_",
    "xavier_uniform_",
]

_GAINS = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Number of connections into and out of one unit.

    Parameters
    ----------
    shape : tuple of int
        ``(out, in)`` of a linear layer, or ``(out, in / groups, *kernel)`` of a convolution,
        where each connection counts once per place of the kernel.

    Returns
    -------
    fan_in, fan_out : int

    Raises
    ------
    ShapeError
        If the shape has fewer than two axes.

    Examples
    --------
    >>> fans((10, 300)), fans((16, 3, 5, 5))
    ((300, 10), (75, 400))
    """
    if len(shape) < 2:
        raise ShapeError(
            f"fans: the shape is {shape}; need two axes or more, (out, in, *kernel): "
            "fill a bias with constant_ or uniform_"
        )
    places = math.prod(shape[2:])
    return shape[1] * places, shape[0] * places


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which a nonlinearity's weights are scaled to make up for its shrinking.

    Parameters
    ----------
    nonlinearity : str
        ``"linear"`` (or the name of a linear layer, such as ``"conv2d"``) and ``"sigmoid"``: 1;
        ``"tanh"``: 5/3; ``"relu"``: √2; ``"leaky_relu"``: √(2 / (1 + a²)); ``"selu"``: 3/4.
    param : float, optional
        The slope a of ``"leaky_relu"`` on the negative side; by default 0.01.

    Returns
    -------
    float

    Raises
    ------
    ArgumentError
        If the nonlinearity is not one of these.

    Examples
    --------
    >>> round(calculate_gain("leaky_relu", 0.2), 4)
    1.3868
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        return math.sqrt(2 / (1 + slope * slope))
    if nonlinearity.startswith("conv") and nonlinearity[-2:] in ("1d", "2d", "3d"):
        return 1.0
    if nonlinearity not in _GAINS:
        raise ArgumentError(
            f"calculate_gain: nonlinearity is {nonlinearity!r}; need one of "
            f"{', '.join(map(repr, [*_GAINS, 'leaky_relu', 'conv2d']))}"
        )
    return _GAINS[nonlinearity]


def xavier_uniform_(tensor: Any, gain: float = 1.0, *, rng: Any = None) -> Any:
    """Glorot's uniform initialisation: U(−l, l) with l = gain √(6 / (fan_in + fan_out)).

    Its variance, 2 gain² / (fan_in + fan_out), is the compromise between keeping the variance
    of the signal forward (1 / fan_in) and of the gradient backward (1 / fan_out) [1]_.

    Parameters
    ----------
    tensor : Parameter, Value or ndarray
        Shape ``(out, in, *kernel)``.
    gain : float
        See `calculate_gain`.
    rng : Generator or int, optional
        See `uniform_`.

    Returns
    -------
    Parameter, Value or ndarray
        The tensor.

    References
    ----------
    .. [1] X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward
       neural networks", AISTATS 2010.
    """
    bound = math.sqrt(3) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, rng=rng)


def xavier_normal_(tensor: Any, gain: float = 1.0, *, rng: Any = None) -> Any:
    """Glorot's normal initialisation: variance 2 gain² / (fan_in + fan_out).

    See `xavier_uniform_` for arguments and source.
    """
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), rng=rng)


def kaiming_uniform_(
    tensor: Any,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    rng: Any = None,
) -> Any:
    """He's uniform initialisation: U(−l, l) with l = gain √(3 / fan).

    Its variance gain² / fan keeps that of the signal through rectifiers, which halve it [1]_.

    Parameters
    ----------
    tensor : Parameter, Value or ndarray
        Shape ``(out, in, *kernel)``.
    a : float
        Slope of the leaky ReLU on the negative side. PyTorch's linear layers and convolutions
        start from a = √5, which makes l = 1/√fan_in.
    mode : {"fan_in", "fan_out"}
        Whether the variance is kept forward or backward.
    nonlinearity : str
        See `calculate_gain`.
    rng : Generator or int, optional
        See `uniform_`.

    Returns
    -------
    Parameter, Value or ndarray
        The tensor.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015.

    Examples
    --------
    >>> import numpy as np
    >>> w = kaiming_uniform_(np.empty((10, 100)), math.sqrt(5), rng=0)
    >>> bool((abs(w) <= 0.1).all())
    True
    """
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, rng=rng)


def kaiming_normal_(
    tensor: Any,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    rng: Any = None,
) -> Any:
    """He's normal initialisation: variance gain² / fan; see `kaiming_uniform_`."""
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), rng=rng)


def _xavier_std(tensor: Any, gain: float) -> float:
    fan_in, fan_out = fans(array_of(tensor).shape)
    return gain * math.sqrt(2 / max(fan_in + fan_out, 1))


def _kaiming_std(tensor: Any, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ArgumentError(f"kaiming: mode is {mode!r}; need 'fan_in' or 'fan_out'")
    fan = fans(array_of(tensor).shape)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(
        max(fan, 1)
    )  # without inputs there is nothing to fill
