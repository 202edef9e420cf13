"""Jacobians and Hessians as arrays, and the products with them that need no array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import forward, ops, reverse
from .functional import grad, jvp
from .transformed import Function, Inputs, one_array
from .value import Value

__all__ = ["hessian", "hvp", "jacfwd", "jacrev"]


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
        inputs = Inputs(args, argnums, "jacrev")
        (x,) = inputs.only_leaf()
        out = one_array(inputs.call(f, kwargs), "jacrev")
        if not inputs.reaches(out) or not out.size * x.size:
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
        inputs = Inputs(args, argnums, "jacfwd")
        (x,) = inputs.only_leaf()
        out = one_array(inputs.call(f, kwargs), "jacfwd")
        if not inputs.reaches(out) or not out.size * x.size:
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
