"""Adam with a rectified warm-up."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from .adam import move_averages
from .blocks import blocks
from .objective import decoupled_gradient
from .optimizer import Optimizer

__all__ = ["RAdam"]


class RAdam(Optimizer):
    """Rectified Adam: no scaling before the variance of its estimate is finite [1]_.

    With m, v, m̂ as in `Adam`, ρ∞ = 2 / (1 − β₂) − 1 and, in step t::

        ρ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)
        r = √[(ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ)]
        x ← x − η r m̂ √(1 − β₂ᵗ) / (√v + ε)     where ρ > 5
        x ← x − η m̂                             else

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
    .. [1] L. Liu et al., "On the variance of the adaptive learning rate and beyond", ICLR 2020.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(5.0)
    >>> optimizer = RAdam([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> x.data  # the first steps are those of plain gradient descent with momentum
    4.0
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
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
                "decoupled_weight_decay": decoupled_weight_decay,
                "maximize": maximize,
            },
        )

    def _check(self, group: dict[str, Any]) -> None:
        self._need_at_least_zero(group, "lr", "eps", "weight_decay")
        self._need_fractions(group, "betas", group["betas"])

    def _update(self, data: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state.update(step=0, exp_avg=np.zeros_like(data), exp_avg_sq=np.zeros_like(data))
        t = state["step"] = state["step"] + 1
        lr, (beta1, beta2), eps = group["lr"], group["betas"], group["eps"]
        step_size = lr / (1 - beta1**t)
        correction = 1 - beta2**t
        rho_inf = 2 / (1 - beta2) - 1
        rho = rho_inf - 2 * t * beta2**t / correction
        rectified = rho > 5
        if rectified:
            known = (rho - 4) * (rho - 2) * rho_inf
            step_size *= math.sqrt(known / ((rho_inf - 4) * (rho_inf - 2) * rho) * correction)
        for x, g, m, v in blocks(data, grad, state["exp_avg"], state["exp_avg_sq"]):
            g = decoupled_gradient(x, g, group)
            move_averages(m, v, g, beta1, beta2)
            x -= step_size * (m / (np.sqrt(v) + eps) if rectified else m)
