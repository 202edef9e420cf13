"""Every activation beside PyTorch's: values and slopes, also far out and at the kinks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
import nn.functional as F

from .compare import same_as_torch

torch = pytest.importorskip("torch")

ARGUMENTS: dict[str, list[dict[str, Any]]] = {
    "CELU": [{}, {"alpha": 0.5}, {"alpha": 2.0}],
    "ELU": [{}, {"alpha": 0.5}],
    "GELU": [{}, {"approximate": "tanh"}],
    "GLU": [{}, {"dim": 0}],
    "Hardsigmoid": [{}],
    "Hardswish": [{}],
    "Hardtanh": [{}, {"min_val": -0.5, "max_val": 2.0}],
    "LeakyReLU": [{}, {"negative_slope": 0.2}, {"negative_slope": 0.0}],
    "LogSigmoid": [{}],
    "LogSoftmax": [{"dim": -1}, {"dim": 0}, {"dim": 1}],
    "Mish": [{}],
    "PReLU": [{}, {"num_parameters": 4, "init": 0.1}],
    "ReLU": [{}],
    "ReLU6": [{}],
    "SELU": [{}],
    "SiLU": [{}],
    "Sigmoid": [{}],
    "Softmax": [{"dim": -1}, {"dim": 0}, {"dim": 1}],
    "Softmin": [{"dim": -1}, {"dim": 0}],
    "Softplus": [{}, {"beta": 2.0}, {"beta": 0.5, "threshold": 1.0}],
    "Softsign": [{}],
    "Tanh": [{}],
    "Tanhshrink": [{}],
    "Threshold": [{"threshold": 0.1, "value": -2.0}],
}
CASES = {f"{name}-{kwargs}": (name, kwargs) for name, all_ in ARGUMENTS.items() for kwargs in all_}

INEXACT = {"Hardsigmoid": 1e-7, "Hardswish": 1e-7}
"""PyTorch's multiply by 1/6 in single precision, also for doubles."""

KINKS = (-3.0, -1.0, -0.5, 0.0, 0.1, 1.0, 2.0, 3.0, 6.0)


@pytest.mark.parametrize(("name", "kwargs"), CASES.values(), ids=CASES)
def test_activation(name: str, kwargs: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    tol = INEXACT.get(name, 1e-10)
    for shape in ((6, 4), (2, 4, 2), (2, 4, 3, 2)):
        x = rng.normal(size=shape) * 3
        same_as_torch(getattr(nn, name)(**kwargs), getattr(torch.nn, name)(**kwargs), x, tol=tol)


@pytest.mark.parametrize(("name", "kwargs"), CASES.values(), ids=CASES)
def test_activation_far_out_and_at_its_kinks(name: str, kwargs: dict[str, Any]) -> None:
    x = np.array([*KINKS, -0.0, -30.0, 30.0, -1000.0, 1000.0, 20.0])
    x = np.repeat(x[:, None], 4, axis=1)  # (15, 4): a size that halves
    x = x[:14] if name == "GLU" else x
    tol = INEXACT.get(name, 1e-10)
    same_as_torch(getattr(nn, name)(**kwargs), getattr(torch.nn, name)(**kwargs), x, tol=tol)


def test_prelu_of_one_axis_and_one_slope_of_many_axes() -> None:
    rng = np.random.default_rng(0)
    same_as_torch(nn.PReLU(), torch.nn.PReLU(), rng.normal(size=5))
    same_as_torch(nn.PReLU(5), torch.nn.PReLU(5), rng.normal(size=(3, 5)))


@pytest.mark.parametrize("name", ["relu", "relu6", "leaky_relu", "elu", "celu", "selu", "gelu",
                                  "silu", "mish", "softplus", "softsign", "tanhshrink",
                                  "hardtanh", "logsigmoid", "tanh", "sigmoid"])  # fmt: skip
def test_function_of_raw_data_is_raw_and_the_same(name: str) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4)) * 3
    out = getattr(F, name)(x)
    assert type(out) is np.ndarray
    expected = getattr(torch.nn.functional, name)(torch.tensor(x)).numpy()
    np.testing.assert_allclose(out, expected, rtol=1e-10, atol=1e-12)
