"""Schedules by hand-computed rates, their states, and what they refuse."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from autograd_core import Value
from autograd_core.errors import ArgumentError
from nn.optim import SGD, Adagrad, Adam
from nn.optim import lr_scheduler as schedules


def optimizer(lr=1.0, momentum=0.9):
    sgd = SGD([Value(1.0)], lr=lr, momentum=momentum)
    sgd.step()  # there is no gradient, so that nothing moves
    return sgd


def rates(scheduler, steps):
    found = []
    for _ in range(steps):
        (lr,) = scheduler.get_last_lr()
        assert scheduler.optimizer.param_groups[0]["lr"] == lr
        found.append(lr)
        scheduler.step()
    return found


HALF = math.sqrt(0.5)
BY_HAND = [
    (schedules.LambdaLR, {"lr_lambda": lambda t: 1 / (1 + t)}, [1, 1 / 2, 1 / 3]),
    (schedules.StepLR, {"step_size": 2}, [1, 1, 0.1, 0.1, 0.01]),
    (schedules.MultiStepLR, {"milestones": [3, 1, 3]}, [1, 0.1, 0.1, 0.001]),
    (schedules.ConstantLR, {"factor": 0.25, "total_iters": 2}, [0.25, 0.25, 1, 1]),
    (schedules.LinearLR, {"start_factor": 0.25, "total_iters": 3}, [0.25, 0.5, 0.75, 1, 1]),
    (schedules.ExponentialLR, {"gamma": 0.5}, [1, 0.5, 0.25]),
    (schedules.PolynomialLR, {"total_iters": 4, "power": 2}, [1, 9 / 16, 1 / 4, 1 / 16, 0, 0]),
    (
        schedules.CosineAnnealingLR,
        {"T_max": 4, "eta_min": 0.5},
        [1, (3 + HALF) / 4, 0.75, (3 - HALF) / 4, 0.5, (3 - HALF) / 4, 0.75],
    ),
    (
        schedules.CosineAnnealingWarmRestarts,
        {"T_0": 2, "T_mult": 2},
        [1, 0.5, 1, (2 + 2 * HALF) / 4, 0.5, (2 - 2 * HALF) / 4, 1],
    ),
    (
        schedules.CyclicLR,
        {"base_lr": 1.0, "max_lr": 3.0, "step_size_up": 1, "step_size_down": 2},
        [1, 3, 2, 1, 3, 2],
    ),
    (
        schedules.CyclicLR,
        {"base_lr": 1.0, "max_lr": 3.0, "step_size_up": 1, "mode": "triangular2"},
        [1, 3, 1, 2, 1, 1.5],
    ),
    (
        schedules.CyclicLR,
        {"base_lr": 1, "max_lr": 3, "step_size_up": 1, "mode": "exp_range", "gamma": 0.5},
        [1, 2, 1, 1.25],
    ),
    (
        schedules.OneCycleLR,
        {"max_lr": 5.0, "total_steps": 6, "pct_start": 0.5, "anneal_strategy": "linear",
         "div_factor": 5.0, "final_div_factor": 2.0},
        [1, 3, 5, 3.5, 2, 0.5],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("schedule", "options", "expected"), BY_HAND)
def test_rates_are_those_of_the_formula(schedule, options, expected):
    np.testing.assert_allclose(
        rates(schedule(optimizer(), **options), len(expected)), expected, atol=1e-12
    )


@pytest.mark.parametrize(("schedule", "options", "expected"), BY_HAND)
def test_a_stored_state_goes_on_with_the_same_rates(schedule, options, expected):
    first = optimizer()
    scheduler = schedule(first, **options)
    middle = len(expected) // 2
    rates(scheduler, middle)
    stored = json.loads(json.dumps([scheduler.state_dict(), first.state_dict()]))
    second = optimizer()
    resumed = schedule(second, **options)
    resumed.load_state_dict(stored[0])
    second.load_state_dict(stored[1])
    assert resumed.get_last_lr() == scheduler.get_last_lr()
    for _ in range(len(expected) - middle):
        assert first.param_groups[0]["momentum"] == second.param_groups[0]["momentum"]
        assert rates(resumed, 1) == rates(scheduler, 1)  # to the last bit


def test_momentum_swings_against_the_rate():
    sgd = optimizer()
    scheduler = schedules.CyclicLR(
        sgd, 0.1, 1.0, step_size_up=2, base_momentum=0.5, max_momentum=0.9
    )
    momenta = []
    for _ in range(5):
        momenta.append(sgd.param_groups[0]["momentum"])
        scheduler.step()
    np.testing.assert_allclose(momenta, [0.9, 0.7, 0.5, 0.7, 0.9])


def test_beta1_takes_the_place_of_momentum():
    adam = Adam([Value(1.0)], betas=(0.7, 0.99))
    adam.step()
    scheduler = schedules.OneCycleLR(adam, 1.0, total_steps=5, pct_start=0.4)
    assert adam.param_groups[0]["betas"] == (0.95, 0.99)
    scheduler.step()
    assert adam.param_groups[0]["betas"] == (pytest.approx(0.85), 0.99)


def test_a_cycle_longer_than_its_length_is_refused():
    scheduler = schedules.OneCycleLR(optimizer(), 1.0, total_steps=2)
    scheduler.step()
    scheduler.step()  # PyTorch allows one too many
    with pytest.raises(ArgumentError, match="step 3 is after the last of total_steps=2"):
        scheduler.step()


@pytest.mark.parametrize("three_phase", [False, True])
def test_a_cycle_whose_first_leg_has_no_length(three_phase):
    scheduler = schedules.OneCycleLR(
        optimizer(), 1.0, total_steps=4, pct_start=0.25, three_phase=three_phase
    )
    assert scheduler.get_last_lr() == [1.0]


def test_the_period_is_right_where_training_goes_on():
    long = schedules.CosineAnnealingWarmRestarts(optimizer(), T_0=3, T_mult=2)
    expected = rates(long, 30)
    sgd = optimizer()
    sgd.param_groups[0]["initial_lr"] = 1.0
    resumed = schedules.CosineAnnealingWarmRestarts(sgd, T_0=3, T_mult=2, last_epoch=11)
    assert rates(resumed, 10) == expected[12:22]


def test_plateau_waits_reduces_and_cools_down():
    scheduler = schedules.ReduceLROnPlateau(optimizer(), factor=0.5, patience=1, cooldown=2)
    found = []
    for metric in (5, 4, 4, 4, 4, 4, 4, 4, 3):
        scheduler.step(metric)
        found += scheduler.get_last_lr()
    #               two bad: halved ↓   cooldown: 2 steps not counted, then two bad again ↓
    assert found == [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_plateau_takes_a_loss_with_its_graph_and_stores_its_state():
    scheduler = schedules.ReduceLROnPlateau(optimizer(), patience=1)
    scheduler.step(Value(2.0) * 3)
    scheduler.step(7.0)
    again = schedules.ReduceLROnPlateau(optimizer(), patience=1)
    again.load_state_dict(json.loads(json.dumps(scheduler.state_dict())))
    again.step(7.0)
    assert again.best == 6.0
    assert again.get_last_lr() == [pytest.approx(0.1)]


def sequence(sgd):
    return schedules.SequentialLR(
        sgd,
        [
            schedules.LinearLR(sgd, 0.25, total_iters=3),
            schedules.ExponentialLR(sgd, 0.5),
            schedules.CosineAnnealingLR(sgd, 2),
        ],
        milestones=[3, 5],
    )


def chain(sgd):
    return schedules.ChainedScheduler(
        [schedules.LinearLR(sgd, 0.5, total_iters=2), schedules.ExponentialLR(sgd, 0.5)]
    )


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (sequence, [0.25, 0.5, 0.75, 1, 0.5, 1, 0.5, 0]),
        (chain, [0.5, 0.75 / 2, 1 / 4, 1 / 8]),
    ],
)
def test_combined_schedules_and_their_state(make, expected):
    np.testing.assert_allclose(rates(make(optimizer()), len(expected)), expected, atol=1e-12)
    for middle in range(len(expected)):
        first, second = optimizer(), optimizer()
        scheduler, resumed = make(first), make(second)
        rates(scheduler, middle)
        resumed.load_state_dict(json.loads(json.dumps(scheduler.state_dict())))
        second.load_state_dict(first.state_dict())
        assert rates(resumed, 3) == rates(scheduler, 3)


def test_schedules_act_on_one_optimiser_together():
    sgd = optimizer()
    parts = [schedules.StepLR(sgd, 2, 0.1), schedules.ExponentialLR(sgd, 0.5)]
    for _ in range(2):
        for part in parts:
            part.step()
    assert sgd.param_groups[0]["lr"] == pytest.approx(0.1 * 0.25)


def test_a_rate_for_each_group():
    sgd = SGD([{"params": [Value(1.0)]}, {"params": [Value(2.0)], "lr": 0.2}], lr=1.0)
    scheduler = schedules.LambdaLR(sgd, [lambda t: 0.5**t, lambda t: 1.0])
    sgd.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.5, 0.2]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda o: schedules.StepLR(3, 1), "the optimizer is int"),
        (lambda o: schedules.StepLR(o, 0), "step_size is 0"),
        (lambda o: schedules.StepLR(o, 3, last_epoch=4), "no 'initial_lr'"),
        (lambda o: schedules.LambdaLR(o, [abs, abs]), "lr_lambda has 2 entries"),
        (lambda o: schedules.ConstantLR(o, factor=0.0), "factor is 0.0"),
        (lambda o: schedules.LinearLR(o, start_factor=0.0), "start_factor is 0.0"),
        (lambda o: schedules.LinearLR(o, end_factor=1.5), "end_factor is 1.5"),
        (lambda o: schedules.CosineAnnealingLR(o, 0), "T_max is 0"),
        (lambda o: schedules.CosineAnnealingWarmRestarts(o, 0), "T_0 is 0"),
        (lambda o: schedules.CosineAnnealingWarmRestarts(o, 2, 1.5), "T_mult is 1.5"),
        (lambda o: schedules.CyclicLR(o, 0.1, 1.0, mode="square"), "mode is 'square'"),
        (lambda o: schedules.CyclicLR(o, 0.1, 1.0, 0), "step_size_up is 0"),
        (lambda o: schedules.CyclicLR(o, 0.1, [1.0, 2.0]), "max_lr has 2 entries"),
        (lambda o: schedules.CyclicLR(Adagrad([Value(1.0)]), 0.1, 1.0), "cycle_momentum=False"),
        (lambda o: schedules.OneCycleLR(o, 1.0), "total_steps is None"),
        (lambda o: schedules.OneCycleLR(o, 1.0, epochs=3), "total_steps is None"),
        (lambda o: schedules.OneCycleLR(o, 1.0, 9, pct_start=1.5), "pct_start is 1.5"),
        (lambda o: schedules.OneCycleLR(o, 1.0, 9, anneal_strategy="x"), "anneal_strategy is 'x'"),
        (lambda o: schedules.OneCycleLR(Adagrad([Value(1.0)]), 1.0, 9), "cycle_momentum=False"),
        (lambda o: schedules.ReduceLROnPlateau(o, factor=1.0), "factor is 1.0"),
        (lambda o: schedules.ReduceLROnPlateau(o, "least"), "mode is 'least'"),
        (lambda o: schedules.SequentialLR(o, [], []), "list of schedules is empty"),
        (lambda o: schedules.SequentialLR(o, [schedules.StepLR(o, 1)], [3]), "milestones are"),
        (lambda o: schedules.ChainedScheduler([]), "list of schedules is empty"),
        (
            lambda o: schedules.ChainedScheduler([schedules.ReduceLROnPlateau(o)]),
            "schedule 0 is a ReduceLROnPlateau",
        ),
        (
            lambda o: schedules.SequentialLR(o, [schedules.StepLR(optimizer(), 1)], []),
            "schedule 0 acts on another optimiser",
        ),
    ],
)
def test_impossible_options_are_refused(make, message):
    with pytest.raises(ArgumentError, match=message):
        make(optimizer())


def test_the_state_of_another_schedule_is_refused():
    scheduler = schedules.StepLR(optimizer(), 2)
    with pytest.raises(ArgumentError, match="that of another schedule"):
        scheduler.load_state_dict(schedules.ExponentialLR(optimizer(), 0.5).state_dict())
    with pytest.raises(ArgumentError, match="has 2 schedules; need 3"):
        sequence(optimizer()).load_state_dict(chain(optimizer()).state_dict())
