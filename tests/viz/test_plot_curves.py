from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import autograd_core as ag
import nn
import viz
from viz.errors import ArgumentError
from viz.plot.axes import SERIES

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def curves(ax):
    return {line.get_label(): line for line in ax.lines}


def luminance(colour):
    parts = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_every_colour_has_a_contrast_of_3_on_white_and_on_black():
    for line in SERIES:
        assert 1.05 / (luminance(line.color) + 0.05) >= 3
        assert (luminance(line.color) + 0.05) / 0.05 >= 3


def test_series_differ_by_dashes_and_markers_as_well():
    assert len({str(line.linestyle) for line in SERIES}) == len(SERIES)
    assert len({line.marker for line in SERIES}) == len(SERIES)


def test_text_follows_the_style_of_the_figure():
    with plt.style.context("dark_background"):
        ax = viz.plot.activation(ag.tanh)
        assert ax.title.get_color() == ax.xaxis.label.get_color() == "white"


def test_activation_draws_the_function_and_its_derivative():
    lines = curves(viz.plot.activation(ag.tanh, range=(-2, 3)))
    x = lines["tanh(x)"].get_xdata()
    assert (x[0], x[-1]) == (-2, 3)
    np.testing.assert_allclose(lines["tanh(x)"].get_ydata(), np.tanh(x))
    np.testing.assert_allclose(lines["tanh′(x)"].get_ydata(), 1 - np.tanh(x) ** 2, atol=1e-14)


def test_activation_takes_modules_and_functions_and_can_leave_out_the_derivative():
    assert "GELU(x)" in curves(viz.plot.activation(nn.GELU()))
    lines = curves(viz.plot.activation(lambda x: x * x, derivative=False))
    assert "f(x)" in lines
    assert not any("′" in label for label in lines)
    named = curves(viz.plot.activation(lambda x: x * x, name="square"))
    assert "square′(x)" in named


def test_activation_refuses_what_is_not_elementwise():
    with pytest.raises(ArgumentError, match="shape"):
        viz.plot.activation(lambda x: x.sum())
    with pytest.raises(ArgumentError, match="ascends"):
        viz.plot.activation(ag.tanh, range=(1, 1))


def test_history_puts_training_beside_validation_in_a_panel_per_quantity():
    columns = {
        "epoch": [1, 2, 3], "loss": [3.0, 2.0, 1.0], "validation_loss": [3.0, 1.5, 2.5],
        "accuracy": [0.1, None, 0.3], "lr": [0.1, 0.01, 0.001], "seconds": [1.0, 1.0, 1.0],
    }  # fmt: skip
    loss, accuracy, lr = viz.plot.history(SimpleNamespace(to_dict=lambda: columns))
    assert list(curves(loss)["training"].get_ydata()) == [3.0, 2.0, 1.0]
    assert list(curves(loss)["validation"].get_ydata()) == [3.0, 1.5, 2.5]
    (lowest,) = (line for label, line in curves(loss).items() if label.startswith("lowest"))
    assert (lowest.get_xdata()[0], lowest.get_ydata()[0]) == (2, 1.5)
    assert np.isnan(curves(accuracy)["training"].get_ydata()[1])
    assert lr.get_yscale() == "log"
    assert loss.get_xlabel() == "epoch"


def test_history_takes_a_trainer_and_axes_of_ones_own():
    trainer = SimpleNamespace(history=SimpleNamespace(to_dict=lambda: {"loss": [1.0, 0.5]}))
    _, ax = plt.subplots()
    assert viz.plot.history(trainer, names=["loss"], ax=ax) == [ax]
    with pytest.raises(ArgumentError, match="needs 1"):
        viz.plot.history(trainer, ax=plt.subplots(1, 2)[1])
    with pytest.raises(ArgumentError, match="no column"):
        viz.plot.history(trainer, names=["f1"])
    with pytest.raises(ArgumentError, match="no epoch"):
        viz.plot.history({})


def test_lr_range_marks_the_suggestion_and_shows_the_fall_not_the_end():
    lrs = np.geomspace(1e-4, 10, 60)
    smoothed = 2 - 1 / (1 + (0.01 / lrs) ** 2) + (lrs / 2) ** 4
    found = SimpleNamespace(lrs=lrs, losses=smoothed + 0.1, smoothed=smoothed, suggestion=0.01)
    ax = viz.plot.lr_range(found)
    (mark,) = (line for label, line in curves(ax).items() if label.startswith("suggestion: 0.01"))
    assert mark.get_xdata()[0] == 0.01
    assert mark.get_ydata()[0] == pytest.approx(1.5, abs=0.02)
    assert ax.get_xscale() == "log"
    assert 2 < ax.get_ylim()[1] < 4 < smoothed[-1]


def test_lr_range_without_a_suggestion_draws_the_losses_alone():
    found = SimpleNamespace(
        lrs=np.array([0.1, 1.0]), losses=[1.0, np.nan], smoothed=[1.0, np.nan], suggestion=np.nan
    )
    assert list(curves(viz.plot.lr_range(found))) == ["loss of each batch", "smoothed"]


def bowl(a, b):
    return a**2 + 100 * b**2


def test_contour_lines_are_spaced_by_a_factor():
    ax = viz.plot.loss_surface(bowl, x=(-1, 1), y=(-1, 1), points=41)
    levels = ax.collections[-1].levels
    np.testing.assert_allclose(levels[1:] / levels[:-1], 10 ** (1 / 3))
    assert levels[-1] >= 101


def test_traces_are_drawn_from_where_they_begin_to_where_they_end():
    path = np.array([[1.0, 1.0], [0.5, np.nan], [0.2, 0.1]])
    ax = viz.plot.loss_surface(bowl, {"SGD": path}, points=5)
    line = curves(ax)["SGD"]
    assert line.get_xydata().tolist() == [[1.0, 1.0], [0.2, 0.1]]
    begin, end = (other for other in ax.lines if other is not line)
    assert begin.get_xydata().tolist() == [[1.0, 1.0]]
    assert end.get_xydata().tolist() == [[0.2, 0.1]]
    assert begin.get_marker() != end.get_marker()
    assert ax.get_xlim()[0] < 0.2 < 1.0 < ax.get_xlim()[1]


def test_around_a_saddle_lines_go_up_and_down():
    ax = viz.plot.loss_surface(lambda a, b: a * a - b * b, around=0.0, points=21)
    levels = ax.collections[-1].levels
    np.testing.assert_allclose(levels, -levels[::-1])


def test_loss_surface_takes_values_plateaus_and_holes_and_refuses_nonsense():
    assert viz.plot.loss_surface(lambda a, b: ag.Value(a) * b, points=4).collections
    assert not viz.plot.loss_surface(lambda a, b: 1.0, points=4).collections
    viz.plot.loss_surface(lambda a, b: float("inf") if a < 0 else a, points=6)
    with pytest.raises(ArgumentError, match=r"\(K, 2\)"):
        viz.plot.loss_surface(bowl, {"SGD": [1.0, 2.0]})
    with pytest.raises(ArgumentError, match="nowhere finite"):
        viz.plot.loss_surface(lambda a, b: float("nan"), points=3)
