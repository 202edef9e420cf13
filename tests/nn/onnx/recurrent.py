"""ONNX's RNN, LSTM and GRU in terms of our layers.

ONNX puts the directions in front, the gates of an LSTM in the order i, o, f, g (ours:
i, f, g, o), its peepholes i, o, f (ours: i, f, o), and the gates of a GRU z, r, n (ours:
r, z, n). A direction is loaded into a layer of ours by the names of its parameters.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import nn

from .cases import NodeCase, NotOurs

__all__ = ["gru", "lstm", "rnn"]


def rnn(case: NodeCase) -> Any:
    """Y and Y_h."""
    _only(case, {"activations": None, "clip": 0.0})
    return _run(case, nn.RNN, (0,))


def gru(case: NodeCase) -> Any:
    """Y and Y_h."""
    _only(case, {"activations": None, "clip": 0.0})
    after = bool(case.get("linear_before_reset", 0))
    return _run(case, lambda *a, **kw: nn.GRU(*a, **kw, reset_after=after), (1, 0, 2))


def lstm(case: NodeCase) -> Any:
    """Y, Y_h and Y_c."""
    _only(case, {"activations": None, "clip": 0.0, "input_forget": 0})
    peepholes = case.input(7) is not None
    return _run(case, nn.PeepholeLSTM if peepholes else nn.LSTM, (0, 2, 3, 1))


def _only(case: NodeCase, defaults: dict[str, Any]) -> None:
    for name, default in defaults.items():
        if case.get(name, default) != default:
            raise NotOurs(f"{name}={case.get(name)}; ours has only {default}")


def _run(case: NodeCase, layer: Any, order: tuple[int, ...]) -> Any:
    x, w, r, b, lengths, h0, c0, p = (case.input(i) for i in range(8))
    size = r.shape[-1]
    if b is None:
        b = np.zeros((len(w), 2 * w.shape[1]), w.dtype)

    def ours(rows: Any, order: tuple[int, ...] = order) -> Any:
        """The gates of one direction, in our order."""
        parts = np.split(rows, len(order))
        return np.concatenate([parts[k] for k in order])

    states = []
    for k in range(len(w)):
        b_ih, b_hh = np.split(b[k], 2)
        states.append(
            {"weight_ih": ours(w[k]), "weight_hh": ours(r[k])}
            | {"bias_ih": ours(b_ih), "bias_hh": ours(b_hh)}
            | ({} if p is None else {"weight_ch": ours(p[k], (0, 2, 1))})
        )
    direction = case.get("direction", "forward")
    # We have no layer that runs backwards only: take that direction of one that runs both ways.
    loaded = {
        f"{name}_l0{way}": array
        for way, state in _ways(direction, states)
        for name, array in state.items()
    }
    both = direction != "forward"
    batch_first = bool(case.get("layout", 0))
    net = layer(x.shape[-1], size, batch_first=batch_first, bidirectional=both)
    net.load_state_dict(loaded)
    steps = 1 if batch_first else 0
    lengths = None if lengths is None else lengths.astype(np.int64)
    given = [_initial(s, direction, batch_first) for s in (h0, c0) if s is not None]
    state = None if not given else given[0] if len(given) == 1 else tuple(given)
    out, final = net(x, state, lengths=lengths)
    finals = [final] if not isinstance(final, tuple) else list(final)
    keep = slice(1, 2) if direction == "reverse" else slice(None)
    y = np.stack(np.split(out.data, 1 + both, axis=-1)[keep], axis=2 if batch_first else 1)
    assert y.shape[steps] == x.shape[steps]
    ends = [f.data[keep] for f in finals]
    return [y, *(e.swapaxes(0, 1) if batch_first else e for e in ends)]


def _ways(direction: str, states: list[Any]) -> list[tuple[str, Any]]:
    if direction == "reverse":
        return [("", states[0]), ("_reverse", states[0])]
    return list(zip(("", "_reverse"), states, strict=False))


def _initial(state: Any, direction: str, batch_first: bool) -> Any:
    state = state.swapaxes(0, 1) if batch_first else state
    return np.concatenate([state, state]) if direction == "reverse" else state
