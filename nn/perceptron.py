"""The first artificial neurons. They decide; they have no gradient, and say so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_core import Value
from autograd_core.errors import ArgumentError, GradientError, ShapeError

__all__ = ["LearningRecord", "McCullochPitts", "Perceptron"]


class McCullochPitts:
    """The neuron of McCulloch and Pitts: it fires if enough of its inputs do [1]_.

    Inputs and output are 0 or 1. A single active inhibitory input keeps it from firing
    absolutely; otherwise it fires if the number of active excitatory inputs reaches the
    threshold. It does not learn.

    Parameters
    ----------
    threshold : int
        AND of n inputs has threshold n, OR has 1; NOT has 0 and an inhibitory input.
    inhibitory : iterable of int
        Which inputs inhibit; all others excite.

    References
    ----------
    .. [1] W. McCulloch, W. Pitts, "A logical calculus of the ideas immanent in nervous
       activity", Bull. Math. Biophys. 5 (1943) 115.

    Examples
    --------
    >>> inputs = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> McCullochPitts(threshold=2)(inputs)
    array([0, 0, 0, 1])
    >>> McCullochPitts(threshold=1, inhibitory=[1])(inputs)  # x₀ and not x₁
    array([0, 0, 1, 0])
    """

    def __init__(self, threshold: int, inhibitory: Iterable[int] = ()) -> None:
        self.threshold = threshold
        self.inhibitory = tuple(inhibitory)

    def __call__(self, x: Any) -> Any:
        """Fire, or not.

        Parameters
        ----------
        x : array_like
            Shape ``(..., inputs)`` of 0 and 1.

        Returns
        -------
        ndarray of int
            Shape ``(...)`` of 0 and 1.

        Raises
        ------
        ArgumentError
            If an input is neither 0 nor 1, or an inhibitory input does not exist.
        GradientError
            If the input requires a gradient.
        """
        x = _without_gradient(x, "McCullochPitts")
        wrong = (x != 0) & (x != 1)
        if wrong.any():
            raise ArgumentError(f"McCullochPitts: input has the element {x[wrong][0]}; need 0 or 1")
        inhibits = np.zeros(x.shape[-1], bool)
        for i in self.inhibitory:
            if not 0 <= i < x.shape[-1]:
                raise ArgumentError(
                    f"McCullochPitts: input {i} is to inhibit; there are {x.shape[-1]} inputs"
                )
            inhibits[i] = True
        inhibited = x[..., inhibits].any(axis=-1)
        return np.where(inhibited, 0, x[..., ~inhibits].sum(axis=-1) >= self.threshold).astype(int)

    def __repr__(self) -> str:
        return f"McCullochPitts(threshold={self.threshold}, inhibitory={self.inhibitory})"


@dataclass(frozen=True)
class LearningRecord:
    """What `Perceptron.fit` did.

    Attributes
    ----------
    converged : bool
        Whether the last epoch had no mistake.
    mistakes : tuple of int
        How many there were in each epoch.
    """

    converged: bool
    mistakes: tuple[int, ...]

    def __str__(self) -> str:
        if self.converged:
            return f"converged: no mistake in epoch {len(self.mistakes)}"
        return (
            f"not converged: {self.mistakes[-1]} mistakes in epoch {len(self.mistakes)}; either "
            "it needs more epochs, or no hyperplane separates the classes (as for XOR), and then "
            "it never will"
        )


class Perceptron:
    """Rosenblatt's perceptron: a weighted sum and a step, with its own rule of learning [1]_.

    ``h = 1 if w·x + b > 0 else 0``; each mistake moves the weights by ``η (y − h) x``. If a
    hyperplane separates the classes, the number of mistakes is at most ``(R/γ)²``, for inputs
    (with a 1 appended) no longer than R and a margin γ [2]_; if none does, it goes on for ever.

    Parameters
    ----------
    in_features : int
    bias : bool
    learning_rate : float
        η; starting from zero weights it only scales them, and changes no decision.

    Attributes
    ----------
    weight : ndarray
        Shape ``(in_features,)``; zero at first.
    bias : float
        Zero at first, and throughout if there is none.

    References
    ----------
    .. [1] F. Rosenblatt, "The perceptron: a probabilistic model for information storage and
       organization in the brain", Psychol. Rev. 65 (1958) 386.
    .. [2] A. Novikoff, "On convergence proofs for perceptrons", 1962.

    Examples
    --------
    >>> inputs = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> neuron = Perceptron(2)
    >>> print(neuron.fit(inputs, [0, 0, 0, 1]))
    converged: no mistake in epoch 6
    >>> neuron(inputs)
    array([0, 0, 0, 1])
    >>> Perceptron(2).fit(inputs, [0, 1, 1, 0]).converged
    False
    """

    def __init__(self, in_features: int, bias: bool = True, *, learning_rate: float = 1.0) -> None:
        if not learning_rate > 0:
            raise ArgumentError(
                f"Perceptron: learning_rate is {learning_rate}; need a positive one"
            )
        self.in_features, self.has_bias, self.learning_rate = in_features, bias, learning_rate
        self.weight = np.zeros(in_features)
        self.bias = 0.0

    def __call__(self, x: Any) -> Any:
        """Which side of the hyperplane the inputs are on.

        Parameters
        ----------
        x : array_like
            Shape ``(..., in_features)``.

        Returns
        -------
        ndarray of int
            Shape ``(...)`` of 0 and 1.

        Raises
        ------
        GradientError
            If the input requires a gradient: that of a step is zero wherever it exists.
        """
        x = _without_gradient(x, "Perceptron")
        if x.shape[-1:] != (self.in_features,):
            raise ShapeError(
                f"Perceptron: input is {x.shape}; need the last axis to be {self.in_features}"
            )
        return (x @ self.weight + self.bias > 0).astype(int)

    def fit(self, x: Any, y: Any, epochs: int = 100) -> LearningRecord:
        """Go through the examples until there is no mistake in all of them.

        Parameters
        ----------
        x : array_like
            Shape ``(N, in_features)``, gone through in this order.
        y : array_like
            Shape ``(N,)`` of 0 and 1.
        epochs : int
            The most that it goes through them.

        Returns
        -------
        LearningRecord
            Whether it converged; `print` it.

        Raises
        ------
        ShapeError, ArgumentError
            If the shapes do not fit, or a target is neither 0 nor 1.
        """
        x, y = _without_gradient(x, "Perceptron"), np.asarray(y)
        if x.shape != (*y.shape, self.in_features) or y.ndim != 1 or not y.size:
            raise ShapeError(
                f"Perceptron: input is {x.shape}, target is {y.shape}; need "
                f"(N, {self.in_features}) and (N,), with N at least 1"
            )
        if epochs < 1 or not np.isin(y, (0, 1)).all():
            raise ArgumentError(
                f"Perceptron: targets are {np.unique(y)}, epochs is {epochs}; need 0 and 1, and "
                "at least one epoch"
            )
        mistakes: list[int] = []
        while len(mistakes) < epochs and (not mistakes or mistakes[-1]):
            mistakes.append(sum(self._learn(*example) for example in zip(x, y, strict=True)))
        return LearningRecord(not mistakes[-1], tuple(mistakes))

    def _learn(self, x: Any, y: Any) -> bool:
        """Correct the weights if this example is decided wrongly; whether it was."""
        error = int(y) - int(self(x))
        self.weight = self.weight + self.learning_rate * error * x
        if self.has_bias:
            self.bias += self.learning_rate * error
        return error != 0

    def __repr__(self) -> str:
        return f"Perceptron(in_features={self.in_features}, bias={self.has_bias})"


def _without_gradient(x: Any, caller: str) -> Any:
    if isinstance(x, Value):
        if x.requires_grad:
            raise GradientError(
                f"{caller}: the input requires a gradient, but this neuron is a step, whose "
                "derivative is zero or does not exist; detach() the input, or use a neuron with "
                "a sigmoid"
            )
        x = x.data
    x = np.asarray(x)
    if not x.ndim:
        raise ShapeError(f"{caller}: the input is a scalar; need (..., inputs)")
    return x
