"""The learning-rate range test finds a rate that works, and leaves no trace."""

from __future__ import annotations

import math

import numpy as np
import pytest

import nn
from autograd_core.errors import ArgumentError
from nn.optim import SGD, Adam, LRRange, lr_range_test

DATA = np.random.default_rng(1)
X = DATA.normal(size=(64, 3))
Y = X @ np.array([1.0, -2.0, 3.0])
BATCHES = [(X[i : i + 16], Y[i : i + 16]) for i in range(0, 64, 16)]


class Regression(nn.Module):
    """With a buffer and with noise, which the test must both give back."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(np.zeros(3))
        self.register_buffer("calls", np.zeros(()))

    def forward(self, x):
        self.calls = self.calls + 1
        noise = nn.random.generator().normal(size=x.shape)
        return (x + 1e-3 * noise) @ self.weight


def mse(y, t):
    return ((y - t) ** 2).mean()


def run(optimizer=SGD, batches=BATCHES, **options):
    nn.manual_seed(0)
    model = Regression()
    return lr_range_test(model, mse, optimizer(model.parameters()), batches, **options)


def test_the_suggestion_trains_and_a_tenfold_of_the_end_does_not():
    found = run()
    assert 1e-3 < found.suggestion < 1.0
    losses = {}
    for factor in (1, 100):
        model = Regression()
        optimizer = SGD(model.parameters(), lr=factor * found.suggestion)
        for x, y in BATCHES * 10:
            optimizer.zero_grad()
            loss = mse(model(x), y)
            loss.backward()
            optimizer.step()
        losses[factor] = loss.item()
    assert losses[1] < 1e-3
    assert not losses[100] < 1.0


def test_the_curve_is_a_sweep_that_stops_where_the_loss_diverges():
    found = run(start=1e-5, end=100.0, steps=80)
    assert len(found.lrs) == len(found.losses) == len(found.smoothed) < 80
    np.testing.assert_allclose(found.lrs, np.geomspace(1e-5, 100.0, 80)[: len(found.lrs)])
    settled = found.smoothed[8:]
    assert settled[-1] > 4 * settled.min()
    assert (settled[:-1] <= 4 * np.minimum.accumulate(settled)[:-1]).all()
    assert found.losses[0] == found.smoothed[0]  # the average does not begin at zero


def test_a_loss_that_is_not_a_number_ends_it():
    found = run(start=1e-3, end=1e3, steps=30, diverged=math.inf)
    assert len(found.lrs) == 30
    calls = []

    def loss(y, t):
        calls.append(1)
        return mse(y, t) * (math.nan if len(calls) == 5 else 1.0)

    model = Regression()
    found = lr_range_test(model, loss, SGD(model.parameters()), BATCHES)
    assert len(found.lrs) == len(calls) == 5
    assert np.isnan(found.smoothed[-1])
    assert len(found.losses) == 5


def test_it_ends_at_the_last_rate_where_nothing_diverges():
    found = run(start=1e-6, end=1e-3, steps=20)
    assert found.lrs[-1] == pytest.approx(1e-3)


@pytest.mark.parametrize("interrupted", [False, True])
def test_model_optimiser_and_random_numbers_are_as_before(interrupted):
    nn.manual_seed(5)
    model = Regression()
    weight = model.weight.data
    optimizer = Adam(model.parameters(), lr=0.02)
    for x, y in BATCHES:
        optimizer.zero_grad()
        mse(model(x), y).backward()
        optimizer.step()
    before = weight.copy(), model.weight.grad.copy(), int(model.calls), nn.random.get_state()
    memory = optimizer.state_dict()

    def loss(y, t):
        if interrupted and int(model.calls) > 20:
            raise KeyboardInterrupt
        return mse(y, t)

    if interrupted:
        with pytest.raises(KeyboardInterrupt):
            lr_range_test(model, loss, optimizer, BATCHES)
    else:
        lr_range_test(model, loss, optimizer, BATCHES)
    np.testing.assert_array_equal(model.weight.data, before[0])
    np.testing.assert_array_equal(model.weight.grad, before[1])
    assert int(model.calls) == before[2]
    assert nn.random.get_state() == before[3]
    assert optimizer.param_groups[0]["lr"] == 0.02
    after = optimizer.state_dict()["state"][0]
    assert after["step"] == memory["state"][0]["step"] == 4
    np.testing.assert_array_equal(after["exp_avg"], memory["state"][0]["exp_avg"])


def test_too_few_batches_are_refused():
    with pytest.raises(ArgumentError, match="the batches ended after 4"):
        run(batches=iter(BATCHES))
    with pytest.raises(ArgumentError, match="the batches ended after 0"):
        run(batches=[])


@pytest.mark.parametrize(
    "options", [{"start": 0.0}, {"start": 2.0, "end": 1.0}, {"steps": 1}, {"smoothing": 1.0}]
)
def test_an_impossible_range_is_refused(options):
    with pytest.raises(ArgumentError, match="lr_range_test: start is"):
        run(**options)


def test_a_nan_at_the_end_does_not_hide_the_suggestion():
    lrs, losses = np.geomspace(1e-3, 1, 7), np.array([5.0, 4.9, 3.0, 1.5, 1.4, 2.0, math.nan])
    assert LRRange(lrs, losses, losses, warm_up=0).suggestion == lrs[2]
    assert LRRange(lrs, losses, losses, warm_up=3).suggestion != lrs[2]
    assert math.isnan(LRRange(lrs, losses * math.nan, losses * math.nan, warm_up=0).suggestion)


def test_where_nothing_is_learnt_nothing_is_suggested():
    assert math.isnan(run(start=1e3, end=1e4).suggestion)


def test_the_plot_shows_both_curves_and_the_suggestion():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    found = run()
    axes = found.plot()
    raw, smoothed, mark = axes.lines
    np.testing.assert_array_equal(raw.get_ydata(), found.losses)
    np.testing.assert_array_equal(smoothed.get_ydata(), found.smoothed)
    assert mark.get_xdata()[0] == found.suggestion
    assert axes.get_xscale() == "log"
    assert found.plot(axes) is axes
    pyplot.close("all")
