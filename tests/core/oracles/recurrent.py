"""The recurrent ops one sequence at a time, in the words that PyTorch and JAX have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["by_pytorch", "gru", "lstm", "rnn"]

Run = Callable[..., tuple[list[Any], tuple[Any, ...]]]


def _of_a_batch(xp: Any, states: int, run: Run) -> Callable[..., Any]:
    """The op, given what runs one sequence (L, D) from its states to outputs and states."""

    def op(x: Any, *rest: Any, lengths: Any = None, reverse: bool = False, **options: Any) -> Any:
        initial, weights = rest[:states], rest[states:]
        columns = []
        for n in range(x.shape[1]):
            length = x.shape[0] if lengths is None else lengths[n]
            order = list(range(length))[:: -1 if reverse else 1]
            start = [state[n] for state in initial]
            hs, final = run([x[t, n] for t in order], start, weights, **options)
            hs = hs[::-1] if reverse else hs
            rows = [*hs, *[0 * final[-1]] * (x.shape[0] - length), *final]
            size = final[-1].shape[0]
            rows = [xp.concatenate((r, xp.zeros((size - r.shape[0],)))) for r in rows]
            columns.append(xp.stack(rows))
        return xp.stack(columns, 1)

    return op


def _sigmoid(xp: Any, x: Any) -> Any:
    return 1 / (1 + xp.exp(-x))


def rnn(xp: Any) -> Callable[..., Any]:
    """The op `rnn`."""

    def run(xs: Any, states: Any, weights: Any, nonlinearity: str = "tanh") -> Any:
        (h,), hs = states, []
        w, u, *biases = weights
        for x in xs:
            a = w @ x + u @ h + sum(biases)
            h = xp.tanh(a) if nonlinearity == "tanh" else a * (a > 0)
            hs.append(h)
        return hs, (h,)

    return _of_a_batch(xp, 1, run)


def lstm(xp: Any) -> Callable[..., Any]:
    """The op `lstm`."""

    def run(xs: Any, states: Any, weights: Any) -> Any:
        (h, c), hs = states, []
        w, u, *rest = weights
        H = c.shape[0]
        for x in xs:
            a = w @ x + u @ h + sum(rest[:2])
            i, f, o = (_sigmoid(xp, a[k * H : (k + 1) * H]) for k in (0, 1, 3))
            c = f * c + i * xp.tanh(a[2 * H : 3 * H])
            h = o * xp.tanh(c)
            h = rest[2] @ h if len(rest) > 2 else h
            hs.append(h)
        return hs, (h, c)

    return _of_a_batch(xp, 2, run)


def _run_gru(xp: Any) -> Run:
    def run(xs: Any, states: Any, weights: Any, reset_after: bool = True) -> Any:
        (h,), hs = states, []
        w, u, *biases = weights
        H = h.shape[0]
        b, c = biases if biases else (xp.zeros((3 * H,)),) * 2
        for x in xs:
            r, z = (
                _sigmoid(xp, w[k] @ x + b[k] + u[k] @ h + c[k]) for k in (slice(H), slice(H, 2 * H))
            )
            k = slice(2 * H, None)
            recalled = r * (u[k] @ h + c[k]) if reset_after else u[k] @ (r * h) + c[k]
            h = z * h + (1 - z) * xp.tanh(w[k] @ x + b[k] + recalled)
            hs.append(h)
        return hs, (h,)

    return run


def gru(xp: Any) -> Callable[..., Any]:
    """The op `gru`."""
    return _of_a_batch(xp, 1, _run_gru(xp))


def by_pytorch(torch: Any, kind: str) -> Callable[..., Any]:
    """An op as PyTorch's own layer computes it; of a GRU's two forms, it has one."""
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_hr_l0")

    def run(xs: Any, states: Any, weights: Any, **options: Any) -> Any:
        if not xs:
            return [], tuple(states)
        if not options.pop("reset_after", True):
            return _run_gru(torch)(xs, states, weights, reset_after=False)
        H = weights[0].shape[0] // {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
        if len(weights) > 4:
            options["proj_size"] = weights[4].shape[0]
        layer = getattr(torch.nn, kind)(xs[0].shape[0], H, bias=len(weights) > 2, **options)
        parameters = dict(zip(names, weights, strict=False))
        hx = tuple(state[None] for state in states)
        hs, final = torch.func.functional_call(
            layer, parameters, (torch.stack(xs), hx if kind == "LSTM" else hx[0])
        )
        final = final if kind == "LSTM" else (final,)
        return list(hs), tuple(state[0] for state in final)

    return _of_a_batch(torch, 2 if kind == "LSTM" else 1, run)
