"""What can be wrong with data: a file that is not what it should be, or is not there."""

from __future__ import annotations

from autograd_core.errors import AutogradError

__all__ = ["DataError", "MissingDataError"]


class DataError(AutogradError, ValueError):
    """The content of a file is not what its format says."""


class MissingDataError(AutogradError, FileNotFoundError):
    """A data set is in none of the places where it was looked for."""
