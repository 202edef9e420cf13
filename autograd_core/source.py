"""Where in the user's program a node was made.

Recording must cost next to nothing, so a node keeps only the code object and the
instruction offset; the file, the line and its text are looked up when an error or a
picture asks for them.
"""

from __future__ import annotations

import linecache
import os
import sys
from types import CodeType
from typing import NamedTuple

__all__ = ["Site", "SourceLine", "caller", "locate", "pass_over"]

Site = tuple[CodeType, int]

PACKAGES: tuple[str, ...] = ()
"""The directories whose frames are not the user's; see `pass_over`."""


def pass_over(filename: str) -> None:
    """Treat the frames of a package as machinery: its callers are whom a node points to.

    Parameters
    ----------
    filename : str
        The ``__file__`` of the package's ``__init__``.
    """
    global PACKAGES
    PACKAGES = (*PACKAGES, os.path.dirname(os.path.abspath(filename)) + os.sep)


pass_over(__file__)


class SourceLine(NamedTuple):
    """A line of the user's program."""

    filename: str
    line: int
    text: str

    def __str__(self) -> str:
        name = os.path.basename(self.filename)
        return f"{name}, line {self.line}" + (f": {self.text}" if self.text else "")


def caller(depth: int = 1) -> Site:
    """The innermost position outside the packages that are passed over.

    Parameters
    ----------
    depth : int
        How many frames to skip unseen. Looking at one costs a tenth of a microsecond.

    Returns
    -------
    tuple
        Code object and instruction offset, for `locate`.
    """
    frame = sys._getframe(depth)
    while frame.f_code.co_filename.startswith(PACKAGES) and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code, frame.f_lasti


def locate(site: Site | None) -> SourceLine | None:
    """Look a site up.

    Parameters
    ----------
    site : Site or None
        As `caller` gave it.

    Returns
    -------
    SourceLine or None
        ``None`` if nothing was recorded.
    """
    if site is None:
        return None
    code, offset = site
    line = code.co_firstlineno
    for start, end, at in code.co_lines():
        if start <= offset < end and at is not None:
            line = at
            break
    return SourceLine(code.co_filename, line, linecache.getline(code.co_filename, line).strip())
