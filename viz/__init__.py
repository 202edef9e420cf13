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

__all__ = [
    "ArgumentError",
    "DrawingTooLargeError",
    "ExpressionError",
    "FormulaText",
    "LayoutError",
    "Path",
    "PathEdge",
    "Picture",
    "ProgramMissingError",
    "VizError",
    "draw",
    "factored",
    "from_networkx",
    "from_paths",
    "path_count",
    "path_sum",
    "paths",
    "to_networkx",
]
