"""Where a NaN or an infinity in the loss or its gradient comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autograd_core import detect_anomaly
from autograd_core.errors import AnomalyError, AutogradError
from autograd_core.value import data_of

from ..module import Module
from .batches import Batch, raw

__all__ = ["NonFiniteLossError", "is_finite", "provenance"]


class NonFiniteLossError(AutogradError, ValueError):
    """The loss of a batch, or its gradient, is NaN or infinite.

    The message says where it comes from. The model, the optimiser and the random generators are
    as they were before the batch.

    Attributes
    ----------
    epoch, batch : int
        Where training stopped, both counted from 1.
    loss : float
    findings : list of str
        What was found: non-finite data, parameters and buffers, then the operation that made
        the first NaN or infinity, with its operands, the line of the program and the module.
    """

    def __init__(self, what: str, findings: list[str], loss: float) -> None:
        self.what = what
        self.findings = findings
        self.loss = loss
        self.epoch = self.batch = 0
        super().__init__()

    def __str__(self) -> str:
        head = f"{self.what} in epoch {self.epoch}, batch {self.batch}"
        tail = "The model is as it was before this batch."
        return "\n  ".join([head, *self.findings, tail])


def is_finite(x: Any) -> bool:
    """Whether all elements are: in one pass that makes no array, unless the sum overflows."""
    return math.isfinite(np.vdot(x, x)) or bool(np.isfinite(x).all())


def provenance(
    run: Callable[[], Any], batch: Batch, roots: Mapping[str, Module], is_nan: bool
) -> tuple[list[str], AnomalyError | None]:
    """Look for the origin of a NaN or an infinity.

    Parameters
    ----------
    run : callable
        Does the forward pass again, exactly as before, and where the fault is in the gradient
        the backward pass too.
    batch : Batch
        What it is done with.
    roots : mapping of str to Module
        Whose parameters and buffers to look at.
    is_nan : bool
        Whether a NaN has been seen, and not only an infinity.

    Returns
    -------
    findings : list of str
    error : AnomalyError or None
        That of the operation at fault.
    """
    findings = [
        f"{name} {'holds' if name.startswith('the input ') else 'hold'} {text}"
        for name, x in _data(batch)
        if (text := _fault(x))
    ]
    for module in roots.values():
        for kind, members in (
            ("parameter", module.named_parameters()),
            ("buffer", module.named_buffers()),
        ):
            for name, member in members:
                if text := _fault(data_of(member)):
                    findings.append(f"the {kind} {name} holds {text}")
    nan = _first(run, inf=False) if is_nan else None
    infinity = _first(run, inf=True)
    if nan is not None:
        findings.append(str(nan))
        if infinity is not None and str(infinity) != str(nan):
            findings.append(f"and before that, {infinity}")
    elif infinity is not None:
        findings.append(str(infinity))
    if not findings:
        findings.append("a second pass over the batch did not make it again: is something random?")
    return findings, nan or infinity


def _first(run: Callable[[], Any], inf: bool) -> AnomalyError | None:
    try:
        with detect_anomaly(inf=inf):
            run()
    except AnomalyError as error:
        return error
    return None


def _data(batch: Batch) -> Iterator[tuple[str, Any]]:
    """The arrays of a batch, with what to call them."""
    parts = {**{str(i): x for i, x in enumerate(batch.args)}, **batch.kwargs}
    for name, x in parts.items():
        yield ("the inputs" if len(parts) == 1 else f"the input {name}"), x
    yield "the targets", batch.target


def _fault(x: Any) -> str:
    """Which element is not finite; nothing if all are, or it is no array of numbers."""
    try:
        array = np.asarray(raw(x))
    except ValueError:  # a tuple of arrays of different shapes
        return ""
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return ""
    bad = np.argwhere(~np.isfinite(array))
    index = tuple(int(i) for i in bad[0])
    where = f" at {list(index)}" if index else ""
    return f"{float(array[index])}{where} ({len(bad):,} of {array.size:,} elements)"
