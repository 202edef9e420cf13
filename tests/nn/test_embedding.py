"""Looking up, the gradient of rows that occur often, and errors."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core.errors import ArgumentError, DtypeError, UnsupportedError


def test_row_that_occurs_often_gets_the_sum_and_one_that_does_not_gets_zero() -> None:
    table = nn.Embedding(4, 2)
    (table([[1, 3], [1, 1]]) * np.arange(1, 9, dtype=np.float32).reshape(2, 2, 2)).sum().backward()
    np.testing.assert_array_equal(table.weight.grad, [[0, 0], [13, 16], [0, 0], [3, 4]])


def test_padding_row_is_looked_up_but_not_trained() -> None:
    weight = ag.Value(np.arange(6.0).reshape(3, 2))
    rows = F.embedding([2, 0, 2], weight, padding_idx=2)
    np.testing.assert_array_equal(rows.data, [[4, 5], [0, 1], [4, 5]])
    rows.sum().backward()
    np.testing.assert_array_equal(weight.grad, [[1, 1], [0, 0], [0, 0]])


@pytest.mark.parametrize(
    ("indices", "error", "message"),
    [
        ([[0, 1], [4, 0]], ArgumentError, r"indices\[1, 0\] is 4; need 0 <= index < 4"),
        ([-1], ArgumentError, r"indices\[0\] is -1"),
        ([0.0], DtypeError, "the indices are float64; need integers"),
        ([True], DtypeError, "the indices are bool"),
    ],
)
def test_index_that_is_no_row_raises_and_is_named(
    indices: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        nn.Embedding(4, 2)(indices)


def test_arguments_that_cannot_be_raise() -> None:
    with pytest.raises(UnsupportedError, match="max_norm is 1.0"):
        nn.Embedding(4, 2, max_norm=1.0)
    with pytest.raises(ArgumentError, match="padding_idx is 4; need one of 4 rows"):
        nn.Embedding(4, 2, padding_idx=4)
    with pytest.raises(ArgumentError, match="padding_idx is 4"):
        F.embedding([0], np.ones((4, 2)), padding_idx=4)


def test_large_random_gradient_is_that_of_a_one_hot_product() -> None:
    rng = np.random.default_rng(0)
    indices, g = rng.integers(0, 50, (20, 30)), rng.normal(size=(20, 30, 7))
    weight = ag.Value(rng.normal(size=(50, 7)))
    (F.embedding(indices, weight) * g).sum().backward()
    one_hot = np.eye(50)[indices.ravel()]
    np.testing.assert_allclose(weight.grad, one_hot.T @ g.reshape(-1, 7), atol=1e-12)


def test_repr() -> None:
    assert repr(nn.Embedding(5, 2)) == "Embedding(5, 2)"
    assert repr(nn.Embedding(5, 2, padding_idx=-1)) == "Embedding(5, 2, padding_idx=4)"
