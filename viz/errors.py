"""The exceptions of `viz`.

Every message names the fault, the actual values and the remedy. Each class is also the
built-in exception that code which knows nothing of this package would catch::

    VizError
    ├── ArgumentError         (ValueError)    an option, a name or a node that does not fit
    ├── DrawingTooLargeError  (ValueError)    more nodes than a picture can usefully show
    ├── LayoutError           (RuntimeError)  the layout failed or ran out of its budget
    ├── ProgramMissingError   (RuntimeError)  `dot` is needed for PNG and PDF, and not installed
    └── ExpressionError       (ValueError)    a bad expression, with a caret at the place
"""

from __future__ import annotations

__all__ = [
    "ArgumentError",
    "DrawingTooLargeError",
    "ExpressionError",
    "LayoutError",
    "ProgramMissingError",
    "VizError",
]


_WINDOW = 50


class VizError(Exception):
    """Base class of everything that `viz` raises on purpose."""


class ArgumentError(VizError, ValueError):
    """An option, a name or a node that does not fit."""


class DrawingTooLargeError(VizError, ValueError):
    """More nodes than a picture can usefully show."""


class LayoutError(VizError, RuntimeError):
    """The layout failed, or ran out of its budget."""


class ProgramMissingError(VizError, RuntimeError):
    """A program that a format needs is not installed."""


class ExpressionError(VizError, ValueError):
    """A bad expression program.

    Parameters
    ----------
    message : str
        What is wrong, in one line.
    line : str, optional
        The source line at fault.
    column : int, optional
        Where in `line`, counted from 0.

    Examples
    --------
    >>> print(ExpressionError("attributes are not allowed", "a.real + b", 1))
    attributes are not allowed
      a.real + b
       ^
    """

    def __init__(self, message: str, line: str = "", column: int = 0) -> None:
        self.message = message
        self.line = line
        self.column = column
        super().__init__(message)

    def __str__(self) -> str:
        if not self.line:
            return self.message
        line, column = self.line.replace("\t", " "), self.column
        if column > _WINDOW or len(line) > 2 * _WINDOW:
            # A window on a long line, so that the caret is still below its place.
            start = max(0, column - _WINDOW)
            end = start + 2 * _WINDOW
            before, after = "…" * (start > 0), "…" * (end < len(line))
            line, column = before + line[start:end] + after, column - start + len(before)
        return f"{self.message}\n  {line}\n  {' ' * column}^"
