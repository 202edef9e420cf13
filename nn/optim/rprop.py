"""Resilient backpropagation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .blocks import blocks
from .optimizer import Optimizer

__all__ = ["Rprop"]


class Rprop(Optimizer):
    """Resilient backpropagation: only the sign of the gradient counts [1]_.

    Each element has a step size Δ of its own. With g' the gradient of the step before::

        Δ ← η⁺ Δ     where g g' > 0
        Δ ← η⁻ Δ     where g g' < 0, and there g = 0
        x ← x − sign(g) Δ

    Meant for the gradient of the whole training set, not of a small batch.

    Parameters
    ----------
    params : iterable of Value, of (str, Value), or of dict
        See `Optimizer`.
    lr : float
        Δ at the start.
    etas : tuple of float
        (η⁻, η⁺).
    step_sizes : tuple of float
        The least and the greatest Δ.
    maximize : bool
        Whether to walk uphill.

    Raises
    ------
    ArgumentError
        See `Optimizer`.

    References
    ----------
    .. [1] M. Riedmiller, H. Braun, "A direct adaptive method for faster backpropagation
       learning: the RPROP algorithm", ICNN 1993; without weight backtracking.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(5.0)
    >>> optimizer = Rprop([x], lr=0.1)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (x * x).backward()
    ...     optimizer.step()
    >>> round(x.data, 6)  # 5 − 0.1 − 0.12
    4.78
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50.0),
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize},
        )

    def _check(self, group: dict[str, Any]) -> None:
        self._need_at_least_zero(group, "lr")
        shrink, grow = group["etas"]
        if not 0 < shrink < 1 < grow:
            self._refuse(f"etas are {group['etas']}; need 0 < etas[0] < 1 < etas[1]")
        least, most = group["step_sizes"]
        if not 0 <= least <= most:
            self._refuse(f"step_sizes are {group['step_sizes']}; need the least, the greatest")

    def _update(self, data: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state.update(step=0, prev=np.zeros_like(data))
            state["step_size"] = np.full_like(data, group["lr"])
        state["step"] += 1
        shrink, grow = group["etas"]
        for x, g, before, size in blocks(data, grad, state["prev"], state["step_size"]):
            g = -g if group["maximize"] else g
            agreement = g * before
            turned = agreement < 0
            np.multiply(size, grow, out=size, where=agreement > 0)
            np.multiply(size, shrink, out=size, where=turned)
            np.clip(size, *group["step_sizes"], out=size)
            before[...] = np.where(turned, 0, g)
            x -= np.sign(before) * size
