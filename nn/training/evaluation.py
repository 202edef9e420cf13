"""Measuring a model without changing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_core import Value, no_grad
from autograd_core.errors import ArgumentError
from autograd_core.value import data_of

from ..module import Module
from .batches import Batch, as_batches, call, raw, unpack
from .history import Means

__all__ = ["evaluate", "evaluating", "measured", "named_metrics", "predict"]

Metric = Callable[[Any, Any], float]


@contextmanager
def evaluating(model: Module) -> Iterator[None]:
    """Inside the block the model is in eval mode and records nothing.

    Afterwards each of its modules is in the mode it was in, also one that alone was frozen.
    """
    before = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        for module, training in before:
            module.training = training


def named_metrics(metrics: Any) -> dict[str, Metric]:
    """Metrics by name, from a mapping or from functions that have names."""
    if metrics is None:
        return {}
    if callable(metrics):
        metrics = [metrics]
    if not isinstance(metrics, Mapping):
        for metric in metrics:
            if not hasattr(metric, "__name__"):
                raise ArgumentError(
                    f"Trainer: the metric {metric!r} has no name; need a dict, such as "
                    "{'top5': partial(top_k, k=5)}"
                )
        metrics = {metric.__name__: metric for metric in metrics}
    for name in {"epoch", "loss", "penalty", "lr", "seconds"} & set(metrics):
        raise ArgumentError(f"Trainer: a metric is called {name!r}, as another column is")
    return dict(metrics)


def measured(metrics: Mapping[str, Metric], output: Any, target: Any) -> dict[str, float]:
    """All metrics of one batch, of raw outputs."""
    numbers = {}
    for name, metric in metrics.items():
        number = data_of(metric(output, target))
        if np.shape(number) != () or np.asarray(number).dtype.kind not in "fiub":
            raise ArgumentError(
                f"Trainer: the metric {name} gave a {type(number).__name__}; need one number, "
                "which can be averaged over batches. For others there is predict()"
            )
        numbers[name] = float(number)
    return numbers


def evaluate(
    model: Module,
    loss: Callable[[Any, Any], Any],
    metrics: Mapping[str, Metric],
    forward: Callable[..., Any] | None,
    batches: Iterable[Any],
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, float] | None:
    """Means over all samples of loss and metrics; None if it was cancelled."""
    means = Means()
    with evaluating(model):
        for item in batches:
            if cancelled():
                return None
            batch = unpack(item)
            output = call(model, forward, batch)
            numbers = {"loss": float(data_of(loss(output, batch.target)))}
            numbers.update(measured(metrics, raw(output), batch.target))
            means.add(numbers, batch.size)
    if not means.result():
        raise ArgumentError("Trainer: the data to evaluate gave no batch; need at least one")
    return means.result()


def predict(model: Module, forward: Callable[..., Any] | None, x: Any, batch_size: int) -> Any:
    """See `Trainer.predict`."""
    with evaluating(model):
        outputs = [raw(call(model, forward, batch)) for batch in _inputs(x, batch_size)]
    if not outputs:
        raise ArgumentError("Trainer: the data to predict gave no batch; need at least one")
    if not isinstance(outputs[0], np.ndarray):
        raise ArgumentError(
            f"Trainer: the model put out a {type(outputs[0]).__name__}; need an array for each "
            "batch: choose it with forward="
        )
    return np.concatenate(outputs)


def _inputs(x: Any, batch_size: int) -> Iterator[Batch]:
    if isinstance(x, tuple | Value | np.ndarray):
        for args in as_batches(x if isinstance(x, tuple) else (data_of(x),), batch_size, False):
            yield Batch(tuple(args), {}, None)
    else:
        yield from map(unpack, x)
