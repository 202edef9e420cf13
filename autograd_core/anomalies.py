"""Noticing the first NaN (or inf) of a sweep, under `detect_anomaly`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import errors, rules, source
from .context import Anomaly, current
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
    where = source.locate(source.caller())
    raise errors.AnomalyError(
        f"{op.name}: forward made {_which(out, anomaly)} from "
        f"{_operands(inputs, out, anomaly)} ({where}{_in(current().scope)})"
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
        f"operand {i} = {_brief(node.inputs[i], raw_c, anomaly)} from the cotangent "
        f"{_brief(raw_g, raw_c, anomaly)} ({rules.describe(node)}{_in(node.scope)})"
        + _explanation([raw_g], raw_c, anomaly)
    )


def check_tangent(node: Value, dots: Sequence[Any], made: Any, anomaly: Anomaly) -> None:
    """Raise if this tangent has the first NaN (or inf) of the sweep."""
    made = data_of(made)
    if not anomaly.forward or not _is_anomalous(made, anomaly):
        return
    given = [data_of(dot) for dot in dots if dot is not None]
    if any(_is_anomalous(dot, anomaly) for dot in given):
        return
    tangents = ", ".join(_brief(dot, made, anomaly) for dot in given)
    raise errors.AnomalyError(
        f"{node.op.name if node.op else 'leaf'}: forward mode made {_which(made, anomaly)} at "
        f"{_operands(node.inputs, made, anomaly)} from the tangent {tangents} "
        f"({rules.describe(node)})" + _explanation(given, made, anomaly)
    )


def _in(scope: str) -> str:
    """Which module it was; nothing outside of all."""
    return f", in {scope}" if scope else ""


def _explanation(factors: Sequence[Any], made: Any, anomaly: Anomaly) -> str:
    """Why, and what helps, where a zero met an infinite derivative."""
    bad = _bad(made, anomaly)
    zeros = [np.asarray(x) == 0 for x in factors]
    if not any(np.any(zero & bad if zero.shape == np.shape(bad) else zero) for zero in zeros):
        return ""
    return (
        "; where the derivative is infinite, 0 · inf is nan: keep the argument away from there, "
        "for instance with safe_where"
    )


def _is_anomalous(x: Any, anomaly: Anomaly) -> bool:
    """Whether data has a NaN, or (where asked for) an inf."""
    return bool(np.any(_bad(x, anomaly)))


def _bad(x: Any, anomaly: Anomaly) -> Any:
    return ~np.isfinite(x) if anomaly.inf else np.isnan(x)


def _which(x: Any, anomaly: Anomaly) -> str:
    """The first bad element and its index."""
    if not np.ndim(x):
        return repr(float(x))
    index = _first(x, anomaly)
    return f"{float(x[index])!r} at {list(index)}"


def _first(x: Any, anomaly: Anomaly) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(_bad(x, anomaly))[0])


def _operands(inputs: Sequence[Any], made: Any, anomaly: Anomaly) -> str:
    named = zip("xyzuvw", inputs, strict=False)
    return ", ".join(f"{name} = {_brief(x, made, anomaly)}" for name, x in named)


def _brief(x: Any, made: Any, anomaly: Anomaly) -> str:
    """A short text of data: the number, or shape, range, and the element at fault."""
    if not np.ndim(x):
        return repr(x)
    if np.size(x) <= 6:
        return np.array2string(np.asarray(x), separator=", ").replace("\n", "")
    with np.errstate(all="ignore"):
        text = f"{shape_of(x)} array in [{np.nanmin(x):.4g}, {np.nanmax(x):.4g}]"
    if shape_of(x) == shape_of(made):
        index = _first(made, anomaly)
        text += f", {x[index]:.4g} at {list(index)}"
    return text
