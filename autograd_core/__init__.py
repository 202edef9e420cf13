"""Reverse-mode automatic differentiation that can be looked into.

>>> import autograd_core as ag
>>> a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
>>> c = a + b; d = b + 1; e = c * d
>>> e.backward()
>>> a.grad, b.grad
(2.0, 5.0)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .value import Value  # first: it and the ops it is made of need each other

# isort: split
from . import errors, forward, graph, ops, reverse
from .cases import Case, Domain
from .checkpoints import checkpoint
from .context import detect_anomaly, enable_grad, no_grad, scope
from .declare import bilinear, composite, elementwise, linear, primitive
from .functional import grad, jvp, value_and_grad, vjp
from .jacobians import hessian, hvp, jacfwd, jacrev
from .op import Kernel, Op
from .ops import *  # noqa: F403

if TYPE_CHECKING:
    from . import checking
    from .checking import assert_gradients, gradcheck

__version__ = "0.1.0"

__all__ = [
    "Case",
    "Domain",
    "Kernel",
    "Op",
    "Value",
    "assert_gradients",
    "bilinear",
    "checking",
    "checkpoint",
    "composite",
    "detect_anomaly",
    "elementwise",
    "enable_grad",
    "errors",
    "forward",
    "grad",
    "gradcheck",
    "graph",
    "hessian",
    "hvp",
    "jacfwd",
    "jacrev",
    "jvp",
    "linear",
    "no_grad",
    "ops",
    "primitive",
    "reverse",
    "scope",
    "value_and_grad",
    "vjp",
]
__all__ += [name for name in ops.__all__ if name not in ("FAMILIES", "OPS")]


def __getattr__(name: str) -> Any:
    # The checker is as large as the engine: only who checks imports it.
    if name in ("assert_gradients", "checking", "gradcheck"):
        checking = importlib.import_module(".checking", __name__)
        return checking if name == "checking" else getattr(checking, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
