"""Where did the NaN come from: what `detect_anomaly` says, in each of the three sweeps."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value, anomalies
from autograd_core.errors import AnomalyError

ZERO_TIMES_INF = "0 · inf is nan"


def message(f: Any, **options: bool) -> str:
    with ag.detect_anomaly(**options), pytest.raises(AnomalyError) as caught:
        f()
    return str(caught.value)


def trap(x: Any) -> Any:
    return ag.where(x > 0, ag.sqrt(x), 0.0)  # the line of the trap


def forward() -> None:
    x = Value(np.array([[4.0, 1.0], [3.0, -9.0]]))
    ag.log(x + 1.0)  # the line of the log


def backward() -> None:
    x = Value(np.array([4.0, 0.0, 1.0]))
    trap(x).sum().backward()


def tangent() -> None:
    ag.jvp(trap, (np.array([4.0, 0.0]),), (np.array([1.0, 0.0]),))


@pytest.mark.parametrize(
    ("f", "op", "index", "line"),
    [
        (forward, "log", "[1, 1]", "ag.log(x + 1.0)  # the line of the log"),
        (backward, "sqrt", "[1]", "# the line of the trap"),
        (tangent, "sqrt", "[1]", "# the line of the trap"),
    ],
)
def test_anomaly_names_op_element_and_the_users_line(f, op, index, line):
    said = message(f)
    assert said.startswith(f"{op}: ")
    assert f"nan at {index}" in said
    assert re.search(rf"test_nan_provenance\.py, line \d+: .*{re.escape(line)}", said)


def test_line_is_that_of_the_node_and_not_of_the_sweep():
    def deep(x: Value) -> Value:
        return ag.sqrt(x - 2.0)  # the culprit

    def run() -> None:
        y = deep(Value(2.0)) * 0.0
        y.backward()  # the sweep

    said = message(run)
    assert "# the culprit" in said and "# the sweep" not in said


@pytest.mark.parametrize(
    ("f", "values"),
    [
        (lambda: ag.divide(Value(0.0), Value(0.0)), "x = 0.0, y = 0.0"),
        (forward, "x = [[ 5.,  2.], [ 4., -8.]]"),
        (backward, "operand 0 = [4., 0., 1.] from the cotangent [1., 0., 1.]"),
        (lambda: ag.matmul(Value(np.array([[np.inf, 1.0]])), np.zeros((2, 1))),
         "x = [[inf,  1.]], y = [[0.], [0.]]"),
    ],
)  # fmt: skip
def test_anomaly_shows_the_values_of_the_operands(f, values):
    assert values in message(f)


def test_anomaly_in_forward_mode_shows_operands_and_tangents():
    said = message(tangent)
    assert "[4., 0.]" in said and "[1., 0.]" in said


def test_anomaly_in_a_large_array_shows_the_operand_at_that_element():
    x = np.abs(np.linspace(-1.0, 1.0, 101)) - 0.5
    said = message(lambda: ag.sqrt(Value(x)))
    assert f"{x[x < 0][0]:.2g}" in said


# --- 0 · inf -----------------------------------------------------------------


@pytest.mark.parametrize("f", [backward, tangent])
def test_zero_times_infinity_is_explained(f):
    assert ZERO_TIMES_INF in message(f)


def test_remedy_is_shown_in_reverse_mode():
    assert "safe_where" in message(backward)


def test_remedy_is_shown_in_forward_mode():
    assert "safe_where" in message(tangent)


def test_another_cause_is_not_said_to_be_zero_times_infinity():
    minus = ag.primitive(
        "minus", lambda x: x + 0.0, vjps=(lambda g, out, x: g * np.inf - g * np.inf,)
    )
    assert ZERO_TIMES_INF not in message(lambda: minus(Value(1.0)).backward())


@pytest.mark.parametrize("f", [ag.sqrt, ag.log, lambda x: x**0.5, ag.reciprocal])
def test_the_remedy_it_names_is_one(f):
    x = np.array([4.0, 0.0])
    with pytest.raises(AnomalyError, match="safe_where"), ag.detect_anomaly():
        ag.grad(lambda x: ag.sum(ag.where(x > 0, f(x), 0.0)))(x)
    with ag.detect_anomaly(inf=True):
        g = ag.grad(lambda x: ag.sum(ag.safe_where(x > 0, f, x, 0.0)))(x)
        ag.jvp(lambda x: ag.safe_where(x > 0, f, x, 0.0), (x,), (np.array([1.0, 0.0]),))
    assert np.isfinite(g).all() and g[1] == 0.0


def test_second_derivatives_are_watched_too():
    said = message(lambda: ag.hessian(lambda x: ag.sum(x**1.5))(np.zeros(2)))
    assert said.startswith("power: backward made nan")


# --- the first, and in which sweeps ------------------------------------------


def test_infinity_is_found_before_the_nan_that_it_makes():
    x = Value(np.array([0.0, 1.0]))
    assert message(lambda: ag.log(x) * 0.0).startswith("multiply: forward made nan at [0]")
    assert message(lambda: ag.log(x) * 0.0, inf=True).startswith("log: forward made -inf at [0]")


@pytest.mark.parametrize("options", [{"forward": False}, {"backward": False}])
def test_sweep_that_is_not_watched_raises_nothing(options):
    run = {"forward": forward, "backward": backward}
    for name, f in run.items():
        with np.errstate(all="ignore"), ag.detect_anomaly(**options):
            if options.get(name, True):
                with pytest.raises(AnomalyError, match=f"{name} made nan"):
                    f()
            else:
                f()


def test_nothing_is_looked_at_when_off(monkeypatch):
    def looked(*args: Any) -> None:
        raise AssertionError("looked for an anomaly")

    for name in ("check_forward", "check_cotangent", "check_tangent"):
        monkeypatch.setattr(anomalies, name, looked)
    for x in (2.0, np.ones(3)):
        ag.grad(lambda x: ag.sum(ag.tanh(x) * x))(x)
        ag.jvp(lambda x: ag.softmax(x * np.ones(3)), (x,), (x,))
    with pytest.raises(AssertionError), ag.detect_anomaly():
        ag.tanh(Value(2.0))
    ag.grad(ag.tanh)(2.0)  # and it is off again
