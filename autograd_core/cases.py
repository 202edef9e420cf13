"""Where an op may be sampled: the part of its declaration that the generated tests read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Case", "Domain", "default_cases"]

# As text, because naming numpy.random would import it: a third of the import time.
Sampler = Callable[["np.random.Generator", tuple[int, ...]], Any]


@dataclass(frozen=True)
class Domain:
    """Where one operand of an op is sampled.

    Attributes
    ----------
    low, high : float
        Random values lie between these.
    kinks : tuple of float
        Points without a derivative, which sampling keeps a distance of 0.1 from.
    also : tuple of float
        Values worth a look by themselves (signed zero, huge, infinite): the result and the
        gradient there are compared with the oracle's, not with differences.
    sample : callable, optional
        ``sample(rng, shape)`` instead of the interval, for operands with structure: a
        regular matrix, a boolean mask.
    differentiable : bool
        ``False`` for an operand such as a condition, which has no derivative.

    Examples
    --------
    >>> positive = Domain(0.5, 3.0)
    >>> x = positive.draw(np.random.default_rng(0), (2, 3))
    >>> x.shape, bool((x >= 0.5).all())
    ((2, 3), True)
    """

    low: float = -2.0
    high: float = 2.0
    kinks: tuple[float, ...] = ()
    also: tuple[float, ...] = ()
    sample: Sampler | None = None
    differentiable: bool = True

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        """A float64 array of that shape (or what `sample` makes)."""
        if self.sample is not None:
            return self.sample(rng, shape)
        x = rng.uniform(self.low, self.high, shape)
        for kink in self.kinks:
            x = np.where(
                np.abs(x - kink) < 0.1, kink + np.where(x < kink, -0.1, 0.1) + (x - kink), x
            )
        return x


@dataclass(frozen=True)
class Case:
    """One call that the tests of an op make.

    Attributes
    ----------
    shapes : tuple of tuple of int
        One per operand.
    params : dict
        The static arguments.

    Examples
    --------
    >>> Case((2, 3), (3,), axis=0)
    Case((2, 3), (3,), axis=0)
    """

    shapes: tuple[tuple[int, ...], ...]
    params: dict[str, Any] = field(default_factory=dict)

    def __init__(self, *shapes: tuple[int, ...], **params: Any) -> None:
        object.__setattr__(self, "shapes", shapes)
        object.__setattr__(self, "params", params)

    def __repr__(self) -> str:
        parts = [*map(repr, self.shapes), *(f"{k}={v!r}" for k, v in self.params.items())]
        return f"Case({', '.join(parts)})"

    def draw(self, domain: Sequence[Domain], rng: np.random.Generator) -> list[Any]:
        """Float64 inputs for the call; the last domain serves all further operands."""
        return [domain[min(i, len(domain) - 1)].draw(rng, s) for i, s in enumerate(self.shapes)]


def default_cases(arity: int | None) -> tuple[Case, ...]:
    """Scalars, vectors, matrices, and every way of broadcasting them, for an elementwise op."""
    if arity == 1:
        return Case(()), Case((3,)), Case((2, 3)), Case((0,))
    if arity == 2:
        pairs = [((), ()), ((3,), (3,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (2,)), ((2, 3), ())]
        return tuple(Case(x, y) for x, y in pairs)
    if arity == 3:
        return Case((), (), ()), Case((3,), (3,), (3,)), Case((2, 3), (1, 3), (2, 1))
    return ()
