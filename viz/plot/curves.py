"""Curves: an activation and its slope, a training's history, a learning-rate range test."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from viz.errors import ArgumentError
from viz.plot.axes import BAD, GOOD, SERIES, array_of, axes, grid, ink

__all__ = ["activation", "history", "lr_range"]

_LOG = frozenset(("lr",))
_TRIVIAL = frozenset(("epoch", "seconds"))


def activation(
    fn: Callable[[Any], Any],
    derivative: bool = True,
    range: tuple[float, float] = (-5.0, 5.0),
    name: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw an elementwise function, and its derivative as automatic differentiation has it.

    Parameters
    ----------
    fn : callable
        From a Value of shape ``(K,)`` to one of the same shape: an op, a module, a lambda.
    derivative : bool
        Whether to draw f′ as well.
    range : (float, float)
        From which x to which.
    name : str, optional
        What the function is called; by default by its own name.
    ax : matplotlib.axes.Axes, optional
        By default in a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ArgumentError
        If the range is not ascending, or `fn` does not return a Value of its argument's shape.
    ProgramMissingError
        If matplotlib is not installed.

    Examples
    --------
    >>> import autograd_core as ag
    >>> ax = activation(ag.tanh, range=(-2, 2))
    >>> [line.get_label() for line in ax.lines[-2:]]
    ['tanh(x)', 'tanh′(x)']
    """
    from autograd_core import Value
    from autograd_core.graph import Graph

    low, high = map(float, range)
    if not low < high:
        raise ArgumentError(f"activation: range is {range}; need one that ascends")
    # An even number of points: none is 0, where many activations have their kink.
    x = Value(np.linspace(low, high, 800))
    y = fn(x)
    if not isinstance(y, Value) or y.shape != x.shape:
        what = f"{type(y).__name__} of shape {np.shape(y)}"
        raise ArgumentError(f"activation: fn returned a {what}; need a Value of shape {x.shape}")
    called = name or getattr(fn, "__name__", None) or getattr(fn, "name", None)
    called = called if called and called.isidentifier() else type(fn).__name__
    called = "f" if called == "function" else called
    ax = axes(ax)
    for side in (ax.axhline, ax.axvline):
        side(0, color=ink(ax), linewidth=0.8, alpha=0.5, zorder=1)
    drawn = [(y.data, f"{called}(x)", SERIES[0])]
    if derivative:
        graph = Graph.of(y)
        slope = graph.cotangents(np.ones(x.shape)).get(graph.node(x)) if x in graph else None
        slope = np.zeros(x.shape) if slope is None else slope
        drawn.append((slope, f"{called}′(x)", SERIES[1]))
    for data, label, line in drawn:
        ax.plot(x.data, data, color=line.color, linestyle=line.linestyle, linewidth=2, label=label)
    ax.set(xlabel="x", ylabel="value", xlim=(low, high), title=called)
    if derivative:
        ax.set(ylabel="value, slope", title=f"{called} and its derivative")
    ax.grid(alpha=0.25)
    ax.legend(frameon=False)
    return ax


def history(history: Any, names: Sequence[str] | None = None, ax: Any = None) -> list[Any]:
    """Draw what was measured in each epoch: one panel per quantity, training beside validation.

    Parameters
    ----------
    history : History, Trainer or mapping
        Columns by name (``to_dict()``, or the `history` of a trainer); `validation_loss` belongs to
        `loss`. ``None`` and NaN are gaps.
    names : sequence of str, optional
        Which quantities; by default all but the epoch's number and its seconds.
    ax : matplotlib.axes.Axes or sequence of them, optional
        As many as quantities; by default in a new figure.

    Returns
    -------
    list of matplotlib.axes.Axes
        One for each quantity.

    Raises
    ------
    ArgumentError
        If there is no such column, or no epoch yet.
    ProgramMissingError
        If matplotlib is not installed.

    Examples
    --------
    >>> (ax,) = history({"loss": [2.0, 1.0], "validation_loss": [2.1, 1.4]})
    >>> [line.get_label() for line in ax.lines]
    ['training', 'validation', 'lowest: 1.4 in epoch 2']
    """
    columns = _columns(history)
    epochs = columns.get("epoch") or [*range(1, len(next(iter(columns.values()), ())) + 1)]
    if not epochs:
        raise ArgumentError("history: there is no epoch yet")
    base = [name.removeprefix("validation_") for name in columns]
    wanted = [name for name in dict.fromkeys(base) if name not in _TRIVIAL]
    wanted = wanted if names is None else list(names)
    missing = [name for name in wanted if name not in base]
    if missing or not wanted:
        raise ArgumentError(f"history: no column {missing}; there are {', '.join(columns)}")
    panels = grid(ax, len(wanted))
    for panel, name in zip(panels, wanted, strict=True):
        for line, key, label in (
            (SERIES[0], name, "training"), (SERIES[1], f"validation_{name}", "validation"),
        ):  # fmt: skip
            if key in columns:
                values = np.array([np.nan if v is None else v for v in columns[key]], np.float64)
                panel.plot(
                    epochs, values, color=line.color, linestyle=line.linestyle, label=label,
                    marker=line.marker, markersize=4, markevery=max(1, len(epochs) // 12),
                )  # fmt: skip
                if label == "validation" and name == "loss" and np.isfinite(values).any():
                    at = int(np.nanargmin(np.where(np.isfinite(values), values, np.nan)))
                    panel.plot(
                        epochs[at], values[at], marker="*", markersize=13, color=BAD,
                        linestyle="none", label=f"lowest: {values[at]:.3g} in epoch {epochs[at]}",
                    )  # fmt: skip
        panel.set(xlabel="epoch", ylabel=name, title=f"{name} over the epochs")
        if name.split("_")[0] in _LOG:
            panel.set_yscale("log")
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.grid(alpha=0.25)
        if len(panel.lines) > 1:
            panel.legend(frameon=False, fontsize="small")
    return panels


def lr_range(result: Any, ax: Any = None) -> Any:
    """Draw a learning-rate range test: the loss over the rate, and the rate it suggests.

    Parameters
    ----------
    result : object with lrs, losses, smoothed and suggestion
        Such as `nn.optim.lr_range_test` returns; arrays of shape ``(K,)`` and a number, which may
        be NaN.
    ax : matplotlib.axes.Axes, optional
        By default in a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ProgramMissingError
        If matplotlib is not installed.

    Notes
    -----
    The vertical axis shows the fall of the smoothed loss, and as much above its beginning. The end,
    where training diverges by design, lies far above that.
    """
    lrs, losses, smoothed = map(array_of, (result.lrs, result.losses, result.smoothed))
    ax = axes(ax)
    ax.plot(lrs, losses, color="#78808a", linewidth=1, alpha=0.7, label="loss of each batch")
    ax.plot(lrs, smoothed, color=GOOD, linewidth=2.2, label="smoothed")
    rate = float(result.suggestion)
    if math.isfinite(rate):
        y = float(np.interp(math.log(rate), np.log(lrs), smoothed))
        ax.axvline(rate, color=BAD, linestyle=(0, (5, 2)), linewidth=1.4)
        ax.plot(rate, y, "o", color=BAD, label=f"suggestion: {rate:.2g} (steepest fall)")
    finite = smoothed[np.isfinite(smoothed)]
    if finite.size:
        low, start = float(finite.min()), float(finite[: int(finite.argmin()) + 1].max())
        high = min(float(finite.max()), start + (start - low))
        room = 0.08 * (high - low) or 1.0
        ax.set_ylim(low - room, high + room)
    ax.set(
        xscale="log", xlabel="learning rate", ylabel="loss", title="Learning-rate range test"
    )  # fmt: skip
    ax.grid(alpha=0.25)
    ax.legend(frameon=False)
    return ax


def _columns(given: Any) -> dict[str, list[Any]]:
    found = getattr(given, "history", given)
    if hasattr(found, "to_dict"):
        found = found.to_dict()
    if not isinstance(found, Mapping):
        raise ArgumentError(
            f"history: got a {type(given).__name__}; need columns by name, or something with "
            "to_dict() or with a history"
        )
    return {str(name): list(column) for name, column in found.items()}
