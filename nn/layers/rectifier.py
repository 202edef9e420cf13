"""Activations that are linear on the positive side, as modules."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import functional as F
from ..inputs import accept, check_sizes
from ..module import Module
from ..parameter import Parameter

__all__ = ["CELU", "ELU", "LeakyReLU", "PReLU", "ReLU", "ReLU6", "SELU", "Threshold"]


class ReLU(Module):
    """``max(x, 0)``; the slope at 0 is 0."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.relu(accept(self, x))


class ReLU6(Module):
    """``min(max(x, 0), 6)``; the slope at 0 and at 6 is 0."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.relu6(accept(self, x))


class LeakyReLU(Module):
    """``x`` where positive, ``negative_slope · x`` elsewhere, with that slope at 0."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.leaky_relu(accept(self, x), self.negative_slope)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"negative_slope={self.negative_slope}"


class PReLU(Module):
    """`LeakyReLU` with learned slopes.

    Parameters
    ----------
    num_parameters : int
        The number of channels, for a slope each; or 1 for one that all share.
    init : float
        The slopes at first.
    dtype : dtype_like, optional
        By default float32.

    Attributes
    ----------
    weight : Parameter
        Shape ``(num_parameters,)``.
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, *, dtype: Any = None) -> None:
        super().__init__()
        check_sizes(self, 1, num_parameters=num_parameters)
        self.num_parameters = num_parameters
        dtype = np.float32 if dtype is None else dtype
        self.weight = Parameter(np.full(num_parameters, init, dtype))

    def forward(self, x: Any) -> Any:
        """Elementwise; the channels of ``(N, C, *)`` are axis 1."""
        return F.prelu(accept(self, x), self.weight)

    def extra_repr(self) -> str:
        """The number of slopes."""
        return f"num_parameters={self.num_parameters}"


class ELU(Module):
    """``x`` where positive, ``alpha (eˣ − 1)`` elsewhere; the slope at 0 is alpha."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.elu(accept(self, x), self.alpha)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"alpha={self.alpha}"


class CELU(Module):
    """``x`` where positive, ``alpha (e^(x/alpha) − 1)`` elsewhere: smooth for every alpha."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.celu(accept(self, x), self.alpha)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"alpha={self.alpha}"


class SELU(Module):
    """`ELU`, scaled so that mean 0 and variance 1 are a fixed point (Klambauer et al., 2017)."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.selu(accept(self, x))


class Threshold(Module):
    """``x`` where it is above the threshold, else `value`."""

    def __init__(self, threshold: float, value: float) -> None:
        super().__init__()
        self.threshold, self.value = threshold, value

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.threshold(accept(self, x), self.threshold, self.value)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"threshold={self.threshold}, value={self.value}"
