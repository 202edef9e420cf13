"""Op: what a node of the graph does. Each op is declared once, by one of the constructors.

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
from typing import Any, NamedTuple

import numpy as np

from . import trace
from .cases import Case, Domain, default_cases
from .errors import ArgumentError
from .value import Value

__all__ = ["Kernel", "Op", "bilinear", "composite", "elementwise", "linear", "primitive"]

Rule = Callable[..., Any]
Jvp = Callable[..., Any]


class Kernel(NamedTuple):
    """The fast form of a composite, on raw arrays.

    Attributes
    ----------
    forward : callable
        ``forward(*inputs, **params) -> (out, residuals)``.
    vjp : callable
        ``vjp(g, out, residuals, *inputs, wanted, **params)`` gives one cotangent per
        operand, or ``None`` where ``wanted`` (a tuple of booleans) says that nobody asked.
    """

    forward: Callable[..., tuple[Any, Any]]
    vjp: Callable[..., Sequence[Any]]


class Op:
    """One operation: its forward function and everything that is known about it.

    Called with at least one `Value` it returns a recorded `Value`; called with raw numbers
    and arrays it returns a raw result.

    Attributes
    ----------
    name : str
        As numpy calls it.
    forward : callable
        ``forward(*inputs, **params)`` on raw data.
    arity : int or None
        Number of operands; ``None`` if it takes any number.
    params : dict
        Names and defaults of the static arguments that follow the operands.
    vjps : tuple of (callable or None), or callable
        ``vjps[i](g, out, *inputs, **params)``, the cotangent of operand ``i``. ``None`` for
        an operand that has no derivative. For a variadic op one callable for all of them:
        ``vjps(g, out, *inputs, wanted, **params)``, which gives a sequence with a cotangent
        for each operand for which ``wanted`` (a tuple of booleans) is true.
    jvp : callable or None
        ``jvp(tangents, out, *inputs, **params)``, where a tangent may be ``None`` for zero.
    partials : tuple or None
        Elementwise ops: ``partials[i](out, *inputs, **params)``, or a number.
    is_ufunc : bool
        Whether the forward function is one, so that its result is an array of its own.
    scalar : callable or None
        The forward function on Python floats, if it takes no static arguments.
    definition : callable or None
        Composites: the textbook's equations in other ops.
    kernel : Kernel or None
        Composites: the fast form.
    label : str
        How pictures write it: ``"+"``, ``"@"``, ``"tanh"``.
    formula : str
        The mathematics, in terms of ``x``, ``y``, ….
    domain : tuple of Domain
        One per operand: where tests sample it, its kinks and its special values.
    cases : tuple of Case
        Shapes and static arguments that the generated tests run.
    onnx : str or None
        Name of the ONNX operator that computes the same.
    numpy : tuple of callable
        The numpy functions for which it stands when they are called with a Value.
    explain : callable or None
        Asked when the forward function fails: ``explain(*inputs, **params)`` says what is
        wrong with the arguments and what is needed, or ``None``.
    """

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        *,
        arity: int | None,
        vjps: tuple[Rule | None, ...] | Rule | None = None,
        jvp: Jvp | None = None,
        partials: tuple[Any, ...] | None = None,
        scalar: Callable[..., float] | None = None,
        definition: Callable[..., Any] | None = None,
        kernel: Kernel | None = None,
        label: str | None = None,
        formula: str = "",
        domain: Domain | tuple[Domain, ...] | None = None,
        cases: Sequence[Case] = (),
        onnx: str | None = None,
        numpy: Sequence[Callable[..., Any]] = (),
        explain: Callable[..., str | None] | None = None,
    ) -> None:
        self.name = name
        self.forward = forward
        self.arity = arity
        self.params = _static_arguments(definition or forward, arity)
        self.vjps = vjps
        self.jvp = jvp
        self.partials = partials
        self.scalar = scalar
        self.is_ufunc = isinstance(forward, np.ufunc)
        self.definition = definition
        self.kernel = kernel
        self.label = label or name
        self.formula = formula
        domain = domain or Domain()
        self.domain = domain if isinstance(domain, tuple) else (domain,) * (arity or 1)
        self.cases = tuple(cases) or default_cases(arity)
        self.onnx = onnx
        self.numpy = tuple(numpy)
        self.explain = explain
        self.__name__ = name
        self.__wrapped__ = definition or forward
        self.__doc__ = _documentation(self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Apply the op; see `trace.apply`."""
        if kwargs or len(args) != self.arity or self.params:
            args, kwargs = self.bind(args, kwargs)
        elif self.partials is not None:
            if len(args) == 2:
                return trace.binary(self, *args)
            if len(args) == 1:
                return trace.unary(self, *args)
        return trace.apply(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __deepcopy__(self, memo: Any) -> Op:
        return self  # a copied graph computes with the same ops

    def bind(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Split a call into its operands and the full set of static arguments.

        Raises
        ------
        ArgumentError
            If operands are missing, or an argument is unknown or given twice.
        """
        if not kwargs and len(args) == self.arity and REQUIRED not in self.params.values():
            return args, self.params
        count = len(args) if self.arity is None else self.arity
        operands, rest = args[:count], args[count:]
        if len(operands) < count or len(rest) > len(self.params):
            raise ArgumentError(f"{self.name}: got {len(args)} arguments; {self._usage()}")
        params = self.params | dict(zip(self.params, rest, strict=False)) | kwargs
        if len(params) > len(self.params) or (rest and kwargs):
            self._check_names(rest, kwargs)
        for name, value in params.items():
            if value is REQUIRED:
                raise ArgumentError(f"{self.name}: {name} is missing; {self._usage()}")
            if isinstance(value, Value):
                params[name] = self._static(name, value)
        return operands, params

    def _check_names(self, rest: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        given = list(self.params)[: len(rest)]
        for name in kwargs:
            if name not in self.params:
                raise ArgumentError(f"{self.name}: no argument {name!r}; {self._usage()}")
            if name in given:
                raise ArgumentError(f"{self.name}: argument {name!r} given twice; {self._usage()}")

    def _static(self, name: str, value: Value) -> Any:
        """The raw data of a Value given for a static argument, unless a gradient would be lost."""
        if value.requires_grad:
            raise ArgumentError(
                f"{self.name}: {name} is a Value that requires a gradient, but {name} has no "
                "derivative; detach() it, or use an op that takes it as an operand"
            )
        return value.data

    def _usage(self) -> str:
        operands = "*operands" if self.arity is None else ", ".join("xyzuvw"[: self.arity])
        params = [k if v is REQUIRED else f"{k}={v!r}" for k, v in self.params.items()]
        return f"need {self.name}({', '.join([operands, *params])})"


REQUIRED: Any = object()
"""Stands for the default of a static argument that has none."""


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


def _documentation(op: Op) -> str | None:
    """The function's own docstring, or one from the declaration."""
    function = op.definition or op.forward
    foreign = op.is_ufunc or str(getattr(function, "__module__", "")).startswith("numpy")
    if function.__doc__ and not foreign:
        return function.__doc__
    if op.arity is None or op.params:
        return f"``{op.formula}``"
    operands = ", ".join("xyz"[: op.arity])
    how = ", elementwise, with broadcasting" if op.partials is not None else ""
    return (
        f"``{op.formula}``{how}.\n\n"
        f"Parameters\n----------\n{operands} : float, array_like or Value\n\n"
        "Returns\n-------\nfloat, ndarray or Value\n"
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


def _static_arguments(function: Callable[..., Any], arity: int | None) -> dict[str, Any]:
    """Names and defaults of the parameters that follow the operands."""
    code = getattr(function, "__code__", None)
    if code is None:  # a ufunc or another builtin: operands only
        return {}
    positional = code.co_varnames[: code.co_argcount]
    defaults = dict(zip(reversed(positional), reversed(function.__defaults__ or ()), strict=False))
    keyword_only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    defaults |= function.__kwdefaults__ or {}
    names = (*(() if arity is None else positional[arity:]), *keyword_only)
    return {name: defaults.get(name, REQUIRED) for name in names}
