"""Adadelta."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .blocks import blocks
from .objective import objective_gradient
from .optimizer import Optimizer

__all__ = ["Adadelta"]


class Adadelta(Optimizer):
    """Adadelta: steps in units of the past steps, so that no learning rate is needed [1]_.

    With g the gradient, including λx for the weight decay λ::

        v ← ρ v + (1 − ρ) g²
        d = g √(u + ε) / √(v + ε)
        u ← ρ u + (1 − ρ) d²
        x ← x − η d

    Parameters
    ----------
    params : iterable of Value, of (str, Value), or of dict
        See `Optimizer`.
    lr : float
        η; 1 in the paper.
    rho : float
        ρ, at most 1.
    eps : float
        ε; it sets the length of the first steps.
    weight_decay : float
        λ.
    maximize : bool
        Whether to walk uphill.

    Raises
    ------
    ArgumentError
        See `Optimizer`.

    References
    ----------
    .. [1] M. D. Zeiler, "ADADELTA: an adaptive learning rate method", arXiv:1212.5701 (2012).

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(5.0)
    >>> optimizer = Adadelta([x], eps=0.1)
    >>> for _ in range(100):
    ...     optimizer.zero_grad()
    ...     (x * x).backward()
    ...     optimizer.step()
    >>> abs(x.data) < 0.1
    True
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "rho": rho,
                "eps": eps,
                "weight_decay": weight_decay,
                "maximize": maximize,
            },
        )

    def _check(self, group: dict[str, Any]) -> None:
        self._need_at_least_zero(group, "lr", "rho", "eps", "weight_decay")
        if not group["rho"] <= 1:
            self._refuse(f"rho is {group['rho']}; need rho <= 1")

    def _update(self, data: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state.update(step=0, square_avg=np.zeros_like(data), acc_delta=np.zeros_like(data))
        state["step"] += 1
        lr, rho, eps = group["lr"], group["rho"], group["eps"]
        for x, g, v, u in blocks(data, grad, state["square_avg"], state["acc_delta"]):
            g = objective_gradient(x, g, group)
            v *= rho
            v += (1 - rho) * (g * g)
            # Two roots, as PyTorch takes them: the quotient under one overflows for float32.
            d = np.sqrt(u + eps) / np.sqrt(v + eps) * g
            u *= rho
            u += (1 - rho) * (d * d)
            x -= lr * d
