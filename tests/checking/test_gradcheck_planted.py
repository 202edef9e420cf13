"""The checker is checked: with a bug of its own it does not find what it should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.checking import comparing, gradcheck, running
from autograd_core.checking.comparing import Rules

slightly = ag.elementwise("slightly", np.sin, partials=(lambda out, x: 1.0001 * ag.cos(x),))
first = ag.elementwise(
    "first", np.multiply, partials=(lambda out, x, y: 2 * y, lambda out, x, y: x)
)
second = ag.elementwise(
    "second", np.multiply, partials=(lambda out, x, y: y, lambda out, x, y: 2 * x)
)
X, Y = np.array([0.4, -1.1]), np.array([1.7, 0.6])


def missed(**options):
    """Which planted mistakes the checker does not find."""
    checks = {
        "slightly": gradcheck(slightly, X, localize=False, **options),
        "first": gradcheck(lambda x, y: first(x, y), (X, Y), localize=False, **options),
        "second": gradcheck(lambda x, y: second(x, y), (X, Y), localize=False, **options),
    }
    return {name for name, report in checks.items() if report.ok}


@pytest.mark.parametrize("direction", ["full", "random"])
@pytest.mark.parametrize("method", ["central", "richardson", "complex"])
def test_a_sound_checker_misses_nothing(direction, method):
    assert missed(direction=direction, method=method) == set()


def test_a_numeric_gradient_that_is_the_analytic_one_is_noticed(monkeypatch):
    def echo(f, k, analytic, here, rules):
        return comparing.Comparison(analytic, analytic.copy(), np.ones_like(analytic))

    monkeypatch.setattr(running, "compare_jacobian", echo)
    assert missed() == {"slightly", "first", "second"}


def test_a_tolerance_a_thousand_times_too_large_is_noticed(monkeypatch):
    honest = comparing.compare_jacobian

    def lax(f, k, analytic, here, rules):
        rules = replace(rules, rtol=1e3 * rules.relative)
        return honest(f, k, analytic, here, rules)

    monkeypatch.setattr(running, "compare_jacobian", lax)
    assert missed() == {"slightly"}


@pytest.mark.parametrize("skipped", [0, 1])
def test_a_skipped_operand_is_noticed(monkeypatch, skipped):
    honest = comparing.compare_jacobian

    def partly(f, k, analytic, here, rules):
        result = honest(f, k, analytic, here, rules)
        if k == skipped:
            result.entries = []
        return result

    monkeypatch.setattr(running, "compare_jacobian", partly)
    assert missed() == ({"slightly", "first"} if skipped == 0 else {"second"})


def test_a_direction_with_a_zero_in_it_is_noticed(monkeypatch):
    honest = running.signs

    def holey(rng, shape):
        drawn = honest(rng, shape)
        drawn[...] = 0.0
        return drawn

    monkeypatch.setattr(running, "signs", holey)
    assert missed(direction="random") == {"slightly", "first", "second"}


def test_directions_have_no_component_near_zero(rng):
    drawn = running.signs(rng, 1000)
    assert np.abs(drawn).min() >= 0.5
    assert 300 < (drawn > 0).sum() < 700


def test_the_default_tolerance_is_far_from_any_real_mistake():
    assert Rules().relative == 1e-6
    assert Rules(eps=float(np.finfo(np.float32).eps)).relative == 1e-2
