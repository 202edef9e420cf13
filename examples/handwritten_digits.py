"""Handwritten digits: the table of the lecture, measured again.

LeCun et al. (1998) compared classifiers on MNIST. This trains the same architectures – linear, one
hidden layer of 300 and of 1,000 units, six layers, and a small convolutional network – on all
60,000 digits, and prints their error on the 10,000 of the test set beside the published one.

    python -m examples.handwritten_digits                 # scikit-learn's 1,797 small digits
    AUTOGRAD_DATA=/data python -m examples.handwritten_digits --full
    python -m examples.handwritten_digits --full --only linear --only cnn --deskew
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import nn
from nn.data import ArrayDataset, DataLoader, augment, datasets
from nn.optim import SGD, Adam
from nn.optim.lr_scheduler import OneCycleLR
from nn.training import Trainer, error_rate


@dataclass(frozen=True)
class Model:
    """One row of the table.

    Parameters
    ----------
    what : str
        What it is.
    published : str
        The error of the lecture's table in per cent, without and with deskewing.
    build : callable
        ``build(side)``, for images of that many rows and columns.
    epochs : int
        How often the training set is run through.
    lr : float
        The greatest learning rate.
    """

    what: str
    published: str
    build: Callable[[int], nn.Module]
    epochs: int
    lr: float


def cnn(side: int) -> nn.Module:
    """Two convolutions with pooling, then two dense layers."""
    return nn.CNN((1, side, side), [16, 32], 10, kernel_size=5, hidden=[128], dropout=0.25)


def dense(*hidden: int) -> Callable[[int], nn.Module]:
    """Layers of those widths between the pixels and the ten classes."""
    return lambda side: nn.MLP([side * side, *hidden, 10])


MODELS = {
    "linear": Model("linear classifier", "12.0 / 8.4", dense(), 12, 0.3),
    "300": Model("300 hidden units", "4.7 / 1.6", dense(300), 12, 0.3),
    "1000": Model("1000 hidden units", "4.5", dense(1000), 12, 0.3),
    "six": Model("2500-2000-1500-1000-500", "–", dense(2500, 2000, 1500, 1000, 500), 6, 0.1),
    "cnn": Model("convolutional, 16 and 32 of 5x5", "–", cnn, 6, 3e-3),
}


def images(full: bool, deskew: bool) -> tuple[tuple[Any, Any], tuple[Any, Any], str]:
    """Return training set, test set, and the name of what they are.

    Pixels are scaled to [0, 1] and shifted by the training set's mean.
    """
    if full:
        train, test, name = datasets.mnist("train"), datasets.mnist("test"), "MNIST"
        pairs = [(s.scaled(), s.labels) for s in (train, test)]
    else:
        small, name = datasets.digits(), "the digits of scikit-learn"
        order = np.random.default_rng(0).permutation(len(small))
        x, y = small.scaled()[order], small.labels[order]
        pairs = [(x[:1397], y[:1397]), (x[1397:], y[1397:])]
    if deskew:
        pairs = [(augment.deskew(x), y) for x, y in pairs]
    mean = pairs[0][0].mean()
    (x, y), (x_test, y_test) = [(x - mean, y) for x, y in pairs]
    return (x, y), (x_test, y_test), name


def run(model: Model, train: Any, test: Any, epochs: int, seed: int) -> dict[str, float]:
    """Train one model and return its errors in per cent, and how long it took."""
    nn.manual_seed(seed)
    x, y = train
    net = model.build(x.shape[-1])
    flat = not isinstance(net[0], nn.Conv2d)
    shape = (-1, x.shape[-1] ** 2) if flat else (-1, 1, *x.shape[-2:])
    batches = DataLoader(ArrayDataset(x.reshape(shape), y), 64, shuffle=True, rng=seed)
    steps = epochs * len(batches)
    optimizer = (
        SGD(net.parameters(), lr=model.lr, momentum=0.5)
        if flat
        else Adam(net.parameters(), lr=model.lr)
    )
    trainer = Trainer(
        net,
        nn.CrossEntropyLoss(),
        optimizer,
        metrics={"error": error_rate},
        batch_schedule=OneCycleLR(optimizer, max_lr=model.lr, total_steps=steps),
    )
    start = time.perf_counter()
    history = trainer.fit(batches, epochs=epochs)
    found = trainer.evaluate((test[0].reshape(shape), test[1]))
    return {
        "train": 100 * history["error"][-1],
        "test": 100 * found["error"],
        "seconds": time.perf_counter() - start,
    }


def main(arguments: Sequence[str] | None = None) -> dict[str, dict[str, float]]:
    """Print the table and return its numbers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="MNIST, all 60,000 digits")
    parser.add_argument("--deskew", action="store_true", help="straighten the digits first")
    parser.add_argument("--only", action="append", choices=[*MODELS], help="train only this one")
    parser.add_argument("--epochs", type=int, help="instead of each model's own number")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    train, test, name = images(options.full, options.deskew)
    print(f"{name}: {len(train[1]):,} to train on, {len(test[1]):,} to test\n")
    results: dict[str, dict[str, float]] = {}
    start = time.perf_counter()
    for key in options.only or MODELS:
        model = MODELS[key]
        print(model.what)
        results[key] = run(model, train, test, options.epochs or model.epochs, options.seed)
    total = time.perf_counter() - start
    print(f"\n{'model':34} {'published %':>12} {'train %':>9} {'test %':>8} {'seconds':>9}")
    for key, found in results.items():
        model = MODELS[key]
        print(
            f"{model.what:34} {model.published:>12} {found['train']:9.2f} {found['test']:8.2f} "
            f"{found['seconds']:9.1f}"
        )
    print(f"in all {total:.0f} s; published: LeCun et al. 1998, without / with deskewing")
    return results


if __name__ == "__main__":
    main()
