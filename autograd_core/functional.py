"""Transformations of functions: gradients, Jacobians, Hessians, checkpoints.

Each takes a function of arrays (or of nested tuples, lists and dicts of them) and gives
another. The results are raw arrays, unless they depend on Values that require a gradient,
given as arguments or closed over: then they are Values, which can be differentiated again,
so that transformations nest. Inside `no_grad` the results are always raw.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

import numpy as np

from . import definition, errors, forward, ops, reverse, trace
from .context import current, enable_grad
from .op import composite
from .tree import flatten
from .value import Value, as_data, constant, data_of, dtype_of, is_floating, shape_of

__all__ = [
    "checkpoint",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacrev",
    "jvp",
    "value_and_grad",
    "vjp",
]

Function = Callable[..., Any]


def grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The gradient of a scalar function.

    Parameters
    ----------
    f : callable
        Returns a scalar.
    argnums : int or sequence of int
        With respect to which positional arguments; each may be a nested structure.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns the gradient in the structure of the argument, or
        a tuple of them if `argnums` is a sequence.

    Raises
    ------
    GradientError
        If `f` does not return a scalar.
    DtypeError
        If an argument to differentiate is an integer or boolean.

    Examples
    --------
    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(lambda p: p["w"] * 3.0 + p["b"])({"w": 2.0, "b": 1.0})
    {'w': 3.0, 'b': 1.0}
    """
    inner = value_and_grad(f, argnums)

    @wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        return inner(*args, **kwargs)[1]

    return gradient


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The value and the gradient of a scalar function; see `grad`.

    Examples
    --------
    >>> value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    """

    @wraps(f)
    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        inputs = _Inputs(args, argnums, "grad")
        out = _one_array(inputs.call(f, kwargs), "grad")
        if out.shape:
            raise errors.GradientError(
                f"grad: the function returned shape {out.shape}; need a scalar (reduce it, "
                "for instance with .sum(), or use jacrev)"
            )
        g = inputs.pull(out, reverse.seed(out, None, "grad"))
        return inputs.result(out), inputs.restore(g)

    return both


def vjp(f: Function, *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The value of a function and its vector-Jacobian product, which is reverse mode.

    Parameters
    ----------
    f : callable
        May return a nested structure.
    *primals
        Its arguments.

    Returns
    -------
    out
        ``f(*primals)``.
    pullback : callable
        From a cotangent, of the structure of `out`, to a tuple with a cotangent per primal.

    Examples
    --------
    >>> out, pullback = vjp(lambda x, y: x * y, 3.0, 4.0)
    >>> out, pullback(1.0)
    (12.0, (4.0, 3.0))
    """
    inputs = _Inputs(primals, range(len(primals)), "vjp")
    tree, rebuild = flatten(inputs.call(f, {}))

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        given, _ = flatten(cotangent)
        if len(given) != len(tree):
            raise errors.ArgumentError(
                f"vjp: the cotangent has {len(given)} leaves; need {len(tree)}, as the output"
            )
        totals: list[Any] = [None] * len(inputs.leaves)
        for out, g in zip(tree, given, strict=True):
            if isinstance(out, Value):
                pulled = inputs.pull(out, reverse.seed(out, g, "vjp"))
                totals = [p if t is None else t + p for t, p in zip(totals, pulled, strict=True)]
        filled = [
            trace.zeros_like(x) if t is None else t
            for t, x in zip(totals, inputs.leaves, strict=True)
        ]
        return tuple(inputs.restore(filled))

    return rebuild(map(inputs.result, tree)), pullback


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value of a function and its Jacobian-vector product, which is forward mode.

    Parameters
    ----------
    f : callable
        May return a nested structure.
    primals : sequence
        Its arguments.
    tangents : sequence
        The direction: of the structure and shapes of `primals`.

    Returns
    -------
    out, out_dot
        Of the same structure.

    Raises
    ------
    ShapeError
        If a tangent has another shape than its primal.

    Examples
    --------
    >>> jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 0.0))
    (12.0, 4.0)
    """
    inputs = _Inputs(primals, range(len(primals)), "jvp")
    dots, _ = flatten(tuple(tangents))
    if len(dots) != len(inputs.leaves):
        raise errors.ArgumentError(
            f"jvp: got {len(dots)} tangents for {len(inputs.leaves)} primals; need one for each"
        )
    seeds = {}
    for leaf, dot in zip(inputs.leaves, dots, strict=True):
        if np.shape(dot) != leaf.shape:
            raise errors.ShapeError(
                f"jvp: a tangent has shape {np.shape(dot)}; need its primal's, {leaf.shape}"
            )
        seeds[leaf] = dot if isinstance(dot, Value) else reverse.seed(leaf, dot, "jvp")
    tree, rebuild = flatten(inputs.call(f, {}))
    differentiable = inputs.nested or any(isinstance(dot, Value) for dot in dots)

    def push(out: Any) -> Any:
        if not isinstance(out, Value) or not out.requires_grad:
            return trace.zeros_like(out)
        with inputs.variable():
            return forward.sweep(out, seeds, differentiable=differentiable)

    return rebuild(map(inputs.result, tree)), rebuild(map(push, tree))


def jacrev(f: Function, argnums: int = 0) -> Function:
    """The Jacobian, row by row in reverse mode: for few outputs and many inputs.

    Parameters
    ----------
    f : callable
        Returns one array.
    argnums : int
        With respect to which argument, one array.

    Returns
    -------
    callable
        Returns an array of shape ``out.shape + x.shape``.

    Examples
    --------
    >>> jacrev(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    def jacobian(*args: Any, **kwargs: Any) -> Any:
        inputs = _Inputs(args, argnums, "jacrev")
        (x,) = inputs.only_leaf()
        out = _one_array(inputs.call(f, kwargs), "jacrev")
        if not out.requires_grad or not out.size * x.size:
            return np.zeros(out.shape + x.shape, dtype=x.dtype)[()]
        rows = [inputs.pull(out, basis)[0] for basis in _basis(out)]
        return _stacked(rows, out.shape + x.shape)

    return jacobian


def jacfwd(f: Function, argnums: int = 0) -> Function:
    """The Jacobian, column by column in forward mode: for few inputs and many outputs.

    See `jacrev` for the arguments and the shape.

    Examples
    --------
    >>> jacfwd(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    def jacobian(*args: Any, **kwargs: Any) -> Any:
        inputs = _Inputs(args, argnums, "jacfwd")
        (x,) = inputs.only_leaf()
        out = _one_array(inputs.call(f, kwargs), "jacfwd")
        if not out.requires_grad or not out.size * x.size:
            return np.zeros(out.shape + x.shape, dtype=x.dtype)[()]
        with inputs.variable():
            columns = [
                forward.sweep(out, {x: basis}, differentiable=inputs.nested) for basis in _basis(x)
            ]
        transposed = _stacked(columns, x.shape + out.shape)
        if not x.shape or not out.shape:
            return transposed
        axes = (*range(x.ndim, x.ndim + out.ndim), *range(x.ndim))
        return ops.transpose(transposed, axes)

    return jacobian


def hessian(f: Function, argnums: int = 0) -> Function:
    """The matrix of second derivatives of a scalar function: `jacrev` of `grad`.

    Returns
    -------
    callable
        Returns an array of shape ``x.shape + x.shape``.

    Examples
    --------
    >>> hessian(lambda x: (x**3).sum())(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    return jacrev(grad(f, argnums), argnums)


def hvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of a scalar function times a vector, forward over reverse.

    Costs a few evaluations of the gradient, and never makes the Hessian.

    Parameters
    ----------
    f : callable
        Returns a scalar.
    primals, tangents : sequence
        As for `jvp`.

    Returns
    -------
    The product, in the structure of the primals: for one argument its own, else a tuple.

    Examples
    --------
    >>> hvp(lambda x: (x**3).sum(), (np.array([1.0, 2.0]),), (np.array([1.0, 0.0]),))
    array([6., 0.])
    """
    argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    return jvp(grad(f, argnums), primals, tangents)[1]


def checkpoint(f: Function) -> Function:
    """Save memory: keep only the result of `f`, and compute the rest again for the gradient.

    Parameters
    ----------
    f : callable
        Takes and returns nested structures; what is in them of Values and arrays is
        differentiated, and so is a Value that it closes over. Must compute the same when it
        is called again.

    Returns
    -------
    callable

    Examples
    --------
    >>> x = Value(0.5)
    >>> y = checkpoint(lambda x: ops.sin(ops.exp(x)))(x)
    >>> y.op.name
    'checkpoint'
    >>> y.backward(); round(x.grad, 6)
    -0.128347
    """

    @wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        given, rebuild_arguments = flatten((args, kwargs))
        where = [i for i, x in enumerate(given) if isinstance(x, (Value, float, np.ndarray))]
        rebuild: Callable[[Iterable[Any]], Any] | None = None
        layout: list[Any] = []  # of each leaf: shape and dtype, or the data itself

        def joined(*xs: Any) -> Any:
            """What `f` returns as one array, because a node has only one."""
            nonlocal rebuild, layout
            arguments = list(given)
            for i, x in zip(where, xs, strict=True):
                arguments[i] = x
            positional, named = rebuild_arguments(arguments)
            out = f(*positional, **named)
            if isinstance(out, Value):
                return out
            leaves, rebuild = flatten(out)
            floating = [is_floating(data_of(leaf)) for leaf in leaves]
            layout = [
                (shape_of(leaf), dtype_of(data_of(leaf))) if is_float else data_of(leaf)
                for leaf, is_float in zip(leaves, floating, strict=True)
            ]
            parts = [
                ops.ravel(leaf) for leaf, is_float in zip(leaves, floating, strict=True) if is_float
            ]
            return ops.concatenate(parts) if parts else np.zeros(0)

        out = composite(joined, name="checkpoint", arity=None)(*(given[i] for i in where))
        if rebuild is None:
            return out
        parts, start = [], 0
        for part in layout:
            if isinstance(part, tuple):
                shape, dtype = part
                stop = start + math.prod(shape)
                part = ops.astype(ops.reshape(out[start:stop], shape), dtype)
                start = stop
            parts.append(part)
        return rebuild(parts)

    return checkpointed


class _Inputs:
    """The arguments of a transformed function, those to differentiate replaced by leaves.

    A Value that requires a gradient belongs to an outer computation: its stand-in is an
    identity of it, and everything derived stays on the outer graph.
    """

    def __init__(self, args: Sequence[Any], argnums: int | Sequence[int], caller: str) -> None:
        self.single = isinstance(argnums, (int, np.integer))
        self.caller = caller
        self.args = list(args)
        self.which = [int(argnums)] if self.single else [int(i) for i in argnums]  # type: ignore[arg-type, union-attr]
        for i in self.which:
            if not -len(args) <= i < len(args):
                raise errors.ArgumentError(
                    f"{caller}: argnums names argument {i}, but there are {len(args)}"
                )
        if len({i % len(args) for i in self.which}) < len(self.which):
            raise errors.ArgumentError(f"{caller}: argnums={argnums} names an argument twice")
        raw, self.rebuild = flatten([self.args[i] for i in self.which])
        self.recording = current().recording
        self.nested = False  # whether something outside wants to differentiate the results
        self.leaves = [self._leaf(x) for x in raw]

    def _leaf(self, x: Any) -> Value:
        if isinstance(x, Value) and x.requires_grad and self.recording:
            self.nested = True
            return definition.stand_in(x, True)
        data = x.data if isinstance(x, Value) else as_data(x)
        if not is_floating(data):
            raise errors.DtypeError(
                f"{self.caller}: an argument is {data!r}, which has no gradient; "
                "need floating-point data, or leave it out of argnums"
            )
        return Value(data)

    def call(self, f: Function, kwargs: dict[str, Any]) -> Any:
        args = list(self.args)
        for i, arg in zip(self.which, self.rebuild(self.leaves), strict=True):
            args[i] = arg
        with self.variable():
            out = f(*args, **kwargs)
            if self.recording and not self.nested:
                self.nested = any(
                    isinstance(leaf, Value) and reverse.has_leaf_beside(leaf, self.leaves)
                    for leaf in flatten(out)[0]
                )
        return out

    @contextmanager
    def variable(self) -> Iterator[None]:
        """Record, and let the leaves be variables, which they are to nobody outside."""
        fresh = [leaf for leaf in self.leaves if leaf.op is None]
        for leaf in fresh:
            leaf.requires_grad = True
        try:
            with enable_grad():
                yield
        finally:
            for leaf in fresh:
                leaf.requires_grad = False

    def pull(self, out: Value, g: Any) -> list[Any]:
        """Cotangents of the leaves; zeros where the result does not depend on one."""
        found: dict[Value, Any] = {}
        if out.requires_grad:
            with self.variable():
                differentiable = self.nested or isinstance(g, Value)
                if differentiable and not isinstance(g, Value):
                    g = constant(g)
                found = reverse.sweep(out, g, targets=self.leaves, differentiable=differentiable)
        return [found[leaf] if leaf in found else trace.zeros_like(leaf) for leaf in self.leaves]

    def restore(self, leaves: list[Any]) -> Any:
        """Gradients in the structure of the arguments."""
        trees = self.rebuild(leaves)
        return trees[0] if self.single else tuple(trees)

    def result(self, out: Any) -> Any:
        return out if self.nested or not isinstance(out, Value) else out.data

    def only_leaf(self) -> list[Value]:
        if len(self.leaves) != 1:
            raise errors.ArgumentError(
                f"{self.caller}: the argument is a structure of {len(self.leaves)} arrays; "
                "need one array"
            )
        return self.leaves


def _one_array(out: Any, caller: str) -> Value:
    """The result of a function that must return one array."""
    if isinstance(out, Value):
        return out
    if isinstance(out, (int, float, np.ndarray, np.generic)):
        return constant(out)
    raise errors.GradientError(
        f"{caller}: the function returned {type(out).__name__}; need one number or array"
    )


def _basis(value: Value) -> list[Any]:
    """The unit cotangents or tangents of a value."""
    if not value.shape:
        return [reverse.seed(value, None, "basis")]
    units = np.eye(value.size, dtype=value.dtype)
    return list(units.reshape(value.size, *value.shape))


def _stacked(rows: list[Any], shape: tuple[int, ...]) -> Any:
    if not shape:
        return rows[0]
    return ops.reshape(ops.stack(rows), shape)
