"""Losses: what is refused, what warns, what stays finite, and the course's own forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core.errors import ArgumentError, DtypeError, ShapeError

ELEMENTWISE = ["mse_loss", "half_squared_error", "l1_loss", "huber_loss", "smooth_l1_loss",
               "kl_div", "hinge_loss", "hinge_embedding_loss", "binary_cross_entropy",
               "binary_cross_entropy_with_logits"]  # fmt: skip


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_shapes_that_would_broadcast_raise(name: str) -> None:
    for a, b in [((4,), (4, 1)), ((4, 1), (4,)), ((4, 3), (3,)), ((4,), ())]:
        with pytest.raises(ShapeError) as caught:
            getattr(F, name)(np.ones(a), np.ones(b))
        assert str(caught.value).startswith(f"{name}: ")
        assert str(a) in str(caught.value) and str(b) in str(caught.value)


@pytest.mark.parametrize("name", [*ELEMENTWISE, "cross_entropy", "nll_loss", "multi_margin_loss"])
def test_unknown_reduction_raises(name: str) -> None:
    x = np.full((2, 2), 0.5)
    target = np.array([0, 1]) if x.ndim == 2 and name not in ELEMENTWISE else np.ones((2, 2))
    with pytest.raises(ArgumentError, match=f"{name}: reduction is 'average'; need one of 'mean'"):
        getattr(F, name)(x, target, reduction="average")


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_mean_of_an_empty_batch_is_nan_with_a_warning(name: str) -> None:
    x = ag.Value(np.ones((0, 3)))
    with pytest.warns(RuntimeWarning, match=f"{name}: the batch is empty"):
        loss = getattr(F, name)(x, np.ones((0, 3)))
    assert math.isnan(loss.data)
    loss.backward()
    assert x.grad.shape == (0, 3)
    assert getattr(F, name)(np.ones((0, 3)), np.ones((0, 3)), reduction="sum") == 0


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss", "multi_margin_loss"])
def test_mean_of_no_targets_is_nan_with_a_warning(name: str) -> None:
    with pytest.warns(RuntimeWarning, match=f"{name}: the batch is empty"):
        loss = getattr(F, name)(np.ones((0, 3)), np.ones(0, int))
    assert math.isnan(loss)


def test_mean_of_ignored_targets_is_nan_with_a_warning() -> None:
    x = ag.Value(np.zeros((2, 3)))
    for loss in (F.cross_entropy, F.nll_loss):
        with pytest.warns(RuntimeWarning, match="every target is 7, which is ignored"):
            assert math.isnan(loss(x, [7, 7], ignore_index=7).data)
        assert loss(x, [7, 7], ignore_index=7, reduction="sum").data == 0


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss, F.multi_margin_loss])
@pytest.mark.parametrize(("target", "place"), [([0, 3], r"\[1\] is 3"), ([-1, 0], r"\[0\] is -1")])
def test_target_out_of_range_raises_with_value_and_place(
    loss: Any, target: list[int], place: str
) -> None:
    for input in (np.ones((2, 3)), ag.Value(np.ones((2, 3)))):
        with pytest.raises(ArgumentError, match=rf"target{place}; need 0 <= target < 3"):
            loss(input, target)


def test_place_of_a_target_out_of_range_in_an_image() -> None:
    target = np.zeros((2, 4, 4), int)
    target[1, 2, 3] = 9
    with pytest.raises(ArgumentError, match=r"cross_entropy: target\[1, 2, 3\] is 9"):
        F.cross_entropy(np.ones((2, 3, 4, 4)), target)


def test_targets_and_weights_that_do_not_fit_raise() -> None:
    x = np.ones((4, 3))
    for loss in (F.cross_entropy, F.nll_loss, F.multi_margin_loss):
        with pytest.raises(ShapeError, match=r"\(4, 3\).*\(3,\)"):
            loss(x, np.zeros(3, int))
    with pytest.raises(ShapeError, match="a weight per class"):
        F.cross_entropy(x, np.zeros(4, int), np.ones(4))
    with pytest.raises(ShapeError, match="weight"):
        F.nll_loss(x, np.zeros(4, int), np.ones(4))
    with pytest.raises(ShapeError, match=r"weight is \(2, 4, 3\)"):
        F.binary_cross_entropy(x / 2, x, np.ones((2, 4, 3)))
    with pytest.raises(DtypeError, match="nll_loss: the targets are float64"):
        F.nll_loss(x, np.zeros(4))
    with pytest.raises(ArgumentError, match="input has the element 1.5"):
        F.binary_cross_entropy(np.array([0.5, 1.5]), np.zeros(2))
    with pytest.raises(ArgumentError, match="target has the element 0.0; need -1 or 1"):
        F.hinge_loss(np.ones(2), [1, 0])
    with pytest.raises(ArgumentError, match="label_smoothing is 1.5"):
        F.cross_entropy(x, np.zeros(4, int), label_smoothing=1.5)


BIG = 1e4


def test_cross_entropy_is_finite_where_the_mathematics_is() -> None:
    logits = ag.Value(np.array([[BIG, 0.0, -BIG], [-BIG, -BIG, -BIG], [0.0, -math.inf, 1.0]]))
    losses = F.cross_entropy(logits, [1, 0, 2], reduction="none")
    np.testing.assert_allclose(losses.data, [BIG, math.log(3), math.log1p(math.exp(-1))])
    losses.sum().backward()
    third = 1 / 3
    e = 1 / (1 + math.e)
    np.testing.assert_allclose(
        logits.grad, [[1, -1, 0], [third - 1, third, third], [e, 0, -e]], atol=1e-15
    )


def test_rows_of_very_different_size_are_as_exact_as_alone() -> None:
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(6, 5)) + np.array([0, 1e3, -1e3, 50, -50, 0])[:, None]).astype(np.float32)
    target = rng.integers(0, 5, 6)
    together = F.cross_entropy(x, target, reduction="none")
    alone = [F.cross_entropy(row[None].astype(np.float64), [t]) for row, t in
             zip(x, target, strict=True)]  # fmt: skip
    np.testing.assert_allclose(together, alone, rtol=1e-5)


@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 2)], ids=str)
def test_order_of_the_memory_does_not_matter(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    x, target = rng.normal(size=shape), rng.integers(0, 3, shape[:1] + shape[2:])
    grads = []
    for order in "CF":
        value = ag.Value(x.copy(order))
        F.cross_entropy(value, target, label_smoothing=0.1).backward()
        grads.append(value.grad)
    np.testing.assert_array_equal(*grads)


def test_logits_of_any_size_keep_binary_cross_entropy_exact() -> None:
    x = ag.Value(np.array([BIG, -BIG, 40.0, -40.0]))
    losses = F.binary_cross_entropy_with_logits(x, np.array([0.0, 0, 1, 0]), reduction="none")
    tiny = math.log1p(math.exp(-40.0))
    np.testing.assert_allclose(losses.data, [BIG, 0, tiny, tiny], rtol=1e-14)
    losses.sum().backward()
    np.testing.assert_allclose(x.grad, [1, 0, -tiny, tiny], rtol=1e-10, atol=1e-16)


def test_certain_and_right_or_wrong_has_a_finite_gradient() -> None:
    p = ag.Value(np.array([0.0, 0.0, 1.0, 1.0]))
    F.binary_cross_entropy(p, np.array([0.0, 1.0, 0.0, 1.0]), reduction="sum").backward()
    np.testing.assert_allclose(p.grad, [1.0, 0.0, 0.0, -1.0])


def test_soft_targets_that_exclude_a_class_do_without_its_logit() -> None:
    x = ag.Value(np.array([[0.0, 1.0, -math.inf]]))
    loss = F.cross_entropy(x, np.array([[0.5, 0.5, 0.0]]))
    loss.backward()
    assert math.isfinite(loss.data) and np.isfinite(x.grad).all()


def test_kl_of_equal_distributions_is_zero_also_with_impossible_events() -> None:
    p = np.array([[0.25, 0.75, 0.0]])
    with np.errstate(divide="ignore"):
        log_p = ag.Value(np.log(p))
    loss = F.kl_div(log_p, p, reduction="batchmean")
    assert loss.data == 0
    loss.backward()
    np.testing.assert_array_equal(log_p.grad, -p)


def test_half_squared_error_has_the_difference_as_gradient() -> None:
    h, y = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[0.0, 2.0], [1.0, 1.0]])
    value = ag.Value(h)
    loss = nn.HalfSquaredError()(value, y)
    loss.backward()
    assert loss.data == (0.5 * 1 + 0.5 * (4 + 16)) / 2
    np.testing.assert_array_equal(value.grad, (h - y) / 2)
    np.testing.assert_array_equal(F.half_squared_error(h, y, "none"), [0.5, 10.0])
    np.testing.assert_array_equal(F.half_squared_error(h[0], y[0], "none"), [0.5, 0.0])


def test_hinge_is_flat_beyond_the_margin_and_at_it() -> None:
    x = ag.Value(np.array([0.0, 1.0, 2.0, -1.0]))
    loss = nn.HingeLoss(reduction="sum")(x, [1, 1, -1, -1])
    loss.backward()
    assert loss.data == 1 + 0 + 3 + 0
    np.testing.assert_array_equal(x.grad, [-1, 0, 1, 0])


@pytest.mark.parametrize("name", ["MSELoss", "HuberLoss", "BCEWithLogitsLoss", "CrossEntropyLoss"])
def test_float32_stays_float32_beside_raw_float64_targets(name: str) -> None:
    x = ag.Value(np.ones((3, 2), np.float32))
    target: Any = np.full((3, 2), 0.5)
    loss = getattr(nn, name)()(x, target)
    assert loss.dtype == np.float32
    loss.backward()
    assert x.grad.dtype == np.float32
    with_weight = nn.CrossEntropyLoss(weight=[1, 2], label_smoothing=0.1)(x, [0, 1, 1])
    assert with_weight.dtype == np.float32


def test_whole_numbers_are_computed_with_as_floats() -> None:
    x, w = [[2, 0, 1], [0, 3, 1]], [0.5, 1.5, 0.25]
    exact = np.array(x, float)
    for loss in (F.cross_entropy, F.nll_loss, F.multi_margin_loss):
        assert loss(x, [0, 2], weight=w) == loss(exact, [0, 2], weight=w)
    y = [[1, 0, 0], [0, 1, 1]]
    for loss in (F.mse_loss, F.huber_loss, F.binary_cross_entropy_with_logits):
        assert loss(x, y) == loss(exact, np.array(y, float))
    bce = F.binary_cross_entropy_with_logits
    assert bce(x, y, pos_weight=w) == bce(exact, np.array(y, float), pos_weight=w)


def test_class_weights_are_a_buffer() -> None:
    loss = nn.CrossEntropyLoss(weight=[1.0, 2.0])
    assert list(loss.state_dict()) == ["weight"]
    assert loss.to("float64").weight.dtype == np.float64
    assert list(nn.CrossEntropyLoss().state_dict()) == []


def test_hessian_of_cross_entropy_is_that_of_the_log_partition() -> None:
    x = np.array([0.3, -0.2, 1.0])
    p = np.exp(x) / np.exp(x).sum()
    hessian = ag.hessian(lambda x: F.cross_entropy(x, np.array(1)))(x)
    np.testing.assert_allclose(hessian, np.diag(p) - np.outer(p, p), atol=1e-14)


def test_weight_that_requires_a_gradient_raises() -> None:
    with pytest.raises(ArgumentError, match="weight is a Value that requires a gradient"):
        F.cross_entropy(ag.Value(np.ones((2, 3))), [0, 1], ag.Value(np.ones(3)))
