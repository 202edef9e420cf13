"""Derivative diagrams: a graph of values as a picture, with the local derivative on every edge.

>>> import autograd_core as ag, viz
>>> a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
>>> c = a + b; d = b + 1; e = c * d
>>> viz.draw(e, names=locals()).to_svg().startswith("<svg")
True
>>> viz.path_count(e, b), viz.path_sum(e, b), viz.factored(e, b)
(2, 5.0, '1·2 + 1·3')
"""

from __future__ import annotations

from viz import plot
from viz.checking import Check, check
from viz.comparing import Change, Diff, diff
from viz.drawing import draw, to_networkx
from viz.errors import (
    ArgumentError,
    DrawingTooLargeError,
    ExpressionError,
    LayoutError,
    ProgramMissingError,
    VizError,
)
from viz.formula import FormulaText
from viz.networks import from_networkx
from viz.notation import from_paths
from viz.path_algebra import Path, factored, path_count, path_sum, paths
from viz.picture import Picture
from viz.region import PathEdge
from viz.stepping.frames import Frame
from viz.stepping.stepper import Stepper, step

__all__ = [
    "ArgumentError",
    "Change",
    "Check",
    "Diff",
    "DrawingTooLargeError",
    "ExpressionError",
    "FormulaText",
    "Frame",
    "LayoutError",
    "Path",
    "PathEdge",
    "Picture",
    "ProgramMissingError",
    "Stepper",
    "VizError",
    "check",
    "diff",
    "draw",
    "factored",
    "from_networkx",
    "from_paths",
    "path_count",
    "path_sum",
    "paths",
    "plot",
    "step",
    "to_networkx",
]
