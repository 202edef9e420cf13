"""Functions that see the cotangent of a node as the reverse sweep passes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import errors, reverse, rules
from .value import Value

__all__ = ["register_hook", "retain_grad", "run"]


def retain_grad(value: Value) -> None:
    """Keep the gradient of an intermediate in its ``grad``; see `Value.retain_grad`."""
    if not value.requires_grad:
        raise errors.GradientError(f"retain_grad: {rules.describe(value)} requires no gradient")
    if value.op is not None and _keep_grad not in (value.hooks or ()):
        value.hooks = [*(value.hooks or ()), _keep_grad]


def register_hook(value: Value, hook: Callable[[Any], Any]) -> Callable[[], None]:
    """Call a function with the cotangent of a node; see `Value.register_hook`."""
    if not value.requires_grad:
        raise errors.GradientError(f"register_hook: {rules.describe(value)} requires no gradient")

    def call(node: Value, g: Any) -> Any:
        return hook(g)

    value.hooks = [*(value.hooks or ()), call]

    def remove() -> None:
        value.hooks = [other for other in value.hooks or () if other is not call] or None

    return remove


def _keep_grad(node: Value, g: Any) -> None:
    kept = g.copy() if isinstance(g, np.ndarray) else g
    node.grad = kept if node.grad is None else node.grad + kept


def run(node: Value, g: Any) -> Any:
    """The cotangent as the hooks of a node leave it."""
    for hook in node.hooks or ():
        # A copy, because the cotangent may be that of other nodes too.
        replacement = hook(node, g.copy() if isinstance(g, np.ndarray) else g)
        if replacement is not None:
            if np.shape(replacement) != node.shape:
                raise errors.ShapeError(
                    f"register_hook: the hook of {rules.describe(node)} returned shape "
                    f"{np.shape(replacement)}; need {node.shape}"
                )
            g = reverse.seed(node, replacement, "register_hook")
    return g
