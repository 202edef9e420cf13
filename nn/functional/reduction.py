"""What all losses do with their inputs before, and with the losses of the elements after."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import data_of, dtype_of, is_floating, shape_of

__all__ = ["alike", "checked", "floats", "reduced", "same_shape", "warn_of_nothing"]


def checked(reduction: str, caller: str, *more: str) -> str:
    """The reduction, if it is one."""
    if reduction not in ("mean", "sum", "none", *more):
        need = ", ".join(map(repr, ("mean", "sum", "none", *more)))
        raise ArgumentError(f"{caller}: reduction is {reduction!r}; need one of {need}")
    return reduction


def alike(target: Any, input: Any) -> Any:
    """A raw target in the dtype of the input, so that float32 stays float32."""
    if isinstance(target, Value):
        return target
    array = np.asarray(target)
    data = data_of(input)
    return array.astype(dtype_of(data), copy=False) if is_floating(data) else array


def floats(input: Any) -> Any:
    """A Value, or raw data as an array of floats."""
    if isinstance(input, Value):
        return input
    array = np.asarray(input)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def same_shape(input: Any, target: Any, caller: str) -> tuple[Any, Any]:
    """Input and target, if neither would be broadcast against the other.

    Raises
    ------
    ShapeError
        A target of shape (N,) beside an output of shape (N, 1) would make N² differences.
    """
    input = floats(input)
    target = alike(target, input)
    if shape_of(input) != shape_of(target):
        raise ShapeError(
            f"{caller}: input is {shape_of(input)}, target is {shape_of(target)}; need equal "
            "shapes: reshape one of them, since broadcasting would pair each with each"
        )
    return input, target


def reduced(losses: Any, reduction: str, caller: str) -> Any:
    """The mean of the losses, their sum, or all of them."""
    if checked(reduction, caller) == "none":
        return losses
    if reduction == "sum":
        return ag.sum(losses)
    if not np.size(data_of(losses)):
        warn_of_nothing(caller, "the batch is empty")
        return ag.sum(losses) * math.nan
    return ag.mean(losses)


def warn_of_nothing(caller: str, why: str) -> None:
    """Say that a mean is nan because it is that of nothing."""
    warnings.warn(
        f"{caller}: {why}, so the mean of the losses is nan; leave such a batch out, or take "
        "reduction='sum'",
        RuntimeWarning,
        stacklevel=4,
    )
