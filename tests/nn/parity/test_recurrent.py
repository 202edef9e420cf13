"""Recurrent layers and cells beside PyTorch's, over random configurations, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
import nn  # noqa: E402
from nn import functional as F  # noqa: E402
from nn.recurrent.cells import GRUCell, LSTMCell, RNNCell  # noqa: E402
from nn.recurrent.layers import GRU, LSTM, RNN  # noqa: E402
from tests.nn.parity.compare import assert_close, same_as_torch  # noqa: E402

LAYERS: dict[str, type[nn.Module]] = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}
CELLS: dict[str, type[nn.Module]] = {"RNNCell": RNNCell, "LSTMCell": LSTMCell, "GRUCell": GRUCell}
COUNT = 90


def configuration(seed: int) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A kind of layer, its arguments, and how it is called."""
    rng = np.random.default_rng([20260102, seed])
    kind = ("RNN", "LSTM", "GRU")[seed % 3]

    def yes(probability: float = 0.5) -> bool:
        return bool(rng.random() < probability)

    options: dict[str, Any] = {
        "input_size": int(rng.integers(1, 6)), "hidden_size": int(rng.integers(2, 6)),
        "num_layers": int(rng.integers(1, 4)), "bias": yes(0.7), "batch_first": yes(),
        "bidirectional": yes(),
    }  # fmt: skip
    if kind == "RNN":
        options["nonlinearity"] = "tanh" if yes() else "relu"
    if kind == "LSTM" and yes():
        options["proj_size"] = int(rng.integers(1, options["hidden_size"]))
    steps, count = int(rng.integers(1, 9)), int(rng.integers(1, 5))
    call: dict[str, Any] = {"steps": steps, "count": count, "states": yes(), "lengths": None}
    call["alone"] = yes(0.2)
    if not call["alone"] and yes():
        lengths = rng.integers(1, steps + 1, count)
        lengths[rng.integers(count)] = steps  # PyTorch pads to the longest only
        call["lengths"] = lengths.tolist()
    return kind, options, call


def arguments(kind: str, options: dict[str, Any], call: dict[str, Any]) -> list[Any]:
    """The input, and the initial states if there are any."""
    rng = np.random.default_rng(call["steps"])
    batch = () if call["alone"] else (call["count"],)
    shape = (call["steps"], *batch, options["input_size"])
    if batch and options["batch_first"]:
        shape = (batch[0], call["steps"], options["input_size"])
    rows = options["num_layers"] * (1 + options["bidirectional"])
    sizes = [options.get("proj_size") or options["hidden_size"]]
    sizes += [options["hidden_size"]] if kind == "LSTM" else []
    states = [rng.normal(size=(rows, *batch, size)) for size in sizes] if call["states"] else []
    return [rng.normal(size=shape), *states]


def state_of(states: tuple[Any, ...]) -> Any:
    return None if not states else states[0] if len(states) == 1 else states


def packed(options: dict[str, Any], lengths: Any) -> Any:
    """A call of PyTorch's layer on sequences of these lengths."""

    def call(layer: Any, x: Any, *states: Any) -> Any:
        if lengths is None:
            return layer(x, state_of(states))
        first = options["batch_first"]
        rows = torch.nn.utils.rnn.pack_padded_sequence(
            x, torch.tensor(lengths), batch_first=first, enforce_sorted=False
        )
        output, state = layer(rows, state_of(states))
        return torch.nn.utils.rnn.pad_packed_sequence(output, batch_first=first)[0], state

    return call


@pytest.mark.parametrize("seed", range(COUNT))
def test_layer_gives_what_pytorch_gives(seed: int) -> None:
    kind, options, call = configuration(seed)
    lengths = call["lengths"]
    same_as_torch(
        LAYERS[kind](**options), getattr(torch.nn, kind)(**options),
        *arguments(kind, options, call),
        call=lambda layer, x, *states: layer(x, state_of(states), lengths),
        call_torch=packed(options, lengths),
    )  # fmt: skip


def test_configurations_cover_all_options() -> None:
    every = [configuration(seed) for seed in range(COUNT)]
    for kind in LAYERS:
        mine = [(options, call) for k, options, call in every if k == kind]
        for name in ("bias", "batch_first", "bidirectional"):
            assert {options[name] for options, _ in mine} == {True, False}
        for name in ("states", "alone"):
            assert {call[name] for _, call in mine} == {True, False}
        assert {call["lengths"] is None for _, call in mine} == {True, False}
        assert {options["num_layers"] for options, _ in mine} == {1, 2, 3}
    assert any("proj_size" in options and not options["bias"] for _, options, _ in every)


@pytest.mark.parametrize("states", [False, True], ids=["from-zero", "from-states"])
@pytest.mark.parametrize("alone", [False, True], ids=["batch", "alone"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", CELLS)
def test_cell_gives_what_pytorch_gives(kind: str, bias: bool, alone: bool, states: bool) -> None:
    rng = np.random.default_rng(0)
    batch = () if alone else (3,)
    hx = [rng.normal(size=(*batch, 4)) for _ in range(1 + (kind == "LSTMCell"))]
    same_as_torch(
        CELLS[kind](5, 4, bias), getattr(torch.nn, kind)(5, 4, bias),
        rng.normal(size=(*batch, 5)), *(hx if states else []),
        call=lambda cell, x, *h: cell(x, state_of(h)),
        call_torch=lambda cell, x, *h: cell(x, state_of(h)),
    )  # fmt: skip


def test_relu_cell_gives_what_pytorch_gives() -> None:
    x, h = np.random.default_rng(0).normal(size=(2, 3, 4))
    same_as_torch(RNNCell(4, 4, True, "relu"), torch.nn.RNNCell(4, 4, True, "relu"), x, h)


@pytest.mark.parametrize("kind", LAYERS)
def test_second_derivatives_are_those_of_pytorch(kind: str) -> None:
    options = {"num_layers": 2, "bidirectional": True}
    theirs = getattr(torch.nn, kind)(2, 2, **options).double()
    ours = LAYERS[kind](2, 2, **options)
    ours.to("float64")
    ours.load_state_dict(theirs.state_dict())
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 3, 2, 2))

    leaf = ag.Value(x)
    (ours(leaf)[0] ** 2).sum().backward(create_graph=True)
    slope, leaf.grad = leaf.grad, None
    ours.zero_grad()
    (slope * w).sum().backward()

    tensor = torch.tensor(x, requires_grad=True)
    loss = (theirs(tensor)[0] ** 2).sum()
    (slope,) = torch.autograd.grad(loss, tensor, create_graph=True)
    (slope * torch.tensor(w)).sum().backward()
    assert_close(leaf.grad, tensor.grad.numpy(), "input")
    for name, parameter in theirs.named_parameters():
        assert_close(dict(ours.named_parameters())[name].grad, parameter.grad.numpy(), name)


@pytest.mark.parametrize("kind", LAYERS)
def test_hessian_and_jvp_are_those_of_pytorch(kind: str) -> None:
    theirs = getattr(torch.nn, kind)(2, 3).double()
    weights = [p.detach().numpy() for p in theirs.parameters()]
    rng = np.random.default_rng(0)
    x, v = rng.normal(size=(2, 4, 1, 2))
    call = {"RNN": F.rnn, "LSTM": F.lstm, "GRU": F.gru}[kind]

    def f(x: Any) -> Any:
        return (call(x, None, *weights)[0] ** 2).sum()

    def g(x: Any) -> Any:
        return (theirs(x)[0] ** 2).sum()

    assert_close(ag.hessian(f)(x), torch.autograd.functional.hessian(g, torch.tensor(x)), "Hessian")
    expected = torch.autograd.functional.jvp(g, torch.tensor(x), torch.tensor(v))[1]
    assert_close(ag.jvp(f, (x,), (v,))[1], expected.numpy(), "jvp")
