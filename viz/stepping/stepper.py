"""The stepper: a tour through a graph that one can walk forwards and backwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from viz.diagram import EdgeLabel, Mode, Rankdir, Style, Theme
from viz.errors import ArgumentError
from viz.files import write_atomically
from viz.naming import find_node
from viz.scene import scene_of
from viz.stepping.frames import Frame, Order, StepMode, frames_of
from viz.stepping.page import page_of, snippet_of
from viz.stepping.tour import tour_of

if TYPE_CHECKING:
    from autograd_core import Value

__all__ = ["Stepper", "step"]


def step(
    root: Value,
    mode: StepMode = "reverse",
    wrt: Value | str | None = None,
    names: Mapping[str, Any] | None = None,
    order: Order = "topological",
    rankdir: Rankdir = "BT",
    show_constants: bool = False,
    edge_label: EdgeLabel = "both",
    precision: int = 4,
    theme: Theme = "auto",
    max_nodes: int = 500,
    depth: int | None = None,
    expand: Collection[str] = (),
    collapse_fn: Callable[[Value], str | None] | None = None,
    fold_repeats: bool = False,
) -> Stepper:
    """Step through the graph of `root`: one node, or one edge's contribution, at a time.

    Parameters
    ----------
    root : Value
        The result whose derivatives are stepped through.
    mode : {"reverse", "forward", "both"}
        Down through the gradients; up through the values, with the derivative by `wrt` beside
        them if it is given; or up through the values, then down through the gradients.
    wrt : Value or str, optional
        Forward mode: a scalar of the graph, or the name of one.
    names : mapping, optional
        Names to values; ``locals()`` will do.
    order : {"topological", "naive"}
        ``"naive"`` passes gradients on depth first, before all of a node's users have
        contributed: the wrong result that a topological order is there to prevent.
    rankdir, show_constants, edge_label, precision, theme, max_nodes
        As in `viz.draw`.
    depth, expand, collapse_fn, fold_repeats
        What is folded and what is opened; as in `viz.draw`.

    Returns
    -------
    Stepper
        In a notebook it shows itself.

    Raises
    ------
    ArgumentError
        If an option does not fit, or `wrt` is not in the graph.

    Examples
    --------
    >>> import autograd_core as ag, viz
    >>> a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    >>> c = a + b; d = b + 1; e = c * d
    >>> stepper = viz.step(e, names=locals())
    >>> len(stepper)
    6
    >>> last = stepper.goto(-1)
    >>> print(last.title, "|", last.arithmetic)
    ∂e/∂b += ∂e/∂d · ∂d/∂b | 3 × 1 = 3   (was 2, now 5)
    """
    style = Style(rankdir, edge_label, precision, theme, max_nodes)
    if wrt is not None and mode != "forward":
        raise ArgumentError(f"wrt is for mode='forward'; mode is {mode!r}")
    sweep: Mode | None = "reverse"
    if mode == "forward":
        sweep = None if wrt is None else "forward"
    scene = scene_of(
        root, names, sweep, wrt, show_constants, style, depth, expand, collapse_fn, fold_repeats,
        max_nodes,
    )  # fmt: skip
    start = None
    if wrt is not None:
        start = find_node(scene.graph, scene.names, wrt).value
    frames = frames_of(scene, mode, start, order)
    return Stepper(scene, frames, values_known=mode == "reverse")


class Stepper:
    """A tour through a graph, as returned by `viz.step`.

    Attributes
    ----------
    frames : tuple of Frame
        All steps.
    index : int
        The frame that is shown; assign to it to jump. In a notebook it follows the widget, and
        the widget follows it.

    Examples
    --------
    >>> import autograd_core as ag, viz
    >>> x = ag.Value(3.0, name="x")
    >>> stepper = viz.step(x * x, mode="both")
    >>> [frame.title for frame in stepper]
    ['x = 3', 'a = x*x', '∂a/∂a = 1', '∂a/∂x = ∂a/∂a · ∂a/∂x⁽¹⁾', '∂a/∂x += ∂a/∂a · ∂a/∂x⁽²⁾']
    >>> stepper.next().arithmetic
    '3*3 = 9'
    """

    def __init__(self, scene: Any, frames: tuple[Frame, ...], values_known: bool) -> None:
        self.frames = frames
        self._scene = scene
        self._values_known = values_known
        self._index = 0
        self._widget: Any = None

    @property
    def index(self) -> int:
        """The frame that is shown."""
        return self._index if self._widget is None else int(self._widget.index)

    @index.setter
    def index(self, index: int) -> None:
        self.goto(index)

    def __len__(self) -> int:
        return len(self.frames)

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.frames)

    def goto(self, index: int) -> Frame:
        """Show a frame; negative numbers count from the end.

        Raises
        ------
        ArgumentError
            If there is no such frame.
        """
        if type(index) is not int or not -len(self) <= index < len(self):
            raise ArgumentError(
                f"index is {index!r}; it must be a whole number from {-len(self)} to "
                f"{len(self) - 1}"
            )
        self._index = index % len(self)
        if self._widget is not None:
            self._widget.index = self._index
        return self.frames[self._index]

    def next(self) -> Frame:
        """Go one frame on; at the end, stay."""
        return self.goto(min(self.index + 1, len(self) - 1))

    def prev(self) -> Frame:
        """Go one frame back; at the beginning, stay."""
        return self.goto(max(self.index - 1, 0))

    def to_html(self) -> str:
        """Return one self-contained page with the same front end. It loads nothing."""
        return page_of(self._tour(), self.index)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file that ends in `.html`; it is replaced as a whole or not at all.

        Raises
        ------
        ArgumentError
            If the file has another suffix.
        """
        if os.path.splitext(path)[1].lower() not in (".html", ".htm"):
            raise ArgumentError(f"{os.fspath(path)!r}: a stepper is a page; need a name in .html")
        write_atomically(path, self.to_html().encode("utf-8", "backslashreplace"))

    def widget(self) -> Any:
        """Return the widget of a notebook; always the same one.

        Raises
        ------
        ProgramMissingError
            If anywidget is not installed.
        """
        if self._widget is None:
            from viz.stepping.widget import make_widget

            self._widget = make_widget(self._tour(), self._index)
        return self._widget

    def _tour(self) -> dict[str, Any]:
        return tour_of(self._scene, self.frames, self._values_known)

    def _ipython_display_(self) -> None:
        from viz.stepping.widget import show

        show(self)

    def _repr_html_(self) -> str:
        return snippet_of(self._tour(), self.index)

    def __repr__(self) -> str:
        return f"<Stepper: frame {self.index + 1} of {len(self)}: {self.frames[self.index].title}>"
