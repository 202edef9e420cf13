"""Each op in JAX's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from tests.core.oracles import recurrent, recursive

jax = pytest.importorskip("jax")
jnp = jax.numpy
special = pytest.importorskip("jax.scipy.special")

__all__ = ["MISSING", "translated"]


def _last_written(x: Any, y: Any, index: Any) -> Any:
    # JAX leaves it open which of two writes to one place wins: gather the last instead.
    places = np.arange(x.size).reshape(x.shape)[index]
    last = np.full(x.size, -1)
    last[places.ravel()] = np.arange(places.size)
    written = jnp.broadcast_to(y, places.shape).ravel()[last]
    return jnp.where(last < 0, x.ravel(), written).reshape(x.shape)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    order = 2 if ord is None else ord
    if order == np.inf:
        return jnp.max(jnp.abs(x), axis=axis, keepdims=keepdims)
    return jnp.sum(jnp.abs(x) ** order, axis=axis, keepdims=keepdims) ** (1 / order)


def _sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    lead = x.ndim - len(shape)
    axes = (*range(lead), *(lead + i for i, n in enumerate(shape) if n != x.shape[lead + i]))
    return jnp.sum(x, axis=axes).reshape(shape)


def _reduced(losses: Any, reduction: str, count: Any) -> Any:
    return losses if reduction == "none" else losses.sum() / (1 if reduction == "sum" else count)


def _cross_entropy(
    x: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Any:
    axis = min(x.ndim - 1, 1)
    log_p = jnp.moveaxis(jax.nn.log_softmax(x, axis), axis, -1)
    w = jnp.ones(log_p.shape[-1]) if weight is None else jnp.array(weight)
    counted = jnp.asarray(target != ignore_index)
    hard = jax.nn.one_hot(target, log_p.shape[-1])
    soft = (1 - label_smoothing) * hard + label_smoothing / log_p.shape[-1]
    losses = -(soft * w * log_p).sum(-1) * counted
    return _reduced(losses, reduction, ((hard * w).sum(-1) * counted).sum())


def _bce_with_logits(
    x: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: str = "mean"
) -> Any:
    w, p = (jnp.array(1.0 if v is None else v) for v in (weight, pos_weight))
    p_log = p * target * jax.nn.log_sigmoid(x) + (1 - target) * jax.nn.log_sigmoid(-x)
    return _reduced(-w * p_log, reduction, x.size)


def _per_axis(value: Any, rank: int) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,) * rank


def _conv(
    x: Any, weight: Any, bias: Any = 0.0, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
    groups: int = 1,
) -> Any:  # fmt: skip
    rank = x.ndim - 2
    out = jax.lax.conv_general_dilated(
        x, weight, _per_axis(stride, rank), [_per_axis(p, 2) for p in _per_axis(padding, rank)],
        rhs_dilation=_per_axis(dilation, rank), feature_group_count=groups,
    )  # fmt: skip
    return out + jnp.reshape(bias, (-1,) + (1,) * rank)


def _conv_transpose(
    x: Any, weight: Any, bias: Any = 0.0, stride: Any = 1, padding: Any = 0,
    output_padding: Any = 0, groups: int = 1, dilation: Any = 1,
) -> Any:  # fmt: skip
    # A convolution of x, with zeros between its elements, and the kernel the other way round.
    rank = x.ndim - 2
    channels, outputs, *kernel = weight.shape
    weight = jnp.asarray(weight).reshape(groups, channels // groups, outputs, *kernel)
    weight = weight.swapaxes(1, 2).reshape(groups * outputs, channels // groups, *kernel)
    full = [d * (k - 1) for d, k in zip(_per_axis(dilation, rank), kernel, strict=True)]
    pairs = [_per_axis(p, 2) for p in _per_axis(padding, rank)]
    extra = _per_axis(output_padding, rank)
    out = jax.lax.conv_general_dilated(
        x, jnp.flip(weight, tuple(range(2, rank + 2))), (1,) * rank,
        [(f - p[0], f - p[1] + e) for f, p, e in zip(full, pairs, extra, strict=True)],
        lhs_dilation=_per_axis(stride, rank), rhs_dilation=_per_axis(dilation, rank),
        feature_group_count=groups,
    )  # fmt: skip
    return out + jnp.reshape(bias, (-1,) + (1,) * rank)


def _windows(
    x: Any, fill: float, beyond: float, kernel_size: Any, stride: Any = None, padding: Any = 0,
    dilation: Any = 1, ceil_mode: bool = False,
) -> Any:  # fmt: skip
    """What each window sees, along one more axis: `fill` is in the padding, `beyond` behind it."""
    rank, lead = len(kernel_size), x.ndim - len(kernel_size)
    each = [np.broadcast_to(y, rank) for y in (stride or kernel_size, padding, dilation)]
    for axis, (k, s, p, d) in enumerate(zip(kernel_size, *each, strict=True), lead):
        n = x.shape[axis]
        starts = np.arange(-p, n, s)  # no window begins in the padding behind
        last = starts + d * (k - 1)
        starts = starts[last < n + p + (s - 1 if ceil_mode else 0)]
        x = jnp.moveaxis(x, axis, -1)
        x = jnp.concatenate([
            jnp.full((*x.shape[:-1], p), fill), x, jnp.full((*x.shape[:-1], p), fill),
            jnp.full((*x.shape[:-1], d * k + s), beyond)], -1)  # fmt: skip
        seen = x[..., starts[:, None] + p + d * np.arange(k)]
        x = jnp.moveaxis(seen, -2, axis)
    return x.reshape(*x.shape[: lead + rank], -1)


def _average_pool(
    x: Any, count_include_pad: bool = True, divisor_override: Any = None, **params: Any
) -> Any:
    total = _windows(x, 0.0, 0.0, **params).sum(-1)
    rank = len(params["kernel_size"])
    ones = jnp.ones(x.shape[x.ndim - rank :])
    counted = _windows(ones, float(count_include_pad), 0.0, **params).sum(-1)
    return total / (divisor_override or counted)


def _adaptive(fold: Any) -> Callable[..., Any]:
    def pool(x: Any, output_size: Any) -> Any:
        for axis, n in enumerate(output_size, x.ndim - len(output_size)):
            size = x.shape[axis]
            bins = [range(i * size // n, -(-(i + 1) * size // n)) for i in range(n)]
            x = jnp.stack([fold(jnp.take(x, np.array(b), axis), axis) for b in bins], axis)
        return x

    return pool


def _normalised(x: Any, axes: Any, eps: float) -> Any:
    return (x - x.mean(axes, keepdims=True)) / jnp.sqrt(x.var(axes, keepdims=True) + eps)


def _scaled(x: Any, weight: Any = 1.0, bias: Any = 0.0) -> Any:
    """Scale and shift the second axis."""
    shape = (-1,) + (1,) * (x.ndim - 2)
    return x * jnp.reshape(weight, shape) + jnp.reshape(bias, shape)


def _batch_norm(
    x: Any, *affine: Any, mean: Any = None, var: Any = None, training: bool = True,
    eps: float = 1e-5,
) -> Any:  # fmt: skip
    if training:
        return _scaled(_normalised(x, (0, *range(2, x.ndim)), eps), *affine)
    return _scaled(_scaled(_scaled(x, 1.0, -mean), 1 / np.sqrt(var + eps)), *affine)


def _layer_norm(
    x: Any, weight: Any = 1.0, bias: Any = 0.0, *, normalized_shape: Any, eps: float = 1e-5
) -> Any:
    return _normalised(x, tuple(range(-len(normalized_shape), 0)), eps) * weight + bias


def _group_norm(x: Any, *affine: Any, num_groups: int, eps: float = 1e-5) -> Any:
    groups = x.reshape(len(x), num_groups, -1)
    return _scaled(_normalised(groups, -1, eps).reshape(x.shape), *affine)


TRANSLATIONS: dict[str, Callable[..., Any]] = {
    "adaptive_average_pool": _adaptive(jnp.mean),
    "adaptive_max_pool": _adaptive(jnp.max),
    "average_pool": _average_pool,
    "batch_norm": _batch_norm,
    "dropout": lambda x, keep, p=0.5: x * keep / (1 - p),
    "group_norm": _group_norm,
    "layer_norm": _layer_norm,
    "max_pool": lambda x, **params: _windows(x, -np.inf, -np.inf, **params).max(-1),
    "affine": lambda x, weight, bias=0.0: x @ weight.T + bias,
    "astype": lambda x, dtype: jnp.asarray(x).astype(dtype),
    "binary_cross_entropy_with_logits": _bce_with_logits,
    "child_sum_tree_lstm": recursive.child_sum_tree_lstm(jnp),
    "cholesky": jnp.linalg.cholesky,  # which takes the symmetric part, too
    "clip": lambda x, min=None, max=None: jnp.clip(x, min, max),
    "concatenate": lambda *xs, axis=0: jnp.concatenate(xs, axis),
    "cross_entropy": _cross_entropy,
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "einsum": lambda *xs, subscripts: jnp.einsum(subscripts, *xs),
    "elu": lambda x, alpha=1.0: jax.nn.elu(x, alpha),
    "embedding": lambda weight, indices: weight[indices],
    "erf": special.erf,
    "flip": jnp.flip,
    "gelu": lambda x, approximate="none": jax.nn.gelu(x, approximate == "tanh"),
    "getitem": lambda x, index: x[index],
    "hard_sigmoid": jax.nn.hard_sigmoid,
    "identity": lambda x: x,
    "leaky_relu": lambda x, negative_slope=0.01: jax.nn.leaky_relu(x, negative_slope),
    "lgamma": special.gammaln,
    "logabsdet": lambda x: jnp.linalg.slogdet(x)[1],
    "logsumexp": special.logsumexp,
    "norm": _norm,
    "pad": lambda x, pad_width, mode="constant", constant_values=0.0: (
        jnp.pad(x, pad_width, constant_values=constant_values) if mode == "constant"
        else jnp.pad(x, pad_width, mode=mode)),
    "polygamma": lambda x, n=0: special.polygamma(n, x),
    "recursive_net": recursive.recursive_net(jnp),
    **{name: getattr(recurrent, name)(jnp) for name in ("gru", "lstm", "rnn")},
    "repeat": lambda x, repeats, axis=None: jnp.repeat(x, np.array(repeats), axis),
    "scaled_tanh": lambda x: 1.7159 * jnp.tanh(x * (2 / 3)),
    "scatter_add": lambda x, y, index: jnp.asarray(x).at[index].add(y),
    "scatter_set": _last_written,
    "stack": lambda *xs, axis=0: jnp.stack(xs, axis),
    "sum_to": _sum_to,
    "take": lambda x, indices, axis=None: jnp.take(x, np.array(indices), axis),
    "tree_lstm": recursive.tree_lstm(jnp),
}  # fmt: skip
"""Ops that JAX calls otherwise, or whose arguments it does."""

MISSING: dict[str, str] = {}
"""Ops that JAX lacks, each with the reason why nothing there computes the same."""


def translated(op: ag.Op) -> Callable[..., Any] | None:
    """The JAX function that computes the same, if there is one."""
    if op.name in TRANSLATIONS:
        return TRANSLATIONS[op.name]
    for module in (jnp, jax.nn, jnp.linalg):
        if hasattr(module, op.name):
            return getattr(module, op.name)
    return None
