"""Learning-rate schedules, with PyTorch's names and values.

A schedule sets ``optimizer.param_groups[i]["lr"]`` when it is made and at each ``step()``, which
is called after the optimiser's, once per epoch or once per batch as its lengths are meant.
Most schedules multiply the rate that is there, so that several can act on one optimiser.

>>> from autograd_core import Value
>>> from nn.optim import SGD
>>> optimizer = SGD([Value(1.0)], lr=0.8)
>>> scheduler = ExponentialLR(optimizer, gamma=0.5)
>>> rates = []
>>> for epoch in range(4):
...     rates += scheduler.get_last_lr()
...     optimizer.step()
...     scheduler.step()
>>> rates
[0.8, 0.4, 0.2, 0.1]
"""

from .combining import ChainedScheduler, SequentialLR
from .cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from .cyclic import CyclicLR
from .decay import ExponentialLR, LambdaLR, MultiStepLR, PolynomialLR, StepLR
from .one_cycle import OneCycleLR
from .plateau import ReduceLROnPlateau
from .scheduler import LRScheduler
from .warmup import ConstantLR, LinearLR

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
