"""Pooling: the numbers of the references, ties, shapes, errors, and the graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn.functional as F
from autograd_core.errors import ArgumentError, ShapeError, UnsupportedError
from nn.layers.adaptive_pooling import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool1d,
    GlobalAvgPool,
    GlobalMaxPool,
)
from nn.layers.pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d, MaxPool3d

ONE_TO_FIVE = np.array([[[1.0, 2.0, 3.0, 4.0, 5.0]]])


def gradient(f: Any, x: Any) -> Any:
    return ag.grad(lambda x: ag.sum(f(x)))(np.asarray(x, float))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"ceil_mode": True}, [1.5, 3.5, 5.0]),
        ({"padding": 1}, [0.5, 2.5, 4.5]),
        ({"padding": 1, "count_include_pad": False}, [1.0, 2.5, 4.5]),
    ],
)
def test_average_counts_padding_but_nothing_beyond_it(options: Any, expected: Any) -> None:
    np.testing.assert_allclose(AvgPool1d(2, **options)(ONE_TO_FIVE)[0, 0], expected)


def test_first_of_tied_maxima_takes_the_gradient() -> None:
    ones = np.ones((1, 1, 4, 4))
    first = np.zeros((4, 4))
    first[::2, ::2] = 1
    np.testing.assert_array_equal(gradient(MaxPool2d(2), ones)[0, 0], first)
    last = np.moveaxis(np.ones((1, 4, 4, 3)), -1, 1)
    np.testing.assert_array_equal(
        gradient(MaxPool2d(2), last), np.broadcast_to(first, (1, 3, 4, 4))
    )
    # Reading order: of the second element of the first row and the first of the second row.
    tied = [[[[0.0, 1.0], [1.0, 0.0]]]]
    for pool in (MaxPool2d(2), GlobalMaxPool(), lambda x: F.adaptive_max_pool2d(x, 1)):
        np.testing.assert_array_equal(gradient(pool, tied)[0, 0], [[0.0, 1.0], [0.0, 0.0]])


def test_first_of_tied_maxima_takes_the_gradient_in_the_definition_as_well() -> None:
    x = np.random.default_rng(0).integers(0, 2, (3, 6, 6)) + 0.0
    for op, params in (
        (ag.max_pool, {"kernel_size": (3, 2), "stride": 2, "padding": 1}),
        (ag.adaptive_max_pool, {"output_size": (4, 4)}),
    ):
        through_definition = ag.grad(lambda x, op=op, p=params: ag.sum(op.definition(x, **p)))(x)
        np.testing.assert_array_equal(
            through_definition, ag.grad(lambda x, op=op, p=params: ag.sum(op(x, **p)))(x)
        )


def test_padding_of_a_maximum_is_minus_infinity() -> None:
    x = -np.ones((1, 1, 3, 3))
    np.testing.assert_array_equal(MaxPool2d(3, 1, 1)(x), x)
    assert gradient(MaxPool2d(3, 1, 1), x).sum() == 9


def test_window_of_minus_infinities_gives_its_first_real_place_the_gradient() -> None:
    x = np.full((1, 1, 4), -np.inf)
    np.testing.assert_array_equal(gradient(MaxPool1d(2, padding=1), x)[0, 0], [1, 1, 0, 1])


def test_nan_is_the_maximum_of_its_windows_and_of_no_others() -> None:
    x = np.arange(5.0).reshape(1, 1, 5)
    x[0, 0, 2] = np.nan
    for pool in (MaxPool1d(2, 1), lambda x: F.adaptive_max_pool1d(x, 4)):
        np.testing.assert_array_equal(pool(x)[0, 0], [1.0, np.nan, np.nan, 4.0])
    np.testing.assert_array_equal(AvgPool1d(2, 1)(x)[0, 0], [0.5, np.nan, np.nan, 3.5])
    np.testing.assert_array_equal(F.adaptive_avg_pool1d(x, 4)[0, 0], [0.5, np.nan, np.nan, 3.5])


def test_infinity_of_one_bin_stays_in_it() -> None:
    x = [[[[np.inf, 1.0], [2.0, 3.0]]]]
    np.testing.assert_array_equal(AdaptiveAvgPool2d(2)(x), x)


def test_global_pooling_gives_one_number_per_channel() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 5, 6))
    np.testing.assert_allclose(GlobalAvgPool()(x), x.mean((2, 3, 4)))
    np.testing.assert_array_equal(GlobalMaxPool()(x), x.max((2, 3, 4)))
    assert GlobalMaxPool(keepdims=True)(x).shape == (2, 3, 1, 1, 1)
    assert GlobalAvgPool(keepdims=True)(x).shape == (2, 3, 1, 1, 1)


@pytest.mark.parametrize(
    "x", [np.ones((2, 3, 8, 8), np.float32), np.moveaxis(np.ones((2, 8, 8, 3), np.float32), -1, 1)]
)
@pytest.mark.parametrize("pool", [MaxPool2d(2), AvgPool2d(3, 2, 1), AdaptiveAvgPool2d(3)])
def test_float32_stays_float32_and_results_are_not_scratch(pool: Any, x: Any) -> None:
    value = ag.Value(x)
    first = pool(value)
    kept = first.data.copy()
    pool(ag.Value(2 * x))
    np.testing.assert_array_equal(first.data, kept)
    first.sum().backward()
    assert first.dtype == value.grad.dtype == np.float32


def test_integers_and_lists_are_taken() -> None:
    assert MaxPool1d(2)([[[1, 3, 2, 5]]]).tolist() == [[[3.0, 5.0]]]


def test_empty_batch_gives_an_empty_result() -> None:
    x = np.zeros((0, 3, 4, 4))
    for pool in (MaxPool2d(2), AvgPool2d(2), AdaptiveAvgPool2d(2), AdaptiveAvgPool2d((1, 3))):
        assert len(pool(x)) == 0
        assert gradient(pool, x).shape == x.shape
    assert F.adaptive_max_pool2d(x, 2).shape == (0, 3, 2, 2)


def test_second_derivative_of_a_maximum_is_that_of_what_it_picks() -> None:
    x = np.array([[[1.0, 2.0, 4.0, 3.0]]])
    hessian = ag.hessian(lambda x: ag.sum(MaxPool1d(2)(x) ** 3))(x).reshape(4, 4)
    np.testing.assert_allclose(hessian, np.diag([0.0, 12.0, 24.0, 0.0]))


def test_representation_names_the_window() -> None:
    assert repr(MaxPool2d(2)) == (
        "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)"
    )
    assert repr(AvgPool2d((2, 3), 1, divisor_override=5)) == (
        "AvgPool2d(kernel_size=(2, 3), stride=1, padding=0, ceil_mode=False, "
        "count_include_pad=True, divisor_override=5)"
    )
    assert repr(AdaptiveMaxPool1d(3)) == "AdaptiveMaxPool1d(output_size=3)"
    assert repr(GlobalAvgPool()) == "GlobalAvgPool(keepdims=False)"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: MaxPool1d(2)(x), ShapeError, r"max_pool1d: the input is \(2, 3, 4, 4\); need"),
        (lambda x: MaxPool3d(2)(x[0]), ShapeError, r"need \(N, C, D, H, W\) or \(C, D, H, W\)"),
        (lambda x: MaxPool2d(5)(x), ShapeError, r"a window of 5 \(dilation 1\) does not fit"),
        (lambda x: MaxPool2d(2, dilation=4)(x), ShapeError, r"dilation 4"),
        (lambda x: MaxPool2d(2, padding=2)(x), ArgumentError, "padding 2 is more than half"),
        (lambda x: AvgPool2d(0)(x), ArgumentError, "kernel_size is .* at least 1"),
        (lambda x: AvgPool2d(2, 0)(x), ArgumentError, "stride is 0; need an integer of at least 1"),
        (lambda x: AvgPool2d(2, padding=-1)(x), ArgumentError, "padding is -1"),
        (lambda x: AvgPool2d(2.0)(x), ArgumentError, "kernel_size"),  # type: ignore[arg-type]
        (lambda x: AvgPool2d((2, 2, 2))(x), ArgumentError, "need an integer, or 2"),
        (lambda x: AvgPool2d(2, divisor_override=0)(x), ArgumentError, "divisor_override is 0"),
        (lambda x: AdaptiveAvgPool2d(0)(x), ArgumentError, "output_size"),
        (lambda x: AdaptiveAvgPool2d((1, 2, 3))(x), ArgumentError, "need 2 integers or None"),
        (lambda x: GlobalAvgPool()(x[0, 0]), ShapeError, "need .* spatial axes"),
        (lambda x: MaxPool2d(2, return_indices=True)(x), UnsupportedError, "return_indices"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("recorded", [True, False])
def test_what_does_not_fit_is_said_in_words(
    call: Any, error: Any, message: str, recorded: bool
) -> None:
    x = np.ones((2, 3, 4, 4))
    with pytest.raises(error, match=message):
        call(ag.Value(x) if recorded else x)
