"""Parameter: what a module learns."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import Value
from autograd_core.errors import DtypeError

__all__ = ["Parameter"]


class Parameter(Value):
    """A trainable leaf. As an attribute of a `Module` it is found by `Module.parameters`.

    Parameters
    ----------
    data : array_like or Value
        Copied, so that nobody else can write to it. A floating-point array keeps its dtype;
        numbers and lists become float32.
    requires_grad : bool
        ``False`` for one that is stored and loaded but not trained.
    name : str, optional
        For pictures; by default the attribute's.

    Raises
    ------
    DtypeError
        If the data is neither floating-point nor plain numbers.

    Examples
    --------
    >>> w = Parameter([1.0, 2.0])
    >>> (w * w).sum().backward()
    >>> w.grad
    array([2., 4.], dtype=float32)
    """

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = True, *, name: str | None = None) -> None:
        if isinstance(data, Value):
            data = data.data
        array = np.array(data, dtype=None if hasattr(data, "dtype") else np.float32)
        if array.dtype.kind != "f":
            raise DtypeError(
                f"Parameter: the data is {array.dtype}; need floating-point data, such as "
                "data.astype(np.float32)"
            )
        super().__init__(array, name=name, requires_grad=requires_grad)

    def __repr__(self) -> str:
        text = repr(self.data).replace("\n", "\n    ")
        return f"Parameter({text}{'' if self.requires_grad else ', requires_grad=False'})"
