"""Embeddings beside PyTorch's, over random configurations."""

from __future__ import annotations

import numpy as np
import pytest

import nn

from .compare import same_as_torch

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("seed", range(12))
def test_embedding(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, size = (int(n) for n in rng.integers(1, 9, 2))
    padding = [None, int(rng.integers(rows)), -1][seed % 3]
    indices = rng.integers(0, rows, tuple(rng.integers(1, 7, seed % 4)))
    ours, theirs = (c(rows, size, padding_idx=padding) for c in (nn.Embedding, torch.nn.Embedding))
    assert ours.padding_idx == theirs.padding_idx
    same_as_torch(ours, theirs, indices)


def test_padding_row_is_zero_at_first_and_the_others_are_standard_normal() -> None:
    weight = nn.Embedding(1000, 50, padding_idx=3, rng=0).weight.data
    assert weight.dtype == np.float32
    assert (weight[3] == 0).all() and (weight[4] != 0).all()
    assert weight.std() == pytest.approx(1.0, rel=0.02)
