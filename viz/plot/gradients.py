"""How gradients fare on their way back: through layers, and through time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np

from viz.diagram import check_choice
from viz.errors import ArgumentError
from viz.plot.axes import BAD, GOOD, SERIES, WARM, axes, ink
from viz.plot.unrolled import state_norms

__all__ = ["gradient_flow", "gradient_through_time"]

# What is marked, by shape and by colour: (marker, colour, filled, legend).
_MARKS = {
    "fine": ("o", GOOD, True, "between the thresholds"),
    "vanishing": ("v", WARM, True, "vanishing: below {low:g}"),
    "exploding": ("^", BAD, True, "exploding: above {high:g}"),
    "zero": ("v", WARM, False, "exactly 0"),
    "nan": ("X", BAD, True, "NaN or infinite"),
    "none": ("o", "#78808a", False, "no gradient"),
}


def gradient_flow(
    model: Any,
    per: Literal["parameter", "layer"] = "parameter",
    vanishing: float = 1e-6,
    exploding: float = 1e2,
    ax: Any = None,
) -> Any:
    """Draw the Euclidean norm of every gradient, on a logarithmic scale, first layer on top.

    Parameters
    ----------
    model : object with named_parameters(), or mapping or iterable of (str, parameter)
        After a backward pass: each parameter has `.grad`, an array or ``None``.
    per : {"parameter", "layer"}
        A line for each parameter, or for all parameters of a layer together (those whose names
        agree up to the last dot).
    vanishing, exploding : float
        Norms below and above are marked. The defaults are where training goes wrong in practice:
        below 1e-6 a step of 0.1 is lost in the rounding of float32 weights near 1 (2⁻²³ ≈ 1e-7);
        100 is a hundred times what gradients are usually clipped to.
    ax : matplotlib.axes.Axes, optional
        By default in a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ArgumentError
        If there are no parameters, or the thresholds are not 0 < vanishing < exploding.
    ProgramMissingError
        If matplotlib is not installed.

    Examples
    --------
    >>> import autograd_core as ag
    >>> w, b = ag.Value([3.0, 4.0]), ag.Value(0.0)
    >>> ((w**2).sum() / 2 + 0 * b).backward()
    >>> ax = gradient_flow({"w": w, "b": b})
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['between the thresholds', 'exactly 0']
    """
    check_choice("per", per, ("parameter", "layer"))
    if not 0 < vanishing < exploding:
        raise ArgumentError(
            f"vanishing is {vanishing}, exploding is {exploding}; need 0 < vanishing < exploding"
        )
    norms = _norms(model, per)
    if not norms:
        raise ArgumentError("gradient_flow: the model has no parameters")
    ax = axes(ax, (6.4, 1.6 + 0.28 * len(norms)))
    places = {name: place for place, name in enumerate(norms)}
    shown = [n for n in norms.values() if n is not None and math.isfinite(n) and n > 0]
    low = 10.0 ** math.floor(math.log10(min([*shown, 1.0])) - 0.5)
    high = 10.0 ** math.ceil(math.log10(max([*shown, low * 100])) + 0.5)
    ax.set(xscale="log", xlim=(low, high), ylim=(len(norms) - 0.4, -0.6))
    ax.set_yticks(range(len(norms)), list(norms))
    for threshold in (vanishing, exploding):
        if low < threshold < high:
            ax.axvline(threshold, color=ink(ax), linewidth=0.8, linestyle=(0, (2, 3)))
    for kind, (marker, colour, filled, legend) in _MARKS.items():
        chosen = {k: n for k, n in norms.items() if _kind(n, vanishing, exploding) == kind}
        if not chosen:
            continue
        y = [places[name] for name in chosen]
        look = {"marker": marker, "markersize": 8, "linestyle": "none", "color": colour,
                "markerfacecolor": colour if filled else "none", "markeredgewidth": 1.6,
                "label": legend.format(low=vanishing, high=exploding)}  # fmt: skip
        if kind in ("zero", "nan", "none"):  # no place on the scale: at its edge
            edge = 0.98 if kind == "nan" else 0.02
            ax.plot([edge] * len(y), y, transform=ax.get_yaxis_transform(), **look)
        else:
            ax.hlines(y, low, list(chosen.values()), color=colour, linewidth=1.4, alpha=0.6)
            ax.plot(list(chosen.values()), y, **look)
    ax.set(
        xlabel=r"$\|\partial\,\mathrm{loss}/\partial\theta\|_2$",
        ylabel=per,
        title=f"Gradient norm of each {per}",
    )
    ax.grid(axis="x", alpha=0.25)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.55 / (0.4 + 0.28 * len(norms))), ncols=3,
              frameon=False, fontsize="small")  # fmt: skip
    return ax


def gradient_through_time(models: Any, x: Any = None, loss: Any = None, ax: Any = None) -> Any:
    """Draw ‖∂loss_T/∂h_t‖ over the time steps t, for one recurrent network or for several.

    Parameters
    ----------
    models : module, callable, pair (loss, states), or mapping of names to these
        - A recurrent layer, ``layer(x, state) -> (output, state)`` with `num_layers`, or a cell,
          ``cell(x_t, state) -> state``: it is run over `x` step by step.
        - A callable without parameters of its own: ``f(x) -> (loss, states)``.
        - A pair of a scalar Value and the list of the states h_1 … h_T it was computed from.
    x : array_like, optional
        Shape ``(T, N, D)``; ``(N, T, D)`` for a layer with `batch_first`.
    loss : callable, optional
        ``loss(output_T) -> Value``, a scalar; by default the sum of the last step's output.
    ax : matplotlib.axes.Axes, optional
        By default in a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ArgumentError
        If a network runs in both directions, `x` is missing, or the loss is no scalar Value.
    ProgramMissingError
        If matplotlib is not installed.

    Notes
    -----
    h_t stands for all that a network hands on from step t to t + 1: for an LSTM both h and c.
    The derivative is by what is handed on, all layers together. A norm of 0 (underflow, or a cut)
    has no place on the logarithmic scale and is marked on the lower edge.

    Examples
    --------
    >>> import autograd_core as ag
    >>> h = [ag.Value(1.0)]
    >>> for t in range(3):
    ...     h.append(h[-1] * 0.5)
    >>> line = gradient_through_time((h[-1] * 1.0, h[1:])).lines[0]
    >>> [float(norm) for norm in line.get_ydata()]
    [0.25, 0.5, 1.0]
    """
    named = dict(models) if isinstance(models, Mapping) else {"": models}
    norms = {name: state_norms(model, x, loss) for name, model in named.items()}
    ax = axes(ax)
    ax.set_yscale("log")
    for i, (name, norm) in enumerate(norms.items()):
        color, style, marker = SERIES[i % len(SERIES)]
        t = np.arange(1, len(norm) + 1)
        drawn = np.where(np.isfinite(norm) & (norm > 0), norm, np.nan)
        ax.plot(
            t, drawn, color=color, linestyle=style, marker=marker, markersize=4,
            markevery=max(1, len(norm) // 12), label=name or "_nolegend_",
        )  # fmt: skip
        for what, chosen, edge in (("v", norm == 0, 0.02), ("X", ~np.isfinite(norm), 0.98)):
            if chosen.any():
                ax.plot(
                    t[chosen], np.full(chosen.sum(), edge), marker=what, color=color,
                    markerfacecolor="none", linestyle="none", clip_on=False,
                    transform=ax.get_xaxis_transform(),
                    label=f"{name}: {'0' if what == 'v' else 'NaN or infinite'}".lstrip(": "),
                )  # fmt: skip
    ax.set(
        xlabel="time step t", ylabel=r"$\|\partial\,\mathrm{loss}_T/\partial h_t\|_2$",
        title="How far back in time the gradient of the last step reaches",
    )  # fmt: skip
    ax.grid(alpha=0.25)
    if ax.get_legend_handles_labels()[1]:
        ax.legend(frameon=False)
    return ax


def _norms(model: Any, per: str) -> dict[str, float | None]:
    """The norms by name; ``None`` without a gradient."""
    given: Iterable[tuple[str, Any]]
    if hasattr(model, "named_parameters"):
        given = model.named_parameters()
    else:
        given = model.items() if isinstance(model, Mapping) else model
    squares: dict[str, list[float]] = {}
    for name, parameter in given:
        key = name.rpartition(".")[0] or name if per == "layer" else name
        found = squares.setdefault(key, [])
        if parameter.grad is not None:
            found.append(float(np.linalg.norm(np.asarray(parameter.grad, np.float64).ravel())))
    return {name: math.hypot(*found) if found else None for name, found in squares.items()}


def _kind(norm: float | None, vanishing: float, exploding: float) -> str:
    if norm is None:
        return "none"
    if not math.isfinite(norm):
        return "nan"
    if norm == 0:
        return "zero"
    return "vanishing" if norm < vanishing else "exploding" if norm > exploding else "fine"
