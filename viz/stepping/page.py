"""A stepper as one self-contained page: no kernel, no network."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from viz.svg import escape

__all__ = ["asset", "page_of", "snippet_of"]

_SCHEME = {"light": "light", "dark": "dark", "auto": "light dark"}


@cache
def asset(name: str) -> str:
    """Return a file of the front end."""
    return Path(__file__).with_name(name).read_text("utf-8")


def page_of(tour: dict[str, Any], index: int = 0) -> str:
    """Return the page of a tour, opened at a frame."""
    script, style = _script(index), asset("stepper.css")
    title = escape(tour["title"])
    # Nothing but the two texts below may run or style: a name cannot bring a script of its own.
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src {_hash(script)}"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>:root{{color-scheme:{_SCHEME[tour["theme"]]}}}body{{margin:0;padding:1rem;
background:light-dark(#fff,#0d1117)}}
main{{max-width:64rem;margin:0 auto}}h1{{font:600 1.25rem system-ui,sans-serif;
overflow-wrap:anywhere}}
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<div id="stepper"></div>
<noscript>{tour["svg"]}</noscript>
</main>
<script type="application/json" id="tour">{_embedded(tour)}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def snippet_of(tour: dict[str, Any], index: int = 0) -> str:
    """Return the page in a frame of its own, for a notebook without widgets."""
    page = escape(page_of(tour, index))
    return f'<iframe srcdoc="{page}" style="width:100%;height:40rem;border:0"></iframe>'


def _script(index: int) -> str:
    module = asset("stepper.js").replace("export default", "const widget =")
    module = module.replace("export function mount", "function mount")
    return (
        f"{module}\nmount(document.getElementById('stepper'), "
        f"JSON.parse(document.getElementById('tour').textContent), {{ index: {index:d} }});\n"
    )


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _embedded(tour: dict[str, Any]) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(tour, ensure_ascii=False, allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
