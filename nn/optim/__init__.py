"""Optimisers, learning-rate schedules and what belongs to them, with PyTorch's names.

>>> from autograd_core import Value
>>> w = Value(3.0)
>>> optimizer = SGD([w], lr=0.1)
>>> optimizer.zero_grad()
>>> loss = w * w
>>> loss.backward()
>>> optimizer.step()
>>> round(w.data, 6)
2.4
"""

from . import lr_scheduler
from .adadelta import Adadelta
from .adagrad import Adagrad
from .adam import Adam, AdamW
from .adamax import Adamax
from .clip import clip_grad_norm_, clip_grad_value_
from .lbfgs import LBFGS
from .lr_range import LRRange, lr_range_test
from .nadam import NAdam
from .optimizer import Optimizer
from .radam import RAdam
from .rmsprop import RMSprop
from .rprop import Rprop
from .scipy_minimize import minimize
from .sgd import SGD

__all__ = [
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "LRRange",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "clip_grad_norm_",
    "clip_grad_value_",
    "lr_range_test",
    "lr_scheduler",
    "minimize",
]
