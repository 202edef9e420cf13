"""A diagram as one HTML page: the picture, and the same as tables. No script, nothing loaded."""

from __future__ import annotations

from collections.abc import Sequence

from viz.diagram import Diagram
from viz.labels import diagram_title
from viz.svg import escape, to_svg
from viz.text import edge_rows, node_rows

__all__ = ["to_html"]

_LIGHT = "--page:#fff;--ink:#1c2127;--rule:#c9ced4;--head:#59626d"
_DARK = "--page:#0d1117;--ink:#eef1f4;--rule:#3a424c;--head:#a3adb8"
_SCHEME = {"light": "light", "dark": "dark", "auto": "light dark"}


def to_html(diagram: Diagram, prefix: str) -> str:
    """Return a self-contained page with the picture of `diagram` and its tables."""
    theme = diagram.style.theme
    sheet = f":root{{{_DARK if theme == 'dark' else _LIGHT};color-scheme:{_SCHEME[theme]}}}"
    if theme == "auto":
        sheet += f"@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}"
    sheet += (
        "body{margin:0 auto;padding:1.5rem;max-width:64rem;background:var(--page);"
        "color:var(--ink);font:16px/1.5 system-ui,sans-serif}"
        "h1{font-size:1.25rem;font-weight:600;margin:0 0 1.5rem}"
        "figure{margin:0 0 2rem;text-align:center}"
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
            f"<figure>\n{to_svg(diagram, prefix)}</figure>",
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
