"""Twenty-five pictures: what the golden files hold, and what is measured in a browser."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import autograd_core as ag
import nn
import viz


def colah(mode=None, **options):
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    c, d = a + b, b + 1
    e = c * d
    wrt = b if mode == "forward" else None
    return viz.draw(e, names={"c": c, "d": d, "e": e}, mode=mode, wrt=wrt, **options)


def square():
    x = ag.Value(3.0, name="x")
    return viz.draw(x * x, names={"y": None}, mode="reverse", rankdir="LR", theme="dark")


def constants():
    x = ag.Value(0.5, name="x")
    return viz.draw(2 * x + 1 / x, show_constants=True, edge_label="symbol", precision=3)


def tensors():
    weight = ag.Value(np.arange(6.0).reshape(2, 3), name="W")
    x = ag.Value(np.array([1.0, 2.0, 3.0]), name="x")
    return viz.draw((weight @ x).sum(), mode="reverse")


def greek():
    graph = viz.from_paths("X->Y: α β γ; Y->Z: δ ε ζ")
    return viz.from_networkx(graph, mode="forward", wrt="X", rankdir="LR")


def neuron(**options):
    w, x, b = (ag.Value(v, name=n) for v, n in ((0.7, "w"), (-1.2, "x"), (0.1, "b")))
    y = ag.tanh(w * x + b)
    return viz.draw((y - 1) ** 2, names={"y": y}, mode="reverse", **options)


def diamond():
    x = ag.Value(0.5, name="x")
    u, v = ag.exp(x), ag.sin(x)
    return viz.draw(u * v + u / v, names={"u": u, "v": v}, mode="forward", wrt=x, theme="auto")


def softmax(*expand):
    x = ag.Value(np.array([1.0, 0.0, -1.0]), name="x")
    y = ag.softmax(x)
    loss = (y**2).sum()
    return viz.draw(loss, names={"y": y, "loss": loss}, mode="reverse", expand=expand)


def layer_norm():
    x = ag.Value(np.arange(6.0).reshape(2, 3) ** 2, name="x")
    norm = nn.LayerNorm(3, dtype=np.float64)
    loss = (norm(x) * np.arange(3.0)).sum()
    return viz.draw(loss, names={"loss": loss}, expand=["layer_norm"])


def lstm(*expand, **options):
    net = nn.LSTM(2, 3, dtype=np.float64, rng=0)
    out, _ = net(np.linspace(-1, 1, 8).reshape(4, 1, 2))
    loss = (out * out).sum()
    return viz.draw(loss, names={"loss": loss}, expand=expand, **options)


def mlp(**options):
    net = nn.Sequential(
        nn.Linear(3, 4, dtype=np.float64, rng=0),
        nn.Tanh(),
        nn.Linear(4, 2, dtype=np.float64, rng=1),
    )
    x = ag.Value(np.linspace(-1, 1, 6).reshape(2, 3), name="x")
    loss = nn.CrossEntropyLoss()(net(x), np.array([0, 1]))
    return viz.draw(loss, names={"loss": loss}, **options)


def steps(count=6, **options):
    w, h = ag.Value(0.8, name="w"), ag.Value(0.1, name="h0")
    for t in range(count):
        with ag.scope("cell", kind="Cell"):
            h = ag.tanh(w * h + 0.1 * t)
    loss = h * h
    return viz.draw(loss, names={"loss": loss}, **options)


def scoped(mode=None):
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    with ag.scope("inner"):
        e = (a + b) * (b + 1)
    f = e * e
    wrt = b if mode == "forward" else None
    return viz.draw(f, names={"e": e, "f": f}, mode=mode, wrt=wrt, depth=1)


def two_results():
    x = ag.Value(2.0, name="x")
    with ag.scope("pair"):
        u, v = x * x, x + 1.0
    r = u * v
    return viz.draw(r, names={"u": u, "v": v, "r": r}, mode="reverse", depth=1)


def chain():
    x = value = ag.Value(1.0, name="x")
    for _ in range(40):
        value = value * 1.01 + x
    return viz.draw(value, max_nodes=8, mode="reverse")


def collapsed():
    x, y = ag.Value(0.4, name="x"), ag.Value(-0.3, name="y")
    z = ag.exp(x * y) + ag.tanh(x) * ag.tanh(y)
    return viz.draw(
        z * z,
        collapse_fn=lambda value: "bend" if value.op.name in ("tanh", "exp") else None,
        mode="reverse",
    )


def hostile():
    names = ["<b>&amp;</b>", '"quoted\\N"', "שלום", "🙂🙂", "</script>", "a\nb"]
    values = [ag.Value(i + 1.0, name=name) for i, name in enumerate(names)]
    return viz.draw(sum(values[1:], values[0]), mode="reverse")


def not_finite():
    x = ag.Value(0.0, name="x")
    root = ag.sqrt(x)
    return viz.draw(root * 0.0 + root, names={"root": root}, mode="reverse")


PICTURES: dict[str, Callable[[], viz.Picture]] = {
    "chain-folded": chain,
    "colah": colah,
    "colah-dark": lambda: colah("reverse", theme="dark", edge_label="value"),
    "colah-forward": lambda: colah("forward"),
    "colah-reverse": lambda: colah("reverse"),
    "collapsed": collapsed,
    "constants": constants,
    "diamond-forward": diamond,
    "greek": greek,
    "hostile": hostile,
    "layer-norm-opened": layer_norm,
    "lstm": lstm,
    "lstm-opened": lambda: lstm("lstm", edge_label="none"),
    "mlp": mlp,
    "mlp-depth-1": lambda: mlp(depth=1, mode="reverse"),
    "mlp-depth-2": lambda: mlp(depth=2, mode="reverse"),
    "neuron": neuron,
    "not-finite": not_finite,
    "scoped": scoped,
    "scoped-forward": lambda: scoped("forward"),
    "softmax-closed": softmax,
    "softmax-opened": lambda: softmax("softmax"),
    "square": square,
    "steps": lambda: steps(3, depth=1),
    "steps-merged": lambda: steps(fold_repeats=True, mode="reverse"),
    "tensors": tensors,
    "two-results": two_results,
}
