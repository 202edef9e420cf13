"""The steppers that the browser tests walk through."""

from __future__ import annotations

import numpy as np

import autograd_core as ag
import nn
import viz


def colah(mode="reverse", **options):
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    c, d = a + b, b + 1
    e = c * d
    return viz.step(e, mode, names={"c": c, "d": d, "e": e}, **options)


def mlp(mode="both", **options):
    net = nn.Sequential(
        nn.Linear(3, 4, dtype=np.float64, rng=0),
        nn.Tanh(),
        nn.Linear(4, 2, dtype=np.float64, rng=1),
    )
    x = ag.Value(np.linspace(-1, 1, 6).reshape(2, 3), name="x")
    loss = nn.CrossEntropyLoss()(net(x), np.array([0, 1]))
    return viz.step(loss, mode, names={"loss": loss}, **options)


def lstm(steps=6, hidden=4, mode="reverse", **options):
    """An LSTM unrolled by its equations, cell by cell."""
    cell = nn.LSTMCell(2, hidden, dtype=np.float64, rng=0)
    h, c = (np.zeros((1, hidden)) for _ in range(2))
    for x in np.linspace(-1, 1, 2 * steps).reshape(steps, 1, 2):
        h, c = cell(x, (h, c))
    loss = (h * h).sum()
    return viz.step(loss, mode, names={"loss": loss}, **options)


STEPPERS = {
    "colah": colah,
    "colah-both": lambda **options: colah("both", **options),
    "colah-naive": lambda **options: colah(order="naive", **options),
    "colah-values": lambda **options: colah("forward", **options),
    "colah-tangents": lambda **options: colah("forward", wrt="b", **options),
    "mlp": mlp,
    "mlp-folded": lambda **options: mlp(depth=2, **options),
    "lstm": lambda **options: lstm(3, **options),
    "lstm-folded": lambda **options: lstm(depth=1, **options),
    "lstm-merged": lambda **options: lstm(fold_repeats=True, **options),
    "lstm-opened": lambda **options: lstm(1, 2, expand=["*"], **options),
}
