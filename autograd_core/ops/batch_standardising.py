"""Batch normalisation: mean 0 and variance 1 for each channel, over the batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cases import Case
from ..declare import composite
from ..errors import ArgumentError
from ..kernels import standardising as kernels
from ..kernels.blocks import floating
from ..op import Kernel
from ..value import shape_of
from . import reduction
from .exponential import sqrt
from .standardising import AFFINE, as_operands, check_channels, per_channel

__all__ = ["batch_norm"]


def _batch_norm(
    x: Any, weight: Any = None, bias: Any = None, *,
    mean: Any = None, var: Any = None, training: bool = True, eps: float = 1e-5,
) -> Any:
    """``(x − E x) / √(Var x + eps) · weight + bias``, per channel [1]_.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(N, C, ...)``.
    weight, bias : array_like or Value, optional
        Shape ``(C,)``.
    mean, var : array_like, optional
        Shape ``(C,)``. Constants if `training` is false. Else those of `x` are taken, the variance
        that divides by the number of elements; whoever has computed them already may give them.
    training : bool
        Whether mean and variance are those of `x`, so that they have a derivative.
    eps : float

    Returns
    -------
    ndarray or Value
        Of the shape of `x`.

    Raises
    ------
    ShapeError
        If the shapes are not these.
    ArgumentError
        If mean or variance is missing where `training` is false.

    References
    ----------
    .. [1] S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by
       reducing internal covariate shift", ICML 2015.

    Examples
    --------
    >>> batch_norm(np.array([[1.0, 5.0], [3.0, 9.0]]), eps=0.0)
    array([[-1., -1.],
           [ 1.,  1.]])
    """
    if training:
        axes = (0, *range(2, len(shape_of(x))))
        mean, var = reduction.mean(x, axes, True), reduction.var(x, axes, True)
    else:
        mean, var = per_channel(mean, x), per_channel(var, x)
    out = (x - mean) / sqrt(var + eps)
    out = out if weight is None else out * per_channel(weight, x)
    return out if bias is None else out + per_channel(bias, x)


def _batch_norm_forward(
    x: Any, weight: Any = None, bias: Any = None, *, mean: Any, var: Any, training: bool, eps: float
) -> tuple[Any, Any]:
    x = floating(x)
    check_channels("batch_norm", x, weight, bias, mean, var)
    if mean is not None and var is not None:
        moments = kernels.Moments(np.asarray(mean), np.asarray(var))
    elif training:
        moments = kernels.channel_moments(x)
    else:
        raise ArgumentError(
            "batch_norm: mean or var is missing; need both where training=False, or training=True"
        )
    return kernels.by_channel(x, weight, bias, moments, eps), moments


def _batch_norm_vjp(
    g: Any, out: Any, moments: Any, x: Any, *affine: Any,
    wanted: Any, mean: Any, var: Any, training: bool, eps: float,
) -> tuple[Any, ...]:
    weight = affine[0] if affine else None
    every = (*wanted, False, False)  # without weight or bias, nobody wants theirs
    bars = kernels.by_channel_vjp(g, floating(x), weight, moments, eps, not training, every)
    return as_operands(bars, affine, wanted)


batch_norm = composite(
    _batch_norm, kernel=Kernel(_batch_norm_forward, _batch_norm_vjp), name="batch_norm", arity=None,
    formula="(x − E x) / √(Var x + eps) · weight + bias, per channel", onnx="BatchNormalization",
    domain=AFFINE,
    cases=(
        Case((3, 2, 4), (2,), (2,)), Case((5, 3), (3,), (3,)), Case((2, 3, 2, 2)),
        Case((4, 3), (3,), eps=0.1), Case((4, 4), (4,), (4,)),
        Case((2, 3, 2), (3,), (3,), training=False,
             mean=np.array([0.5, -1.0, 0.0]), var=np.array([1.5, 0.5, 2.0])),
    ))
