"""Gradient checking that explains itself.

`gradcheck` compares every derivative of a function with differences of the same function. Where
they disagree it says what is wrong, in which op and operand, on which line, and what to do.

>>> import numpy as np
>>> import autograd_core as ag
>>> from autograd_core.checking import gradcheck
>>> report = gradcheck(lambda x: ag.sum(ag.tanh(x) * x), np.array([0.5, -1.0]))
>>> report.ok
True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .adapters import from_jax, from_torch
from .check import assert_gradients, gradcheck
from .mutants import mutants
from .report import GradcheckError, GradReport
from .verdicts import Verdict

if TYPE_CHECKING:
    from . import strategies

__all__ = [
    "GradReport",
    "GradcheckError",
    "Verdict",
    "assert_gradients",
    "from_jax",
    "from_torch",
    "gradcheck",
    "mutants",
    "strategies",
]


def __getattr__(name: str) -> Any:
    # Hypothesis is imported by whoever asks for strategies, and by nobody else.
    if name == "strategies":
        return importlib.import_module(".strategies", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
