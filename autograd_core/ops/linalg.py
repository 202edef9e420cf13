"""Parts of matrices, and functions of square matrices.

The rules for inverses, determinants and Cholesky factors are those of Giles [1]_ and
Murray [2]_.

.. [1] M. B. Giles, "Collected matrix derivative results for forward and reverse mode
   algorithmic differentiation", 2008.
.. [2] I. Murray, "Differentiation of the Cholesky decomposition", arXiv:1602.07527.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..cases import Case, Domain
from ..declare import linear, primitive
from ..op import Op
from ..value import dtype_of, shape_of
from .indexing import scatter_add
from .joining import stack
from .shape import expand_dims, matrix_transpose, moveaxis

__all__ = [
    "cholesky",
    "det",
    "diag",
    "inv",
    "logabsdet",
    "slogdet",
    "solve",
    "trace",
    "tril",
    "triu",
]

T = matrix_transpose


def _trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Sum along a diagonal, as `numpy.trace`."""
    return np.trace(np.asarray(x), offset, axis1, axis2)


def _untrace(g: Any, out: Any, x: Any, offset: int, axis1: int, axis2: int) -> Any:
    shape = shape_of(x)
    mask = np.eye(shape[axis1], shape[axis2], offset, dtype=dtype_of(g))
    return moveaxis(expand_dims(g, (-1, -2)) * mask, (-2, -1), (axis1, axis2))


trace = linear(
    "trace", _trace, vjps=(_untrace,),
    formula="Σ xᵢᵢ", numpy=(np.trace,),
    explain=lambda x, **_: f"x is {np.shape(x)}; need at least two axes",
    cases=(Case((3, 3)), Case((2, 3), offset=1), Case((2, 3, 4), axis1=2, axis2=0)))


def _diag(x: Any, k: int = 0) -> Any:
    """The k-th diagonal of a matrix; or, of a vector, the matrix that has it there.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(n, m)`` or ``(n,)``.
    k : int
        Above the main diagonal if positive.

    Returns
    -------
    ndarray or Value
    """
    return np.diag(x, k)


def _undiag(g: Any, out: Any, x: Any, k: int) -> Any:
    shape = shape_of(x)
    if len(shape) == 1:
        return diag(g, k)
    n = shape_of(g)[0]
    rows = np.arange(n) + max(-k, 0)
    return scatter_add(np.zeros(shape, g.dtype), (rows, rows + k), g)


diag = linear(
    "diag", _diag, vjps=(_undiag,),
    formula="diagonal", numpy=(np.diag,),
    explain=lambda x, k: f"x is {np.shape(x)}; need one axis or two",
    cases=(Case((3,)), Case((2,), k=1), Case((3, 3)), Case((2, 4), k=1), Case((3, 2), k=-1)))


def _no_axis_fault(x: Any, k: int) -> str:
    return f"x is {np.shape(x)}; need at least one axis"


def _tril(x: Any, k: int = 0) -> Any:
    """Matrices with zeros above the k-th diagonal."""
    return np.tril(x, k)


tril: Op = linear(
    "tril", _tril, vjps=(lambda g, out, x, k: tril(g, k),),
    formula="lower triangle of x", numpy=(np.tril,), explain=_no_axis_fault,
    cases=(Case((3, 3)), Case((2, 3, 4), k=1)))


def _triu(x: Any, k: int = 0) -> Any:
    """Matrices with zeros below the k-th diagonal."""
    return np.triu(x, k)


triu: Op = linear(
    "triu", _triu, vjps=(lambda g, out, x, k: triu(g, k),),
    formula="upper triangle of x", numpy=(np.triu,), explain=_no_axis_fault,
    cases=(Case((3, 3)), Case((2, 3, 4), k=-1)))

# --- square matrices ---------------------------------------------------------------------


def _regular(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return rng.uniform(-1, 1, shape) + 2 * np.eye(shape[-1])


def _positive_definite(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    x = rng.uniform(-1, 1, shape)
    return x @ np.swapaxes(x, -1, -2) + np.eye(shape[-1])


REGULAR = Domain(sample=_regular)
SQUARES = (Case((3, 3)), Case((2, 2, 2)), Case((1, 1)))


def _square_fault(x: Any, *rest: Any) -> str | None:
    if np.ndim(x) < 2 or np.shape(x)[-1] != np.shape(x)[-2]:
        return f"x is {np.shape(x)}; need square matrices in the last two axes"
    return None


inv = primitive(
    "inv", np.linalg.inv, vjps=(lambda g, out, x: -(T(out) @ g @ T(out)),),
    jvp=lambda tangents, out, x: -(out @ tangents[0] @ out),
    formula="x⁻¹", domain=REGULAR, cases=SQUARES, numpy=(np.linalg.inv,), onnx="Inverse",
    explain=_square_fault)


def _solve(x: Any, y: Any) -> Any:
    """The solution ``z`` of ``x z = y``.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(..., n, n)``.
    y : array_like or Value
        Shape ``(n,)`` or ``(..., n, k)``.

    Returns
    -------
    ndarray or Value
        Of the shape of `y`, with the batch axes broadcast.

    Raises
    ------
    LinalgError
        If a matrix is singular.
    """
    return np.linalg.solve(x, y)


def _solve_fault(x: Any, y: Any) -> str | None:
    given = f"x is {np.shape(x)}, y is {np.shape(y)}"
    if _square_fault(x) is not None:
        return f"{given}; need square matrices in the last two axes of x"
    axis = -1 if np.ndim(y) == 1 else -2
    if np.ndim(y) and np.shape(y)[axis] == np.shape(x)[-1]:
        return None
    return f"{given}; need y.shape[{axis}] == x.shape[-1]"


def _solve_matrix(g: Any, out: Any, x: Any, y: Any) -> Any:
    w = solve(T(x), g)
    if len(shape_of(y)) == 1:
        return -(expand_dims(w, -1) * expand_dims(out, -2))
    return -(w @ T(out))


solve: Op = primitive(
    "solve", _solve, vjps=(_solve_matrix, lambda g, out, x, y: solve(T(x), g)),
    formula="x⁻¹ y", domain=(REGULAR, Domain()), numpy=(np.linalg.solve,), explain=_solve_fault,
    cases=(
        Case((3, 3), (3, 2)), Case((3, 3), (3,)), Case((2, 3, 3), (3, 1)),
        Case((2, 2), (4, 2, 3)),
    ))


def _undet(g: Any, out: Any, x: Any) -> Any:
    g = expand_dims(g, (-1, -2))
    if np.all(out != 0):
        return g * expand_dims(out, (-1, -2)) * T(inv(x))
    return g * _cofactors(x)


def _cofactors(x: Any) -> Any:
    """The derivative of a determinant where the matrix is singular, so has no inverse."""
    n = shape_of(x)[-1]
    if n == 1:
        return x * 0 + 1
    others = [[j for j in range(n) if j != i] for i in range(n)]

    def cofactor(i: int, j: int) -> Any:
        return (-1) ** (i + j) * det(x[(..., *np.ix_(others[i], others[j]))])

    rows = [stack([cofactor(i, j) for j in range(n)], axis=-1) for i in range(n)]
    return stack(rows, axis=-2)


det = primitive(
    "det", np.linalg.det, vjps=(_undet,),
    formula="det x", domain=REGULAR, cases=SQUARES, numpy=(np.linalg.det,), onnx="Det",
    explain=_square_fault)


def _logabsdet(x: Any) -> Any:
    return np.linalg.slogdet(x)[1]


logabsdet = primitive(
    "logabsdet", _logabsdet, vjps=(lambda g, out, x: expand_dims(g, (-1, -2)) * T(inv(x)),),
    formula="ln |det x|", domain=REGULAR, cases=SQUARES, explain=_square_fault)


class SlogdetResult(NamedTuple):
    """Sign and logarithm of a determinant."""

    sign: Any
    logabsdet: Any


def slogdet(x: Any) -> SlogdetResult:
    """Sign and natural logarithm of the absolute value of a determinant.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(..., n, n)``.

    Returns
    -------
    sign : float or ndarray
        Piecewise constant, so without a gradient.
    logabsdet : float, ndarray or Value
    """
    logarithm = logabsdet(x)
    sign = np.linalg.slogdet(getattr(x, "data", x) if hasattr(x, "detach") else x)[0]
    return SlogdetResult(float(sign) if not np.ndim(sign) else sign, logarithm)


def _cholesky(x: Any) -> Any:
    """The lower triangular ``L`` with ``L Lᵀ = x``.

    Parameters
    ----------
    x : array_like or Value
        Symmetric and positive definite, shape ``(..., n, n)``. The symmetric part is used,
        so that the gradient is symmetric.

    Returns
    -------
    ndarray or Value

    Raises
    ------
    LinalgError
        If a matrix is not positive definite.
    """
    x = np.asarray(x)
    return np.linalg.cholesky((x + np.swapaxes(x, -1, -2)) / 2)


def _uncholesky(g: Any, out: Any, x: Any) -> Any:
    n = shape_of(out)[-1]
    halved = np.tril(np.ones((n, n))) - 0.5 * np.eye(n)
    inner = (T(out) @ g) * halved
    half = solve(T(out), T(solve(T(out), T(inner))))  # L⁻ᵀ inner L⁻¹
    return 0.5 * (half + T(half))


cholesky = primitive(
    "cholesky", _cholesky, vjps=(_uncholesky,),
    formula="L with L Lᵀ = x", domain=Domain(sample=_positive_definite), cases=SQUARES,
    numpy=(np.linalg.cholesky,), explain=_square_fault)
