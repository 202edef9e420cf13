"""Op: what a node of the graph does. Ops are declared by the constructors in `declare`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import trace
from .cases import Case, Domain, default_cases
from .errors import ArgumentError
from .value import Value

__all__ = ["REQUIRED", "Kernel", "Op"]

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
    is_complete : bool
        Whether all of them have a default.
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
        self.is_complete = REQUIRED not in self.params.values()
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

    @property
    def __signature__(self) -> inspect.Signature:
        kind = inspect.Parameter
        code = getattr(self.definition or self.forward, "__code__", None)
        names = code.co_varnames if code is not None and self.arity else "xyzuvw"
        operands = (
            [kind("operands", kind.VAR_POSITIONAL)]
            if self.arity is None
            else [kind(names[i], kind.POSITIONAL_ONLY) for i in range(self.arity)]
        )
        how = kind.KEYWORD_ONLY if self.arity is None else kind.POSITIONAL_OR_KEYWORD
        statics = [
            kind(name, how, default=kind.empty if value is REQUIRED else value)
            for name, value in self.params.items()
        ]
        return inspect.Signature([*operands, *statics])

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
        if not kwargs and self.is_complete and (self.arity is None or len(args) == self.arity):
            return args, self.params
        count = len(args) if self.arity is None else self.arity
        operands, rest = args[:count], args[count:]
        if len(operands) < count or len(rest) > len(self.params):
            raise ArgumentError(f"{self.name}: got {len(args)} arguments; {self._usage()}")
        if len(rest) == len(self.params) and not kwargs:
            params = dict(zip(self.params, rest, strict=True))
        else:
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
