"""A loss over two parameters, and how optimisers walk on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from viz.errors import ArgumentError
from viz.plot.axes import SERIES, axes

__all__ = ["loss_surface"]

_PER_DECADE = 3  # contour lines from one power of ten to the next


def loss_surface(
    loss: Callable[[float, float], Any],
    traces: Mapping[str, Any] | None = None,
    x: tuple[float, float] | None = None,
    y: tuple[float, float] | None = None,
    around: float | None = None,
    points: int = 120,
    names: tuple[str, str] = ("w₁", "w₂"),
    ax: Any = None,
) -> Any:
    """Draw the contour lines of a loss, spaced by a factor (three to a power of ten).

    With lines at equal distances the floor of a ravine is one empty area; counted from the least
    value and spaced by a factor, they show what is flat there and what is steep elsewhere.

    Parameters
    ----------
    loss : callable
        ``loss(w1, w2)``, a number or a scalar Value, at numbers.
    traces : mapping of str to array_like, optional
        Where optimisers went: shape ``(K, 2)`` each. What is not finite is left out.
    x, y : (float, float), optional
        What is shown; by default what the traces cover, with a margin, else −2 to 2.
    around : float, optional
        The value from which on the lines are spaced, upwards and downwards: at a saddle, the loss
        there. By default the least value in view.
    points : int
        On a side of the grid at which the loss is computed.
    names : (str, str)
        Of the two parameters.
    ax : matplotlib.axes.Axes, optional
        By default in a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ArgumentError
        If a trace is not of shape ``(K, 2)``, a range does not ascend, or the loss is nowhere
        finite.
    ProgramMissingError
        If matplotlib is not installed.

    Examples
    --------
    >>> ax = loss_surface(lambda a, b: a**2 + 10 * b**2, {"SGD": [[1, 1], [0.5, 0.1], [0, 0]]})
    >>> ax.lines[0].get_xydata().tolist()
    [[1.0, 1.0], [0.5, 0.1], [0.0, 0.0]]
    """
    paths = {str(name): _trace(name, trace) for name, trace in (traces or {}).items()}
    x = x or _cover([path[:, 0] for path in paths.values()])
    y = y or _cover([path[:, 1] for path in paths.values()])
    if not (x[0] < x[1] and y[0] < y[1] and points > 1):
        raise ArgumentError(
            f"loss_surface: x is {x}, y is {y}, points is {points}; need ranges that ascend and "
            "at least 2 points"
        )
    across, up = np.linspace(*x, points), np.linspace(*y, points)
    with np.errstate(all="ignore"):
        heights = np.array([[_number(loss(float(a), float(b))) for a in across] for b in up])
    if not np.isfinite(heights).any():
        raise ArgumentError(f"loss_surface: the loss is nowhere finite for x in {x} and y in {y}")
    ax = axes(ax, (6.2, 4.8))
    from matplotlib.patheffects import Normal, Stroke

    _contours(ax, across, up, heights, around)
    casing = [Stroke(linewidth=4, foreground="white"), Normal()]
    for i, (name, path) in enumerate(paths.items()):
        line = SERIES[(i + 1) % len(SERIES)]  # the first is the colour of the surface
        ax.plot(
            path[:, 0], path[:, 1], color=line.color, linestyle=line.linestyle, linewidth=2,
            label=name, path_effects=casing,
        )  # fmt: skip
        for at, marker in ((0, "o"), (-1, "*")):
            ax.plot(
                *path[at], marker=marker, color=line.color, linestyle="none",
                markersize=9 if at == 0 else 15, markeredgecolor="white", clip_on=False,
            )  # fmt: skip
    ax.set(
        xlim=x, ylim=y, xlabel=names[0], ylabel=names[1],
        title="Loss" + (": ● where each begins, ★ where it ends" if paths else ""),
    )  # fmt: skip
    if paths:
        ax.legend(frameon=True, framealpha=0.85)
    return ax


def _contours(ax: Any, across: Any, up: Any, heights: Any, around: float | None) -> None:
    from matplotlib.colors import SymLogNorm
    from matplotlib.ticker import FixedLocator

    finite = heights[np.isfinite(heights)]
    base = float(finite.min()) if around is None else around
    farthest = float(np.max(np.abs(finite - base)))
    if farthest == 0:
        return  # a plateau has no contour lines
    # The nearest that grid points come to it, but not so near that rounding is drawn.
    least = (1e-6 if around is None else 1e-3) * farthest
    nearest = max(float(np.quantile(np.abs(finite - base), 0.005)), least)
    steps = np.arange(
        math.floor(_PER_DECADE * math.log10(nearest)),
        math.ceil(_PER_DECADE * math.log10(farthest)) + 1,
    )
    above = 10.0 ** (steps / _PER_DECADE)
    levels = above if finite.min() >= base else np.concatenate([-above[::-1], above])
    norm = SymLogNorm(above[0], vmin=levels[0], vmax=levels[-1])
    drawn = {"levels": levels, "norm": norm, "extend": "both", "zorder": 0}
    shown = np.ma.masked_invalid(heights - base)
    filled = ax.contourf(across, up, shown, cmap="Blues_r", **drawn)
    ax.contour(across, up, shown, colors="#5a6b7b", linewidths=0.7, linestyles="solid", **drawn)
    bar = ax.figure.colorbar(filled, ax=ax, ticks=FixedLocator(levels[levels == _rounded(levels)]))
    bar.ax.yaxis.set_major_formatter(lambda level, _: f"{level:g}")
    bar.ax.minorticks_off()
    offset = f" {'−' if base > 0 else '+'} {abs(base):.3g}" if base else ""
    bar.set_label(f"loss{offset}" + (", counted from its least value here" * (around is None)))


def _rounded(levels: Any) -> Any:
    """The nearest powers of ten, with their signs."""
    return np.sign(levels) * 10.0 ** np.round(np.log10(np.abs(levels)))


def _trace(name: Any, trace: Any) -> Any:
    path = np.asarray(trace, dtype=np.float64)
    if path.ndim != 2 or path.shape[1] != 2 or not np.isfinite(path).all(axis=1).any():
        raise ArgumentError(
            f"loss_surface: traces[{name!r}] has shape {path.shape}; need (K, 2), with finite "
            "points among them"
        )
    return path[np.isfinite(path).all(axis=1)]


def _cover(values: list[Any]) -> tuple[float, float]:
    if not values:
        return -2.0, 2.0
    joined = np.concatenate(values)
    low, high = float(joined.min()), float(joined.max())
    margin = 0.15 * (high - low) or 1.0
    return low - margin, high + margin


def _number(value: Any) -> float:
    return float(getattr(value, "data", value))
