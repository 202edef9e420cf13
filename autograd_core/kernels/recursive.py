"""Recursive networks over batches of trees: all nodes of one height in one step.

``children`` holds a row per node with the indices of its children, −1 where there is none.
States are kept in one array with a row of zeros at the end, which is what −1 picks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ArgumentError

__all__ = [
    "child_sum_forward",
    "child_sum_vjp",
    "levels",
    "recursive_net_forward",
    "recursive_net_vjp",
    "tree_lstm_forward",
    "tree_lstm_vjp",
]


def levels(children: Any) -> list[Any]:
    """The nodes of each height; leaves have height 0.

    Parameters
    ----------
    children : ndarray of int
        Shape ``(M, K)``. Children come before their parents, and have one parent.

    Returns
    -------
    list of ndarray of int
        Nodes in ascending order.
    """
    nodes, arity = children.shape
    present = children[children >= 0]
    late = np.flatnonzero((children >= np.arange(nodes)[:, None]).any(1))
    if late.size:
        raise ArgumentError(
            f"children: node {late[0]} has the children {children[late[0]].tolist()}; need "
            "children that come before their parent"
        )
    if present.size and np.bincount(present).max() > 1:
        raise ArgumentError(
            f"children: node {np.bincount(present).argmax()} has several parents; need trees"
        )
    height = [0] * nodes + [-1]  # the last is the absent child's
    for node, row in enumerate(children.tolist()):
        height[node] = 1 + max(height[child] for child in row) if arity else 0
    order = np.argsort(height[:-1], kind="stable")
    ends = np.cumsum(np.bincount(height[:-1])) if nodes else np.zeros(1, int)
    return np.split(order, ends[:-1])


def recursive_net_forward(x: Any, weight: Any, bias: Any = None, *, children: Any) -> Any:
    """See `ops.recursive_net`; the residuals are the padded states and the levels."""
    h = _padded(x)
    by_height = levels(children)
    for nodes in by_height[1:]:
        z = h[children[nodes]].reshape(len(nodes), -1) @ weight.T
        h[nodes] = np.tanh(z if bias is None else z + bias)
    return h[:-1], (h, by_height)


def recursive_net_vjp(
    g: Any, out: Any, residuals: Any, x: Any, weight: Any, *bias: Any, wanted: Any, children: Any
) -> Any:
    """From the roots down; what a parent wants of its children is added to their own."""
    h, by_height = residuals
    dh = _padded(g)
    dz = np.zeros_like(dh)
    for nodes in by_height[:0:-1]:
        dz[nodes] = dh[nodes] * (1 - h[nodes] ** 2)
        dh[children[nodes]] += (dz[nodes] @ weight).reshape(len(nodes), -1, h.shape[1])
    inner = np.concatenate([np.zeros(0, int), *by_height[1:]])
    dz = dz[inner]
    dh[inner] = 0  # their inputs are not looked at
    return (
        dh[:-1] if wanted[0] else None,
        dz.T @ h[children[inner]].reshape(len(inner), weight.shape[1]) if wanted[1] else None,
        *(dz.sum(0) if want else None for want in wanted[2:]),
    )


def tree_lstm_forward(a: Any, weight: Any, *, children: Any) -> Any:
    """See `ops.tree_lstm`; the residuals are states, cells, gates and the levels."""
    return _lstm_forward(a, children, lambda hs: hs.reshape(len(hs), -1) @ weight.T)


def tree_lstm_vjp(
    g: Any, out: Any, residuals: Any, a: Any, weight: Any, *, wanted: Any, children: Any
) -> Any:
    """All products with the transposed weights; those for the weights at once at the end."""
    da, dz, hs = _lstm_vjp(g, residuals, children, lambda dz: dz.reshape(len(dz), -1) @ weight)
    dw = dz.reshape(len(dz), -1).T @ hs.reshape(len(hs), -1) if wanted[1] else None
    return da, dw


def child_sum_forward(a: Any, weight: Any, *, children: Any) -> Any:
    """See `ops.child_sum_tree_lstm`; the residuals are as for `tree_lstm_forward`."""
    size = weight.shape[1]

    def project(hs: Any) -> Any:
        iou = (hs.sum(1) @ weight[: 3 * size].T).reshape(-1, 3, size)
        return np.concatenate([iou, hs @ weight[3 * size :].T], axis=1)

    return _lstm_forward(a, children, project)


def child_sum_vjp(
    g: Any, out: Any, residuals: Any, a: Any, weight: Any, *, wanted: Any, children: Any
) -> Any:
    """As for `tree_lstm_vjp`."""
    size = weight.shape[1]

    def back(dz: Any) -> Any:
        iou = dz[:, :3].reshape(-1, 3 * size) @ weight[: 3 * size]
        return iou[:, None] + dz[:, 3:] @ weight[3 * size :]

    da, dz, hs = _lstm_vjp(g, residuals, children, back)
    if not wanted[1]:
        return da, None
    of_iou = dz[:, :3].reshape(-1, 3 * size).T @ hs.sum(1)
    of_f = dz[:, 3:].reshape(-1, size).T @ hs.reshape(-1, size)
    return da, np.concatenate([of_iou, of_f])


def _lstm_forward(a: Any, children: Any, project: Callable[[Any], Any]) -> Any:
    """The cell, level by level; `project` maps the children's states to i, o, u and each f."""
    count, arity = children.shape
    size = a.shape[1] // 4
    h = np.zeros((count + 1, size), a.dtype)
    c = np.zeros_like(h)
    gates = np.empty((count, 3 + arity, size), a.dtype)
    gates[:, :3] = a[:, : 3 * size].reshape(count, 3, size)
    gates[:, 3:] = a[:, None, 3 * size :]
    by_height = levels(children)
    for height, nodes in enumerate(by_height):
        z = gates[nodes]
        if height:
            z += project(h[children[nodes]]).reshape(z.shape)
        # σ(x) = (1 + tanh(x/2)) / 2, so that one tanh serves all gates.
        z[:, :2] *= 0.5
        z[:, 3:] *= 0.5
        np.tanh(z, out=z)
        z[:, :2] = 0.5 * z[:, :2] + 0.5
        z[:, 3:] = 0.5 * z[:, 3:] + 0.5
        gates[nodes] = z
        c[nodes] = z[:, 0] * z[:, 2] + (z[:, 3:] * c[children[nodes]]).sum(1)
        h[nodes] = z[:, 1] * np.tanh(c[nodes])
    return h[:-1], (h, c, gates, by_height)


def _lstm_vjp(
    g: Any, residuals: Any, children: Any, back: Callable[[Any], Any]
) -> tuple[Any, Any, Any]:
    """Cotangents of `a`, of the gates before their nonlinearity, and the children's states.

    The latter two are given for inner nodes only: leaves have no children to weigh.
    """
    h, c, gates, by_height = residuals
    dh = _padded(g)
    dc = np.zeros_like(dh)
    dz = np.empty_like(gates)
    for height in range(len(by_height) - 1, -1, -1):
        nodes = by_height[height]
        of = children[nodes]
        i, o, u, f = (gates[nodes, k] for k in (0, 1, 2, slice(3, None)))
        t = np.tanh(c[nodes])
        dct = dc[nodes] + dh[nodes] * o * (1 - t * t)
        d = np.empty_like(gates[nodes])
        d[:, 0] = dct * u * i * (1 - i)
        d[:, 1] = dh[nodes] * t * o * (1 - o)
        d[:, 2] = dct * i * (1 - u * u)
        d[:, 3:] = dct[:, None] * c[of] * f * (1 - f)
        dz[nodes] = d
        if height:
            dc[of] = dct[:, None] * f
            dh[of] += back(d).reshape(*of.shape, -1)
    da = np.concatenate([dz[:, :3].reshape(len(dz), -1), dz[:, 3:].sum(1)], axis=1)
    inner = np.concatenate([np.zeros(0, int), *by_height[1:]])
    return da, dz[inner], h[children[inner]]


def _padded(x: Any) -> Any:
    return np.concatenate([x, np.zeros((1, x.shape[1]), x.dtype)])
