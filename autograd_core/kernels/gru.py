"""Gated recurrent units over a whole sequence: the fast form of `autograd_core.ops.gru`."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import numpy as np

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
    reset_after: bool,
    lengths: Any,
    reverse: bool,
) -> tuple[Any, Any]:
    """The outputs and the last h, (T + 1, N, H); see `autograd_core.ops.gru`."""
    x, h0, w_ih, w_hh = map(np.asarray, (x, h0, w_ih, w_hh))
    (T, N, D), H = (*x.shape, 0, 0, 0)[:3], (*w_ih.shape, 0)[0] // 3
    check_shapes(
        "gru", x=(x, (max(T, 1), N, D)), h0=(h0, (N, H)), w_ih=(w_ih, (3 * H, D)),
        w_hh=(w_hh, (3 * H, H)), b_ih=(b_ih, (3 * H,)), b_hh=(b_hh, (3 * H,)),
    )  # fmt: skip
    order = Order.of("gru", x, lengths, reverse)
    dtype = common_dtype(x, h0, w_ih, w_hh, b_ih, b_hh)
    of_rz, of_n_input, of_n_state = _stacked_weights(w_ih, w_hh, b_ih, b_hh, reset_after, dtype)
    of_rz, of_n_state = in_blocks(of_rz, N), in_blocks(of_n_state, N)
    xh = inputs_and_states(order, x, h0, dtype)
    gates = order.blocks(T, 4 * H, dtype)  # rows r, z, n, and U h + c or r ⊙ h
    np.matmul(of_n_input, xh[:T, : D + 1], out=gates[:, 2 * H : 3 * H])
    temporary = scratch("gru.temporary", (H, N), dtype)
    half = dtype.type(0.5)
    for s, xh_t, new_h, t in order.at_work(slice(T), gates, xh, xh[1:, D + 1 :], repeat(temporary)):
        rz, r, z, n, u = s[: 2 * H], s[:H], s[H : 2 * H], s[2 * H : 3 * H], s[3 * H :]
        h = xh_t[D + 1 :]
        multiply(of_rz, xh_t, out=rz)
        np.tanh(rz, out=rz)  # σ(a) = ½ + ½ tanh(a / 2); the weights of these are halved
        np.multiply(rz, half, out=rz)
        np.add(rz, half, out=rz)
        if reset_after:
            multiply(of_n_state, xh_t[D:], out=u)
            np.multiply(r, u, out=t)
        else:
            np.multiply(r, h, out=u)
            multiply(of_n_state, u, out=t)
        np.add(n, t, out=n)
        np.tanh(n, out=n)
        np.subtract(h, n, out=t)
        np.multiply(t, z, out=t)
        np.add(n, t, out=new_h)
    out = lease((T + 1, N, H), dtype)
    order.write_active(out[:T], xh[1:, D + 1 :])
    out[T] = order.final(xh[:, D + 1 :])
    return out, (order, xh, gates)


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
    reset_after: bool,
    lengths: Any,
    reverse: bool,
) -> tuple[Any, ...]:
    """The cotangents of the operands.

    What multiplies the cotangents of h and n in a step does not depend on them. It is computed
    for a range of steps at once.
    """
    order, xh, gates = residuals
    (T, N, D), H, dtype = x.shape, h0.shape[1], xh.dtype
    dx = lease((T, N, D), dtype) if wanted[0] else None
    d_ih: Any = None
    d_hh: Any = None
    if any(wanted[2:]):
        d_ih = np.zeros((3 * H, D + 1), dtype)
        d_hh = np.zeros((3 * H, 1 + H), dtype)
    g_steps = order.inwards(g[:T])
    # Rows n, r, z, as those of the slopes.
    w_back = in_blocks(np.roll(w_hh, H, 0).T if reset_after else w_hh[: 2 * H].T, N)
    w_n_back = in_blocks(w_hh[2 * H :].T, N)
    dh = scratch("gru.dh", (H, N), dtype)
    dh[:] = order.sorted(g[T]).T
    temporary = scratch("gru.temporary", (H, N), dtype)
    for steps in chunks(T, 4 * H * N * dtype.itemsize):
        s, before = gates[steps], xh[steps]
        d = _slopes(s, before[:, D + 1 :], reset_after)
        order.clear_idle(d, steps.start)
        g_h = scratch("gru.g_h", (len(s), H, N), dtype)
        g_h[:] = g_steps[steps]
        backwards = slice(steps.stop - 1, steps.start - 1 if steps.start else None, -1)
        for d_t, dh_t, g_t, z, t in order.at_work(
            backwards, d[::-1], repeat(dh), g_h[::-1], s[::-1, H : 2 * H], repeat(temporary)
        ):
            n = dh_t.shape[1]
            of_ur, of_zn = d_t[: 2 * H].reshape(2, H, n), d_t[2 * H :].reshape(2, H, n)
            d_n = d_t[3 * H :]
            np.add(dh_t, g_t, out=dh_t)
            np.multiply(of_zn, dh_t, out=of_zn)
            np.multiply(dh_t, z, out=dh_t)
            if reset_after:
                np.multiply(of_ur, d_n, out=of_ur)
                multiply(w_back, d_t[: 3 * H], out=t)
            else:
                multiply(w_n_back, d_n, out=t)
                np.multiply(of_ur, t, out=of_ur)
                np.add(dh_t, d_t[:H], out=dh_t)
                multiply(w_back, d_t[H : 3 * H], out=t)
            np.add(dh_t, t, out=dh_t)
        d_long = side_by_side(d, "gru.d_long")
        of_gates = d_long[H:]
        if d_ih is not None:
            xh_long = side_by_side(before, "gru.xh")
            add_products(d_ih, of_gates, xh_long[: D + 1])
            if reset_after:
                add_products(d_hh, d_long[: 3 * H], xh_long[D:])
            else:
                add_products(d_hh[: 2 * H], d_long[H : 3 * H], xh_long[D:])
                rh_long = side_by_side(s[:, 3 * H :], "gru.rh")
                add_products(d_hh[2 * H :, 1:], d_long[3 * H :], rh_long)
        if dx is not None:
            order.write(dx, steps, np.matmul(of_gates.T, w_ih).reshape(-1, N, D))
    cotangents = [dx, order.unsorted(dh.T) if wanted[1] else None]
    if d_ih is None:
        return (*cotangents, None, None, None, None)[: len(wanted)]
    if reset_after:
        d_hh = np.roll(d_hh, -H, 0)  # rows r, z, n again
    else:
        d_hh[:, 0] = d_ih[:, D]
    cotangents += [d_ih[:, :D].copy(), d_hh[:, 1:].copy(), d_ih[:, D].copy(), d_hh[:, 0].copy()]
    return tuple(cotangents[: len(wanted)])


def _stacked_weights(
    w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, reset_after: bool, dtype: Any
) -> tuple[Any, Any, Any]:
    """The matrices of r and z (2H, D + 1 + H), halved; of n's input (H, D + 1); of n's state.

    The last is (H, 1 + H) where the reset comes after it, and so scales its bias, too.
    """
    H = w_hh.shape[1]
    bias_x, bias_h = joint_bias(3 * H, b_ih), joint_bias(3 * H, b_hh)
    stacked = np.concatenate((w_ih, (bias_x + bias_h)[:, None], w_hh), 1, dtype=dtype)
    rz = stacked[: 2 * H] * dtype.type(0.5)
    n_bias = bias_x if reset_after else bias_x + bias_h
    n_input = np.concatenate((w_ih, n_bias[:, None]), 1, dtype=dtype)[2 * H :]
    if not reset_after:
        return rz, n_input, np.asarray(w_hh[2 * H :], dtype)
    return rz, n_input, np.concatenate((bias_h[:, None], w_hh), 1, dtype=dtype)[2 * H :]


def _slopes(s: Any, h: Any, reset_after: bool) -> Any:
    """What the cotangents of a step are multiplied with, (C, 4H, N).

    Rows z and n: of h', by the preactivations of z and n. Rows u and r: of the preactivation
    of n, by U h + c and by the preactivation of r; or, with the reset before the product, of
    r ⊙ h, by h and by the preactivation of r.
    """
    H = h.shape[1]
    r, z, n, u = (s[:, i * H : (i + 1) * H] for i in range(4))
    d = scratch("gru.slopes", s.shape, s.dtype)
    d_u, d_r, d_z, d_n = (d[:, i * H : (i + 1) * H] for i in range(4))
    np.subtract(1, r, out=d_r)
    np.multiply(d_r, u, out=d_r)
    if reset_after:
        np.multiply(d_r, r, out=d_r)  # elsewhere u has this factor
    np.subtract(1, z, out=d_n)
    np.multiply(d_n, z, out=d_z)
    np.multiply(n, n, out=d_u)
    np.subtract(1, d_u, out=d_u)
    np.multiply(d_n, d_u, out=d_n)
    np.subtract(h, n, out=d_u)
    np.multiply(d_z, d_u, out=d_z)
    d_u[:] = r
    return d
