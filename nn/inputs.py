"""What a layer does with the data that it is called with, before it computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core import Value
from autograd_core.errors import ArgumentError, DtypeError

if TYPE_CHECKING:
    from .module import Module

__all__ = ["accept", "check_sizes"]


def accept(module: Module, x: Any) -> Any:
    """Bring an input to the dtype of a layer.

    Parameters
    ----------
    module : Module
        The layer; the first of its own parameters tells the dtype.
    x : array_like or Value

    Returns
    -------
    ndarray or Value
        Raw data is converted: numpy makes float64 of everything, and a network of float32
        would compute in float64 from there on, at twice the time. A Value is never
        converted in silence, since its gradient would change dtype on the way.

    Raises
    ------
    DtypeError
        If a Value has another floating-point dtype than the layer, raw data is no number, or
        the input is a tuple with Values, such as recurrent layers return.

    Examples
    --------
    >>> import nn
    >>> accept(nn.Linear(2, 1), [[1, 2]]).dtype
    dtype('float32')
    """
    wanted = module.dtype
    if isinstance(x, Value):
        if wanted is not None and x.dtype != wanted:
            raise DtypeError(
                f"{type(module).__name__}: the input is a Value of {x.dtype}, the parameters are "
                f"{wanted}; need one dtype: module.to('{x.dtype}') or x.astype('{wanted}')"
            )
        return x
    if isinstance(x, tuple) and any(isinstance(part, Value) for part in x):
        raise DtypeError(
            f"{type(module).__name__}: got a tuple of {len(x)}; need one array: of the "
            "(output, state) that a recurrent layer returns, take the output"
        )
    array = np.asarray(x)
    if array.dtype.kind not in "fiub":
        raise DtypeError(
            f"{type(module).__name__}: the input is of dtype {array.dtype}; need real numbers"
        )
    return array if wanted is None else array.astype(wanted, copy=False)


def check_sizes(module: Module, least: int = 0, **sizes: Any) -> None:
    """Refuse numbers that cannot be the size of an axis.

    Parameters
    ----------
    module : Module
        The layer that is being made.
    least : int
        The smallest that is allowed.
    **sizes : int
        By their names.

    Raises
    ------
    ArgumentError
        If one is no integer, or too small.

    Examples
    --------
    >>> import nn
    >>> nn.Linear(-3, 2)
    Traceback (most recent call last):
    ...
    autograd_core.errors.ArgumentError: Linear: in_features is -3; need an integer, at least 0
    """
    for name, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < least:
            raise ArgumentError(
                f"{type(module).__name__}: {name} is {size!r}; need an integer, at least {least}"
            )
