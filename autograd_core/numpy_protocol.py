"""numpy functions called with Values: ``np.tanh(v)``, ``np.concatenate([v, w])``.

What has no counterpart here raises, and says so: nothing is ever detached in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from . import errors, ops
from .tree import map_leaves
from .value import Value

__all__ = ["as_array", "call_function", "call_ufunc"]

# Their results are integers, booleans or shapes, which have no gradient to lose.
_PIECEWISE_CONSTANT = frozenset(
    {
        np.allclose, np.all, np.any, np.argmax, np.argmin, np.argsort, np.argwhere, np.array_equal,
        np.count_nonzero, np.equal, np.greater, np.greater_equal, np.isclose,
        np.isfinite, np.isinf, np.isnan, np.less, np.less_equal, np.logical_and, np.logical_not,
        np.logical_or, np.ndim, np.nonzero, np.not_equal, np.ones_like, np.result_type,
        np.searchsorted, np.shape, np.size, np.zeros_like,
    }
)  # fmt: skip


def as_array(value: Value, dtype: Any, copy: bool | None) -> Any:
    """``np.asarray(value)``: only for a Value that has no gradient to lose.

    Raises
    ------
    UnsupportedError
        If the Value requires a gradient.
    """
    if value.requires_grad:
        raise errors.UnsupportedError(
            "asarray: the Value requires a gradient, which an ndarray would lose; "
            "use value.data or value.detach(), or an op of autograd_core"
        )
    array = np.asarray(value.data, dtype=dtype)
    return array.copy() if copy else array


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`__array_ufunc__` of Value."""
    if method != "__call__":
        raise errors.UnsupportedError(
            f"{ufunc.__name__}.{method}: not differentiable here; "
            f"use {_REDUCTIONS.get((ufunc.__name__, method), 'an op of autograd_core')}"
        )
    return call_function(ufunc, inputs, kwargs)


_REDUCTIONS = {
    ("add", "reduce"): "ag.sum", ("multiply", "reduce"): "ag.prod", ("maximum", "reduce"): "ag.max",
    ("minimum", "reduce"): "ag.min", ("add", "accumulate"): "ag.cumsum",
    ("multiply", "accumulate"): "ag.cumprod", ("multiply", "outer"): "ag.outer",
    ("add", "at"): "ag.scatter_add",
}  # fmt: skip


def call_function(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`__array_function__` of Value."""
    if function in _PIECEWISE_CONSTANT:
        return function(*map_leaves(_raw, args), **map_leaves(_raw, kwargs))
    op = _counterparts().get(function)
    if op is None:
        raise errors.UnsupportedError(
            f"{_full_name(function)}: no differentiable counterpart; {_advice(function.__name__)}"
        )
    kwargs = {_RENAMED.get(key, key): value for key, value in kwargs.items()}
    for unwanted in ("out", "where", "dtype", "initial"):
        if kwargs.get(unwanted) is not None and not (
            unwanted == "where" and kwargs["where"] is True
        ):
            raise errors.UnsupportedError(
                f"numpy.{function.__name__}: {unwanted}= is not supported for a Value; "
                f"call ag.{function.__name__} without it"
            )
        kwargs.pop(unwanted, None)
    try:
        return op(*args, **kwargs)
    except errors.AutogradError:
        raise
    except TypeError as error:  # an argument that only numpy's function has
        raise errors.UnsupportedError(f"numpy.{function.__name__}: {error}") from error


_RENAMED = {"a_min": "min", "a_max": "max", "newshape": "shape"}


@cache
def _counterparts() -> Mapping[Callable[..., Any], Callable[..., Any]]:
    table: dict[Callable[..., Any], Callable[..., Any]] = {
        function: op for op in ops.OPS.values() for function in op.numpy
    }
    # Public functions around ops, where the call has another form than (operands, params).
    for name in ("concatenate", "stack", "split", "dot", "einsum"):
        table[getattr(np, name)] = getattr(ops, name)
    table[np.linalg.slogdet] = ops.slogdet
    table[np.positive] = ops.identity
    return table


def _full_name(function: Any) -> str:
    inside = ".linalg" if "linalg" in (getattr(function, "__module__", None) or "") else ""
    return f"numpy{inside}.{function.__name__}"


def _advice(name: str) -> str:
    if name in ("fmax", "fmin"):
        name = {"fmax": "maximum", "fmin": "minimum"}[name]
    close = [public for public in ops.__all__ if public in name or name in public]
    near = f"ag.{close[0]} is close; " if close else ""
    return f"{near}use value.data or value.detach() if no gradient is wanted"


def _raw(x: Any) -> Any:
    return x.data if isinstance(x, Value) else x
