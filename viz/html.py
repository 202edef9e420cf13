"""A diagram as one HTML page: the picture, and the same as tables. No script, nothing loaded.

A fold is a link to a second picture in which it is open; the address says which one is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from viz.diagram import Diagram
from viz.errors import LayoutError
from viz.labels import diagram_title, shown
from viz.svg import escape, to_svg
from viz.text import edge_rows, node_rows

__all__ = ["to_html"]

_LIGHT = "--page:#fff;--ink:#1c2127;--rule:#c9ced4;--head:#59626d"
_DARK = "--page:#0d1117;--ink:#eef1f4;--rule:#3a424c;--head:#a3adb8"
_SCHEME = {"light": "light", "dark": "dark", "auto": "light dark"}


def to_html(diagram: Diagram, prefix: str, views: Mapping[int, Diagram] | None = None) -> str:
    """Return a self-contained page with the picture of `diagram` and its tables.

    `views` are the diagrams in which one node of `diagram`, a fold, is open.
    """
    theme = diagram.style.theme
    sheet = f":root{{{_DARK if theme == 'dark' else _LIGHT};color-scheme:{_SCHEME[theme]}}}"
    if theme == "auto":
        sheet += f"@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}"
    sheet += (
        "body{margin:0 auto;padding:1.5rem;max-width:64rem;background:var(--page);"
        "color:var(--ink);font:16px/1.5 system-ui,sans-serif}"
        "h1{font-size:1.25rem;font-weight:600;margin:0 0 1.5rem}"
        "figure{margin:0 0 2rem;text-align:center;overflow-x:auto}"
        ".view{display:none}.view:target{display:block}.view:target~.whole{display:none}"
        "a{color:inherit}svg a{cursor:pointer}svg a:is(:hover,:focus-visible) .ag-shape"
        "{stroke-width:3.5px}"
        ".tables{display:flex;flex-wrap:wrap;gap:2rem 3rem;overflow-x:auto}"
        "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
        "caption{text-align:left;font-weight:600;padding-bottom:.3rem}"
        "th,td{text-align:left;padding:.25rem 1rem .25rem 0;border-top:1px solid var(--rule);"
        "overflow-wrap:anywhere}"
        "thead th{border-top:0;color:var(--head);font-weight:500}"
    )
    title = escape(diagram_title(diagram))
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{title}</title>",
            f"<style>{sheet}</style>",
            "</head>",
            "<body>",
            "<main>",
            f"<h1>{title}</h1>",
            *_figures(diagram, prefix, views or {}),
            '<div class="tables">',
            _table("Nodes", node_rows(diagram)),
            _table("Edges", edge_rows(diagram)) if diagram.edges else "",
            "</div>",
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _figures(diagram: Diagram, prefix: str, views: Mapping[int, Diagram]) -> Iterator[str]:
    """The picture, after those with one fold open: so a sheet alone can show one and hide it."""
    whole = to_svg(diagram, prefix)
    for i, view in views.items():
        try:
            opened = to_svg(view, f"{prefix}-open{i}")
        except LayoutError:  # then this fold stays closed
            continue
        name = escape(shown(diagram.nodes[i].expression or diagram.nodes[i].name))
        yield (
            f'<figure class="view" id="{prefix}-view{i}">\n'
            f'<figcaption>{name} is open. <a href="#{prefix}-whole">Fold it</a></figcaption>\n'
            f"{_readable(opened, f'{prefix}-open{i}')}</figure>"
        )
        start = whole.index(f'<g id="{prefix}-node-{i}" ')
        end = whole.index("</g>", start) + len("</g>")
        link = f'<a href="#{prefix}-view{i}">{whole[start:end]}</a>'
        whole = whole[:start] + link + whole[end:]
        # What can be followed must not be inside an image.
        whole = whole.replace(' role="img" ', ' role="group" ', 1)
    yield f'<figure class="whole" id="{prefix}-whole">\n{_readable(whole, prefix)}</figure>'


def _readable(svg: str, prefix: str) -> str:
    """Let a wide picture be scrolled before it is too small to read."""
    width = float(svg.split(' width="', 1)[1].split('"', 1)[0])
    return f"<style>#{prefix}{{min-width:{0.8 * width:.0f}px}}</style>\n{svg}"


def _table(caption: str, rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    parts = [f"<table>\n<caption>{caption}</caption>"]
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    parts.append(f"<thead><tr>{cells}</tr></thead>\n<tbody>")
    for first, *rest in body:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        parts.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    parts.append("</tbody>\n</table>")
    return "\n".join(parts)
