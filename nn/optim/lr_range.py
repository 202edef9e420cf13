"""The learning-rate range test: how large a rate the training bears."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

from .. import random
from .flat import assign, number
from .optimizer import Optimizer

__all__ = ["LRRange", "lr_range_test"]


@dataclass(frozen=True)
class LRRange:
    """What `lr_range_test` measured.

    Attributes
    ----------
    lrs : ndarray
        The rates that were tried, ascending; shape ``(k,)``.
    losses : ndarray
        The loss of each step, computed before the step; shape ``(k,)``.
    smoothed : ndarray
        Its exponential average; shape ``(k,)``.
    warm_up : int
        Steps at the start in which the average forms: one batch is easier than another, and no
        rule can tell that from learning yet.
    """

    lrs: Any
    losses: Any
    smoothed: Any
    warm_up: int

    @property
    def suggestion(self) -> float:
        """The rate at which the smoothed loss falls most steeply, over the logarithm of the rate.

        It is looked for between the warm-up and the minimum of the smoothed loss; the rate at
        the minimum itself is too large already, since there the loss begins to rise. It is a
        rate to train with, and the upper bound of `CyclicLR`; nan where nothing was learnt.
        """
        lrs, smoothed = self.lrs[self.warm_up :], self.smoothed[self.warm_up :]
        falling = slice(0, 1 + int(np.nanargmin(smoothed)) if np.isfinite(smoothed).any() else 0)
        if len(smoothed[falling]) < 3:
            return math.nan
        slopes = np.gradient(smoothed[falling], np.log(lrs[falling]))
        return float(lrs[int(np.argmin(slopes))])

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses over the rates, and the suggestion.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default in a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        ImportError
            Without matplotlib.
        """
        if ax is None:
            try:
                from matplotlib import pyplot
            except ImportError as error:
                raise ImportError(
                    "LRRange.plot: matplotlib is not installed; pip install 'autograd-viz[plot]'"
                ) from error
            ax = pyplot.subplots()[1]
        ax.plot(self.lrs, self.losses, alpha=0.3, label="loss")
        ax.plot(self.lrs, self.smoothed, label="smoothed")
        if not math.isnan(self.suggestion):
            ax.axvline(
                self.suggestion, linestyle="--", color="black", label=f"{self.suggestion:.2g}"
            )
        ax.set(xscale="log", xlabel="learning rate", ylabel="loss")
        ax.legend()
        return ax


def lr_range_test(
    model: Any,
    loss: Callable[[Any, Any], Any],
    optimizer: Optimizer,
    batches: Iterable[tuple[Any, Any]],
    start: float = 1e-7,
    end: float = 10.0,
    steps: int = 100,
    *,
    smoothing: float = 0.9,
    diverged: float = 4.0,
) -> LRRange:
    """Train for some steps with a rate that grows exponentially, and note the loss [1]_.

    Model, optimiser and the random numbers of `nn.random` are as before when it returns, also
    where it is interrupted.

    Parameters
    ----------
    model : Module or callable
        Called with the inputs of a batch.
    loss : callable
        Of the model's output and the targets.
    optimizer : Optimizer
        All its groups are given the same rate.
    batches : iterable of (inputs, targets)
        Such as a DataLoader; read again from its beginning where it is shorter than `steps`.
    start, end : float
        The first and the last rate.
    steps : int
        How many rates are tried.
    smoothing : float
        Weight of the past in the average, in [0, 1).
    diverged : float
        It ends where the smoothed loss exceeds its minimum by this factor, after a warm-up of a
        tenth of the steps, or is nan or infinite.

    Returns
    -------
    LRRange
        Arrays ``lrs``, ``losses``, ``smoothed``; ``suggestion``; ``plot()``.

    Raises
    ------
    ArgumentError
        If the range is not ascending from above 0, or there are no batches, or too few that can
        be read only once.

    References
    ----------
    .. [1] L. N. Smith, "Cyclical learning rates for training neural networks", WACV 2017, §3.3;
       with rates that grow exponentially where the paper's grow linearly.

    Examples
    --------
    >>> from autograd_core import Value
    >>> from nn.optim import SGD
    >>> w = Value(0.0)
    >>> x = np.linspace(-1, 1, 8)
    >>> found = lr_range_test(
    ...     lambda x: w * x, lambda y, t: ((y - t) ** 2).mean(), SGD([w], lr=0.1), [(x, 3 * x)]
    ... )
    >>> 0.01 < found.suggestion < 3.0, w.data
    (True, 0.0)
    """
    if not 0 < start < end or steps < 2 or not 0 <= smoothing < 1:
        raise ArgumentError(
            f"lr_range_test: start is {start}, end is {end}, steps is {steps}, smoothing is "
            f"{smoothing}; need 0 < start < end, steps >= 2 and 0 <= smoothing < 1"
        )
    lrs = np.geomspace(start, end, steps)
    losses: list[float] = []
    smoothed: list[float] = []
    average = 0.0
    warm_up = steps // 10
    restore = _snapshot(model, optimizer)
    try:
        for lr, (inputs, targets) in zip(lrs.tolist(), _endless(batches), strict=False):
            for group in optimizer.param_groups:
                group["lr"] = lr
            optimizer.zero_grad()
            value = loss(model(inputs), targets)
            losses.append(number(value))
            average = smoothing * average + (1 - smoothing) * losses[-1]
            # As Adam corrects its averages for their beginning at zero.
            smoothed.append(average / (1 - smoothing ** len(losses)))
            lowest = min(smoothed[warm_up:], default=math.inf)
            if not math.isfinite(average) or smoothed[-1] > lowest + (diverged - 1) * abs(lowest):
                break
            value.backward()
            optimizer.step()
    finally:
        restore()
    return LRRange(lrs[: len(losses)], np.array(losses), np.array(smoothed), warm_up)


def _snapshot(model: Any, optimizer: Optimizer) -> Callable[[], None]:
    """What brings model and optimiser back to where they are now."""
    params = [p for group in optimizer.param_groups for p in group["params"]]
    saved = [(p, np.array(p.data), p.grad) for p in params]
    module = model.state_dict() if hasattr(model, "state_dict") else None
    memory = optimizer.state_dict()
    randomness = random.get_state()

    def restore() -> None:
        if module is not None:
            model.load_state_dict(module)
        for p, data, grad in saved:
            assign(p, data)
            p.grad = grad
        optimizer.load_state_dict(memory)
        random.set_state(randomness)

    return restore


def _endless(batches: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    count = 0
    while True:
        before = count
        for batch in batches:
            yield batch
            count += 1
        if count == before:
            raise ArgumentError(
                f"lr_range_test: the batches ended after {count}; need one for each step, or a "
                "collection that can be read again, such as a list or a DataLoader"
            )
