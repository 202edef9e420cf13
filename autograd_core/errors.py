"""The exceptions of the engine.

Every message says which op, what is wrong, the actual values, what is needed and
the remedy. Each class is also a ``ValueError`` or a ``TypeError``, so that code which
knows nothing of this package can still catch it::

    AutogradError
    ├── ShapeError          (ValueError)  shapes that do not fit together
    ├── DtypeError          (TypeError)   a dtype that the op or the gradient cannot have
    ├── ArgumentError       (ValueError)  a static argument: an axis, an index, a bound
    ├── UnsupportedError    (TypeError)   a numpy function or a Python operation without a rule
    ├── LinalgError         (ValueError)  a singular or indefinite matrix
    ├── AnomalyError        (ValueError)  the first NaN or inf, under detect_anomaly
    └── GradientError       (ValueError)  a gradient that does not exist
        ├── GraphFreedError               … because an earlier backward released the graph
        ├── MutationError                 … because an array changed since it was used
        └── MissingRuleError              … because the op declares no rule for that operand
"""

from __future__ import annotations

__all__ = [
    "AnomalyError",
    "ArgumentError",
    "AutogradError",
    "DtypeError",
    "GradientError",
    "GraphFreedError",
    "LinalgError",
    "MissingRuleError",
    "MutationError",
    "ShapeError",
    "UnsupportedError",
]


class AutogradError(Exception):
    """Base class of everything that the engine raises on purpose."""


class ShapeError(AutogradError, ValueError):
    """Shapes do not fit together."""


class DtypeError(AutogradError, TypeError):
    """A dtype that the op or the gradient cannot have."""


class ArgumentError(AutogradError, ValueError):
    """A static argument (an axis, an index, a bound) is not one the op takes."""


class UnsupportedError(AutogradError, TypeError):
    """A numpy function or Python operation that has no differentiable counterpart here."""


class LinalgError(AutogradError, ValueError):
    """A matrix that is singular, or not positive definite, where it must be."""


class AnomalyError(AutogradError, ValueError):
    """A NaN (or an inf, where asked for) appeared under `detect_anomaly`."""


class GradientError(AutogradError, ValueError):
    """The gradient asked for does not exist."""


class GraphFreedError(GradientError):
    """An earlier backward pass released what this one needs."""


class MutationError(GradientError):
    """An array was changed in place after an op had used it."""


class MissingRuleError(GradientError):
    """The op declares no derivative for this operand. It is never taken to be zero."""
