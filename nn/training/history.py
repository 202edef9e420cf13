"""What was measured in each epoch, as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autograd_core.errors import ArgumentError

__all__ = ["History", "Means"]


class History:
    """A table with a row for each epoch; prints as such.

    Parameters
    ----------
    columns : mapping of str to list, optional
        What it begins with, such as `to_dict` gave.

    Examples
    --------
    >>> history = History()
    >>> history.append({"epoch": 1, "loss": 0.69314718, "seconds": 1.25})
    >>> history.append({"epoch": 2, "loss": 0.5, "accuracy": 0.75, "seconds": 1.0})
    >>> history["loss"]
    [0.69314718, 0.5]
    >>> print(history)
    epoch    loss  seconds  accuracy
    ────────────────────────────────
        1  0.6931     1.25
        2     0.5        1      0.75
    """

    def __init__(self, columns: Mapping[str, list[Any]] | None = None) -> None:
        self._columns: dict[str, list[Any]] = {k: list(v) for k, v in (columns or {}).items()}

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a row. What a column lacks is None: new columns before, old ones from now on."""
        count = len(self)
        for name in row:
            self._columns.setdefault(name, [None] * count)
        for name, column in self._columns.items():
            column.append(row.get(name))

    def __getitem__(self, name: str) -> list[Any]:
        """Return the column of that name, one entry for each epoch."""
        if name not in self._columns:
            raise ArgumentError(
                f"History: there is no column {name!r}; there are {', '.join(self._columns)}"
            )
        return self._columns[name]

    def __contains__(self, name: object) -> bool:
        """Return whether there is a column of that name."""
        return name in self._columns

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self._columns.values()), ()))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Run through the rows, as dicts."""
        for i in range(len(self)):
            yield {name: column[i] for name, column in self._columns.items()}

    def to_dict(self) -> dict[str, list[Any]]:
        """The columns by name, copied: for pandas, for matplotlib, for JSON."""
        return {name: list(column) for name, column in self._columns.items()}

    def __str__(self) -> str:
        if not len(self):
            return "no epoch yet"
        texts = {name: [_cell(x) for x in column] for name, column in self._columns.items()}
        widths = {name: max(len(name), *map(len, column)) for name, column in texts.items()}
        lines = ["  ".join(name.rjust(width) for name, width in widths.items())]
        lines.append("─" * len(lines[0]))
        for i in range(len(self)):
            line = "  ".join(texts[name][i].rjust(width) for name, width in widths.items())
            lines.append(line.rstrip())
        return "\n".join(lines)

    __repr__ = __str__


def _cell(x: Any) -> str:
    return "" if x is None else f"{x:.4g}" if isinstance(x, float) else str(x)


class Means:
    """Weighted means of named numbers, collected piece by piece.

    Examples
    --------
    >>> means = Means()
    >>> means.add({"loss": 1.0}, weight=3)
    >>> means.add({"loss": 5.0}, weight=1)
    >>> means.result()
    {'loss': 2.0}
    """

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._weights: dict[str, float] = {}

    def add(self, numbers: Mapping[str, float], weight: float = 1) -> None:
        """Take numbers into their means."""
        for name, number in numbers.items():
            self._sums[name] = self._sums.get(name, 0.0) + number * weight
            self._weights[name] = self._weights.get(name, 0) + weight

    def result(self) -> dict[str, float]:
        """The means, in the order in which the names appeared."""
        return {name: total / self._weights[name] for name, total in self._sums.items()}

    def state_dict(self) -> dict[str, Any]:
        """The sums, as plain data."""
        return {"sums": dict(self._sums), "weights": dict(self._weights)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from where `state_dict` was taken."""
        self._sums, self._weights = dict(state["sums"]), dict(state["weights"])
