"""A plain recurrent network over a whole sequence: the fast form of `autograd_core.ops.rnn`."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import numpy as np

from ..errors import ArgumentError
from ..workspace import lease, scratch
from .sequences import (
    Order,
    add_products,
    check_shapes,
    chunks,
    common_dtype,
    in_blocks,
    inputs_and_states,
    joint_bias,
    multiply,
    parts,
    side_by_side,
)

__all__ = ["forward", "vjp"]


def forward(
    x: Any,
    h0: Any,
    w_ih: Any,
    w_hh: Any,
    b_ih: Any = None,
    b_hh: Any = None,
    *,
    nonlinearity: str,
    lengths: Any,
    reverse: bool,
) -> tuple[Any, Any]:
    """The outputs and the last h, (T + 1, N, H); see `autograd_core.ops.rnn`."""
    if nonlinearity not in ("tanh", "relu"):
        raise ArgumentError(f"rnn: nonlinearity is {nonlinearity!r}; need 'tanh' or 'relu'")
    x, h0, w_ih, w_hh = map(np.asarray, (x, h0, w_ih, w_hh))
    (T, N, D), H = (*x.shape, 0, 0, 0)[:3], (*w_ih.shape, 0)[0]
    check_shapes(
        "rnn", x=(x, (max(T, 1), N, D)), h0=(h0, (N, H)), w_ih=(w_ih, (H, D)), w_hh=(w_hh, (H, H)),
        b_ih=(b_ih, (H,)), b_hh=(b_hh, (H,)),
    )  # fmt: skip
    order = Order.of("rnn", x, lengths, reverse)
    dtype = common_dtype(x, h0, w_ih, w_hh, b_ih, b_hh)
    bias = joint_bias(H, b_ih, b_hh)
    weights = in_blocks(np.concatenate((w_ih, bias[:, None], w_hh), 1, dtype=dtype), N)
    xh = inputs_and_states(order, x, h0, dtype)
    for xh_t, h in order.at_work(slice(T), xh, xh[1:, D + 1 :]):
        multiply(weights, xh_t, out=h)
        if nonlinearity == "tanh":
            np.tanh(h, out=h)
        else:
            np.maximum(h, 0, out=h)
    out = lease((T + 1, N, H), dtype)
    order.write_active(out[:T], xh[1:, D + 1 :])
    out[T] = order.final(xh[:, D + 1 :])
    return out, (order, xh)


def vjp(
    g: Any,
    out: Any,
    residuals: Any,
    x: Any,
    h0: Any,
    w_ih: Any,
    w_hh: Any,
    b_ih: Any = None,
    b_hh: Any = None,
    *,
    wanted: tuple[bool, ...],
    nonlinearity: str,
    lengths: Any,
    reverse: bool,
) -> tuple[Any, ...]:
    """The cotangents of the operands."""
    order, xh = residuals
    (T, N, D), H, dtype = x.shape, h0.shape[1], xh.dtype
    dx = lease((T, N, D), dtype) if wanted[0] else None
    d_weights = np.zeros((H, D + 1 + H), dtype) if any(wanted[2:]) else None
    g_steps = order.inwards(g[:T])
    w_back = in_blocks(w_hh.T, N)
    dh = scratch("rnn.dh", (H, N), dtype)
    dh[:] = order.sorted(g[T]).T
    for steps in chunks(T, 3 * H * N * dtype.itemsize):
        h_after = xh[steps.start + 1 : steps.stop + 1, D + 1 :]
        d = scratch("rnn.slopes", h_after.shape, dtype)
        if nonlinearity == "tanh":
            np.multiply(h_after, h_after, out=d)
            np.subtract(1, d, out=d)
        else:
            np.greater(h_after, 0, out=d, casting="unsafe")
        order.clear_idle(d, steps.start)
        g_h = scratch("rnn.g_h", d.shape, dtype)
        g_h[:] = g_steps[steps]
        backwards = slice(steps.stop - 1, steps.start - 1 if steps.start else None, -1)
        for d_t, dh_t, g_t in order.at_work(backwards, d[::-1], repeat(dh), g_h[::-1]):
            np.add(dh_t, g_t, out=dh_t)
            np.multiply(d_t, dh_t, out=d_t)
            multiply(w_back, d_t, out=dh_t)
        d_long = side_by_side(d, "rnn.d_long")
        if d_weights is not None:
            add_products(d_weights, d_long, side_by_side(xh[steps], "rnn.xh"))
        if dx is not None:
            order.write(dx, steps, np.matmul(d_long.T, w_ih).reshape(-1, N, D))
    d_h0 = order.unsorted(dh.T) if wanted[1] else None
    of_weights = (None,) * 4 if d_weights is None else parts(d_weights, D)
    return (dx, d_h0, *of_weights)[: len(wanted)]
