"""The steps that fit does, for all forms of data and all options."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn.data import ArrayDataset, DataLoader
from nn.optim import LBFGS, SGD, Adam, clip_grad_norm_
from nn.optim.lr_scheduler import ExponentialLR, ReduceLROnPlateau, StepLR
from nn.training import Callback, Trainer

from .small import arrays, linear, squared, trainer

# --- the loop ------------------------------------------------------------------------------


def test_fit_does_the_steps_of_a_loop_written_by_hand() -> None:
    x, y = arrays()
    batches = [(x[i : i + 6], y[i : i + 6]) for i in range(0, 20, 6)]
    ours, theirs = linear(), linear()
    run = Trainer(ours, squared, Adam(ours.parameters(), lr=0.1), clip_norm=0.5)
    history = run.fit(batches, epochs=3, progress=False)
    optimizer, losses = Adam(theirs.parameters(), lr=0.1), []
    for _ in range(3):
        total = 0.0
        for a, b in batches:
            optimizer.zero_grad()
            loss = squared(theirs(a), b)
            loss.backward()
            clip_grad_norm_(theirs.parameters(), 0.5)
            optimizer.step()
            total += loss.item() * len(a)
        losses.append(total / 20)
    assert ours.weight.data.tobytes() == theirs.weight.data.tobytes()
    assert history["loss"] == pytest.approx(losses, rel=1e-14)
    assert history["epoch"] == [1, 2, 3]


def test_arrays_loaders_and_lists_are_the_same_data() -> None:
    x, y = arrays()
    results = []
    for train in (
        DataLoader(ArrayDataset(x, y), batch_size=20),
        DataLoader(ArrayDataset(x, y), batch_size=20, prefetch=2),
        [(x, y)],
        [[x, y]],
        [((x,), y)],
        [({"x": x}, y)],
    ):
        run = trainer()
        run.fit(train, epochs=2, progress=False)
        results.append(run.model.weight.data.tobytes())
    assert len(set(results)) == 1
    run = trainer()
    run.fit((x, y), epochs=2, batch_size=20, progress=False)  # shuffled, so only nearly
    np.testing.assert_allclose(
        run.model.weight.data, np.frombuffer(results[0]).reshape(1, 3), rtol=1e-12
    )


def test_arrays_are_shuffled_anew_in_each_epoch_and_validation_is_not() -> None:
    seen: list[Any] = []

    def forward(model: Any, x: Any) -> Any:
        seen.append((model.training, x[:, 0].tolist()))
        return model(x)

    x, y = arrays(8)
    trainer(forward=forward).fit((x, y), (x, y), epochs=2, batch_size=8, progress=False)
    assert [training for training, _ in seen] == [True, False, True, False]
    first, validation, second, again = [order for _, order in seen]
    assert validation == again == x[:, 0].tolist()
    assert first != second
    assert sorted(first) == sorted(second) == sorted(validation)


def test_a_second_fit_goes_on_counting() -> None:
    run = trainer()
    run.fit(arrays(), epochs=2, progress=False)
    history = run.fit(arrays(), epochs=1, progress=False)
    assert history["epoch"] == [1, 2, 3]
    assert history is run.history


def test_inputs_of_several_parts() -> None:
    class Masked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = linear()

        def forward(self, x: Any, lengths: Any) -> Any:
            return self.linear(x) * (lengths[:, None] > 2)

    x, y = arrays(6)
    lengths = np.array([1, 2, 3, 4, 5, 6])
    results = []
    for batch in [(x, lengths, y), ((x, lengths), y), ({"lengths": lengths, "x": x}, y)]:
        run = trainer(Masked())
        run.fit([batch], progress=False)
        results.append(run.model.linear.weight.data.tobytes())
    run = trainer(Masked(), forward=lambda model, x, lengths: model(x, lengths=lengths))
    run.fit([(x, lengths, y)], progress=False)
    results.append(run.model.linear.weight.data.tobytes())
    assert len(set(results)) == 1
    expected = run.model(x, lengths).data
    np.testing.assert_array_equal(run.predict((x, lengths), batch_size=4), expected)
    np.testing.assert_array_equal(run.predict([(x, lengths, y)]), expected)


def test_an_optimiser_that_evaluates_often() -> None:
    x, y = arrays()
    model = linear()
    run = Trainer(model, squared, LBFGS(model.parameters(), line_search_fn="strong_wolfe"))
    history = run.fit([(x, y)], epochs=3, progress=False)
    assert history["loss"][0] > 1
    assert run.evaluate((x, y))["loss"] < 1e-10


def test_the_penalty_counts_in_the_gradient_and_stands_apart_in_the_history() -> None:
    x, y = arrays()
    run, without = trainer(penalty=lambda model: 0.5 * (model.weight**2).sum()), trainer()
    history = run.fit([(x, y)], [(x, y)], progress=False)
    plain = without.fit([(x, y)], [(x, y)], progress=False)
    before = linear().weight.data
    assert history["loss"] == plain["loss"]
    assert history["penalty"] == [pytest.approx(0.5 * (before**2).sum())]
    assert history["validation_loss"] == [pytest.approx(run.evaluate((x, y))["loss"])]
    np.testing.assert_allclose(
        run.model.weight.data, without.model.weight.data - 0.1 * before, rtol=1e-12
    )


def test_values_are_clipped_before_norms() -> None:
    x, y = arrays()
    gradients = []

    class Look(Callback):
        def on_backward(self, trainer: Trainer) -> None:
            gradients.append(trainer.model.weight.grad.copy())

    model = linear(bias=False)
    run = trainer(model, 1.0, clip_value=0.5, clip_norm=0.6, callbacks=[Look()])
    before = run.model.weight.data.copy()
    run.fit([(x, y)], progress=False)
    clipped = np.clip(gradients[0], -0.5, 0.5)
    clipped *= 0.6 / (np.linalg.norm(clipped) + 1e-6)
    np.testing.assert_allclose(run.model.weight.data, before - clipped, rtol=1e-9)


# --- schedules -----------------------------------------------------------------------------


def test_schedules_move_after_epochs_and_after_batches() -> None:
    model = linear()
    optimizer = SGD(model.parameters(), lr=1e-3)
    run = Trainer(
        model,
        squared,
        optimizer,
        schedule=StepLR(optimizer, 2, gamma=0.1),
        batch_schedule=[ExponentialLR(optimizer, gamma=0.5)],
    )
    history = run.fit([arrays()] * 2, epochs=3, progress=False)
    # The rate of the last step of each epoch, before the schedules move.
    assert history["lr"] == pytest.approx([5e-4, 1.25e-4, 3.125e-6])


def test_a_schedule_on_a_plateau_is_given_the_validation_loss() -> None:
    for validation, column in ([arrays(7)], "validation_loss"), (None, "loss"):
        model = linear()
        optimizer = SGD(model.parameters(), lr=0.01)
        plateau = ReduceLROnPlateau(optimizer)
        run = Trainer(model, squared, optimizer, schedule=plateau)
        history = run.fit([arrays()], validation, epochs=2, progress=False)
        assert plateau.best == min(history[column])


def test_the_history_has_the_rate_of_each_group() -> None:
    model = linear()
    groups = [{"params": [model.weight]}, {"params": [model.bias], "lr": 0.25}]
    history = Trainer(model, squared, SGD(groups, lr=0.5)).fit([arrays()], progress=False)
    assert (history["lr"], history["lr_1"]) == ([0.5], [0.25])
