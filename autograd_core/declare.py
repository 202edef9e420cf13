"""Declaring an op: once, by one of these constructors.

The declaration holds the forward function, the derivative rules, the label in pictures,
the formula, where it may be sampled, and its ONNX name; the gradient tests, the table in
the documentation, the edge labels and the exporter all read it.

==============  ===========================================================================
constructor     gives both modes from
==============  ===========================================================================
`elementwise`   the partial derivatives ``∂out/∂operand``
`linear`        a vjp per operand; the jvp is the forward function itself
`bilinear`      a vjp per operand; the jvp is the product rule
`primitive`     a vjp per operand; the jvp is given, or the transpose of the vjps
`composite`     its definition in other ops; a kernel, if given, makes it fast
==============  ===========================================================================

Rules are written in the ops of this library: on raw arrays they run as plain numpy, on
Values they record, which is what differentiates a gradient again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import trace
from .errors import ArgumentError
from .op import Jvp, Kernel, Op, Rule

__all__ = ["bilinear", "composite", "elementwise", "linear", "primitive"]


def elementwise(
    name: str,
    forward: Callable[..., Any],
    *,
    partials: tuple[Any, ...],
    scalar: Callable[..., float] | None = None,
    **declaration: Any,
) -> Op:
    """Declare an op that acts on each element by itself, with broadcasting.

    Parameters
    ----------
    name : str
        As numpy calls it.
    forward : callable
        On raw arrays; usually a ufunc.
    partials : tuple
        One per operand: ``partial(out, *inputs, **params)``, the local derivative, or a
        number if it is constant. Serves both modes and the edge label.
    scalar : callable, optional
        The same on Python floats. Where it raises an ``ArithmeticError`` or ``ValueError``,
        `forward` is asked instead, so that ``1/0`` is ``inf`` as it is for arrays.
    **declaration
        See `Op`.

    Returns
    -------
    Op

    Examples
    --------
    >>> import autograd_core as ag
    >>> cube = ag.elementwise("cube", lambda x: x * x * x, partials=(lambda out, x: 3 * x * x,))
    >>> x = ag.Value(2.0)
    >>> cube(x).backward(); x.grad
    12.0
    """
    if not isinstance(partials, tuple):
        raise ArgumentError(
            f"{name}: partials is a {type(partials).__name__}; need a tuple with one per operand"
        )
    partials = tuple(p if callable(p) else float(p) for p in partials)
    return Op(
        name,
        forward,
        arity=len(partials),
        partials=partials,
        scalar=scalar,
        vjps=tuple(_scale_by(partial) for partial in partials),
        **_with_ufunc(forward, declaration),
    )


def linear(
    name: str,
    forward: Callable[..., Any],
    *,
    vjps: tuple[Rule | None, ...] | Rule,
    **declaration: Any,
) -> Op:
    """Declare an op that is linear in all its operands jointly, such as a sum or a reshape.

    Parameters
    ----------
    name, forward
        As for `elementwise`.
    vjps : tuple of callable, or callable
        See `Op`.
    **declaration
        See `Op`.

    Returns
    -------
    Op

    Examples
    --------
    >>> import autograd_core as ag
    >>> double = ag.linear("double", lambda x: 2 * x, vjps=(lambda g, out, x: 2 * g,))
    >>> x = ag.Value(3.0)
    >>> double(x).backward(); x.grad
    2.0
    """
    op = Op(name, forward, arity=_arity(vjps), vjps=vjps, **declaration)

    def jvp(tangents: Sequence[Any], out: Any, *inputs: Any, **params: Any) -> Any:
        filled = (
            trace.zeros_like(x) if t is None else t for t, x in zip(tangents, inputs, strict=True)
        )
        return trace.apply(op, tuple(filled), params)

    op.jvp = jvp
    return op


def bilinear(
    name: str, forward: Callable[..., Any], *, vjps: tuple[Rule, Rule], **declaration: Any
) -> Op:
    """Declare an op that is linear in each of two operands, such as a matrix product.

    Parameters
    ----------
    name, forward
        As for `elementwise`.
    vjps : tuple of two callables
        See `Op`.
    **declaration
        See `Op`.

    Returns
    -------
    Op

    Examples
    --------
    >>> import autograd_core as ag
    >>> weigh = ag.bilinear("weigh", lambda x, y: 3 * x * y,
    ...                     vjps=(lambda g, out, x, y: 3 * g * y, lambda g, out, x, y: 3 * g * x))
    >>> x, y = ag.Value(2.0), ag.Value(5.0)
    >>> weigh(x, y).backward(); x.grad, y.grad
    (15.0, 6.0)
    """
    op = Op(name, forward, arity=2, vjps=vjps, **declaration)

    def jvp(tangents: Sequence[Any], out: Any, x: Any, y: Any, **params: Any) -> Any:
        x_dot, y_dot = tangents
        if y_dot is None:
            return trace.apply(op, (x_dot, y), params)
        if x_dot is None:
            return trace.apply(op, (x, y_dot), params)
        return trace.apply(op, (x_dot, y), params) + trace.apply(op, (x, y_dot), params)

    op.jvp = jvp
    return op


def primitive(
    name: str,
    forward: Callable[..., Any],
    *,
    vjps: tuple[Rule | None, ...] | Rule,
    jvp: Jvp | None = None,
    **declaration: Any,
) -> Op:
    """Declare an op of any other kind.

    Parameters
    ----------
    name, forward
        As for `elementwise`.
    vjps : tuple of (callable or None), or callable
        See `Op`.
    jvp : callable, optional
        See `Op`. Without it forward mode transposes the vjps, which are linear in ``g``.
    **declaration
        See `Op`.

    Notes
    -----
    Write the rules in ops of this library and Python's operators. What a rule computes with
    ``math.cos(x)`` or on ``x.data`` is a constant when the gradient is differentiated again.

    Returns
    -------
    Op

    Examples
    --------
    >>> import autograd_core as ag
    >>> norm2 = ag.primitive("norm2", lambda x: (x * x).sum(), vjps=(lambda g, out, x: 2 * g * x,))
    >>> ag.grad(norm2)(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    return Op(name, forward, arity=_arity(vjps), vjps=vjps, jvp=jvp, **declaration)


def composite(
    definition: Callable[..., Any],
    *,
    kernel: Kernel | None = None,
    name: str | None = None,
    arity: int | None = 1,
    **declaration: Any,
) -> Op:
    """Declare an op by its definition in other ops. Calling it records one node.

    Parameters
    ----------
    definition : callable
        ``definition(*operands, **params)`` in ops of this library. It is what a picture
        shows when the node is opened, what forward mode and second derivatives run, and
        what the tests compare the kernel with.
    kernel : Kernel, optional
        The fast form. Without it the definition is run on raw arrays, and again, recorded,
        when the gradient is wanted.
    name : str, optional
        By default the definition's.
    arity : int or None
        Number of operands; further parameters of the definition are static arguments.
    **declaration
        See `Op`.

    Returns
    -------
    Op

    Examples
    --------
    >>> import autograd_core as ag
    >>> def neuron(x, w, b):
    ...     return ag.tanh(w * x + b)
    >>> neuron = ag.composite(neuron, arity=3)
    >>> w = ag.Value(0.5)
    >>> y = neuron(1.0, w, -0.5)
    >>> y.op, y.data
    (<op neuron>, 0.0)
    >>> y.backward(); w.grad
    1.0
    """
    return Op(
        name or definition.__name__,
        kernel.forward if kernel else definition,
        arity=arity,
        definition=definition,
        kernel=kernel,
        **declaration,
    )


def _scale_by(partial: Any) -> Rule:
    """The vjp of an elementwise op: the cotangent times the partial derivative."""
    if not callable(partial):
        return lambda g, out, *inputs, **params: g if partial == 1 else g * partial
    return lambda g, out, *inputs, **params: g * partial(out, *inputs, **params)


def _with_ufunc(forward: Callable[..., Any], declaration: dict[str, Any]) -> dict[str, Any]:
    """A ufunc as the forward function is also the numpy function that the op stands for."""
    if isinstance(forward, np.ufunc):
        declaration.setdefault("numpy", (forward,))
    return declaration


def _arity(vjps: tuple[Rule | None, ...] | Rule) -> int | None:
    return len(vjps) if isinstance(vjps, tuple) else None
