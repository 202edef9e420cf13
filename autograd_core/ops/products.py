"""Products of vectors, matrices and tensors."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..cases import Case
from ..declare import bilinear, primitive
from ..errors import ArgumentError, ShapeError
from ..value import dtype_of, shape_of
from .arithmetic import multiply
from .shape import matrix_transpose, ravel, reshape, transpose

__all__ = [
    "dot",
    "einsum",
    "matmul",
    "outer",
    "tensordot",
]

T = matrix_transpose


def _matmul(x: Any, y: Any) -> Any:
    """Matrix product, as numpy's ``@``.

    A vector counts as a row on the left and as a column on the right; axes before the last
    two are broadcast.

    Parameters
    ----------
    x : array_like or Value
        Shape ``(..., n, k)`` or ``(k,)``.
    y : array_like or Value
        Shape ``(..., k, m)`` or ``(k,)``.

    Returns
    -------
    float, ndarray or Value
        Shape ``(..., n, m)``, without the axes that vectors lack.

    Raises
    ------
    ShapeError
        If the inner axes differ.
    """
    return np.matmul(x, y)


def _matmul_left(g: Any, out: Any, x: Any, y: Any) -> Any:
    rank_x, rank_y = len(shape_of(x)), len(shape_of(y))
    if rank_y == 1:
        return g * y if rank_x == 1 else g[..., None] * y
    if rank_x == 1:
        return y @ g if rank_y == 2 else (y @ g[..., None])[..., 0]
    return g @ T(y)


def _matmul_right(g: Any, out: Any, x: Any, y: Any) -> Any:
    rank_x, rank_y = len(shape_of(x)), len(shape_of(y))
    if rank_x == 1:
        return g * x if rank_y == 1 else x[..., None] * g[..., None, :]
    if rank_y == 1:
        return g @ x if rank_x == 2 else (g[..., None, :] @ x)[..., 0, :]
    if rank_y == 2 < rank_x:
        # One product over all batches, instead of one each and their sum.
        return T(reshape(x, (-1, shape_of(x)[-1]))) @ reshape(g, (-1, shape_of(g)[-1]))
    return T(x) @ g


def _matmul_fault(x: Any, y: Any) -> str:
    if not np.ndim(x) or not np.ndim(y):
        return f"{_shapes(x, y)}; need at least one axis each (use * for scalars)"
    inner = np.shape(y)[-2 if np.ndim(y) > 1 else -1]
    if np.shape(x)[-1] != inner:
        need = "y.shape[-2]" if np.ndim(y) > 1 else "y.shape[0]"
        return f"inner axes differ: {_shapes(x, y)}; need x.shape[-1] == {need}"
    return f"{_shapes(x, y)}; need axes before the last two that broadcast"


def _shapes(x: Any, y: Any) -> str:
    return f"x is {np.shape(x)}, y is {np.shape(y)}"


matmul = bilinear(
    "matmul", _matmul, vjps=(_matmul_left, _matmul_right),
    label="@", formula="x y", numpy=(np.matmul, np.linalg.matmul), onnx="MatMul",
    explain=_matmul_fault,
    cases=(
        Case((2, 3), (3, 4)), Case((3,), (3,)), Case((3,), (3, 4)), Case((2, 3), (3,)),
        Case((5, 2, 3), (3, 4)), Case((2, 3), (5, 3, 4)), Case((5, 1, 2, 3), (4, 3, 2)),
        Case((3,), (2, 3, 4)), Case((2, 4, 3), (3,)), Case((1, 2, 3), (5, 3, 4)),
        Case((3, 3), (3, 3)),
    ))


def _tensordot(x: Any, y: Any, axes: Any = 2) -> Any:
    """Sum of products over pairs of axes, as `numpy.tensordot`.

    Parameters
    ----------
    x, y : array_like or Value
    axes : int or pair of sequences of int
        The last `axes` of `x` with the first of `y`, or which of `x` with which of `y`.

    Returns
    -------
    ndarray or Value
        The axes left of `x`, then those of `y`.
    """
    return np.tensordot(x, y, axes)


def _paired_axes(x: Any, y: Any, axes: Any) -> tuple[list[int], list[int], list[int], list[int]]:
    """Summed and free axes of both operands."""
    rank_x, rank_y = len(shape_of(x)), len(shape_of(y))
    if isinstance(axes, (int, np.integer)):
        in_x, in_y = list(range(rank_x - axes, rank_x)), list(range(axes))
    else:
        in_x, in_y = ([int(a) for a in np.atleast_1d(part)] for part in axes)
        in_x, in_y = [a % rank_x for a in in_x], [a % rank_y for a in in_y]
    free_x = [a for a in range(rank_x) if a not in in_x]
    return in_x, in_y, free_x, [a for a in range(rank_y) if a not in in_y]


def _tensordot_left(g: Any, out: Any, x: Any, y: Any, axes: Any) -> Any:
    in_x, in_y, free_x, free_y = _paired_axes(x, y, axes)
    rank = len(free_x)
    pulled = tensordot(g, y, (list(range(rank, rank + len(free_y))), free_y))
    order = [*free_x, *(in_x[in_y.index(a)] for a in sorted(in_y))]
    return transpose(pulled, tuple(int(i) for i in np.argsort(order)))


def _tensordot_right(g: Any, out: Any, x: Any, y: Any, axes: Any) -> Any:
    in_x, in_y, free_x, free_y = _paired_axes(x, y, axes)
    pulled = tensordot(x, g, (free_x, list(range(len(free_x)))))
    order = [*(in_y[in_x.index(a)] for a in sorted(in_x)), *free_y]
    return transpose(pulled, tuple(int(i) for i in np.argsort(order)))


tensordot = bilinear(
    "tensordot", _tensordot, vjps=(_tensordot_left, _tensordot_right),
    formula="Σ x y over paired axes", numpy=(np.tensordot, np.linalg.tensordot),
    explain=lambda x, y, axes: f"{_shapes(x, y)}; axes={axes} pairs axes of different size",
    cases=(
        Case((2, 3, 4), (3, 4, 2)), Case((2, 3), (3, 2), axes=1), Case((2, 3), (4,), axes=0),
        Case((2, 3, 4), (4, 5, 2), axes=([0, 2], [2, 0])), Case((2, 3), (2, 4), axes=([0], [0])),
        Case((3, 3), (3, 3), axes=1), Case((2, 3), (3,), axes=(-1, 0)),
    ))


def dot(x: Any, y: Any) -> Any:
    """Scalar product, as `numpy.dot`: the last axis of `x` with the second to last of `y`.

    Parameters
    ----------
    x, y : array_like or Value

    Returns
    -------
    float, ndarray or Value
    """
    rank_x, rank_y = len(shape_of(x)), len(shape_of(y))
    if not rank_x or not rank_y:
        return multiply(x, y)
    if rank_y <= 2 and rank_x <= 2:
        return matmul(x, y)
    return tensordot(x, y, ([-1], [-2 if rank_y > 1 else 0]))


outer = bilinear(
    "outer", np.outer,
    vjps=(
        lambda g, out, x, y: reshape(g @ ravel(y), shape_of(x)),
        lambda g, out, x, y: reshape(ravel(x) @ g, shape_of(y)),
    ),
    formula="x yᵀ", numpy=(np.outer, np.linalg.outer), cases=(Case((2,), (3,)), Case((2, 2), (3,))))


def _einsum(*operands: Any, subscripts: str) -> Any:
    return np.einsum(subscripts, *operands, optimize=len(operands) > 2)


def _uneinsum(g: Any, out: Any, *inputs: Any, wanted: Any, subscripts: str) -> list[Any]:
    return [
        _einsum_cotangent(g, inputs, index, subscripts) if want else None
        for index, want in enumerate(wanted)
    ]


def _einsum_cotangent(g: Any, inputs: Sequence[Any], index: int, subscripts: str) -> Any:
    """The cotangent of one operand: an einsum of the others and ``g``.

    A label that no other has at full length was summed over: an operand of ones brings it
    back. A label that it has twice took a diagonal: an identity matrix puts it back there.
    """
    ins, result = subscripts.replace(" ", "").split("->")
    labels = ins.split(",")
    own, shape = labels[index], shape_of(inputs[index])
    operands = [g, *(x for i, x in enumerate(inputs) if i != index)]
    terms = [result, *(term for i, term in enumerate(labels) if i != index)]
    shapes = map(shape_of, operands)
    known = [dict(zip(term, s, strict=True)) for term, s in zip(terms, shapes, strict=True)]
    unused = iter(c for c in string.ascii_letters if c not in subscripts)
    wanted: list[str] = []
    for label, size in zip(own, shape, strict=True):
        if label in wanted:
            fresh = next(unused)
            operands.append(np.eye(size, dtype=dtype_of(g)))
            terms.append(label + fresh)
            label = fresh
        elif all(sizes.get(label) != size for sizes in known):
            operands.append(np.ones(size, dtype=dtype_of(g)))
            terms.append(label)
        wanted.append(label)
    return einsum(f"{','.join(terms)}->{''.join(wanted)}", *operands)


def _einsum_jvp(tangents: Any, out: Any, *inputs: Any, subscripts: str) -> Any:
    """The product rule: replace one operand after the other by its tangent."""
    terms = [
        einsum(subscripts, *inputs[:i], x_dot, *inputs[i + 1 :])
        for i, x_dot in enumerate(tangents)
        if x_dot is not None
    ]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


_einsum_op = primitive(
    "einsum", _einsum, vjps=_uneinsum, jvp=_einsum_jvp,
    formula="Σ of products by subscripts", onnx="Einsum",
    cases=(
        Case((2, 3), (3, 4), subscripts="ij,jk->ik"), Case((3, 3), subscripts="ii->i"),
        Case((3, 3), subscripts="ii->"), Case((2, 3), subscripts="ij->j"),
        Case((2, 3), (2, 3), subscripts="ij,ij->"),
        Case((5, 2, 3), (5, 3, 4), subscripts="bij,bjk->bik"),
        Case((2,), (3,), (2, 3), subscripts="i,j,ij->"), Case((2, 3, 4), subscripts="ijk->ki"),
        Case((2, 3), (3, 3), subscripts="ij,jj->i"), Case((3, 3), (3, 3), subscripts="ij,kj->ki"),
        Case((2, 1), (3, 4), subscripts="ij,jk->ik"), Case((2, 3), subscripts="ij->"),
    ))


def einsum(subscripts: str, *operands: Any) -> Any:
    """Sum of products, described by a label per axis, as `numpy.einsum`.

    Parameters
    ----------
    subscripts : str
        For example ``"ij,jk->ik"``. ``...`` stands for axes without a label.
    *operands : array_like or Value

    Returns
    -------
    float, ndarray or Value

    Raises
    ------
    ShapeError
        If a label stands for axes of different size.

    Examples
    --------
    >>> einsum("ij,ij->i", np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([1., 4.])
    """
    if not isinstance(subscripts, str):
        raise ArgumentError(
            f"einsum: the subscripts are {type(subscripts).__name__}; "
            "need a text such as 'ij,jk->ik'"
        )
    shapes = [shape_of(x) if hasattr(x, "shape") else np.shape(x) for x in operands]
    return _einsum_op(*operands, subscripts=_explicit(subscripts, shapes))


def _explicit(subscripts: str, shapes: list[tuple[int, ...]]) -> str:
    """Subscripts with a label for every axis and an arrow."""
    ins, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = ins.split(",")
    if len(terms) != len(shapes):
        raise ArgumentError(
            f"einsum: {subscripts!r} describes {len(terms)} operands, but there are {len(shapes)}"
        )
    spare = [c for c in string.ascii_letters if c not in subscripts]
    widest = ""
    for i, (term, shape) in enumerate(zip(terms, shapes, strict=True)):
        hidden = len(shape) - len(term.replace("...", ""))
        if hidden < 0 or (hidden and "..." not in term):
            raise ArgumentError(
                f"einsum: {term!r} labels {len(term.replace('...', ''))} axes, "
                f"but operand {i} is {shape}"
            )
        if "..." in term:
            letters = "".join(spare[:hidden][::-1])  # counted from the right, as in broadcasting
            terms[i] = term.replace("...", letters)
            widest = max(widest, letters, key=len)
    every = "".join(terms)
    if not arrow:
        once = {c for c in every if every.count(c) == 1 and c not in widest}
        result = widest + "".join(sorted(once))
    result = result.replace("...", widest)
    sizes: dict[str, int] = {}
    for i, (term, shape) in enumerate(zip(terms, shapes, strict=True)):
        for label, size in zip(term, shape, strict=True):
            if sizes.setdefault(label, size) != size and 1 not in (size, sizes[label]):
                raise ShapeError(
                    f"einsum: label {label!r} is {sizes[label]} before and {size} in operand {i}, "
                    f"which is {shape}; need equal sizes"
                )
    return f"{','.join(terms)}->{result}"
