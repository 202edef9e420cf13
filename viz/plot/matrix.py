"""Which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from viz.errors import ArgumentError
from viz.plot.axes import array_of, axes

__all__ = ["confusion"]

_MOST_WITH_NUMBERS = 20


def confusion(matrix: Any, labels: Sequence[Any] | None = None, ax: Any = None) -> Any:
    """Draw a confusion matrix: counts as numbers, fractions of the true class as colour.

    Parameters
    ----------
    matrix : object with counts and labels, or array_like
        Entry [i, j]: how many samples of class i were taken for class j; shape ``(C, C)``.
    labels : sequence, optional
        What the C classes are called.
    ax : matplotlib.axes.Axes, optional
        By default in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With numbers in the cells up to 20 classes; a count of 0 is left blank.

    Raises
    ------
    ArgumentError
        If the matrix is not square, has a negative entry, or the labels are not C.
    ProgramMissingError
        If matplotlib is not installed.

    Examples
    --------
    >>> ax = confusion([[8, 2], [1, 9]], labels=["cat", "dog"])
    >>> ax.get_title(), [text.get_text() for text in ax.texts]
    ('Confusion matrix: 85.0% of 20 right', ['8', '2', '1', '9'])
    """
    counts = array_of(getattr(matrix, "counts", matrix))
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not np.all(counts >= 0):
        raise ArgumentError(
            f"confusion: the matrix has shape {counts.shape}; need (C, C) of counts, none negative"
        )
    given = getattr(matrix, "labels", None) if labels is None else labels
    names = [str(name) for name in (range(len(counts)) if given is None else given)]
    if len(names) != len(counts):
        raise ArgumentError(f"confusion: {len(names)} labels for {len(counts)} classes")
    totals = counts.sum(axis=1, keepdims=True)
    # A class without samples has no fractions, and its row stays empty.
    fractions = np.divide(counts, totals, out=np.full(counts.shape, np.nan), where=totals > 0)
    side = min(2.4 + 0.45 * len(counts), 9.0)
    ax = axes(ax, (side + 1.4, side))
    image = ax.imshow(fractions, cmap="cividis", vmin=0, vmax=1)
    ax.figure.colorbar(image, ax=ax, label="fraction of the true class")
    if len(counts) <= _MOST_WITH_NUMBERS:
        for (i, j), count in np.ndenumerate(counts):
            if count:
                ax.text(
                    j, i, f"{count:g}" if count < 1e5 else f"{count:.1e}", ha="center",
                    va="center", fontsize="small",
                    color="black" if fractions[i, j] > 0.5 else "white",
                )  # fmt: skip
    step = -(-len(names) // 40)
    ticks = range(0, len(names), step)
    slanted = max(map(len, names)) > 3
    ax.set_xticks(
        ticks, names[::step], rotation=45 if slanted else 0, ha="right" if slanted else "center"
    )
    ax.set_yticks(ticks, names[::step])
    right, total = float(np.trace(counts)), float(counts.sum())
    share = f": {right / total:.1%} of {total:g} right" if total else ""
    ax.set(xlabel="predicted class", ylabel="true class", title=f"Confusion matrix{share}")
    return ax
