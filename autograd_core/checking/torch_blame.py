"""Which hand-written `torch.autograd.Function` of a PyTorch function is at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..tree import flatten

__all__ = ["faulty_function"]


def faulty_function(torch: Any, f: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The first hand-written Function whose backward is not the derivative of its forward.

    Parameters
    ----------
    torch : module
    f : callable
    args : tuple
        Tensors that require a gradient.

    Returns
    -------
    (name, Verdict) or None
    """
    from .adapters import from_torch
    from .check import gradcheck

    classes = dict.fromkeys(_functions_of(torch, f(*args)))
    calls: list[tuple[type, tuple[Any, ...]]] = []
    with _recorded(classes, calls):
        f(*args)
    for cls, inputs in calls:
        report = gradcheck(
            from_torch(cls.apply),  # type: ignore[attr-defined]
            tuple(x.detach().numpy() if torch.is_tensor(x) else x for x in inputs),
            modes=("rev",),
            localize=False,
        )
        if not report.ok:
            floating = [i for i, x in enumerate(inputs) if torch.is_tensor(x) and _floats(x)]
            verdict = report.verdicts[0]
            operand = None if verdict.operand is None else floating[verdict.operand]
            return cls.__name__, operand, verdict
    return None


def _functions_of(torch: Any, out: Any) -> Iterator[type]:
    """The hand-written Functions in a graph, those next to the inputs first."""
    order: dict[Any, None] = {}
    stack = [x.grad_fn for x in flatten(out)[0] if torch.is_tensor(x) and x.grad_fn is not None]
    while stack:
        node = stack.pop()
        order.pop(node, None)
        order[node] = None
        stack.extend(n for n, _ in node.next_functions if n is not None)
    for node in reversed(order):
        cls = getattr(node, "_forward_cls", None)
        if cls is not None:
            yield cls


@contextmanager
def _recorded(classes: Any, calls: list[tuple[type, tuple[Any, ...]]]) -> Iterator[None]:
    """Write down what these Functions are applied to inside the block."""

    def recording(cls: Any, apply: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*inputs: Any) -> Any:
            calls.append((cls, inputs))
            return apply(*inputs)

        return wrapped

    own = {cls: cls.__dict__["apply"] for cls in classes if "apply" in cls.__dict__}
    for cls in classes:
        cls.apply = staticmethod(recording(cls, cls.apply))
    try:
        yield
    finally:
        for cls in classes:
            if cls in own:
                cls.apply = own[cls]
            else:
                del cls.apply


def _floats(x: Any) -> bool:
    return np.dtype(str(x.dtype).removeprefix("torch.")).kind == "f"
