"""What diagrams say, word for word. A wanted change: pytest tests/viz --overwrite-golden."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .gallery import PICTURES

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("suffix", ["dot", "json", "txt"])
@pytest.mark.parametrize("name", PICTURES)
def test_diagram_says_what_the_golden_file_says(name, suffix, request):
    written = PICTURES[name]().render(suffix).decode()
    path = GOLDEN / f"{name}.{suffix}"
    if request.config.getoption("--overwrite-golden", default=False):
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, encoding="utf-8", newline="\n")
    expected = path.read_text(encoding="utf-8")
    if suffix == "json":
        assert_alike(json.loads(written), json.loads(expected))
    else:
        assert written == expected


def assert_alike(found, expected):
    """Equal, but for the last digits of numbers: exp and tanh differ from machine to machine."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            assert_alike(found[key], expected[key])
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_alike(one, other)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    else:
        assert found == expected


def test_every_golden_file_is_of_a_picture():
    names = {f"{name}.{suffix}" for name in PICTURES for suffix in ("dot", "json", "txt")}
    assert len(PICTURES) >= 25 and {path.name for path in GOLDEN.iterdir()} == names
