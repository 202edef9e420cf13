from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import autograd_core as ag
import nn
import viz
from viz.errors import ArgumentError

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def sheet(ax):
    return np.ma.filled(ax.images[0].get_array(), np.nan)


def test_filters_lie_side_by_side_on_one_scale_around_zero():
    conv = nn.Conv2d(1, 5, 3, rng=0)
    ax = viz.plot.filters(conv, columns=2)
    drawn = sheet(ax)
    assert drawn.shape == (3 * 4 - 1, 2 * 4 - 1)
    np.testing.assert_allclose(drawn[4:7, 4:7], conv.weight.data[3, 0])
    assert np.isnan(drawn[3]).all()
    assert np.isnan(drawn[8:, 4:]).all()
    largest = np.abs(conv.weight.data).max()
    assert ax.images[0].get_clim() == pytest.approx((-largest, largest))


def test_filters_of_three_inputs_are_in_colour_with_grey_for_zero():
    weights = np.zeros((2, 3, 2, 2))
    weights[0, 0] = 4.0
    drawn = sheet(viz.plot.filters(weights))
    assert drawn[0, 0].tolist() == [1.0, 0.5, 0.5, 1.0]
    assert drawn[0, 3].tolist() == [0.5, 0.5, 0.5, 1.0]
    assert drawn[0, 2, 3] == 0.0  # nothing is drawn between them


def test_filters_of_many_inputs_have_a_row_each_and_the_title_counts_what_is_left_out():
    ax = viz.plot.filters(np.ones((4, 5, 3, 3)))
    assert sheet(ax).shape == (4 * 4 - 1, 5 * 4 - 1)
    few = viz.plot.filters(np.ones((100, 1, 3, 3)), most=9)
    assert few.get_title() == "the first 9 of 100 filters of 3 × 3"
    with pytest.raises(ArgumentError, match="need"):
        viz.plot.filters(np.ones((3, 3)))


def test_feature_maps_mark_channels_that_are_dead():
    maps = np.ones((1, 3, 2, 2))
    maps[0, 1] = 0.0
    ax = viz.plot.feature_maps(ag.Value(maps), columns=3)
    assert [(text.get_text(), text.get_position()) for text in ax.texts] == [("∅", (3, 0))]
    with pytest.raises(ArgumentError, match=r"\(C, H, W\)"):
        viz.plot.feature_maps(np.ones((2, 3, 4, 4)))


def test_confusion_has_counts_as_text_and_fractions_as_colour():
    matrix = SimpleNamespace(counts=np.array([[3, 1], [0, 0]]), labels=("cat", "dog"))
    ax = viz.plot.confusion(matrix)
    drawn = np.ma.filled(ax.images[0].get_array(), np.nan)
    assert drawn[0].tolist() == [0.75, 0.25]
    assert np.isnan(drawn[1]).all()
    cells = [(text.get_text(), text.get_position()) for text in ax.texts]
    assert cells == [("3", (0, 0)), ("1", (1, 0))]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["cat", "dog"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")


def test_confusion_refuses_what_is_no_matrix_of_counts():
    for wrong in (np.ones((2, 3)), -np.ones((2, 2)), np.full((2, 2), np.nan)):
        with pytest.raises(ArgumentError, match="confusion"):
            viz.plot.confusion(wrong)
    with pytest.raises(ArgumentError, match="3 labels for 2 classes"):
        viz.plot.confusion(np.eye(2), labels="abc")


def network():
    return nn.Sequential(
        nn.Conv2d(1, 2, 3, rng=0), nn.ReLU(), nn.Flatten(), nn.Dropout(0.5), nn.Linear(32, 3, rng=1)
    )


def test_saliency_is_the_gradient_of_the_score_by_the_pixels():
    model, x = network(), np.random.default_rng(0).normal(size=(1, 6, 6)).astype(np.float32)
    drawn = viz.plot.saliency(model, x, 2).images[1].get_array()
    model.eval()
    for i, j in ((0, 0), (2, 3), (5, 5)):
        moved = [np.array(x), np.array(x)]
        moved[0][0, i, j] += 1e-2
        moved[1][0, i, j] -= 1e-2
        high, low = (float(model(m[None]).data[0, 2]) for m in moved)
        assert drawn[i, j] == pytest.approx(abs(high - low) / 2e-2, abs=1e-3)


def test_saliency_leaves_the_model_as_it_was():
    model, x = network(), np.ones((1, 6, 6))
    model[4].eval()
    before = [module.training for _, module in model.named_modules()]
    viz.plot.saliency(model, x)
    assert [module.training for _, module in model.named_modules()] == before
    assert all(parameter.grad is None for parameter in model.parameters())


def test_saliency_takes_the_class_with_the_highest_score_and_the_strongest_channel():
    weights = np.zeros((2, 3, 2, 2))
    weights[1, 0, 0, 0], weights[1, 2, 0, 0] = 1.0, -5.0

    def model(x):
        return x.reshape(1, 12) @ weights.reshape(2, 12).T + np.array([[0.0, 9.0]])

    ax = viz.plot.saliency(model, np.ones((3, 2, 2)))
    assert "class 1 (5)" in ax.get_title()
    assert ax.images[1].get_array().tolist() == [[5.0, 0.0], [0.0, 0.0]]


def test_saliency_says_what_does_not_fit():
    x = np.ones(4)
    with pytest.raises(ArgumentError, match="image="):
        viz.plot.saliency(lambda x: x @ np.ones((4, 2)), x)
    with pytest.raises(ArgumentError, match="class 7"):
        viz.plot.saliency(lambda x: x @ np.ones((4, 2)), x, 7, image=np.ones((2, 2)))
    with pytest.raises(ArgumentError, match=r"\(1, K\)"):
        viz.plot.saliency(lambda x: x.sum(), x, image=np.ones((2, 2)))
