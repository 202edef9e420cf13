"""Operations as PyTorch's own counter counts them: the matrix products and convolutions."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.flops import flops

torch = pytest.importorskip("torch")
flop_counter = pytest.importorskip("torch.utils.flop_counter")


def counted_by_torch(module, *shapes):
    # In float64, since oneDNN's recurrent kernel of float32 hides its products.
    with flop_counter.FlopCounterMode(display=False) as mode:
        module.double()(*(torch.zeros(shape, dtype=torch.float64) for shape in shapes))
    return mode.get_total_flops()


@pytest.mark.parametrize(
    ("name", "arguments", "options", "shape"),
    [
        ("Linear", (7, 5), {}, (3, 7)),
        ("Linear", (7, 5), {}, (3, 4, 7)),
        ("Conv1d", (4, 6, 3), {"stride": 2}, (2, 4, 9)),
        ("Conv2d", (3, 8, 3), {"padding": 1}, (2, 3, 7, 7)),
        ("Conv2d", (4, 8, (3, 2)), {"groups": 2, "dilation": 2}, (2, 4, 9, 8)),
        ("Conv3d", (2, 3, 2), {}, (1, 2, 4, 4, 4)),
        ("ConvTranspose2d", (3, 8, 3), {"stride": 2}, (2, 3, 5, 5)),
        ("RNN", (3, 4), {}, (6, 2, 3)),
        ("GRU", (3, 4), {"num_layers": 2}, (6, 2, 3)),
        ("LSTM", (3, 4), {"num_layers": 2, "bidirectional": True}, (6, 2, 3)),
        ("LSTM", (3, 8), {"proj_size": 4}, (6, 2, 3)),
    ],
)
def test_products_are_counted_as_pytorch_counts_them(name, arguments, options, shape):
    theirs = getattr(torch.nn, name)(*arguments, **options, bias=False)
    ours = getattr(nn, name)(*arguments, **options, bias=False)
    assert nn.summary(ours, shape).flops == counted_by_torch(theirs, shape)


def test_a_matrix_product_is_counted_as_pytorch_counts_it():
    a, b = ag.Value(np.zeros((5, 2, 3))), np.zeros((3, 4))
    with flop_counter.FlopCounterMode(display=False) as mode:
        torch.zeros(5, 2, 3) @ torch.zeros(3, 4)
    assert flops(a @ b) == mode.get_total_flops()
