"""Softmax, its logarithm, and the logarithm of a sum of exponentials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..cases import Case, Domain
from ..declare import composite, primitive
from ..op import Kernel
from .arithmetic import where
from .exponential import exp
from .reduction import REDUCTIONS, kept, max, sum

__all__ = ["log_softmax", "logsumexp", "softmax"]

ALONG_AXIS = (Case((2, 3)), Case((2, 3), axis=0), Case((4,)), Case((2, 3, 2), axis=1))


def _logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """``ln Σ eˣ`` over axes, without overflow; see `sum` for the arguments."""
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)  # inf − inf would be nan
    with np.errstate(divide="ignore"):  # ln 0 = −inf is right where all x are −inf
        out = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return out if keepdims else np.reshape(out, np.sum(x, axis=axis).shape)


def _unlogsumexp(g: Any, out: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    out = kept(out, x, axis)
    return kept(g, x, axis) * exp(x - where(out == -math.inf, 0.0, out))


logsumexp = primitive(
    "logsumexp", _logsumexp, vjps=(_unlogsumexp,),
    formula="ln Σ eˣ", cases=REDUCTIONS, domain=Domain(also=(-math.inf, 1000.0)),
    onnx="ReduceLogSumExp")


def _softmax(x: Any, axis: int = -1) -> Any:
    """``eˣ / Σ eˣ`` along an axis.

    Parameters
    ----------
    x : array_like or Value
    axis : int or tuple of int

    Returns
    -------
    ndarray or Value
        Of the same shape; sums to 1 along the axis.
    """
    e = exp(x - max(_detached(x), axis, True))  # the shift changes nothing but the range
    return e / sum(e, axis, True)


def _softmax_forward(x: Any, axis: Any) -> tuple[Any, None]:
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    e /= np.sum(e, axis=axis, keepdims=True)
    return e, None


def _softmax_vjp(g: Any, out: Any, residuals: None, x: Any, *, wanted: Any, axis: Any) -> Any:
    return (out * (g - np.sum(g * out, axis=axis, keepdims=True)),)


softmax = composite(
    _softmax, kernel=Kernel(_softmax_forward, _softmax_vjp), name="softmax",
    formula="eˣ / Σ eˣ", cases=ALONG_AXIS, domain=Domain(also=(1000.0, -math.inf)), onnx="Softmax")


def _log_softmax(x: Any, axis: int = -1) -> Any:
    """``x − ln Σ eˣ`` along an axis, in nats; see `softmax` for the arguments."""
    return x - logsumexp(x, axis, True)


def _log_softmax_forward(x: Any, axis: Any) -> tuple[Any, None]:
    return x - _logsumexp(x, axis, True), None


def _log_softmax_vjp(g: Any, out: Any, residuals: None, x: Any, *, wanted: Any, axis: Any) -> Any:
    return (g - np.exp(out) * np.sum(g, axis=axis, keepdims=True),)


log_softmax = composite(
    _log_softmax, kernel=Kernel(_log_softmax_forward, _log_softmax_vjp), name="log_softmax",
    formula="x − ln Σ eˣ", cases=ALONG_AXIS, domain=Domain(also=(1000.0, -math.inf)),
    onnx="LogSoftmax")


def _detached(x: Any) -> Any:
    return x.detach() if hasattr(x, "detach") else x
