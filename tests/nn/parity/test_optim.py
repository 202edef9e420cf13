"""Optimisers beside PyTorch's: the same parameters after many steps, with every option."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import autograd_core as ag
from nn import optim

torch = pytest.importorskip("torch")

SHAPES = [(3, 4), (5,), (), (1,), (2, 3, 2)]
STEPS = 12

# Every option of every optimiser, each with the values that take another branch.
OPTIONS = {
    "SGD": {
        "momentum": [0.0, 0.9],
        "dampening": [0.0, 0.3],
        "nesterov": [False, True],
        "weight_decay": [0.0, 0.1],
    },
    "Adam": {
        "betas": [(0.9, 0.999), (0.3, 0.6)],
        "eps": [1e-8, 1e-2],
        "amsgrad": [False, True],
        "weight_decay": [0.0, 0.1],
        "decoupled_weight_decay": [False, True],
    },
    "AdamW": {
        "betas": [(0.9, 0.999), (0.3, 0.6)],
        "eps": [1e-8, 1e-2],
        "amsgrad": [False, True],
        "weight_decay": [0.0, 0.1],
    },
    "NAdam": {
        "betas": [(0.9, 0.999), (0.3, 0.6)],
        "eps": [1e-8, 1e-2],
        "weight_decay": [0.0, 0.1],
        "momentum_decay": [4e-3, 0.5],
        "decoupled_weight_decay": [False, True],
    },
    "RAdam": {  # with β₂ = 0.6 it never rectifies, with 0.999 from the sixth step on
        "betas": [(0.9, 0.999), (0.3, 0.6), (0.5, 0.9)],
        "eps": [1e-8, 1e-2],
        "weight_decay": [0.0, 0.1],
        "decoupled_weight_decay": [False, True],
    },
    "Adamax": {
        "betas": [(0.9, 0.999), (0.3, 0.6)],
        "eps": [1e-8, 1e-2],
        "weight_decay": [0.0, 0.1],
    },
    "Adagrad": {
        "lr_decay": [0.0, 0.1],
        "initial_accumulator_value": [0.0, 0.5],
        "eps": [1e-10, 1e-2],
        "weight_decay": [0.0, 0.1],
    },
    "Adadelta": {"rho": [0.9, 0.5], "eps": [1e-6, 1e-2], "weight_decay": [0.0, 0.1]},
    "RMSprop": {
        "alpha": [0.99, 0.6],
        "eps": [1e-8, 1e-2],
        "momentum": [0.0, 0.9],
        "centered": [False, True],
        "weight_decay": [0.0, 0.1],
    },
    "Rprop": {
        "etas": [(0.5, 1.2), (0.3, 2.0)],
        "step_sizes": [(1e-6, 50.0), (0.03, 0.08)],
    },
}


@pytest.fixture(autouse=True)
def exact_and_alone():
    """PyTorch in float64, which NAdam's counters follow, and without threads that wait."""
    default, threads = torch.get_default_dtype(), torch.get_num_threads()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    yield
    torch.set_default_dtype(default)
    torch.set_num_threads(threads)


def configurations():
    for name, options in OPTIONS.items():
        common = {"lr": [0.07], "maximize": [False, True]}
        names = [*options, *common]
        for values in itertools.product(*options.values(), *common.values()):
            chosen = dict(zip(names, values, strict=True))
            if chosen.get("nesterov") and (not chosen["momentum"] or chosen["dampening"]):
                continue
            yield name, chosen


CONFIGURATIONS = list(configurations())


def leaves(rng, shapes=SHAPES):
    """The same random leaves twice: ours and PyTorch's."""
    arrays = [rng.normal(size=shape) for shape in shapes]
    return [ag.Value(np.array(a)) for a in arrays], [
        torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in arrays
    ]


def give_gradients(ours, theirs, rng):
    """Random gradients that depend on the parameters, so that a difference would grow."""
    for p, q in zip(ours, theirs, strict=True):
        if rng.random() < 0.1:
            p.grad = q.grad = None
            continue
        noise = rng.normal(size=np.shape(p.data))
        p.grad = np.cos(p.data) + noise
        q.grad = torch.cos(q.detach()) + torch.tensor(noise)


def assert_same(ours, theirs, tol=1e-10):
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=tol, atol=tol)


@pytest.mark.parametrize("name", OPTIONS)
def test_parameters_agree_after_many_steps_with_every_option(name, rng):
    tested = [options for other, options in CONFIGURATIONS if other == name]
    assert tested
    for options in tested:
        ours, theirs = leaves(rng)
        a = getattr(optim, name)(ours, **options)
        b = getattr(torch.optim, name)(theirs, **options, foreach=False)
        for _ in range(STEPS):
            give_gradients(ours, theirs, rng)
            a.step()
            b.step()
        try:
            assert_same(ours, theirs)
        except AssertionError as error:
            raise AssertionError(f"{name} with {options}") from error


@pytest.mark.parametrize("name", OPTIONS)
def test_defaults_are_those_of_pytorch(name, rng):
    ours, theirs = leaves(rng)
    a, b = getattr(optim, name)(ours), getattr(torch.optim, name)(theirs)
    assert {k: b.defaults[k] for k in a.defaults} == a.defaults
    speed = {"foreach", "fused", "capturable", "differentiable"}
    assert set(b.defaults) - set(a.defaults) <= speed | {"decoupled_weight_decay"}


@pytest.mark.parametrize("name", OPTIONS)
def test_arrays_larger_than_a_block_agree_in_any_layout(name, rng):
    ours, theirs = leaves(rng, [(70_000,), (123, 321), (3, 4)])
    ours[1].data = np.asfortranarray(ours[1].data)
    a = getattr(optim, name)(ours, lr=0.01)
    b = getattr(torch.optim, name)(theirs, lr=0.01)
    for _ in range(4):
        give_gradients(ours, theirs, rng)
        if ours[0].grad is not None:
            ours[0].grad = np.repeat(ours[0].grad, 2)[::2]  # not contiguous
        a.step()
        b.step()
    assert_same(ours, theirs)


@pytest.mark.parametrize("name", OPTIONS)
def test_groups_have_options_of_their_own(name, rng):
    ours, theirs = leaves(rng)
    groups = [{"lr": 0.3}, {}]
    pairs = []
    for module, params in ((optim, ours), (torch.optim, theirs)):
        parts = [{"params": params[:2], **groups[0]}, {"params": params[2:4], **groups[1]}]
        pairs.append(getattr(module, name)(parts, lr=0.01))
        pairs[-1].add_param_group({"params": params[4:], "lr": 0.1})
    for _ in range(STEPS):
        give_gradients(ours, theirs, rng)
        for optimizer in pairs:
            optimizer.step()
    assert_same(ours, theirs)


@pytest.mark.parametrize("name", OPTIONS)
def test_a_state_of_pytorch_is_taken_over_in_the_middle(name, rng):
    options = {"momentum": 0.9} if name in ("SGD", "RMSprop") else {}
    ours, theirs = leaves(rng)
    b = getattr(torch.optim, name)(theirs, **options)
    for _ in range(7):
        give_gradients(ours, theirs, rng)
        b.step()
    a = getattr(optim, name)(ours, lr=0.5)
    for p, q in zip(ours, theirs, strict=True):
        p.data = ag.Value(np.array(q.detach().numpy())).data
    saved = b.state_dict()
    arrays = {
        k: {n: v.numpy() if torch.is_tensor(v) else v for n, v in entry.items()}
        for k, entry in saved["state"].items()
    }
    a.load_state_dict({"state": arrays, "param_groups": saved["param_groups"]})
    for _ in range(STEPS):
        give_gradients(ours, theirs, rng)
        a.step()
        b.step()
    assert_same(ours, theirs)


@pytest.mark.parametrize("name", OPTIONS)
def test_the_entries_of_the_state_are_named_as_in_pytorch(name, rng):
    options = {"SGD": {"momentum": 0.9}, "RMSprop": {"momentum": 0.9, "centered": True}}
    ours, theirs = leaves(rng)
    a = getattr(optim, name)(ours, **options.get(name, {}))
    b = getattr(torch.optim, name)(theirs, **options.get(name, {}))
    for p, q in zip(ours, theirs, strict=True):
        p.grad = np.ones(np.shape(p.data))
        q.grad = torch.ones_like(q)
    a.step()
    b.step()
    assert set(a.state_dict()["state"][0]) == set(b.state_dict()["state"][0])


@pytest.mark.parametrize("norm_type", [1.0, 2.0, 3.5, float("inf")])
@pytest.mark.parametrize("max_norm", [0.0, 0.5, 1e6])
def test_clipping_by_norm_agrees(norm_type, max_norm, rng):
    ours, theirs = leaves(rng)
    give_gradients(ours, theirs, rng)
    total = optim.clip_grad_norm_(ours, max_norm, norm_type)
    total_torch = torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
    np.testing.assert_allclose(total, total_torch.item(), rtol=1e-12)
    for p, q in zip(ours, theirs, strict=True):
        assert (p.grad is None) == (q.grad is None)
        if p.grad is not None:
            np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-12)


def test_clipping_by_value_agrees(rng):
    ours, theirs = leaves(rng)
    give_gradients(ours, theirs, rng)
    optim.clip_grad_value_(ours, 0.7)
    torch.nn.utils.clip_grad_value_(theirs, 0.7)
    for p, q in zip(ours, theirs, strict=True):
        if p.grad is not None:
            np.testing.assert_array_equal(p.grad, q.grad.numpy())
