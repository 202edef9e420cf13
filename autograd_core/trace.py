"""Run an op, and record it: this is where the graph comes from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from . import composite, errors, seal, source
from .context import Anomaly, Mode, current
from .value import Value, as_data, constant, is_floating, shape_of

if TYPE_CHECKING:
    from .op import Op

__all__ = ["apply", "binary", "node", "unary", "zeros_like"]

_new = Value.__new__
_getframe = sys._getframe
_PACKAGE = source.PACKAGE


def apply(op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Apply an op to its operands and record a node if any of them requires a gradient.

    Parameters
    ----------
    op : Op
    args : tuple
        Operands: Values, or raw numbers and arrays, which become constants.
    params : dict
        All static arguments of the op.

    Returns
    -------
    Value
        Or raw data, if no operand is a Value.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError, LinalgError
        If the forward function does not take these operands.
    AnomalyError
        Under `detect_anomaly`.
    """
    if op.scalar is not None and not params:
        if len(args) == 2:
            return binary(op, *args)
        if len(args) == 1:
            return unary(op, *args)
    return _apply(op, args, params)


# Scalar graphs are made of calls that cost nothing but their overhead, so the ops of one or
# two floats have a short way. It does what `_apply` does in general.


def binary(op: Op, x: Any, y: Any) -> Any:
    """`apply` for an op of two operands that has a `scalar` form."""
    if type(x) is Value:
        if type(y) is not Value:
            if type(y) is not float and type(y) is not int:
                return _apply(op, (x, y), {})
            y = constant(y)
    elif type(y) is Value and (type(x) is float or type(x) is int):
        x = constant(x)
    else:
        return _apply(op, (x, y), {})
    a, b = x.data, y.data
    if type(a) is float:
        if type(b) is not float and type(b) is not int:
            return _apply(op, (x, y), {})
    elif type(a) is not int or type(b) is not float:
        return _apply(op, (x, y), {})
    mode = current()
    if mode.anomaly is not None or not (mode.recording and (x.requires_grad or y.requires_grad)):
        return _apply(op, (x, y), {})
    try:
        out = op.scalar(a, b)  # type: ignore[misc]
    except (ArithmeticError, ValueError):
        return _apply(op, (x, y), {})
    return node(op, (x, y), (a, b), out, None, mode)


def unary(op: Op, x: Any) -> Any:
    """`apply` for an op of one operand that has a `scalar` form."""
    if type(x) is not Value or type(x.data) is not float:
        return _apply(op, (x,), {})
    mode = current()
    if mode.anomaly is not None or not (mode.recording and x.requires_grad):
        return _apply(op, (x,), {})
    try:
        out = op.scalar(x.data)  # type: ignore[misc]
    except (ArithmeticError, ValueError):
        return _apply(op, (x,), {})
    return node(op, (x,), (x.data,), out, None, mode)


def _apply(op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """The general case: any data, any number of operands."""
    mode = current()
    inputs, traced, recorded = [], False, False
    for arg in args:
        if isinstance(arg, Value):
            traced = True
            recorded = recorded or arg.requires_grad
            inputs.append(arg.data)
        else:
            inputs.append(arg)
    if not traced:
        return run_forward(op, inputs, params)[0]
    inputs = [x if type(x) is np.ndarray or type(x) is float else as_data(x) for x in inputs]
    if op.definition is not None and op.kernel is None and recorded and mode.recording:
        return composite.record(op, args, inputs, params, mode)
    out, residuals = run_forward(op, inputs, params)
    out = _own(out, inputs)
    if mode.anomaly is not None:
        check_forward(op, inputs, out, mode.anomaly)
    if not (recorded and mode.recording and is_floating(out)):
        return constant(out)
    operands = tuple(
        [a if isinstance(a, Value) else constant(x) for a, x in zip(args, inputs, strict=True)]
    )
    result = node(op, operands, tuple(inputs), out, params, mode)
    result.residuals = residuals
    result.seals = seals_of(inputs)
    return result


def node(
    op: Op,
    operands: tuple[Value, ...],
    inputs: tuple[Any, ...],
    out: Any,
    params: dict[str, Any] | None,
    mode: Mode,
) -> Value:
    """Make the node that links a result to its operands."""
    result = _new(Value)
    result.data = out
    result.freed = False
    result.grad = None
    result.hooks = None
    result.inputs = inputs
    result.name = None
    result.op = op
    result.operands = operands
    result.params = params
    result.requires_grad = True
    result.residuals = None
    result.scope = mode.scope
    result.seals = None
    # The frame past node, binary and Value.__add__ is the caller's on scalar graphs, where
    # a function call to find that out would be felt.
    frame = _getframe(3)
    code = frame.f_code
    result.site = mode.site or (
        source.caller(3) if code.co_filename.startswith(_PACKAGE) else (code, frame.f_lasti)
    )
    if mode.tape is not None:
        mode.tape.append(result)
    return result


def run_forward(op: Op, inputs: list[Any], params: dict[str, Any]) -> tuple[Any, Any]:
    """The op's result on raw data, and what its kernel saves for the vjp.

    Raises
    ------
    AutogradError
        What numpy raises, said in terms of the op.
    """
    try:
        if op.kernel is not None:
            return op.kernel.forward(*inputs, **params)
        if op.scalar is not None and all([type(x) is float for x in inputs]):
            try:
                return op.scalar(*inputs), None
            except (ArithmeticError, ValueError):
                pass
        out = op.forward(*inputs, **params)
        if type(out) is np.ndarray and not out.ndim:
            out = out[()]
        return (float(out) if type(out) is np.float64 else out), None
    except errors.AutogradError:
        raise
    except (ValueError, TypeError, IndexError, ArithmeticError) as error:
        raise _explained(op, inputs, params, error) from error


def seals_of(inputs: list[Any]) -> tuple[seal.Seal, ...] | None:
    """Seal the arrays among an op's inputs that somebody else may write to."""
    seals = tuple([seal.seal(x) if type(x) is np.ndarray else None for x in inputs])
    return seals if any(seals) else None


def zeros_like(x: Any) -> Any:
    """A zero tangent or cotangent for a primal, raw or Value."""
    data = x.data if isinstance(x, Value) else x
    return np.zeros_like(data) if shape_of(data) else type(data)(0)


def _own(out: Any, inputs: list[Any]) -> Any:
    """Bring a result into a node's form, and make it unwritable."""
    if type(out) is float:
        return out
    if type(out) is not np.ndarray or not out.ndim:
        return as_data(out)
    if any([out is x for x in inputs]):
        out = out.view()
    base = out.base
    if base is not None and isinstance(base, np.ndarray) and base.flags.writeable:
        # A view: of an operand, whose owner may go on writing to it (so that it is sealed
        # when used), or of a buffer that nobody else knows.
        for x in inputs:
            if base is x or (type(x) is np.ndarray and base is x.base):
                break
        else:
            base.flags.writeable = False
    out.flags.writeable = False
    return out


def _explained(op: Op, inputs: list[Any], params: dict[str, Any], error: Exception) -> Exception:
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


def check_forward(op: Op, inputs: Any, out: Any, anomaly: Anomaly) -> None:
    """Raise if this result has the first NaN (or inf) of the forward sweep."""
    if not anomaly.forward or not is_anomalous(out, anomaly):
        return
    if any(is_floating(x) and is_anomalous(x, anomaly) for x in inputs):
        return  # not the first
    values = ", ".join(f"{n} = {brief(x)}" for n, x in zip("xyzuvw", inputs, strict=False))
    where = source.locate(source.caller())
    raise errors.AnomalyError(
        f"{op.name}: forward made {which(out, anomaly)} from {values} ({where})"
    )


def is_anomalous(x: Any, anomaly: Anomaly) -> bool:
    """Whether data has a NaN, or (where asked for) an inf."""
    return not bool(np.all(np.isfinite(x) if anomaly.inf else ~np.isnan(x)))


def which(x: Any, anomaly: Anomaly) -> str:
    """The first bad element and its index."""
    bad = ~np.isfinite(x) if anomaly.inf else np.isnan(x)
    if not np.ndim(x):
        return repr(float(x))
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    return f"{float(x[index])!r} at {list(index)}"


def brief(x: Any) -> str:
    """A short text of data: the number, or shape and range."""
    if not np.ndim(x):
        return repr(x)
    if np.size(x) <= 6:
        return np.array2string(np.asarray(x), separator=", ").replace("\n", "")
    with np.errstate(all="ignore"):
        return f"{shape_of(x)} array in [{np.nanmin(x):.4g}, {np.nanmax(x):.4g}]"
