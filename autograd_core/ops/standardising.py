"""Layer and group normalisation: mean 0 and variance 1 within each sample."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..cases import Case, Domain
from ..declare import composite
from ..errors import ShapeError
from ..kernels import standardising as kernels
from ..kernels.blocks import floating
from ..op import Kernel
from ..value import shape_of
from .exponential import sqrt
from .reduction import mean, var
from .shape import reshape

__all__ = ["group_norm", "layer_norm"]

AFFINE = (Domain(), Domain(0.5, 2.0), Domain())


def _standardised(x: Any, axes: tuple[int, ...], eps: float) -> Any:
    return (x - mean(x, axes, True)) / sqrt(var(x, axes, True) + eps)


def _layer_norm(
    x: Any, weight: Any = None, bias: Any = None, *, normalized_shape: tuple[int, ...],
    eps: float = 1e-5,
) -> Any:
    """``(x − E x) / √(Var x + eps) · weight + bias``, over the last axes [1]_.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(..., *normalized_shape)``; its mean and variance are taken over these axes.
    weight, bias : array_like or Value, optional
        Shape ``normalized_shape``.
    normalized_shape : tuple of int
    eps : float

    Returns
    -------
    ndarray or Value
        Of the shape of `x`.

    Raises
    ------
    ShapeError
        If the shapes are not these.

    References
    ----------
    .. [1] J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", arXiv:1607.06450.

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 3.0], [5.0, 9.0]]), normalized_shape=(2,), eps=0.0)
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    out = _standardised(x, tuple(range(-len(normalized_shape), 0)), eps)
    out = out if weight is None else out * weight
    return out if bias is None else out + bias


def _layer_norm_forward(
    x: Any, weight: Any = None, bias: Any = None, *, normalized_shape: Any, eps: float
) -> tuple[Any, Any]:
    x = floating(x)
    shape, lead = tuple(normalized_shape), x.ndim - len(normalized_shape)
    fits = lead >= 0 and x.shape[lead:] == shape and math.prod(shape)
    if not shape or not fits or any(np.shape(y) != shape for y in (weight, bias) if y is not None):
        raise ShapeError(
            f"layer_norm: {named_shapes(x, weight, bias)}; need x (..., *normalized_shape), and "
            f"weight and bias normalized_shape, which is {normalized_shape}"
        )
    rows = np.ascontiguousarray(x).reshape(math.prod(x.shape[:lead]), math.prod(shape), 1)
    out, moments = kernels.by_group(rows, weight, bias, 1, eps)
    return out.reshape(x.shape), moments


def _layer_norm_vjp(
    g: Any, out: Any, moments: Any, x: Any, *affine: Any, wanted: Any, normalized_shape: Any,
    eps: float,
) -> tuple[Any, ...]:
    channels = math.prod(normalized_shape)
    return _by_group_vjp(g, moments, x, affine, wanted, (x.size // channels, channels, 1), 1)


layer_norm = composite(
    _layer_norm, kernel=Kernel(_layer_norm_forward, _layer_norm_vjp), name="layer_norm", arity=None,
    formula="(x − E x) / √(Var x + eps) · weight + bias, over the last axes",
    onnx="LayerNormalization", domain=AFFINE,
    cases=(
        Case((3, 4), (4,), (4,), normalized_shape=(4,)), Case((4,), (4,), normalized_shape=(4,)),
        Case((2, 3, 4), (3, 4), (3, 4), normalized_shape=(3, 4), eps=0.1),
        Case((2, 3, 3), normalized_shape=(3,)),
        Case((3, 3), (3, 3), (3, 3), normalized_shape=(3, 3)),
    ))


def _group_norm(
    x: Any, weight: Any = None, bias: Any = None, *, num_groups: int, eps: float = 1e-5
) -> Any:
    """``(x − E x) / √(Var x + eps) · weight + bias``, per sample and group of channels [1]_.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(N, C, ...)``.
    weight, bias : array_like or Value, optional
        Shape ``(C,)``.
    num_groups : int
        Into which neighbouring channels are divided; a divisor of C.
    eps : float

    Returns
    -------
    ndarray or Value
        Of the shape of `x`.

    Raises
    ------
    ShapeError
        If the shapes are not these.

    References
    ----------
    .. [1] Y. Wu, K. He, "Group normalization", ECCV 2018.

    Examples
    --------
    >>> group_norm(np.array([[1.0, 3.0, 5.0, 9.0]]), num_groups=2, eps=0.0)
    array([[-1.,  1., -1.,  1.]])
    """
    shape = shape_of(x)
    groups = reshape(x, (shape[0], num_groups, math.prod(shape[1:]) // num_groups))
    out = reshape(_standardised(groups, (2,), eps), shape)
    out = out if weight is None else out * per_channel(weight, x)
    return out if bias is None else out + per_channel(bias, x)


def _group_norm_forward(
    x: Any, weight: Any = None, bias: Any = None, *, num_groups: int, eps: float
) -> tuple[Any, Any]:
    x = floating(x)
    check_channels("group_norm", x, weight, bias)
    if num_groups < 1 or x.shape[1] % num_groups:
        raise ShapeError(
            f"group_norm: x is {x.shape}, and its {x.shape[1]} channels cannot be divided into "
            f"{num_groups} groups; need a divisor"
        )
    channels = np.ascontiguousarray(x).reshape(*x.shape[:2], math.prod(x.shape[2:]))
    out, moments = kernels.by_group(channels, weight, bias, num_groups, eps)
    return out.reshape(x.shape), moments


def _group_norm_vjp(
    g: Any, out: Any, moments: Any, x: Any, *affine: Any, wanted: Any, num_groups: int, eps: float,
) -> tuple[Any, ...]:
    shape = (*x.shape[:2], math.prod(x.shape[2:]))
    return _by_group_vjp(g, moments, x, affine, wanted, shape, num_groups)


group_norm = composite(
    _group_norm, kernel=Kernel(_group_norm_forward, _group_norm_vjp), name="group_norm", arity=None,
    formula="(x − E x) / √(Var x + eps) · weight + bias, per sample and group",
    onnx="GroupNormalization", domain=AFFINE,
    cases=(
        Case((2, 4, 3), (4,), (4,), num_groups=2), Case((2, 6), (6,), num_groups=2),
        Case((2, 4, 2, 2), num_groups=1), Case((2, 3, 4), (3,), (3,), num_groups=3, eps=0.1),
        Case((3, 3, 3), (3,), (3,), num_groups=1),
    ))


def _by_group_vjp(
    g: Any, moments: Any, x: Any, affine: Any, wanted: Any, shape: tuple[int, ...], groups: int
) -> tuple[Any, ...]:
    flat_g, flat_x = (np.ascontiguousarray(y).reshape(shape) for y in (g, floating(x)))
    weight = affine[0] if affine else None
    every = (*wanted, False, False)  # without weight or bias, nobody wants theirs
    bars = kernels.by_group_vjp(flat_g, flat_x, weight, moments, groups, every)
    x_bar = bars[0].reshape(x.shape) if wanted[0] else None
    return as_operands((x_bar, *bars[1:]), affine, wanted)


def as_operands(bars: Any, affine: Any, wanted: Any) -> tuple[Any, ...]:
    """Cotangents of x and of those of weight and bias that there are, in shape and dtype."""
    return (
        bars[0],
        *(np.asarray(bar, y.dtype).reshape(y.shape) if want else None
          for bar, y, want in zip(bars[1:], affine, wanted[1:], strict=False)),
    )


def per_channel(y: Any, x: Any) -> Any:
    """An array of ``(C,)`` that broadcasts against ``(N, C, ...)``."""
    return reshape(y, (-1,) + (1,) * (len(shape_of(x)) - 2))


def check_channels(op: str, x: Any, *arrays: Any) -> None:
    """Raise if x has no channels, or any of the others has not one entry for each."""
    if x.ndim < 2 or any(np.shape(y) != x.shape[1:2] for y in arrays if y is not None):
        raise ShapeError(
            f"{op}: {named_shapes(x, *arrays)}; need x (N, C, ...), and the others (C,), which is "
            "one entry per channel"
        )


def named_shapes(*arrays: Any) -> str:
    """The shapes of x, weight, bias, mean and var, as far as there are any."""
    names = ("x", "weight", "bias", "mean", "var")
    pairs = zip(names, arrays, strict=False)
    return ", ".join(f"{name} is {np.shape(y)}" for name, y in pairs if y is not None)
