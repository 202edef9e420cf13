"""Features brought to mean 0 and variance 1."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core.errors import ArgumentError
from nn.data import Normalizer


@pytest.mark.parametrize(
    ("shape", "axis"), [((50, 4), 0), ((20, 3, 5, 6), (0, 2, 3)), ((7, 9), (0, 1))]
)
def test_the_data_it_was_fitted_on_get_mean_zero_and_variance_one(rng, shape, axis):
    data = rng.normal(3, 5, shape)
    out = Normalizer.fit(data, axis)(data)
    np.testing.assert_allclose(out.mean(axis), 0, atol=1e-12)
    np.testing.assert_allclose(out.var(axis), 1, rtol=1e-12)


def test_other_data_get_the_statistics_of_the_training_set():
    normalize = Normalizer.fit(np.array([[0.0], [2.0]]))
    np.testing.assert_array_equal(normalize(np.array([[0.0], [5.0]])), [[-1.0], [4.0]])


@pytest.mark.parametrize("count", [1, 10, 1000])
@pytest.mark.parametrize("value", [0.0, 0.1, 7e5])
def test_a_constant_feature_becomes_zero_and_no_scaled_rounding_error(count, value):
    data = np.full((count, 1), value)
    normalize = Normalizer.fit(data)
    assert normalize.std == 1
    np.testing.assert_allclose(normalize(data), 0, atol=1e-9)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [(np.uint8, np.float32), (np.float32, np.float32), (np.float64, np.float64)],
)
def test_the_dtype_is_floating_point_and_kept_if_it_is(dtype, expected):
    data = np.array([[1, 200], [3, 100]], dtype)
    normalize = Normalizer.fit(data)
    assert normalize.mean.dtype == normalize.std.dtype == normalize(data).dtype == expected


def test_the_mean_of_many_float32_is_accurate():
    data = np.full((2_000_000, 1), 0.1, np.float32)
    data[::2] = 0.3
    assert abs(float(Normalizer.fit(data).mean[0, 0]) - 0.2) < 1e-7


def test_no_data_are_refused():
    with pytest.raises(ArgumentError, match=r"\(0, 3\) is empty"):
        Normalizer.fit(np.zeros((0, 3)))
