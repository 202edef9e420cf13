"""The update rules by hand-computed numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd_core import Value
from nn.optim import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    NAdam,
    RAdam,
    RMSprop,
    Rprop,
)

RULES = [SGD, Adam, AdamW, NAdam, RAdam, Adamax, Adagrad, Adadelta, RMSprop, Rprop]


def after(make, *gradients, start=1.0):
    """The parameter after steps with these gradients."""
    p = Value(start)
    optimizer = make([p])
    for gradient in gradients:
        p.grad = gradient
        optimizer.step()
    return p.data


@pytest.mark.parametrize(
    ("make", "gradients", "expected"),
    [
        (lambda p: SGD(p, lr=0.1), (2.0,), 0.8),
        (lambda p: SGD(p, lr=0.1, maximize=True), (2.0,), 1.2),
        (lambda p: SGD(p, lr=0.1, weight_decay=0.5), (2.0,), 0.75),
        # b = 2, then 0.9 · 2 + 3 = 4.8
        (lambda p: SGD(p, lr=0.1, momentum=0.9), (2.0, 3.0), 1 - 0.2 - 0.48),
        # dampening leaves the first step alone; then b = 0.9 · 2 + 0.5 · 3 = 3.3
        (lambda p: SGD(p, lr=0.1, momentum=0.9, dampening=0.5), (2.0, 3.0), 1 - 0.2 - 0.33),
        # g + 0.9 b: 2 + 1.8 = 3.8, then 3 + 0.9 · 4.8 = 7.32
        (lambda p: SGD(p, lr=0.1, momentum=0.9, nesterov=True), (2.0, 3.0), 1 - 0.38 - 0.732),
        # m̂ / √v̂ = 1 for the same gradient again and again
        (lambda p: Adam(p, lr=0.1, eps=0.0), (2.0, 2.0, 2.0), 0.7),
        # m = 0.2, m̂ = 0.2/0.1 = 2, v̂ = 4; x − 0.1 · 2 / (2 + 2)
        (lambda p: Adam(p, lr=0.1, eps=2.0), (2.0,), 0.95),
        (lambda p: AdamW(p, lr=0.1, eps=0.0, weight_decay=0.5), (2.0,), 0.95 - 0.1),
        # with β = ½: m = 1 then ½, m̂ = ½ / ¾ = ⅔; v = 2 then 1, the larger: v̂ = 2 / ¾
        (
            lambda p: Adam(p, lr=0.1, betas=(0.5, 0.5), eps=0.0, amsgrad=True),
            (2.0, 0.0),
            1 - 0.1 - 0.1 * (2 / 3) / math.sqrt(8 / 3),
        ),
        # ψ = 0: μ = ½ β₁ = ¼; m = 1; 0.1 (¾ · 2 / ¾ + ¼ · 1 / (1 − 1/16)) / 2
        (
            lambda p: NAdam(p, lr=0.1, betas=(0.5, 0.5), eps=0.0, momentum_decay=0.0),
            (2.0,),
            1 - 0.1 * (2 + 0.25 / (15 / 16)) / 2,
        ),
        # ε = 2 doubles the denominator
        (
            lambda p: NAdam(p, lr=0.1, betas=(0.5, 0.5), eps=2.0, momentum_decay=0.0),
            (2.0,),
            1 - 0.05 * (2 + 0.25 / (15 / 16)) / 2,
        ),
        # 0.96^(t ψ) = 0.96, 0.9216: μ = 0.26, the next one 0.2696
        (
            lambda p: NAdam(p, lr=0.1, betas=(0.5, 0.5), eps=0.0, momentum_decay=1.0),
            (2.0,),
            1 - 0.1 * (2 + 0.2696 / (1 - 0.26 * 0.2696)) / 2,
        ),
        # not rectified in the first steps: x − η m̂
        (lambda p: RAdam(p, lr=0.1), (2.0, 2.0), 1 - 0.2 - 0.2),
        # u = max(0.5 · 2, 1) = 1, m = 1 then 1, m̂ = 4/3
        (
            lambda p: Adamax(p, lr=0.1, betas=(0.5, 0.5), eps=0.0),
            (2.0, 1.0),
            1 - 0.1 - 0.1 * 4 / 3,
        ),
        # √9 = 3, then √(9 + 16) = 5
        (lambda p: Adagrad(p, lr=0.1, eps=3.0), (3.0,), 0.95),
        (lambda p: Adamax(p, lr=0.1, eps=2.0), (2.0,), 0.95),
        (lambda p: Adagrad(p, lr=0.1, eps=0.0), (3.0, 4.0), 1 - 0.1 - 0.08),
        (lambda p: Adagrad(p, lr=0.1, lr_decay=1.0, eps=0.0), (3.0, 4.0), 1 - 0.1 - 0.04),
        (lambda p: Adagrad(p, lr=0.1, initial_accumulator_value=16.0, eps=0.0), (3.0,), 0.94),
        # d = 2 √1 / √(½ · 4 + 1)
        (lambda p: Adadelta(p, rho=0.5, eps=1.0), (2.0,), 1 - 2 / math.sqrt(3)),
        (lambda p: RMSprop(p, lr=0.1, alpha=0.75, eps=1.0), (2.0,), 1 - 0.1 * 2 / (1 + 1)),
        # v = 1, a = ½: √(1 − ¼)
        (
            lambda p: RMSprop(p, lr=0.1, alpha=0.75, eps=0.0, centered=True),
            (2.0,),
            1 - 0.2 / math.sqrt(0.75),
        ),
        # d = 2 / 1, then 0 / √0.75, and half of the step before
        (
            lambda p: RMSprop(p, lr=0.1, alpha=0.75, eps=0.0, momentum=0.5),
            (2.0, 0.0),
            1 - 0.2 - 0.1,
        ),
        # 0.1, as large as 0.12 for the same sign, halved and left out for the other
        (lambda p: Rprop(p, lr=0.1), (5.0, 1.0), 1 - 0.1 - 0.12),
        (lambda p: Rprop(p, lr=0.1), (5.0, -1.0), 0.9),
        (lambda p: Rprop(p, lr=0.1), (5.0, -1.0, -1.0), 0.9 + 0.05),
        (lambda p: Rprop(p, lr=0.1, step_sizes=(0.2, 0.3)), (5.0, 1.0), 1 - 0.2 - 0.24),
    ],
)
def test_steps_are_those_of_the_formula(make, gradients, expected):
    assert after(make, *gradients) == pytest.approx(expected, abs=1e-14)


def test_a_standing_gradient_does_not_make_centred_rmsprop_nan():
    p = Value(np.zeros(100))
    optimizer = RMSprop([p], alpha=0.5, centered=True)
    p.grad = np.random.default_rng(0).normal(size=100)
    for _ in range(60):
        optimizer.step()
    assert np.isfinite(p.data).all()


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        *((rule, {}) for rule in RULES),
        *((rule, {"decoupled_weight_decay": True}) for rule in (Adam, NAdam, RAdam)),
    ],
)
def test_to_maximise_is_to_minimise_the_negative(rule, options):
    up = after(lambda p: rule(p, maximize=True, **options), 2.0, -3.0, 4.0)
    down = after(lambda p: rule(p, **options), -2.0, 3.0, -4.0)
    assert up == down != 1.0


def test_radam_rectifies_where_the_variance_of_its_estimate_is_finite():
    # β₂ = 0.9: ρ∞ = 19, and ρ = 4.4 in step 5, 5.2 in step 6
    steps = np.diff(
        [after(lambda p: RAdam(p, 0.1, (0.0, 0.9), 1e9), *[1.0] * t) for t in (4, 5, 6)]
    )
    np.testing.assert_allclose(steps, [-0.1, 0.0], atol=1e-9)  # ε swallows a rectified step
