"""Checking the gradients of an LSTM cell, beside `torch.autograd.gradcheck` on torch's own cell.

8 inputs, 8 hidden units, a batch of 4, float64; the inputs, the state and all parameters are
checked: 672 numbers, and 64 results. Once the full Jacobian, once along random directions, which
torch calls ``fast_mode``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from benchmarks.harness import Line, Numbers, in_rounds, measure, median_of, missing, report

TARGET = 0.5
INPUTS, HIDDEN, BATCH = 8, 8, 4
WARM_UP, REPEATS, ROUNDS = 2, 7, 3


def arrays() -> dict[str, Any]:
    """Return the inputs, the state and the parameters of the cell, drawn as torch draws them.

    Returns
    -------
    dict
        In the order of the cell's arguments.
    """
    rng = np.random.default_rng(0)
    bound = HIDDEN**-0.5
    shapes = {
        "x": (BATCH, INPUTS),
        "h": (BATCH, HIDDEN),
        "c": (BATCH, HIDDEN),
        "weight_ih": (4 * HIDDEN, INPUTS),
        "weight_hh": (4 * HIDDEN, HIDDEN),
        "bias_ih": (4 * HIDDEN,),
        "bias_hh": (4 * HIDDEN,),
    }
    drawn = {name: rng.uniform(-bound, bound, shape) for name, shape in shapes.items()}
    return drawn | {name: rng.normal(size=shapes[name]) for name in ("x", "h", "c")}


def cell(x: Any, h: Any, c: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> tuple[Any, Any]:
    """Return the next state of an LSTM cell (gates i, f, g, o), in ops of ours.

    Parameters
    ----------
    x, h, c, w_ih, w_hh, b_ih, b_hh : Value or ndarray
        As `arrays` gives them.

    Returns
    -------
    tuple
        The new h and c.
    """
    from autograd_core.ops.exponential import sigmoid
    from autograd_core.ops.trigonometric import tanh

    gates = x @ w_ih.T + b_ih + h @ w_hh.T + b_hh
    i, f, g, o = (gates[:, k * HIDDEN : (k + 1) * HIDDEN] for k in range(4))
    new_c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(new_c), new_c


def check_of(library: str, way: str) -> Callable[[], Any]:
    """Return what is timed.

    Parameters
    ----------
    library : {"ours", "torch"}
        Whose checker, on whose cell.
    way : {"full", "random"}
        Which check.

    Returns
    -------
    callable
        Takes nothing, returns whether the gradients are right.
    """
    given = arrays()
    if library == "ours":
        from autograd_core.checking import gradcheck

        direction: Any = way
        return partial(gradcheck, cell, tuple(given.values()), direction=direction)
    import torch

    torch.set_num_threads(1)  # for matrices this small the threads only get in the way
    module = torch.nn.LSTMCell(INPUTS, HIDDEN, dtype=torch.float64)
    module.load_state_dict({n: torch.from_numpy(x) for n, x in list(given.items())[3:]})
    state = [torch.from_numpy(given[name]).requires_grad_() for name in ("x", "h", "c")]
    # torch's checker moves tensors in place, so the module may use its own parameters.
    tensors = (*state, *module.parameters())

    def function(x: Any, h: Any, c: Any, *parameters: Any) -> Any:
        return module(x, (h, c))

    return partial(torch.autograd.gradcheck, function, tensors, fast_mode=way == "random")


def main(arguments: Sequence[str]) -> Numbers:
    """Measure one checker.

    Parameters
    ----------
    arguments : sequence of str
        The library's name.

    Returns
    -------
    dict
        For each way the ``seconds`` of one check (median).

    Raises
    ------
    RuntimeError
        When a check fails.
    """
    (library,) = arguments
    numbers = {}
    for way in ("full", "random"):
        check = check_of(library, way)
        times = []
        for _ in range(WARM_UP + REPEATS):
            start = time.perf_counter()
            passed = bool(check())
            times.append(time.perf_counter() - start)
            if not passed:
                raise RuntimeError(f"{library}: the {way} check of the cell fails")
        numbers[way] = median_of(times[WARM_UP:])
    return numbers


def lines() -> list[Line]:
    """Measure both checkers in turn and compare.

    Returns
    -------
    list of Line
        The full Jacobian and the random directions.
    """
    reason = missing("torch")
    libraries = ["ours"] if reason else ["ours", "torch"]
    taken = in_rounds(ROUNDS, **{name: partial(measure, "gradcheck", name) for name in libraries})
    table = []
    for way, what in (("full", "full Jacobian"), ("random", "random directions")):
        ours = [run[way] for run in taken["ours"]]
        name = f"gradient check of an LSTM cell, {what}"
        mine = f"ours {1e3 * median_of(ours):.1f} ms"
        if reason:
            table.append(Line(name, f"{1e3 * median_of(ours):.1f} ms", note=reason))
            continue
        theirs = [run[way] for run in taken["torch"]]
        ratio = median_of([a / b for a, b in zip(ours, theirs, strict=True)])
        mode = ", fast_mode" if way == "random" else ""
        note = f"{mine}, torch.autograd.gradcheck{mode} {1e3 * median_of(theirs):.1f} ms"
        met = ratio <= TARGET
        table.append(Line(name, f"{ratio:.2f} x torch", f"<= {TARGET:g} x", met, note))
    return table


if __name__ == "__main__":
    report(main)
