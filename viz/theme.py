"""Colours for light and dark pages.

Every outline and line has a contrast of 3:1 on white and on near-black alike, and all text stands
on a fill of its own with 4.5:1; so a transparent picture is legible on any page, even where `auto`
guesses the page wrongly.

Hues are Okabe and Ito's (https://jfly.uni-koeln.de/color/), safe for the colour-blind; the kinds
of node also differ by outline: leaf thick, intermediate thin, root double, constant dashed, a
group of nodes a sheet on another.
"""

from __future__ import annotations

from collections.abc import Mapping

from viz.diagram import Kind, Theme

__all__ = ["DARK", "LIGHT", "STROKE_WIDTH", "palette"]

_LINES = {
    "leaf-stroke": "#2b83c0",
    "intermediate-stroke": "#78808a",
    "root-stroke": "#d55e00",
    "group-stroke": "#9a6fb0",
    "constant-stroke": "#78808a",
    "edge": "#78808a",
    "label-stroke": "#78808a",
}

LIGHT: Mapping[str, str] = {
    **_LINES,
    "leaf-fill": "#eaf4fb",
    "intermediate-fill": "#ffffff",
    "root-fill": "#fff3ea",
    "group-fill": "#f7f1fa",
    "constant-fill": "#f6f7f8",
    "label-fill": "#ffffff",
    "text": "#1c2127",
    "sweep": "#9a3b00",
    "note": "#59626d",
}

DARK: Mapping[str, str] = {
    **_LINES,
    "leaf-fill": "#12283a",
    "intermediate-fill": "#1d2228",
    "root-fill": "#38200f",
    "group-fill": "#2a1e30",
    "constant-fill": "#1d2228",
    "label-fill": "#14181d",
    "text": "#eef1f4",
    "sweep": "#ffb27a",
    "note": "#a3adb8",
}

STROKE_WIDTH: Mapping[Kind, float] = {
    "leaf": 2.4,
    "intermediate": 1.3,
    "root": 1.6,
    "group": 1.8,
    "constant": 1.3,
}


def palette(theme: Theme) -> Mapping[str, str]:
    """Return the colours that are written into a picture; those of `auto` are the light ones.

    Examples
    --------
    >>> palette("dark")["text"]
    '#eef1f4'
    """
    return DARK if theme == "dark" else LIGHT
