"""Noticing the first NaN (or inf) of a sweep, under `detect_anomaly`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import errors, rules, source
from .context import Anomaly
from .value import Value, data_of, is_floating, shape_of

if TYPE_CHECKING:
    from .op import Op

__all__ = ["check_cotangent", "check_forward", "check_tangent"]


def check_forward(op: Op, inputs: Any, out: Any, anomaly: Anomaly) -> None:
    """Raise if this result has the first NaN (or inf) of the forward sweep."""
    if not anomaly.forward or not _is_anomalous(out, anomaly):
        return
    if any(is_floating(x) and _is_anomalous(x, anomaly) for x in inputs):
        return  # not the first
    values = ", ".join(f"{n} = {_brief(x)}" for n, x in zip("xyzuvw", inputs, strict=False))
    where = source.locate(source.caller())
    raise errors.AnomalyError(
        f"{op.name}: forward made {_which(out, anomaly)} from {values} ({where})"
    )


def check_cotangent(node: Value, i: int, g: Any, c: Any, anomaly: Anomaly) -> None:
    """Raise if this contribution has the first NaN (or inf) of the reverse sweep."""
    raw_g, raw_c = data_of(g), data_of(c)
    if not anomaly.backward or not _is_anomalous(raw_c, anomaly):
        return
    if _is_anomalous(raw_g, anomaly):
        return
    raise errors.AnomalyError(
        f"{node.op.name if node.op else 'leaf'}: backward made {_which(raw_c, anomaly)} for "
        f"operand {i} = {_brief(node.inputs[i])} from the cotangent {_brief(raw_g)} "
        f"({rules.describe(node)}); where the derivative is infinite, 0 · inf is nan: "
        "keep the argument away from there, for instance with safe_where"
    )


def check_tangent(node: Value, dots: list[Any], made: Any, anomaly: Anomaly) -> None:
    """Raise if this tangent has the first NaN (or inf) of the sweep."""
    if not anomaly.forward or not _is_anomalous(data_of(made), anomaly):
        return
    if any(dot is not None and _is_anomalous(data_of(dot), anomaly) for dot in dots):
        return
    raise errors.AnomalyError(
        f"{node.op.name if node.op else 'leaf'}: forward mode made "
        f"{_which(data_of(made), anomaly)} ({rules.describe(node)}); where the derivative is "
        "infinite, 0 · inf is nan: keep the argument away from there"
    )


def _is_anomalous(x: Any, anomaly: Anomaly) -> bool:
    """Whether data has a NaN, or (where asked for) an inf."""
    return not bool(np.all(np.isfinite(x) if anomaly.inf else ~np.isnan(x)))


def _which(x: Any, anomaly: Anomaly) -> str:
    """The first bad element and its index."""
    bad = ~np.isfinite(x) if anomaly.inf else np.isnan(x)
    if not np.ndim(x):
        return repr(float(x))
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    return f"{float(x[index])!r} at {list(index)}"


def _brief(x: Any) -> str:
    """A short text of data: the number, or shape and range."""
    if not np.ndim(x):
        return repr(x)
    if np.size(x) <= 6:
        return np.array2string(np.asarray(x), separator=", ").replace("\n", "")
    with np.errstate(all="ignore"):
        return f"{shape_of(x)} array in [{np.nanmin(x):.4g}, {np.nanmax(x):.4g}]"
