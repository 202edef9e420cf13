"""Normalisation over a batch, within a sample, and within groups of channels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.kernels.standardising import Moments, channel_moments
from autograd_core.value import data_of, shape_of

__all__ = ["batch_norm", "group_norm", "layer_norm"]


def batch_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """``(x − E x) / √(Var x + eps) · weight + bias``, per channel.

    In training, x is normalised with its own mean and variance (the biased one, which divides by
    the number n of elements). The running statistics then move towards these by a fraction
    `momentum` of the way; of the variance they keep the unbiased estimate, n/(n − 1) times it.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(N, C, ...)``.
    running_mean, running_var : ndarray, optional
        Shape ``(C,)``. Written to in training, used otherwise; they are no part of the graph.
    weight, bias : array_like or Value, optional
        Shape ``(C,)``.
    training : bool
    momentum : float
        Weight of the new statistics.
    eps : float

    Returns
    -------
    ndarray or Value
        Of the shape of the input.

    Raises
    ------
    ShapeError
        If the shapes are not these, or, in training, there is one value per channel only.
    ArgumentError
        If the running statistics are missing where they are used, or eps is negative.

    Examples
    --------
    >>> mean, var = np.zeros(1), np.ones(1)
    >>> batch_norm(np.array([[1.0], [3.0]]), mean, var, training=True, eps=0.0)
    array([[-1.],
           [ 1.]])
    >>> mean, var
    (array([0.2]), array([1.1]))
    """
    _check_eps("batch_norm", eps)
    operands = [input] if weight is None else [input, weight]
    if weight is not None and bias is not None:
        operands.append(bias)
    if training:
        moments = _moments(input, running_mean, running_var, momentum)
    elif running_mean is None or running_var is None:
        raise ArgumentError(
            "batch_norm: running_mean or running_var is missing; need both, or training=True"
        )
    else:
        moments = Moments(running_mean, running_var)
    out = ag.batch_norm(*operands, mean=moments.mean, var=moments.var, training=training, eps=eps)
    return out if bias is None or weight is not None else out + _per_channel(bias, out)


def _moments(input: Any, running_mean: Any, running_var: Any, momentum: float) -> Moments:
    """The statistics of the batch; the running ones take their part of it."""
    shape = np.shape(data_of(input))
    count = math.prod(shape) // max(1, shape[1]) if len(shape) > 1 else 0
    if count < 2:
        raise ShapeError(
            f"batch_norm: the input is {shape}; need (N, C, ...) with more than one value per "
            "channel in training, since one value has no variance: a larger batch, or eval()"
        )
    x = np.asarray(data_of(input))
    moments = channel_moments(x if x.dtype.kind == "f" else x.astype(np.float64))
    for running, new in ((running_mean, moments.mean),
                         (running_var, moments.var * (count / (count - 1)))):  # fmt: skip
        if running is not None:
            if running.shape != new.shape:
                raise ShapeError(
                    f"batch_norm: the input is {shape}, a running statistic is {running.shape}; "
                    f"need {new.shape}, one per channel"
                )
            running *= 1 - momentum
            running += momentum * new
    return moments


def _check_eps(caller: str, eps: float) -> None:
    if not eps >= 0:
        raise ArgumentError(f"{caller}: eps is {eps}; need a number that is not negative")


def _per_channel(y: Any, x: Any) -> Any:
    return ag.reshape(y, (-1,) + (1,) * (len(shape_of(x)) - 2))


def layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """``(x − E x) / √(Var x + eps) · weight + bias``, over the last axes.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(..., *normalized_shape)``.
    normalized_shape : int or sequence of int
        Mean and (biased) variance are taken over these axes.
    weight, bias : array_like or Value, optional
        Shape ``normalized_shape``.
    eps : float

    Returns
    -------
    ndarray or Value
        Of the shape of the input.

    Raises
    ------
    ShapeError
        If the shapes are not these.

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 3.0], [5.0, 9.0]]), 2, eps=0.0)
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    _check_eps("layer_norm", eps)
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if weight is None:
        out = ag.layer_norm(input, normalized_shape=shape, eps=eps)
        return out if bias is None else out + bias
    operands = (input, weight) if bias is None else (input, weight, bias)
    return ag.layer_norm(*operands, normalized_shape=shape, eps=eps)


def group_norm(
    input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """``(x − E x) / √(Var x + eps) · weight + bias``, per sample and group of channels.

    Parameters
    ----------
    input : array_like or Value
        Shape ``(N, C, ...)``.
    num_groups : int
        A divisor of C: one is layer normalisation over all but the batch, C of them is instance
        normalisation.
    weight, bias : array_like or Value, optional
        Shape ``(C,)``.
    eps : float

    Returns
    -------
    ndarray or Value
        Of the shape of the input.

    Raises
    ------
    ShapeError
        If the shapes are not these, or there is one value only.

    Examples
    --------
    >>> group_norm(np.array([[1.0, 3.0, 5.0, 9.0]]), 2, eps=0.0)
    array([[-1.,  1., -1.,  1.]])
    """
    _check_eps("group_norm", eps)
    if len(shape_of(input)) > 1 and math.prod(shape_of(input)) == num_groups:
        raise ShapeError(
            f"group_norm: the input is {shape_of(input)}, with one value in each of {num_groups} "
            "groups; need several, since one value has no variance: fewer groups"
        )
    if weight is None:
        out = ag.group_norm(input, num_groups=num_groups, eps=eps)
        return out if bias is None else out + _per_channel(bias, out)
    operands = (input, weight) if bias is None else (input, weight, bias)
    return ag.group_norm(*operands, num_groups=num_groups, eps=eps)
