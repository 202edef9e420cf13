"""Pooling layers beside PyTorch's, in float64, over random configurations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
import nn.layers.adaptive_pooling as adaptive  # noqa: E402
import nn.layers.pooling as pooling  # noqa: E402
from tests.nn.parity.compare import assert_close, same_as_torch  # noqa: E402

CONFIGURATIONS = 60


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Two threads would do nothing here but wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def drawn(rng: np.random.Generator, rank: int, dilated: bool) -> tuple[Any, dict[str, Any]]:
    """An input, often with ties, and arguments that fit it."""
    kernel = tuple(rng.integers(1, 5, rank).tolist())
    dilation = tuple(rng.integers(1, 4 if dilated else 2, rank).tolist())
    extent = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    options: dict[str, Any] = {
        "kernel_size": kernel,
        "stride": tuple(rng.integers(1, 4, rank).tolist()) if rng.random() < 0.8 else None,
        "padding": tuple(int(rng.integers(0, k // 2 + 1)) for k in kernel),
        "ceil_mode": bool(rng.random() < 0.5),
    }
    if dilated:
        options["dilation"] = dilation
    if rng.random() < 0.2:  # one number for all axes
        options |= {"kernel_size": kernel[0], "stride": kernel[-1], "padding": kernel[0] // 2}
        extent = [dilation[i] * (kernel[0] - 1) + 1 for i in range(rank)]
    # Smaller ones would hold windows of nothing but padding; or PyTorch does not take them.
    shape = (*rng.integers(1, 4, rng.integers(1, 3)), *rng.integers(extent, np.add(extent, 6)))
    x = rng.integers(-2, 3, shape) + 0.0
    return (x if rng.random() < 0.5 else rng.normal(size=shape)), options


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_max_pool_is_pytorchs(rank: int) -> None:
    rng = np.random.default_rng([1, rank])
    for _ in range(CONFIGURATIONS):
        x, options = drawn(rng, rank, dilated=True)
        same_as_torch(
            getattr(pooling, f"MaxPool{rank}d")(**options),
            getattr(torch.nn, f"MaxPool{rank}d")(**options), x,
        )  # fmt: skip


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_avg_pool_is_pytorchs(rank: int) -> None:
    rng = np.random.default_rng([2, rank])
    for _ in range(CONFIGURATIONS):
        x, options = drawn(rng, rank, dilated=False)
        options["count_include_pad"] = bool(rng.random() < 0.5)
        if rank > 1 and rng.random() < 0.3:
            options["divisor_override"] = int(rng.integers(1, 9))
        same_as_torch(
            getattr(pooling, f"AvgPool{rank}d")(**options),
            getattr(torch.nn, f"AvgPool{rank}d")(**options), x,
        )  # fmt: skip


@pytest.mark.parametrize("kind", ["Avg", "Max"])
@pytest.mark.parametrize("rank", [1, 2])
def test_adaptive_pool_is_pytorchs(kind: str, rank: int) -> None:
    rng = np.random.default_rng([3, rank, kind == "Avg"])
    for _ in range(CONFIGURATIONS):
        sizes = tuple(rng.integers(1, 9, rank))
        x = rng.integers(-2, 3, (*rng.integers(1, 4, rng.integers(1, 3)), *sizes)) + 0.0
        out: Any = tuple(None if rng.random() < 0.2 else int(n) for n in rng.integers(1, 9, rank))
        if rank == 1 and out[0] is None or rng.random() < 0.2:
            out = int(rng.integers(1, 9))
        name = f"Adaptive{kind}Pool{rank}d"
        same_as_torch(getattr(adaptive, name)(out), getattr(torch.nn, name)(out), x)


@pytest.mark.parametrize("kind", ["avg", "max"])
def test_global_pool_is_adaptive_pooling_to_one(kind: str) -> None:
    x = np.random.default_rng(4).integers(-2, 3, (2, 3, 4, 5)) + 0.0
    theirs = getattr(torch.nn, f"Adaptive{kind.title()}Pool2d")(1)
    ours = getattr(adaptive, f"Global{kind.title()}Pool")
    same_as_torch(ours(keepdims=True), theirs, x)
    same_as_torch(ours(), torch.nn.Sequential(theirs, torch.nn.Flatten()), x)


@pytest.mark.parametrize("at", [-np.inf, np.inf, np.nan])
@pytest.mark.parametrize("options", [{}, {"stride": 1}, {"padding": 1}])
def test_infinities_and_nan_in_a_window_are_treated_as_pytorch_does(
    at: float, options: Any
) -> None:
    x = np.zeros((1, 1, 4, 4))
    x[0, 0, :3, :3] = at
    value, tensor = ag.Value(x), torch.tensor(x, requires_grad=True)
    out = pooling.MaxPool2d(2, **options)(value)
    expected = torch.nn.MaxPool2d(2, **options)(tensor)
    np.testing.assert_array_equal(out.data, expected.detach().numpy())
    out.sum().backward()
    expected.sum().backward()
    if not np.isnan(at):  # of several nans, which one is to blame is nobody's convention
        np.testing.assert_array_equal(value.grad, tensor.grad.numpy())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_channels_last_in_memory_gives_the_same(dtype: Any) -> None:
    rng = np.random.default_rng(5)
    for options in ({}, {"stride": 1}, {"stride": 2, "padding": 1, "ceil_mode": True}):
        x = rng.integers(-2, 3, (3, 4, 7, 6)).astype(dtype)
        last = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
        for layer in (pooling.MaxPool2d, pooling.AvgPool2d):
            results = []
            for given in (x, last):
                value = ag.Value(given)
                out = layer(2, **options)(value)
                out.backward(np.arange(out.size, dtype=dtype).reshape(out.shape))
                assert out.dtype == value.grad.dtype == dtype
                results.append((out.data, value.grad))
            for a, b in zip(*results, strict=True):
                assert_close(a, b, f"{layer.__name__} {options}", 1e-6)
