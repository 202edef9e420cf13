"""How wide a text is, without asking a font.

The widths are those of Arial and its metric twins (Helvetica, Liberation Sans). The reader's
machine may fall back to a wider face, so every estimate is stretched by what the widest common
one (DejaVu Sans) needs. A picture is then a little roomy, and never clipped.
"""

from __future__ import annotations

import math
import unicodedata

__all__ = [
    "FONT_FAMILY",
    "FONT_SIZE",
    "LABEL_SIZE",
    "LINE_HEIGHT",
    "box_size",
    "ellipse_size",
    "fitted",
    "sheet_size",
    "text_width",
]

FONT_FAMILY = "Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
FONT_SIZE = 15.0
LABEL_SIZE = 13.0
LINE_HEIGHT = 1.36
LONGEST_LINE = 72
_STRETCH = 1.2

_BY_WIDTH = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft·",
    333: "()-`r⁽⁾¹²³⁴⁵⁶⁷⁸⁹⁰",
    355: '"*{}',
    500: "Jcksvxyz∂",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~^−×÷",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_WIDTHS = {char: width for width, chars in _BY_WIDTH.items() for char in chars}


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """Return an upper estimate of the width of `text`, in the unit of `size`.

    Examples
    --------
    >>> round(text_width("c = a+b", 10.0), 1)
    40.0
    >>> text_width("日本") > text_width("ab")
    True
    """
    return sum(_WIDTHS.get(char) or _other_width(char) for char in text) * size / 1000 * _STRETCH


def _other_width(char: str) -> int:
    if unicodedata.combining(char) or char == "\u200d":
        return 0
    if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0x1F000:
        return 1150
    # Greek letters and most signs are narrower than this; the widest capitals are not.
    return 620 if char.islower() else 840


def fitted(lines: list[str]) -> list[str]:
    """Shorten lines that no figure can hold; tables, tooltips and JSON have them in full.

    Examples
    --------
    >>> fitted(["x" * 100])[0][-4:], fitted(["short"])
    ('xxx…', ['short'])
    """
    return [line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…" for line in lines]


def block_size(lines: list[str], size: float) -> tuple[float, float]:
    """Return the width and height of a block of lines."""
    return max(text_width(line, size) for line in lines), len(lines) * size * LINE_HEIGHT


def ellipse_size(lines: list[str]) -> tuple[float, float]:
    """Return the width and height of the ellipse that holds `lines` with room to breathe."""
    width, height = block_size(lines, FONT_SIZE)
    if len(lines) == 1:
        return max(62.0, width * 1.16 + 26), 44.0
    tall = height * 1.42 + 4
    # The corners of the block lie inside the ellipse: (w/W)² + (h/H)² < 1.
    wide = width / math.sqrt(1 - (height / tall) ** 2)
    return max(72.0, wide * 0.92 + 14), tall


def sheet_size(lines: list[str]) -> tuple[float, float]:
    """Return the width and height of the rectangle that stands for a group of nodes."""
    width, height = block_size(lines, FONT_SIZE)
    return max(72.0, width + 30), height + 22


def box_size(lines: list[str]) -> tuple[float, float]:
    """Return the width and height of the box on an edge; a dot's width when it has no text."""
    if not lines:
        return 0.0, 0.0
    width, height = block_size(lines, LABEL_SIZE)
    return width + 12, height + 6
