"""Metrics against scikit-learn and against their definitions."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograd_core import Value
from autograd_core.errors import ArgumentError, ShapeError
from nn.training import (
    accuracy,
    binary_accuracy,
    bits_per_character,
    confusion_matrix,
    error_rate,
    f1,
    precision,
    recall,
    top_k,
)


@pytest.fixture
def scored(rng: np.random.Generator) -> tuple[Any, Any]:
    return rng.normal(size=(200, 5)), rng.integers(0, 5, 200)


def test_accuracy_and_error_rate_add_up(scored: tuple[Any, Any]) -> None:
    scores, true = scored
    expected = np.mean(scores.argmax(1) == true)
    assert accuracy(scores, true) == expected
    assert error_rate(scores, true) == pytest.approx(1 - expected)
    assert accuracy(scores.argmax(1), true) == expected
    assert accuracy(Value(scores), true) == expected
    assert accuracy(scores, np.eye(5)[true]) == expected


def test_classes_are_axis_1_of_sequences_and_images(rng: np.random.Generator) -> None:
    scores, true = rng.normal(size=(3, 4, 7, 2)), rng.integers(0, 4, (3, 7, 2))
    flat = np.moveaxis(scores, 1, -1).reshape(-1, 4)
    for metric in (accuracy, error_rate, bits_per_character, partial(top_k, k=2)):
        assert metric(scores, true) == pytest.approx(metric(flat, true.ravel()))


@pytest.mark.parametrize("metric", [accuracy, error_rate, bits_per_character, partial(top_k, k=2)])
def test_ignored_targets_do_not_count(metric: Any, scored: tuple[Any, Any]) -> None:
    scores, true = scored
    padded = np.where(np.arange(200) < 50, true, -100)
    assert metric(scores, padded) == pytest.approx(metric(scores[:50], true[:50]))
    assert math.isnan(metric(scores, np.full(200, -100)))


def test_scikit_learn_agrees(scored: tuple[Any, Any]) -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    scores, true = scored
    scores[:, 3] -= 9.0  # class 3 is never predicted
    true[true == 4] = 0  # class 4 never occurs
    predicted = scores.argmax(1)
    matrix = confusion_matrix(scores, true)
    every = range(5)
    np.testing.assert_array_equal(
        matrix.counts, sklearn.confusion_matrix(true, predicted, labels=every)
    )
    wanted = sklearn.precision_recall_fscore_support(
        true, predicted, labels=every, zero_division=np.nan
    )
    for ours, theirs in zip((precision, recall, f1), wanted, strict=False):
        np.testing.assert_allclose(ours(scores, true), theirs, rtol=1e-15)
    assert math.isnan(matrix.precision[3])
    assert math.isnan(matrix.recall[4])
    assert matrix.accuracy == sklearn.accuracy_score(true, predicted)
    for k in (1, 2, 4):
        assert top_k(scores, true, k) == sklearn.top_k_accuracy_score(
            true, scores, k=k, labels=every
        )


def test_top_1_is_accuracy_and_top_of_all_is_1(scored: tuple[Any, Any]) -> None:
    assert top_k(*scored, k=1) == accuracy(*scored)
    assert top_k(*scored, k=5) == 1.0
    with pytest.raises(ArgumentError, match="k is 6 for 5 classes"):
        top_k(*scored, k=6)


def test_a_model_that_scores_all_alike_is_not_right() -> None:
    assert top_k(np.zeros((10, 5)), np.arange(10) % 5, k=3) == 0.0


def test_bits_per_character_is_the_cross_entropy_in_bits(scored: tuple[Any, Any]) -> None:
    scores, true = scored
    p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    expected = -np.log2(p[np.arange(200), true]).mean()
    assert bits_per_character(scores, true) == pytest.approx(expected, rel=1e-13)
    assert bits_per_character(1000 + scores, true) == pytest.approx(expected)
    assert bits_per_character(np.array([[1e4, 0.0]]), [1]) == pytest.approx(1e4 / math.log(2))


def test_binary_accuracy_of_logits_and_probabilities(rng: np.random.Generator) -> None:
    logits, true = rng.normal(size=100), rng.integers(0, 2, 100)
    expected = np.mean((logits > 0) == true)
    assert binary_accuracy(logits, true) == expected
    assert binary_accuracy(logits[:, None], true.astype(float)) == expected
    assert binary_accuracy(1 / (1 + np.exp(-logits)), true, threshold=0.5) == expected
    assert binary_accuracy([[2.0]], [[1]]) == 1.0
    with pytest.raises(ShapeError, match=r"outputs are \(100,\), targets \(99,\)"):
        binary_accuracy(logits, true[1:])


@pytest.mark.parametrize(
    ("outputs", "targets"),
    [((5, 3), (4,)), ((5, 1), (5, 2)), ((5,), (5,)), ((5, 3), (5, 1)), ((), ())],
)
def test_shapes_that_do_not_belong_together_are_named(outputs: Any, targets: Any) -> None:
    for metric in (accuracy, error_rate, confusion_matrix):
        with pytest.raises(ShapeError, match="metric: outputs are"):
            metric(np.zeros(outputs), np.zeros(targets, int))


def test_confusion_matrices_of_parts_add_up(scored: tuple[Any, Any]) -> None:
    scores, true = scored
    whole = confusion_matrix(scores, true, labels="abcde")
    parts = [confusion_matrix(scores[i::2], true[i::2], labels="abcde") for i in (0, 1)]
    np.testing.assert_array_equal((parts[0] + parts[1]).counts, whole.counts)
    with pytest.raises(ArgumentError, match="the classes differ"):
        whole + confusion_matrix(scores, true)


def test_classes_out_of_range_and_wrong_labels_are_refused() -> None:
    with pytest.raises(ArgumentError, match="a target is -1; need classes from 0 to 2"):
        confusion_matrix([0, 1, 2], [0, -1, 2])
    with pytest.raises(ArgumentError, match="a prediction is 3; need classes from 0 to 1"):
        confusion_matrix([0, 3], [0, 1], classes=2)
    with pytest.raises(ArgumentError, match="2 labels for 3 classes"):
        confusion_matrix(np.zeros((1, 3)), [0], labels="ab", classes=3)
    assert confusion_matrix([0, 0], [0, -100], classes=2).counts.tolist() == [[1, 0], [0, 0]]
