"""Each op in JAX's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_core as ag

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


TRANSLATIONS: dict[str, Callable[..., Any]] = {
    "astype": lambda x, dtype: jnp.asarray(x).astype(dtype),
    "cholesky": jnp.linalg.cholesky,  # which takes the symmetric part, too
    "clip": lambda x, min=None, max=None: jnp.clip(x, min, max),
    "concatenate": lambda *xs, axis=0: jnp.concatenate(xs, axis),
    "einsum": lambda *xs, subscripts: jnp.einsum(subscripts, *xs),
    "elu": lambda x, alpha=1.0: jax.nn.elu(x, alpha),
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
    "repeat": lambda x, repeats, axis=None: jnp.repeat(x, np.array(repeats), axis),
    "scaled_tanh": lambda x: 1.7159 * jnp.tanh(x * (2 / 3)),
    "scatter_add": lambda x, y, index: jnp.asarray(x).at[index].add(y),
    "scatter_set": _last_written,
    "stack": lambda *xs, axis=0: jnp.stack(xs, axis),
    "sum_to": _sum_to,
    "take": lambda x, indices, axis=None: jnp.take(x, np.array(indices), axis),
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
