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
    cumulative,
    exponential,
    indexing,
    joining,
    linalg,
    normalising,
    products,
    reduction,
    shape,
    special,
    trigonometric,
)
from .activation import *  # noqa: F403
from .arithmetic import *  # noqa: F403
from .cumulative import *  # noqa: F403
from .exponential import *  # noqa: F403
from .indexing import *  # noqa: F403
from .joining import *  # noqa: F403
from .linalg import *  # noqa: F403
from .normalising import *  # noqa: F403
from .products import *  # noqa: F403
from .reduction import *  # noqa: F403
from .shape import *  # noqa: F403
from .special import *  # noqa: F403
from .trigonometric import *  # noqa: F403

FAMILIES = (
    arithmetic,
    exponential,
    trigonometric,
    activation,
    special,
    reduction,
    normalising,
    cumulative,
    shape,
    joining,
    indexing,
    products,
    linalg,
)
"""The modules that declare ops, in the order of the documentation."""

OPS: Mapping[str, Op] = MappingProxyType(
    {op.name: op for family in FAMILIES for op in vars(family).values() if isinstance(op, Op)}
)
"""Every op, by its name."""

# Spelled out, because this is the form that type checkers understand.
__all__ = ["FAMILIES", "OPS"]
__all__ += arithmetic.__all__
__all__ += exponential.__all__
__all__ += trigonometric.__all__
__all__ += activation.__all__
__all__ += special.__all__
__all__ += reduction.__all__
__all__ += normalising.__all__
__all__ += cumulative.__all__
__all__ += shape.__all__
__all__ += joining.__all__
__all__ += indexing.__all__
__all__ += products.__all__
__all__ += linalg.__all__
