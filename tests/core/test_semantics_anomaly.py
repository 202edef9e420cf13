"""Row "context" of the table of semantics: `detect_anomaly` finds the first NaN."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import AnomalyError


def test_anomaly_of_the_forward_sweep_names_op_values_and_line():
    with (
        np.errstate(all="ignore"),
        ag.detect_anomaly(),
        pytest.raises(AnomalyError, match=r"log: forward made nan from x = -1\.0 \(test_.*, line"),
    ):
        ag.log(Value(-1.0)) * 2


def test_anomaly_of_an_array_names_the_element():
    x = Value(np.array([[1.0, 4.0], [1.0, -1.0]]))
    with (
        np.errstate(all="ignore"),
        ag.detect_anomaly(),
        pytest.raises(AnomalyError, match=r"\[1, 1\]"),
    ):
        ag.sqrt(x)


def test_anomaly_of_the_backward_sweep_names_the_op_and_the_remedy():
    with ag.detect_anomaly():
        x = Value(0.0)
        y = ag.sqrt(x) * 0.0
        with pytest.raises(AnomalyError, match="sqrt: backward made nan .* safe_where"):
            y.backward()
    assert x.grad is None


def test_anomaly_reports_the_first_and_not_what_follows():
    with ag.detect_anomaly():
        y = Value(float("nan")) * 2  # given, not made
    assert np.isnan(y.data)


def test_anomaly_counts_infinity_only_where_asked_for():
    with np.errstate(all="ignore"):
        with ag.detect_anomaly():
            assert ag.exp(Value(1000.0)).data == np.inf
        with (
            ag.detect_anomaly(inf=True),
            pytest.raises(AnomalyError, match="exp: forward made inf"),
        ):
            ag.exp(Value(1000.0))


def test_anomaly_can_be_limited_to_one_sweep():
    with np.errstate(all="ignore"), ag.detect_anomaly(forward=False):
        assert np.isnan(ag.log(Value(-1.0)).item())
    x = Value(0.0)
    with ag.detect_anomaly(backward=False):
        (ag.sqrt(x) * 0.0).backward()
    assert np.isnan(x.grad)


def test_anomaly_inside_a_composite_names_the_op_in_its_definition():
    neuron = ag.composite(lambda x, w: ag.log(x * w), name="neuron", arity=2)
    with np.errstate(all="ignore"), ag.detect_anomaly(), pytest.raises(AnomalyError, match="log: "):
        neuron(Value(-1.0), Value(2.0))


def test_anomaly_is_found_inside_transformations():
    with ag.detect_anomaly(), pytest.raises(AnomalyError, match="sqrt: backward made nan"):
        ag.grad(lambda x: ag.sqrt(x) * 0.0)(0.0)


def test_anomaly_of_integers_is_none():
    with ag.detect_anomaly():
        assert ag.max(Value(np.arange(3))).data == 2
