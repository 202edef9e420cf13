"""Momentum that moves against the learning rate, for the cyclical schedules."""

from __future__ import annotations

from typing import Any

from ..optimizer import Optimizer

__all__ = ["has_momentum", "set_momentum"]


def has_momentum(optimizer: Optimizer) -> bool:
    """Whether the optimiser has a momentum, or β₁ in its place."""
    return "momentum" in optimizer.defaults or "betas" in optimizer.defaults


def set_momentum(group: dict[str, Any], momentum: float) -> None:
    """Set the momentum of a group, or its β₁.

    Examples
    --------
    >>> group = {"betas": (0.9, 0.999)}
    >>> set_momentum(group, 0.8)
    >>> group
    {'betas': (0.8, 0.999)}
    """
    if "betas" in group:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum
