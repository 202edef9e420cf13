"""Plots, where one would rather look than read. They need matplotlib (extra `plot`).

Each function takes `ax`, draws there or in a new figure, and returns the Axes, to be changed at
will. Whatever has the attributes that a function names can be drawn: a module, an array, a table.

>>> import autograd_core as ag, viz
>>> ax = viz.plot.activation(ag.relu)
>>> ax.get_title()
'relu and its derivative'
"""

from __future__ import annotations

from viz.plot.animation import Animation, animate
from viz.plot.curves import activation, history, lr_range
from viz.plot.gradients import gradient_flow, gradient_through_time
from viz.plot.images import feature_maps, filters
from viz.plot.matrix import confusion
from viz.plot.salience import saliency
from viz.plot.surface import loss_surface

__all__ = [
    "Animation",
    "activation",
    "animate",
    "confusion",
    "feature_maps",
    "filters",
    "gradient_flow",
    "gradient_through_time",
    "history",
    "loss_surface",
    "lr_range",
    "saliency",
]
