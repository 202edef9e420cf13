"""What diagrams say, word for word. A wanted change: pytest tests/viz --overwrite-golden."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import viz

GOLDEN = Path(__file__).parent / "golden"


def colah(mode=None):
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    e = (a + b) * (b + 1)
    return viz.draw(e, mode=mode, wrt=b if mode == "forward" else None)


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


PICTURES: dict[str, Callable[[], viz.Picture]] = {
    "colah": colah,
    "colah-reverse": lambda: colah("reverse"),
    "colah-forward": lambda: colah("forward"),
    "square": square,
    "constants": constants,
    "tensors": tensors,
    "greek": greek,
}


@pytest.mark.parametrize("suffix", ["dot", "json", "txt"])
@pytest.mark.parametrize("name", PICTURES)
def test_diagram_says_what_the_golden_file_says(name, suffix, request):
    written = PICTURES[name]().render(suffix).decode()
    path = GOLDEN / f"{name}.{suffix}"
    if request.config.getoption("--overwrite-golden", default=False):
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, encoding="utf-8", newline="\n")
    assert written == path.read_text(encoding="utf-8")
