"""Recursive networks over batches of trees: an op runs a whole batch, height by height."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..cases import Case
from ..declare import composite
from ..kernels import recursive as kernels
from ..op import Kernel
from ..value import dtype_of, shape_of
from .exponential import sigmoid
from .indexing import getitem, scatter_set
from .joining import concatenate, repeat
from .reduction import sum
from .shape import reshape, transpose
from .trigonometric import tanh

__all__ = ["child_sum_tree_lstm", "recursive_net", "tree_lstm"]

# ((leaf leaf) leaf) and, in one batch with it, a single leaf and (leaf leaf)
BINARY = np.array(
    [[-1, -1], [-1, -1], [0, 1], [-1, -1], [2, 3], [-1, -1], [-1, -1], [-1, -1], [6, 7]])
# a chain of two below a node with three children
RAGGED = np.array([[-1] * 3, [0, -1, -1], [-1] * 3, [-1] * 3, [1, 2, 3]])


def _recursive_net(x: Any, weight: Any, bias: Any = None, *, children: Any) -> Any:
    """``p = tanh(W [c₁; c₂] + b)`` at each inner node of trees; a leaf is its input [1]_.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(M, D)``: a vector per node, of which those of leaves are used.
    weight : array_like or Value
        Shape ``(D, K·D)``.
    bias : array_like or Value, optional
        Shape ``(D,)``.
    children : ndarray of int
        Shape ``(M, K)``: each node's children, which come before it; −1 for none, which
        counts as a vector of zeros.

    Returns
    -------
    ndarray or Value
        Shape ``(M, D)``, the vector of each node.

    References
    ----------
    .. [1] R. Socher et al., "Parsing natural scenes and natural language with recursive
       neural networks", ICML 2011.
    """
    p = concatenate([x, np.zeros((1, shape_of(x)[1]), dtype_of(x))])
    for nodes in kernels.levels(children)[1:]:
        joined = reshape(getitem(p, children[nodes]), (len(nodes), -1))
        z = joined @ transpose(weight)
        p = scatter_set(p, nodes, tanh(z if bias is None else z + bias))
    return getitem(p, slice(-1))


def _needs(shapes: str) -> Any:
    """What is said where the operands do not fit: theirs, and the shapes that do."""

    def fault(*inputs: Any, children: Any, **params: Any) -> str:
        given = ", ".join(str(np.shape(x)) for x in inputs)
        return f"the operands are {given}, children {np.shape(children)}; need {shapes}"

    return fault


recursive_net = composite(
    _recursive_net, name="recursive_net", arity=None,
    kernel=Kernel(kernels.recursive_net_forward, kernels.recursive_net_vjp),
    formula="p = tanh(W [c₁; c₂] + b)",
    explain=_needs("x (M, D), weight (D, K·D), bias (D,) and children (M, K)"),
    cases=(
        Case((9, 2), (2, 4), (2,), children=BINARY), Case((9, 2), (2, 4), children=BINARY),
        Case((5, 2), (2, 6), (2,), children=RAGGED),
    ))


def _tree_lstm(a: Any, weight: Any, children: Any) -> Any:
    """The N-ary tree LSTM of Tai et al. over a batch of trees [1]_, equations 9 to 14.

    With a node's children ``k = 1 … N`` and ``a = W x + b`` of its own input::

        i, o = σ(a_i + Σ_l U_il h_l), σ(a_o + Σ_l U_ol h_l)
        u    = tanh(a_u + Σ_l U_ul h_l)
        f_k  = σ(a_f + Σ_l U_kl h_l)
        c    = i ⊙ u + Σ_k f_k ⊙ c_k
        h    = o ⊙ tanh(c)

    Parameters
    ----------
    a : array_like or Value
        Shape ``(M, 4H)``: for each node the gates i, o, u, f from its input.
    weight : array_like or Value
        Shape ``((3 + N)·H, N·H)``, the rows in the order i, o, u, f₁, …, f_N.
    children : ndarray of int
        Shape ``(M, N)``: each node's children, which come before it; −1 for none, whose
        state is zero.

    Returns
    -------
    ndarray or Value
        Shape ``(M, H)``, the state h of each node.

    References
    ----------
    .. [1] K. S. Tai, R. Socher, C. D. Manning, "Improved semantic representations from
       tree-structured long short-term memory networks", ACL 2015.
    """
    size, arity = shape_of(a)[1] // 4, np.shape(children)[1]
    a = _per_child(a, size, arity)
    h = c = np.zeros((np.shape(children)[0] + 1, size), dtype_of(a))
    for nodes in kernels.levels(children):
        of = children[nodes]
        hs = reshape(getitem(h, of), (len(nodes), arity * size))
        gates = getitem(a, nodes) + reshape(hs @ transpose(weight), (len(nodes), -1, size))
        h, c = _cell(h, c, gates, nodes, of)
    return getitem(h, slice(-1))


tree_lstm = composite(
    _tree_lstm, name="tree_lstm", arity=2,
    kernel=Kernel(kernels.tree_lstm_forward, kernels.tree_lstm_vjp),
    formula="c = i ⊙ u + Σ f_k ⊙ c_k;  h = o ⊙ tanh c",
    explain=_needs("a (M, 4·H), weight ((3+K)·H, K·H) and children (M, K)"),
    cases=(
        Case((9, 8), (10, 4), children=BINARY), Case((5, 4), (6, 3), children=RAGGED),
    ))


def _child_sum_tree_lstm(a: Any, weight: Any, children: Any) -> Any:
    """The child-sum tree LSTM of Tai et al. over a batch of trees, equations 2 to 8.

    As `tree_lstm`, but the order of the children does not matter::

        i, o = σ(a_i + U_i Σ_k h_k), σ(a_o + U_o Σ_k h_k)
        u    = tanh(a_u + U_u Σ_k h_k)
        f_k  = σ(a_f + U_f h_k)

    Parameters
    ----------
    a : array_like or Value
        Shape ``(M, 4H)``: for each node the gates i, o, u, f from its input.
    weight : array_like or Value
        Shape ``(4H, H)``, the rows in the order i, o, u, f.
    children : ndarray of int
        Shape ``(M, K)`` with −1 where a node has fewer than K children.

    Returns
    -------
    ndarray or Value
        Shape ``(M, H)``.
    """
    size, arity = shape_of(a)[1] // 4, np.shape(children)[1]
    a = _per_child(a, size, arity)
    h = c = np.zeros((np.shape(children)[0] + 1, size), dtype_of(a))
    for nodes in kernels.levels(children):
        of = children[nodes]
        hs = getitem(h, of)
        u_iou, u_f = transpose(weight)[:, : 3 * size], transpose(weight)[:, 3 * size :]
        iou = reshape(sum(hs, 1) @ u_iou, (len(nodes), 3, size))
        gates = getitem(a, nodes) + concatenate([iou, hs @ u_f], axis=1)
        h, c = _cell(h, c, gates, nodes, of)
    return getitem(h, slice(-1))


child_sum_tree_lstm = composite(
    _child_sum_tree_lstm, name="child_sum_tree_lstm", arity=2,
    kernel=Kernel(kernels.child_sum_forward, kernels.child_sum_vjp),
    formula="c = i ⊙ u + Σ f_k ⊙ c_k;  h = o ⊙ tanh c",
    explain=_needs("a (M, 4·H), weight (4·H, H) and children (M, K)"),
    cases=(
        Case((9, 8), (8, 2), children=BINARY), Case((5, 4), (4, 1), children=RAGGED),
    ))


def _per_child(a: Any, size: int, arity: int) -> Any:
    """``(M, 4H)`` to ``(M, 3 + K, H)``: the forget gates of all children share their input."""
    gates = reshape(a, (shape_of(a)[0], 4, size))
    return concatenate([gates[:, :3], repeat(gates[:, 3:], arity, axis=1)], axis=1)


def _cell(h: Any, c: Any, gates: Any, nodes: Any, of: Any) -> tuple[Any, Any]:
    """States and cells, with those of the nodes put in."""
    i, o, u = sigmoid(gates[:, 0]), sigmoid(gates[:, 1]), tanh(gates[:, 2])
    f = sigmoid(gates[:, 3:])
    cell = i * u + sum(f * getitem(c, of), 1)
    return scatter_set(h, nodes, o * tanh(cell)), scatter_set(c, nodes, cell)
