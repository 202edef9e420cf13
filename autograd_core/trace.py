"""Run an op, and record it: this is where the graph comes from."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import anomalies, definition, errors, explain, source
from .context import Mode, current
from .seal import seal
from .value import Value, as_data, constant, dtype_of, is_floating, shape_of

if TYPE_CHECKING:
    from .op import Op

__all__ = ["apply", "binary", "node", "unary", "zeros_like"]

_new = Value.__new__
_getframe = sys._getframe
_ndarray = np.ndarray
_NUMBERS = frozenset({float, int})


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
    for arg in args:
        if isinstance(arg, Value):
            return _apply(op, args, params)
    return run_forward(op, args, params)[0]


# Graphs of scalars and of small arrays are made of calls that cost little but their overhead,
# so the elementwise ops of one or two floats or arrays have a short way. It does what
# `_apply` does in general, and leaves to it whatever is out of the ordinary.


def binary(op: Op, x: Any, y: Any) -> Any:
    """`apply` for an elementwise op without static arguments, of two operands."""
    if type(x) is not Value and not isinstance(x, Value):
        if not isinstance(y, Value):
            return run_forward(op, (x, y), {})[0]
        try:
            x = constant(x)
        except errors.AutogradError as error:
            raise explain.named(op, error) from None
    elif type(y) is not Value and not isinstance(y, Value):
        try:
            y = constant(y)
        except errors.AutogradError as error:
            raise explain.named(op, error) from None
    a, b = x.data, y.data
    kind_a, kind_b = type(a), type(b)
    mode = current()
    if mode.anomaly is None and mode.recording and (x.requires_grad or y.requires_grad):
        try:
            if kind_a in _NUMBERS and kind_b in _NUMBERS:
                if op.scalar is not None:
                    return node(op, (x, y), (a, b), op.scalar(a, b), None, mode)
            elif (kind_a is _ndarray or kind_b is _ndarray) and op.is_ufunc:
                out = op.forward(a, b)
                if out.dtype.kind != "f":
                    return _apply(op, (x, y), {})
                out.setflags(0)  # read-only; by position, as keywords cost as much again
                result = node(op, (x, y), (a, b), out, None, mode)
                # What an op made and nobody has a view of needs no seal: it is read-only.
                if kind_a is _ndarray and (x.op is None or a.base is not None):
                    result.seals = ((a, seal(a)),)
                if kind_b is _ndarray and (y.op is None or b.base is not None):
                    result.seals = (*(result.seals or ()), (b, seal(b)))
                return result
        except (ArithmeticError, ValueError, TypeError):
            pass  # a pole of Python's floats; or an error, which `_apply` explains
    return _apply(op, (x, y), {})


def unary(op: Op, x: Any) -> Any:
    """`apply` for an elementwise op without static arguments, of one operand."""
    if type(x) is not Value and not isinstance(x, Value):
        return run_forward(op, (x,), {})[0]
    a = x.data
    mode = current()
    if mode.anomaly is None and mode.recording and x.requires_grad:
        try:
            if type(a) is float:
                if op.scalar is not None:
                    return node(op, (x,), (a,), op.scalar(a), None, mode)
            elif type(a) is _ndarray:
                out = op.forward(a)
                # An array of its own, whatever kind of function made it.
                fresh = type(out) is _ndarray and out.base is None and out is not a
                if fresh and out.dtype.kind == "f":
                    out.setflags(0)
                    result = node(op, (x,), (a,), out, None, mode)
                    if x.op is None or a.base is not None:
                        result.seals = ((a, seal(a)),)
                    return result
        except (ArithmeticError, ValueError, TypeError):
            pass
    return _apply(op, (x,), {})


def _apply(op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """The general case: any data, any number of operands, at least one of them a Value."""
    mode = current()
    operands, inputs, recorded = [], [], False
    for arg in args:
        try:
            operand = arg if isinstance(arg, Value) else constant(arg)
        except errors.AutogradError as error:
            raise explain.named(op, error) from None
        operands.append(operand)
        inputs.append(operand.data)
        recorded = recorded or operand.requires_grad
    recorded = recorded and mode.recording
    if mode.recording and op.definition is not None and op.kernel is None:
        # Even where no operand requires a gradient, something that it captures may.
        return definition.record(op, operands, params, mode)
    if mode.anomaly is None:
        out, residuals = run_forward(op, inputs, params)
        out = own(out, inputs)
    else:
        with np.errstate(all="ignore"):  # the error says more than numpy's warning
            out, residuals = run_forward(op, inputs, params)
        out = own(out, inputs)
        anomalies.check_forward(op, inputs, out, mode.anomaly)
    if not recorded or not is_floating(out):
        if recorded and dtype_of(out).kind == "c":
            raise errors.DtypeError(
                f"{op.name}: the result is complex, which has no gradient here; detach() the "
                "operands that require one, or compute real and imaginary part apart"
            )
        return constant(out)
    if params is not op.params:
        params = {name: _frozen(param) for name, param in params.items()}
    result = node(op, tuple(operands), tuple(inputs), out, params, mode)
    result.residuals = residuals
    result.seals = seals_of(operands, inputs)
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
    result.output = out
    result.params = params
    result.requires_grad = True
    result.residuals = None
    result.scope = mode.scope
    result.seals = None
    # The frame past node, binary and Value.__add__ is the caller's on scalar graphs, where
    # a function call to find that out would be felt.
    frame = _getframe(3)
    code = frame.f_code
    if mode.site is not None:
        result.code, result.offset = mode.site
    elif code.co_filename.startswith(source.PACKAGES):
        result.code, result.offset = source.caller(3)
    else:
        result.code = code
        result.offset = frame.f_lasti
    if mode.tape is not None:
        mode.tape.append(result)
    return result


def run_forward(op: Op, inputs: Sequence[Any], params: dict[str, Any]) -> tuple[Any, Any]:
    """The op's result on raw data, and what its kernel saves for the vjp.

    Raises
    ------
    AutogradError
        What numpy raises, said in terms of the op.
    """
    try:
        if op.kernel is not None:
            return op.kernel.forward(*inputs, **params)
        if op.scalar is not None and type(inputs[0]) is float and type(inputs[-1]) is float:
            try:
                return op.scalar(*inputs), None
            except (ArithmeticError, ValueError):
                pass  # a pole, where numpy's floats follow IEEE 754
        out = op.forward(*inputs, **params)
        if type(out) is _ndarray:
            return out if out.ndim else as_data(out), None
        return float(out) if type(out) is np.float64 else out, None
    except errors.AutogradError:
        raise
    except (ValueError, TypeError, IndexError, ArithmeticError) as error:
        raise explain.explained(op, inputs, params, error) from error


def seals_of(
    operands: Sequence[Value], inputs: Sequence[Any]
) -> tuple[tuple[Any, bytes], ...] | None:
    """Seal the arrays among an op's inputs that somebody else may write to.

    Nobody can write to what an op made. A view that an op made is another matter: it shows
    the memory of whoever owns it.
    """
    seals = [
        (x, seal(x))
        for operand, x in zip(operands, inputs, strict=True)
        if type(x) is _ndarray and (operand.op is None or _shows_writable(x.base))
    ]
    return tuple(seals) or None


def _shows_writable(base: Any) -> bool:
    return base is not None and not (isinstance(base, _ndarray) and not base.flags.writeable)


def _frozen(param: Any) -> Any:
    """A static argument that nobody can change between forward and backward."""
    if type(param) is _ndarray:
        return param.copy()
    return type(param)(map(_frozen, param)) if type(param) in (list, tuple) else param


def zeros_like(x: Any) -> Any:
    """A zero tangent or cotangent for a primal, raw or Value."""
    data = x.data if isinstance(x, Value) else x
    return np.zeros_like(data) if shape_of(data) else type(data)(0)


def own(out: Any, inputs: Sequence[Any]) -> Any:
    """Bring a result into a node's form, and make it unwritable."""
    if type(out) is float:
        return out
    if type(out) is not _ndarray:
        return as_data(out)
    base = out.base
    for x in inputs:
        if out is x:
            out = out.view()
        if base is not None and type(x) is _ndarray and (base is x or base is x.base):
            break  # a view of an operand, whose owner may go on writing: it is sealed when used
    else:
        if isinstance(base, _ndarray):
            base.setflags(write=False)  # a buffer that nobody else knows
    out.setflags(write=False)
    return out
