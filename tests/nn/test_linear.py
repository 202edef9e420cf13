"""What parity cannot say of linear layers: dtypes, work left undone, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ArgumentError, DtypeError, ShapeError


def test_raw_input_is_computed_in_the_dtype_of_the_layer() -> None:
    layer = nn.Linear(3, 2)
    out = layer(np.ones((4, 3)))
    assert out.dtype == np.float32
    out.sum().backward()
    assert layer.weight.grad.dtype == np.float32
    assert nn.Linear(3, 2, dtype=np.float64)([[1, 2, 3]]).dtype == np.float64


def test_value_of_another_dtype_raises_instead_of_being_converted() -> None:
    with pytest.raises(DtypeError, match="Linear: the input is a Value of float64"):
        nn.Linear(3, 2)(ag.Value(np.ones((4, 3))))


@pytest.mark.parametrize("shape", [(2,), (4, 2), (2, 3, 2)], ids=str)
def test_wrong_number_of_features_raises_and_gives_the_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"affine: x is .*weight is \(2, 3\)") as caught:
        nn.Linear(3, 2)(np.ones(shape))
    assert str(shape) in str(caught.value)


def test_layer_is_one_node_of_the_graph_with_the_layers_scope() -> None:
    net = nn.Sequential(nn.Linear(3, 2))
    out = net(np.ones((4, 3)))
    assert out.op is ag.affine
    assert out.scope == "Sequential/0"
    assert [operand.name for operand in out.operands[1:]] == ["weight", "bias"]


def test_gradient_of_the_data_is_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    right = ag.affine.kernel.vjp

    def vjp(*args: Any, wanted: Any, **params: Any) -> Any:
        result = right(*args, wanted=wanted, **params)
        seen.append([c is not None for c in result])
        return result

    monkeypatch.setattr(ag.affine, "kernel", ag.affine.kernel._replace(vjp=vjp))
    first, second = nn.Linear(3, 4), nn.Linear(4, 2, bias=False)
    first.bias.requires_grad = False
    second(first(np.ones((5, 3)))).sum().backward()
    assert seen == [[True, True], [False, True, False]]
    assert first.bias.grad is None


def test_hessian_and_jvp_go_through_a_network() -> None:
    net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).to("float64")
    x = np.array([0.3, -0.7])

    def f(x: Any) -> Any:
        return net(x).sum()

    hessian = ag.hessian(f)(x).data
    step = 1e-4
    for i in range(2):
        e = step * np.eye(2)[i]
        gradients = [ag.grad(f)(x + s * e).data for s in (1, -1)]
        numeric = (gradients[0] - gradients[1]) / (2 * step)
        np.testing.assert_allclose(hessian[i], numeric, atol=1e-7)
    out, pushed = ag.jvp(f, (x,), (np.ones(2),))
    np.testing.assert_allclose(pushed.data, ag.grad(f)(x).data.sum(), rtol=1e-12)


def test_same_seed_same_layer_and_weight_and_bias_differ() -> None:
    a, b, c = nn.Linear(8, 8, rng=0), nn.Linear(8, 8, rng=0), nn.Linear(8, 8, rng=1)
    np.testing.assert_array_equal(a.weight.data, b.weight.data)
    np.testing.assert_array_equal(a.bias.data, b.bias.data)
    assert (a.weight.data != c.weight.data).any()
    assert not np.array_equal(a.weight.data[0], a.bias.data)
    nn.manual_seed(3)
    first = nn.Linear(8, 8).weight.data
    nn.manual_seed(3)
    np.testing.assert_array_equal(nn.Linear(8, 8).weight.data, first)


def test_no_examples_and_no_features_give_empty_or_biased_outputs() -> None:
    layer = nn.Linear(3, 2)
    assert layer(np.ones((0, 3))).shape == (0, 2)
    layer(np.ones((0, 3))).sum().backward()
    assert (layer.weight.grad == 0).all() and (layer.bias.grad == 0).all()
    assert nn.Linear(0, 2)(np.ones((4, 0))).shape == (4, 2)


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (nn.Linear(3, 2, bias=False), "Linear(in_features=3, out_features=2, bias=False)"),
        (nn.Bilinear(3, 2, 1, bias=False),
         "Bilinear(in1_features=3, in2_features=2, out_features=1, bias=False)"),
        (nn.Flatten(), "Flatten(start_dim=1, end_dim=-1)"),
        (nn.Unflatten(1, (2, 3)), "Unflatten(dim=1, unflattened_size=(2, 3))"),
        (nn.Identity(3, a=4), "Identity()"),
    ],
)  # fmt: skip
def test_repr(layer: Any, text: str) -> None:
    assert repr(layer) == text


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (nn.Flatten(2, 1), r"Flatten: of shape \(2, 6, 3\), start_dim=2 comes after end_dim=1"),
        (nn.Unflatten(3, (2, 3)), "Unflatten: dim is 3"),
        (nn.Unflatten(1, (2, 2)), "Unflatten: axis 1 has size 6"),
        (nn.Unflatten(1, (4, -1)), "Unflatten: axis 1 has size 6"),
    ],
)
def test_shape_layer_that_does_not_fit_raises(layer: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        layer(np.ones((2, 6, 3)))
