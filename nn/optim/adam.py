"""Adam and its version with decoupled weight decay."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .blocks import blocks
from .objective import decoupled_gradient
from .optimizer import Optimizer

__all__ = ["Adam", "AdamW"]


class Adam(Optimizer):
    """Adam: steps scaled by running averages of the gradient and of its square [1]_.

    With g the gradient, including λx for the weight decay λ, in step t::

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        x ← x − η m̂ / (√v̂ + ε),     m̂ = m / (1 − β₁ᵗ),   v̂ = v / (1 − β₂ᵗ)

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
    amsgrad : bool
        Use the largest v so far in place of v [2]_.
    maximize : bool
        Whether to walk uphill.
    decoupled_weight_decay : bool
        Shrink x by the factor 1 − ηλ before the step and leave g alone [3]_; `AdamW`.

    Raises
    ------
    ArgumentError
        See `Optimizer`.

    References
    ----------
    .. [1] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    .. [2] S. J. Reddi, S. Kale, S. Kumar, "On the convergence of Adam and beyond", ICLR 2018.
    .. [3] I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(5.0)
    >>> optimizer = Adam([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.data, 6)  # the first step is of length η, whatever the gradient's
    4.9
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "amsgrad": amsgrad,
                "maximize": maximize,
                "decoupled_weight_decay": decoupled_weight_decay,
            },
        )

    def _check(self, group: dict[str, Any]) -> None:
        self._need_at_least_zero(group, "lr", "eps", "weight_decay")
        self._need_fractions(group, "betas", group["betas"])

    def _update(self, data: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state.update(step=0, exp_avg=np.zeros_like(data), exp_avg_sq=np.zeros_like(data))
        if group["amsgrad"] and "max_exp_avg_sq" not in state:
            state["max_exp_avg_sq"] = np.zeros_like(data)
        t = state["step"] = state["step"] + 1
        lr, (beta1, beta2), eps = group["lr"], group["betas"], group["eps"]
        step_size = lr / (1 - beta1**t)
        root_of_correction = math.sqrt(1 - beta2**t)
        largest = state["max_exp_avg_sq"] if group["amsgrad"] else state["exp_avg_sq"]
        for x, g, m, v, v_max in blocks(data, grad, state["exp_avg"], state["exp_avg_sq"], largest):
            g = decoupled_gradient(x, g, group)
            move_averages(m, v, g, beta1, beta2)
            if group["amsgrad"]:
                np.maximum(v_max, v, out=v_max)
            denominator = np.sqrt(v_max) / root_of_correction
            denominator += eps
            x -= step_size * (m / denominator)


class AdamW(Adam):
    """Adam with decoupled weight decay: x ← (1 − ηλ) x before each step of `Adam`.

    Parameters
    ----------
    params, lr, betas, eps, weight_decay, amsgrad, maximize
        See `Adam`.

    Raises
    ------
    ArgumentError
        See `Optimizer`.

    References
    ----------
    I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(5.0)
    >>> optimizer = AdamW([x], lr=0.1, weight_decay=0.5)
    >>> (x * 0.0).backward()
    >>> optimizer.step()
    >>> x.data  # no gradient, but decay
    4.75
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            maximize=maximize,
            decoupled_weight_decay=True,
        )

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave, of `Adam` too; the decay stays decoupled."""
        super().load_state_dict(state_dict)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


def move_averages(m: Any, v: Any, g: Any, beta1: float, beta2: float) -> None:
    """Bring the averages of the gradient and of its square up to date, in place."""
    m += (1 - beta1) * (g - m)
    v *= beta2
    v += (1 - beta2) * (g * g)
