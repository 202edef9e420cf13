"""What only a browser can measure: where the letters really are."""

from __future__ import annotations

import json

import pytest

from ..viz.gallery import PICTURES
from .steppers import STEPPERS

# Of every text the box, with the outline that is around it; of every outline its box.
MEASURE = """
(() => {
  const box = (e) => {
    const b = e.getBoundingClientRect();
    return [b.left, b.top, b.right, b.bottom];
  };
  const svg = document.querySelector("SELECTOR");
  const shapes = [...svg.querySelectorAll(".ag-node, .ag-label")].map((group) => ({
    id: group.id,
    round: group.querySelector("ellipse") !== null,
    box: box([...group.querySelectorAll(".ag-shape")].at(-1)),
    outer: box(group.querySelector(".ag-shape")),
    texts: [...group.querySelectorAll("text")].map((t) => [t.textContent, box(t)]),
  }));
  const others = [...svg.querySelectorAll(".ag-line, .ag-arrow, .ag-note")].map(box);
  return { shapes, others, all: box(svg) };
})()
"""


def check(found):
    left, top, right, bottom = found["all"]
    boxes = [shape["outer"] for shape in found["shapes"]]
    for x0, y0, x1, y1 in boxes + found["others"]:  # nothing is clipped
        assert left <= x0 and top <= y0 and x1 <= right and y1 <= bottom
    for shape in found["shapes"]:
        x0, y0, x1, y1 = shape["box"]
        for text, (a, b, c, d) in shape["texts"]:
            assert x0 <= a and c <= x1 and y0 <= b + 2 and d - 2 <= y1, (text, shape)
            if shape["round"]:  # the middle of the first and of the last letter, too
                for x in (a, c):
                    u = (x - (x0 + x1) / 2) / ((x1 - x0) / 2)
                    v = ((b + d) / 2 - (y0 + y1) / 2) / ((y1 - y0) / 2)
                    assert u * u + v * v <= 1, (text, shape)
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            apart = max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])
            assert apart > -0.5, (found["shapes"][i], other)


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_leaves_its_box_and_no_box_covers_another(open_page, name):
    page = open_page(f"<!DOCTYPE html><body>{PICTURES[name]().to_svg()}", width=6000, height=4000)
    check(page.evaluate(MEASURE.replace("SELECTOR", "svg")))


@pytest.mark.parametrize("name", STEPPERS)
def test_whatever_a_frame_writes_stays_in_its_box(open_page, name):
    stepper = STEPPERS[name]()
    page = open_page(stepper.to_html(), width=1000)
    page.locator(".ags-slider").focus()
    for _ in range(min(len(stepper), 40)):
        check(page.evaluate(MEASURE.replace("SELECTOR", ".ags-picture svg")))
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["colah-reverse", "mlp-depth-2", "chain-folded"])
def test_axe_finds_no_violation_in_a_page(open_page, axe, name, scheme):
    page = open_page(PICTURES[name]().to_html(), scheme=scheme, bypass_csp=True)
    page.evaluate(axe)
    violations = page.evaluate("axe.run().then(r => r.violations)")
    assert not violations, json.dumps(violations, indent=1)[:3000]


@pytest.mark.parametrize("keyboard", [False, True])
def test_a_fold_is_opened_and_folded_again(open_page, keyboard):
    page = open_page(PICTURES["mlp-depth-2"]().to_html())
    whole, view = page.locator("figure.whole"), page.locator("figure.view").first
    assert whole.is_visible() and view.is_hidden()
    fold = whole.locator("a").first
    if keyboard:
        fold.focus()
        page.keyboard.press("Enter")
    else:
        fold.click()
    assert view.is_visible() and whole.is_hidden()
    assert "affine(b, weight" in view.text_content()
    view.locator("figcaption a").click()
    assert whole.is_visible() and view.is_hidden()
