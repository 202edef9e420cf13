"""ONNX's operators in terms of our functions and layers.

An adapter takes a case and gives its outputs, as many as ours has; or raises `NotOurs` with
what the case asks for that ours does not have.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_core as ag
import nn
from nn import functional as F

from . import recurrent
from .cases import NodeCase, NotOurs

__all__ = ["ADAPTERS", "outputs_of"]


def outputs_of(case: NodeCase) -> list[Any]:
    """What ours gives for a case, as arrays; ``None`` for an output that ours does not have."""
    for x in (x for x in case.inputs if x is not None):
        if not isinstance(x, np.ndarray | np.generic):
            raise NotOurs(f"the input is a {type(x).__name__}, not a tensor")
        if x.dtype.kind not in "fiub":
            raise NotOurs(f"the input is {x.dtype}, which numpy does not have")
    outputs = ADAPTERS[case.op](case)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return [None if out is None else np.asarray(getattr(out, "data", out)) for out in outputs]


# --- elementwise ----------------------------------------------------------------------------


def _hard_sigmoid(case: NodeCase) -> Any:
    alpha, beta = case.get("alpha", 0.2), case.get("beta", 0.5)
    if not math.isclose(alpha, 1 / 6, rel_tol=1e-6) or beta != 0.5:
        raise NotOurs(f"alpha={alpha:.3g}, beta={beta:.3g}; PyTorch's and ours are 1/6 and 1/2")
    return F.hardsigmoid(case.input(0))


def _selu(case: NodeCase) -> Any:
    if case.attributes:
        raise NotOurs(f"alpha={case.get('alpha')}, gamma={case.get('gamma')}; ours are fixed")
    return F.selu(case.input(0))


def _swish(case: NodeCase) -> Any:
    if case.get("alpha", 1.0) != 1.0:
        raise NotOurs(f"alpha={case.get('alpha')}; ours is x σ(x)")
    return F.silu(case.input(0))


def _prelu(case: NodeCase) -> Any:
    x, slope = case.inputs
    if slope.ndim != 1:
        raise NotOurs(f"slope of shape {slope.shape}; ours is one per channel")
    # Ours counts the slopes along axis 1, ONNX's along the last.
    return F.prelu(x.reshape(-1, x.shape[-1]), slope).reshape(x.shape)


def _dropout(case: NodeCase) -> Any:
    training = case.input(2)
    ratio = 0.5 if case.input(1) is None else float(case.input(1))
    if training is not None and training and ratio:
        raise NotOurs(f"training_mode with ratio r={ratio}; its random numbers are ONNX's own")
    layer = nn.Dropout(ratio)
    return [layer.train(bool(training))(case.input(0)), None]


# --- dense ----------------------------------------------------------------------------------


def _gemm(case: NodeCase) -> Any:
    a, b, c = case.input(0), case.input(1), case.input(2)
    a = a.T if case.get("transA", 0) else a
    weight = case.get("alpha", 1.0) * (b if case.get("transB", 0) else b.T)
    if c is None:
        return F.linear(a, weight.astype(b.dtype))
    c = (case.get("beta", 1.0) * c).astype(c.dtype)
    if c.size == len(weight) and c.shape[-1] == len(weight):
        return F.linear(a, weight.astype(b.dtype), c.reshape(-1))
    return F.linear(a, weight.astype(b.dtype)) + c


def _flatten(case: NodeCase) -> Any:
    x, axis = case.input(0), case.get("axis", 1)
    axis = axis % x.ndim if axis < 0 else axis
    x = x[None] if axis == 0 else nn.Flatten(0, axis - 1)(x)
    return nn.Flatten(1)(x)


def _gather(case: NodeCase) -> Any:
    data, indices = case.inputs
    axis = case.get("axis", 0)
    if axis == 0 and data.ndim > 1 and (indices >= 0).all():
        rows = F.embedding(indices, data.reshape(len(data), -1))
        return rows.reshape(*indices.shape, *data.shape[1:])
    return ag.take(data, indices, axis)


# --- normalising ----------------------------------------------------------------------------


def _batch_norm(case: NodeCase) -> Any:
    x, scale, bias, mean, var = case.inputs
    eps, momentum = case.get("epsilon", 1e-5), 1 - case.get("momentum", 0.9)
    layer = nn.BatchNorm2d(x.shape[1], eps=eps, momentum=momentum)
    layer.load_state_dict(
        {
            "weight": scale,
            "bias": bias,
            "running_mean": mean,
            "running_var": var,
            "num_batches_tracked": 0,
        }
    )
    if not case.get("training_mode", 0):
        return layer.eval()(x)
    y = layer(x)
    # ONNX keeps the biased variance, PyTorch and we the unbiased one: n / (n − 1) of it.
    count = x.size // x.shape[1]
    new = (layer.running_var - (1 - momentum) * var) * (count - 1) / count
    return [y, layer.running_mean, ((1 - momentum) * var + new).astype(var.dtype)]


def _layer_norm(case: NodeCase) -> Any:
    x, scale, bias = case.inputs
    shape = x.shape[case.get("axis", -1) :]
    return [F.layer_norm(x, shape, scale, bias, case.get("epsilon", 1e-5)), None, None]


def _group_norm(case: NodeCase) -> Any:
    return F.group_norm(
        case.input(0),
        case.get("num_groups"),
        case.input(1),
        case.input(2),
        case.get("epsilon", 1e-5),
    )


def _instance_norm(case: NodeCase) -> Any:
    x, scale, bias = case.inputs
    return F.group_norm(x, x.shape[1], scale, bias, case.get("epsilon", 1e-5))


# --- windows --------------------------------------------------------------------------------


def _padding(case: NodeCase, size: Any, kernel: Any, stride: Any, dilation: Any) -> list[int]:
    """What is added on either side of each axis, if it is the same."""
    rank = len(kernel)
    pads = case.get("pads", [0] * (2 * rank))
    before, after = list(pads[:rank]), list(pads[rank:])
    auto = case.get("auto_pad", "NOTSET")
    if auto.startswith("SAME"):
        for i in range(rank):
            out = -(-size[i] // stride[i])
            extent = (kernel[i] - 1) * dilation[i] + 1
            total = max(0, (out - 1) * stride[i] + extent - size[i])
            small, large = total // 2, total - total // 2
            before[i], after[i] = (small, large) if auto == "SAME_UPPER" else (large, small)
    if before != after:
        raise NotOurs(f"auto_pad={auto}: pads {before} before and {after} after; ours are alike")
    return before


def _pool(case: NodeCase) -> tuple[int, Any, dict[str, Any]]:
    x, kernel = case.input(0), case.get("kernel_shape")
    rank = len(kernel)
    stride = tuple(case.get("strides", [1] * rank))
    dilation = tuple(case.get("dilations", [1] * rank))
    padding = _padding(case, x.shape[2:], kernel, stride, dilation)
    for k, p in zip(kernel, padding, strict=True):
        if p > k // 2:
            raise NotOurs(f"pads {p} with kernel_shape {k}; PyTorch and we take at most half of it")
    options = {
        "kernel_size": tuple(kernel),
        "stride": stride,
        "padding": tuple(padding),
        "ceil_mode": bool(case.get("ceil_mode", 0)),
    }
    return rank, dilation, options


def _max_pool(case: NodeCase) -> Any:
    rank, dilation, options = _pool(case)
    pool = getattr(F, f"max_pool{rank}d")
    return [pool(case.input(0), dilation=dilation, **options), None]  # ours gives no indices


def _average_pool(case: NodeCase) -> Any:
    rank, dilation, options = _pool(case)
    if set(dilation) != {1}:
        raise NotOurs(f"dilations={dilation}; average pooling has none in PyTorch, nor here")
    include = bool(case.get("count_include_pad", 0))
    pool = getattr(F, f"avg_pool{rank}d")
    return pool(case.input(0), count_include_pad=include, **options)


def _conv(case: NodeCase) -> Any:
    x, weight = case.input(0), case.input(1)
    rank = x.ndim - 2
    stride = tuple(case.get("strides", [1] * rank))
    dilation = tuple(case.get("dilations", [1] * rank))
    padding = _padding(case, x.shape[2:], weight.shape[2:], stride, dilation)
    conv = getattr(F, f"conv{rank}d")
    groups = case.get("group", 1)
    return conv(x, weight, case.input(2), stride, tuple(padding), dilation, groups)


def _conv_transpose(case: NodeCase) -> Any:
    x, weight = case.input(0), case.input(1)
    rank = x.ndim - 2
    stride = case.get("strides", [1] * rank)
    dilation = case.get("dilations", [1] * rank)
    extra = list(case.get("output_padding", [0] * rank))
    wanted = case.get("output_shape")
    auto = case.get("auto_pad", "NOTSET")
    if auto.startswith("SAME"):
        wanted = [n * s for n, s in zip(x.shape[2:], stride, strict=True)]
    if wanted is None:
        pads = case.get("pads", [0] * (2 * rank))
        padding, after = list(pads[:rank]), list(pads[rank:])
        if padding != after:
            raise NotOurs(f"pads {padding} before and {after} after; ours are alike")
    else:
        padding = [0] * rank
        for i in range(rank):
            extent = (weight.shape[2 + i] - 1) * dilation[i] + 1
            total = stride[i] * (x.shape[2 + i] - 1) + extent - wanted[i]
            if total > 0 and total % 2:
                raise NotOurs(f"auto_pad={auto}: {total} to cut off, more after than before")
            padding[i], extra[i] = (total // 2, 0) if total > 0 else (0, -total)
    conv = getattr(F, f"conv_transpose{rank}d")
    return conv(
        x,
        weight,
        case.input(2),
        tuple(stride),
        tuple(padding),
        tuple(extra),
        case.get("group", 1),
        tuple(dilation),
    )


# --- losses ---------------------------------------------------------------------------------


def _loss_options(case: NodeCase) -> dict[str, Any]:
    ignore = case.get("ignore_index")
    return {"reduction": case.get("reduction", "mean")} | (
        {} if ignore is None else {"ignore_index": ignore}
    )


def _cross_entropy(case: NodeCase) -> Any:
    x, target, weight = case.input(0), case.input(1), case.input(2)
    return [
        F.cross_entropy(x, target, weight, **_loss_options(case)),
        F.log_softmax(x, 1),
    ]


def _nll(case: NodeCase) -> Any:
    return F.nll_loss(case.input(0), case.input(1), case.input(2), **_loss_options(case))


ADAPTERS: dict[str, Callable[[NodeCase], Any]] = {
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_norm,
    "Celu": lambda case: F.celu(case.input(0), case.get("alpha", 1.0)),
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "Dropout": _dropout,
    "Elu": lambda case: F.elu(case.input(0), case.get("alpha", 1.0)),
    "Flatten": _flatten,
    "GRU": recurrent.gru,
    "Gather": _gather,
    "Gelu": lambda case: F.gelu(case.input(0), case.get("approximate", "none")),
    "Gemm": _gemm,
    "GlobalAveragePool": lambda case: F.global_avg_pool(case.input(0), keepdims=True),
    "GlobalMaxPool": lambda case: F.global_max_pool(case.input(0), keepdims=True),
    "GroupNormalization": _group_norm,
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": lambda case: F.hardswish(case.input(0)),
    "Identity": lambda case: nn.Identity()(case.input(0)),
    "InstanceNormalization": _instance_norm,
    "LSTM": recurrent.lstm,
    "LayerNormalization": _layer_norm,
    "LeakyRelu": lambda case: F.leaky_relu(case.input(0), case.get("alpha", 0.01)),
    "LogSoftmax": lambda case: F.log_softmax(case.input(0), case.get("axis", -1)),
    "MaxPool": _max_pool,
    "Mish": lambda case: F.mish(case.input(0)),
    "NegativeLogLikelihoodLoss": _nll,
    "PRelu": _prelu,
    "RNN": recurrent.rnn,
    "Relu": lambda case: F.relu(case.input(0)),
    "Selu": _selu,
    "Sigmoid": lambda case: F.sigmoid(case.input(0)),
    "Softmax": lambda case: F.softmax(case.input(0), case.get("axis", -1)),
    "SoftmaxCrossEntropyLoss": _cross_entropy,
    "Softplus": lambda case: F.softplus(case.input(0)),
    "Softsign": lambda case: F.softsign(case.input(0)),
    "Swish": _swish,
    "Tanh": lambda case: F.tanh(case.input(0)),
    "ThresholdedRelu": lambda case: F.threshold(case.input(0), case.get("alpha", 1.0), 0.0),
}
