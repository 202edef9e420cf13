"""Typical mistakes: each is said where it is made, with what is needed instead."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn
import nn.functional as F
from autograd_core import Value
from autograd_core.errors import ArgumentError, AutogradError, DtypeError, ShapeError
from nn import init, optim
from nn.optim import lr_scheduler


def trainer(model: Any, loss: Any, optimizer: Any) -> Any:
    return nn.Trainer(model, loss, optimizer)


REFUSED: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: nn.Linear(-3, 2), ArgumentError, "Linear: in_features is -3; need an integer"),
    (lambda: nn.Linear(3.0, 2), ArgumentError, "Linear: in_features is 3.0; need an integer"),  # type: ignore[arg-type]
    (lambda: nn.Bilinear(1, -1, 1), ArgumentError, "Bilinear: in2_features is -1"),
    (lambda: nn.Embedding(5, -1), ArgumentError, "Embedding: embedding_dim is -1"),
    (lambda: nn.BatchNorm1d(-3), ArgumentError, "BatchNorm1d: num_features is -3"),
    (lambda: nn.LayerNorm((2, -3)), ArgumentError, "LayerNorm: normalized_shape is -3"),
    (lambda: nn.LayerNorm(3.0), ArgumentError, "LayerNorm: normalized_shape is 3.0"),  # type: ignore[arg-type]
    (lambda: nn.GroupNorm(1.0, 3), ArgumentError, "GroupNorm: num_groups is 1.0"),  # type: ignore[arg-type]
    (lambda: nn.PReLU(-1), ArgumentError, "PReLU: num_parameters is -1"),
    (lambda: nn.Conv2d(1.0, 2, 3), ArgumentError, "Conv2d: 1.0 channels in.*need integers"),  # type: ignore[arg-type]
    (lambda: nn.GRU(0, 2), ArgumentError, "GRU: input_size is 0; need an integer, at least 1"),
    (lambda: nn.LSTM(2, -1), ArgumentError, "LSTM: hidden_size is -1"),
    (lambda: nn.RNN(2, 2, num_layers=0), ArgumentError, "RNN: num_layers is 0"),
    (lambda: nn.LSTMCell(2, 0), ArgumentError, "LSTMCell: hidden_size is 0"),
    (lambda: nn.LeakyRNNCell(2, 0), ArgumentError, "LeakyRNNCell: hidden_size is 0"),
    (lambda: nn.PeepholeLSTMCell(2, 0), ArgumentError, "PeepholeLSTMCell: hidden_size is 0"),
    (lambda: nn.TreeLSTM(2, 0), ArgumentError, "TreeLSTM: hidden_size is 0"),
    (lambda: nn.ChildSumTreeLSTM(2, 0), ArgumentError, "ChildSumTreeLSTM: hidden_size is 0"),
    (lambda: nn.RecursiveNet(0), ArgumentError, "RecursiveNet: size is 0"),
    (lambda: nn.Flatten(3)(np.ones((2, 3))), ArgumentError, r"Flatten: start_dim is 3.*\(2, 3\)"),
    (lambda: nn.Flatten(0, -3)(np.ones((2, 3))), ArgumentError, "Flatten: end_dim is -3"),
    (lambda: nn.Hardtanh(1, -1)(np.ones(2)), ArgumentError, "hardtanh: min_val is 1, max_val is"),
    (lambda: F.batch_norm(np.ones((4, 3)), training=True, eps=-1), ArgumentError,
     "batch_norm: eps is -1"),
    (lambda: F.layer_norm(np.ones((4, 3)), 3, eps=-1), ArgumentError, "layer_norm: eps is -1"),
    (lambda: F.group_norm(np.ones((4, 3)), 1, eps=-1), ArgumentError, "group_norm: eps is -1"),
    (lambda: nn.GroupNorm(3, 3)(np.ones((1, 3))), ShapeError, "group_norm.*one value in each"),
    (lambda: F.binary_cross_entropy([0.5, 0.5], [0.0, 2.0]), ArgumentError,
     "binary_cross_entropy: target has the element 2.0"),
    (lambda: F.cross_entropy(np.ones((2, 3)), [0.0, 1.0]), ShapeError, "classes as integers"),
    (lambda: F.cross_entropy(np.ones((2, 2)), np.eye(2, dtype=int)), ShapeError, "make them float"),
    (lambda: nn.Sequential(nn.LSTM(3, 4), nn.Linear(4, 1))(np.ones((5, 2, 3))), DtypeError,
     r"Linear: got a tuple of 2; need one array: of the \(output, state\)"),
    (lambda: nn.Linear(1, 1).to("cuda"), ArgumentError, "to: 'cuda' is no dtype"),
    (lambda: nn.ModuleList(nn.ReLU()), ArgumentError, "ModuleList: got a ReLU; need a list"),  # type: ignore[arg-type]
    (lambda: nn.MLP(3, 4), ArgumentError, "MLP: sizes is 3; need a list"),  # type: ignore[arg-type]
    (lambda: init.normal_(np.zeros(3, int)), DtypeError, "init: the tensor is of int64"),
    (lambda: optim.SGD(nn.Linear(1, 1)), ArgumentError, r"SGD: params is Linear.*\.parameters\(\)"),  # type: ignore[arg-type]
    (lambda: optim.SGD([Value(1.0)], "0.1"), ArgumentError, "SGD: lr is '0.1'; need lr >= 0"),  # type: ignore[arg-type]
    (lambda: optim.minimize([Value(1.0)], lambda: 0), ArgumentError, "closure is a list"),  # type: ignore[arg-type]
    (lambda: nn.save("m.npz", nn.Linear(1, 1)), ArgumentError, "save: the model is a str"),  # type: ignore[arg-type]
    (lambda: nn.load("m.npz", nn.Linear(1, 1)), ArgumentError, "load: the model is a str"),  # type: ignore[arg-type]
    (lambda: nn.training.confusion_matrix([0], [1], 3), ArgumentError, "classes=3"),  # type: ignore[arg-type]
    (lambda: nn.TreeBatch([[-1, -1]], [-1]), ArgumentError, "inputs goes from -1 to -1.*from 0 to"),
    (lambda: nn.TreeBatch([[-1], [-1]], [0, 0]), ArgumentError, "has a node twice"),
    (lambda: trainer(nn.Linear(1, 1), optim.SGD([Value(1.0)]), nn.MSELoss()), ArgumentError,
     r"The order is Trainer\(model, loss, optimizer\)"),
    (lambda: trainer(nn.Linear(1, 1), nn.MSELoss, None), ArgumentError, r"make one: MSELoss\(\)"),
    (lambda: trainer(nn.Linear(1, 1), nn.MSELoss(), optim.SGD([Value(1.0)])), ArgumentError,
     "no parameter of the model is among those of the optimizer"),
    (lambda: trainer(nn.Linear(1, 1), nn.MSELoss(), None).fit([]), ArgumentError, "fit needs one"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), REFUSED, ids=[m for *_, m in REFUSED])
def test_is_refused_in_words(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_an_error_in_a_layer_names_the_layer() -> None:
    net = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.ReLU(), nn.Linear(4, 1)))
    with pytest.raises(AutogradError) as caught:
        net(np.ones((1, 2)))
    (note,) = caught.value.__notes__
    assert note == "in Sequential/1/1: Linear(in_features=4, out_features=1, bias=True)"


def test_a_module_without_super_init_says_so_when_it_is_called() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            pass

    with pytest.raises(ArgumentError, match=r"Net: .* need super\(\).__init__\(\)"):
        Net()(1.0)
    with pytest.raises(AttributeError, match="'Linear' object has no attribute 'wieght'"):
        nn.Linear(1, 1).wieght  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("kind", [list, dict])
def test_modules_in_a_plain_list_are_warned_of(kind: type) -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(2, 2)
            self.layers = kind()

        def add(self, layer: nn.Module) -> Net:
            if isinstance(self.layers, list):
                self.layers.append(layer)
            else:
                self.layers["a"] = layer
            return self

    with pytest.warns(UserWarning, match=f"Net: layers is a plain {kind.__name__} that holds 1"):
        list(nn.Sequential(Net().add(nn.Linear(2, 2))).parameters())
    with pytest.warns(UserWarning, match="the first is a Parameter"):
        list(Net().add(nn.Parameter(1.0)).parameters())  # type: ignore[arg-type]
    registered = Net()
    registered.add(registered.first)
    assert len(list(registered.parameters())) == 2  # without a warning


def test_a_mean_of_kl_terms_is_warned_of_as_no_divergence() -> None:
    with pytest.warns(UserWarning, match="kl_div: reduction='mean'.*'batchmean'"):
        nn.KLDivLoss()(np.log([[0.5, 0.5]]), [[0.5, 0.5]])


def test_a_schedule_before_the_first_step_is_warned_of_once() -> None:
    optimizer = optim.SGD([Value(1.0)], lr=1.0)
    schedule = lr_scheduler.ExponentialLR(optimizer, 0.5)
    with pytest.warns(UserWarning, match="ExponentialLR: step.. before the optimiser's first step"):
        schedule.step()
    optimizer.step()
    schedule.step()


def test_clipping_the_gradients_of_a_used_up_iterator_is_warned_of() -> None:
    parameters = nn.Linear(1, 1).parameters()
    optim.SGD(parameters)
    for clip in (optim.clip_grad_norm_, optim.clip_grad_value_):
        with pytest.warns(UserWarning, match="the iterator of parameters is at its end"):
            clip(parameters, 1.0)


def test_an_optimiser_refuses_the_state_of_another() -> None:
    adam, sgd = optim.Adam([Value(1.0)]), optim.SGD([Value(1.0)])
    with pytest.raises(ArgumentError, match="Adam: the saved state has no option amsgrad, betas"):
        adam.load_state_dict(sgd.state_dict())
    assert "betas" in adam.param_groups[0] and "momentum" not in adam.param_groups[0]


def test_adamw_stays_decoupled_with_a_state_of_adam() -> None:
    adamw = optim.AdamW([Value(1.0)])
    adamw.load_state_dict(optim.Adam([Value(1.0)]).state_dict())
    assert adamw.param_groups[0]["decoupled_weight_decay"] is True


@pytest.mark.parametrize("kind", [optim.Adam, optim.RMSprop, optim.Adagrad, optim.Rprop])
def test_a_model_converted_after_a_step_is_trained_in_its_new_dtype(kind: Any) -> None:
    def steps(model: Any, optimizer: Any) -> Any:
        for x in (1.1, -0.7, 0.3):
            optimizer.zero_grad()
            (model([[x]]) ** 2).sum().backward()
            optimizer.step()
        return model.weight.data

    model = nn.Linear(1, 1, rng=0)
    optimizer = kind(model.parameters())
    steps(model, optimizer)
    model.to("float64")
    other = nn.Linear(1, 1, dtype=np.float64)
    other.load_state_dict(model.state_dict())
    resumed = kind(other.parameters())
    resumed.load_state_dict(optimizer.state_dict())
    np.testing.assert_array_equal(steps(model, optimizer), steps(other, resumed))
    arrays = [m for m in optimizer.state[model.weight].values() if isinstance(m, np.ndarray)]
    assert arrays and all(array.dtype == np.float64 for array in arrays)


def test_what_is_right_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net = nn.GRU(2, 3, num_layers=2, dropout=0.1)
        assert net(np.ones((4, 1, 2)), hx=np.zeros((2, 1, 3)))[0].shape == (4, 1, 3)
        assert F.hinge_embedding_loss(np.array([0.5]), [-1], 2.0) == 1.5
        assert nn.BatchNorm1d(2, bias=False).bias is nn.GroupNorm(1, 2, bias=False).bias is None
