"""What a layer does with the data that it is called with, before it computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core import Value
from autograd_core.errors import DtypeError

if TYPE_CHECKING:
    from .module import Module

__all__ = ["accept"]


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
        If a Value has another floating-point dtype than the layer, or raw data is no
        number.

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
    array = np.asarray(x)
    if array.dtype.kind not in "fiub":
        raise DtypeError(
            f"{type(module).__name__}: the input is of dtype {array.dtype}; need real numbers"
        )
    return array if wanted is None else array.astype(wanted, copy=False)
