"""Layers that normalise within each sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

from .. import functional as F
from ..inputs import accept, check_sizes
from ..module import Module
from ..parameter import Parameter

__all__ = ["GroupNorm", "LayerNorm"]


class LayerNorm(Module):
    """Mean 0 and variance 1 over the last axes, sample by sample; see `functional.layer_norm`.

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The last axes of the input.
    eps : float
    elementwise_affine : bool
        Whether there are parameters.
    bias : bool
        Whether there is a bias among them.
    dtype : dtype_like, optional
        By default float32.

    Attributes
    ----------
    weight, bias : Parameter or None
        Shape `normalized_shape`; from 1 and 0.

    Examples
    --------
    >>> LayerNorm(2)([[1.0, 3.0], [5.0, 9.0]]).data.round(3)
    array([[-1.,  1.],
           [-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        shape = normalized_shape if isinstance(normalized_shape, Sequence) else (normalized_shape,)
        for size in shape:
            check_sizes(self, normalized_shape=size)
        self.normalized_shape = tuple(shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self.weight, self.bias = affine_parameters(
            self.normalized_shape, elementwise_affine, elementwise_affine and bias, dtype
        )

    def forward(self, x: Any) -> Any:
        """Normalise ``(..., *normalized_shape)``."""
        return F.layer_norm(
            accept(self, x), self.normalized_shape, self.weight, self.bias, self.eps
        )

    def extra_repr(self) -> str:
        """Shape and options, as PyTorch shows them."""
        bias = f"bias={self.bias is not None}"
        affine = f"elementwise_affine={self.elementwise_affine}, {bias}"
        return f"{self.normalized_shape}, eps={self.eps}, {affine}"


class GroupNorm(Module):
    """Mean 0 and variance 1 per sample and group of channels; see `functional.group_norm`.

    Parameters
    ----------
    num_groups : int
        A divisor of `num_channels`.
    num_channels : int
        C of the input ``(N, C, ...)``.
    eps : float
    affine : bool
        Whether there are weight and bias.
    bias : bool
        Whether there is a bias, if `affine`.
    dtype : dtype_like, optional
        By default float32.

    Raises
    ------
    ArgumentError
        If the channels cannot be divided so.

    Attributes
    ----------
    weight, bias : Parameter or None
        Shape ``(C,)``; from 1 and 0.

    Examples
    --------
    >>> GroupNorm(2, 4)([[1.0, 3.0, 5.0, 9.0]]).data.round(3)
    array([[-1.,  1., -1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        *,
        bias: bool = True,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, 1, num_groups=num_groups, num_channels=num_channels)
        if num_channels % num_groups:
            raise ArgumentError(
                f"GroupNorm: {num_channels} channels cannot be divided into {num_groups} groups; "
                "need a divisor"
            )
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps, self.affine = eps, affine
        self.weight, self.bias = affine_parameters((num_channels,), affine, affine and bias, dtype)

    def forward(self, x: Any) -> Any:
        """Normalise ``(N, C, ...)``."""
        return F.group_norm(accept(self, x), self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Sizes and options, as PyTorch shows them."""
        affine = f"affine={self.affine}, bias={self.bias is not None}"
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, {affine}"


def affine_parameters(
    shape: tuple[int, ...], weight: bool, bias: bool, dtype: Any
) -> tuple[Parameter | None, Parameter | None]:
    """Scale and shift that change nothing yet."""
    dtype = np.dtype(dtype or np.float32)
    return (
        Parameter(np.ones(shape, dtype)) if weight else None,
        Parameter(np.zeros(shape, dtype)) if bias else None,
    )
