"""Penalties on the weights, to be added to the loss; biases are left free.

>>> import nn
>>> import numpy as np
>>> net = nn.Linear(3, 2)
>>> loss = nn.MSELoss()(net(np.ones((4, 3))), np.zeros((4, 2)))
>>> total = loss + l2_penalty(net, strength=0.1, n=60_000)

A bias only shifts the threshold of its unit, however large it is, and a layer's gain (of
batch normalisation, say) is meant to be near 1; so what counts as a weight is a parameter
with two axes or more that is not named as a bias.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import ArgumentError

from ..module import Module

__all__ = ["elastic_net_penalty", "l1_penalty", "l2_penalty", "weights_of"]


def weights_of(model: Module | Iterable[Value]) -> list[Value]:
    """The parameters that are penalised.

    Parameters
    ----------
    model : Module, or iterable of Parameter
        Parameters given one by one are taken as they are.

    Returns
    -------
    list of Parameter

    Examples
    --------
    >>> import nn
    >>> [w.shape for w in weights_of(nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1)))]
    [(2, 3), (1, 2)]
    """
    if not isinstance(model, Module):
        return list(model)
    return [
        parameter
        for path, parameter in model.named_parameters()
        if parameter.ndim >= 2 and "bias" not in path.rpartition(".")[2]
    ]


def l2_penalty(model: Module | Iterable[Value], strength: float, n: int = 1) -> Any:
    """``λ/2N Σ θ²``, whose gradient is ``λ/N θ``: weights decay.

    Parameters
    ----------
    model : Module, or iterable of Parameter
        See `weights_of`.
    strength : float
        λ ≥ 0.
    n : int
        N, the number of training examples where the loss is their mean.

    Returns
    -------
    Value
        A scalar.

    Raises
    ------
    ArgumentError
        If there is nothing to penalise, or a number is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> w = Value(np.array([1.0, 2.0]))
    >>> l2_penalty([w], strength=0.1, n=10).item()
    0.025
    """
    return _sum_over(model, ag.square, "l2_penalty", n) * (_checked(strength, "l2_penalty") / 2 / n)


def l1_penalty(model: Module | Iterable[Value], strength: float, n: int = 1) -> Any:
    """``λ/N Σ |θ|``, whose gradient has the same size however small a weight is: some become 0.

    See `l2_penalty` for the arguments. At 0 the slope is 0.
    """
    return _sum_over(model, ag.abs, "l1_penalty", n) * (_checked(strength, "l1_penalty") / n)


def elastic_net_penalty(
    model: Module | Iterable[Value], strength: float, l1_ratio: float = 0.5, n: int = 1
) -> Any:
    """``λ/N (ρ Σ|θ| + (1 − ρ)/2 Σθ²)``, a mixture of both [1]_.

    Parameters
    ----------
    model, strength, n
        See `l2_penalty`.
    l1_ratio : float
        ρ, from 0 (only L2) to 1 (only L1).

    Returns
    -------
    Value
        A scalar.

    References
    ----------
    .. [1] H. Zou, T. Hastie, "Regularization and variable selection via the elastic net",
       J. R. Statist. Soc. B 67 (2005) 301.
    """
    if not 0 <= l1_ratio <= 1:
        raise ArgumentError(
            f"elastic_net_penalty: l1_ratio is {l1_ratio}; need a number from 0 to 1"
        )
    weights = weights_of(model)
    lasso = l1_penalty(weights, strength * l1_ratio, n)
    return lasso + l2_penalty(weights, strength * (1 - l1_ratio), n)


def _checked(strength: float, caller: str) -> float:
    if not strength >= 0:
        raise ArgumentError(f"{caller}: strength is {strength}; need a number that is not negative")
    return strength


def _sum_over(model: Module | Iterable[Value], term: Any, caller: str, n: int) -> Any:
    """The sum of a term over all elements of all weights."""
    if n < 1:
        raise ArgumentError(f"{caller}: n is {n}; need the number of examples")
    weights = weights_of(model)
    if not weights:
        raise ArgumentError(
            f"{caller}: there are no weights; need a parameter with two axes or more, or "
            "parameters given one by one"
        )
    first, *rest = (ag.sum(term(w)) for w in weights)
    return sum(rest, first)
