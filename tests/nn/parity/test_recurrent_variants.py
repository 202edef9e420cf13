"""Leaky, skip and peephole networks beside the same equations, step by step, in PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from nn.recurrent.leaky_rnn import LeakyRNN, LeakyRNNCell
from nn.recurrent.peephole_lstm import PeepholeLSTM, PeepholeLSTMCell
from nn.recurrent.skip_rnn import SkipRNN

from .compare import assert_close, flat

torch = pytest.importorskip("torch")


def sums(p, suffix, x, h):
    z = p[f"weight_ih_{suffix}"] @ x + p[f"weight_hh_{suffix}"] @ h
    if f"bias_ih_{suffix}" in p:
        z = z + p[f"bias_ih_{suffix}"] + p[f"bias_hh_{suffix}"]
    return z


def leaky(p, suffix, x, past):
    alpha = p["alpha"] if "alpha" in p else torch.sigmoid(p[f"alpha_logit_{suffix}"])
    h = past[-1][0]
    return (alpha * h + (1 - alpha) * torch.tanh(sums(p, suffix, x, h)),)


def skip(delay):
    def step(p, suffix, x, past):
        return (
            torch.tanh(
                sums(p, suffix, x, past[-1][0]) + p[f"weight_dh_{suffix}"] @ past[-delay][0]
            ),
        )

    return step


def peephole(p, suffix, x, past):
    h, c = past[-1]
    i, f, g, o = sums(p, suffix, x, h).chunk(4)
    p_i, p_f, p_o = p[f"weight_ch_{suffix}"].chunk(3)
    new = torch.sigmoid(f + p_f * c) * c + torch.sigmoid(i + p_i * c) * torch.tanh(g)
    return torch.sigmoid(o + p_o * new) * torch.tanh(new), new


def run(step, p, sequences, initial, layers, ways):
    """Sequence by sequence, each as long as it is; `initial[layer][n]` lists the past states."""
    outputs, finals = [], [[] for _ in range(layers * ways)]
    for n, xs in enumerate(sequences):
        hs = list(xs)
        for layer in range(layers):
            both = []
            for way in range(ways):
                past = list(initial[layer * ways + way][n])
                before = len(past)
                for x in hs[::-1] if way else hs:
                    past.append(step(p, f"l{layer}" + "_reverse" * way, x, past))
                finals[layer * ways + way].append(past)
                made = [state[0] for state in past[before:]]
                both.append(made[::-1] if way else made)
            hs = [torch.cat(pair) for pair in zip(*both, strict=True)]
        outputs.append(hs)
    return outputs, finals


CONFIGURATIONS = [
    {},
    {"bias": False},
    {"num_layers": 2},
    {"bidirectional": True},
    {"num_layers": 2, "bidirectional": True, "batch_first": True},
]
KINDS = {
    "leaky": (lambda **kw: LeakyRNN(3, 4, alpha=[0.0, 0.3, 0.9, 0.99], **kw), leaky, 1),
    "learned": (lambda **kw: LeakyRNN(3, 4, alpha=0.7, learn_alpha=True, **kw), leaky, 1),
    "skip1": (lambda **kw: SkipRNN(3, 4, 1, **kw), skip(1), 1),
    "skip3": (lambda **kw: SkipRNN(3, 4, 3, **kw), skip(3), 3),
    "peephole": (lambda **kw: PeepholeLSTM(3, 4, **kw), peephole, 1),
}


@pytest.mark.parametrize("lengths", [None, [2, 6, 0, 5]], ids=["full", "lengths"])
@pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_states_and_gradients_are_those_of_the_equations(kind, configuration, lengths, rng):
    make, step, memory = KINDS[kind]
    net = make(**configuration, dtype=np.float64, rng=0)
    layers, ways = configuration.get("num_layers", 1), 1 + net.bidirectional
    x = rng.normal(size=(6, 4, 3))
    parts = 2 if kind == "peephole" else 1
    h0 = rng.normal(size=(parts, layers * ways, memory, 4, 4))  # the newest first

    value = ag.Value(x.swapaxes(0, 1) if net.batch_first else x)
    given = [ag.Value(part if kind == "skip3" else part[:, 0]) for part in h0]
    if kind == "skip1":
        given = [ag.Value(h0[0])]
    out, final = net(value, tuple(given) if parts == 2 else given[0], lengths=lengths)

    tx = torch.tensor(x, requires_grad=True)
    th = torch.tensor(h0, requires_grad=True)
    p = {name: torch.tensor(q.data, requires_grad=True) for name, q in net.named_parameters()}
    tensors = p | {name: torch.tensor(buffer) for name, buffer in net.named_buffers()}
    initial = [
        [[tuple(th[:, i, k, n]) for k in reversed(range(memory))] for n in range(4)]
        for i in range(layers * ways)
    ]
    until = [6] * 4 if lengths is None else lengths
    sequences = [tx[: until[n], n] for n in range(4)]
    outputs, finals = run(step, tensors, sequences, initial, layers, ways)
    zero = torch.zeros(4 * ways, dtype=torch.float64)
    expected = torch.stack([torch.stack([*hs, *[zero] * (6 - len(hs))]) for hs in outputs], 1)
    last = torch.stack(
        [
            torch.stack([torch.stack([s[-1 - k][part] for s in state]) for k in range(memory)])
            for part in range(parts)
            for state in finals
        ]
    ).reshape(h0.shape)

    ours = ag.swapaxes(out, 0, 1) if net.batch_first else out
    final = [f.reshape(h0.shape[1:]) for f in flat(final)]
    assert_close(ours.data, expected.detach().numpy(), "output")
    for k in range(parts):
        assert_close(final[k].data, last[k].detach().numpy(), f"final state {k}")

    g, gh = rng.normal(size=expected.shape), rng.normal(size=h0.shape)
    total = (ours * g).sum()
    for k in range(parts):
        total = total + (final[k] * gh[k]).sum()
    total.backward()
    ((expected * torch.tensor(g)).sum() + (last * torch.tensor(gh)).sum()).backward()
    grad = value.grad.swapaxes(0, 1) if net.batch_first else value.grad
    assert_close(grad, tx.grad.numpy(), "gradient of x")
    for k in range(parts):
        assert_close(given[k].grad.reshape(h0.shape[1:]), th.grad[k].numpy(), "gradient of h0")
    for name, parameter in net.named_parameters():
        assert_close(parameter.grad, p[name].grad.numpy(), f"gradient of {name}")


def test_without_leak_it_is_pytorchs_rnn(rng):
    theirs = torch.nn.RNN(3, 4, num_layers=2, bidirectional=True).double()
    ours = LeakyRNN(3, 4, num_layers=2, bidirectional=True, alpha=0.0, dtype=np.float64)
    ours.load_state_dict(theirs.state_dict() | {"alpha": 0.0})
    x = rng.normal(size=(5, 2, 3))
    for a, b in zip(ours(x), theirs(torch.tensor(x)), strict=True):
        assert_close(a.data, b.detach().numpy(), "output")


def test_without_peepholes_it_is_pytorchs_lstm(rng):
    theirs = torch.nn.LSTM(3, 4, num_layers=2, bidirectional=True).double()
    ours = PeepholeLSTM(3, 4, num_layers=2, bidirectional=True, dtype=np.float64)
    zeros = {name: np.zeros(12) for name in ours.state_dict() if name.startswith("weight_ch")}
    ours.load_state_dict(theirs.state_dict() | zeros)
    x = rng.normal(size=(5, 2, 3))
    for a, b in zip(flat(ours(x)), flat(theirs(torch.tensor(x))), strict=True):
        assert_close(a.data, b.detach().numpy(), "output")


@pytest.mark.parametrize(
    ("cell", "theirs", "extra"),
    [
        (LeakyRNNCell(3, 4, alpha=0.0), torch.nn.RNNCell(3, 4), {"alpha": 0.0}),
        (PeepholeLSTMCell(3, 4), torch.nn.LSTMCell(3, 4), {"weight_ch": np.zeros(12)}),
    ],
    ids=["leaky", "peephole"],
)
def test_the_cells_are_pytorchs_without_what_they_add(cell, theirs, extra, rng):
    cell.to("float64").load_state_dict(theirs.double().state_dict() | extra)
    x = rng.normal(size=(5, 3))
    for a, b in zip(flat(cell(x)), flat(theirs(torch.tensor(x))), strict=True):
        assert_close(a.data, b.detach().numpy(), "state")
