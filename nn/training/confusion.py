"""Which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

from .metrics import predicted_classes

__all__ = ["ConfusionMatrix", "confusion_matrix", "f1", "precision", "recall"]


@dataclass(frozen=True, eq=False)
class ConfusionMatrix:
    """Counts of predictions; prints as a table.

    Attributes
    ----------
    counts : ndarray of int, shape (C, C)
        Entry [i, j]: samples of class i that were taken for class j.
    labels : tuple of str
        What the classes are called.
    """

    counts: Any
    labels: tuple[str, ...]

    @property
    def accuracy(self) -> float:
        """The fraction on the diagonal."""
        return float(_ratio(np.trace(self.counts), self.counts.sum()))

    @property
    def precision(self) -> Any:
        """For each class, which fraction of those taken for it are of it; nan if none is."""
        return _ratio(self.counts.diagonal(), self.counts.sum(0))

    @property
    def recall(self) -> Any:
        """For each class, which fraction of its samples is found; nan if it has none."""
        return _ratio(self.counts.diagonal(), self.counts.sum(1))

    @property
    def f1(self) -> Any:
        """The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN)."""
        return _ratio(2 * self.counts.diagonal(), self.counts.sum(0) + self.counts.sum(1))

    def __add__(self, other: ConfusionMatrix) -> ConfusionMatrix:
        """Add up the counts of two parts of the data."""
        if not isinstance(other, ConfusionMatrix):
            return NotImplemented
        if self.labels != other.labels:
            raise ArgumentError("ConfusionMatrix: the classes differ; need the same labels")
        return ConfusionMatrix(self.counts + other.counts, self.labels)

    def __str__(self) -> str:
        rows = [["true \\ predicted", *self.labels, "recall"]]
        for label, counts, found in zip(self.labels, self.counts, self.recall, strict=True):
            rows.append([label, *(str(n) if n else "·" for n in counts), _percent(found)])
        rows.append(["precision", *map(_percent, self.precision), _percent(self.accuracy)])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])
            for row in rows
        ]
        lines.insert(1, "─" * len(lines[0]))
        lines.insert(-1, lines[1])
        return "\n".join(lines)

    __repr__ = __str__


def confusion_matrix(
    outputs: Any,
    targets: Any,
    labels: Sequence[Any] | None = None,
    *,
    classes: int | None = None,
    ignore_index: int = -100,
) -> ConfusionMatrix:
    r"""Count how often each class is taken for each.

    Parameters
    ----------
    outputs : array_like or Value
        Scores ``(N, C, ...)``, or predicted classes ``(N, ...)``; see `predicted_classes`.
    targets : array_like of int, shape (N, ...)
    labels : sequence, optional
        What the C classes are called; by default their numbers.
    classes : int, optional
        C; by default as many as there are labels, scores, or numbers that occur.
    ignore_index : int
        Targets of this class do not count.

    Returns
    -------
    ConfusionMatrix

    Raises
    ------
    ArgumentError
        If a class is not in [0, C), or there are not C labels.

    Examples
    --------
    >>> matrix = confusion_matrix([0, 1, 1, 1], [0, 1, 1, 0], labels=["cat", "dog"])
    >>> print(matrix)
    true \ predicted     cat    dog  recall
    ───────────────────────────────────────
    cat                    1      1   50.0%
    dog                    ·      2  100.0%
    ───────────────────────────────────────
    precision         100.0%  66.7%   75.0%
    >>> matrix.f1
    array([0.66666667, 0.8       ])
    """
    if isinstance(labels, int):
        raise ArgumentError(
            f"confusion_matrix: labels is {labels}; need their names, or classes={labels}"
        )
    predicted, true = predicted_classes(outputs, targets)
    if classes is None:
        has_scores = np.ndim(outputs) > np.ndim(predicted)
        largest = max(predicted.max(initial=-1), true.max(initial=-1)) + 1
        classes = np.shape(outputs)[1] if has_scores else int(largest)
        classes = classes if labels is None else len(labels)
    if labels is not None and len(labels) != classes:
        raise ArgumentError(f"confusion_matrix: {len(labels)} labels for {classes} classes")
    counted = true != ignore_index
    predicted, true = predicted[counted], true[counted]
    for what, x in (("prediction", predicted), ("target", true)):
        outside = x[(x < 0) | (x >= classes)]
        if outside.size:
            raise ArgumentError(
                f"confusion_matrix: a {what} is {outside[0]}; need classes from 0 to {classes - 1}"
            )
    pairs = true.astype(np.int64) * classes + predicted
    counts = np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
    return ConfusionMatrix(counts, tuple(map(str, range(classes) if labels is None else labels)))


def precision(outputs: Any, targets: Any, **options: Any) -> Any:
    """`ConfusionMatrix.precision`, shape ``(C,)``; the options are those of `confusion_matrix`.

    Examples
    --------
    >>> precision([0, 1, 1, 1], [0, 1, 1, 0])
    array([1.        , 0.66666667])
    """
    return confusion_matrix(outputs, targets, **options).precision


def recall(outputs: Any, targets: Any, **options: Any) -> Any:
    """`ConfusionMatrix.recall`, shape ``(C,)``; the options are those of `confusion_matrix`.

    Examples
    --------
    >>> recall([0, 1, 1, 1], [0, 1, 1, 0])
    array([0.5, 1. ])
    """
    return confusion_matrix(outputs, targets, **options).recall


def f1(outputs: Any, targets: Any, **options: Any) -> Any:
    """`ConfusionMatrix.f1`, shape ``(C,)``; the options are those of `confusion_matrix`.

    Examples
    --------
    >>> f1([0, 1, 1, 1], [0, 1, 1, 0])
    array([0.66666667, 0.8       ])
    """
    return confusion_matrix(outputs, targets, **options).f1


def _ratio(part: Any, whole: Any) -> Any:
    with np.errstate(invalid="ignore"):
        return np.divide(part, whole)


def _percent(x: float) -> str:
    return "–" if np.isnan(x) else f"{100 * x:.1f}%"
