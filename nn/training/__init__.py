"""Training: the loop, what it measures, what happens beside it, and how it goes on later.

>>> import nn, numpy as np
>>> from nn.optim import Adam
>>> x = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
>>> y = (x[:, :1] > x[:, 1:]).astype(np.float32)
>>> model = nn.Linear(2, 1, rng=0)
>>> trainer = Trainer(
...     model,
...     lambda output, y: ((output - y) ** 2).mean(),
...     Adam(model.parameters(), lr=0.05),
...     metrics={"accuracy": lambda output, y: binary_accuracy(output, y, threshold=0.5)},
... )
>>> history = trainer.fit((x, y), validation=(x, y), epochs=50, progress=False)
>>> history["validation_accuracy"][-1] > 0.9
True
"""

from __future__ import annotations

from .callback import Callback
from .callbacks import EarlyStopping, LearningRateLog, ModelCheckpoint
from .confusion import ConfusionMatrix, confusion_matrix, f1, precision, recall
from .history import History
from .metrics import accuracy, binary_accuracy, bits_per_character, error_rate, top_k
from .nonfinite import NonFiniteLossError
from .statistics import ActivationStatistics, GradientStatistics
from .trainer import Trainer

__all__ = [
    "ActivationStatistics",
    "Callback",
    "ConfusionMatrix",
    "EarlyStopping",
    "GradientStatistics",
    "History",
    "LearningRateLog",
    "ModelCheckpoint",
    "NonFiniteLossError",
    "Trainer",
    "accuracy",
    "binary_accuracy",
    "bits_per_character",
    "confusion_matrix",
    "error_rate",
    "f1",
    "precision",
    "recall",
    "top_k",
]
