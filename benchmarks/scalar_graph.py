"""Scalar graphs: micrograd's own demo, with its ``Value`` and with ours.

The model is micrograd's ``MLP(2, [16, 16, 1])``, its loss the demo's (max-margin with an L2
penalty, 100 points of two moons). Both libraries run the same lines of micrograd's ``nn.py``; only
the ``Value`` in it is exchanged.

It is measured twice. With Python's cyclic garbage collector running, as a user has it, most of
micrograd's time goes into the collector, because each of its nodes is in a cycle with its closure.
With the collector off, the ratio says what the work itself costs.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.harness import Line, Numbers, in_rounds, measure, median_of, missing, report

TARGET = 0.35
ROUNDS = 3
STEPS = 9


def two_moons(points: int = 100, noise: float = 0.1, seed: int = 1) -> tuple[Any, Any]:
    """Return two interleaved half circles and their labels.

    Parameters
    ----------
    points : int
        How many, half of them on each moon.
    noise : float
        Standard deviation added to each coordinate.
    seed : int
        Seed of the noise.

    Returns
    -------
    ndarray, ndarray
        Coordinates ``(points, 2)``, and labels ``(points,)``, each −1 or 1.
    """
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, np.pi, points // 2)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    coordinates = np.concatenate([upper, lower])
    return (
        coordinates + rng.normal(0, noise, coordinates.shape),
        np.repeat([-1.0, 1.0], points // 2),
    )


def step(
    model: Any, value: Callable[[float], Any], points: list[list[float]], labels: list[float]
) -> Any:
    """Build the demo's loss from fresh inputs and run backward.

    Parameters
    ----------
    model : micrograd.nn.MLP
        The network.
    value : callable
        Makes a leaf of a number.
    points : list of list of float
        Coordinates ``(N, 2)``.
    labels : list of float
        −1 or 1 for each point.

    Returns
    -------
    Value
        The loss.
    """
    inputs = [list(map(value, point)) for point in points]
    scores = list(map(model, inputs))
    losses = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    penalty = 1e-4 * sum(p * p for p in model.parameters())
    total = data_loss + penalty
    total.backward()
    return total


def main(arguments: Sequence[str]) -> Numbers:
    """Measure one library.

    Parameters
    ----------
    arguments : sequence of str
        ``micrograd`` or ``ours``, and whether the garbage collector is ``on`` or ``off``.

    Returns
    -------
    dict
        ``seconds`` of one step (median), and its ``loss`` and ``gradients`` to compare.
    """
    import micrograd.nn

    library, collector = arguments
    if library == "ours":
        import autograd_core as ag

        def value(number: float) -> Any:
            # micrograd's biases start as the integer 0, and an integer has no derivative.
            return ag.Value(float(number))

        no_gradient: Any = None
        micrograd.nn.Value = value
    else:
        value, no_gradient = micrograd.nn.Value, 0

    random.seed(1337)
    model = micrograd.nn.MLP(2, [16, 16, 1])
    moons, labels = two_moons()
    points, signs = moons.tolist(), labels.tolist()
    seconds = []
    for _ in range(STEPS):
        for parameter in model.parameters():
            parameter.grad = no_gradient
        if collector == "off":
            gc.collect()
            gc.disable()
        start = time.perf_counter()
        total = step(model, value, points, signs)
        seconds.append(time.perf_counter() - start)
    return {
        "seconds": median_of(seconds),
        "loss": float(total.data),
        "gradients": [float(p.grad) for p in model.parameters()],
    }


def compare(collector: str) -> Line:
    """Measure both libraries in turn and compare.

    Parameters
    ----------
    collector : {"on", "off"}
        Whether the garbage collector runs.

    Returns
    -------
    Line
        The ratio of their times, and each time.

    Raises
    ------
    RuntimeError
        When the two disagree about the loss or a gradient: their times then compare nothing.
    """
    title = f"scalar graph, collector {collector}"
    taken = in_rounds(
        ROUNDS,
        micrograd=lambda: measure("scalar_graph", "micrograd", collector),
        ours=lambda: measure("scalar_graph", "ours", collector),
    )
    theirs, ours = taken["micrograd"], taken["ours"]
    for key in ("loss", "gradients"):
        if not np.allclose(theirs[0][key], ours[0][key], rtol=1e-9, atol=1e-12):
            raise RuntimeError(f"{title}: micrograd and ours disagree about the {key}")
    ratio = median_of([o["seconds"] / t["seconds"] for o, t in zip(ours, theirs, strict=True)])
    aimed = collector == "on"
    shown = ", ".join(
        f"{name} {1e3 * median_of([run['seconds'] for run in runs]):.0f} ms"
        for name, runs in taken.items()
    )
    return Line(
        f"{title}: ours / micrograd",
        f"{ratio:.2f}",
        f"<= {TARGET}" if aimed else "",
        ratio <= TARGET if aimed else None,
        shown,
    )


def lines() -> list[Line]:
    """Measure with the garbage collector on and off.

    Returns
    -------
    list of Line
        What `compare` found, or why there is nothing to compare with.
    """
    if reason := missing("micrograd"):
        return [Line("scalar graph: ours / micrograd", "–", note=reason)]
    return [compare("on"), compare("off")]


if __name__ == "__main__":
    report(main)
