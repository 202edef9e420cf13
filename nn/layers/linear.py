"""Fully connected layers, and those that only change the shape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ArgumentError
from autograd_core.value import shape_of

from .. import functional as F
from .. import init
from ..inputs import accept, check_sizes
from ..module import Module
from ..parameter import Parameter
from ..random import generator

__all__ = ["Bilinear", "Flatten", "Identity", "Linear", "Unflatten"]


class Linear(Module):
    """``y = x Wᵀ + b``.

    Weights and biases start from U(−1/√in, 1/√in), as PyTorch's.

    Parameters
    ----------
    in_features, out_features : int
    bias : bool
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Attributes
    ----------
    weight : Parameter
        Shape ``(out_features, in_features)``.
    bias : Parameter or None
        Shape ``(out_features,)``.

    Examples
    --------
    >>> layer = Linear(3, 2, rng=0)
    >>> layer(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, in_features=in_features, out_features=out_features)
        self.in_features, self.out_features = in_features, out_features
        rng = generator(rng)
        self.weight = _uniform((out_features, in_features), in_features, dtype, rng)
        self.bias = _uniform((out_features,), in_features, dtype, rng) if bias else None

    def forward(self, x: Any) -> Any:
        """``x Wᵀ + b`` of ``(..., in_features)``."""
        return F.linear(accept(self, x), self.weight, self.bias)

    def extra_repr(self) -> str:
        """Sizes, and whether there is a bias."""
        sizes = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"{sizes}, bias={self.bias is not None}"


class Bilinear(Module):
    """``y_k = x₁ᵀ W_k x₂ + b_k``.

    Parameters
    ----------
    in1_features, in2_features, out_features : int
    bias : bool
    dtype, rng
        See `Linear`.

    Attributes
    ----------
    weight : Parameter
        Shape ``(out_features, in1_features, in2_features)``; from U(−1/√in1, 1/√in1).
    bias : Parameter or None
        Shape ``(out_features,)``.

    Examples
    --------
    >>> Bilinear(2, 3, 4)(np.ones((5, 2)), np.ones((5, 3))).shape
    (5, 4)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        sizes = {"in1_features": in1_features, "in2_features": in2_features}
        check_sizes(self, **sizes, out_features=out_features)
        self.in1_features, self.in2_features = in1_features, in2_features
        self.out_features = out_features
        shape = (out_features, in1_features, in2_features)
        rng = generator(rng)
        self.weight = _uniform(shape, in1_features, dtype, rng)
        self.bias = _uniform((out_features,), in1_features, dtype, rng) if bias else None

    def forward(self, x1: Any, x2: Any) -> Any:
        """``x₁ᵀ W x₂ + b`` of ``(..., in1_features)`` and ``(..., in2_features)``."""
        return F.bilinear(accept(self, x1), accept(self, x2), self.weight, self.bias)

    def extra_repr(self) -> str:
        """Sizes, and whether there is a bias."""
        sizes = f"in1_features={self.in1_features}, in2_features={self.in2_features}"
        return f"{sizes}, out_features={self.out_features}, bias={self.bias is not None}"


class Identity(Module):
    """Its input as it is, whatever it is constructed with: a place to put another layer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, x: Any) -> Any:
        """The input."""
        return x


class Flatten(Module):
    """Make one axis of several, such as features of the channels and pixels of an image.

    Parameters
    ----------
    start_dim, end_dim : int
        The first and the last of them; by default all but the batch.

    Examples
    --------
    >>> Flatten()(np.ones((2, 3, 4, 4))).shape
    (2, 48)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x: Any) -> Any:
        """The input in another shape."""
        x = accept(self, x)
        shape = shape_of(x)
        axes = max(len(shape), 1)
        for name, dim in (("start_dim", self.start_dim), ("end_dim", self.end_dim)):
            if not -axes <= dim < axes:
                raise ArgumentError(
                    f"Flatten: {name} is {dim}; the input {shape} has no such axis, need one from "
                    f"{-axes} to {axes - 1}"
                )
        first, last = self.start_dim % axes, self.end_dim % axes
        if first > last:
            raise ArgumentError(
                f"Flatten: of shape {shape}, start_dim={self.start_dim} comes after "
                f"end_dim={self.end_dim}; need start_dim <= end_dim"
            )
        between = math.prod(shape[first : last + 1])
        return ag.reshape(x, (*shape[:first], between, *shape[last + 1 :]))

    def extra_repr(self) -> str:
        """The axes."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Make several axes of one.

    Parameters
    ----------
    dim : int
        The axis.
    unflattened_size : tuple of int
        What it becomes; one of them may be −1.

    Examples
    --------
    >>> Unflatten(1, (3, -1))(np.ones((2, 12))).shape
    (2, 3, 4)
    """

    def __init__(self, dim: int, unflattened_size: tuple[int, ...]) -> None:
        super().__init__()
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, x: Any) -> Any:
        """The input in another shape."""
        x = accept(self, x)
        shape, dim = shape_of(x), self.dim
        if not -len(shape) <= dim < len(shape):
            raise ArgumentError(f"Unflatten: dim is {dim}; the input {shape} has no such axis")
        dim %= len(shape)
        size = self.unflattened_size
        if -1 in size and shape[dim] % -math.prod(size) == 0:
            rest = shape[dim] // -math.prod(size)
            size = tuple(rest if n == -1 else n for n in size)
        if math.prod(size) != shape[dim]:
            raise ArgumentError(
                f"Unflatten: axis {dim} has size {shape[dim]}; need the product of "
                f"unflattened_size={self.unflattened_size}"
            )
        return ag.reshape(x, (*shape[:dim], *size, *shape[dim + 1 :]))

    def extra_repr(self) -> str:
        """The axis and its sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


def _uniform(shape: tuple[int, ...], fan_in: int, dtype: Any, rng: Any) -> Parameter:
    """A parameter from U(−1/√fan_in, 1/√fan_in)."""
    bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
    parameter = Parameter(np.empty(shape, np.float32 if dtype is None else dtype))
    init.uniform_(parameter, -bound, bound, rng=rng)
    return parameter
