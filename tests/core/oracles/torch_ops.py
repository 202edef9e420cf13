"""Each op in PyTorch's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from tests.core.oracles import recurrent, recursive

torch = pytest.importorskip("torch")
F = torch.nn.functional

__all__ = ["MISSING", "result_and_gradients", "tolerance", "translated"]

Axis = int | tuple[int, ...] | None


def _reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction that takes any number of axes, and all of them by default."""

    def reduce(x: Any, axis: Axis = None, keepdims: bool = False, **params: Any) -> Any:
        if not x.ndim:
            return function(x, dim=(), keepdim=keepdims, **params)
        axes = tuple(range(x.ndim)) if axis is None else axis
        return function(x, dim=axes, keepdim=keepdims, **params)

    return reduce


def _prod(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    for a in sorted((a % x.ndim for a in axes), reverse=True):
        x = torch.prod(x, dim=a, keepdim=keepdims)
    return x


def _spread(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axis=None, keepdims=False, ddof=0: function(
        x, dim=axis, keepdim=keepdims, correction=ddof
    )


def _norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    return torch.linalg.vector_norm(x, 2 if ord is None else ord, dim=axis, keepdim=keepdims)


def _pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: float = 0.0) -> Any:
    widths = np.broadcast_to(pad_width, (x.ndim, 2))[::-1].ravel().tolist()
    if mode == "constant":
        return F.pad(x, widths, value=constant_values)
    lead = x[(None,) * 2]  # the other modes want a batch and a channel in front
    mode = {"edge": "replicate", "wrap": "circular"}.get(mode, mode)
    return F.pad(lead, widths, mode=mode)[0, 0]


def _along(function: Callable[..., Any]) -> Callable[..., Any]:
    """Along an axis; by default of the raveled array."""
    return lambda x, axis=None: function(x.ravel() if axis is None else x, dim=axis or 0)


def _places(x: Any, index: Any) -> np.ndarray[Any, Any]:
    """Where in the raveled array numpy's indexing goes."""
    return np.arange(x.numel()).reshape(x.shape)[index]


def _scatter_add(x: Any, y: Any, index: Any) -> Any:
    places = _places(x, index)
    values = torch.broadcast_to(y, places.shape).ravel()
    return x.ravel().index_add(0, torch.tensor(places.ravel()), values).reshape(x.shape)


def _scatter_set(x: Any, y: Any, index: Any) -> Any:
    # PyTorch leaves it open which of two writes to one place wins: gather the last instead.
    places = _places(x, index)
    last = np.full(x.numel(), -1)
    last[places.ravel()] = np.arange(places.size)
    written = torch.broadcast_to(y, places.shape).ravel()[torch.tensor(last)]
    return torch.where(torch.tensor(last < 0), x.ravel(), written).reshape(x.shape)


def _repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    counts = repeats if isinstance(repeats, int) else torch.tensor(repeats)
    return torch.repeat_interleave(x, counts, dim=axis)


def _take(x: Any, indices: Any, axis: int | None = None) -> Any:
    if axis is None:
        return x.ravel()[np.asarray(indices) % x.numel()]
    return x[(slice(None),) * (axis % x.ndim) + (torch.as_tensor(indices),)]


def _take_along_axis(x: Any, indices: Any, axis: int) -> Any:
    shape = list(x.shape)
    shape[axis] = indices.shape[axis]
    places = torch.from_numpy(np.broadcast_to(indices % x.shape[axis], shape).copy())
    return torch.gather(x, axis, places)


def _concatenate(*operands: Any, axis: int | None = 0) -> Any:
    return torch.cat([x.ravel() for x in operands] if axis is None else operands, dim=axis or 0)


def _expand_dims(x: Any, axis: Any) -> Any:
    places = axis if isinstance(axis, tuple) else (axis,)
    rank = x.ndim + len(places)
    for place in sorted(p % rank for p in places):
        x = x.unsqueeze(place)
    return x


def _tensordot(x: Any, y: Any, axes: Any = 2) -> Any:
    pairs = axes if isinstance(axes, int) else [np.atleast_1d(part).tolist() for part in axes]
    return torch.tensordot(x, y, dims=pairs)


def _pairs(padding: Any, rank: int) -> list[tuple[int, int]]:
    sides = padding if isinstance(padding, tuple) else (padding,) * rank
    return [p if isinstance(p, tuple) else (p, p) for p in sides]


def _conv(x: Any, weight: Any, bias: Any = None, padding: Any = 0, **params: Any) -> Any:
    rank = x.ndim - 2
    widths = [side for pair in reversed(_pairs(padding, rank)) for side in pair]
    return getattr(F, f"conv{rank}d")(F.pad(x, widths), weight, bias, **params)


def _conv_transpose(x: Any, weight: Any, bias: Any = None, padding: Any = 0, **params: Any) -> Any:
    rank = x.ndim - 2
    out = getattr(F, f"conv_transpose{rank}d")(x, weight, bias, **params)
    pairs = zip(_pairs(padding, rank), out.shape[2:], strict=True)
    return out[:, :, *(slice(before, size - after) for (before, after), size in pairs)]


def _cholesky(x: Any) -> Any:
    return torch.linalg.cholesky((x + x.mT) / 2)


def _tensor_or_none(x: Any) -> Any:
    return None if x is None else torch.tensor(x, dtype=torch.float64)


def _cross_entropy(x: Any, target: Any, weight: Any = None, **params: Any) -> Any:
    return F.cross_entropy(x, target, _tensor_or_none(weight), **params)


def _bce_with_logits(
    x: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: str = "mean"
) -> Any:
    return F.binary_cross_entropy_with_logits(
        x, target, _tensor_or_none(weight),
        reduction=reduction, pos_weight=_tensor_or_none(pos_weight))  # fmt: skip


def _pool(name: str) -> Callable[..., Any]:
    """Pooling over as many axes as the window has, of an array with any others in front."""

    def pool(x: Any, kernel_size: Any, **params: Any) -> Any:
        rank = len(kernel_size)
        lead = x.reshape(-1, 1, *x.shape[x.ndim - rank :])
        out = getattr(F, f"{name}_pool{rank}d")(lead, kernel_size, **params)
        return out.reshape(*x.shape[: x.ndim - rank], *out.shape[2:])

    return pool


def _average_pool(x: Any, kernel_size: Any, divisor_override: Any = None, **params: Any) -> Any:
    rank = len(kernel_size)
    if rank == 1:  # which PyTorch's has no divisor for
        return _pool("avg")(x, kernel_size, **params)
    return _pool("avg")(x, kernel_size, divisor_override=divisor_override, **params)


def _adaptive(name: str) -> Callable[..., Any]:
    return lambda x, output_size: _pool(f"adaptive_{name}")(x, output_size)


def _batch_norm(
    x: Any, *affine: Any, mean: Any = None, var: Any = None, training: bool = True,
    eps: float = 1e-5,
) -> Any:  # fmt: skip
    moments = (None, None) if training else (torch.tensor(mean), torch.tensor(var))
    return F.batch_norm(x, *moments, *affine, training=training, eps=eps)


TRANSLATIONS: dict[str, Callable[..., Any]] = {
    "adaptive_average_pool": _adaptive("avg"),
    "adaptive_max_pool": _adaptive("max"),
    "average_pool": _average_pool,
    "batch_norm": _batch_norm,
    "dropout": lambda x, keep, p=0.5: x * keep / (1 - p),
    "group_norm": lambda x, *affine, num_groups, eps=1e-5: F.group_norm(
        x, num_groups, *affine, eps=eps),
    "layer_norm": lambda x, *affine, normalized_shape, eps=1e-5: F.layer_norm(
        x, normalized_shape, *affine, eps=eps),
    "max_pool": _pool("max"),
    "cbrt": lambda x: torch.sign(x) * torch.abs(x) ** (1 / 3),
    "broadcast_to": lambda x, shape: torch.broadcast_to(x, shape),
    "affine": F.linear,
    "astype": lambda x, dtype: x.double(),
    "binary_cross_entropy_with_logits": _bce_with_logits,
    "child_sum_tree_lstm": recursive.child_sum_tree_lstm(torch),
    "cholesky": _cholesky,
    "clip": torch.clip,
    "concatenate": _concatenate,
    "cross_entropy": _cross_entropy,
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "cumprod": _along(torch.cumprod),
    "cumsum": _along(torch.cumsum),
    "diag": lambda x, k=0: torch.diag(x, k),
    "einsum": lambda *xs, subscripts: torch.einsum(subscripts, *xs),
    "elu": F.elu,
    "embedding": lambda weight, indices: F.embedding(indices, weight),
    "expand_dims": _expand_dims,
    "flip": lambda x, axis=None: torch.flip(
        x, tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)),
    "gelu": F.gelu,
    "getitem": lambda x, index: x[index],
    "hard_sigmoid": F.hardsigmoid,
    "identity": lambda x: x,
    "leaky_relu": F.leaky_relu,
    "log_sigmoid": F.logsigmoid,
    "log_softmax": lambda x, axis=-1: torch.log_softmax(x, axis),
    "logabsdet": lambda x: torch.linalg.slogdet(x)[1],
    "logsumexp": _reduction(torch.logsumexp),
    "matrix_transpose": lambda x: x.mT,
    "max": _reduction(torch.amax),
    "mean": _reduction(torch.mean),
    "min": _reduction(torch.amin),
    "norm": _norm,
    "outer": lambda x, y: torch.outer(x.ravel(), y.ravel()),
    "pad": _pad,
    "polygamma": lambda x, n=0: torch.polygamma(n, x),
    "power": torch.pow,
    "prod": _prod,
    "recursive_net": recursive.recursive_net(torch),
    **{kind.lower(): recurrent.by_pytorch(torch, kind) for kind in ("GRU", "LSTM", "RNN")},
    "repeat": _repeat,
    "roll": lambda x, shift, axis=None: torch.roll(x, shift, axis),
    "scaled_tanh": lambda x: 1.7159 * torch.tanh(x * (2 / 3)),
    "scatter_add": _scatter_add,
    "scatter_set": _scatter_set,
    "selu": F.selu,
    "silu": F.silu,
    "softmax": lambda x, axis=-1: torch.softmax(x, axis),
    "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
    "solve": torch.linalg.solve,
    "squeeze": lambda x, axis=None: torch.squeeze(x) if axis is None else torch.squeeze(x, axis),
    "stack": lambda *xs, axis=0: torch.stack(xs, axis),
    "std": _spread(torch.std),
    "sum": _reduction(torch.sum),
    "sum_to": lambda x, shape: x.sum_to_size(shape),
    "swapaxes": lambda x, axis1, axis2: torch.swapaxes(x, axis1, axis2),
    "take": _take,
    "take_along_axis": _take_along_axis,
    "tensordot": _tensordot,
    "tile": lambda x, reps: torch.tile(x, (reps,) if isinstance(reps, int) else reps),
    "trace": lambda x, offset=0, axis1=0, axis2=1: (
        torch.diagonal(x, offset, axis1, axis2).sum(-1)),
    "transpose": lambda x, axes=None: x.permute(axes or tuple(range(x.ndim))[::-1]),
    "tree_lstm": recursive.tree_lstm(torch),
    "tril": lambda x, k=0: torch.tril(x, k),
    "triu": lambda x, k=0: torch.triu(x, k),
    "var": _spread(torch.var),
}  # fmt: skip
"""Ops that PyTorch calls otherwise, or whose arguments it does."""

MISSING: dict[str, str] = {}
"""Ops that PyTorch lacks, each with the reason why nothing there computes the same."""


INEXACT = {
    "hard_sigmoid": 1e-7,  # multiplies by 1/6 in single precision
    "polygamma": 1e-8,
}
"""Where PyTorch computes float64 less exactly than to 1e-10."""


def tolerance(op: ag.Op) -> float:
    """The relative tolerance to which this op can be compared."""
    return INEXACT.get(op.name, 1e-10)


def translated(op: ag.Op) -> Callable[..., Any] | None:
    """The PyTorch function that computes the same, if there is one."""
    name = op.name
    if name in TRANSLATIONS:
        return TRANSLATIONS[name]
    return getattr(torch, name, None) or getattr(torch.linalg, name, None)


def result_and_gradients(
    op: ag.Op, inputs: Sequence[Any], params: dict[str, Any], varying: Sequence[int], g: Any
) -> tuple[Any, list[Any]]:
    """What PyTorch gives: the result, and the gradient of each varying operand, as arrays.

    Parameters
    ----------
    op : Op
    inputs : sequence of float, ndarray
    params : dict
    varying : sequence of int
        Which operands have a derivative.
    g : float or ndarray
        Cotangent of the result.
    """
    function = translated(op)
    assert function is not None
    tensors = [torch.tensor(np.array(x), requires_grad=i in varying) for i, x in enumerate(inputs)]
    out = function(*tensors, **params)
    gradients = torch.autograd.grad(
        out, [tensors[i] for i in varying], torch.tensor(np.array(g)), materialize_grads=True
    )
    return out.detach().numpy(), [c.numpy() for c in gradients]
