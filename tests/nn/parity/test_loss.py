"""Every loss beside PyTorch's, with all combinations of its options, values and gradients."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn

from .compare import assert_close

torch = pytest.importorskip("torch")

REDUCTIONS = ("mean", "sum", "none")


def combinations(**options: Any) -> list[dict[str, Any]]:
    """Every choice of one value of each option; ``None`` leaves the option out."""
    return [
        {name: value for name, value in zip(options, values, strict=True) if value is not None}
        for values in itertools.product(*options.values())
    ]


def compare(name: str, options: dict[str, Any], x: Any, target: Any, at: str = "") -> None:
    """The loss, and the gradients of the input and of a floating-point target."""
    theirs = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
    ours = getattr(nn, name)(**options)
    ours.to("float64")
    value, tensor = ag.Value(x), torch.tensor(x, requires_grad=True)
    floating = np.asarray(target).dtype.kind == "f"
    target_value = ag.Value(target) if floating else target
    target_tensor = torch.tensor(target, requires_grad=floating)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # KLDivLoss about its own default
        out = ours(value, target_value)
        expected = getattr(torch.nn, name)(**theirs)(tensor, target_tensor)
    what = f"{name} {options} {at}"
    assert_close(out.data, expected.detach().numpy(), what)
    g = np.random.default_rng(1).normal(size=expected.shape)
    out.backward(g)
    expected.backward(torch.tensor(g))
    assert_close(value.grad, tensor.grad.numpy(), f"{what}: gradient")
    if floating:
        assert_close(target_value.grad, target_tensor.grad.numpy(), f"{what}: that of the target")


@pytest.mark.parametrize("options", combinations(
    weight=(None, np.array([0.5, 1.0, 2.0, 0.0, 0.3])), ignore_index=(None, 2, -1),
    label_smoothing=(None, 0.1, 1.0), reduction=REDUCTIONS), ids=str)  # fmt: skip
def test_cross_entropy_of_classes(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    for shape in ((7, 5), (3, 5, 2), (2, 5, 3, 2), (5,)):
        x = rng.normal(size=shape) * 4
        axis = min(len(shape) - 1, 1)
        target = rng.integers(0, 5, shape[:axis] + shape[axis + 1 :])
        if options.get("ignore_index") == -1 and target.size > 3:
            target.flat[::3] = -1
        if len(shape) == 1 and options.get("ignore_index") == target:
            continue  # nothing would count
        if len(shape) == 1 and "weight" in options and target == 3:
            continue
        compare("CrossEntropyLoss", options, x, target, str(shape))


@pytest.mark.parametrize("options", combinations(
    weight=(None, np.array([0.5, 1.0, 2.0, 0.0, 0.3])), label_smoothing=(None, 0.1),
    reduction=REDUCTIONS), ids=str)  # fmt: skip
def test_cross_entropy_of_probabilities(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    for shape in ((7, 5), (3, 5, 2), (2, 5, 3, 2), (5,)):
        target = rng.dirichlet(np.ones(5), size=shape[:1] + shape[2:])
        target = np.moveaxis(target, -1, 1).copy() if len(shape) > 1 else target[0]
        compare("CrossEntropyLoss", options, rng.normal(size=shape) * 4, target, str(shape))


@pytest.mark.parametrize("options", combinations(
    weight=(None, np.array([0.5, 1.0, 2.0, 0.0, 0.3])), ignore_index=(None, 2, -1),
    reduction=REDUCTIONS), ids=str)  # fmt: skip
def test_nll(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    for shape in ((7, 5), (3, 5, 2), (2, 5, 3, 2)):
        target = rng.integers(0, 5, shape[:1] + shape[2:])
        if options.get("ignore_index") == -1:
            target.flat[::3] = -1
        compare("NLLLoss", options, np.log(rng.uniform(0.01, 1, shape)), target, str(shape))
    compare("NLLLoss", {"reduction": "sum"}, rng.normal(size=5), np.array(3))


@pytest.mark.parametrize("options", combinations(
    weight=(None, np.array([[0.5], [2.0], [0.0]]), np.array([1.0, 2.0, 3.0, 0.5])),
    pos_weight=(None, np.array([3.0]), np.array([1.0, 2.0, 3.0, 0.5])), reduction=REDUCTIONS),
    ids=str)  # fmt: skip
def test_binary_cross_entropy_with_logits(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 4)) * 5
    x[0] = [0.0, 1000.0, -1000.0, 40.0]
    for target in (rng.random((3, 4)), np.round(rng.random((3, 4)))):
        compare("BCEWithLogitsLoss", options, x, target)


@pytest.mark.parametrize("options", combinations(
    weight=(None, np.array([[0.5], [2.0], [0.0]])), reduction=REDUCTIONS), ids=str)  # fmt: skip
def test_binary_cross_entropy(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(0.001, 0.999, (3, 4))
    for target in (rng.random((3, 4)), np.round(rng.random((3, 4)))):
        compare("BCELoss", options, x, target)


def test_binary_cross_entropy_of_certainty_has_the_value_of_torch() -> None:
    p, y = np.array([0.0, 0.0, 1.0, 1.0, 1e-60]), np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    expected = torch.nn.BCELoss(reduction="none")(torch.tensor(p), torch.tensor(y))
    assert_close(nn.BCELoss(reduction="none")(p, y), expected.numpy(), "BCELoss")


REGRESSION: dict[str, list[dict[str, Any]]] = {
    "MSELoss": [{}],
    "L1Loss": [{}],
    "HuberLoss": [{}, {"delta": 0.3}, {"delta": 2.0}],
    "SmoothL1Loss": [{}, {"beta": 0.3}, {"beta": 2.0}, {"beta": 0.0}],
}
REGRESSIONS = [(name, kwargs) for name, all_ in REGRESSION.items() for kwargs in all_]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "kwargs"), REGRESSIONS)
def test_regression_loss(name: str, kwargs: dict[str, Any], reduction: str) -> None:
    rng = np.random.default_rng(0)
    for shape in ((), (5,), (4, 3), (2, 3, 4)):
        x, y = rng.normal(size=shape) * 2, rng.normal(size=shape)
        compare(name, kwargs | {"reduction": reduction}, x, y, str(shape))
    x = np.array([0.0, 0.3, -0.3, 1.0, -1.0, 2.0, 0.0])  # the kinks
    compare(name, kwargs | {"reduction": reduction}, x, np.zeros(7), "kinks")


@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("reduction", [*REDUCTIONS, "batchmean"])
def test_kl_divergence(reduction: str, log_target: bool) -> None:
    rng = np.random.default_rng(0)
    for shape in ((4, 5), (2, 5, 3), (5,)):
        x, y = np.log(rng.uniform(0.1, 1, shape)), rng.uniform(0.1, 1, shape)
        options = {"reduction": reduction, "log_target": log_target}
        compare("KLDivLoss", options, x, np.log(y) if log_target else y, str(shape))


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("margin", [1.0, 0.3])
def test_hinge_embedding(margin: float, reduction: str) -> None:
    rng = np.random.default_rng(0)
    for shape in ((6,), (3, 4)):
        target = rng.choice([-1, 1], shape)
        options = {"margin": margin, "reduction": reduction}
        compare("HingeEmbeddingLoss", options, rng.normal(size=shape), target, str(shape))


@pytest.mark.parametrize("options", combinations(
    p=(1, 2), margin=(1.0, 0.4), weight=(None, np.array([0.5, 1.0, 2.0, 0.0, 0.3])),
    reduction=REDUCTIONS), ids=str)  # fmt: skip
def test_multi_margin(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    compare("MultiMarginLoss", options, rng.normal(size=(6, 5)), rng.integers(0, 5, 6))
    compare("MultiMarginLoss", options, rng.normal(size=5), np.array(2), "one example")


@pytest.mark.parametrize("options", combinations(
    reduction=("mean", "sum"), label_smoothing=(None, 0.1)), ids=str)  # fmt: skip
def test_nothing_counts(options: dict[str, Any]) -> None:
    x, target = np.random.default_rng(0).normal(size=(3, 4)), np.full(3, -100)
    tensor = torch.tensor(x, requires_grad=True)
    expected = torch.nn.CrossEntropyLoss(**options)(tensor, torch.tensor(target))
    expected.backward()
    value = ag.Value(x)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loss = nn.CrossEntropyLoss(**options)(value, target)
    loss.backward()
    np.testing.assert_array_equal(loss.data, expected.item())
    np.testing.assert_array_equal(value.grad, tensor.grad.numpy())
    is_mean = options["reduction"] == "mean"
    assert ["every target is -100" in str(w.message) for w in caught] == [True] * is_mean
