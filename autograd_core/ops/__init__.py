"""All ops, by name.

Each is declared in the module of its family, and nowhere else; `OPS` collects them, so
that tests, tables and pictures can go through all declarations.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..op import Op
from . import (
    activation,
    arithmetic,
    exponential,
    indexing,
    linalg,
    reduction,
    shape,
    special,
    trigonometric,
)
from .activation import *  # noqa: F403
from .arithmetic import *  # noqa: F403
from .exponential import *  # noqa: F403
from .indexing import *  # noqa: F403
from .linalg import *  # noqa: F403
from .reduction import *  # noqa: F403
from .shape import *  # noqa: F403
from .special import *  # noqa: F403
from .trigonometric import *  # noqa: F403

FAMILIES = (arithmetic, exponential, trigonometric, activation, special, reduction, shape, indexing, linalg)
"""The modules that declare ops, in the order of the documentation."""

__all__ = [name for family in FAMILIES for name in family.__all__]

OPS: Mapping[str, Op] = MappingProxyType(
    {op.name: op for family in FAMILIES for op in vars(family).values() if isinstance(op, Op)}
)
"""Every op, by its name."""
