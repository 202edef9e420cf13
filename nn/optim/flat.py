"""The data and the gradients of several parameters as one vector, and back.

What minimises a function of a vector (L-BFGS, scipy) sees the parameters in this form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd_core import Value
from autograd_core.value import as_data, data_of

__all__ = ["assign", "flat_data", "flat_grad", "number", "scatter"]


def number(loss: Any) -> float:
    """A loss, with or without its graph, as a plain number.

    Examples
    --------
    >>> number(Value(2.0)), number(np.array([3.0]))
    (2.0, 3.0)
    """
    return float(np.asarray(data_of(loss)).item())


def assign(p: Value, data: Any) -> None:
    """Give a parameter new data, in place where it holds an array that can be written to.

    Examples
    --------
    >>> p = Value(np.zeros(2))
    >>> array = p.data
    >>> assign(p, [3.0, 4.0])
    >>> array
    array([3., 4.])
    """
    if isinstance(p.data, np.ndarray) and p.data.flags.writeable:
        p.data[...] = data
    else:  # a number, or an array that belongs to somebody else
        p.data = as_data(np.array(data, p.dtype).reshape(p.shape))


def flat_data(params: Iterable[Value]) -> Any:
    """A copy of all data, shape ``(n,)``.

    Examples
    --------
    >>> flat_data([Value(1.0), Value(np.array([[2.0], [3.0]]))])
    array([1., 2., 3.])
    """
    return np.concatenate([np.ravel(p.data) for p in params])


def flat_grad(params: Iterable[Value]) -> Any:
    """A copy of all gradients, shape ``(n,)``; zeros where there is none.

    Examples
    --------
    >>> x, y = Value(1.0), Value(np.ones(2))
    >>> (3 * x).backward()
    >>> flat_grad([x, y])
    array([3., 0., 0.])
    """
    return np.concatenate(
        [np.zeros(p.size, p.dtype) if p.grad is None else np.ravel(data_of(p.grad)) for p in params]
    )


def scatter(params: Sequence[Value], vector: Any) -> None:
    """Distribute a vector of shape ``(n,)`` over parameters of n elements together.

    Examples
    --------
    >>> x, y = Value(1.0), Value(np.ones(2))
    >>> scatter([x, y], np.array([5.0, 6.0, 7.0]))
    >>> x.data, y.data
    (5.0, array([6., 7.]))
    """
    start = 0
    for p in params:
        assign(p, vector[start : start + p.size].reshape(p.shape))
        start += p.size
