"""The gradient of what is minimised, with the options that all update rules have."""

from __future__ import annotations

from typing import Any

__all__ = ["decoupled_gradient", "objective_gradient"]


def objective_gradient(x: Any, g: Any, group: dict[str, Any]) -> Any:
    """The gradient of what is minimised: of the loss or of its negative, with the L2 penalty.

    Parameters
    ----------
    x, g : ndarray
        The parameter and its gradient; neither is changed.
    group : dict
        Of its options, ``"maximize"`` turns the sign and ``"weight_decay"`` λ adds λx, the
        gradient of λ/2 ‖x‖².

    Returns
    -------
    ndarray
        ``g`` itself where there is nothing to do.

    Examples
    --------
    >>> import numpy as np
    >>> group = {"maximize": True, "weight_decay": 0.1}
    >>> objective_gradient(np.array([10.0]), np.array([3.0]), group)
    array([-2.])
    """
    if group["maximize"]:
        g = -g
    if group["weight_decay"]:
        g = g + group["weight_decay"] * x
    return g


def decoupled_gradient(x: Any, g: Any, group: dict[str, Any]) -> Any:
    """As `objective_gradient`; where the weight decay is decoupled it shrinks x instead, in place.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([10.0])
    >>> group = {"lr": 0.5, "weight_decay": 0.1, "maximize": False, "decoupled_weight_decay": True}
    >>> decoupled_gradient(x, np.array([3.0]), group), x
    (array([3.]), array([9.5]))
    """
    if not group["decoupled_weight_decay"]:
        return objective_gradient(x, g, group)
    x *= 1 - group["lr"] * group["weight_decay"]
    return -g if group["maximize"] else g
