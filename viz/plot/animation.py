"""A tour through a graph as one animated SVG: nothing to click, no script, nothing loaded.

A document, a slide and a README show it as they show any image. The steps are CSS keyframes; who
asked for reduced motion sees the end, still.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from viz.errors import ArgumentError
from viz.files import write_atomically
from viz.metrics import FONT_SIZE, LINE_HEIGHT, fitted, text_width
from viz.svg import escape

if TYPE_CHECKING:
    from viz.stepping.stepper import Stepper

__all__ = ["Animation", "animate"]

_CAPTION = ("title", "arithmetic")
_NOW = "#d55e00"  # 3:1 on white and on black


def animate(stepper: Stepper, seconds: float = 1.6, pause: float = 3.0) -> Animation:
    """Make an animated SVG of a training step's graph, from a stepper.

    Parameters
    ----------
    stepper : viz.Stepper
        As `viz.step` returns it; ``mode="both"`` goes up through the values and down through the
        gradients.
    seconds : float
        How long a frame is shown.
    pause : float
        How much longer the last one is, before all begins anew.

    Returns
    -------
    Animation
        Shows itself in Jupyter; `to_svg` and `save`.

    Raises
    ------
    ArgumentError
        If the times are not positive, or what is given is no stepper.

    Examples
    --------
    >>> import autograd_core as ag, viz
    >>> x = ag.Value(3.0, name="x")
    >>> animation = viz.plot.animate(viz.step(x * x, mode="both"), seconds=1)
    >>> animation.seconds, animation.to_svg().startswith("<svg")
    (8.0, True)
    """
    if not hasattr(stepper, "frames"):
        raise ArgumentError(f"animate: got a {type(stepper).__name__}; need what viz.step returns")
    if not (seconds > 0 and pause >= 0):
        raise ArgumentError(f"animate: seconds is {seconds}, pause is {pause}; need seconds > 0")
    return Animation(stepper._tour(), seconds, pause)


class Animation:
    """An animated SVG, as returned by `viz.plot.animate`.

    Parameters
    ----------
    tour : dict
        As `viz.stepping.tour.tour_of` makes it.
    each, pause : float
        Seconds per frame, and more for the last.

    Attributes
    ----------
    seconds : float
        How long it runs until it begins anew.
    """

    def __init__(self, tour: dict[str, Any], each: float, pause: float) -> None:
        self._tour, self._each = tour, each
        self._prefix: str = tour["prefix"]
        self._frames: list[dict[str, Any]] = tour["frames"]
        self.seconds = len(self._frames) * each + pause
        self._spans: dict[tuple[int, int], str] = {}

    def to_svg(self) -> str:
        """Return the SVG document."""
        self._spans = {}
        svg = _roomier(self._tour["svg"], [f[key] for f in self._frames for key in _CAPTION])
        for i, node in enumerate(self._tour["nodes"]):
            at = [n for n, frame in enumerate(self._frames) if frame["node"] == i]
            svg = self._changed(svg, f"node-{i}", at, partial(self._texts, i, node))
        for i in range(len(self._tour["edges"])):
            at = [n for n, frame in enumerate(self._frames) if i in frame["edges"]]
            svg = self._changed(svg, f"edge-{i}", at)
        caption = self._caption(svg)
        spans = [self._span(name, *span) for span, name in self._spans.items()]
        # Without motion all is as it is at the end.
        still = (
            f"@media (prefers-reduced-motion:reduce){{#{self._prefix} *{{animation:none!important}}"
            f"#{self._prefix} .ag-moment{{opacity:0}}}}"
        )
        sheet = f"<style>{''.join([*spans, self._ahead(), still])}</style>"
        return svg.replace("</svg>", f"{sheet}{caption}</svg>")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file that ends in `.svg`; it is replaced as a whole or not at all.

        Raises
        ------
        ArgumentError
            If the file has another suffix.
        """
        if os.path.splitext(path)[1].lower() != ".svg":
            raise ArgumentError(f"{os.fspath(path)!r}: an animation is saved as .svg")
        write_atomically(path, self.to_svg().encode("utf-8", "backslashreplace"))

    def _repr_html_(self) -> str:
        return f'<div style="overflow-x:auto">{self.to_svg()}</div>'

    def __repr__(self) -> str:
        return f"<Animation: {len(self._frames)} frames, {self.seconds:g} s>"

    def _changed(
        self, svg: str, name: str, at: list[int], change: Callable[[str], str] = lambda body: body
    ) -> str:
        """Change the group of a node or an edge, and outline it in the frames `at`."""
        start = svg.index(f'<g id="{self._prefix}-{name}"')
        end = svg.index("</g>", start)
        body = change(svg[start:end])
        outline = "".join(re.findall(r'<\w+ class="ag-(?:shape|line)"[^>]*/>', svg[start:end]))
        outline = re.sub(r' (class|fill|stroke|stroke-width|stroke-dasharray)="[^"]*"', "", outline)
        if outline:
            look = f'fill="none" stroke="{_NOW}" stroke-width="3.4"'
            body += "".join(f"<g {look} {self._when(i, i + 1)}>{outline}</g>" for i in at)
        return svg[:start] + body + svg[end:]

    def _texts(self, i: int, node: dict[str, Any], body: str) -> str:
        """Put in place of what a node is computed to be the texts it has on the way there."""
        lines = re.findall(r"<text.*?</text>", body)
        unknown_value, unknown_derivative = node["unknown"]
        swept = next((line for line in lines if 'class="ag-sweep"' in line), None)
        plain = [line for line in lines if line != swept]
        value = plain[-1] if node["value"] and plain and not self._tour["values_known"] else None
        for line, kinds, unknown in (
            (value, ("value",), unknown_value),
            (swept, ("cotangent", "tangent"), unknown_derivative),
        ):
            if line is not None:
                body = body.replace(line, self._moments(line, i, kinds, unknown))
        return body

    def _moments(self, line: str, i: int, kinds: tuple[str, ...], unknown: str) -> str:
        """A text element once for each state it has, visible in turn."""
        changes = [(0, unknown)]
        for at, frame in enumerate(self._frames):
            if frame["node"] == i and frame["what"] in kinds:
                changes.append((at, frame["shows"]))
        ends = [at for at, _ in changes[1:]] + [len(self._frames)]
        moments = [
            self._shown(line, text, at, end)
            for (at, text), end in zip(changes, ends, strict=True)
            if at < end
        ]
        return "\n".join(moments)

    def _shown(self, line: str, text: str, at: int, end: int) -> str:
        """The element of `line` with another text, visible from frame `at` to `end`."""
        head = line.partition(">")[0]
        return f"<g {self._when(at, end)}>{head}>{escape(text)}</text></g>"

    def _caption(self, svg: str) -> str:
        """What is computed in each frame, and the same in numbers, below the picture."""
        left, top, width, height = _view_box(svg)
        y = top + height - 2.2 * FONT_SIZE
        parts = []
        for at, frame in enumerate(self._frames):
            parts.append(f"<g {self._when(at, at + 1)}>")
            for row, key in enumerate(_CAPTION):
                (text,) = fitted([frame[key]])
                parts.append(
                    f'<text class="ag-note" x="{left + width / 2:.2f}" '
                    f'y="{y + row * FONT_SIZE * LINE_HEIGHT:.2f}" font-size="{FONT_SIZE:g}" '
                    f'font-weight="{"normal" if row else "bold"}" fill="#737b85" '
                    f'xml:space="preserve">{escape(text)}</text>'
                )
            parts.append("</g>")
        return "\n".join(parts)

    def _when(self, at: int, end: int) -> str:
        """The attributes of what is visible from frame `at` to `end`."""
        name = self._spans.setdefault((at, end), f"{self._prefix}-{at}-{end}")
        kind = "ag-end" if end == len(self._frames) else "ag-moment"
        return f'class="{kind}" style="animation:{name} {self.seconds:g}s step-end infinite"'

    def _span(self, name: str, at: int, end: int) -> str:
        """Keyframes of what is visible from frame `at` to `end`."""
        stops = {0.0: 0, self._percent(at): 1}
        if end < len(self._frames):
            stops[self._percent(end)] = 0
        steps = "".join(f"{percent:.3f}%{{opacity:{value}}}" for percent, value in stops.items())
        return f"@keyframes {name}{{{steps}}}"

    def _ahead(self) -> str:
        """Fade the texts of what has no value yet; through its shape the edges would be seen."""
        if self._tour["values_known"]:
            return ""
        rules = []
        for at, frame in enumerate(self._frames):
            if frame["what"] == "value" and at > 0:
                name = f"{self._prefix}-node-{frame['node']}"
                rules.append(
                    f"@keyframes {name}-ahead{{0%{{opacity:.45}}{self._percent(at):.3f}%"
                    f"{{opacity:1}}}}#{name} text{{animation:{name}-ahead {self.seconds:g}s "
                    "step-end infinite}"
                )
        return "".join(rules)

    def _percent(self, frame: int) -> float:
        last = frame >= len(self._frames)
        return 100.0 if last else 100 * frame * self._each / self.seconds


def _view_box(svg: str) -> tuple[float, float, float, float]:
    found = re.search(r'viewBox="([^"]*)"', svg)
    assert found is not None
    left, top, width, height = map(float, found.group(1).split())
    return left, top, width, height


def _roomier(svg: str, captions: list[str]) -> str:
    """The document with room for captions below the picture."""
    left, top, width, height = _view_box(svg)
    wide = max(width, *(1.05 * text_width(text) + 16 for text in fitted(captions)))
    high = height + 3.6 * FONT_SIZE
    left -= (wide - width) / 2
    box = f'viewBox="{left:.2f} {top:.2f} {wide:.2f} {high:.2f}"'
    for old, new in (
        (r'viewBox="[^"]*"', box),
        (r' width="[^"]*"', f' width="{wide:.2f}"'),
        (r' height="[^"]*"', f' height="{high:.2f}"'),
    ):
        svg = re.sub(old, new, svg, count=1)
    return svg
