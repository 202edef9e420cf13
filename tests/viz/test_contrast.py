"""Text stands out from what is behind it by 4.5:1, lines and outlines by 3:1, light and dark."""

from __future__ import annotations

import re

import pytest

from viz.stepping.page import asset
from viz.theme import DARK, LIGHT

PAGES = {"light": "#ffffff", "dark": "#0d1117"}


def luminance(colour):
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def stepper_colours(theme):
    """The custom properties of the stepper's sheet: first those of light, then those of dark."""
    blocks = re.findall(r"\{([^{}]*--ags-ink:[^{}]*)\}", asset("stepper.css"))
    assert len(blocks) == 3 and set(properties(blocks[1])) == set(properties(blocks[2]))
    assert properties(blocks[1]) == properties(blocks[2])  # dark by choice, dark by preference
    return properties(blocks[0 if theme == "light" else 1])


def properties(block):
    return dict(re.findall(r"--ags-([a-z-]+): (#[0-9a-f]{6})", block))


def test_the_measure():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_steppers_colours(theme):
    found = stepper_colours(theme)
    picture = {"light": LIGHT, "dark": DARK}[theme]
    assert found["page"] == PAGES[theme]
    for text in ("ink", "soft"):
        assert contrast(found[text], found["page"]) >= 4.5
    for text in (picture["text"], picture["sweep"]):  # in a node that is computed now
        assert contrast(text, found["now-fill"]) >= 4.5
    for line in ("now", "path", "rule"):
        assert contrast(found[line], found["page"]) >= 3
    assert contrast(found["now"], found["now-fill"]) >= 3
    assert contrast(found["ink"], found["now-fill"]) >= 4.5  # a button under the pointer


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pictures_colours(theme):
    found = {"light": LIGHT, "dark": DARK}[theme]
    for kind in ("leaf", "intermediate", "root", "constant", "group", "label"):
        for text in ("text", "sweep"):
            assert contrast(found[text], found[f"{kind}-fill"]) >= 4.5
        for page in PAGES.values():
            assert contrast(found[f"{kind}-stroke"], page) >= 3
    assert contrast(found["note"], PAGES[theme]) >= 4.5
