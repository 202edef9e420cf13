"""Long short-term memory over a whole sequence: the fast form of `autograd_core.ops.lstm`."""

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
    parts,
    side_by_side,
)

__all__ = ["forward", "vjp"]


def forward(
    x: Any,
    h0: Any,
    c0: Any,
    w_ih: Any,
    w_hh: Any,
    b_ih: Any = None,
    b_hh: Any = None,
    w_hr: Any = None,
    *,
    lengths: Any,
    reverse: bool,
) -> tuple[Any, Any]:
    """The outputs, the last h and the last c, (T + 2, N, H); see `autograd_core.ops.lstm`."""
    x, h0, c0, w_ih, w_hh = map(np.asarray, (x, h0, c0, w_ih, w_hh))
    T, N, D = (*x.shape, 0, 0, 0)[:3]
    H, P = (*w_ih.shape, 0)[0] // 4, (*w_hh.shape, 0, 0)[1]
    check_shapes(
        "lstm", x=(x, (max(T, 1), N, D)), h0=(h0, (N, P)), c0=(c0, (N, H)), w_ih=(w_ih, (4 * H, D)),
        w_hh=(w_hh, (4 * H, P if w_hr is not None else H)),
        b_ih=(b_ih, (4 * H,)), b_hh=(b_hh, (4 * H,)), w_hr=(w_hr, (P, H)),
    )  # fmt: skip
    order = Order.of("lstm", x, lengths, reverse)
    dtype = common_dtype(x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr)
    weights = in_blocks(_stacked_weights(w_ih, w_hh, b_ih, b_hh, dtype), N)
    xh = inputs_and_states(order, x, h0, dtype)
    h_rows = slice(D + 1, None)
    gates = order.blocks(T + 1, 5 * H, dtype)  # rows o, i, f, g, and the c before the step
    order.place(gates[:, 4 * H :], c0)
    products = scratch("lstm.products", (2 * H, N), dtype)
    squashed = scratch("lstm.squashed", (H, N), dtype)
    half = dtype.type(0.5)
    for s, xh_t, new_c, new_h, ig_fc, tanh_c in order.at_work(
        slice(T), gates, xh, gates[1:, 4 * H :], xh[1:, h_rows], repeat(products), repeat(squashed)
    ):
        preactivations = s[: 4 * H]
        multiply(weights, xh_t, out=preactivations)
        np.tanh(preactivations, out=preactivations)
        sigmoids = s[: 3 * H]  # σ(a) = ½ + ½ tanh(a / 2); the weights of these are halved
        np.multiply(sigmoids, half, out=sigmoids)
        np.add(sigmoids, half, out=sigmoids)
        np.multiply(s[H : 3 * H], s[3 * H :], out=ig_fc)
        np.add(ig_fc[:H], ig_fc[H:], out=new_c)
        np.tanh(new_c, out=tanh_c)
        if w_hr is None:
            np.multiply(s[:H], tanh_c, out=new_h)
        else:
            np.multiply(s[:H], tanh_c, out=tanh_c)
            np.matmul(w_hr, tanh_c, out=new_h)
    out = lease((T + 2, N, H), dtype)
    out[:, :, P:] = 0
    order.write_active(out[:T, :, :P], xh[1:, h_rows])
    out[T, :, :P] = order.final(xh[:, h_rows])
    out[T + 1] = order.final(gates[:, 4 * H :])
    return out, (order, xh, gates)


def vjp(
    g: Any,
    out: Any,
    residuals: Any,
    x: Any,
    h0: Any,
    c0: Any,
    w_ih: Any,
    w_hh: Any,
    b_ih: Any = None,
    b_hh: Any = None,
    w_hr: Any = None,
    *,
    wanted: tuple[bool, ...],
    lengths: Any,
    reverse: bool,
) -> tuple[Any, ...]:
    """The cotangents of the operands.

    What multiplies the cotangents of h and c in a step does not depend on them. It is computed
    for a range of steps at once; each step then is left with six calls.
    """
    order, xh, gates = residuals
    (T, N, D), H, P = x.shape, c0.shape[1], h0.shape[1]
    dtype = xh.dtype
    dx = lease((T, N, D), dtype) if wanted[0] else None
    d_weights = np.zeros((4 * H, D + 1 + P), dtype) if any(wanted[3:7]) else None
    d_hr = np.zeros((P, H), dtype) if wanted[7:] == (True,) else None
    g_steps = order.inwards(g[:T, :, :P])
    w_back = in_blocks(w_hh.T, N)
    dh = scratch("lstm.dh", (P, N), dtype)
    dc = scratch("lstm.dc", (H, N), dtype)
    dh[:] = order.sorted(g[T, :, :P]).T
    dc[:] = order.sorted(g[T + 1]).T
    for steps in chunks(T, 5 * H * N * dtype.itemsize):
        s, c_after = gates[steps], gates[steps.start + 1 : steps.stop + 1, 4 * H :]
        d, hidden = _factors(s, c_after, H)
        order.clear_idle(d, steps.start)
        g_h = scratch("lstm.g_h", (len(s), P, N), dtype)
        g_h[:] = g_steps[steps]
        backwards = slice(steps.stop - 1, steps.start - 1 if steps.start else None, -1)
        for d_t, dh_t, dc_t, g_t, forget in order.at_work(
            backwards, d[::-1], repeat(dh), repeat(dc), g_h[::-1], s[::-1, 2 * H : 3 * H]
        ):
            np.add(dh_t, g_t, out=dh_t)
            if w_hr is None:
                dm = dh_t
            else:
                g_t[:] = dh_t
                dm = np.matmul(w_hr.T, dh_t)
            n = dh_t.shape[1]
            of_h, of_c = d_t[3 * H :].reshape(2, H, n), d_t[: 3 * H].reshape(3, H, n)
            np.multiply(of_h, dm, out=of_h)
            np.add(dc_t, d_t[4 * H :], out=dc_t)
            np.multiply(of_c, dc_t, out=of_c)
            np.multiply(dc_t, forget, out=dc_t)
            multiply(w_back, d_t[: 4 * H], out=dh_t)
        d_gates = side_by_side(d[:, : 4 * H], "lstm.d_gates")
        if d_weights is not None:
            add_products(d_weights, d_gates, side_by_side(xh[steps], "lstm.xh"))
        if dx is not None:
            order.write(dx, steps, np.matmul(d_gates.T, w_ih).reshape(-1, N, D))
        if d_hr is not None:
            dh_long = side_by_side(g_h, "lstm.dh_long")
            add_products(d_hr, dh_long, side_by_side(hidden, "lstm.hidden"))
    d_h0 = order.unsorted(dh.T) if wanted[1] else None
    d_c0 = order.unsorted(dc.T) if wanted[2] else None
    of_weights = (None,) * 4 if d_weights is None else parts(d_weights, D)
    return (dx, d_h0, d_c0, *of_weights, d_hr)[: len(wanted)]


def _stacked_weights(w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, dtype: Any) -> Any:
    """One matrix (4H, D + 1 + P) for input, bias and state; rows o, i, f, g.

    The rows of the sigmoid gates are halved. In this order i, f stand beside g, c, so that one
    product gives i ⊙ g and f ⊙ c.
    """
    rows, D = w_ih.shape
    H = rows // 4
    stacked = np.empty((rows, D + 1 + w_hh.shape[1]), dtype)
    bias = joint_bias(rows, b_ih, b_hh)
    for columns, part in (
        (slice(D), w_ih),
        (slice(D + 1, None), w_hh),
        (D, bias),
    ):
        stacked[:H, columns] = part[3 * H :]
        stacked[H:, columns] = part[: 3 * H]
    stacked[: 3 * H] *= 0.5
    return stacked


def _factors(s: Any, c_after: Any, H: int) -> tuple[Any, Any]:
    """What the cotangents of a step are multiplied with, (C, 5H, N), and o ⊙ tanh c.

    Rows i, f, g are ∂c/∂ of the preactivations, rows o are ∂h/∂ of its own, and the last
    ∂h/∂c. As σ' = σ − σ² and tanh' = 1 − tanh², the activations suffice.
    """
    C, _, N = s.shape
    o, i, g = s[:, :H], s[:, H : 2 * H], s[:, 3 * H : 4 * H]
    if_, gc = s[:, H : 3 * H], s[:, 3 * H :]
    d = scratch("lstm.factors", (C, 5 * H, N), s.dtype)
    d_if, d_g, d_o, d_c = d[:, : 2 * H], d[:, 2 * H : 3 * H], d[:, 3 * H : 4 * H], d[:, 4 * H :]
    np.multiply(if_, if_, out=d_if)
    np.subtract(if_, d_if, out=d_if)
    np.multiply(d_if, gc, out=d_if)
    np.multiply(g, g, out=d_g)
    np.subtract(1, d_g, out=d_g)
    np.multiply(d_g, i, out=d_g)
    tanh_c = scratch("lstm.tanh_c", (C, H, N), s.dtype)
    hidden = scratch("lstm.o_tanh_c", (C, H, N), s.dtype)
    np.tanh(c_after, out=tanh_c)
    np.multiply(o, tanh_c, out=hidden)
    np.multiply(hidden, o, out=d_o)
    np.subtract(hidden, d_o, out=d_o)
    np.multiply(hidden, tanh_c, out=d_c)
    np.subtract(o, d_c, out=d_c)
    return d, hidden
