"""Arrays as images: what filters look for, what they find, and which pixels matter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from viz.errors import ArgumentError
from viz.plot.axes import array_of, axes, ink

__all__ = ["feature_maps", "filters"]


def filters(conv: Any, most: int = 64, columns: int | None = None, ax: Any = None) -> Any:
    """Draw the kernels of a convolution side by side, all on one scale.

    Parameters
    ----------
    conv : module with weight, Value or array_like
        Shape ``(O, I, kH, kW)``. With I = 3 each filter is one image in red, green and blue, where
        grey is 0; else each of the O·I kernels is an image, I of them in a row.
    most : int
        How many are drawn; the title says of how many.
    columns : int, optional
        How many in a row.
    ax : matplotlib.axes.Axes, optional
        By default in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one image, in which the filters are separated by a pixel that is left empty.

    Raises
    ------
    ArgumentError
        If the weights have not four axes.
    ProgramMissingError
        If matplotlib is not installed.

    Examples
    --------
    >>> ax = filters(np.ones((8, 1, 3, 3)), columns=4)
    >>> ax.images[0].get_array().shape, ax.get_title()
    ((7, 15), '8 filters of 3 × 3')
    """
    weights = array_of(conv)
    if weights.ndim != 4:
        raise ArgumentError(f"filters: the weights have shape {weights.shape}; need (O, I, kH, kW)")
    count, inputs, height, width = weights.shape
    limit = float(np.max(np.abs(weights[np.isfinite(weights)]), initial=0.0)) or 1.0
    size = f"{height} × {width}"
    if inputs == 3:
        tiles, what = np.moveaxis(weights, 1, -1) / (2 * limit) + 0.5, f"filters of {size}, as RGB"
    else:
        tiles = weights.reshape(-1, height, width)
        what = f"filters of {size}" + (f" ({count} × {inputs} inputs)" if inputs > 1 else "")
        columns = columns or (inputs if inputs > 1 and inputs <= most else None)
    title = _counted(len(tiles), most, what)
    ax = _mosaic(tiles[:most], columns, ax, "RdBu_r", (-limit, limit), "weight")
    if inputs == 3:
        ax.set_xlabel(f"grey is 0; black and white are ∓{limit:.3g}")
    ax.set_title(title)
    return ax


def feature_maps(maps: Any, most: int = 64, columns: int | None = None, ax: Any = None) -> Any:
    """Draw what each channel responds to, all on one scale.

    Parameters
    ----------
    maps : Value or array_like
        Shape ``(C, H, W)``, or ``(1, C, H, W)``.
    most, columns, ax
        As for `filters`.

    Returns
    -------
    matplotlib.axes.Axes
        With one image of all channels. A channel of zeros, which responds to nothing, is marked
        ``∅`` at its corner.

    Raises
    ------
    ArgumentError
        If the array has another shape.
    ProgramMissingError
        If matplotlib is not installed.

    Examples
    --------
    >>> ax = feature_maps(np.arange(24.0).reshape(2, 3, 4))
    >>> ax.images[0].get_array().shape, ax.get_title()
    ((3, 9), '2 feature maps of 3 × 4')
    """
    data = array_of(maps)
    data = data[0] if data.ndim == 4 and len(data) == 1 else data
    if data.ndim != 3:
        raise ArgumentError(f"feature_maps: shape {np.shape(data)}; need (C, H, W) of one sample")
    finite = data[np.isfinite(data)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    high = high if high > low else low + 1.0
    shown = data[:most]
    ax = _mosaic(shown, columns, ax, "viridis", (low, high), "activation")
    rows, width = data.shape[1], data.shape[2]
    across = _columns(len(shown), columns)
    for i, tile in enumerate(shown):
        if not tile.any():
            ax.text(
                (i % across) * (width + 1), (i // across) * (rows + 1), "∅", color="white",
                ha="left", va="top",
            )  # fmt: skip
    ax.set_title(_counted(len(data), most, f"feature maps of {rows} × {width}"))
    return ax


def _mosaic(
    tiles: Any, columns: int | None, ax: Any, cmap: str, limits: tuple[float, float], label: str
) -> Any:
    """Draw images of shape ``(K, H, W)`` or ``(K, H, W, 3)`` as one, a pixel apart."""
    count, height, width = tiles.shape[:3]
    across = _columns(count, columns)
    down = -(-count // across)
    sheet = np.full((down * (height + 1) - 1, across * (width + 1) - 1, *tiles.shape[3:]), np.nan)
    for i, tile in enumerate(tiles):
        row, column = (i // across) * (height + 1), (i % across) * (width + 1)
        sheet[row : row + height, column : column + width] = tile
    side = 5.6
    ax = axes(ax, (side + 0.8, max(1.2, min(side * sheet.shape[0] / sheet.shape[1], 8.0)) + 0.6))
    if tiles.ndim == 4:  # transparent between the images
        opaque = np.isfinite(sheet).all(-1, keepdims=True)
        sheet = np.concatenate([np.where(opaque, sheet, 0.0).clip(0, 1), opaque], axis=-1)
        ax.imshow(sheet, interpolation="nearest")
    else:
        image = ax.imshow(
            sheet, cmap=cmap, vmin=limits[0], vmax=limits[1], interpolation="nearest"
        )  # fmt: skip
        ax.figure.colorbar(image, ax=ax, label=label, shrink=0.8)
    ax.set_xticks([(i + 0.5) * (width + 1) - 1 for i in range(across)], range(across))
    ax.set_yticks([(i + 0.5) * (height + 1) - 1 for i in range(down)], range(0, count, across))
    ax.tick_params(length=0, labelsize="small", labelcolor=ink(ax))
    ax.spines[:].set_visible(False)
    return ax


def _columns(count: int, columns: int | None) -> int:
    return min(count, columns or max(1, math.ceil(math.sqrt(count))))


def _counted(count: int, most: int, what: str) -> str:
    return f"the first {most} of {count:,} {what}" if count > most else f"{count} {what}"
