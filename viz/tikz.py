r"""A laid-out diagram as TikZ, for a paper or a lecture set in LaTeX.

One unit is three quarters of a big point, so that the picture has the size of the SVG on paper.
"""

from __future__ import annotations

from viz.diagram import Diagram, DiagramNode
from viz.labels import diagram_title, edge_lines, is_angular, node_lines
from viz.layout import Curve, Point
from viz.metrics import FONT_SIZE, LABEL_SIZE, box_size, fitted
from viz.placing import laid_out
from viz.shapes import node_size
from viz.theme import STROKE_WIDTH, palette

__all__ = ["escape_latex", "to_tikz"]

_UNIT = 0.75

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",  # after the end of a line it would begin a length
    "-": r"$-$",
    "*": r"$\cdot$",
    "∂": r"$\partial$",
    "·": r"$\cdot$",
    "×": r"$\times$",
    "→": r"$\to$",
    "∇": r"$\nabla$",
    "ℓ": r"$\ell$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "‖": r"$\Vert$",
    "…": r"\dots{}",
    "∞": r"$\infty$",
    "√": r"$\surd$",
    "²": r"$^2$",
    "ᵀ": r"$^{\mathsf T}$",
}
_SPECIAL |= {
    chr(0x3B1 + i): rf"$\{name}$" if name != "omicron" else "o"
    for i, name in enumerate(
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi "
        "rho varsigma sigma tau upsilon varphi chi psi omega".split()
    )
}
_SPECIAL |= {
    char: rf"$\{name}$"
    for char, name in zip(
        "ΓΔΘΛΞΠΣΥΦΨΩ",
        "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
        strict=True,
    )
}
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁻", "0123456789()-", strict=True))


def escape_latex(text: str) -> str:
    r"""Write `text` so that LaTeX sets it as it stands.

    Mathematical signs, Greek and western letters work with every engine. What else is not ASCII
    is left to LuaLaTeX or XeLaTeX and a font that has it; pdfLaTeX writes its code point.

    Examples
    --------
    >>> print(escape_latex("∂e/∂x_1 = 50%"), escape_latex("é 日"))
    $\partial$e/$\partial$x\_1 = 50\% é \agchar{日}{65E5}
    """
    return "".join(map(_escaped, text))


def _escaped(char: str) -> str:
    if char in _RAISED:
        return rf"$^{{{_RAISED[char]}}}$"
    if char in _SPECIAL:
        return _SPECIAL[char]
    # The letters of Latin-1 are in the font encoding that pdfLaTeX is asked to use.
    if char.isascii() or "À" <= char <= "ÿ":
        return char
    return rf"\agchar{{{char}}}{{{ord(char):04X}}}"


# What pdfLaTeX has no glyph for would stop it.
_AGCHAR = (
    r"\providecommand\agchar[2]{\ifdefined\directlua#1\else"
    r"\ifdefined\XeTeXrevision#1\else{\scriptsize U+#2}\fi\fi}"
)


def to_tikz(diagram: Diagram, standalone: bool = False) -> str:
    """Return the picture as a `tikzpicture`, or as a document that holds nothing else.

    Raises
    ------
    viz.errors.LayoutError
        If the graph cannot be laid out within the budget.
    """
    layout = laid_out(diagram, "t")
    colours = palette(diagram.style.theme)
    lines = [
        f"% {diagram_title(diagram)}",
        r"% needs \usepackage{tikz}, \usepackage[T1]{fontenc} and \usepackage{textcomp}",
        _AGCHAR,
        rf"\begin{{tikzpicture}}[x={_UNIT}bp, y=-{_UNIT}bp, line cap=round]",
        *(
            rf"\definecolor{{ag-{name}}}{{HTML}}{{{colour[1:].upper()}}}"
            for name, colour in colours.items()
        ),
    ]
    for index, edge in enumerate(diagram.edges):
        name = f"t-edge-{index}"
        if edge_lines(diagram, edge):
            lines.append(rf"\draw[ag-edge, line width=1bp] {_path(layout.curves[name + '-tail'])};")
        curve = layout.curves[name]
        end = f" -- {_point(curve.tip)}" if curve.tip else ""
        lines.append(rf"\draw[ag-edge, line width=1bp, -latex] {_path(curve)}{end};")
    for index, edge in enumerate(diagram.edges):
        if text := fitted(edge_lines(diagram, edge)):
            size = box_size(text)
            style = "draw=ag-label-stroke, fill=ag-label-fill, rounded corners=3bp"
            lines.append(_node(layout.centres[f"l{index}"], size, style, text, LABEL_SIZE))
    for index, node in enumerate(diagram.nodes):
        text = fitted(node_lines(diagram, node))
        size = node_size(diagram, node)
        centre = layout.centres[f"n{index}"]
        if not is_angular(node):
            lines.append(
                rf"\draw[{_outline(node)}] {_point(centre)} ellipse "
                f"[x radius={size[0] / 2:.1f}, y radius={size[1] / 2:.1f}];"
            )
            lines.append(_node(centre, size, "", text, FONT_SIZE))
        else:
            style = _outline(node) + ", rounded corners=6bp"
            lines.append(_node(centre, size, style, text, FONT_SIZE))
    lines.append(r"\end{tikzpicture}")
    body = "\n".join(lines) + "\n"
    if not standalone:
        return body
    return (
        "\\documentclass[tikz, border=4bp]{standalone}\n\\usepackage[T1]{fontenc}\n"
        "\\usepackage{textcomp}\n\\renewcommand\\familydefault{\\sfdefault}\n"
        f"\\begin{{document}}\n{body}\\end{{document}}\n"
    )


def _outline(node: DiagramNode) -> str:
    style = (
        f"draw=ag-{node.kind}-stroke, fill=ag-{node.kind}-fill, "
        f"line width={STROKE_WIDTH[node.kind] * _UNIT:.2f}bp"
    )
    return style + {"root": ", double", "constant": ", dashed"}.get(node.kind, "")


def _node(
    centre: Point, size: tuple[float, float], style: str, text: list[str], font: float
) -> str:
    points = font * _UNIT
    parts = [
        style,
        f"minimum width={size[0] * _UNIT:.1f}bp",
        f"minimum height={size[1] * _UNIT:.1f}bp",
        "inner sep=0pt",
        "align=center",
        rf"font=\fontsize{{{points:.1f}}}{{{points * 1.3:.1f}}}\selectfont",
        "text=ag-text",
    ]
    written = r"\\".join(escape_latex(line) for line in text)
    return rf"\node[{', '.join(filter(None, parts))}] at {_point(centre)} {{{written}}};"


def _path(curve: Curve) -> str:
    start, *rest = curve.points
    pieces = [_point(start)]
    for i in range(0, len(rest), 3):
        a, b, c = rest[i : i + 3]
        pieces.append(f".. controls {_point(a)} and {_point(b)} .. {_point(c)}")
    return " ".join(pieces)


def _point(point: Point) -> str:
    return f"({point[0]:.1f},{point[1]:.1f})"
