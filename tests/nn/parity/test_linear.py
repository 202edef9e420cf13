"""Fully connected layers and shape layers beside PyTorch's, over random configurations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn

from .compare import same_as_torch

torch = pytest.importorskip("torch")

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_linear(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = tuple(int(n) for n in rng.integers(1, 9, 2))
    bias = bool(rng.random() < 0.7)
    lead = tuple(int(n) for n in rng.integers(1, 5, seed % 4))
    same_as_torch(
        nn.Linear(*sizes, bias), torch.nn.Linear(*sizes, bias), rng.normal(size=(*lead, sizes[0]))
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_bilinear(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = tuple(int(n) for n in rng.integers(1, 7, 3))
    bias = bool(rng.random() < 0.7)
    lead = tuple(int(n) for n in rng.integers(1, 5, 1 + seed % 3))
    inputs = [rng.normal(size=(*lead, n)) for n in sizes[:2]]
    same_as_torch(nn.Bilinear(*sizes, bias), torch.nn.Bilinear(*sizes, bias), *inputs)


def test_default_initialisation_has_the_bounds_of_torch() -> None:
    for ours, theirs in (
        (nn.Linear(50, 400, rng=0), torch.nn.Linear(50, 400)),
        (nn.Bilinear(50, 9, 40, rng=0), torch.nn.Bilinear(50, 9, 40)),
    ):
        for name, parameter in theirs.named_parameters():
            mine = getattr(ours, name).data
            assert mine.dtype == np.float32
            bound = 50**-0.5
            assert np.abs(mine).max() <= bound
            assert mine.std() == pytest.approx(float(parameter.detach().std()), rel=0.3)


SHAPES: list[tuple[Any, Any, tuple[int, ...]]] = [
    (nn.Flatten(), torch.nn.Flatten(), (2, 3, 4)),
    (nn.Flatten(), torch.nn.Flatten(), (2, 3)),
    (nn.Flatten(0), torch.nn.Flatten(0), (2, 3, 4)),
    (nn.Flatten(1, -2), torch.nn.Flatten(1, -2), (2, 3, 4, 5)),
    (nn.Flatten(-3, 2), torch.nn.Flatten(-3, 2), (2, 3, 4, 5)),
    (nn.Unflatten(1, (2, 3)), torch.nn.Unflatten(1, (2, 3)), (4, 6)),
    (nn.Unflatten(-1, (2, -1)), torch.nn.Unflatten(-1, (2, -1)), (4, 6, 8)),
    (nn.Unflatten(0, (3, 1, 2)), torch.nn.Unflatten(0, (3, 1, 2)), (6, 2)),
    (nn.Identity(), torch.nn.Identity(), (2, 3)),
]


@pytest.mark.parametrize(("ours", "theirs", "shape"), SHAPES, ids=[str(s[:1]) for s in SHAPES])
def test_change_of_shape(ours: Any, theirs: Any, shape: tuple[int, ...]) -> None:
    same_as_torch(ours, theirs, np.random.default_rng(0).normal(size=shape))
