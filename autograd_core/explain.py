"""Saying in terms of an op what numpy, or `Value`, has against its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import errors
from .value import shape_of

if TYPE_CHECKING:
    from .op import Op

__all__ = ["explained", "named"]


def named(op: Op, error: errors.AutogradError) -> errors.AutogradError:
    """What `Value` says about its data, said about an operand of the op."""
    return type(error)(str(error).replace("Value: the data", f"{op.name}: an operand", 1))


def explained(op: Op, inputs: Sequence[Any], params: dict[str, Any], error: Exception) -> Exception:
    """Turn numpy's complaint about an op's arguments into one that names them."""
    fault = op.explain(*inputs, **params) if op.explain is not None else None
    shapes = [shape_of(x) for x in inputs]
    if fault is None and op.partials is not None and isinstance(error, ValueError):
        fault = _broadcast_fault(shapes)
    if fault is not None:
        return errors.ShapeError(f"{op.name}: {fault}")
    said = f"{op.name}: {error} (operands of shape {', '.join(map(str, shapes))}"
    said += f"; {', '.join(f'{k}={v!r}' for k, v in params.items())})" if params else ")"
    if isinstance(error, TypeError):
        return errors.DtypeError(said)
    if isinstance(error, np.linalg.LinAlgError):
        return errors.LinalgError(said)
    return errors.ArgumentError(said)


def _broadcast_fault(shapes: list[tuple[int, ...]]) -> str | None:
    """Which axis keeps shapes from broadcasting."""
    for axis in range(1, max(map(len, shapes), default=0) + 1):
        sizes = {shape[-axis] for shape in shapes if len(shape) >= axis} - {1}
        if len(sizes) > 1:
            named = ", ".join(f"{x} is {s}" for x, s in zip("xyzuvw", shapes, strict=False))
            return (
                f"operands do not broadcast: {named}; axis -{axis} has sizes "
                f"{' and '.join(map(str, sorted(sizes)))}; need equal sizes or 1 "
                "(insert axes with expand_dims or reshape)"
            )
    return None
