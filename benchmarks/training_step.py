"""One training step – forward, loss, backward, SGD – beside PyTorch eager, in float32.

Each library runs alone in its process, on the same data, with the same model built by the same
lines; once with two threads and once with one. The peak memory is that of the resident set above
what it was once the library had been imported.
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benchmarks.harness import Line, Numbers, in_rounds, measure, median_of, missing, report

MEMORY_TARGET = 1.2
ROUNDS = 3
THREADS = (2, 1)


@dataclass(frozen=True)
class Step:
    """One model and its batch.

    Parameters
    ----------
    what : str
        How the table names it.
    target : float
        The time aimed at, as a multiple of PyTorch's.
    kind : str
        ``"mlp"``, ``"cnn"``, ``"lstm"`` or ``"gru"``.
    sizes : tuple of int
        The layers of an MLP; channels in, side, kernel, channels of both convolutions of a CNN;
        inputs, hidden units and time steps of a recurrent network.
    batch : int
        Samples.
    """

    what: str
    target: float
    kind: str
    sizes: tuple[int, ...]
    batch: int


STEPS = {
    "mlp": Step("MLP 784-300-10, batch 64", 0.7, "mlp", (784, 300, 10), 64),
    "mlp-small": Step("MLP 2-16-16-10, batch 100", 0.6, "mlp", (2, 16, 16, 10), 100),
    "mlp-six": Step(
        "MLP of six layers, batch 128", 0.9, "mlp", (784, 2500, 2000, 1500, 1000, 500, 10), 128
    ),
    "cnn8": Step("CNN 1x8x8, 3x3 8-16, batch 64", 0.7, "cnn", (1, 8, 3, 8, 16), 64),
    "cnn28": Step("CNN 1x28x28, 5x5 16-32, batch 64", 1.5, "cnn", (1, 28, 5, 16, 32), 64),
    "cnn32": Step("CNN 3x32x32, 3x3 32-64, batch 32", 1.3, "cnn", (3, 32, 3, 32, 64), 32),
    "lstm40": Step("LSTM 40-128, 50 steps, batch 32", 1.8, "lstm", (40, 128, 50), 32),
    "lstm64": Step("LSTM 64-256, 100 steps, batch 64", 1.1, "lstm", (64, 256, 100), 64),
    "lstm13": Step("LSTM 13-32, 30 steps, batch 16", 1.5, "lstm", (13, 32, 30), 16),
    "gru40": Step("GRU 40-128, 50 steps, batch 32", 0.8, "gru", (40, 128, 50), 32),
    "gru64": Step("GRU 64-256, 100 steps, batch 64", 0.8, "gru", (64, 256, 100), 64),
    "gru13": Step("GRU 13-32, 30 steps, batch 16", 0.8, "gru", (13, 32, 30), 16),
}

CLASSES = 10


def network(nn: Any, kind: str, sizes: tuple[int, ...]) -> tuple[list[Any], Any]:
    """Build a model in the words that both libraries have in common.

    Parameters
    ----------
    nn : module
        `nn` or ``torch.nn``.
    kind, sizes
        See `Step`.

    Returns
    -------
    layers : list of Module
        For the parameters.
    call : callable
        From the inputs to the scores of the classes.
    """
    if kind == "mlp":
        layers: list[Any] = []
        for wide, narrow in zip(sizes, sizes[1:], strict=False):
            layers += [nn.Linear(wide, narrow), nn.ReLU()]
        model = nn.Sequential(*layers[:-1])
        return [model], model
    if kind == "cnn":
        channels, side, kernel, first, second = sizes
        model = nn.Sequential(
            nn.Conv2d(channels, first, kernel, padding=kernel // 2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(first, second, kernel, padding=kernel // 2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(second * (side // 4) ** 2, CLASSES),
        )
        return [model], model
    inputs, hidden, _ = sizes
    recurrent = nn.LSTM(inputs, hidden) if kind == "lstm" else nn.GRU(inputs, hidden)
    readout = nn.Linear(hidden, CLASSES)
    return [recurrent, readout], lambda x: readout(recurrent(x)[0][-1])


def batch_of(step: Step) -> tuple[Any, Any]:
    """Return random inputs and classes of the right shape."""
    rng = np.random.default_rng(0)
    if step.kind == "mlp":
        shape: tuple[int, ...] = (step.batch, step.sizes[0])
    elif step.kind == "cnn":
        shape = (step.batch, step.sizes[0], step.sizes[1], step.sizes[1])
    else:
        shape = (step.sizes[2], step.batch, step.sizes[0])
    return rng.normal(size=shape).astype(np.float32), rng.integers(CLASSES, size=step.batch)


def main(arguments: Sequence[str]) -> Numbers:
    """Measure the steps of one library.

    Parameters
    ----------
    arguments : sequence of str
        ``ours`` or ``torch``, the name of a step, and for how many seconds to measure.

    Returns
    -------
    dict
        ``seconds`` of one step (median) and ``bytes`` at the peak.
    """
    library, name, seconds = arguments
    step = STEPS[name]
    nn = importlib.import_module("nn" if library == "ours" else "torch.nn")
    optim = importlib.import_module("nn.optim" if library == "ours" else "torch.optim")
    x, target = batch_of(step)
    if library == "torch":
        import torch

        torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
        x, target = torch.from_numpy(x), torch.from_numpy(target)
    gc.collect()
    before = _resident()
    layers, model = network(nn, step.kind, step.sizes)
    optimizer = optim.SGD([p for layer in layers for p in layer.parameters()], lr=1e-3)

    def train() -> None:
        loss = nn.functional.cross_entropy(model(x), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    for _ in range(5):
        train()
    times: list[float] = []
    end = time.perf_counter() + float(seconds)
    while time.perf_counter() < end or len(times) < 10:
        start = time.perf_counter()
        train()
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": median_of(times), "bytes": max(peak - before, 1)}


def _resident() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def lines(names: Sequence[str] = tuple(STEPS), seconds: float = 2.0) -> list[Line]:
    """Measure both libraries, with two threads and with one.

    Parameters
    ----------
    names : sequence of str
        Which steps.
    seconds : float
        For how long each process measures.

    Returns
    -------
    list of Line
        Two lines per step for the time and one for the memory.
    """
    reason = missing("torch")
    return [line for name in names for line in _compare(name, seconds, reason)]


def _compare(name: str, seconds: float, reason: str | None) -> list[Line]:
    step, found = STEPS[name], []
    libraries = ("ours",) if reason else ("ours", "torch")
    for threads in THREADS:
        taken = in_rounds(
            ROUNDS,
            **{
                library: partial(_measured, library, name, str(seconds), threads)
                for library in libraries
            },
        )
        ours = median_of([n["seconds"] for n in taken["ours"]])
        what = f"{step.what}, {threads} thread{'s' if threads > 1 else ''}"
        if reason:
            found.append(Line(what, f"{1e3 * ours:.2f} ms", note=reason))
            continue
        pairs = list(zip(taken["ours"], taken["torch"], strict=True))
        ratio = median_of([a["seconds"] / b["seconds"] for a, b in pairs])
        torch = median_of([b["seconds"] for _, b in pairs])
        note = f"{1e3 * ours:.2f} ms, PyTorch {1e3 * torch:.2f} ms"
        met = ratio <= step.target
        found.append(Line(what, f"{ratio:.2f} x", f"<= {step.target} x", met, note))
        if threads == THREADS[0]:
            memory = median_of([a["bytes"] / b["bytes"] for a, b in pairs])
            megabytes = [median_of([p[i]["bytes"] for p in pairs]) / 2**20 for i in (0, 1)]
            note = f"{megabytes[0]:.0f} MB, PyTorch {megabytes[1]:.0f} MB"
            limit = f"<= {MEMORY_TARGET} x"
            met = memory <= MEMORY_TARGET
            found.append(Line("  its peak memory", f"{memory:.2f} x", limit, met, note))
    return found


def _measured(library: str, name: str, seconds: str, threads: int) -> Numbers:
    pools = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return measure("training_step", library, name, seconds, **dict.fromkeys(pools, str(threads)))


if __name__ == "__main__":
    report(main)
