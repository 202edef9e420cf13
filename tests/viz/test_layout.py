from __future__ import annotations

import random
import threading

import pytest

import autograd_core as ag
import viz
from viz.layout import lay_out
from viz.placing import laid_out
from viz.straighten import _spread

SMALL = "digraph { a -> b [id=ab] }"


def test_a_layout_that_exceeds_its_budget_raises_and_the_next_one_works():
    dot = "digraph {" + "".join(f"{i} -> {j} [id=e];" for i in range(9) for j in range(i)) + "}"
    with pytest.raises(viz.LayoutError, match=r"budget.*to_text\(\)"):
        lay_out(dot, budget=100_000)
    assert lay_out(SMALL).curves["ab"].tip is not None


def test_bad_dot_raises_and_the_next_layout_works():
    with pytest.raises(viz.LayoutError, match="Graphviz"):
        lay_out("digraph { a -> ")
    assert sorted(lay_out(SMALL).centres) == ["a", "b"]


def test_layout_is_the_same_every_time_and_in_threads():
    found = []
    threads = [threading.Thread(target=lambda: found.append(lay_out(SMALL))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [lay_out(SMALL)] * 4


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("rankdir", ["BT", "LR"])
def test_no_shape_covers_another(seed, rankdir):
    from viz.labels import edge_lines, node_lines
    from viz.metrics import box_size, ellipse_size

    rng = random.Random(seed)
    values = [ag.Value(rng.uniform(-1, 1)) for _ in range(3)]
    for _ in range(12):
        values.append(rng.choice(values[-5:]) * rng.choice(values) + rng.choice(values))
    diagram = viz.draw(values[-1], mode="reverse", rankdir=rankdir).diagram
    layout = laid_out(diagram, "p")
    shapes = []
    for index, node in enumerate(diagram.nodes):
        shapes.append((layout.centres[f"n{index}"], ellipse_size(node_lines(diagram, node))))
    for index, edge in enumerate(diagram.edges):
        shapes.append((layout.centres[f"l{index}"], box_size(edge_lines(diagram, edge))))
    for place, ((x, y), (width, height)) in enumerate(shapes):
        assert 0 <= x - width / 2 + 1 and x + width / 2 <= layout.width + 1
        assert 0 <= y - height / 2 + 1 and y + height / 2 <= layout.height + 1
        for (other_x, other_y), (other_width, other_height) in shapes[:place]:
            apart_x = abs(x - other_x) - (width + other_width) / 2
            apart_y = abs(y - other_y) - (height + other_height) / 2
            assert max(apart_x, apart_y) > -0.5


def test_places_are_nearest_to_wishes_in_order_and_apart():
    assert _spread([5.0, 0.0], [1.0, 1.0], [4.0]) == [0.5, 4.5]
    assert _spread([0.0, 1.0, 9.0], [1e9, 1.0, 1.0], [4.0, 4.0]) == pytest.approx(
        [0.0, 4.0, 9.0], abs=1e-6
    )
