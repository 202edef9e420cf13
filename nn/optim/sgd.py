"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .blocks import blocks
from .objective import objective_gradient
from .optimizer import Optimizer

__all__ = ["SGD"]


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum [1]_ or Nesterov's [2]_.

    With g the gradient of the objective, including λx for the weight decay λ::

        b ← μ b + (1 − τ) g        (b = g in the first step)
        x ← x − η b                momentum
        x ← x − η (g + μ b)        Nesterov
        x ← x − η g                without momentum

    Parameters
    ----------
    params : iterable of Value, of (str, Value), or of dict
        See `Optimizer`.
    lr : float
        Learning rate η.
    momentum : float
        μ, most often 0.9.
    dampening : float
        τ.
    weight_decay : float
        λ.
    nesterov : bool
        Needs a momentum and no dampening.
    maximize : bool
        Whether to walk uphill.

    Raises
    ------
    ArgumentError
        See `Optimizer`.

    References
    ----------
    .. [1] B. T. Polyak, "Some methods of speeding up the convergence of iteration methods",
       USSR Comp. Math. and Math. Phys. 4 (1964).
    .. [2] I. Sutskever et al., "On the importance of initialization and momentum in deep
       learning", ICML 2013, in the form without a look-ahead.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(5.0)
    >>> optimizer = SGD([x], lr=0.1)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     (x * x).backward()
    ...     optimizer.step()
    >>> round(x.data, 6)  # 5 · 0.8³
    2.56
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
                "maximize": maximize,
            },
        )

    def _check(self, group: dict[str, Any]) -> None:
        self._need_at_least_zero(group, "lr", "momentum", "weight_decay")
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            self._refuse(
                f"nesterov with momentum {group['momentum']} and dampening {group['dampening']}; "
                "need momentum > 0 and dampening = 0"
            )

    def _update(self, data: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, momentum = group["lr"], group["momentum"]
        if not momentum:
            for x, g in blocks(data, grad):
                x -= lr * objective_gradient(x, g, group)
            return
        keep, take = momentum, 1 - group["dampening"]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = np.zeros_like(data)
            keep, take = 0.0, 1.0
        for x, g, b in blocks(data, grad, state["momentum_buffer"]):
            g = objective_gradient(x, g, group)
            b *= keep
            b += take * g
            x -= lr * (g + momentum * b if group["nesterov"] else b)
