"""Batch normalisation layers."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from autograd_core.errors import ShapeError
from autograd_core.value import data_of

from .. import functional as F
from ..inputs import accept, check_sizes
from ..module import Module
from .normalization import affine_parameters

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"]


class _BatchNorm(Module):
    """Mean 0 and variance 1 per channel; see `functional.batch_norm`."""

    running_mean: Any
    running_var: Any
    num_batches_tracked: Any
    _forms: ClassVar[dict[int, str]]  # the inputs that it takes, by their number of axes

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        bias: bool = True,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, num_features=num_features)
        dtype = np.dtype(dtype or np.float32)
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self.weight, self.bias = affine_parameters((num_features,), affine, affine and bias, dtype)
        kept = track_running_stats
        self.register_buffer("running_mean", np.zeros(num_features, dtype) if kept else None)
        self.register_buffer("running_var", np.ones(num_features, dtype) if kept else None)
        self.register_buffer("num_batches_tracked", np.zeros((), np.int64) if kept else None)

    def reset_running_stats(self) -> None:
        """Forget all batches."""
        if self.track_running_stats:
            self.running_mean = np.zeros_like(self.running_mean)
            self.running_var = np.ones_like(self.running_var)
            self.num_batches_tracked = np.zeros((), np.int64)

    def forward(self, x: Any) -> Any:
        """Normalise with the statistics of the batch, or, after `eval`, with the running ones."""
        x = accept(self, x)
        self._check(np.shape(data_of(x)))
        tracked = self.training and self.running_mean is not None
        batches = self.num_batches_tracked + 1 if tracked else 1
        # Without a momentum, each batch counts as much as any other.
        momentum = 1 / int(batches) if self.momentum is None else self.momentum
        out = F.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or self.running_mean is None,
            momentum,
            self.eps,
        )
        if tracked:
            self.num_batches_tracked = batches
        return out

    def _check(self, shape: tuple[int, ...]) -> None:
        if len(shape) not in self._forms or shape[1] != self.num_features:
            raise ShapeError(
                f"{type(self).__name__}: the input is {shape}; need "
                f"{' or '.join(self._forms.values())} with C = {self.num_features}"
            )

    def extra_repr(self) -> str:
        """Size and options, as PyTorch shows them."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_BatchNorm):
    """Batch normalisation [1]_ of ``(N, C)`` or ``(N, C, L)``.

    ``y = (x − E x) / √(Var x + eps) · weight + bias``, with mean and variance per channel: in
    training those of the batch, after `eval` the running ones. See `functional.batch_norm`.

    Parameters
    ----------
    num_features : int
        The number of channels, C.
    eps : float
    momentum : float or None
        By which fraction of the way the running statistics move towards those of a batch;
        ``None`` for the mean over all batches.
    affine : bool
        Whether there are weight and bias.
    track_running_stats : bool
        If false, there are no running statistics; those of the batch serve after `eval` as well.
    bias : bool
        Whether there is a bias, if `affine`.
    dtype : dtype_like, optional
        By default float32.

    Attributes
    ----------
    weight, bias : Parameter or None
        Shape ``(C,)``; from 1 and 0.
    running_mean, running_var : ndarray or None
        Shape ``(C,)``; from 0 and 1. The variance is the unbiased one, n/(n − 1) times what a
        batch of n values per channel is divided by.
    num_batches_tracked : ndarray of int or None

    References
    ----------
    .. [1] S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by
       reducing internal covariate shift", ICML 2015.

    Examples
    --------
    >>> layer = BatchNorm1d(1)
    >>> layer([[1.0], [3.0]]).data.round(3)
    array([[-1.],
           [ 1.]], dtype=float32)
    >>> layer.running_mean, layer.running_var
    (array([0.2], dtype=float32), array([1.1], dtype=float32))
    """

    _forms = {2: "(N, C)", 3: "(N, C, L)"}


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of ``(N, C, H, W)``; see `BatchNorm1d`.

    Examples
    --------
    >>> BatchNorm2d(3)(np.ones((2, 3, 4, 4))).shape
    (2, 3, 4, 4)
    """

    _forms = {4: "(N, C, H, W)"}


class BatchNorm3d(_BatchNorm):
    """Batch normalisation of ``(N, C, D, H, W)``; see `BatchNorm1d`."""

    _forms = {5: "(N, C, D, H, W)"}
