"""Normalisation layers beside PyTorch's, in float64, over random configurations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
import nn.functional as F  # noqa: E402
import nn.layers.batchnorm as batchnorm  # noqa: E402
import nn.layers.normalization as normalization  # noqa: E402
from tests.nn.parity.compare import assert_close, same_as_torch  # noqa: E402

CONFIGURATIONS = 60


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Two threads would do nothing here but wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def scrambled(theirs: Any, rng: np.random.Generator) -> Any:
    """PyTorch's layer with a state that is not the neutral one."""
    with torch.no_grad():
        for tensor in (*theirs.parameters(), *theirs.buffers()):
            if tensor.dtype.is_floating_point:
                tensor.copy_(torch.tensor(rng.uniform(0.5, 2.0, tuple(tensor.shape))))
            else:
                tensor.fill_(int(rng.integers(0, 5)))
    return theirs


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_batch_norm_is_pytorchs_over_several_batches_and_in_eval(rank: int) -> None:
    rng = np.random.default_rng([1, rank])
    for _ in range(CONFIGURATIONS):
        channels = int(rng.integers(1, 5))
        axes = rng.integers(0, 2) if rank == 1 else rank
        x = rng.normal(3.0, 2.0, (rng.integers(2, 6), channels, *rng.integers(1, 5, axes)))
        options = {
            "eps": float(rng.choice([1e-5, 1e-2])),
            "momentum": rng.choice([0.1, 0.7, None]),
            "affine": bool(rng.random() < 0.7),
            "track_running_stats": bool(rng.random() < 0.8),
        }
        theirs = getattr(torch.nn, f"BatchNorm{rank}d")(channels, **options).double()
        ours = getattr(batchnorm, f"BatchNorm{rank}d")(channels, **options)
        same_as_torch(ours, scrambled(theirs, rng), x, modes=(True, False, True, True, False))


def test_layer_norm_is_pytorchs() -> None:
    rng = np.random.default_rng(2)
    for _ in range(CONFIGURATIONS):
        shape: Any = tuple(rng.integers(1, 6, rng.integers(1, 4)).tolist())
        x = rng.normal(3.0, 2.0, (*rng.integers(1, 5, rng.integers(0, 3)), *shape))
        if len(shape) == 1 and rng.random() < 0.5:
            shape = shape[0]
        options = {
            "eps": float(rng.choice([1e-5, 1e-2])),
            "elementwise_affine": bool(rng.random() < 0.7),
            "bias": bool(rng.random() < 0.7),
        }
        theirs = torch.nn.LayerNorm(shape, **options).double()
        same_as_torch(normalization.LayerNorm(shape, **options), scrambled(theirs, rng), x)


def test_group_norm_is_pytorchs() -> None:
    rng = np.random.default_rng(3)
    for _ in range(CONFIGURATIONS):
        groups = int(rng.integers(1, 4))
        channels = groups * int(rng.integers(1, 4))
        n = rng.integers(1, 5)
        x = rng.normal(3.0, 2.0, (n, channels, *rng.integers(2, 5, rng.integers(1, 4))))
        options = {
            "eps": float(rng.choice([1e-5, 1e-2])),
            "affine": bool(rng.random() < 0.7),
        }
        theirs = torch.nn.GroupNorm(groups, channels, **options).double()
        ours = normalization.GroupNorm(groups, channels, **options)
        same_as_torch(ours, scrambled(theirs, rng), x)


@pytest.mark.parametrize("which", ["", "w", "b", "wb"])
@pytest.mark.parametrize("kind", ["batch", "eval", "layer", "group"])
def test_functions_take_weight_and_bias_each_without_the_other(kind: str, which: str) -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(5, 4))
    arrays = [rng.normal(size=4) if c in which else None for c in "wb"]
    mean, var = rng.normal(size=4), rng.uniform(0.5, 2.0, 4)
    calls = {
        "batch": lambda f, t, x, w, b: f.batch_norm(x, None, None, w, b, True),
        "eval": lambda f, t, x, w, b: f.batch_norm(x, t(mean), t(var), w, b),
        "layer": lambda f, t, x, w, b: f.layer_norm(x, (4,), w, b),
        "group": lambda f, t, x, w, b: f.group_norm(x, 2, w, b),
    }
    if kind == "group" and which == "b":
        pytest.skip("PyTorch 2.13 has no gradient for it: 'tensor does not have a device'")
    values = [None if a is None else ag.Value(a) for a in (x, *arrays)]
    tensors = [None if a is None else torch.tensor(a, requires_grad=True) for a in (x, *arrays)]
    out = calls[kind](F, np.array, *values)
    expected = calls[kind](torch.nn.functional, torch.tensor, *tensors)
    assert_close(out.data, expected.detach().numpy(), kind)
    g = rng.normal(size=x.shape)
    out.backward(g)
    expected.backward(torch.tensor(g))
    for value, tensor in zip(values, tensors, strict=True):
        if value is not None:
            assert_close(value.grad, tensor.grad.numpy(), f"{kind}: gradient")


def test_large_arrays_are_taken_in_parts_without_a_seam() -> None:
    rng = np.random.default_rng(5)
    for shape in ((70, 8, 20, 20), (20_011, 9)):
        x = rng.normal(3.0, 2.0, shape)
        channels = shape[1]
        name = "BatchNorm2d" if len(shape) == 4 else "BatchNorm1d"
        theirs = scrambled(getattr(torch.nn, name)(channels).double(), rng)
        same_as_torch(getattr(batchnorm, name)(channels), theirs, x, modes=(True, False))
        theirs = scrambled(torch.nn.LayerNorm(shape[1:]).double(), rng)
        same_as_torch(normalization.LayerNorm(shape[1:]), theirs, x)
    theirs = scrambled(torch.nn.GroupNorm(2, 8).double(), rng)
    same_as_torch(normalization.GroupNorm(2, 8), theirs, rng.normal(size=(70, 8, 20, 20)))


@pytest.mark.parametrize("training", [True, False])
def test_channels_last_in_memory_gives_the_same(training: bool) -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(3.0, 2.0, (3, 4, 5, 6))
    last = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
    for name in ("BatchNorm2d", "GroupNorm"):
        sizes = (2, 4) if name == "GroupNorm" else (4,)
        theirs = scrambled(getattr(torch.nn, name)(*sizes).double(), rng)
        ours = getattr(batchnorm if name == "BatchNorm2d" else normalization, name)(*sizes)
        same_as_torch(ours, theirs, last, modes=(training,))


def test_float32_with_a_large_mean_is_as_exact_as_pytorchs() -> None:
    x = (np.random.default_rng(7).normal(size=(64, 3, 8, 8)) + 1000).astype(np.float32)
    exact = torch.nn.BatchNorm2d(3).double()(torch.tensor(x).double()).detach().numpy()
    theirs = torch.nn.BatchNorm2d(3)(torch.tensor(x)).detach().numpy()
    ours = batchnorm.BatchNorm2d(3)(x)
    assert ours.dtype == np.float32
    error = np.abs(ours.data - exact).max()
    assert error <= 2 * np.abs(theirs - exact).max() + 1e-6
