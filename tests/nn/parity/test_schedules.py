"""Schedules beside PyTorch's: the same rates and momenta over 100 steps, with every option."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import autograd_core as ag
from nn import optim
from nn.optim import lr_scheduler as ours

torch = pytest.importorskip("torch")
from torch.optim import lr_scheduler as theirs  # noqa: E402

STEPS = 100

# Name, positional and keyword arguments.
CASES = [
    ("LambdaLR", (lambda t: 0.95**t,), {}),
    ("LambdaLR", ([lambda t: 1 / (1 + t), lambda t: 1.0],), {}),
    ("StepLR", (7,), {}),
    ("StepLR", (1,), {"gamma": 0.97}),
    ("MultiStepLR", ([30, 10, 70],), {"gamma": 0.3}),
    ("MultiStepLR", ([0, 10, 10, 99],), {"gamma": 0.5}),
    ("ConstantLR", (), {}),
    ("ConstantLR", (), {"factor": 0.25, "total_iters": 40}),
    ("LinearLR", (), {}),
    ("LinearLR", (), {"start_factor": 0.1, "end_factor": 0.7, "total_iters": 60}),
    ("LinearLR", (), {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 30}),
    ("ExponentialLR", (0.93,), {}),
    ("PolynomialLR", (), {}),
    ("PolynomialLR", (), {"total_iters": 80, "power": 2.5}),
    ("CosineAnnealingLR", (50,), {}),
    ("CosineAnnealingLR", (7,), {"eta_min": 0.01}),
    ("CosineAnnealingLR", (1,), {"eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", (10,), {}),
    ("CosineAnnealingWarmRestarts", (3,), {"T_mult": 2, "eta_min": 0.02}),
    ("CosineAnnealingWarmRestarts", (1,), {"T_mult": 3}),
    ("CyclicLR", (0.01, 0.4), {"step_size_up": 9}),
    ("CyclicLR", ([0.01, 0.02], [0.4, 0.3]), {"step_size_up": 5, "step_size_down": 13}),
    ("CyclicLR", (0.01, 0.4), {"step_size_up": 6, "mode": "triangular2"}),
    ("CyclicLR", (0.01, 0.4), {"step_size_up": 6, "mode": "exp_range", "gamma": 0.98}),
    (
        "CyclicLR",
        (0.01, 0.4),
        {"step_size_up": 4, "base_momentum": [0.5, 0.6], "max_momentum": 0.95},
    ),
    ("CyclicLR", (0.01, 0.4), {"step_size_up": 4, "cycle_momentum": False}),
    ("CyclicLR", (0.01, 0.4), {"step_size_up": 4, "scale_fn": lambda c: 1 / c}),
    (
        "CyclicLR",
        (0.01, 0.4),
        {"step_size_up": 4, "scale_fn": lambda t: 0.9**t, "scale_mode": "iterations"},
    ),
    ("OneCycleLR", (1.0,), {"total_steps": STEPS}),
    ("OneCycleLR", ([1.0, 0.3],), {"epochs": 10, "steps_per_epoch": 11, "pct_start": 0.45}),
    ("OneCycleLR", (1.0,), {"total_steps": 130, "three_phase": True}),
    (
        "OneCycleLR",
        (1.0,),
        {"total_steps": STEPS + 1, "anneal_strategy": "linear", "div_factor": 3.0},
    ),
    ("OneCycleLR", (1.0,), {"total_steps": 120, "final_div_factor": 7.0, "pct_start": 0.0}),
    (
        "OneCycleLR",
        (1.0,),
        {"total_steps": 120, "base_momentum": 0.6, "max_momentum": [0.8, 0.9]},
    ),
    ("OneCycleLR", (1.0,), {"total_steps": 120, "cycle_momentum": False}),
]
IDS = [f"{name}-{i}" for i, (name, _, _) in enumerate(CASES)]


@pytest.fixture(autouse=True)
def without_the_warning_about_order():
    """PyTorch warns where the optimiser's step does not come first; here there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def optimizers(name="SGD", **options):
    """Two groups with rates of their own, ours and PyTorch's."""
    made = []
    for module, leaf in (
        (optim, lambda: ag.Value(1.0)),
        (torch.optim, lambda: torch.ones((), requires_grad=True)),
    ):
        groups = [{"params": [leaf()]}, {"params": [leaf()], "lr": 0.2}]
        made.append(getattr(module, name)(groups, lr=0.5, **options))
    return made


def seen(optimizer):
    """All that a schedule may change, as numbers."""
    return [
        value
        for group in optimizer.param_groups
        for value in (group["lr"], group.get("momentum", 0.0), *group.get("betas", ()))
    ]


def follow(a, b, scheduler, scheduler_torch, steps=STEPS):
    for step in range(steps):
        np.testing.assert_allclose(
            seen(a), seen(b), rtol=1e-10, atol=1e-15, err_msg=f"at step {step}"
        )
        np.testing.assert_allclose(
            scheduler.get_last_lr(), scheduler_torch.get_last_lr(), rtol=1e-10, atol=1e-15
        )
        scheduler.step()
        scheduler_torch.step()


@pytest.mark.parametrize(("name", "args", "kwargs"), CASES, ids=IDS)
@pytest.mark.parametrize(("kind", "options"), [("SGD", {"momentum": 0.9}), ("Adam", {})])
def test_rates_and_momenta_agree(name, args, kwargs, kind, options):
    a, b = optimizers(kind, **options)
    scheduler, scheduler_torch = (
        getattr(module, name)(optimizer, *args, **kwargs)
        for module, optimizer in ((ours, a), (theirs, b))
    )
    follow(a, b, scheduler, scheduler_torch)


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [case for case in CASES if case[0] not in ("CyclicLR", "OneCycleLR")],
)
def test_resuming_with_last_epoch_agrees(name, args, kwargs):
    if kwargs.get("T_mult", 1) > 1:
        pytest.skip("PyTorch resumes in the wrong period here; see test_schedules")
    a, b = optimizers()
    for optimizer in (a, b):
        for group in optimizer.param_groups:
            group["initial_lr"] = 0.6
    made = [
        getattr(module, name)(optimizer, *args, **kwargs, last_epoch=4)
        for module, optimizer in ((ours, a), (theirs, b))
    ]
    follow(a, b, *made, steps=20)


@pytest.mark.parametrize(
    "options",
    [
        {"patience": 2},
        {"patience": 0, "cooldown": 3, "factor": 0.5},
        {"mode": "max", "patience": 1, "threshold": 0.05},
        {"threshold_mode": "abs", "threshold": 0.2, "patience": 1},
        {"mode": "max", "threshold_mode": "abs", "threshold": 0.2, "patience": 1},
        {"min_lr": [1e-3, 1e-2], "patience": 1},
        {"min_lr": 0.1, "patience": 1, "eps": 0.05},
    ],
)
@pytest.mark.parametrize("offset", [3.0, -3.0])
def test_plateau_agrees(options, offset, rng):
    a, b = optimizers()
    scheduler, scheduler_torch = (
        ours.ReduceLROnPlateau(a, **options),
        theirs.ReduceLROnPlateau(b, **options),
    )
    for step in range(STEPS):
        metric = offset + float(np.exp(-step / 20)) + 0.1 * rng.normal()
        metric = float("nan") if step == 40 else metric
        scheduler.step(metric)
        scheduler_torch.step(metric)
        np.testing.assert_allclose(seen(a), seen(b), rtol=1e-12)


def parts(module, optimizer):
    return [
        module.LinearLR(optimizer, 0.2, total_iters=8),
        module.CosineAnnealingLR(optimizer, 30),
        module.StepLR(optimizer, 5),
        module.CosineAnnealingWarmRestarts(optimizer, 6),
        module.ExponentialLR(optimizer, 0.9),
        module.ConstantLR(optimizer, 0.5, 4),
        module.PolynomialLR(optimizer, 15),
        module.MultiStepLR(optimizer, [2, 5]),
        module.LambdaLR(optimizer, lambda t: 0.9**t),
    ]


def test_a_sequence_of_all_schedules_agrees():
    a, b = optimizers()
    milestones = [8, 20, 32, 45, 55, 63, 75, 84]
    follow(
        a,
        b,
        ours.SequentialLR(a, parts(ours, a), milestones),
        theirs.SequentialLR(b, parts(theirs, b), milestones),
    )


def test_a_sequence_whose_first_part_is_over_at_once_agrees():
    a, b = optimizers()
    follow(
        a,
        b,
        ours.SequentialLR(a, parts(ours, a)[:2], [0]),
        theirs.SequentialLR(b, parts(theirs, b)[:2], [0]),
    )


def test_a_chain_agrees():
    a, b = optimizers()

    def chain(module, optimizer):
        return module.ChainedScheduler(
            [
                module.LinearLR(optimizer, 0.2, total_iters=8),
                module.ExponentialLR(optimizer, 0.97),
                module.StepLR(optimizer, 12),
            ]
        )

    follow(a, b, chain(ours, a), chain(theirs, b))


def test_arguments_are_those_of_pytorch_in_order():
    import inspect

    # The deprecated arguments of PyTorch, and one of each that we leave out, come last.
    left_out = {"SequentialLR": {"last_epoch"}, "ChainedScheduler": {"optimizer"}}
    for name in ours.__all__:
        expected, actual = (
            inspect.signature(getattr(module, name)).parameters for module in (theirs, ours)
        )
        wanted = [p for p in expected if p not in left_out.get(name, ())]
        assert list(actual) == wanted, name
        for parameter in wanted:
            assert actual[parameter].default == expected[parameter].default, (name, parameter)
