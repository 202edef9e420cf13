from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest

import autograd_core as ag
import viz
from viz.theme import DARK, LIGHT

from .gallery import PICTURES

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<b>",
    "a&b",
    "&amp;",
    "W\\Norm",
    "\\N",
    "\\",
    "</script>",
    "</svg>",
    "]]>",
    "-->",
    'say "no"',
    "it's",
    "<<i>x</i>>",
    "a:b:c",
    "{x|y}",
    "🙂 👩‍👩‍👧",
    "日本語",
    "javascript:alert(1)",
    "%s $x #y",
    "x" * 60,
]


def colah(**options):
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    c = a + b
    d = b + 1
    e = c * d
    return viz.draw(e, names={"c": c, "d": d, "e": e}, **options)


def texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter(SVG + "text")]


def test_every_edge_has_a_box_with_its_derivative():
    root = ElementTree.fromstring(colah().to_svg())
    boxes = [g for g in root.iter(SVG + "g") if g.get("class") == "ag-label"]
    labels = sorted(g.find(SVG + "text").text for g in boxes)
    assert labels == ["∂c/∂a = 1", "∂c/∂b = 1", "∂d/∂b = 1", "∂e/∂c = 2", "∂e/∂d = 3"]
    assert all(g.find(SVG + "rect") is not None for g in boxes)


def test_nodes_are_ellipses_with_definition_and_value():
    lines = texts(colah().to_svg())
    for line in ("c = a+b", "c = 3", "d = b+1", "d = 2", "e = c*d", "e = 6", "a = 2", "b = 1"):
        assert line in lines
    # The root's outline is double.
    assert colah().to_svg().count("<ellipse") == 6


def test_leaves_are_at_the_bottom_and_the_root_on_top():
    root = ElementTree.fromstring(colah().to_svg())
    height = {
        g.find(SVG + "title").text.split(" ")[0]: float(g.find(SVG + "ellipse").get("cy"))
        for g in root.iter(SVG + "g")
        if "ag-node" in g.get("class", "")
    }
    assert height["e"] < height["c"] == height["d"] < height["a"] == height["b"]


@pytest.mark.parametrize(
    ("rankdir", "axis", "sign"), [("TB", "cy", -1), ("RL", "cx", 1), ("LR", "cx", -1)]
)
def test_rankdir_turns_the_picture(rankdir, axis, sign):
    root = ElementTree.fromstring(colah(rankdir=rankdir).to_svg())
    ellipses = list(root.iter(SVG + "ellipse"))
    places = [float(ellipse.get(axis)) for ellipse in ellipses]
    # The root is drawn first (its two outlines), the leaves last.
    assert sign * places[0] < sign * places[2] < sign * places[-1]


def test_text_lies_inside_its_shape_and_the_shapes_inside_the_picture():
    from viz.metrics import FONT_SIZE, LABEL_SIZE, text_width

    root = ElementTree.fromstring(colah(mode="reverse").to_svg())
    left, top, width, height = map(float, root.get("viewBox").split())
    for group in root.iter(SVG + "g"):
        rect, ellipse = group.find(SVG + "rect"), group.findall(SVG + "ellipse")
        lines = group.findall(SVG + "text")
        if rect is not None:
            assert text_width(lines[0].text, LABEL_SIZE) < float(rect.get("width"))
        if ellipse:
            shape = {key: float(ellipse[-1].get(key)) for key in ("cx", "cy", "rx", "ry")}
            assert left < shape["cx"] - shape["rx"] and shape["cx"] + shape["rx"] < left + width
            assert top < shape["cy"] - shape["ry"] and shape["cy"] + shape["ry"] < top + height
            for line in lines:
                # The estimate is for the widest common font; the usual ones need 20 % less.
                half = text_width(line.text, FONT_SIZE) / 2 / 1.2
                for edge in (float(line.get("y")), float(line.get("y")) - FONT_SIZE * 0.7):
                    rise = (edge - shape["cy"]) / shape["ry"]
                    assert (half / shape["rx"]) ** 2 + rise**2 < 1


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_appear_literally_everywhere(name):
    x = ag.Value(2.0, name=name)
    picture = viz.draw(x * x, names={"y": None})
    assert f"{name} = 2" in texts(picture.to_svg())
    assert picture.to_text().splitlines()[2].startswith(name)
    assert json.loads(picture.to_json())["nodes"][1]["name"] == name
    from viz.layout import _run

    drawn = json.loads(_run(picture.to_dot(), 10**10))
    assert drawn["objects"][1]["id"].endswith("node-1")
    page = Page()
    page.feed(picture.to_html())
    assert f"{name} = 2" in page.texts
    assert page.tags.isdisjoint({"script", "b", "i", "a", "img"})
    assert "href" not in page.attributes


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.texts, self.tags, self.attributes = [], set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize(
    "name", ["one\ntwo", "bell\a", "nul\0", "\x1b[31m", "\u202eevil", "\ud800"]
)
def test_control_characters_are_made_visible(name):
    picture = viz.draw(ag.Value(2.0, name=name) * 1.0)
    shown = name.encode("unicode_escape").decode()
    assert any(line.startswith(shown) for line in texts(picture.to_svg()))
    assert len(picture.to_text().splitlines()) == 6
    json.loads(picture.to_json())
    for form in ("svg", "html", "dot", "json", "txt"):
        picture.render(form)


def test_dot_labels_cannot_become_html_or_escapes():
    dot = viz.draw(ag.Value(1.0, name="<b>") * ag.Value(1.0, name='\\N & "q"')).to_dot()
    assert 'label="<b> = 1"' in dot
    assert r'label="\\N &amp; \"q\" = 1"' in dot
    assert "URL" not in dot and "href" not in dot


def test_ids_are_unique_stable_and_prefixed():
    svg = colah().to_svg()
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    prefix = ids[0]
    assert all(name.startswith(prefix) for name in ids)
    assert svg == colah().to_svg()
    assert prefix not in colah(precision=2, mode="reverse").to_svg()
    assert 'id="second-node-0"' in colah().to_svg(prefix="second")


@pytest.mark.parametrize("prefix", ["", "1st", 'a"b', "a b", "é"])
def test_a_prefix_that_could_break_out_is_refused(prefix):
    with pytest.raises(viz.ArgumentError, match="prefix"):
        colah().to_svg(prefix=prefix)


def test_svg_has_role_title_and_description():
    root = ElementTree.fromstring(colah(mode="reverse").to_svg())
    assert root.get("role") == "img"
    title, description = root.find(SVG + "title"), root.find(SVG + "desc")
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert title.text == "Derivative diagram of e, reverse mode"
    assert "c to e: ∂e/∂c = 2" in description.text and "∂e/∂b = 5" in description.text


def test_svg_loads_nothing_and_runs_nothing():
    svg = colah(theme="auto").to_svg().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|url\(|@import|<script|\bon\w+=|href", svg)


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast_is_enough_for_text_and_graphics(colours):
    for name, colour in colours.items():
        if name.endswith("-fill"):
            assert contrast(colours["text"], colour) >= 4.5
            assert contrast(colours["sweep"], colour) >= 4.5
            line = name.replace("-fill", "-stroke")
            assert contrast(colours[line], colour) >= 3
        if name.endswith("-stroke") or name == "edge":
            for page in ("#ffffff", "#0d1117"):
                assert contrast(colour, page) >= 3


def test_kinds_differ_by_more_than_colour():
    x = ag.Value(2.0, name="x")
    svg = viz.draw(x * 3 + 1, show_constants=True).to_svg()
    root = ElementTree.fromstring(svg)
    outlines = {}
    for group in root.iter(SVG + "g"):
        if "ag-node" in group.get("class", ""):
            ellipses = group.findall(SVG + "ellipse")
            outlines[group.get("class").split("ag-")[-1]] = (
                len(ellipses),
                ellipses[0].get("stroke-width"),
                ellipses[0].get("stroke-dasharray"),
            )
    assert len(outlines) == len(set(outlines.values())) == 4


def test_themes():
    light, dark, auto = (colah(theme=theme).to_svg() for theme in ("light", "dark", "auto"))
    assert DARK["text"] in dark and DARK["text"] not in light
    assert "prefers-color-scheme:dark" in auto and "prefers-color-scheme" not in light + dark
    # What a converter that knows no custom properties sees.
    assert f'fill="{LIGHT["text"]}"' in auto


def test_too_large_a_picture_is_folded_and_says_so_and_text_is_whole():
    value = ag.Value(1.0, name="x")
    for _ in range(30):
        value = value * 1.5
    picture = viz.draw(value, max_nodes=20)
    note = "31 nodes, more than max_nodes = 20"
    assert len(picture.diagram.nodes) == 12 and note in repr(picture)
    for written in (picture.to_svg(), picture.to_html(), picture.to_dot(), picture.to_text()):
        assert note in written
    assert len(picture.to_text().splitlines()) == 1 + 31 + 1 + 1 + 30 + 2
    record = json.loads(picture.to_json())
    assert len(record["edges"]) == 30 and note in record["note"]
    bundle = picture._repr_mimebundle_()
    assert note in bundle["text/html"] and bundle["text/plain"] == repr(picture)


def test_a_networkx_graph_that_is_too_large_says_what_to_do():
    graph = viz.from_paths("; ".join(f"X{i}->X{i + 1}: α{i}" for i in range(30)))
    picture = viz.from_networkx(graph, max_nodes=20)
    for draw in (picture.to_svg, picture.to_html, picture.to_dot):
        with pytest.raises(viz.DrawingTooLargeError, match=r"31 nodes.*20.*to_text\(\)"):
            draw()
    assert len(picture.to_text().splitlines()) == 1 + 31 + 1 + 1 + 30
    assert "text/html" not in picture._repr_mimebundle_()


def test_jupyter_gets_inline_svg_and_text():
    bundle = colah()._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "<svg" in bundle["text/html"] and bundle["text/plain"] == colah().to_text()


@pytest.mark.parametrize("suffix", ["svg", "html", "dot", "gv", "json", "txt", "SVG"])
def test_save_writes_what_the_suffix_says(tmp_path, suffix):
    path = tmp_path / f"e.{suffix}"
    colah().save(path)
    assert path.read_bytes() == colah().render(suffix.lower())
    assert [other.name for other in tmp_path.iterdir()] == [path.name]


def test_save_refuses_other_suffixes(tmp_path):
    with pytest.raises(viz.ArgumentError, match=r"format is 'bmp'"):
        colah().save(tmp_path / "e.bmp")
    with pytest.raises(viz.ArgumentError, match="no suffix"):
        colah().save(tmp_path / "e")
    assert not list(tmp_path.iterdir())


def test_png_without_dot_names_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(viz.ProgramMissingError, match="apt install graphviz"):
        colah().save(tmp_path / "e.png")


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "e.svg"
    path.write_text("old")
    value = ag.Value(1.0) * 2.0 * 3.0
    with pytest.raises(viz.DrawingTooLargeError):
        viz.draw(value, max_nodes=1).save(path)
    assert path.read_text() == "old"


def test_json_is_exact_and_has_no_bare_nan():
    x = ag.Value(0.1, name="x")
    record = json.loads(viz.draw(ag.sqrt(x - 0.1) * (1 / 3)).to_json(), parse_constant=pytest.fail)
    assert record["schema"] == "autograd-viz/1"
    edges = {(edge["source"], edge["target"]): edge["derivative"] for edge in record["edges"]}
    assert "inf" in edges.values() and 1 / 3 in edges.values()
    assert next(node for node in record["nodes"] if node["name"] == "x")["value"] == 0.1


def test_html_has_the_tables_and_keeps_to_itself():
    page = colah(mode="reverse").to_html()
    parsed = Page()
    parsed.feed(page)
    assert page.startswith("<!DOCTYPE html>") and "Content-Security-Policy" in page
    assert parsed.tags.isdisjoint({"script", "link", "img", "iframe"})
    assert {"table", "svg", "caption"} <= parsed.tags
    assert "∂e/∂·" in parsed.texts and "c → e" in parsed.texts


def test_every_fold_of_a_page_can_be_opened():
    page = PICTURES["mlp-depth-2"]().to_html()
    links = re.findall(r'<a href="#([^"]+)"><g id="[^"]+" class="ag-node ag-group">', page)
    assert len(links) == 2
    for target in links:
        assert page.count(f'id="{target}"') == 1
    assert page.count("<svg") == 3 and page.count("is open.") == 2
    assert "affine" in page and "<script" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_opening_merged_calls_shows_the_calls():
    picture = PICTURES["steps-merged"]()
    (view,) = picture._views().values()
    assert sum(node.kind == "group" for node in view.nodes) == 6
    assert picture.diagram.nodes[1].expression.endswith("× 6")


def test_a_page_without_folds_has_one_picture():
    assert colah().to_html().count("<svg") == 1
