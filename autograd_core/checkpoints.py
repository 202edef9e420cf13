"""Trading time for memory: `checkpoint`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import numpy as np

from . import ops
from .declare import composite
from .transformed import Function
from .tree import flatten
from .value import Value, data_of, dtype_of, is_floating, shape_of

__all__ = ["checkpoint"]


def checkpoint(f: Function) -> Function:
    """Save memory: keep only the result of `f`, and compute the rest again for the gradient.

    Parameters
    ----------
    f : callable
        Takes and returns nested structures; what is in them of Values and arrays is
        differentiated, and so is a Value that it closes over. Must compute the same when it
        is called again.

    Returns
    -------
    callable

    Examples
    --------
    >>> x = Value(0.5)
    >>> y = checkpoint(lambda x: ops.sin(ops.exp(x)))(x)
    >>> y.op.name
    'checkpoint'
    >>> y.backward(); round(x.grad, 6)
    -0.128347
    """

    @wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        given, rebuild_arguments = flatten((args, kwargs))
        where = [i for i, x in enumerate(given) if isinstance(x, (Value, float, np.ndarray))]
        rebuild: Callable[[Iterable[Any]], Any] | None = None
        layout: list[Any] = []  # of each leaf: shape and dtype, or the data itself

        def joined(*xs: Any) -> Any:
            """What `f` returns as one array, because a node has only one."""
            nonlocal rebuild, layout
            arguments = list(given)
            for i, x in zip(where, xs, strict=True):
                arguments[i] = x
            positional, named = rebuild_arguments(arguments)
            out = f(*positional, **named)
            if isinstance(out, Value):
                return out
            leaves, rebuild = flatten(out)
            floating = [is_floating(data_of(leaf)) for leaf in leaves]
            layout = [
                (shape_of(leaf), dtype_of(data_of(leaf))) if is_float else data_of(leaf)
                for leaf, is_float in zip(leaves, floating, strict=True)
            ]
            parts = [
                ops.ravel(leaf) for leaf, is_float in zip(leaves, floating, strict=True) if is_float
            ]
            return ops.concatenate(parts) if parts else np.zeros(0)

        out = composite(joined, name="checkpoint", arity=None)(*(given[i] for i in where))
        if rebuild is None:
            return out
        parts, start = [], 0
        for part in layout:
            if isinstance(part, tuple):
                shape, dtype = part
                stop = start + math.prod(shape)
                part = ops.astype(ops.reshape(out[start:stop], shape), dtype)
                start = stop
            parts.append(part)
        return rebuild(parts)

    return checkpointed
