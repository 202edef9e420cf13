"""Recursive networks node by node, as the papers' equations stand, in any array library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["child_sum_tree_lstm", "recursive_net", "tree_lstm"]


def recursive_net(xp: Any) -> Callable[..., Any]:
    def run(x: Any, weight: Any, bias: Any = None, *, children: Any) -> Any:
        p: list[Any] = []
        for node, row in enumerate(children):
            if (row < 0).all():
                p.append(x[node])
            else:
                z = weight @ xp.concatenate([p[k] if k >= 0 else 0 * x[0] for k in row])
                p.append(xp.tanh(z if bias is None else z + bias))
        return xp.stack(p)

    return run


def tree_lstm(xp: Any) -> Callable[..., Any]:
    def run(a: Any, weight: Any, children: Any) -> Any:
        size, arity = a.shape[1] // 4, children.shape[1]

        def gate(row: int, hs: list[Any]) -> Any:
            """Σ_l U_l h_l of one gate."""
            rows = weight[row * size : (row + 1) * size]
            return sum(rows[:, k * size : (k + 1) * size] @ hs[k] for k in range(arity))

        return _run(
            xp,
            a,
            children,
            gate,
            lambda k, hs: gate(3 + k, hs),
        )

    return run


def child_sum_tree_lstm(xp: Any) -> Callable[..., Any]:
    def run(a: Any, weight: Any, children: Any) -> Any:
        size = a.shape[1] // 4
        u = [weight[k * size : (k + 1) * size] for k in range(4)]
        return _run(xp, a, children, lambda row, hs: u[row] @ sum(hs), lambda k, hs: u[3] @ hs[k])

    return run


def _run(
    xp: Any, a: Any, children: Any, iou: Callable[..., Any], forget: Callable[..., Any]
) -> Any:
    size = a.shape[1] // 4
    h: list[Any] = []
    c: list[Any] = []

    def sigmoid(x: Any) -> Any:
        return 1 / (1 + xp.exp(-x))

    for node, row in enumerate(children):
        zero = 0 * a[node, :size]
        hs = [h[k] if k >= 0 else zero for k in row]
        a_i, a_o, a_u, a_f = (a[node, k * size : (k + 1) * size] for k in range(4))
        i, o = sigmoid(a_i + iou(0, hs)), sigmoid(a_o + iou(1, hs))
        u = xp.tanh(a_u + iou(2, hs))
        cell = i * u
        for k, child in enumerate(row):
            if child >= 0:
                cell = cell + sigmoid(a_f + forget(k, hs)) * c[child]
        c.append(cell)
        h.append(o * xp.tanh(cell))
    return xp.stack(h)
