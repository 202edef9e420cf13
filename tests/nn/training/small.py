"""A linear problem, and a trainer for it."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from nn.optim import SGD
from nn.training import Trainer


def squared(output: Any, target: Any) -> Any:
    return ((output - target) ** 2).mean()


def arrays(n: int = 20) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 3))
    return x, x @ np.array([[1.0], [-2.0], [0.5]])


def linear(**options: Any) -> nn.Linear:
    return nn.Linear(3, 1, dtype="float64", rng=0, **options)


def trainer(model: Any = None, lr: float = 0.1, **options: Any) -> Trainer:
    model = linear() if model is None else model
    return Trainer(model, squared, SGD(model.parameters(), lr=lr), **options)
