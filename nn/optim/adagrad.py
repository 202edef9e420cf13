"""Adagrad."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .blocks import blocks
from .objective import objective_gradient
from .optimizer import Optimizer

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    """Adagrad: steps scaled by the root of the sum of all squared gradients [1]_.

    With g the gradient, including λx for the weight decay λ, in step t::

        s ← s + g²
        x ← x − η / (1 + (t − 1) δ) · g / (√s + ε)

    Parameters
    ----------
    params : iterable of Value, of (str, Value), or of dict
        See `Optimizer`.
    lr : float
        Learning rate η.
    lr_decay : float
        δ.
    weight_decay : float
        λ.
    initial_accumulator_value : float
        s at the start.
    eps : float
        ε.
    maximize : bool
        Whether to walk uphill.

    Raises
    ------
    ArgumentError
        See `Optimizer`.

    References
    ----------
    .. [1] J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and
       stochastic optimization", JMLR 12 (2011).

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(5.0)
    >>> optimizer = Adagrad([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.data, 6)
    4.9
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "lr_decay": lr_decay,
                "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value,
                "eps": eps,
                "maximize": maximize,
            },
        )

    def _check(self, group: dict[str, Any]) -> None:
        self._need_at_least_zero(
            group, "lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"
        )

    def _update(self, data: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state.update(step=0, sum=np.full_like(data, group["initial_accumulator_value"]))
        t = state["step"] = state["step"] + 1
        step_size = group["lr"] / (1 + (t - 1) * group["lr_decay"])
        for x, g, s in blocks(data, grad, state["sum"]):
            g = objective_gradient(x, g, group)
            s += g * g
            x -= step_size * (g / (np.sqrt(s) + group["eps"]))
