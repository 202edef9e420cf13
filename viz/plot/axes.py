"""What every plot begins with: axes, colours and marks.

Colours are Okabe and Ito's, darkened until each has a contrast of 3:1 on white and on black
alike, so that a figure is legible on either. Nothing is told by colour alone: lines differ by
their dashes and markers, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from viz.errors import ArgumentError, ProgramMissingError

__all__ = ["BAD", "GOOD", "SERIES", "WARM", "Line", "array_of", "axes", "grid", "ink", "pyplot"]


class Line(NamedTuple):
    """How one of several series is drawn."""

    color: str
    linestyle: Any
    marker: str


GOOD, BAD, WARM = "#2b83c0", "#d55e00", "#a67c00"
SERIES = (
    Line(GOOD, "-", "o"),
    Line(BAD, (0, (5, 2)), "s"),
    Line("#0a8f6a", (0, (1, 1.3)), "^"),
    Line("#c0558f", (0, (6, 2, 1, 2)), "D"),
    Line(WARM, (0, (3, 1, 1, 1, 1, 1)), "v"),
    Line("#78808a", (0, (8, 3)), "P"),
)


def pyplot() -> Any:
    """Import `matplotlib.pyplot`, or say how to get it.

    Raises
    ------
    ProgramMissingError
        If matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot as plt
    except ImportError as error:
        raise ProgramMissingError(
            "viz.plot needs matplotlib: pip install 'autograd-viz[plot]'"
        ) from error
    return plt


def axes(ax: Any, size: tuple[float, float] = (6.4, 4.0)) -> Any:
    """Return `ax`, or the axes of a new figure of `size` inches."""
    plt = pyplot()
    return plt.subplots(figsize=size, layout="constrained")[1] if ax is None else ax


def grid(ax: Any, count: int, size: tuple[float, float] = (4.2, 3.2)) -> list[Any]:
    """Return `count` axes: those given, or new ones, each of `size` inches.

    Raises
    ------
    ArgumentError
        If another number of axes is given.
    """
    plt = pyplot()
    if ax is not None:
        given = [ax] if hasattr(ax, "plot") else list(np.ravel(np.asarray(ax, dtype=object)))
        if len(given) != count:
            raise ArgumentError(f"ax has {len(given)} Axes; this plot needs {count}")
        return given
    columns = min(count, 3)
    rows = -(-count // columns)
    figure, made = plt.subplots(
        rows, columns, figsize=(size[0] * columns, size[1] * rows), layout="constrained",
        squeeze=False,
    )  # fmt: skip
    cells = list(made.ravel())
    for spare in cells[count:]:
        figure.delaxes(spare)
    return cells[:count]


def ink(ax: Any) -> Any:
    """Return the colour of the text, whatever style the figure has: dark on light, or the reverse.

    Examples
    --------
    >>> ink(axes(None))
    'black'
    """
    return ax.xaxis.label.get_color()


def array_of(x: Any) -> Any:
    """Return the numbers of a Value, an array, or anything with a `weight`, as float64.

    Examples
    --------
    >>> import autograd_core as ag
    >>> array_of(ag.Value([1.0, 2.0])), array_of(3)
    (array([1., 2.]), array(3.))
    """
    if hasattr(x, "weight"):
        x = x.weight
    data = x.data if hasattr(x, "requires_grad") and hasattr(x, "data") else x
    return np.asarray(data, dtype=np.float64)


def names_of(given: Any, count: int) -> Sequence[str]:
    """Return the names that were given, or numbers."""
    return list(map(str, range(count))) if given is None else [str(name) for name in given]
