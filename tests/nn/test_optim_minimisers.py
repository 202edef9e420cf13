"""Methods that ask for the loss again and again: L-BFGS, and those of scipy."""

from __future__ import annotations

import builtins
import math

import numpy as np
import pytest

from autograd_core import Value, log
from autograd_core.errors import ArgumentError
from nn.optim import LBFGS, minimize
from nn.optim.line_search import Point, strong_wolfe


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def closure_of(optimizer, loss):
    def closure():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        closure.calls += 1
        return value

    closure.calls = 0
    return closure


# --- L-BFGS ------------------------------------------------------------------


def test_lbfgs_reaches_the_bottom_of_rosenbrocks_valley():
    x, y = Value(-1.2), Value(np.array([1.0]))  # a scalar and an array together
    optimizer = LBFGS([x, y], max_iter=100, tolerance_change=1e-14, line_search_fn="strong_wolfe")
    closure = closure_of(optimizer, lambda: rosenbrock(x, y[0]))
    assert optimizer.step(closure).item() == pytest.approx(24.2)
    assert (x.data, y.data[0]) == (pytest.approx(1, abs=1e-6), pytest.approx(1, abs=1e-6))
    assert isinstance(x.data, float)
    assert optimizer.state[x]["func_evals"] == closure.calls < 70


def test_lbfgs_solves_a_quadratic_in_as_many_steps_as_it_has_dimensions(rng):
    a = rng.normal(size=(4, 4))
    a = a @ a.T + np.eye(4)
    x = Value(rng.normal(size=4))
    optimizer = LBFGS([x], max_iter=12, max_eval=60, line_search_fn="strong_wolfe")
    optimizer.step(closure_of(optimizer, lambda: x @ a @ x / 2))
    np.testing.assert_allclose(x.data, 0, atol=1e-4)


def test_lbfgs_keeps_float32():
    x = Value(np.array([-1.2, 1.0], np.float32))
    optimizer = LBFGS([x], max_iter=50, line_search_fn="strong_wolfe")
    optimizer.step(closure_of(optimizer, lambda: rosenbrock(x[0], x[1])))
    assert x.data.dtype == np.float32
    np.testing.assert_allclose(x.data, 1, atol=1e-2)


def test_lbfgs_turns_back_where_the_loss_is_not_a_number():
    x = Value(np.array([3.0]))
    optimizer = LBFGS([x], lr=50.0, max_iter=30, line_search_fn="strong_wolfe")
    # x − log x has its minimum at 1; the first trial steps far into x < 0
    with np.errstate(invalid="ignore"):
        optimizer.step(closure_of(optimizer, lambda: (x - log(x)).sum()))
    np.testing.assert_allclose(x.data, 1, atol=1e-4)


def test_lbfgs_takes_a_parameter_without_a_gradient_and_one_of_somebody_elses_memory():
    theirs = (Value(np.array([3.0])) * 1).data  # the engine's: read-only
    x, unused = Value(theirs), Value(np.ones((2, 2)))
    optimizer = LBFGS([unused, x])
    optimizer.step(closure_of(optimizer, lambda: (x * x).sum()))
    np.testing.assert_allclose(x.data, 0, atol=1e-7)
    assert theirs == 3.0
    np.testing.assert_array_equal(unused.data, 1)


def test_lbfgs_stays_at_an_optimum():
    x = Value(np.zeros(2))
    optimizer = LBFGS([x])
    closure = closure_of(optimizer, lambda: (x * x).sum())
    optimizer.step(closure)
    assert closure.calls == 1
    np.testing.assert_array_equal(x.data, 0)


def test_lbfgs_refuses_what_it_cannot_do():
    x, y = Value(1.0), Value(2.0)
    optimizer = LBFGS([x])
    with pytest.raises(ArgumentError, match=r"needs a closure"):
        optimizer.step()
    with pytest.raises(ArgumentError, match="several groups"):
        optimizer.add_param_group({"params": [y]})
    with pytest.raises(ArgumentError, match="'armijo'; need 'strong_wolfe' or None"):
        LBFGS([x], line_search_fn="armijo")
    with pytest.raises(ArgumentError, match="history_size is 0"):
        LBFGS([x], history_size=0)


@pytest.mark.parametrize("first", [1e-3, 0.1, 1.0, 7.0, 50.0])
@pytest.mark.parametrize(
    ("phi", "slope"),
    [
        (lambda t: (t - 3) ** 2, lambda t: 2 * (t - 3)),
        (lambda t: -t / (t * t + 2), lambda t: (t * t - 2) / (t * t + 2) ** 2),
        (lambda t: (t + 0.004) ** 5 - 2 * (t + 0.004) ** 4,
         lambda t: 5 * (t + 0.004) ** 4 - 8 * (t + 0.004) ** 3),
        (lambda t: math.cosh(t - 2), lambda t: math.sinh(t - 2)),
    ],
)  # fmt: skip
def test_the_line_search_ends_where_the_strong_wolfe_conditions_hold(phi, slope, first):
    def at(t):
        t = min(t, 500.0)  # of cosh
        return Point(t, phi(t), np.array([slope(t)]), slope(t))

    start = at(0.0)
    assert start.slope < 0
    point, evaluations = strong_wolfe(at, start, first, 1.0, max_evaluations=60)
    assert point.loss <= start.loss + 1e-4 * point.t * start.slope
    assert abs(point.slope) <= 0.9 * abs(start.slope)
    assert 1 <= evaluations <= 61


# --- scipy -------------------------------------------------------------------


@pytest.mark.parametrize("method", ["CG", "BFGS", "L-BFGS-B", "SLSQP", "Nelder-Mead"])
def test_scipy_reaches_the_bottom_of_rosenbrocks_valley(method):
    pytest.importorskip("scipy")
    x, y = Value(-1.2), Value(np.array([1.0]))
    result = minimize(lambda: rosenbrock(x, y[0]), [x, y], method, options={"maxiter": 2000})
    np.testing.assert_allclose([x.data, y.data[0]], 1, atol=2e-3)
    np.testing.assert_array_equal(result.x, [x.data, y.data[0]])
    assert isinstance(x.data, float)
    assert result.history[0] == pytest.approx(24.2)
    assert 5 < len(result.history) <= result.nit + 1  # Nelder and Mead's first is no iteration
    assert result.history[-1] == pytest.approx(result.fun)
    assert result.fun < 1e-5


def test_scipy_takes_a_closure_that_calls_backward_itself():
    pytest.importorskip("scipy")
    x = Value(np.array([3.0, -4.0], np.float32))

    def closure():
        x.grad = None
        loss = ((x - 1) ** 2).sum()
        loss.backward()
        return loss

    result = minimize(closure, x)  # one step of conjugate gradients suffices
    assert x.data.dtype == np.float32
    np.testing.assert_allclose(x.data, 1, atol=1e-5)
    assert result.success


def test_scipy_leaves_the_best_point_where_it_is_interrupted():
    pytest.importorskip("scipy")
    x = Value(np.array([-1.2, 1.0]))
    losses = []

    def stop(loss):
        losses.append(loss)
        if len(losses) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        minimize(lambda: rosenbrock(x[0], x[1]), [x], "BFGS", callback=stop)
    assert rosenbrock(*x.data) == pytest.approx(min(losses))
    assert min(losses) < 24.2


def test_scipy_leaves_the_best_point_where_the_loss_is_interrupted():
    pytest.importorskip("scipy")
    x = Value(np.array([-1.2, 1.0]))
    accepted, calls = [], []

    def loss():
        calls.append(1)
        if len(calls) == 4:  # far out, in the first search along a line
            raise KeyboardInterrupt
        return rosenbrock(x[0], x[1])

    with pytest.raises(KeyboardInterrupt):
        minimize(loss, [x], "CG", callback=accepted.append)
    np.testing.assert_array_equal(x.data, [-1.2, 1.0])
    assert accepted == []


def test_scipy_is_told_to_stop():
    pytest.importorskip("scipy")
    x = Value(np.array([-1.2, 1.0]))

    def stop(loss):
        raise StopIteration

    result = minimize(lambda: rosenbrock(x[0], x[1]), [x], "BFGS", callback=stop)
    assert len(result.history) == 2
    np.testing.assert_array_equal(x.data, result.x)


def test_scipy_needs_parameters_and_a_loss_that_depends_on_them():
    pytest.importorskip("scipy")
    with pytest.raises(ArgumentError, match="list of parameters is empty"):
        minimize(lambda: Value(1.0), [])
    with pytest.raises(ArgumentError, match=r"returned 3\.0, which depends on no parameter"):
        minimize(lambda: 3.0, [Value(1.0)])


def test_without_scipy_the_remedy_is_named(monkeypatch):
    original = builtins.__import__

    def without_scipy(name, *args, **kwargs):
        if name.split(".")[0] == "scipy":
            raise ImportError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_scipy)
    with pytest.raises(ImportError, match=r"pip install 'autograd-viz\[train\]'"):
        minimize(lambda: Value(1.0), [Value(1.0)])
