"""A small model of many dtypes, and the kinds of files."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

import nn

SUFFIXES = [
    ".npz",
    pytest.param(
        ".safetensors",
        marks=pytest.mark.skipif(
            importlib.util.find_spec("safetensors") is None,
            reason="safetensors is not installed",
        ),
    ),
]


class Net(nn.Module):
    """Parameters and buffers of several dtypes, one of them without an axis."""

    def __init__(self, seed: int = 0, columns: int = 3) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.weight = nn.Parameter(rng.normal(size=(2, columns)).astype(np.float32))
        self.file = nn.Parameter(rng.normal())  # a keyword of np.savez
        self.wide = nn.Parameter(rng.normal(size=2))
        self.register_buffer("count", np.array(seed))
        self.register_buffer("mask", rng.random(5) < 0.5)


def content(model: nn.Module) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in model.state_dict().items()}
