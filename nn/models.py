"""Networks that are built from a line: they return plain `Sequential`s."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_core.errors import ArgumentError

from . import init
from .containers import Sequential
from .layers import activation as smooth
from .layers import rectifier
from .layers.batchnorm import BatchNorm1d, BatchNorm2d
from .layers.convolution import Conv2d
from .layers.dropout import Dropout
from .layers.linear import Flatten, Linear
from .layers.pooling import MaxPool2d
from .module import Module
from .random import generator

__all__ = ["CNN", "MLP"]

Activation = str | Callable[[], Module]

ACTIVATIONS: dict[str, Callable[[], Module]] = {
    "elu": rectifier.ELU,
    "gelu": smooth.GELU,
    "leaky_relu": rectifier.LeakyReLU,
    "log_softmax": smooth.LogSoftmax,
    "mish": smooth.Mish,
    "relu": rectifier.ReLU,
    "scaled_tanh": smooth.ScaledTanh,
    "selu": rectifier.SELU,
    "sigmoid": smooth.Sigmoid,
    "silu": smooth.SiLU,
    "softmax": smooth.Softmax,
    "softplus": smooth.Softplus,
    "tanh": smooth.Tanh,
}
"""The activations that have a name; any other is given as a class or function that makes it."""


def MLP(
    sizes: Sequence[int],
    activation: Activation = "relu",
    *,
    dropout: float = 0.0,
    batch_norm: bool = False,
    output_activation: Activation | None = None,
    bias: bool = True,
    initialiser: Callable[..., Any] | None = None,
    dtype: Any = None,
    rng: Any = None,
) -> Sequential:
    """A multi-layer perceptron: linear layers with an activation after each but the last.

    Parameters
    ----------
    sizes : sequence of int
        Of the input, the hidden layers and the output: ``[784, 300, 10]``.
    activation : str or callable
        After each hidden layer: a name such as ``"relu"`` or ``"tanh"``, or something that
        makes a module, such as ``nn.Tanh``.
    dropout : float
        Probability with which the outputs of hidden layers are dropped in training.
    batch_norm : bool
        Whether hidden layers are normalised before their activation; they have no bias then.
    output_activation : str or callable, optional
        By default there is none: losses such as cross-entropy take logits.
    bias : bool
    initialiser : callable, optional
        ``initialiser(weight, rng=rng)``, such as ``init.kaiming_normal_``; biases are then
        zero. By default layers start as `Linear` does.
    dtype : dtype_like, optional
        By default float32.
    rng : Generator or int, optional
        See `nn.random.generator`.

    Returns
    -------
    Sequential
        With the layers ``linear1``, ``relu1``, ``linear2`` and so on.

    Raises
    ------
    ArgumentError
        If there are fewer than two sizes, or an activation has an unknown name.

    Examples
    --------
    >>> MLP([784, 300, 10])
    Sequential(
      (linear1): Linear(in_features=784, out_features=300, bias=True)
      (relu1): ReLU()
      (linear2): Linear(in_features=300, out_features=10, bias=True)
    )
    """
    if not isinstance(sizes, Sequence):
        raise ArgumentError(f"MLP: sizes is {sizes!r}; need a list, such as [784, 300, 10]")
    if len(sizes) < 2:
        raise ArgumentError(f"MLP: sizes are {list(sizes)}; need those of the input and the output")
    rng = None if rng is None else generator(rng)  # an integer seeds one generator for all
    layers: dict[str, Module] = {}
    for i in range(1, len(sizes)):
        is_hidden = i < len(sizes) - 1
        has_bias = bias and not (batch_norm and is_hidden)
        linear = Linear(sizes[i - 1], sizes[i], has_bias, dtype=dtype, rng=rng)
        layers[f"linear{i}"] = _initialised(linear, initialiser, rng)
        if is_hidden:
            if batch_norm:
                layers[f"norm{i}"] = BatchNorm1d(sizes[i], dtype=dtype)
            _add(layers, activation, str(i))
            if dropout:
                layers[f"dropout{i}"] = Dropout(dropout, rng=rng)
    if output_activation is not None:
        _add(layers, output_activation, str(len(sizes) - 1))
    return Sequential(layers)


def CNN(
    input_shape: tuple[int, int, int],
    channels: Sequence[int],
    outputs: int,
    activation: Activation = "relu",
    *,
    kernel_size: int = 3,
    padding: int | None = None,
    pool: int = 2,
    hidden: Sequence[int] = (),
    dropout: float = 0.0,
    batch_norm: bool = False,
    output_activation: Activation | None = None,
    initialiser: Callable[..., Any] | None = None,
    dtype: Any = None,
    rng: Any = None,
) -> Sequential:
    """A convolutional network: convolution, activation, pooling, repeated; then an MLP.

    Parameters
    ----------
    input_shape : tuple of int
        ``(channels, height, width)`` of an image.
    channels : sequence of int
        Of each convolution: ``[16, 32]``.
    outputs : int
        Number of classes.
    activation : str or callable
        See `MLP`.
    kernel_size : int
        Of each convolution.
    padding : int, optional
        By default ``kernel_size // 2``, which keeps height and width if that is odd.
    pool : int
        Size and step of the max pooling after each activation; 1 leaves it out.
    hidden : sequence of int
        Sizes of hidden linear layers before the last.
    dropout : float
        Of the outputs of the hidden linear layers.
    batch_norm : bool
        Whether convolutions and hidden layers are normalised before their activation; they
        have no bias then.
    output_activation, initialiser, dtype, rng
        See `MLP`.

    Returns
    -------
    Sequential
        With the layers ``conv1``, ``relu1``, ``pool1``, …, ``flatten``, ``classifier``.

    Raises
    ------
    ArgumentError
        If nothing is left of the image, or see `MLP`.

    Examples
    --------
    >>> import numpy as np
    >>> CNN((1, 28, 28), [16, 32], 10, kernel_size=5)(np.zeros((2, 1, 28, 28))).shape
    (2, 10)
    """
    rng = None if rng is None else generator(rng)  # an integer seeds one generator for all
    padding = kernel_size // 2 if padding is None else padding
    before, height, width = input_shape
    layers: dict[str, Module] = {}
    for i, after in enumerate(channels, 1):
        conv = Conv2d(
            before, after, kernel_size, padding=padding, bias=not batch_norm, dtype=dtype, rng=rng
        )
        layers[f"conv{i}"] = _initialised(conv, initialiser, rng)
        if batch_norm:
            layers[f"norm{i}"] = BatchNorm2d(after, dtype=dtype)
        _add(layers, activation, str(i))
        if pool > 1:
            layers[f"pool{i}"] = MaxPool2d(pool)
        height, width = ((size + 2 * padding - kernel_size + 1) // pool for size in (height, width))
        if min(height, width) < 1:
            raise ArgumentError(
                f"CNN: nothing is left of an image {input_shape} after convolution {i}; need a "
                "larger image, fewer convolutions, more padding or less pooling"
            )
        before = after
    layers["flatten"] = Flatten()
    layers["classifier"] = MLP(
        [before * height * width, *hidden, outputs],
        activation,
        dropout=dropout,
        batch_norm=batch_norm,
        output_activation=output_activation,
        initialiser=initialiser,
        dtype=dtype,
        rng=rng,
    )
    return Sequential(layers)


def _add(layers: dict[str, Module], activation: Activation, number: str) -> None:
    """Put an activation under its own name and the number of its layer."""
    if isinstance(activation, str):
        if activation not in ACTIVATIONS:
            raise ArgumentError(
                f"activation is {activation!r}; need one of {', '.join(map(repr, ACTIVATIONS))}, "
                "or a class or function that makes a module"
            )
        layers[activation + number] = ACTIVATIONS[activation]()
    else:
        module = activation()
        layers[type(module).__name__.lower() + number] = module


def _initialised(layer: Any, initialiser: Callable[..., Any] | None, rng: Any) -> Any:
    """The layer, with weights from an initialiser and no bias to begin with."""
    if initialiser is not None:
        initialiser(layer.weight, rng=rng)
        if layer.bias is not None:
            init.zeros_(layer.bias)
    return layer
