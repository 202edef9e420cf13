from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd_core as ag
import viz
from viz.errors import ArgumentError

SVG = "{http://www.w3.org/2000/svg}"


def colah():
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    c = a + b
    d = b + 1
    return c * d


def visible(svg, second, seconds):
    """The texts that are seen at a time, as the keyframes say."""
    steps = {
        name: [(float(p) * seconds / 100, int(value)) for p, value in re.findall(
            r"([\d.]+)%\{opacity:(\d)\}", body)]
        for name, body in re.findall(r"@keyframes ([\w-]+)\{((?:[\d.]+%\{opacity:\d\})+)\}", svg)
    }  # fmt: skip

    def walk(element):
        found = re.match(r"animation:([\w-]+) ", element.get("style", ""))
        if found:
            now = [value for start, value in steps[found.group(1)] if start <= second]
            if not now[-1]:
                return
        if element.tag == f"{SVG}text":
            yield element.text
        for child in element:
            yield from walk(child)

    return list(walk(ET.fromstring(svg)))


def test_every_frame_shows_what_is_known_then_and_what_is_computed():
    stepper = viz.step(colah(), mode="both")
    animation = viz.plot.animate(stepper, seconds=1, pause=2)
    svg = animation.to_svg()
    assert animation.seconds == len(stepper) + 2
    for i, frame in enumerate(stepper.frames):
        seen = visible(svg, i + 0.5, animation.seconds)
        assert frame.title in seen
        assert frame.arithmetic in seen
        assert sum(text in [f.title for f in stepper.frames] for text in seen) >= 1
    first, last = (visible(svg, at, animation.seconds) for at in (0.5, animation.seconds - 0.1))
    assert "e = ?" in first
    assert "∂e/∂b = ?" in first
    assert "∂e/∂b = 5" not in first
    assert {"e = 6", "∂e/∂b = 5", "∂e/∂a = 2"} <= set(last)
    assert not any(text.endswith("?") for text in last)


def test_a_gradient_grows_with_each_contribution():
    stepper = viz.step(colah(), mode="reverse")
    animation = viz.plot.animate(stepper, seconds=1)
    svg = animation.to_svg()
    seen = [
        [text for text in visible(svg, i + 0.5, animation.seconds) if text.startswith("∂e/∂b = ")]
        for i in range(len(stepper))
    ]
    states = [next(t for t in texts if "·" not in t) for texts in seen]
    assert states[0] == "∂e/∂b = ?"
    assert states[-2:] == ["∂e/∂b = 2", "∂e/∂b = 5"]


def test_the_node_and_the_edge_of_a_frame_are_outlined():
    stepper = viz.step(colah(), mode="reverse")
    animation = viz.plot.animate(stepper, seconds=1)
    root = ET.fromstring(animation.to_svg())
    for i, frame in enumerate(stepper.frames):
        marked = {
            re.sub(r".*-(node|edge)-", r"\1", group.get("id"))
            for group in root.iter(f"{SVG}g")
            if re.search(r"-(node|edge)-\d+$", group.get("id", ""))
            for outline in group.findall(f"{SVG}g")
            if outline.get("stroke") and f"-{i}-{i + 1} " in outline.get("style")
        }
        assert marked == {f"node{frame.node}", *(f"edge{edge}" for edge in frame.edges)}


def test_it_is_self_contained_and_respects_reduced_motion():
    x = ag.Value(np.ones((2, 2)), name='<script>"&')
    svg = viz.plot.animate(viz.step((x * x).sum(), mode="both", theme="auto")).to_svg()
    ET.fromstring(svg)
    assert "<script" not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert "prefers-reduced-motion:reduce" in svg


def test_it_is_saved_as_svg_only(tmp_path):
    animation = viz.plot.animate(viz.step(colah()))
    animation.save(tmp_path / "steps.svg")
    assert (tmp_path / "steps.svg").read_text("utf-8") == animation.to_svg()
    with pytest.raises(ArgumentError, match=r"\.svg"):
        animation.save(tmp_path / "steps.gif")


def test_what_is_no_stepper_or_no_time_is_refused():
    with pytest.raises(ArgumentError, match=r"viz\.step"):
        viz.plot.animate(colah())
    with pytest.raises(ArgumentError, match="seconds is 0"):
        viz.plot.animate(viz.step(colah()), seconds=0)
