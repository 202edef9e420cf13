"""RMSprop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .blocks import blocks
from .objective import objective_gradient
from .optimizer import Optimizer

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """RMSprop: steps scaled by the root of a running mean of squared gradients [1]_.

    With g the gradient, including λx for the weight decay λ::

        v ← α v + (1 − α) g²
        a ← α a + (1 − α) g                   centred [2]_ only, else a = 0
        d = g / (√(v − a²) + ε)
        b ← μ b + d                           with momentum μ, else b = d
        x ← x − η b

    Parameters
    ----------
    params : iterable of Value, of (str, Value), or of dict
        See `Optimizer`.
    lr : float
        Learning rate η.
    alpha : float
        α.
    eps : float
        ε.
    weight_decay : float
        λ.
    momentum : float
        μ.
    centered : bool
        Whether to divide by the standard deviation in place of the root mean square.
    maximize : bool
        Whether to walk uphill.

    Raises
    ------
    ArgumentError
        See `Optimizer`.

    References
    ----------
    .. [1] T. Tieleman, G. Hinton, "Lecture 6.5: rmsprop", Coursera (2012).
    .. [2] A. Graves, "Generating sequences with recurrent neural networks", arXiv:1308.0850.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(5.0)
    >>> optimizer = RMSprop([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.data, 6)  # 0.1 · 10 / √(0.01 · 10²)
    4.0
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "alpha": alpha,
                "eps": eps,
                "weight_decay": weight_decay,
                "momentum": momentum,
                "centered": centered,
                "maximize": maximize,
            },
        )

    def _check(self, group: dict[str, Any]) -> None:
        self._need_at_least_zero(group, "lr", "alpha", "eps", "weight_decay", "momentum")

    def _update(self, data: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        momentum, centered = group["momentum"], group["centered"]
        if not state:
            state.update(step=0, square_avg=np.zeros_like(data))
        if centered and "grad_avg" not in state:
            state["grad_avg"] = np.zeros_like(data)
        if momentum and "momentum_buffer" not in state:
            state["momentum_buffer"] = np.zeros_like(data)
        state["step"] += 1
        lr, alpha, eps = group["lr"], group["alpha"], group["eps"]
        square_avg = state["square_avg"]
        # A stand-in where an average is not kept; it is not read.
        grad_avg, buffer = (state.get(name, square_avg) for name in ("grad_avg", "momentum_buffer"))
        for x, g, v, a, b in blocks(data, grad, square_avg, grad_avg, buffer):
            g = objective_gradient(x, g, group)
            v *= alpha
            v += (1 - alpha) * (g * g)
            variance = v
            if centered:
                a += (1 - alpha) * (g - a)
                # Not negative, but rounding may make it so where the gradient stands still.
                variance = np.maximum(v - a * a, 0)
            d = g / (np.sqrt(variance) + eps)
            if momentum:
                b *= momentum
                b += d
            x -= lr * (b if momentum else d)
