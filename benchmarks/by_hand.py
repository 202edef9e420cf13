"""The chains of ``op_overhead`` written by hand in numpy: what no library can go below.

Each function takes ``x (10,)``, the weight ``w`` and the number of links, runs forward and the
reverse sweep of ``sum(y)``, and returns the gradients by ``x`` and by ``w``. Each step is the
cheapest spelling that was found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Gradients = tuple[Any, Any]


def add(x: Any, w: Any, links: int) -> Gradients:
    """Run ``y = y + w``."""
    y = x
    for _ in range(links):
        y = y + w
    y.sum()
    g, g_w = np.ones_like(y), np.zeros_like(w)
    for _ in range(links):
        g_w += g
    return g, g_w


def multiply(x: Any, w: Any, links: int) -> Gradients:
    """Run ``y = y * w``."""
    y, saved = x, []
    for _ in range(links):
        saved.append(y)
        y = y * w
    y.sum()
    g, g_w = np.ones_like(y), np.zeros_like(w)
    while saved:
        g_w += g * saved.pop()
        g = g * w
    return g, g_w


def tanh(x: Any, w: Any, links: int) -> Gradients:
    """Run ``y = tanh(y)``."""
    y, saved = x, []
    for _ in range(links):
        y = np.tanh(y)
        saved.append(y)
    y.sum()
    g = np.ones_like(y)
    while saved:
        out = saved.pop()
        g = g * (1 - out * out)
    return g, None


def exp(x: Any, w: Any, links: int) -> Gradients:
    """Run ``y = exp(-y)``."""
    y, saved = x, []
    for _ in range(links):
        y = np.exp(-y)
        saved.append(y)
    y.sum()
    g = np.ones_like(y)
    while saved:
        g = -(g * saved.pop())
    return g, None


def total(x: Any, w: Any, links: int) -> Gradients:
    """Run ``y = w * sum(y)``."""
    y, saved = x, []
    for _ in range(links):
        s = y.sum()
        saved.append(s)
        y = w * s
    y.sum()
    g, g_w, ones = np.ones_like(y), np.zeros_like(w), np.ones_like(x)
    while saved:
        g_w += g * saved.pop()
        g = (g * w).sum() * ones
    return g, g_w


def matmul(x: Any, w: Any, links: int) -> Gradients:
    """Run ``y = w @ y``."""
    y, saved = x, []
    for _ in range(links):
        saved.append(y)
        y = w @ y
    y.sum()
    g, g_w = np.ones_like(y), np.zeros_like(w)
    while saved:
        g_w += g[:, None] * saved.pop()
        g = g @ w
    return g, g_w


BY_HAND: dict[str, Callable[[Any, Any, int], Gradients]] = {
    "add": add,
    "multiply": multiply,
    "tanh": tanh,
    "exp (with negative)": exp,
    "sum (with multiply)": total,
    "matmul (10x10 @ 10)": matmul,
}
