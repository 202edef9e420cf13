"""Neural networks on top of :mod:`autograd_core`, with PyTorch's names and conventions.

>>> import nn
>>> nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))([[1.0, 2.0]]).shape
(1, 1)
"""

from __future__ import annotations

from autograd_core import source, workspace

from . import data, functional, init, optim, random, training
from .containers import ModuleDict, ModuleList, Sequential
from .layers.activation import (
    GELU,
    GLU,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LogSigmoid,
    LogSoftmax,
    Mish,
    ScaledTanh,
    Sigmoid,
    SiLU,
    Softmax,
    Softmin,
    Softplus,
    Softsign,
    Tanh,
    Tanhshrink,
)
from .layers.adaptive_pooling import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    GlobalAvgPool,
    GlobalMaxPool,
)
from .layers.batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from .layers.convolution import Conv1d, Conv2d, Conv3d
from .layers.dropout import Dropout, Dropout1d, Dropout2d
from .layers.embedding import Embedding
from .layers.linear import Bilinear, Flatten, Identity, Linear, Unflatten
from .layers.normalization import GroupNorm, LayerNorm
from .layers.pooling import AvgPool1d, AvgPool2d, AvgPool3d, MaxPool1d, MaxPool2d, MaxPool3d
from .layers.rectifier import CELU, ELU, SELU, LeakyReLU, PReLU, ReLU, ReLU6, Threshold
from .layers.transposed_convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .losses.classification import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HingeEmbeddingLoss,
    HingeLoss,
    MultiMarginLoss,
    NLLLoss,
)
from .losses.loss import HalfSquaredError, HuberLoss, KLDivLoss, L1Loss, MSELoss, SmoothL1Loss
from .losses.penalty import elastic_net_penalty, l1_penalty, l2_penalty, weights_of
from .models import CNN, MLP
from .module import Module
from .parameter import Parameter
from .perceptron import LearningRecord, McCullochPitts, Perceptron
from .random import manual_seed
from .recurrent.bptt import Truncation, detached, truncated_bptt
from .recurrent.cells import GRUCell, LSTMCell, RNNCell
from .recurrent.layers import GRU, LSTM, RNN
from .recurrent.leaky_rnn import LeakyRNN, LeakyRNNCell
from .recurrent.peephole_lstm import PeepholeLSTM, PeepholeLSTMCell
from .recurrent.recursive_net import RecursiveNet
from .recurrent.skip_rnn import SkipRNN
from .recurrent.tree import ChildSumTreeLSTM, TreeLSTM
from .recurrent.treebatch import TreeBatch
from .saving import load, save
from .state import StateError
from .summary import summary
from .training import Trainer

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "Bilinear",
    "CELU",
    "CNN",
    "ChildSumTreeLSTM",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "CrossEntropyLoss",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "ELU",
    "Embedding",
    "Flatten",
    "GELU",
    "GLU",
    "GRU",
    "GRUCell",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "GroupNorm",
    "HalfSquaredError",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "HingeEmbeddingLoss",
    "HingeLoss",
    "HuberLoss",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "LSTM",
    "LSTMCell",
    "LayerNorm",
    "LeakyRNN",
    "LeakyRNNCell",
    "LeakyReLU",
    "LearningRecord",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MLP",
    "MSELoss",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "McCullochPitts",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiMarginLoss",
    "NLLLoss",
    "PReLU",
    "Parameter",
    "PeepholeLSTM",
    "PeepholeLSTMCell",
    "Perceptron",
    "RNN",
    "RNNCell",
    "ReLU",
    "ReLU6",
    "RecursiveNet",
    "SELU",
    "ScaledTanh",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SkipRNN",
    "SmoothL1Loss",
    "Softmax",
    "Softmin",
    "Softplus",
    "Softsign",
    "StateError",
    "Tanh",
    "Tanhshrink",
    "Threshold",
    "Trainer",
    "TreeBatch",
    "TreeLSTM",
    "Truncation",
    "Unflatten",
    "data",
    "detached",
    "elastic_net_penalty",
    "functional",
    "init",
    "l1_penalty",
    "l2_penalty",
    "load",
    "manual_seed",
    "optim",
    "random",
    "save",
    "summary",
    "training",
    "truncated_bptt",
    "weights_of",
]

source.pass_over(__file__)  # a node made by a layer points to the line that called the layer
workspace.keep_freed_memory()  # a training step uses the same sizes again and again
