"""Which pixels a score depends on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from viz.errors import ArgumentError
from viz.plot.axes import array_of, axes

__all__ = ["saliency"]


def saliency(
    model: Any, x: Any, target: int | None = None, image: Any = None, ax: Any = None
) -> Any:
    """Draw how strongly the score of a class depends on each pixel, over the image [1]_.

    Parameters
    ----------
    model : callable
        ``model(batch) -> scores`` of shape ``(1, K)``. A module is switched to evaluation
        meanwhile. The gradients of its parameters are left as they are.
    x : array_like
        One sample, ``(C, H, W)``, ``(H, W)``, or whatever the model takes; without a batch axis.
    target : int, optional
        The class; by default the one with the highest score.
    image : array_like, optional
        What is shown beneath, ``(H, W)``, ``(1, H, W)`` or ``(3, H, W)``; by default `x`. Needed
        where `x` is a flat vector.
    ax : matplotlib.axes.Axes, optional
        By default in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Its first image is the sample in grey, the second the saliency: the largest
        |∂score/∂x| over the channels. It is the more opaque the larger it is.

    Raises
    ------
    ArgumentError
        If the model does not give the scores of one sample, there is no such class, or the
        image does not fit.
    ProgramMissingError
        If matplotlib is not installed.

    References
    ----------
    .. [1] K. Simonyan, A. Vedaldi, A. Zisserman, "Deep inside convolutional networks: visualising
       image classification models and saliency maps", ICLR 2014, section 3.

    Examples
    --------
    >>> import autograd_core as ag
    >>> weights = np.array([[0.0, 1.0, 0.0, -3.0], [0.0, 0.0, 0.0, 0.0]])
    >>> ax = saliency(lambda x: x @ weights.T, np.ones(4), 0, image=np.ones((2, 2)))
    >>> ax.images[1].get_array().tolist()
    [[0.0, 1.0], [0.0, 3.0]]
    """
    score, gradient, chosen = _gradient(model, x, target)
    grey = _grey(array_of(x if image is None else image))
    strength = np.abs(gradient)
    if strength.size == grey.size:
        strength = strength.reshape(grey.shape)
    elif strength.shape[-2:] == grey.shape:
        strength = strength.max(axis=tuple(range(strength.ndim - 2)))
    else:
        raise ArgumentError(
            f"saliency: the sample has shape {gradient.shape}, the image {grey.shape}; need an "
            "image of the sample's height and width"
        )
    ax = axes(ax, (5.4, 4.4))
    ax.imshow(grey, cmap="gray", interpolation="nearest")
    largest = float(strength.max()) or 1.0
    over = ax.imshow(
        strength, cmap="inferno", alpha=(strength / largest) ** 0.5 * 0.9, vmin=0, vmax=largest,
        interpolation="nearest",
    )  # fmt: skip
    bar = ax.figure.colorbar(over, ax=ax)
    bar.set_label("|∂score/∂pixel|")
    bar.solids.set_alpha(1)
    ax.set(
        xlabel="column (pixels)", ylabel="row (pixels)",
        title=f"What the score of class {chosen} ({score:.3g}) depends on",
    )  # fmt: skip
    return ax


def _gradient(model: Any, x: Any, target: int | None) -> tuple[float, Any, int]:
    """The score of a class, its gradient by a sample, and the class."""
    from autograd_core import Value
    from autograd_core.graph import Graph

    data = np.asarray(getattr(x, "data", x))
    parameters = list(model.parameters()) if hasattr(model, "parameters") else []
    kind = np.asarray(parameters[0].data).dtype if parameters else np.float64
    leaf = Value(data[None].astype(kind))
    with _evaluating(model):
        scores = model(leaf)
    if not isinstance(scores, Value) or scores.ndim != 2 or scores.shape[0] != 1:
        raise ArgumentError(
            f"saliency: the model gave a {type(scores).__name__} of shape {np.shape(scores)} for "
            "one sample; need scores of shape (1, K)"
        )
    chosen = int(np.argmax(scores.data)) if target is None else target
    if not 0 <= chosen < scores.shape[1]:
        raise ArgumentError(f"saliency: class {chosen}; there are 0 to {scores.shape[1] - 1}")
    score = scores[0, chosen]
    graph = Graph.of(score)
    found = graph.cotangents().get(graph.node(leaf)) if leaf in graph else None
    gradient = np.zeros(data.shape) if found is None else np.asarray(found[0], np.float64)
    return float(score.data), gradient, chosen


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    """Switch a module to evaluation, and each of its parts back to what it was."""
    if not (hasattr(model, "named_modules") and hasattr(model, "eval")):
        yield
        return
    before = [(module, module.training) for _, module in model.named_modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training


def _grey(image: Any) -> Any:
    if image.ndim == 3 and image.shape[0] in (1, 3):
        image = image.mean(axis=0)
    if image.ndim != 2:
        raise ArgumentError(
            f"saliency: the image has shape {image.shape}; need (H, W), (1, H, W) or (3, H, W), "
            "given as image= where the sample is a flat vector"
        )
    return image
