"""Smooth and saturating activations, and those along an axis, as modules."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ..inputs import accept
from ..module import Module

__all__ = [
    "GELU",
    "GLU",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "ScaledTanh",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmin",
    "Softplus",
    "Softsign",
    "Tanh",
    "Tanhshrink",
]


class Sigmoid(Module):
    """``1 / (1 + e⁻ˣ)``."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.sigmoid(accept(self, x))


class LogSigmoid(Module):
    """``ln σ(x)``, without overflow."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.logsigmoid(accept(self, x))


class Hardsigmoid(Module):
    """``min(max(x/6 + ½, 0), 1)``; the slope at −3 and at 3 is 0."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.hardsigmoid(accept(self, x))


class Tanh(Module):
    """``tanh x``."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.tanh(accept(self, x))


class ScaledTanh(Module):
    """``1.7159 tanh(2x/3)``, which is ±1 at ±1 (LeCun et al., Efficient BackProp, 1998)."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.scaled_tanh(accept(self, x))


class Hardtanh(Module):
    """``x`` between the bounds, else the nearer one; the slope at a bound is 0."""

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        super().__init__()
        self.min_val, self.max_val = min_val, max_val

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.hardtanh(accept(self, x), self.min_val, self.max_val)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"min_val={self.min_val}, max_val={self.max_val}"


class Tanhshrink(Module):
    """``x − tanh x``."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.tanhshrink(accept(self, x))


class Softsign(Module):
    """``x / (1 + |x|)``."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.softsign(accept(self, x))


class Softplus(Module):
    """``ln(1 + e^(beta x)) / beta``, and ``x`` itself where ``beta x > threshold``."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.softplus(accept(self, x), self.beta, self.threshold)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"beta={self.beta}, threshold={self.threshold}"


class SiLU(Module):
    """``x σ(x)``."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.silu(accept(self, x))


class GELU(Module):
    """``x Φ(x)``, or with ``approximate="tanh"`` the formula with a tanh."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.gelu(accept(self, x), self.approximate)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"approximate={self.approximate!r}"


class Mish(Module):
    """``x tanh(ln(1 + eˣ))``."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.mish(accept(self, x))


class Hardswish(Module):
    """``x min(max(x/6 + ½, 0), 1)``; the slope is 0 at −3 and 1 at 3."""

    def forward(self, x: Any) -> Any:
        """Elementwise."""
        return F.hardswish(accept(self, x))


class Softmax(Module):
    """``eˣ / Σ eˣ`` along an axis."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Any) -> Any:
        """Of the same shape; sums to 1 along the axis."""
        return F.softmax(accept(self, x), self.dim)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """``x − ln Σ eˣ`` along an axis, in nats."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Any) -> Any:
        """Of the same shape."""
        return F.log_softmax(accept(self, x), self.dim)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"dim={self.dim}"


class Softmin(Module):
    """``e⁻ˣ / Σ e⁻ˣ`` along an axis."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Any) -> Any:
        """Of the same shape; sums to 1 along the axis."""
        return F.softmin(accept(self, x), self.dim)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"dim={self.dim}"


class GLU(Module):
    """``a σ(b)`` of the two halves a, b along an axis of even size."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Any) -> Any:
        """Half as long along the axis."""
        return F.glu(accept(self, x), self.dim)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"dim={self.dim}"
