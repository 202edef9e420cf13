"""How good predictions are: functions of the model's outputs and the targets.

All take raw arrays or Values, and return plain numbers. Each is a mean over what it counts, so
that a `Trainer` can average it over batches; what is no mean (precision, F1) is in `confusion`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import data_of

__all__ = [
    "accuracy",
    "binary_accuracy",
    "bits_per_character",
    "error_rate",
    "predicted_classes",
    "top_k",
]


def predicted_classes(outputs: Any, targets: Any) -> tuple[Any, Any]:
    """The class that each prediction names, beside the true one.

    Parameters
    ----------
    outputs : array_like or Value, shape (N, C, ...) or (N, ...)
        A score for each of C classes in axis 1: the largest one is the prediction. Or, of the
        same shape as integer targets, the predicted classes themselves, as integers.
    targets : array_like, shape (N, ...)
        Classes as integers; or of the shape of the scores, a weight for each class.

    Returns
    -------
    predicted, true : ndarray of int, shape (N, ...)

    Raises
    ------
    ShapeError
        If the shapes are none of these.

    Examples
    --------
    >>> predicted_classes([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    (array([1, 0]), array([1, 1]))
    """
    scores, classes = np.asarray(data_of(outputs)), np.asarray(data_of(targets))
    if scores.shape == classes.shape and scores.dtype.kind in "iub":
        return scores, classes
    if scores.ndim >= 2 and scores.shape == classes.shape and classes.dtype.kind == "f":
        classes = classes.argmax(1)
    if scores.ndim < 2 or scores.shape[:1] + scores.shape[2:] != classes.shape:
        raise ShapeError(
            f"metric: outputs are {scores.shape}, targets {classes.shape}; need scores (N, C, ...) "
            "and classes (N, ...). For one output per sample use binary_accuracy"
        )
    return scores.argmax(1), classes


def accuracy(outputs: Any, targets: Any, ignore_index: int = -100) -> float:
    """The fraction of predictions that are right.

    Parameters
    ----------
    outputs, targets : array_like or Value
        See `predicted_classes`.
    ignore_index : int
        Targets of this class do not count, as in the losses.

    Returns
    -------
    float
        nan if there is nothing to count.

    Examples
    --------
    >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """
    predicted, true = predicted_classes(outputs, targets)
    return _mean((predicted == true)[true != ignore_index])


def error_rate(outputs: Any, targets: Any, ignore_index: int = -100) -> float:
    """The fraction of predictions that are wrong: 1 − `accuracy`.

    Examples
    --------
    >>> error_rate([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]], [1, 1, 1], ignore_index=0)
    0.3333333333333333
    """
    predicted, true = predicted_classes(outputs, targets)
    return _mean((predicted != true)[true != ignore_index])


def top_k(outputs: Any, targets: Any, k: int = 5, ignore_index: int = -100) -> float:
    """The fraction of samples whose true class is among the k with the largest scores.

    Parameters
    ----------
    outputs : array_like or Value, shape (N, C, ...)
    targets : array_like of int, shape (N, ...)
    k : int
        From 1 to C. Equal scores count against the prediction: a model that gives all classes
        the same score knows nothing.
    ignore_index : int
        Targets of this class do not count.

    Examples
    --------
    >>> top_k([[0.1, 0.6, 0.3], [0.5, 0.4, 0.1]], [2, 2], k=2)
    0.5
    """
    scores, true = np.asarray(data_of(outputs)), predicted_classes(outputs, targets)[1]
    if scores.shape == true.shape:
        raise ShapeError(f"top_k: outputs are {scores.shape}; need scores of shape (N, C, ...)")
    if not 1 <= k <= scores.shape[1]:
        raise ArgumentError(f"top_k: k is {k} for {scores.shape[1]} classes; need 1 <= k <= C")
    counted = true != ignore_index
    index = np.expand_dims(np.where(counted, true, 0), 1)
    of_true = np.take_along_axis(scores, index, 1)
    rank = (scores >= of_true).sum(1)  # 1 for the best; counts itself
    return _mean((rank <= k)[counted])


def binary_accuracy(outputs: Any, targets: Any, threshold: float = 0.0) -> float:
    """The fraction of yes-no predictions that are right.

    Parameters
    ----------
    outputs : array_like or Value
        A score for yes: the logit, or with ``threshold=0.5`` the probability.
    targets : array_like
        0 or 1, of as many elements.
    threshold : float
        A larger score is a yes.

    Examples
    --------
    >>> binary_accuracy([[-1.0], [2.0], [0.5]], [0, 1, 0])
    0.6666666666666666
    """
    scores, true = np.asarray(data_of(outputs)), np.asarray(data_of(targets))
    if scores.size != true.size or scores.squeeze().shape != true.squeeze().shape:
        raise ShapeError(
            f"binary_accuracy: outputs are {scores.shape}, targets {true.shape}; need one score "
            "for each target"
        )
    return _mean((scores.squeeze() > threshold) == (true.squeeze() > 0.5))


def bits_per_character(outputs: Any, targets: Any, ignore_index: int = -100) -> float:
    """The mean of −log₂ p of the true next character: the cross-entropy in bits.

    Parameters
    ----------
    outputs : array_like or Value, shape (N, C, ...)
        Logits.
    targets : array_like of int, shape (N, ...)
    ignore_index : int
        Targets of this class do not count: the padding.

    Examples
    --------
    Among four characters that are all the same to it, a model needs two bits:

    >>> bits_per_character([[0.0, 0.0, 0.0, 0.0]], [3])
    2.0
    """
    logits, true = np.asarray(data_of(outputs)), predicted_classes(outputs, targets)[1]
    if logits.shape == true.shape:
        raise ShapeError(f"bits_per_character: outputs are {logits.shape}; need logits (N, C, ...)")
    counted = true != ignore_index
    shifted = logits - logits.max(1, keepdims=True)  # exp cannot overflow
    index = np.expand_dims(np.where(counted, true, 0), 1)
    of_true = np.take_along_axis(shifted, index, 1).squeeze(1)
    nats = np.log(np.exp(shifted).sum(1)) - of_true
    return _mean(nats[counted]) / math.log(2)


def _mean(x: Any) -> float:
    return float(np.mean(x, dtype=np.float64)) if x.size else math.nan
