"""Initialisers fill in place, from the distributions that their formulas state."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_core.errors import ArgumentError, ShapeError
from nn import Parameter, init

SHAPES = [(200, 300), (40, 60, 5, 5)]

VARIANCES: dict[str, tuple[Callable[..., Any], Callable[[int, int], float]]] = {
    "xavier_uniform_": (init.xavier_uniform_, lambda i, o: 2 / (i + o)),
    "xavier_normal_": (init.xavier_normal_, lambda i, o: 2 / (i + o)),
    "xavier_normal_, gain 3": (
        lambda w, rng: init.xavier_normal_(w, 3.0, rng=rng), lambda i, o: 18 / (i + o)),
    "kaiming_uniform_": (init.kaiming_uniform_, lambda i, o: 2 / i),
    "kaiming_normal_": (init.kaiming_normal_, lambda i, o: 2 / i),
    "kaiming_normal_, fan_out": (
        lambda w, rng: init.kaiming_normal_(w, mode="fan_out", rng=rng), lambda i, o: 2 / o),
    "kaiming_uniform_, slope 2": (
        lambda w, rng: init.kaiming_uniform_(w, 2.0, rng=rng), lambda i, o: 2 / (5 * i)),
    "kaiming_normal_, tanh": (
        lambda w, rng: init.kaiming_normal_(w, nonlinearity="tanh", rng=rng),
        lambda i, o: 25 / (9 * i)),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(("fill", "variance"), VARIANCES.values(), ids=VARIANCES)
def test_variance_is_that_of_the_formula(
    fill: Callable[..., Any], variance: Callable[[int, int], float], shape: tuple[int, ...]
) -> None:
    w = fill(np.empty(shape), rng=0)
    places = math.prod(shape[2:])
    expected = variance(shape[1] * places, shape[0] * places)
    # The relative error of a variance of n numbers is at most √(2/n), that of normal ones.
    assert w.var() == pytest.approx(expected, rel=5 * math.sqrt(2 / w.size))
    assert abs(w.mean()) < 5 * math.sqrt(expected / w.size)


@pytest.mark.parametrize(
    ("fill", "bound"),
    [
        (lambda w: init.uniform_(w, -3.0, 1.0, rng=0), (-3.0, 1.0)),
        (lambda w: init.xavier_uniform_(w, rng=0), (-math.sqrt(6 / 500), math.sqrt(6 / 500))),
        (lambda w: init.kaiming_uniform_(w, math.sqrt(5), rng=0), (-(300**-0.5), 300**-0.5)),
        (lambda w: init.trunc_normal_(w, 1.0, 2.0, -1.0, 1.5, rng=0), (-1.0, 1.5)),
    ],
)
def test_bounds_are_reached_and_not_crossed(fill: Any, bound: tuple[float, float]) -> None:
    w, (low, high) = fill(np.empty((200, 300))), bound
    assert low <= w.min() < low + 0.001 * (high - low)
    assert high - 0.001 * (high - low) < w.max() <= high


def test_truncated_normal_has_the_moments_of_the_conditional_distribution() -> None:
    w = init.trunc_normal_(np.empty(200_000), rng=0)  # N(0, 1) in [−2, 2]
    phi, inside = math.exp(-2) / math.sqrt(2 * math.pi), math.erf(math.sqrt(2))
    assert w.var() == pytest.approx(1 - 4 * phi / inside, rel=0.01)
    assert abs(w.mean()) < 0.01


def test_bounds_that_hold_next_to_nothing_raise() -> None:
    with pytest.raises(ArgumentError, match=r"trunc_normal_: \[8.0, 9.0\] holds"):
        init.trunc_normal_(np.empty(3), a=8.0, b=9.0)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (6, 2, 2, 2)], ids=str)
def test_orthogonal_rows_or_columns_are_orthonormal_times_gain(shape: tuple[int, ...]) -> None:
    w = init.orthogonal_(np.empty(shape), 2.0, rng=0).reshape(shape[0], -1)
    small = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-12)


def test_orthogonal_has_no_preferred_sign() -> None:
    # QR alone makes the diagonal of R, and with it most of Q's first column, of one sign.
    first = [init.orthogonal_(np.empty((3, 3)), rng=seed)[0, 0] for seed in range(400)]
    assert abs(np.mean(np.sign(first))) < 0.2


def test_torch_sparsity_is_per_column_and_that_of_martens_per_unit() -> None:
    w = init.sparse_(np.empty((10, 200)), 0.25, std=2.0, rng=0)
    assert set((w == 0).sum(axis=0)) == {3}  # 2.5, rounded up
    assert w[w != 0].std() == pytest.approx(2.0, rel=0.1)
    w = init.martens_sparse_(np.empty((200, 40)), k=15, rng=0)
    assert set((w != 0).sum(axis=1)) == {15}
    assert w[w != 0].std() == pytest.approx(1.0, rel=0.1)
    assert ((w != 0).sum(axis=0) > 40).all()  # no input is preferred: 75 is the mean
    assert (init.martens_sparse_(np.empty((2, 3)), k=15, rng=0) != 0).all()


def test_constants() -> None:
    p = Parameter(np.empty((2, 3), np.float32))
    assert init.constant_(p, 0.1) is p
    np.testing.assert_array_equal(p.data, np.full((2, 3), 0.1, np.float32))
    np.testing.assert_array_equal(init.eye_(p).data, np.eye(2, 3))
    assert (init.zeros_(p).data == 0).all() and (init.ones_(p).data == 1).all()
    assert p.data.dtype == np.float32 and p.requires_grad


def test_one_seed_gives_the_same_weights_in_every_precision() -> None:
    single = init.xavier_normal_(np.empty((3, 4), np.float32), rng=7)
    double = init.xavier_normal_(np.empty((3, 4)), rng=7)
    np.testing.assert_array_equal(single, double.astype(np.float32))
    assert (init.normal_(np.empty(3), rng=7) != init.normal_(np.empty(3), rng=8)).all()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: init.xavier_normal_(np.empty(3)), ShapeError, r"fans: the shape is \(3,\)"),
        (lambda: init.orthogonal_(np.empty(3)), ShapeError, "two axes or more"),
        (lambda: init.eye_(np.empty((2, 2, 2))), ShapeError, r"eye_: the tensor is \(2, 2, 2\)"),
        (lambda: init.sparse_(np.empty(3), 0.1), ShapeError, "sparse_: the tensor"),
        (lambda: init.sparse_(np.empty((3, 3)), 1.1), ArgumentError, "sparsity is 1.1"),
        (lambda: init.martens_sparse_(np.empty((3, 3)), 0), ArgumentError, "k is 0"),
        (lambda: init.kaiming_normal_(np.empty((3, 3)), mode="fan"), ArgumentError, "'fan'"),
        (lambda: init.calculate_gain("bogus"), ArgumentError, "'bogus'; need one of 'linear'"),
        (lambda: init.zeros_([1.0]), ArgumentError, "cannot fill a list"),
    ],
)
def test_what_does_not_fit_raises(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_read_only_array_raises() -> None:
    x = np.zeros(3)
    x.setflags(write=False)
    with pytest.raises(ArgumentError, match="writable"):
        init.ones_(x)
