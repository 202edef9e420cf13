"""What parity cannot say of activations: scaled tanh, dtypes, errors, representations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core.errors import ArgumentError, ShapeError
from nn.layers import activation, rectifier

NAMES = [*rectifier.__all__, *activation.__all__]
REQUIRED = {"Threshold": (0.1, -2.0)}


def made(name: str) -> Any:
    return getattr(nn, name)(*REQUIRED.get(name, ()))


def test_scaled_tanh_is_one_at_one_and_leaves_the_variance_near_one() -> None:
    x = np.array([-1.0, 0.0, 1.0, 1000.0])
    np.testing.assert_allclose(nn.ScaledTanh()(x), [-1, 0, 1, 1.7159], atol=1e-4)
    assert np.var(F.scaled_tanh(np.random.default_rng(0).normal(size=10_000))) == pytest.approx(
        1.0, abs=0.3
    )


@pytest.mark.parametrize("name", NAMES)
def test_float32_stays_float32_both_ways(name: str) -> None:
    x = ag.Value(np.linspace(-4, 4, 12, dtype=np.float32).reshape(2, 6))
    out = made(name)(x)
    assert out.dtype == np.float32
    out.sum().backward()
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize("name", NAMES)
def test_second_derivative_agrees_with_differences(name: str) -> None:
    x = np.random.default_rng(3).normal(size=(2, 4)) * 2 + 0.05
    module = made(name)
    module.to("float64")

    def slope(x: Any) -> Any:
        return ag.grad(lambda y: (module(y) * np.arange(1.0, 3.0)[:, None]).sum())(x)

    v = np.random.default_rng(4).normal(size=(2, 4))
    _, exact = ag.jvp(slope, (x,), (v,))
    numeric = (ag.value.data_of(slope(x + 1e-5 * v)) - ag.value.data_of(slope(x - 1e-5 * v))) / 2e-5
    np.testing.assert_allclose(ag.value.data_of(exact), numeric, atol=1e-7)


def test_scalars_and_raw_lists_are_taken() -> None:
    assert F.softplus(0.0) == pytest.approx(np.log(2))
    assert F.hardtanh(3.0) == 1.0
    np.testing.assert_array_equal(nn.ReLU()([-1.0, 2.0]), [0.0, 2.0])


def test_arguments_show_in_the_representation() -> None:
    shown = {
        "LeakyReLU": "LeakyReLU(negative_slope=0.01)",
        "GELU": "GELU(approximate='none')",
        "Softmax": "Softmax(dim=-1)",
        "Hardtanh": "Hardtanh(min_val=-1.0, max_val=1.0)",
        "PReLU": "PReLU(num_parameters=1)",
        "ReLU": "ReLU()",
    }
    for name, text in shown.items():
        assert repr(made(name)) == text


def test_what_does_not_fit_raises() -> None:
    with pytest.raises(ShapeError, match=r"prelu: input is \(2, 3\), weight is \(4,\); need"):
        nn.PReLU(4)(np.ones((2, 3)))
    with pytest.raises(ArgumentError, match="axis -1 has size 3"):
        nn.GLU()(np.ones((2, 3)))
    with pytest.raises(ArgumentError, match="gelu: approximate is 'erf'"):
        nn.GELU("erf")(np.ones(3))
