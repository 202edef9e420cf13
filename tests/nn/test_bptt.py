"""Truncated backpropagation through time against graphs that are cut by hand."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ArgumentError
from nn.recurrent.bptt import truncated_bptt
from nn.recurrent.leaky_rnn import LeakyRNN
from nn.recurrent.peephole_lstm import PeepholeLSTM
from nn.recurrent.skip_rnn import SkipRNN

T, N, D, H = 11, 2, 3, 4

NETS = {
    "leaky": lambda: LeakyRNN(D, H, dtype=np.float64, rng=0),
    "skip": lambda: SkipRNN(D, H, 3, dtype=np.float64, rng=0),
    "peephole": lambda: PeepholeLSTM(D, H, num_layers=2, dtype=np.float64, rng=0),
}
every = pytest.mark.parametrize("net", [make() for make in NETS.values()], ids=NETS)


@pytest.fixture
def data(rng):
    return rng.normal(size=(T, N, D)), rng.normal(size=(T, N, H))


def squares(targets):
    return lambda output, steps: ((output - targets[steps]) ** 2).sum()


def gradients(net):
    found = {name: parameter.grad for name, parameter in net.named_parameters()}
    net.zero_grad()
    return found


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-10, atol=1e-12)


def plain(state):
    if isinstance(state, tuple):
        return tuple(map(plain, state))
    return state.data if isinstance(state, ag.Value) else state


def cut_by_hand(net, x, targets, start, new, stop):
    """Run from the very beginning; record from `start` on; the loss of what is new."""
    state = None
    with ag.no_grad():
        for t in range(start):
            _, state = net(x[t : t + 1], state)
    loss = 0.0
    for t in range(start, stop):
        output, state = net(x[t : t + 1], plain(state) if t == start else state)
        if t >= new:
            loss = loss + ((output - targets[t]) ** 2).sum()
    loss.backward()
    return loss.item(), state


@every
def test_with_the_whole_length_it_is_full_backpropagation(net, data):
    x, targets = data
    output, _ = net(x)
    loss = ((output - targets) ** 2).sum()
    loss.backward()
    expected = gradients(net)
    (part,) = truncated_bptt(net, x, T, T, loss=squares(targets))
    assert part.steps == slice(0, T)
    assert part.loss == pytest.approx(loss.item(), rel=1e-12)
    assert_same(gradients(net), expected)


@every
@pytest.mark.parametrize(
    ("k1", "k2"),
    [
        (1, 1),
        (3, 3),
        (4, 4),
        (5, 2),
        (4, 1),
        (3, 1),
        (1, 4),
        (2, 5),
        (3, 7),
        (4, 6),
        (5, 100),
        (100, 3),
    ],
)
def test_each_pass_gives_the_gradient_of_the_graph_that_is_cut_by_hand(net, data, k1, k2):
    x, targets = data
    new = 0
    for part in truncated_bptt(net, x, k1, k2, loss=squares(targets)):
        found = gradients(net)
        stop = min(new + k1, T)
        assert part.steps == slice(new, stop)
        start = max(0, stop - k2)
        loss, state = cut_by_hand(net, x, targets, start, new, stop)
        assert part.loss == pytest.approx(loss, rel=1e-12)
        assert_same(found, gradients(net))
        for a, b in zip(np.ravel(part.state), np.ravel(plain(state)), strict=True):
            assert a == pytest.approx(b, rel=1e-12)
        new = stop
    assert new == T


def test_truncation_changes_the_gradient(data):
    """So that the tests above compare something."""
    x, targets = data
    net = NETS["leaky"]()
    found = {}
    for k2 in (1, 3, 6, T):
        list(truncated_bptt(net, x, 3, k2, loss=squares(targets)))
        found[k2] = gradients(net)["weight_hh_l0"]
    for a, b in ((1, 3), (3, 6), (6, T)):
        assert np.abs(found[a] - found[b]).max() > 1e-3


@pytest.mark.parametrize(("k1", "k2"), [(3, 3), (2, 6), (4, 2)])
def test_the_optimiser_steps_between_passes(data, k1, k2):
    """The state goes on as it was computed; what is recorded uses the new parameters."""
    x, targets = data

    def step(net):
        for parameter in net.parameters():
            parameter.data = parameter.data - 0.1 * parameter.grad
        net.zero_grad()

    ours = NETS["leaky"]()
    for _ in truncated_bptt(ours, x, k1, k2, loss=squares(targets)):
        step(ours)

    by_hand = NETS["leaky"]()
    states = {0: None}  # the state before each step, as it was computed last
    for new in range(0, T, k1):
        stop = min(new + k1, T)
        start = max(0, stop - k2)
        loss, state = 0.0, None
        for t in range(min(new, start), stop):
            if t >= start:
                output, state = by_hand(x[t : t + 1], states[t] if t == start else state)
                loss = loss + (((output - targets[t]) ** 2).sum() if t >= new else 0.0)
            else:
                state = by_hand(x[t : t + 1], states[t])[1]
            states[t + 1] = state.data
        loss.backward()
        step(by_hand)
    assert_same(ours.state_dict(), by_hand.state_dict())


def test_the_state_that_is_given_comes_first(data):
    x, targets = data
    net = NETS["peephole"]()
    list(truncated_bptt(net, x, T, loss=squares(targets)))
    expected = net(x)[1]
    net.zero_grad()
    (head,) = truncated_bptt(net, x[:4], 4, loss=squares(targets))
    (tail,) = truncated_bptt(net, x[4:], T, loss=squares(targets[4:]), state=head.state)
    np.testing.assert_allclose(tail.state[1], expected[1].data, rtol=1e-12)


def test_batch_first(data):
    x, targets = data
    net, other = NETS["leaky"](), LeakyRNN(D, H, batch_first=True, dtype=np.float64)
    other.load_state_dict(net.state_dict())
    list(truncated_bptt(net, x, 3, 5, loss=squares(targets)))
    swapped = targets.swapaxes(0, 1)
    list(
        truncated_bptt(
            other,
            x.swapaxes(0, 1),
            3,
            5,
            loss=lambda output, steps: ((output - swapped[:, steps]) ** 2).sum(),
            batch_first=True,
        )
    )
    assert_same(gradients(other), gradients(net))


def test_any_callable_will_do(rng):
    """Such as a recurrent layer with something behind it."""
    net, head = LeakyRNN(D, H, rng=0), nn.Linear(H, 5, rng=1)
    classes = rng.integers(5, size=(T, N))

    def model(x, state):
        output, state = net(x, state)
        return head(output), state

    def loss(output, steps):
        return nn.functional.cross_entropy(output.reshape(-1, 5), classes[steps].ravel())

    x = rng.normal(size=(T, N, D)).tolist()
    parts = list(truncated_bptt(model, x, 4, loss=loss))
    assert [part.steps.stop for part in parts] == [4, 8, 11]
    assert all(p.grad is not None for p in (*net.parameters(), *head.parameters()))


def test_an_input_that_wants_a_gradient_gets_it_from_all_passes(data):
    x, targets = data
    net, value = NETS["leaky"](), ag.Value(x)
    list(truncated_bptt(net, value, 4, 1, loss=squares(targets)))
    assert value.grad.any(axis=(1, 2)).tolist() == [t in (3, 7, 10) for t in range(T)]


@pytest.mark.parametrize(("k1", "k2"), [(10, 10), (5, 10), (20, 5)])
def test_memory_does_not_grow_with_the_length(k1, k2):
    net = LeakyRNN(1, 8, rng=0)
    targets = np.zeros((1, 1, 8), np.float32)

    def loss(output, steps):
        return ((output - targets) ** 2).mean()

    def peak(steps):
        x = np.ones((steps, 512, 1), np.float32)
        tracemalloc.start()
        for _ in truncated_bptt(net, x, k1, k2, loss=loss):
            net.zero_grad()
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(20)  # what is allocated once
    assert peak(120) < 1.2 * peak(40)


@pytest.mark.parametrize("k", [0, -1, 2.0, None])
def test_steps_must_be_positive_integers(k, data):
    x, targets = data
    with pytest.raises(ArgumentError, match=f"k1 is {k}; need an integer"):
        truncated_bptt(NETS["leaky"](), x, k, 3, loss=squares(targets))
    if k is not None:
        with pytest.raises(ArgumentError, match=f"k2 is {k}; need an integer"):
            truncated_bptt(NETS["leaky"](), x, 3, k, loss=squares(targets))


def test_a_sequence_without_steps_is_refused():
    with pytest.raises(ArgumentError, match=r"the sequence is \(0, 2, 3\); need at least one step"):
        truncated_bptt(NETS["leaky"](), np.ones((0, 2, 3)), 3, loss=squares(0.0))


@pytest.mark.parametrize("loss", [lambda o, s: o, lambda o, s: 1.0, lambda o, s: o.detach().sum()])
def test_a_loss_without_a_gradient_is_refused(loss, data):
    with pytest.raises(ArgumentError, match="the loss is .*; need a scalar Value that depends"):
        list(truncated_bptt(NETS["leaky"](), data[0], 3, loss=loss))
