"""Hypothesis strategies for the operands of differentiable functions.

Differences are worthless where a derivative jumps, does not exist or is infinite. What is
drawn here keeps a distance from such points: each number lies inside the interval of its
`Domain`, away from its kinks, and no two numbers of one draw are equal, not even in absolute
value, so that no maximum has a tie.

Hypothesis is needed to *call* these functions, and not to import this module.

Examples
--------
>>> from hypothesis import given, settings
>>> import autograd_core as ag
>>> from autograd_core.checking import strategies
>>> @settings(derandomize=True, database=None, max_examples=10)
... @given(strategies.inputs_of(ag.relu))
... def test_relu_is_linear_on_each_side(call):
...     (x,) = call.inputs
...     assert np.allclose(call(x), x * ag.grad(lambda x: ag.sum(call(x)))(x))
>>> test_relu_is_linear_on_each_side()
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..cases import Case, Domain
from ..op import Op
from .calls import Call, draw_all, fits

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Call", "arrays", "broadcastable_shapes", "dtypes", "inputs_of", "shapes"]

Shape = tuple[int, ...]


def dtypes() -> SearchStrategy[Any]:
    """``float64`` and ``float32``.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(dtypes(), lambda dtype: dtype.itemsize == 4)
    dtype('float32')
    """
    from hypothesis import strategies as st

    return st.sampled_from([np.dtype(np.float64), np.dtype(np.float32)])


def shapes(max_dims: int = 3, max_side: int = 4, min_side: int = 1) -> SearchStrategy[Shape]:
    """Shapes of scalars, vectors, matrices and so on.

    Parameters
    ----------
    max_dims : int
        The largest number of axes.
    max_side, min_side : int
        Bounds of the size of an axis; with ``min_side=0`` arrays may be empty.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(shapes(), lambda shape: len(shape) == 2)
    (1, 1)
    """
    from hypothesis import strategies as st

    return st.lists(st.integers(min_side, max_side), max_size=max_dims).map(tuple)


def broadcastable_shapes(
    count: int = 2, max_dims: int = 3, max_side: int = 4
) -> SearchStrategy[tuple[Shape, ...]]:
    """Shapes that broadcast against each other.

    Parameters
    ----------
    count : int
        How many.
    max_dims, max_side : int
        See `shapes`.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(derandomize=True, database=None)
    ... @given(broadcastable_shapes())
    ... def test_sum_of_two_has_the_shape_of_both(pair):
    ...     x, y = map(np.ones, pair)
    ...     assert (x + y).shape == np.broadcast_shapes(*pair)
    >>> test_sum_of_two_has_the_shape_of_both()
    """
    from hypothesis import strategies as st

    def build(draw: Callable[..., Any]) -> tuple[Shape, ...]:
        full = draw(shapes(max_dims, max_side))
        return tuple(draw(_part_of(full)) for _ in range(count))

    strategy: SearchStrategy[tuple[Shape, ...]] = st.composite(build)()
    return strategy


def arrays(
    dtype: Any = np.float64,
    shape: Shape | SearchStrategy[Shape] | None = None,
    domain: Domain | None = None,
) -> SearchStrategy[Any]:
    """Arrays of distinct numbers of a domain, away from its kinks.

    Parameters
    ----------
    dtype : dtype or strategy
        A floating-point one.
    shape : tuple of int or strategy, optional
        By default any of `shapes`. A ``()`` of float64 gives a Python float.
    domain : Domain, optional
        By default between −2 and 2.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(derandomize=True, database=None)
    ... @given(arrays(shape=(3,), domain=Domain(-1.0, 1.0, kinks=(0.0,))))
    ... def test_numbers_keep_away_from_the_kink(x):
    ...     assert np.all((np.abs(x) > 0.04) & (np.abs(x) < 1.0))
    >>> test_numbers_keep_away_from_the_kink()
    """
    from hypothesis import strategies as st

    def build(draw: Callable[..., Any]) -> Any:
        drawn = shape if isinstance(shape, tuple) else draw(shapes() if shape is None else shape)
        kind = draw(dtype) if isinstance(dtype, st.SearchStrategy) else dtype
        return draw_all(draw, [drawn], [domain or Domain()], [kind])[0]

    strategy: SearchStrategy[Any] = st.composite(build)()
    return strategy


def inputs_of(op: Op, *, dtype: Any = np.float64) -> SearchStrategy[Call]:
    """Calls of an op within the domain it declares, with the shapes of its cases varied.

    Parameters
    ----------
    op : Op
        Its `Op.cases` say how it may be called. An elementwise op gets operands of any shapes
        that broadcast; in those of another op the sizes vary together, as far as the static
        arguments allow.
    dtype : dtype or strategy
        Of all operands that have a derivative; ``strategies.dtypes()`` varies it.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> import autograd_core as ag
    >>> @settings(derandomize=True, database=None)
    ... @given(inputs_of(ag.matmul))
    ... def test_transpose_of_a_product(call):
    ...     x, y = call.inputs
    ...     if x.ndim == y.ndim == 2:
    ...         assert np.allclose((x @ y).T, y.T @ x.T)
    >>> test_transpose_of_a_product()
    """
    from hypothesis import strategies as st

    def build(draw: Callable[..., Any]) -> Call:
        case = draw(st.sampled_from(op.cases))
        domains = [op.domain[min(i, len(op.domain) - 1)] for i in range(len(case.shapes))]
        kind = draw(dtype) if isinstance(dtype, st.SearchStrategy) else dtype
        varying = tuple(i for i, domain in enumerate(domains) if domain.differentiable)
        kinds = [kind if domain.differentiable else None for domain in domains]
        varied = draw(_shapes_like(op, case))
        operands = tuple(draw_all(draw, varied, domains, kinds))
        if varied != case.shapes and not fits(op, operands, case.params):
            operands = tuple(draw_all(draw, case.shapes, domains, kinds))
        return Call(op, operands, varying, case.params)

    strategy: SearchStrategy[Call] = st.composite(build)()
    return strategy


def _shapes_like(op: Op, case: Case) -> SearchStrategy[tuple[Shape, ...]]:
    """Shapes with the axes of a case, equal sizes staying equal, and ones staying one."""
    from hypothesis import strategies as st

    if op.partials is not None:
        return broadcastable_shapes(len(case.shapes))
    sizes = sorted({n for shape in case.shapes for n in shape if n > 1})
    others = st.lists(st.integers(2, 4), min_size=len(sizes), max_size=len(sizes))

    def renamed(new: list[int]) -> tuple[Shape, ...]:
        table = dict(zip(sizes, new, strict=True))
        return tuple(tuple(table.get(n, n) for n in shape) for shape in case.shapes)

    return st.one_of(st.just(case.shapes), others.map(renamed))


def _part_of(full: Shape) -> SearchStrategy[Shape]:
    """Shapes that broadcast to a given one."""
    from hypothesis import strategies as st

    sides = [st.sampled_from(sorted({1, n}, reverse=True)) for n in full]
    return st.integers(0, len(full)).flatmap(lambda lost: st.tuples(*sides[lost:]))
