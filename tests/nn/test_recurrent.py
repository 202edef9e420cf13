"""What recurrent layers promise beyond giving PyTorch's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ArgumentError, DtypeError, ShapeError
from autograd_core.graph import Graph
from nn import functional as F
from nn.recurrent.cells import GRUCell, LSTMCell, RNNCell
from nn.recurrent.layers import GRU, LSTM, RNN

LAYERS = pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
LENGTHS = [2, 5, 0, 3, 5]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20260103)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def flat(state: Any) -> list[Any]:
    return list(state) if isinstance(state, tuple) else [state]


@LAYERS
def test_sequence_in_a_batch_gives_what_it_gives_alone(kind: Any, rng: Any) -> None:
    net = kind(3, 4, num_layers=2, bidirectional=True, dtype="float64", rng=0)
    x = rng.normal(size=(5, 5, 3))
    output, state = net(x, lengths=LENGTHS)
    for n, length in enumerate(LENGTHS):
        assert np.all(output.data[length:, n] == 0)
        if length:
            alone, state_alone = net(x[:length, n])
            np.testing.assert_allclose(output.data[:length, n], alone.data, rtol=1e-13)
            for a, b in zip(flat(state), flat(state_alone), strict=True):
                np.testing.assert_allclose(a.data[:, n], b.data, rtol=1e-13)


@LAYERS
def test_sequence_of_no_steps_keeps_its_initial_state(kind: Any, rng: Any) -> None:
    net = kind(3, 4, bidirectional=True, dtype="float64", rng=0)
    states = [ag.Value(rng.normal(size=(2, 2, 4))) for _ in range(1 + (kind is LSTM))]
    _, after = net(rng.normal(size=(3, 2, 3)), tuple(states) if kind is LSTM else states[0], [0, 3])
    for before, state in zip(states, flat(after), strict=True):
        np.testing.assert_array_equal(state.data[:, 0], before.data[:, 0])
    ag.sum(flat(after)[-1]).backward()
    np.testing.assert_array_equal(states[-1].grad[:, 0], 1.0)


@pytest.mark.parametrize("create_graph", [False, True], ids=["kernel", "definition"])
@LAYERS
def test_padding_is_not_looked_at(kind: Any, create_graph: bool, rng: Any) -> None:
    net = kind(3, 4, bidirectional=True, dtype="float64", rng=0)
    x = rng.normal(size=(5, 5, 3))
    beyond = np.arange(5)[:, None] >= np.array(LENGTHS)
    gradients = []
    for padding in (0.0, np.nan):
        leaf = ag.Value(np.where(beyond[:, :, None], padding, x))
        net.zero_grad()
        (net(leaf, lengths=LENGTHS)[0] ** 2).sum().backward(create_graph=create_graph)
        slopes = [leaf.grad, *(p.grad for p in net.parameters())]
        gradients.append([s.data if create_graph else s for s in slopes])
    for a, b in zip(*gradients, strict=True):
        np.testing.assert_array_equal(a, b)
    assert np.all(gradients[1][0][beyond] == 0)


def test_gru_that_resets_before_the_product_is_that_of_the_lecture(rng: Any) -> None:
    net = GRU(3, 4, reset_after=False, dtype="float64", rng=0)
    w_r, w_z, w_n = np.split(net.weight_ih_l0.data, 3)
    u_r, u_z, u_n = np.split(net.weight_hh_l0.data, 3)
    b_r, b_z, b_n = np.split(net.bias_ih_l0.data + net.bias_hh_l0.data, 3)
    x = rng.normal(size=(6, 3))
    h = np.zeros(4)
    output, _ = net(x)
    for t in range(6):
        r = sigmoid(w_r @ x[t] + u_r @ h + b_r)
        z = sigmoid(w_z @ x[t] + u_z @ h + b_z)
        n = np.tanh(w_n @ x[t] + u_n @ (r * h) + b_n)
        h = (1 - z) * n + z * h
        np.testing.assert_allclose(output.data[t], h, rtol=1e-12)


@pytest.mark.parametrize("reset_after", [True, False])
def test_gru_cell_is_one_step_of_the_layer(reset_after: bool, rng: Any) -> None:
    net = GRU(3, 4, reset_after=reset_after, dtype="float64", rng=0)
    cell = GRUCell(3, 4, reset_after=reset_after, dtype="float64")
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in net.state_dict().items()})
    x, h = rng.normal(size=(5, 2, 3)), None
    for t in range(5):
        h = cell(x[t], h)
    np.testing.assert_allclose(h.data, net(x)[1].data[0], rtol=1e-13)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        (RNNCell(3, 4), "h"),
        (LSTMCell(3, 4), "ifgoch"),
        (GRUCell(3, 4), "rznh"),
        (GRUCell(3, 4, reset_after=False), "rznh"),
    ],
    ids=repr,
)
def test_opened_cell_shows_the_quantities_of_its_equations(cell: Any, names: str) -> None:
    h = flat(cell(np.ones((2, 3))))[0]
    (node,) = (n for n in Graph.of(h).nodes if n.is_composite)
    assert set(names) <= {n.name for n in node.expand().nodes}


def test_opened_layer_has_a_scope_for_each_step() -> None:
    output, _ = RNN(3, 4)(np.ones((3, 2, 3)))
    (node,) = (n for n in Graph.of(output).nodes if n.is_composite)
    scopes = {n.scope.split("/")[-1] for n in node.expand().nodes if n.name == "h"}
    assert scopes == {"step0", "step1", "step2"}


def test_layers_and_directions_are_recorded_in_scopes_of_their_own() -> None:
    output, _ = LSTM(3, 4, num_layers=2, bidirectional=True)(np.ones((3, 2, 3)))
    nodes = [n for n in Graph.of(output).nodes if n.op is not None and n.op.name == "lstm"]
    expected = {"layer0", "layer0_reverse", "layer1", "layer1_reverse"}
    assert {n.scope.removeprefix("LSTM/") for n in nodes} == expected
    assert len(nodes) == 4


def test_dropout_falls_between_layers_in_training_only() -> None:
    net = GRU(3, 8, num_layers=2, dropout=0.5, rng=0)
    x = np.ones((4, 2, 3))
    trained = net(x)[0].data
    assert not np.array_equal(trained, net(x)[0].data)
    assert np.array_equal(trained, GRU(3, 8, num_layers=2, dropout=0.5, rng=0)(x)[0].data)
    net.eval()
    assert np.array_equal(net(x)[0].data, net(x)[0].data)
    with pytest.warns(UserWarning, match="GRU: dropout=0.5 has no effect"):
        single = GRU(3, 8, dropout=0.5, rng=0)
    assert np.array_equal(single(x)[0].data, single(x)[0].data)


@LAYERS
def test_float32_stays_float32(kind: Any) -> None:
    net = kind(3, 4, num_layers=2, bidirectional=True)
    output, state = net(np.ones((3, 2, 3)), lengths=[3, 1])
    output.sum().backward()
    assert {a.dtype for a in (output, *flat(state))} == {np.dtype("float32")}
    assert {p.grad.dtype for p in net.parameters()} == {np.dtype("float32")}


@LAYERS
def test_state_carries_on_where_the_sequence_was_cut(kind: Any, rng: Any) -> None:
    net = kind(3, 4, num_layers=2, dtype="float64", rng=0)
    x = rng.normal(size=(7, 2, 3))
    first, state = net(x[:3])
    second, _ = net(x[3:], state)
    whole, _ = net(x)
    np.testing.assert_allclose(np.concatenate((first.data, second.data)), whole.data, rtol=1e-13)


@LAYERS
def test_parameters_start_within_the_bound_of_pytorch(kind: Any) -> None:
    net = kind(3, 400, rng=0)
    for parameter in net.parameters():
        assert 0.045 < np.abs(parameter.data).max() <= 0.05


def test_names_of_parameters_are_those_of_pytorch() -> None:
    net = LSTM(3, 4, num_layers=2, bidirectional=True, proj_size=2)
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
    ends = ("l0", "l0_reverse", "l1", "l1_reverse")
    assert list(net.state_dict()) == [f"{kind}_{end}" for end in ends for kind in kinds]
    assert net.weight_ih_l1.shape == (16, 4) and net.weight_hr_l1_reverse.shape == (2, 4)
    assert list(GRU(3, 4, bias=False).state_dict()) == ["weight_ih_l0", "weight_hh_l0"]


def test_representation_says_what_is_not_the_default() -> None:
    net = LSTM(3, 4, 2, bias=False, batch_first=True, dropout=0.5, proj_size=2)
    text = "LSTM(3, 4, num_layers=2, batch_first=True, dropout=0.5, bias=False, proj_size=2)"
    assert repr(net) == text
    assert repr(RNN(3, 4, nonlinearity="relu")) == "RNN(3, 4, nonlinearity=relu)"
    assert repr(GRUCell(3, 4, False, reset_after=False)) == (
        "GRUCell(3, 4, bias=False, reset_after=False)"
    )


ERRORS = {
    "input size": (lambda: RNN(3, 4)(np.ones((5, 2, 4))), ShapeError, r"RNN: the input is \(5, 2,"),
    "no step": (lambda: GRU(3, 4)(np.ones((0, 2, 3))), ShapeError, "at least one step"),
    "axes": (lambda: GRU(3, 4)(np.ones((1, 5, 2, 3))), ShapeError, r"or \(T, 3\) for one sequence"),
    "state": (
        lambda: RNN(3, 4)(np.ones((5, 2, 3)), np.ones((2, 2, 4))),
        ShapeError,
        r"initial state is \(2, 2, 4\); need \(1, 2, 4\)",
    ),
    "pair": (lambda: LSTM(3, 4)(np.ones((5, 2, 3)), np.ones(4)), ArgumentError, r"a pair \(h, c\)"),
    "number of lengths": (
        lambda: RNN(3, 4)(np.ones((5, 2, 3)), lengths=[5]),
        ArgumentError,
        "need 2 integers",
    ),
    "too long": (
        lambda: RNN(3, 4)(np.ones((5, 2, 3)), lengths=[5, 6]),
        ArgumentError,
        "values from 0 to 5",
    ),
    "fraction": (
        lambda: RNN(3, 4)(np.ones((5, 2, 3)), lengths=[5, 2.5]),
        ArgumentError,
        "need 2 integers",
    ),
    "float64": (
        lambda: GRU(3, 4)(ag.Value(np.ones((5, 2, 3)))),
        DtypeError,
        "the input is a Value of float64",
    ),
    "nonlinearity": (lambda: RNN(3, 4, 1, "sine"), ArgumentError, "need 'tanh' or 'relu'"),
    "projection": (lambda: LSTM(3, 4, proj_size=4), ArgumentError, "proj_size is 4"),
    "layers": (lambda: LSTM(3, 4, 0), ArgumentError, "num_layers is 0"),
    "dropout": (lambda: GRU(3, 4, 2, dropout=1.5), ArgumentError, "dropout is 1.5"),
    "cell input": (lambda: RNNCell(3, 4)(np.ones((2, 4))), ShapeError, r"need \(N, 3\)"),
    "cell state": (
        lambda: LSTMCell(3, 4)(np.ones((2, 3)), (np.ones((2, 4)), np.ones((2, 3)))),
        ShapeError,
        r"a state is \(2, 3\); need \(2, 4\)",
    ),
    "op": (
        lambda: F.rnn(np.ones((5, 2, 3)), None, np.ones((4, 2)), np.ones((4, 4))),
        ShapeError,
        r"rnn: x is \(5, 2, 3\).*w_ih \(4, 3\)",
    ),
}


@pytest.mark.parametrize(("call", "error", "message"), ERRORS.values(), ids=ERRORS)
def test_what_does_not_fit_raises_and_says_what_is_needed(
    call: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()
