"""The stepper's page in a browser: every control, by mouse and by keyboard, against Python."""

from __future__ import annotations

import json

import pytest

import autograd_core as ag
import viz

from .steppers import STEPPERS, colah, lstm, mlp


def said(page, at=0):
    return tuple(
        page.locator(f".ags-{part}").nth(at).text_content()
        for part in ("title", "arithmetic", "counter")
    )


def expected(stepper, index):
    frame = stepper.frames[index]
    return frame.title, frame.arithmetic, f"{index + 1} / {len(stepper)}"


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def texts_of(page, kind, index):
    return page.locator(f"[id$='-{kind}-{index}'] text").all_text_contents()


@pytest.mark.parametrize("name", STEPPERS)
def test_every_frame_in_the_page_is_pythons(open_page, name):
    stepper = STEPPERS[name]()
    page = open_page(stepper.to_html())
    page.locator("button[aria-label='Next step']").focus()
    seen = []
    for _ in stepper:
        seen.append(said(page))
        press(page, "ArrowRight")
    assert seen == [expected(stepper, i) for i in range(len(stepper))]


def test_unknown_is_a_question_mark_until_it_is_computed(open_page):
    stepper = colah()
    page = open_page(stepper.to_html())
    names = [node.name for node in stepper._scene.diagram.nodes]
    known = set()
    for frame in stepper:
        known.add(frame.node)
        for i, name in enumerate(names):
            line = texts_of(page, "node", i)[-1]
            if i not in known:
                assert line == f"∂e/∂{name} = ?"
        assert (
            texts_of(page, "node", frame.node)[-1] == f"∂e/∂{names[frame.node]} = {frame.after:g}"
        )
        page.click("button[aria-label='Next step']")
    both = colah("both")
    page = open_page(both.to_html())
    assert texts_of(page, "node", 0)[1:] == ["e = ?", "∂e/∂e = ?"]


def test_the_buttons(open_page):
    stepper = colah("both")
    page = open_page(stepper.to_html())
    for label, index in (
        ("Next step", 1), ("Next step", 2), ("Previous step", 1), ("Last step", 10),
        ("Next step", 10), ("First step", 0), ("Previous step", 0),
    ):  # fmt: skip
        page.click(f"button[aria-label='{label}']")
        assert said(page) == expected(stepper, index)


def test_play_goes_on_to_the_end_and_pause_stops(open_page):
    stepper = colah()
    page = open_page(stepper.to_html())
    page.locator("select[aria-label='Speed']").select_option("0.5")
    page.click("button[aria-label='Play']")
    page.locator(".ags-counter", has_text="2 /").wait_for()
    page.click("button[aria-label='Pause']")
    where = said(page)
    page.wait_for_timeout(3500)
    assert said(page) == where
    page.locator("select[aria-label='Speed']").select_option("4")
    page.click("button[aria-label='Play']")
    page.wait_for_selector("button[aria-label='Play']", timeout=10_000)
    assert said(page) == expected(stepper, len(stepper) - 1)
    page.click("button[aria-label='Play']")  # at the end it begins anew
    assert said(page) == expected(stepper, 0)


def test_a_tour_by_keyboard_alone(open_page):
    stepper = colah("both")
    page = open_page(stepper.to_html())
    press(page, "Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == "First step"
    press(page, "ArrowRight", "ArrowRight", "ArrowLeft")
    assert said(page) == expected(stepper, 1)
    press(page, "End")
    assert said(page) == expected(stepper, 10)
    press(page, "Home")
    assert said(page) == expected(stepper, 0)
    press(page, "Tab", "Tab", "Tab", "Enter")  # the button that goes on
    assert said(page) == expected(stepper, 1)
    press(page, "Tab", "Tab")
    assert page.evaluate("document.activeElement.type") == "range"
    press(page, "ArrowRight", "ArrowRight")
    assert said(page) == expected(stepper, 3)
    press(page, "Tab", "Tab")  # past the speed into the picture, which is one stop
    assert page.evaluate("document.activeElement.id").endswith("-node-0")
    press(page, "ArrowDown", "ArrowDown", "Enter")
    assert page.evaluate("document.activeElement.id").endswith("-node-2")
    assert page.locator(".ags-details h2").text_content() == "d"
    press(page, "ArrowUp")
    assert page.evaluate("document.activeElement.id").endswith("-node-1")
    press(page, "Escape")
    assert page.locator(".ags-details").is_hidden()
    press(page, "Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == "Show all paths from"
    press(page, "Tab", "Enter")
    assert page.locator(".ags-ledger tbody tr").count() >= 0
    assert page.locator(".ags-ledger").evaluate("d => d.open")
    press(page, "Tab", "Tab")
    assert page.evaluate("document.activeElement === document.body")


def test_space_plays_and_pauses(open_page):
    page = open_page(colah().to_html())
    page.locator(".ags-slider").focus()
    press(page, "Space")
    assert page.locator("button[aria-label='Pause']").count() == 1
    press(page, "Space")
    assert page.locator("button[aria-label='Play']").count() == 1


def test_the_slider_goes_anywhere_and_says_where(open_page):
    stepper = colah("both")
    page = open_page(stepper.to_html())
    slider = page.locator(".ags-slider")
    slider.fill("7")
    assert said(page) == expected(stepper, 7)
    assert slider.get_attribute("aria-valuetext") == f"8 of 11: {stepper.frames[7].title}"


@pytest.mark.parametrize("name", ["colah", "mlp", "lstm-folded"])
def test_a_click_goes_to_where_it_is_computed_and_tells_all(open_page, name):
    stepper = STEPPERS[name]()
    diagram = stepper._scene.diagram
    page = open_page(stepper.to_html())
    for i, node in enumerate(diagram.nodes):
        frames = [frame.index for frame in stepper if frame.node == i]
        page.locator(f"[id$='-node-{i}']").click()
        if frames:
            assert int(said(page)[2].split(" /")[0]) - 1 in frames
        assert page.locator(".ags-details h2").text_content() == node.name
    for i, edge in enumerate(diagram.edges):
        frames = [frame.index for frame in stepper if i in frame.edges]
        if page.locator(f"[id$='-edge-{i}-label']").count():
            page.locator(f"[id$='-edge-{i}-label']").click()
            if frames:
                assert int(said(page)[2].split(" /")[0]) - 1 in frames
            facts = page.locator(".ags-details dl").text_content()
            assert diagram.nodes[edge.source].name in facts


def test_clicking_a_node_again_goes_through_its_contributions(open_page):
    stepper = colah()
    page = open_page(stepper.to_html())
    frames = [frame.index for frame in stepper if frame.node == 4]
    seen = []
    for _ in range(3):
        page.locator("[id$='-node-4']").click()
        seen.append(int(said(page)[2].split(" /")[0]) - 1)
    assert seen == [*frames, frames[0]] and len(frames) == 2


def test_arrays_show_a_heat_map_and_their_numbers(open_page):
    stepper = mlp()
    page = open_page(stepper.to_html())
    index = next(i for i, node in enumerate(stepper._scene.diagram.nodes) if node.name == "x")
    page.locator(f"[id$='-node-{index}']").click()
    assert page.locator(".ags-heat rect").count() == 6
    assert "min -1, mean 0, max 1" in page.locator(".ags-details figcaption").text_content()
    assert "[[-1, -0.6, -0.2], [0.2, 0.6, 1]]" in page.locator(".ags-details dl").text_content()


def test_paths_are_marked_with_their_products_and_their_sum(open_page):
    page = open_page(colah().to_html())
    page.locator("select[aria-label='Show all paths from']").select_option("1")
    items = page.locator(".ags-paths li").all_text_contents()
    assert items == [
        "∂e/∂c · ∂c/∂b = 2 × 1 = 2",
        "∂e/∂d · ∂d/∂b = 3 × 1 = 3",
        "2 paths; their sum is ∂e/∂b = 5",
    ]
    marked = page.locator(".ag-edge.ags-path").evaluate_all("all => all.map(e => e.id.slice(-1))")
    assert sorted(marked) == ["0", "1", "3", "4"]
    page.locator("select[aria-label='Show all paths from']").select_option("")
    assert page.locator(".ags-path").count() == 0


def test_the_ledger_fills_and_empties(open_page):
    stepper = colah()
    page = open_page(stepper.to_html())
    page.click(".ags-ledger summary")
    for index in (0, 3, 5, 1):
        page.locator(".ags-slider").fill(str(index))
        rows = page.locator(".ags-ledger tbody tr").all_text_contents()
        assert len(rows) == index + 1
        assert stepper.frames[index].arithmetic in rows[-1]


def test_two_steppers_on_one_page_know_nothing_of_each_other(open_page):
    first, second = colah(), colah("both")
    one, two = first.to_html(), second.to_html()
    page = open_page(one)
    module = one.split('<script type="module">')[1].split("\nmount(document")[0]
    tours = [html.split('id="tour">')[1].split("</script>")[0] for html in (one, two)]
    both = "".join(f'<div id="s{i}"></div>' for i in range(3))
    calls = "".join(
        f"mount(document.getElementById('s{i}'), {tours[i % 2]}, {{}});" for i in range(3)
    )
    page = open_page(
        f'<!DOCTYPE html><html lang="en"><title>x</title>{both}'
        f'<script type="module">{module}\n{calls}</script></html>'
    )
    page.locator("#s1 button[aria-label='Last step']").click()
    page.locator("#s2 button[aria-label='Next step']").click()
    assert said(page, 0) == expected(first, 0)
    assert said(page, 1) == expected(second, 10)
    assert said(page, 2) == expected(first, 1)
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    now = page.locator("#s0 .ags-now").evaluate_all("all => all.length")
    assert now == 1


HOSTILE = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<b>bold</b> & 'quoted' \"twice\"",
    "🙂👩‍👩‍👧🏳️‍🌈",
    "שלום עולם",
    "\u202eright-to-left\u202c",
    "\x00\x07\x1b[31m\n\r\t",
    "\\N\\G ${alert(1)} `x` {{x}}",
    "javascript:alert(1)",
    "x" * 10_000,
    "\ud800",
    "]]>--><!--",
]


@pytest.mark.parametrize("mode", ["reverse", "both"])
def test_hostile_names_run_nothing_and_are_shown(open_page, mode):
    values = [ag.Value(i + 1.0, name=name) for i, name in enumerate(HOSTILE)]
    root = values[0]
    for value in values[1:]:
        root = root * value
    stepper = viz.step(root, mode)
    page = open_page(stepper.to_html())
    page.locator(".ags-slider").focus()
    for _ in stepper:
        press(page, "ArrowRight")
    for i in range(len(stepper._scene.diagram.nodes)):
        page.locator(f"[id$='-node-{i}']").click()
    assert page.locator("img, b, script:not([type])").count() == 0
    shown = page.locator(".ags-picture svg").text_content()
    for name in ("<b>bold</b> & 'quoted' \"twice\"", "שלום עולם", "javascript:alert(1)", "\\N\\G"):
        assert name in shown
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_wide_picture_is_scrolled_and_not_shrunk(open_page):
    stepper = lstm(12, mode="reverse", rankdir="LR")
    page = open_page(stepper.to_html(), width=900)
    size = page.evaluate(
        "(() => { const s = document.querySelector('.ags-picture svg');"
        "const w = s.getBoundingClientRect().width;"
        "return {scale: w / s.getAttribute('width'), w}; })()"
    )
    assert size["scale"] >= 0.79 and size["w"] > 900
    page.locator("button[aria-label='Last step']").click()
    inside = page.evaluate(
        "(() => { const p = document.querySelector('.ags-picture').getBoundingClientRect();"
        "const n = document.querySelector('.ag-node.ags-now').getBoundingClientRect();"
        "return n.left >= p.left && n.right <= p.right; })()"
    )
    assert inside and page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_says_each_step_and_what_it_is(open_page):
    page = open_page(colah().to_html())
    assert page.locator("[aria-live=polite] .ags-title").count() == 1
    assert page.locator(".ags").get_attribute("role") == "group"
    assert page.locator("[aria-current=step]").count() == 1
    names = page.locator("svg [role=button]").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert len(names) == 10 and "c → e: ∂e/∂c = 2" in names


def test_nothing_moves_by_itself_where_motion_is_reduced(open_page):
    page = open_page(colah().to_html(), reduced_motion="reduce")
    style = "getComputedStyle(document.querySelector('.ag-shape')).transitionDuration"
    assert page.evaluate(style) == "0s"
    moving = open_page(colah().to_html(), reduced_motion="no-preference")
    assert moving.evaluate(style) != "0s"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["colah-both", "mlp", "lstm-folded"])
def test_axe_finds_no_violation(open_page, axe, name, scheme):
    page = open_page(STEPPERS[name]().to_html(), scheme=scheme, bypass_csp=True)
    page.locator("button[aria-label='Last step']").click()
    page.locator("[id$='-node-1']").click()
    page.click(".ags-ledger summary")
    page.evaluate(axe)
    violations = page.evaluate("axe.run().then(r => r.violations)")
    assert not violations, json.dumps(violations, indent=1)[:3000]


def test_the_page_without_script_still_shows_the_picture(open_page):
    page = open_page(colah().to_html(), java_script_enabled=False)
    assert page.locator("noscript svg, svg").count() >= 1
