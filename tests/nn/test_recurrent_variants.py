"""Leaky, skip and peephole networks: what they do that no other network does, and their errors."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import definition
from autograd_core.errors import ArgumentError, ShapeError
from nn.recurrent.leaky_rnn import LeakyRNN, LeakyRNNCell
from nn.recurrent.peephole_lstm import PeepholeLSTM, PeepholeLSTMCell
from nn.recurrent.skip_rnn import SkipRNN

NETS = {
    "leaky": lambda **kw: LeakyRNN(3, 4, alpha=0.5, **kw),
    "learned": lambda **kw: LeakyRNN(3, 4, alpha=0.5, learn_alpha=True, **kw),
    "skip": lambda **kw: SkipRNN(3, 4, 3, **kw),
    "peephole": lambda **kw: PeepholeLSTM(3, 4, **kw),
}
every = pytest.mark.parametrize("make", NETS.values(), ids=NETS)


def leaves(state):
    return [leaf for part in state for leaf in leaves(part)] if type(state) is tuple else [state]


@every
@pytest.mark.parametrize("batch_first", [False, True])
def test_a_sequence_in_two_parts_gives_what_the_whole_gives(make, batch_first, rng):
    net = make(num_layers=2, batch_first=batch_first, dtype=np.float64, rng=0)
    x = rng.normal(size=(2, 7, 3) if batch_first else (7, 2, 3))
    axis = 1 if batch_first else 0
    head, tail = np.split(x, [2], axis=axis)
    whole, end = net(x)
    first, state = net(head)
    second, last = net(tail, state)
    joined = np.concatenate([first.data, second.data], axis=axis)
    np.testing.assert_allclose(joined, whole.data, rtol=0, atol=1e-14)
    for a, b in zip(leaves(last), leaves(end), strict=True):
        np.testing.assert_allclose(a.data, b.data, rtol=0, atol=1e-14)


@every
def test_padding_has_no_influence_even_if_it_is_nan(make, rng):
    net = make(bidirectional=True, dtype=np.float64, rng=0)
    x = rng.normal(size=(5, 3, 3))
    lengths = np.array([2, 5, 3])
    padded = np.where(np.arange(5)[:, None] < lengths, 0.0, np.nan)[:, :, None] + x
    value = ag.Value(padded)
    out, _ = net(value, lengths=lengths)
    alone, _ = net(x[:2, :1])
    np.testing.assert_allclose(out.data[:2, :1], alone.data, rtol=0, atol=1e-14)
    assert not out.data[2:, 0].any()
    out.sum().backward()
    assert np.isfinite(value.grad).all()
    assert not value.grad[np.isnan(padded)].any()
    assert all(np.isfinite(p.grad).all() for p in net.parameters())


@every
def test_the_dtype_is_the_parameters(make):
    out, state = make(rng=0)(np.ones((4, 2, 3)), lengths=[4, 1])
    assert out.dtype == np.float32
    assert {leaf.dtype for leaf in leaves(state)} == {np.dtype(np.float32)}


@every
def test_a_seed_gives_the_same_network(make):
    a, b = make(rng=3).state_dict(), make(rng=3).state_dict()
    assert all(np.array_equal(a[name], b[name]) for name in a)
    assert len({array.tobytes() for array in a.values()}) == len(a)


@every
def test_dropout_acts_between_layers_and_in_training_only(make, rng):
    net = make(num_layers=2, dropout=0.5, rng=0)
    x = rng.normal(size=(4, 2, 3))
    assert not np.array_equal(net(x)[0].data, net(x)[0].data)
    net.eval()
    assert np.array_equal(net(x)[0].data, net(x)[0].data)
    with pytest.warns(UserWarning, match="dropout=0.5 has no effect"):
        single = make(num_layers=1, dropout=0.5, rng=0)
    assert np.array_equal(single(x)[0].data, single(x)[0].data)


@every
def test_a_step_is_one_node_that_opens_to_its_equations(make):
    net = make(rng=0)
    out, _ = net(np.ones((1, 2, 3)))
    node = out
    while node.op is None or not node.op.name.endswith("cell"):
        node = next(operand for operand in node.operands if operand.op is not None)
    _, root = definition.expand(node)
    np.testing.assert_array_equal(root.data, node.data)
    assert node.scope == type(net).__name__


@every
def test_gradients_agree_with_finite_differences(make, rng):
    net = make(dtype=np.float64, rng=0)
    x = rng.normal(size=(3, 2, 3))

    ag.assert_gradients(lambda x: net(x, lengths=[3, 2])[0], (x,), params=net)


@every
@pytest.mark.parametrize("shape", [(4, 5), (4, 2, 5), (0, 2, 3), (3,)])
def test_inputs_of_another_shape_are_refused(make, shape):
    with pytest.raises(ShapeError, match=r"the input is .*; need \(T, N, 3\)"):
        make()(np.ones(shape))


@every
@pytest.mark.parametrize("lengths", [[4], [4, 5], [4, -1], [4.0, 2.0], 4])
def test_lengths_that_do_not_fit_are_refused(make, lengths):
    with pytest.raises(ArgumentError, match="lengths is"):
        make()(np.ones((4, 2, 3)), lengths=lengths)


@every
def test_a_state_of_another_shape_is_refused(make):
    net = make()
    bad = np.ones((1, 2, 5))
    with pytest.raises(ShapeError, match=r"initial state is \(1, 2, 5\); need \(.*4\)"):
        net(np.ones((4, 2, 3)), (bad, bad) if isinstance(net, PeepholeLSTM) else bad)


# --- leaky ----------------------------------------------------------------------------------


def test_a_leaky_unit_keeps_a_share_alpha_of_its_state():
    net = LeakyRNN(1, 2, bias=False, alpha=[0.5, 0.9], dtype=np.float64)
    net.load_state_dict(
        {name: 0 * array for name, array in net.state_dict().items()} | {"alpha": [0.5, 0.9]}
    )
    out, _ = net(np.zeros((3, 1, 1)), np.ones((1, 1, 2)))
    np.testing.assert_allclose(out.data[:, 0], [[0.5, 0.9], [0.25, 0.81], [0.125, 0.729]])


def test_a_fixed_alpha_is_state_and_not_trained():
    net = LeakyRNN(1, 2, num_layers=2, alpha=0.5)
    assert "alpha" in net.state_dict()
    assert all(p.startswith(("weight", "bias")) for p, _ in net.named_parameters())


def test_a_learned_alpha_starts_where_it_is_told_and_is_trained_in_every_layer():
    net = LeakyRNN(1, 2, num_layers=2, alpha=[0.25, 0.5], learn_alpha=True)
    np.testing.assert_allclose(ag.sigmoid(net.alpha_logit_l1.data), [0.25, 0.5], rtol=1e-6)
    net(np.ones((3, 1, 1)), np.ones((2, 1, 2)))[0].sum().backward()
    assert net.alpha_logit_l0.grad.all() and net.alpha_logit_l1.grad.all()
    cell = LeakyRNNCell(1, 2, alpha=0.5, learn_alpha=True)
    assert "alpha_logit" in cell.state_dict()


@pytest.mark.parametrize("alpha", [1.0, -0.1, [0.5, 0.5, 0.5], np.nan])
def test_an_alpha_out_of_range_is_refused(alpha):
    with pytest.raises(ArgumentError, match="LeakyRNN: alpha is .*; need one number, or 2"):
        LeakyRNN(1, 2, alpha=alpha)


def test_an_alpha_of_zero_cannot_be_learned():
    with pytest.raises(ArgumentError, match="need values above 0 to learn from"):
        LeakyRNN(1, 2, alpha=0.0, learn_alpha=True)


def test_a_leaky_net_remembers_longer_than_a_plain_one():
    """The influence of the first input on the last state, over 50 steps of silence."""
    reach = {}
    for alpha in (0.0, 0.98):
        net = LeakyRNN(1, 8, alpha=alpha, dtype=np.float64, rng=0)
        x = ag.Value(np.zeros((50, 1, 1)))
        net(x)[0][-1].sum().backward()
        reach[alpha] = abs(x.grad[0, 0, 0])
    assert reach[0.98] > 1e3 * reach[0.0]


# --- skip -----------------------------------------------------------------------------------


def test_the_delayed_state_is_zero_before_the_start():
    """V alone: what comes in at t shows at t, t + d, t + 2d and nowhere else."""
    net = SkipRNN(1, 1, 3, bias=False, dtype=np.float64)
    net.load_state_dict({"weight_ih_l0": [[1]], "weight_hh_l0": [[0]], "weight_dh_l0": [[1]]})
    x = np.zeros((8, 1, 1))
    x[1] = 1.0
    out = net(x)[0].data.ravel()
    assert np.flatnonzero(out).tolist() == [1, 4, 7]
    assert out[4] == np.tanh(np.tanh(1.0))


def test_the_state_holds_the_last_outputs_the_newest_first(rng):
    net = SkipRNN(3, 4, 3, dtype=np.float64, rng=0)
    out, h_n = net(rng.normal(size=(6, 2, 3)))
    np.testing.assert_array_equal(h_n.data[0], out.data[:2:-1])


@pytest.mark.parametrize("delay", [0, -1, 1.5])
def test_a_delay_that_is_no_number_of_steps_is_refused(delay):
    with pytest.raises(ArgumentError, match="SkipRNN: delay is"):
        SkipRNN(1, 2, delay)


# --- peephole -------------------------------------------------------------------------------


def test_input_and_forget_gate_see_the_old_cell_and_the_output_gate_the_new_one():
    cell = PeepholeLSTMCell(1, 1, bias=False, dtype=np.float64)
    cell.load_state_dict(
        {
            "weight_ih": [[0], [0], [1], [0]],
            "weight_hh": np.zeros((4, 1)),
            "weight_ch": [2.0, 3.0, 5.0],
        }
    )
    h, c = cell([[1.0]], ([[0.0]], [[0.1]]))
    expected = ag.sigmoid(0.3) * 0.1 + ag.sigmoid(0.2) * np.tanh(1.0)
    np.testing.assert_allclose(c.item(), expected, rtol=1e-15)
    np.testing.assert_allclose(h.item(), ag.sigmoid(5 * expected) * np.tanh(expected), rtol=1e-15)


def test_representations_say_sizes_and_what_is_not_the_default():
    assert repr(LeakyRNN(3, 4)) == "LeakyRNN(3, 4)"
    assert repr(SkipRNN(3, 4, 5, num_layers=2)) == "SkipRNN(3, 4, num_layers=2, delay=5)"
    net = PeepholeLSTM(3, 4, batch_first=True, bidirectional=True)
    assert repr(net) == "PeepholeLSTM(3, 4, batch_first=True, bidirectional=True)"


def test_they_can_be_parts_of_a_network():
    net = nn.ModuleList([LeakyRNN(1, 2), PeepholeLSTM(2, 2)])
    assert "1.weight_ch_l0" in net.state_dict()


@every
def test_one_sequence_needs_no_batch_axis(make, rng):
    net = make(dtype=np.float64, rng=0)
    x = rng.normal(size=(5, 3))
    out, state = net(x)
    batch, states = net(x[:, None])
    np.testing.assert_array_equal(out.data, batch.data[:, 0])
    for a, b in zip(leaves(state), leaves(states), strict=True):
        np.testing.assert_array_equal(a.data, b.data[..., 0, :])
    again, _ = net(x, state)
    assert again.shape == (5, 4)
