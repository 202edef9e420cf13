"""Transformations of functions: gradients, and products with the Jacobian.

Each takes a function of arrays (or of nested tuples, lists and dicts of them) and gives
another. The results are raw arrays, unless they depend on Values that require a gradient,
given as arguments or closed over: then they are Values, which can be differentiated again,
so that transformations nest. Inside `no_grad` the results are always raw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from . import errors, forward, reverse, trace
from .transformed import Function, Inputs, one_array
from .tree import flatten
from .value import Value

__all__ = ["grad", "jvp", "value_and_grad", "vjp"]


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
        a tuple of them if `argnums` is a sequence. Raw arrays; or Values, if the gradient
        depends on a Value that requires one, given or closed over (not inside `no_grad`).

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
        inputs = Inputs(args, argnums, "grad")
        out = one_array(inputs.call(f, kwargs), "grad")
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
    inputs = Inputs(primals, range(len(primals)), "vjp")
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
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise errors.ArgumentError(
            "jvp: primals and tangents are given one by one; need tuples: jvp(f, (x,), (x_dot,))"
        )
    inputs = Inputs(primals, range(len(primals)), "jvp")
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
        if not inputs.reaches(out):
            return trace.zeros_like(out)
        with inputs.variable():
            return forward.sweep(out, seeds, differentiable=differentiable)

    return rebuild(map(inputs.result, tree)), rebuild(map(push, tree))
