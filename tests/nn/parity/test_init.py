"""Gains, fans and patterns of zeros are PyTorch's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nn import init

torch = pytest.importorskip("torch")

NONLINEARITIES = [
    *((name, None) for name in ("linear", "conv2d", "sigmoid", "tanh", "relu", "selu")),
    ("leaky_relu", None),
    ("leaky_relu", 0.3),
]


@pytest.mark.parametrize(("nonlinearity", "param"), NONLINEARITIES)
def test_gain(nonlinearity: str, param: float | None) -> None:
    expected = torch.nn.init.calculate_gain(nonlinearity, param)
    assert init.calculate_gain(nonlinearity, param) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("shape", [(2, 3), (4, 3, 5), (4, 3, 5, 2), (1, 1, 1, 1, 7)], ids=str)
def test_fans(shape: tuple[int, ...]) -> None:
    assert init.fans(shape) == torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))


@pytest.mark.parametrize("mode", ["fan_in", "fan_out"])
@pytest.mark.parametrize("shape", [(400, 300), (40, 30, 3, 3)], ids=str)
@pytest.mark.parametrize(
    "name", ["xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"]
)
def test_standard_deviation(name: str, shape: tuple[int, ...], mode: str) -> None:
    if name.startswith("xavier"):
        options = {"gain": 1.7}
    else:
        options = {"mode": mode, "a": 0.5}
    torch.manual_seed(0)
    theirs = getattr(torch.nn.init, name)(torch.empty(shape, dtype=torch.float64), **options)
    ours = getattr(init, name)(np.empty(shape), **options, rng=0)
    tolerance = 6 / math.sqrt(ours.size)  # of two samples
    assert ours.std() == pytest.approx(float(theirs.std()), rel=tolerance)
    assert np.abs(ours).max() == pytest.approx(float(theirs.abs().max()), rel=0.2)


@pytest.mark.parametrize("sparsity", [0.0, 0.1, 0.25, 1.0])
def test_number_of_zeros_of_sparse(sparsity: float) -> None:
    theirs = torch.nn.init.sparse_(torch.empty(10, 6), sparsity).numpy()
    ours = init.sparse_(np.empty((10, 6)), sparsity, rng=0)
    np.testing.assert_array_equal((ours == 0).sum(axis=0), (theirs == 0).sum(axis=0))
