"""One call of an op as something to check, and numbers for its operands that Hypothesis draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ..cases import Domain
from ..op import Op

__all__ = ["Call", "draw_all", "fits"]

_STEPS = 4096  # distinct numbers per interval, so that neighbours are far apart for differences
_STRIDE = 2531  # odd, and the golden ratio of it: 0, 1, 2, … come to lie far from each other
_OFFSET = 0.381966  # not ½ or 0: a grid that is symmetric about no kink, so |x| has no ties
_MARGIN = 0.05  # distance from kinks

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Call:
    """One call of an op: what varies in it, and a function of that.

    Attributes
    ----------
    op : Op
    operands : tuple
        All of them, as raw data.
    varying : tuple of int
        Indices of those that have a derivative.
    params : dict
        Static arguments.

    Examples
    --------
    >>> import autograd_core as ag
    >>> call = Call(ag.ops.OPS["sum"], (np.ones((2, 3)),), (0,), {"axis": 0})
    >>> call(*call.inputs)
    array([2., 2., 2.])
    >>> call
    sum(array (2, 3) float64, axis=0)
    """

    op: Op
    operands: tuple[Any, ...]
    varying: tuple[int, ...]
    params: dict[str, Any]

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The operands that have a derivative."""
        return tuple(self.operands[i] for i in self.varying)

    def __call__(self, *inputs: Any) -> Any:
        """Apply the op to other inputs in place of these."""
        operands = list(self.operands)
        for i, x in zip(self.varying, inputs, strict=True):
            operands[i] = x
        return self.op(*operands, **self.params)

    def __repr__(self) -> str:
        operands = [f"array {x.shape} {x.dtype}" if np.ndim(x) else repr(x) for x in self.operands]
        params = [f"{name}={param!r}" for name, param in self.params.items()]
        return f"{self.op.name}({', '.join([*operands, *params])})"


def fits(op: Op, operands: Sequence[Any], params: dict[str, Any]) -> bool:
    """Whether the static arguments allow these shapes."""
    try:
        with np.errstate(all="ignore"):
            return bool(np.all(np.isfinite(op(*operands, **params))))
    except (ValueError, TypeError):
        return False


def draw_all(
    draw: Callable[..., Any],
    drawn_shapes: Sequence[Shape],
    domains: Sequence[Domain],
    kinds: Sequence[Any],
) -> list[Any]:
    """Operands of these shapes, whose numbers are distinct over all of them.

    Parameters
    ----------
    draw : callable
        Hypothesis's: gives an example of a strategy.
    drawn_shapes, domains, kinds : sequence
        Per operand: its shape, where it may lie, and its dtype, or ``None`` for the domain's.
    """
    from hypothesis import strategies as st

    count = sum(map(prod, drawn_shapes))
    places = st.lists(st.integers(0, _STEPS - 1), min_size=count, max_size=count, unique=True)
    rest = np.array(draw(places), dtype=np.int64) * _STRIDE % _STEPS
    operands = []
    for shape, domain, kind in zip(drawn_shapes, domains, kinds, strict=True):
        here, rest = rest[: prod(shape)], rest[prod(shape) :]
        if domain.sample is not None:  # a structure that only the domain knows
            seed = draw(st.integers(0, 2**32 - 1))
            x = np.asarray(domain.sample(np.random.default_rng(seed), shape))
        else:
            grid = _grid(domain)
            x = grid[here * len(grid) // _STEPS].reshape(shape)
        x = x if kind is None else x.astype(kind)
        operands.append(x if shape else x[()].item() if x.dtype != np.float32 else x[()])
    return operands


def _grid(domain: Domain) -> Any:
    """At least `_STEPS` numbers of an interval, without those near a kink."""
    width = domain.high - domain.low
    grid = domain.low + (np.arange(2 * _STEPS) + _OFFSET) / (2 * _STEPS) * width
    for kink in domain.kinks:
        grid = grid[np.abs(grid - kink) > min(_MARGIN, width / (8 * len(domain.kinks)))]
    return grid
