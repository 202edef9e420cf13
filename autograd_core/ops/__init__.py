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
    adaptive_pooling,
    arithmetic,
    batch_standardising,
    convolution,
    cumulative,
    dense,
    dropping,
    exponential,
    gated,
    indexing,
    joining,
    linalg,
    lookup,
    loss,
    normalising,
    pooling,
    products,
    recurrent,
    recursive,
    reduction,
    shape,
    special,
    standardising,
    trigonometric,
)
from .activation import *  # noqa: F403
from .adaptive_pooling import *  # noqa: F403
from .arithmetic import *  # noqa: F403
from .batch_standardising import *  # noqa: F403
from .convolution import *  # noqa: F403
from .cumulative import *  # noqa: F403
from .dense import *  # noqa: F403
from .dropping import *  # noqa: F403
from .exponential import *  # noqa: F403
from .gated import *  # noqa: F403
from .indexing import *  # noqa: F403
from .joining import *  # noqa: F403
from .linalg import *  # noqa: F403
from .lookup import *  # noqa: F403
from .loss import *  # noqa: F403
from .normalising import *  # noqa: F403
from .pooling import *  # noqa: F403
from .products import *  # noqa: F403
from .recurrent import *  # noqa: F403
from .recursive import *  # noqa: F403
from .reduction import *  # noqa: F403
from .shape import *  # noqa: F403
from .special import *  # noqa: F403
from .standardising import *  # noqa: F403
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
    convolution,
    pooling,
    adaptive_pooling,
    batch_standardising,
    standardising,
    dropping,
    dense,
    lookup,
    loss,
    recurrent,
    gated,
    recursive,
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
__all__ += convolution.__all__
__all__ += pooling.__all__
__all__ += adaptive_pooling.__all__
__all__ += batch_standardising.__all__
__all__ += standardising.__all__
__all__ += dropping.__all__
__all__ += dense.__all__
__all__ += lookup.__all__
__all__ += loss.__all__
__all__ += recurrent.__all__
__all__ += gated.__all__
__all__ += recursive.__all__
