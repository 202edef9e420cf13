"""Convolutional layers and their functions beside PyTorch's, in float64."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
import nn.functional as F  # noqa: E402
from autograd_core.kernels import conv_unfolding, depthwise  # noqa: E402
from nn.layers import convolution, transposed_convolution  # noqa: E402
from tests.nn.parity.compare import assert_close, same_as_torch  # noqa: E402

SEEDS = range(64)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """So little work takes PyTorch longer on several."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def parts(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other time, unfold the batch sample by sample."""
    if seed % 2:
        monkeypatch.setattr(conv_unfolding, "CHUNK", 1)
        monkeypatch.setattr(conv_unfolding, "ROWS", 1)
        monkeypatch.setattr(depthwise, "CHUNK", 1)


def several(rng: np.random.Generator, low: int, high: int, rank: int) -> Any:
    """A number for all axes, or one for each."""
    if rng.random() < 0.3:
        return int(rng.integers(low, high))
    return tuple(int(n) for n in rng.integers(low, high, rank))


def per_axis(value: Any, rank: int) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,) * rank


def channels(rng: np.random.Generator) -> tuple[int, int, int]:
    """Of input and output, and groups; few as well as many, and depthwise."""
    if rng.random() < 0.2:
        return (groups := int(rng.choice([2, 3, 8]))), groups, groups
    groups = int(rng.choice([1, 1, 2, 3]))
    return groups * int(rng.choice([1, 3, 9])), groups * int(rng.choice([1, 2, 8])), groups


def in_memory(rng: np.random.Generator, x: Any) -> Any:
    """As it is, or with the channels last."""
    return x if rng.random() < 0.5 else np.moveaxis(np.moveaxis(x, 1, -1).copy(), -1, 1)


def conv_call(seed: int, rank: int) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
    """Arguments of a layer, and an input that it takes."""
    rng = np.random.default_rng([rank, seed])
    inputs, outputs, groups = channels(rng)
    kernel, dilation = several(rng, 1, 5 - rank // 3, rank), several(rng, 1, 3, rank)
    pairs = zip(per_axis(dilation, rank), per_axis(kernel, rank), strict=True)
    covers = [d * (k - 1) + 1 for d, k in pairs]
    kind = rng.choice(["numbers", "numbers", "same", "valid"])
    padding = several(rng, 0, 3, rank) if kind == "numbers" else str(kind)
    options = {
        "stride": 1 if kind == "same" else several(rng, 1, 4, rank),
        "padding": padding,
        "dilation": dilation,
        "groups": groups,
        "bias": bool(rng.random() < 0.7),
        "padding_mode": str(rng.choice(["zeros", "zeros", "reflect", "replicate", "circular"])),
    }
    sizes = [cover + int(rng.integers(2, 6)) for cover in covers]
    if kind == "numbers" and options["padding_mode"] == "zeros" and rng.random() < 0.5:
        pads = per_axis(padding, rank)  # a window that hardly fits
        sizes = [max(1, cover - 2 * p) for cover, p in zip(covers, pads, strict=True)]
    x = in_memory(rng, rng.normal(size=(int(rng.integers(1, 4)), inputs, *sizes)))
    return (inputs, outputs, kernel), options, x if rng.random() < 0.8 else x[0]


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_conv(rank: int, seed: int) -> None:
    args, options, x = conv_call(seed, rank)
    ours = getattr(convolution, f"Conv{rank}d")(*args, **options)
    theirs = getattr(torch.nn, f"Conv{rank}d")(*args, **options)
    assert repr(ours) == repr(theirs)
    same_as_torch(ours, theirs, x)


def transpose_call(seed: int, rank: int) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
    rng = np.random.default_rng([10 + rank, seed])
    inputs, outputs, groups = channels(rng)
    kernel, dilation = several(rng, 1, 5 - rank // 3, rank), several(rng, 1, 4, rank)
    stride, padding = several(rng, 1, 4, rank), several(rng, 0, 3, rank)
    extra, sizes = [], []
    for s, p, d, k in zip(
        *(per_axis(v, rank) for v in (stride, padding, dilation, kernel)), strict=True
    ):
        extra.append(int(rng.integers(0, max(s, d))))
        least = -((extra[-1] + d * (k - 1) - 2 * p) // s)  # of which something is left
        sizes.append(max(1, least + 1) + int(rng.integers(0, 3)))
    options = {
        "stride": stride, "padding": padding, "output_padding": tuple(extra), "groups": groups,
        "bias": bool(rng.random() < 0.7), "dilation": dilation,
    }  # fmt: skip
    x = in_memory(rng, rng.normal(size=(int(rng.integers(1, 4)), inputs, *sizes)))
    return (inputs, outputs, kernel), options, x if rng.random() < 0.8 else x[0]


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_conv_transpose(rank: int, seed: int) -> None:
    args, options, x = transpose_call(seed, rank)
    ours = getattr(transposed_convolution, f"ConvTranspose{rank}d")(*args, **options)
    theirs = getattr(torch.nn, f"ConvTranspose{rank}d")(*args, **options)
    assert repr(ours) == repr(theirs)
    same_as_torch(ours, theirs, x)


def test_conv_transpose_of_a_given_output_size() -> None:
    ours = transposed_convolution.ConvTranspose2d(2, 3, 3, stride=(2, 3), padding=1)
    theirs = torch.nn.ConvTranspose2d(2, 3, 3, stride=(2, 3), padding=1)
    x = np.random.default_rng(0).normal(size=(2, 2, 4, 5))
    for size in [(7, 13), (8, 15), (2, 3, 8, 14)]:
        same_as_torch(
            ours, theirs, x, call=lambda m, x, size=size: m(x, output_size=size),
            call_torch=lambda m, x, size=size: m(x, output_size=size[-2:]),
        )  # fmt: skip


FUNCTIONS: dict[str, tuple[Any, Any, dict[str, Any], list[tuple[int, ...]]]] = {
    "conv1d": (F.conv1d, torch.nn.functional.conv1d, {"stride": 2, "padding": 1},
               [(2, 3, 6), (2, 3, 3), (2,)]),
    "conv2d": (F.conv2d, torch.nn.functional.conv2d, {"padding": (0, 1), "groups": 2},
               [(2, 4, 4, 3), (2, 2, 2, 3), (2,)]),
    "conv2d dilated": (F.conv2d, torch.nn.functional.conv2d, {"dilation": 2, "stride": (1, 2)},
                       [(1, 2, 5, 6), (3, 2, 2, 2)]),
    "conv3d": (F.conv3d, torch.nn.functional.conv3d, {"padding": 1},
               [(1, 2, 3, 2, 2), (2, 2, 2, 3, 2), (2,)]),
    "conv_transpose1d": (F.conv_transpose1d, torch.nn.functional.conv_transpose1d,
                         {"stride": 2, "output_padding": 1}, [(2, 2, 3), (2, 3, 3), (3,)]),
    "conv_transpose2d": (F.conv_transpose2d, torch.nn.functional.conv_transpose2d,
                         {"stride": (2, 1), "padding": 1, "groups": 2},
                         [(1, 4, 3, 3), (4, 1, 3, 2), (2,)]),
}  # fmt: skip
CALLS = pytest.mark.parametrize(
    ("ours", "theirs", "params", "shapes"), FUNCTIONS.values(), ids=FUNCTIONS
)


@CALLS
def test_second_derivatives(ours: Any, theirs: Any, params: Any, shapes: Any) -> None:
    rng = np.random.default_rng(3)
    point = [rng.normal(size=shape) for shape in shapes]
    along = [rng.normal(size=shape) for shape in shapes]
    g = rng.normal(size=ours(*point, **params).shape)

    def slope(*operands_and_g: Any) -> Any:
        """⟨Jᵀ g, along⟩; its derivative by g is J along."""
        *operands, g = operands_and_g
        pulled = ag.vjp(lambda *xs: ours(*xs, **params), *operands)[1](g)
        return sum((ag.sum(c * v) for c, v in zip(pulled, along, strict=True)), 0.0)

    actual = ag.grad(slope, range(len(point) + 1))(*point, g)
    tensors = [torch.tensor(x, requires_grad=True) for x in (*point, g)]
    pulled = torch.autograd.grad(
        theirs(*tensors[:-1], **params), tensors[:-1], tensors[-1], create_graph=True
    )
    total = sum((c * torch.tensor(v)).sum() for c, v in zip(pulled, along, strict=True))
    expected = torch.autograd.grad(total, tensors, materialize_grads=True)
    for i, (a, e) in enumerate(zip(actual, expected, strict=True)):
        assert_close(a, e.numpy(), f"second derivative by {i}")


@CALLS
def test_forward_mode(ours: Any, theirs: Any, params: Any, shapes: Any) -> None:
    rng = np.random.default_rng(4)
    point, along = ([rng.normal(size=shape) for shape in shapes] for _ in range(2))
    value, tangent = ag.jvp(lambda *xs: ours(*xs, **params), point, along)
    expected = torch.autograd.functional.jvp(
        lambda *xs: theirs(*xs, **params),
        tuple(map(torch.tensor, point)),
        tuple(map(torch.tensor, along)),
    )
    assert_close(value, expected[0].numpy(), "value")
    assert_close(tangent, expected[1].numpy(), "tangent")


@pytest.mark.parametrize("module", ["Conv2d", "ConvTranspose2d"])
def test_initial_parameters_are_drawn_from_the_same_interval(module: str) -> None:
    family: Any = convolution if module == "Conv2d" else transposed_convolution
    ours: Any = getattr(family, module)(8, 16, (3, 5), groups=2, rng=0)
    theirs = getattr(torch.nn, module)(8, 16, (3, 5), groups=2)
    for name in ("weight", "bias"):
        a, b = np.abs(getattr(ours, name).data), getattr(theirs, name).detach().numpy()
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        bound = 1 / np.sqrt(np.prod(theirs.weight.shape[1:]))
        assert bound * 0.8 < a.max() <= bound
