from __future__ import annotations

import math
import random
from itertools import islice

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import viz


def colah():
    a, b = ag.Value(2.0, name="a"), ag.Value(1.0, name="b")
    return (a + b) * (b + 1), a, b


@st.composite
def graphs(draw, symbols=False):
    size = draw(st.integers(2, 7))
    graph = networkx.MultiDiGraph()
    graph.add_nodes_from(range(size))
    ends = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(
        lambda pair: pair[0] < pair[1]
    )
    for index, (source, target) in enumerate(draw(st.lists(ends, max_size=16))):
        if symbols:
            graph.add_edge(source, target, symbol=f"x{index}")
        else:
            graph.add_edge(source, target, derivative=float(draw(st.integers(-3, 3))))
    return graph


def brute_force(graph, start, stop):
    """Return every path as the tuple of its (source, target, key), by plain recursion."""
    if start == stop:
        return [()]
    return [
        ((source, target, key), *rest)
        for source, target, key in graph.out_edges(start, keys=True)
        for rest in brute_force(graph, target, stop)
    ]


@given(graphs())
def test_count_list_and_sum_agree_with_brute_force(graph):
    last = len(graph) - 1
    expected = brute_force(graph, 0, last)
    found = list(viz.paths(last, 0, graph=graph))
    steps = [
        tuple((edge.source, edge.target, edge.operand_index) for edge in path.edges)
        for path in found
    ]
    assert sorted(steps) == sorted(expected)
    assert viz.path_count(last, 0, graph=graph) == len(expected)
    products = [math.prod(graph.edges[step]["derivative"] for step in path) for path in expected]
    assert viz.path_sum(last, 0, graph=graph) == sum(products)
    assert [path.value for path in found] == [
        math.prod(graph.edges[step]["derivative"] for step in path) for path in steps
    ]
    assert viz.factored(last, 0, graph=graph).value == sum(products)


@given(graphs(symbols=True), st.randoms(use_true_random=False))
def test_the_factored_text_means_the_sum_over_paths(graph, rng):
    last = len(graph) - 1
    values = {data["symbol"]: rng.randint(-5, 5) for *_, data in graph.edges(data=True)}
    expected = sum(
        math.prod(values[graph.edges[step]["symbol"]] for step in path)
        for path in brute_force(graph, 0, last)
    )
    for text in (
        viz.factored(last, 0, graph=graph),
        str(viz.path_sum(last, 0, graph=graph, limit=10**6)),
    ):
        code = text.replace(")(", ")*(").replace("·", "*")
        assert eval(code, {}, values) == expected


def random_value(rng):
    values = [ag.Value(rng.uniform(-1, 1), name=name) for name in "xyz"]
    for _ in range(8):
        one, other = rng.choice(values), rng.choice(values)
        values.append(rng.choice([one * other, one + other, one - other, ag.sin(one)]))
    return values


@pytest.mark.parametrize("seed", range(10))
def test_the_path_sum_is_the_gradient(seed):
    values = random_value(random.Random(seed))
    root = values[-1]
    gradients = ag.reverse.cotangents(root)
    for leaf in values[:3]:
        if leaf in gradients:
            total = viz.path_sum(root, leaf)
            assert total == pytest.approx(gradients[leaf], abs=1e-12)
            assert sum(path.value for path in viz.paths(root, leaf)) == pytest.approx(total)
            assert viz.factored(root, leaf).value == total


def test_the_example_reads_as_in_the_book():
    e, a, b = colah()
    assert viz.path_count(e, b) == 2 and viz.path_count(e, a) == 1
    assert viz.path_sum(e, b) == 5.0
    assert [str(path) for path in viz.paths(e, b)] == ["1·2", "1·3"]
    assert viz.factored(e, b) == "1·2 + 1·3" and viz.factored(e, b).value == 5.0
    assert viz.factored(e, b, symbols=True) == "1·d + 1·c"
    path = next(viz.paths(e, b))
    assert path.nodes[0] is b and path.nodes[-1] is e and path.value == 2.0


def test_wrt_may_be_a_name_and_must_be_in_the_graph():
    e, _, _ = colah()
    assert viz.path_count(e, "b") == 2
    with pytest.raises(viz.ArgumentError, match="wrt is 'q'"):
        viz.path_count(e, "q")
    with pytest.raises(viz.ArgumentError, match="of is 'q'"):
        viz.path_count("q", "X", graph=viz.from_paths("X->Y: 1"))


def test_no_path_and_the_empty_path():
    graph = networkx.MultiDiGraph([("a", "b"), ("c", "d")])
    assert viz.path_count("d", "a", graph=graph) == 0
    assert list(viz.paths("d", "a", graph=graph)) == []
    assert viz.path_sum("d", "a", graph=graph) == 0.0
    assert viz.factored("d", "a", graph=graph) == "0"
    assert viz.path_count("a", "a", graph=graph) == 1
    assert [path.value for path in viz.paths("a", "a", graph=graph)] == [1.0]
    assert viz.factored("a", "a", graph=graph) == "1"


def test_the_greek_example():
    graph = viz.from_paths("X->Y: α β γ; Y->Z: δ ε ζ")
    assert viz.path_count("Z", "X", graph=graph) == 9
    expected = "αδ + αε + αζ + βδ + βε + βζ + γδ + γε + γζ"
    assert viz.path_sum("Z", "X", graph=graph) == expected
    assert viz.factored("Z", "X", graph=graph) == "(α + β + γ)(δ + ε + ζ)"
    assert viz.factored("Z", "X", graph=graph).value is None


def test_thirty_stages_are_counted_factored_and_listed_lazily():
    stages = "; ".join(f"N{index}->N{index + 1}: a b c" for index in range(30))
    graph = viz.from_paths(stages)
    assert viz.path_count("N30", "N0", graph=graph) == 3**30 == 205_891_132_094_649
    assert viz.factored("N30", "N0", graph=graph) == "(a + b + c)" * 30
    first = [str(path) for path in islice(viz.paths("N30", "N0", graph=graph), 4)]
    assert first == ["a" * 30, "a" * 29 + "b", "a" * 29 + "c", "a" * 28 + "ba"]
    assert "(1,000 of 205,891,132,094,649 shown)" in viz.path_sum("N30", "N0", graph=graph)


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("s->m: a b; m->t: c; s->t: d", "d + (a + b)·c"),
        ("s->v: p; v->t: q; v->w: r; s->w: y; w->t: x", "yx + p·(q + rx)"),
        ("s->t: -2 3 -x", "-2 + 3 - x"),
        ("s->m: 2; m->t: -3", "2·(-3)"),
        ("s->m: a+b; m->t: c", "(a+b)·c"),
    ],
)
def test_factored_texts(notation, text):
    assert viz.factored("t", "s", graph=viz.from_paths(notation)) == text


def test_a_long_formula_names_its_repeated_parts():
    edges = ["s->x0: 1", "s->y0: 1", "x40->t: 1", "y40->t: 1"]
    edges += [f"{a}{i}->{b}{i + 1}: {a}{b}" for i in range(40) for a in "xy" for b in "xy"]
    text = viz.factored("t", "s", graph=viz.from_paths("; ".join(edges)))
    assert len(text) < 3_000 and ", where s1 = " in text


def test_dense_layers_are_summed_and_factored():
    layers, width = 6, 10
    graph = networkx.MultiDiGraph()
    for layer in range(layers):
        for i in range(width):
            for j in range(width):
                graph.add_edge((layer, i), (layer + 1, j), derivative=1.0)
    for i in range(width):
        graph.add_edge("s", (0, i), derivative=1.0)
        graph.add_edge((layers, i), "t", derivative=1.0)
    assert viz.path_count("t", "s", graph=graph) == width ** (layers + 1)
    assert viz.path_sum("t", "s", graph=graph) == width ** (layers + 1)
    assert viz.factored("t", "s", graph=graph).value == width ** (layers + 1)


def test_a_tangle_is_refused_with_what_works_instead(monkeypatch):
    monkeypatch.setattr("viz.elimination._LARGEST", 100)
    graph = networkx.MultiDiGraph()
    for source in range(30):
        for target in range(source + 1, 30):
            graph.add_edge(source, target, derivative=1.0)
    assert viz.path_count(29, 0, graph=graph) == 2**28
    with pytest.raises(viz.ArgumentError, match="path_sum"):
        viz.factored(29, 0, graph=graph)


def test_a_long_path_needs_no_recursion():
    value = ag.Value(1.0, name="x")
    for _ in range(3_000):
        value = -value
    (path,) = viz.paths(value, "x")
    assert len(path.edges) == 3_000 and path.value == 1.0
    assert viz.factored(value, "x").count("(-1)") == 3_000


def test_tensor_edges_have_paths_but_no_numbers():
    x = ag.Value(np.ones(3), name="x")
    total = (x * x).sum()
    assert viz.path_count(total, x) == 2
    assert all(path.value is None for path in viz.paths(total, x))
    for function in (viz.path_sum, viz.factored):
        with pytest.raises(viz.ArgumentError, match=r"holds arrays, here of shape \(3,\)"):
            function(total, x)


def test_zero_times_infinity_off_the_path_does_not_spoil_the_sum():
    x, y = ag.Value(0.0, name="x"), ag.Value(4.0, name="y")
    assert viz.path_sum(ag.sqrt(x) + ag.sqrt(y), y) == 0.25
