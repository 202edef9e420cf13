"""Convolutional layers and functions: what needs no other library to be known."""

from __future__ import annotations

import threading
from itertools import product
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn.functional as F
from autograd_core.errors import ArgumentError, DtypeError, ShapeError
from autograd_core.kernels import convolution as kernels
from nn.layers.convolution import Conv1d, Conv2d, Conv3d
from nn.layers.transposed_convolution import ConvTranspose2d


def by_loops(x: Any, w: Any, stride: int, padding: int, dilation: int, groups: int) -> Any:
    """The definition, element by element."""
    n, c, height, width = x.shape
    o, _, rows, columns = w.shape
    size = [(s + 2 * padding - dilation * (k - 1) - 1) // stride + 1
            for s, k in ((height, rows), (width, columns))]  # fmt: skip
    out = np.zeros((n, o, *size))
    for b, f, p, q, d, i, j in product(*map(range, (n, o, *size, c // groups, rows, columns))):
        y, z = stride * p + dilation * i - padding, stride * q + dilation * j - padding
        if 0 <= y < height and 0 <= z < width:
            out[b, f, p, q] += x[b, f // (o // groups) * (c // groups) + d, y, z] * w[f, d, i, j]
    return out


@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"),
    [(1, 0, 1, 1), (2, 1, 1, 1), (1, 2, 2, 1), (3, 1, 1, 2), (1, 1, 1, 4), (2, 0, 2, 2)],
)
def test_convolution_is_the_sum_over_the_window(
    stride: int, padding: int, dilation: int, groups: int
) -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 4, 6, 5)), rng.normal(size=(4, 4 // groups, 3, 2))
    expected = by_loops(x, w, stride, padding, dilation, groups)
    actual = F.conv2d(x, w, None, stride, padding, dilation, groups)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("groups", [1, 2, 6])
def test_transposed_convolution_is_the_transpose(groups: int) -> None:
    rng = np.random.default_rng(1)
    options = {"stride": (2, 1), "padding": 1, "groups": groups}
    x, w = rng.normal(size=(2, 6, 7, 6)), rng.normal(size=(6, 6 // groups, 3, 2))
    y = rng.normal(size=F.conv2d(x, w, **options).shape)
    there = np.sum(F.conv2d(x, w, **options) * y)
    back = np.sum(x * F.conv_transpose2d(y, w, **options))
    assert there == pytest.approx(back, rel=1e-12)


def test_alexnets_first_layer_has_the_sizes_of_the_course() -> None:
    assert F.conv_output_size(227, 11, stride=4) == 55
    layer = Conv2d(3, 96, 11, stride=4)
    out = layer(np.zeros((1, 3, 227, 227)))
    assert out.shape == (1, 96, 55, 55)
    assert out.size == 290_400
    assert layer.weight[0].size + 1 == 11 * 11 * 3 + 1


@pytest.mark.parametrize("size", [5, 8, 11])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
@pytest.mark.parametrize("dilation", [1, 2])
def test_padding_same_keeps_the_size(size: int, kernel: int, dilation: int) -> None:
    layer = Conv1d(1, 1, kernel, padding="same", dilation=dilation)
    assert layer(np.zeros((1, 1, size))).shape == (1, 1, size)
    assert F.conv_output_size(size, kernel, 1, "same", dilation) == size


def test_output_size_is_that_of_the_output() -> None:
    for size, kernel, stride, padding, dilation in product(
        (5, 7, 8), (1, 2, 3), (1, 2, 3), (0, 1), (1, 2)
    ):
        out = F.conv1d(
            np.zeros((1, 1, size)), np.zeros((1, 1, kernel)), None, stride, padding, dilation
        )
        assert F.conv_output_size(size, kernel, stride, padding, dilation) == out.shape[-1]
    assert F.conv_output_size((5, 8), 3, (1, 2), (1, 0)) == (5, 3)


def test_kernel_larger_than_the_input_is_refused_with_the_formula() -> None:
    with pytest.raises(ShapeError) as caught:
        Conv2d(1, 2, 5, padding=(2, 0))(np.zeros((1, 1, 3, 3)))
    message = str(caught.value)
    assert "spatial axis 1" in message
    assert "(W − F + 2P)/S + 1 = (3 − 5 + 0)/1 + 1" in message
    with pytest.raises(ShapeError, match=r"F = 7 \(of 3 with dilation 3\)"):
        F.conv_output_size(6, 3, dilation=3)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: F.conv2d(np.zeros((2, 3, 5, 5)), np.zeros((4, 2, 3, 3))), ShapeError,
         "x has 3 channels, but a weight .* takes 2"),
        (lambda: F.conv2d(np.zeros((3, 5)), np.zeros((4, 3, 3, 3))), ShapeError,
         r"input is \(3, 5\).* need input \(N, C, H, W\) or \(C, H, W\)"),
        (lambda: F.conv1d(np.zeros((2, 3, 5)), np.zeros((4, 3, 3)), np.zeros(3)), ShapeError,
         r"bias is \(3,\); need one number per output channel, \(4,\)"),
        (lambda: F.conv1d(np.zeros((1, 4, 5)), np.zeros((3, 2, 3)), groups=2), ShapeError,
         "does not divide into groups=2"),
        (lambda: F.conv1d(np.zeros((1, 1, 5)), np.zeros((1, 1, 3)), stride=0), ArgumentError,
         "stride is 0; need an integer of at least 1"),
        (lambda: F.conv2d(np.zeros((1, 1, 5, 5)), np.zeros((1, 1, 3, 3)), padding=(1, 1, 1)),
         ArgumentError, "padding is"),
        (lambda: F.conv1d(np.zeros((1, 1, 5)), np.zeros((1, 1, 3)), padding=-1), ArgumentError,
         "padding is"),
        (lambda: F.conv1d(np.zeros((1, 1, 5)), np.zeros((1, 1, 3)), 0 * np.zeros(1), 2, "same"),
         ArgumentError, "padding='same' with stride 2"),
        (lambda: F.conv1d(np.zeros((1, 1, 5)), np.zeros((1, 1, 3)), padding="full"),
         ArgumentError, "'same' or 'valid'"),
        (lambda: Conv2d(3, 4, 3, groups=2), ArgumentError, "3 channels in, 4 out, groups=2"),
        (lambda: Conv2d(3, 4, (3, 3, 3)), ArgumentError, "kernel_size"),
        (lambda: Conv2d(3, 4, 3, padding_mode="mirror"), ArgumentError, "padding_mode is 'mirror'"),
        (lambda: ConvTranspose2d(1, 1, 3, stride=2, output_padding=2), ArgumentError,
         "output_padding is"),
        (lambda: ConvTranspose2d(1, 1, 3, padding_mode="reflect"), ArgumentError, "padding_mode"),
        (lambda: ConvTranspose2d(1, 1, 3, stride=2)(np.zeros((1, 1, 4, 4)), output_size=(9, 12)),
         ShapeError, r"need sizes from \(9, 9\) to \(10, 10\)"),
        (lambda: F.conv_transpose1d(np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), padding=1),
         ShapeError, "need less padding"),
        (lambda: Conv2d(1, 1, 3)(ag.Value(np.zeros((1, 1, 4, 4)))), DtypeError, "float64"),
    ],
)  # fmt: skip
def test_fault_is_named(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_conv_transpose_with_output_beyond_all_kernels_has_a_gradient() -> None:
    x, w = ag.Value(np.array([[[2.0]]])), ag.Value(np.array([[[3.0]]]))
    out = ag.conv_transpose(x, w, stride=3, padding=((1, 0),), output_padding=2)
    assert out.data.tolist() == [[[0.0, 0.0]]]
    out.sum().backward()
    assert x.grad.tolist() == w.grad.tolist() == [[[0.0]]]


def test_output_padding_may_exceed_the_stride_where_the_dilation_is_larger() -> None:
    x, w = np.array([[[2.0, 3.0]]]), np.array([[[5.0]]])
    out = ag.conv_transpose(x, w, dilation=3, output_padding=2)
    assert out.tolist() == [[[10.0, 15.0, 0.0, 0.0]]]


def test_gradient_of_an_image_is_not_computed_unless_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*args: Any) -> Any:
        raise AssertionError("nobody asked for it")

    monkeypatch.setattr(kernels, "input_gradient", never)
    layer = Conv2d(1, 2, 3)
    layer(np.ones((1, 1, 5, 5))).sum().backward()
    assert layer.weight.grad.shape == layer.weight.shape


def test_results_of_earlier_calls_stay() -> None:
    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(2, 9, 6, 6)), rng.normal(size=(9, 9, 3, 3))
    results = []
    for _ in range(2):
        leaf, weight = ag.Value(x), ag.Value(w)
        out = F.conv2d(leaf, weight, padding=1)
        out.sum().backward()
        results.append([out.data, leaf.grad, weight.grad])
        kept = [a.copy() for a in results[0]]
        F.conv2d(rng.normal(size=x.shape), w, padding=1)
    for first, second, copy in zip(*results, kept, strict=True):
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(first, copy)
        assert not np.shares_memory(first, second)


def test_threads_do_not_share_scratch_memory() -> None:
    rng = np.random.default_rng(3)
    w = rng.normal(size=(8, 8, 3, 3))
    inputs = [rng.normal(size=(8, 8, 20, 20)) for _ in range(4)]
    expected = [F.conv2d(x, w, padding=1) for x in inputs]
    wrong = []

    def work(i: int) -> None:
        for _ in range(10):
            if not np.array_equal(F.conv2d(inputs[i], w, padding=1), expected[i]):
                wrong.append(i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("groups", [2, 4])
def test_nan_stays_in_its_group(groups: int) -> None:
    x = np.ones((1, 4, 3, 3))
    x[0, 0, 1, 1] = np.nan
    out = F.conv2d(x, np.ones((4, 4 // groups, 3, 3)), groups=groups)
    assert np.isnan(out[0]).sum() == 4 // groups


@pytest.mark.parametrize("layout", [(0, 1, 2, 3), (0, 3, 1, 2), (3, 2, 1, 0)])
def test_order_in_memory_does_not_matter(layout: tuple[int, ...]) -> None:
    rng = np.random.default_rng(4)
    x, w = rng.normal(size=(2, 9, 5, 6)), rng.normal(size=(8, 9, 3, 3))
    other = np.argsort(layout)
    stored = x.transpose(other).copy().transpose(layout)
    assert stored.shape == x.shape
    np.testing.assert_array_equal(F.conv2d(stored, w), F.conv2d(x, w))


def test_float32_stays_float32() -> None:
    layer = Conv3d(2, 3, 2)
    x = ag.Value(np.ones((1, 2, 3, 3, 3), np.float32))
    out = layer(x)
    out.sum().backward()
    assert {a.dtype for a in (out, x.grad, layer.weight.grad, layer.bias.grad)} == {
        np.dtype(np.float32)
    }


def test_empty_batch_gives_an_empty_result_and_zero_gradients() -> None:
    layer = Conv2d(2, 3, 3)
    out = layer(np.zeros((0, 2, 5, 5)))
    assert out.shape == (0, 3, 3, 3)
    out.sum().backward()
    assert not layer.weight.grad.any()
    assert not layer.bias.grad.any()


def test_seed_repeats_the_initial_weights() -> None:
    a, b, c = (Conv2d(2, 3, 3, rng=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(a.weight.data, b.weight.data)
    np.testing.assert_array_equal(a.bias.data, b.bias.data)
    assert not np.array_equal(a.weight.data, c.weight.data)


def test_convolution_without_bias_has_one_parameter() -> None:
    layer = Conv2d(1, 2, 3, bias=False)
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    assert layer(np.zeros((1, 1, 3, 3))).data.tolist() == [[[[0.0]], [[0.0]]]]
