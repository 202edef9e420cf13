"""The picture: a diagram, and every form it can be had in."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from viz.diagram import Diagram
from viz.dot import to_dot
from viz.errors import ArgumentError, DrawingTooLargeError, LayoutError
from viz.files import render_with_dot, write_atomically
from viz.html import to_html
from viz.record import to_json
from viz.svg import content_prefix, to_svg
from viz.text import to_text
from viz.tikz import to_tikz

__all__ = ["Picture"]

# Each fold that can be opened is one more picture in the page.
_MOST_VIEWS = 24


class Picture:
    """A drawn graph, as returned by `viz.draw`. Shows itself in Jupyter.

    Nothing is laid out before it is asked for. A graph of more than `max_nodes` nodes is drawn
    folded, and the picture says so; `to_text` and `to_json` are of the whole graph, at any size.

    Parameters
    ----------
    diagram : viz.diagram.Diagram
    whole : callable, optional
        Makes the diagram of the whole graph, where `diagram` had to be folded to fit.
    unfolded : mapping, optional
        By the position of a fold in `diagram`, what makes the diagram in which it is open.

    Attributes
    ----------
    diagram : viz.diagram.Diagram
        What is drawn.

    Examples
    --------
    >>> import autograd_core as ag, viz
    >>> x = ag.Value(3.0, name="x")
    >>> picture = viz.draw(x * x)
    >>> picture.to_svg().startswith("<svg")
    True
    """

    def __init__(
        self,
        diagram: Diagram,
        whole: Callable[[], Diagram] | None = None,
        unfolded: Mapping[int, Callable[[], Diagram]] = {},  # noqa: B006 - only read
    ) -> None:
        self.diagram = diagram
        self._whole = whole
        self._unfolded = unfolded

    def to_svg(self, prefix: str | None = None) -> str:
        """Return the picture as an SVG document.

        Parameters
        ----------
        prefix : str, optional
            What every id starts with: letters, digits, `-` and `_`, a letter first. Two pictures
            of the same content on one page need different ones; the default depends on nothing
            but the content.

        Raises
        ------
        DrawingTooLargeError
            If there are more than `max_nodes` nodes.
        LayoutError
            If the layout takes more than its budget.
        """
        return to_svg(self._drawable(), self._prefix(prefix))

    def to_html(self, prefix: str | None = None) -> str:
        """Return one self-contained page: the picture, and the same as tables.

        A click on a fold opens it; one at a time, and folds inside it stay closed.
        """
        return to_html(self._drawable(), self._prefix(prefix), self._views())

    def to_dot(self, prefix: str | None = None) -> str:
        """Return the DOT source that is laid out."""
        return to_dot(self._drawable(), self._prefix(prefix))

    def to_latex(self, standalone: bool = False) -> str:
        r"""Return the picture as a `tikzpicture`, or as a document of its own.

        Examples
        --------
        >>> import autograd_core as ag, viz
        >>> x = ag.Value(3.0, name="x")
        >>> viz.draw(x * x).to_latex().splitlines()[-1]
        '\\end{tikzpicture}'
        """
        return to_tikz(self._drawable(), standalone)

    def to_text(self) -> str:
        """Return tables of the nodes and edges, of a graph of any size."""
        return to_text(self._written())

    def to_json(self, indent: int | None = 2) -> str:
        """Return the nodes and edges as JSON (schema in `viz.record`), of a graph of any size."""
        return to_json(self._written(), indent)

    def render(self, format: str) -> bytes:
        """Return the contents of a file: svg, html, dot, json, txt, png or pdf.

        Raises
        ------
        ArgumentError
            If the format is none of these.
        ProgramMissingError
            If it is png or pdf, and `dot` is not installed.
        """
        texts: dict[str, Callable[[], str]] = {
            "svg": self.to_svg,
            "html": self.to_html,
            "dot": self.to_dot,
            "gv": self.to_dot,
            "tex": lambda: self.to_latex(standalone=True),
            "json": lambda: self.to_json() + "\n",
            "txt": lambda: self.to_text() + "\n",
        }
        if format in texts:
            return texts[format]().encode("utf-8", "backslashreplace")
        if format in ("png", "pdf"):
            return render_with_dot(self.to_dot(), format)
        raise ArgumentError(
            f"format is {format!r}; it must be one of svg, html, dot, gv, tex, json, txt, png, pdf"
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file whose suffix says the format.

        `.svg`, `.html`, `.dot`, `.gv`, `.tex`, `.json` and `.txt` need no program; `.png` and
        `.pdf` need `dot` on PATH. The file is replaced as a whole or not at all.
        """
        suffix = Path(path).suffix.lower().removeprefix(".")
        if not suffix:
            raise ArgumentError(
                f"{os.fspath(path)!r} has no suffix to tell the format by; add .svg, .html, .dot, "
                ".gv, .tex, .json, .txt, .png or .pdf"
            )
        write_atomically(path, self.render(suffix))

    def _views(self) -> dict[int, Diagram]:
        found = {}
        for i, unfold in list(self._unfolded.items())[:_MOST_VIEWS]:
            diagram = unfold()
            if 1 < len(diagram.nodes) <= diagram.style.max_nodes and diagram != self.diagram:
                found[i] = diagram
        return found

    def _written(self) -> Diagram:
        if self._whole is None:
            return self.diagram
        return replace(self._whole(), note=f"in the picture: {self.diagram.note}")

    def _drawable(self) -> Diagram:
        count, limit = len(self.diagram.nodes), self.diagram.style.max_nodes
        if count > limit:
            raise DrawingTooLargeError(
                f"the graph has {count:,} nodes and max_nodes is {limit:,}: draw a part of it, "
                "raise max_nodes, or read it with to_text() or to_json(), which have no limit"
            )
        return self.diagram

    def _prefix(self, prefix: str | None) -> str:
        if prefix is None:
            return content_prefix(self.diagram)
        plain = prefix.replace("-", "").replace("_", "")
        if not (plain.isalnum() and prefix.isascii() and prefix[0].isalpha()):
            raise ArgumentError(
                f"prefix is {prefix!r}; it must be letters, digits, - and _, a letter first"
            )
        return prefix

    def _repr_html_(self) -> str:
        # Inline SVG rather than image/svg+xml: the latter loses its tooltips in an <img>.
        return f'<div style="overflow-x:auto">{self.to_svg()}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        small = self._whole is None and len(self.diagram.nodes) <= 10_000
        text = self.to_text() if small else repr(self)
        try:
            return {"text/html": self._repr_html_(), "text/plain": text}
        except (DrawingTooLargeError, LayoutError) as error:
            return {"text/plain": f"{error}\n\n{text}"}

    def __repr__(self) -> str:
        nodes, edges = len(self.diagram.nodes), len(self.diagram.edges)
        note = f"; {self.diagram.note}" if self.diagram.note else ""
        return f"<Picture: {nodes:,} nodes, {edges:,} edges{note}>"
