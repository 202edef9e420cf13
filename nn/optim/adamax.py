"""Adam with the maximum norm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .blocks import blocks
from .objective import objective_gradient
from .optimizer import Optimizer

__all__ = ["Adamax"]


class Adamax(Optimizer):
    """Adam with the largest gradient in place of the root of the mean square [1]_.

    With g the gradient, including λx for the weight decay λ, in step t::

        m ← β₁ m + (1 − β₁) g
        u ← max(β₂ u, |g| + ε)
        x ← x − η m / ((1 − β₁ᵗ) u)

    Parameters
    ----------
    params : iterable of Value, of (str, Value), or of dict
        See `Optimizer`.
    lr : float
        Learning rate η.
    betas : tuple of float
        (β₁, β₂).
    eps : float
        ε.
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
    .. [1] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, §7.1.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(5.0)
    >>> optimizer = Adamax([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.data, 6)
    4.9
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "maximize": maximize,
            },
        )

    def _check(self, group: dict[str, Any]) -> None:
        self._need_at_least_zero(group, "lr", "eps", "weight_decay")
        self._need_fractions(group, "betas", group["betas"])

    def _update(self, data: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state.update(step=0, exp_avg=np.zeros_like(data), exp_inf=np.zeros_like(data))
        t = state["step"] = state["step"] + 1
        (beta1, beta2), eps = group["betas"], group["eps"]
        step_size = group["lr"] / (1 - beta1**t)
        for x, g, m, u in blocks(data, grad, state["exp_avg"], state["exp_inf"]):
            g = objective_gradient(x, g, group)
            m += (1 - beta1) * (g - m)
            u *= beta2
            np.maximum(u, np.abs(g) + eps, out=u)
            x -= step_size * (m / u)
