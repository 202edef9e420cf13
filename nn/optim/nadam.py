"""Adam with Nesterov's momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .adam import move_averages
from .blocks import blocks
from .objective import decoupled_gradient
from .optimizer import Optimizer

__all__ = ["NAdam"]


class NAdam(Optimizer):
    """Adam with Nesterov's momentum [1]_.

    The momentum's coefficient μ grows with the step t::

        μₜ = β₁ (1 − ½ · 0.96^(t ψ))
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        m̂ = μₜ₊₁ m / (1 − μ₁⋯μₜ₊₁) + (1 − μₜ) g / (1 − μ₁⋯μₜ)
        x ← x − η m̂ / (√v̂ + ε),     v̂ = v / (1 − β₂ᵗ)

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
        λ, added to the gradient as λx.
    momentum_decay : float
        ψ.
    decoupled_weight_decay : bool
        Shrink x by the factor 1 − ηλ instead, as `AdamW` does.
    maximize : bool
        Whether to walk uphill.

    Raises
    ------
    ArgumentError
        See `Optimizer`.

    References
    ----------
    .. [1] T. Dozat, "Incorporating Nesterov momentum into Adam", ICLR Workshop 2016.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(5.0)
    >>> optimizer = NAdam([x], lr=0.1)
    >>> for _ in range(100):
    ...     optimizer.zero_grad()
    ...     (x * x).backward()
    ...     optimizer.step()
    >>> abs(x.data) < 0.5
    True
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
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
                "momentum_decay": momentum_decay,
                "decoupled_weight_decay": decoupled_weight_decay,
                "maximize": maximize,
            },
        )

    def _check(self, group: dict[str, Any]) -> None:
        self._need_at_least_zero(group, "lr", "eps", "weight_decay", "momentum_decay")
        self._need_fractions(group, "betas", group["betas"])

    def _update(self, data: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state.update(step=0, mu_product=1.0)
            state.update(exp_avg=np.zeros_like(data), exp_avg_sq=np.zeros_like(data))
        t = state["step"] = state["step"] + 1
        lr, (beta1, beta2), eps = group["lr"], group["betas"], group["eps"]
        mu = beta1 * (1 - 0.5 * 0.96 ** (t * group["momentum_decay"]))
        mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * group["momentum_decay"]))
        product = state["mu_product"] = state["mu_product"] * mu
        of_gradient = lr * (1 - mu) / (1 - product)
        of_average = lr * mu_next / (1 - product * mu_next)
        correction = 1 - beta2**t
        for x, g, m, v in blocks(data, grad, state["exp_avg"], state["exp_avg_sq"]):
            g = decoupled_gradient(x, g, group)
            move_averages(m, v, g, beta1, beta2)
            denominator = np.sqrt(v / correction)
            denominator += eps
            x -= (of_gradient * g + of_average * m) / denominator
