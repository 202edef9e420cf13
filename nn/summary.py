"""A table of what a model is made of: layers, shapes, parameters, memory, operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_core import Value
from autograd_core.context import recording_to

from .flops import flops
from .module import Module

__all__ = ["LayerSummary", "Summary", "summary"]


@dataclass(frozen=True)
class LayerSummary:
    """One row: one call of a layer.

    Attributes
    ----------
    name : str
        Path of the module.
    kind : str
        Its class.
    output_shape : tuple of int, or tuple of tuples
    parameters : int
        Trained numbers of its own. A module that is called again counts them only once.
    memory : int
        Bytes of the arrays that its own operations put into the graph.
    flops : int
        Floating-point operations of a forward pass; a multiplication and an addition are two.
    """

    name: str
    kind: str
    output_shape: tuple[Any, ...]
    parameters: int
    memory: int
    flops: int


@dataclass(frozen=True)
class Summary:
    """What `summary` found; prints as a table.

    Attributes
    ----------
    layers : tuple of LayerSummary
    parameters, trainable : int
        All numbers in parameters, and those that are trained.
    memory : int
        Bytes that a forward pass keeps for the backward pass.
    flops : int
    """

    layers: tuple[LayerSummary, ...]
    parameters: int
    trainable: int
    memory: int
    flops: int

    def __str__(self) -> str:
        head = ("layer", "output shape", "parameters", "memory", "flops")
        rows = [
            (
                f"{layer.name or '(itself)'}: {layer.kind}",
                " ".join(map(str, layer.output_shape))
                if layer.output_shape and isinstance(layer.output_shape[0], tuple)
                else str(layer.output_shape),
                f"{layer.parameters:,}",
                _bytes(layer.memory),
                f"{layer.flops:,}",
            )
            for layer in self.layers
        ]
        total = ("total", "", f"{self.parameters:,}", _bytes(self.memory), f"{self.flops:,}")
        widths = [max(len(row[i]) for row in (head, *rows, total)) for i in range(len(head))]
        lines = [_line(head, widths), "─" * (sum(widths) + 2 * len(widths) - 2)]
        lines += [_line(row, widths) for row in rows]
        lines += [lines[1], _line(total, widths)]
        if self.trainable != self.parameters:
            lines.append(f"trainable: {self.trainable:,} of the parameters")
        return "\n".join(lines)

    __repr__ = __str__


def summary(model: Module, *inputs: Any) -> Summary:
    """Call a model once and count.

    Parameters
    ----------
    model : Module
        It is run as in `eval` mode, and left as it was.
    *inputs : array_like, Value, or tuple of int
        What it is called with. A tuple of integers is a shape; zeros of that shape are used.

    Returns
    -------
    Summary
        One row per call of a layer that has no layers inside it, or does something itself.

    Examples
    --------
    >>> import nn
    >>> print(summary(nn.Sequential(nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 10)), (64, 784)))
    layer      output shape  parameters   memory       flops
    ────────────────────────────────────────────────────────
    0: Linear  (64, 300)        235,500  75.0 KB  30,124,800
    1: ReLU    (64, 300)              0  75.0 KB      19,200
    2: Linear  (64, 10)           3,010   2.5 KB     384,640
    ────────────────────────────────────────────────────────
    total                       238,510  152 KB   30,528,640
    """
    inputs = tuple(np.zeros(x, np.float32) if _is_shape(x) else x for x in inputs)
    rows: list[tuple[str, Module, list[Value], tuple[Any, ...], bool]] = []
    tape: list[Value] = []
    seen: set[int] = set()
    running: list[int] = []  # where on the tape the modules that are being called began
    inner: list[list[Value]] = []
    was_training = {module: module.training for module in model.modules()}
    removers = []

    def begin(module: Module, args: Any) -> None:
        running.append(len(tape))
        inner.append([])

    def end(path: str) -> Callable[..., None]:
        def hook(module: Module, args: Any, out: Any) -> None:
            everything, of_children = tape[running.pop() :], set(map(id, inner.pop()))
            own = [node for node in everything if id(node) not in of_children]
            if inner:
                inner[-1].extend(everything)
            leaf = not any(True for _ in module.children())
            if own or leaf:
                rows.append((path, module, own, _shape(out), id(module) not in seen))
                seen.add(id(module))

        return hook

    try:
        model.eval()
        for path, module in model.named_modules():
            removers.append(module.register_forward_pre_hook(begin))
            removers.append(module.register_forward_hook(end(path)))
        with recording_to(tape):
            model(*inputs)
    finally:
        for remove in removers:
            remove()
        for module, training in was_training.items():
            module.__dict__["training"] = training
    layers = tuple(
        LayerSummary(
            path,
            type(module).__name__,
            shape,
            sum(p.size for p in module.parameters(recurse=False)) if first else 0,
            sum(_owned(node) for node in own),
            sum(map(flops, own)),
        )
        for path, module, own, shape, first in rows
    )
    parameters = list(model.parameters())
    return Summary(
        layers,
        sum(p.size for p in parameters),
        sum(p.size for p in parameters if p.requires_grad),
        sum(map(_owned, tape)),
        sum(map(flops, tape)),
    )


def _owned(node: Value) -> int:
    """Bytes of a node's result; none if it is a view of something that is counted already."""
    data = node.data
    if not isinstance(data, np.ndarray):
        return 0
    return 0 if any(_buffer(x.data) is _buffer(data) for x in node.operands) else data.nbytes


def _buffer(data: Any) -> Any:
    """The array whose memory it shows."""
    base = getattr(data, "base", None)
    return data if base is None else base


def _shape(out: Any) -> tuple[Any, ...]:
    if isinstance(out, (tuple, list)):
        return tuple(_shape(part) for part in out)
    return tuple(np.shape(out.data if isinstance(out, Value) else out))


def _is_shape(x: Any) -> bool:
    return isinstance(x, tuple) and bool(x) and all(isinstance(n, int) for n in x)


def _bytes(n: float) -> str:
    unit = "B"
    for larger in ("KB", "MB", "GB"):
        if n >= 1024:
            n, unit = n / 1024, larger
    return f"{n:.3g} {unit}" if unit == "B" or n >= 100 else f"{n:.1f} {unit}"


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    """Text to the left, numbers to the right."""
    padded = [
        cell.ljust(width) if i < 2 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
