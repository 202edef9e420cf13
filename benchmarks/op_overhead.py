"""What one op costs beyond its numpy calls, on arrays of ten float32 numbers.

A chain of `OPS` ops is built and differentiated, by each library and by hand in numpy. The cost by
hand is that of the numpy calls which the forward and the reverse sweep cannot do without: the op
itself, its derivative times the cotangent, and the adding up of the gradient of an operand that is
used again. The overhead of an op is ``(time - time by hand) / OPS``. torch brings kernels of its
own in place of numpy's; its overhead is counted against the same time by hand.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from benchmarks.by_hand import BY_HAND
from benchmarks.harness import Line, Numbers, in_rounds, measure, median_of, missing, report

TARGET = 2.0
OPS = 200
WARM_UP, REPEATS, ROUNDS = 10, 60, 5

#: The import name and the namespace with ``tanh``, ``exp`` and ``sum`` of each library.
LIBRARIES = {
    "ours": "autograd_core",
    "torch": "torch",
    "MyGrad": "mygrad",
    "HIPS autograd": "autograd.numpy",
}


class Chain(NamedTuple):
    """A chain of one op, or of a pair of ops where the op alone would run off to infinity.

    Parameters
    ----------
    link : callable
        ``link(xp, y, w)``: the next ``y``, in a library whose functions are in ``xp``.
    weight : ndarray
        The operand ``w`` that every link uses, float32.
    ops_per_link : int
        How many ops a link records.
    """

    link: Callable[[Any, Any, Any], Any]
    weight: Any
    ops_per_link: int = 1


def orthogonal(size: int) -> Any:
    """Return an orthogonal matrix, whose powers neither grow nor vanish.

    Parameters
    ----------
    size : int
        Rows and columns.

    Returns
    -------
    ndarray
        ``(size, size)``, float32.
    """
    drawn = np.random.default_rng(0).normal(size=(size, size))
    return np.linalg.qr(drawn)[0].astype(np.float32)


CHAINS = {
    "add": Chain(lambda xp, y, w: y + w, np.full(10, 0.01, np.float32)),
    "multiply": Chain(lambda xp, y, w: y * w, np.full(10, 0.999, np.float32)),
    "tanh": Chain(lambda xp, y, w: xp.tanh(y), np.zeros(10, np.float32)),
    "exp (with negative)": Chain(lambda xp, y, w: xp.exp(-y), np.zeros(10, np.float32), 2),
    "sum (with multiply)": Chain(lambda xp, y, w: w * xp.sum(y), np.full(10, 0.1, np.float32), 2),
    "matmul (10x10 @ 10)": Chain(lambda xp, y, w: w @ y, orthogonal(10)),
}


def loss_of(chain: Chain, xp: Any, x: Any, w: Any) -> Any:
    """Build the chain in one library.

    Parameters
    ----------
    chain : Chain
        What it is made of.
    xp : module
        The library's functions.
    x, w : tensor
        Its leaves.

    Returns
    -------
    tensor
        The sum of the chain's end.
    """
    y = x
    for _ in range(OPS // chain.ops_per_link):
        y = chain.link(xp, y, w)
    return xp.sum(y)


def sweep_of(library: str, name: str) -> Callable[[], Any]:
    """Return what is timed: forward, backward, and the two gradients.

    Parameters
    ----------
    library : str
        A key of `LIBRARIES`, or ``by hand``.
    name : str
        A key of `CHAINS`.

    Returns
    -------
    callable
        Takes nothing, returns the gradients by ``x`` and by ``w``.
    """
    chain = CHAINS[name]
    x, w = np.linspace(0.1, 1.0, 10, dtype=np.float32), chain.weight
    if library == "by hand":
        return partial(BY_HAND[name], x, w, OPS // chain.ops_per_link)
    xp = importlib.import_module(LIBRARIES[library])
    if library == "HIPS autograd":
        hips = importlib.import_module("autograd")
        return partial(hips.grad(partial(loss_of, chain, xp), (0, 1)), x, w)

    def sweep() -> Any:
        if library == "ours":
            leaves = xp.Value(x), xp.Value(w)
        elif library == "torch":
            leaves = tuple(xp.from_numpy(a).requires_grad_() for a in (x, w))
        else:
            leaves = xp.tensor(x), xp.tensor(w)
        loss_of(chain, xp, *leaves).backward()
        return [leaf.grad for leaf in leaves]

    return sweep


def main(arguments: Sequence[str]) -> Numbers:
    """Measure one library.

    Parameters
    ----------
    arguments : sequence of str
        The library's name.

    Returns
    -------
    dict
        For each chain the ``seconds`` of one op (median) and the ``gradient`` by ``x``.
    """
    (library,) = arguments
    seconds, gradient = {}, {}
    for name in CHAINS:
        sweep = sweep_of(library, name)
        times = []
        for _ in range(WARM_UP + REPEATS):
            start = time.perf_counter()
            result = sweep()
            times.append(time.perf_counter() - start)
        seconds[name] = median_of(times[WARM_UP:]) / OPS
        gradient[name] = np.asarray(result[0], dtype=float).tolist()
    return {"seconds": seconds, "gradient": gradient}


def lines() -> list[Line]:
    """Measure every library in turn and compare with numpy by hand.

    Returns
    -------
    list of Line
        For each op our overhead; beside it the time by hand and the peers' overhead.

    Raises
    ------
    RuntimeError
        When a library disagrees about a gradient: its time then compares nothing.
    """
    left_out = {name: missing(path.split(".")[0]) for name, path in LIBRARIES.items()}
    present = ["by hand", *(name for name, reason in left_out.items() if not reason)]
    taken = in_rounds(ROUNDS, **{name: partial(measure, "op_overhead", name) for name in present})
    table = []
    for name in CHAINS:
        by_hand = [1e6 * run["seconds"][name] for run in taken["by hand"]]
        expected = taken["by hand"][0]["gradient"][name]
        beyond = {}
        for library in present[1:]:
            if not np.allclose(taken[library][0]["gradient"][name], expected, rtol=1e-3):
                raise RuntimeError(f"{library} and numpy by hand disagree about {name}")
            times = [1e6 * run["seconds"][name] for run in taken[library]]
            beyond[library] = median_of([t - h for t, h in zip(times, by_hand, strict=True)])
        ours = beyond.pop("ours")
        beside = [f"numpy by hand {median_of(by_hand):.2f} µs"]
        beside += [f"{library} +{extra:.1f} µs" for library, extra in beyond.items()]
        beside += [reason for reason in left_out.values() if reason]
        table.append(
            Line(
                f"overhead of {name}",
                f"{ours:.2f} µs",
                f"<= {TARGET:g} µs",
                ours <= TARGET,
                ", ".join(beside),
            )
        )
    return table


if __name__ == "__main__":
    report(main)
