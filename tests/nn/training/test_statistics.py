"""Norms of gradients and moments of activations, against numpy on recorded arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd_core.errors import ArgumentError
from nn.optim import SGD
from nn.training import ActivationStatistics, Callback, GradientStatistics, Trainer


def build(*callbacks: Callback, **options: Any) -> Trainer:
    model = nn.Sequential(
        nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Sequential(nn.Linear(4, 5, rng=1), nn.ReLU())
    )
    optimizer = SGD(model.parameters(), lr=0.1)
    return Trainer(model, nn.MSELoss(), optimizer, callbacks=callbacks, **options)


def batches(n: int = 4) -> list[Any]:
    rng = np.random.default_rng(0)
    return [(8 * rng.normal(size=(6, 3)), rng.normal(size=(6, 5))) for _ in range(n)]


class Record(Callback):
    def __init__(self) -> None:
        self.gradients: list[dict[str, Any]] = []
        self.outputs: dict[str, list[Any]] = {}

    def on_fit_begin(self, trainer: Trainer) -> None:
        for name, module in trainer.model.named_modules():

            def note(module: Any, args: Any, out: Any, name: str = name) -> None:
                if module.training:
                    self.outputs.setdefault(name, []).append(np.array(out.data))

            module.register_forward_hook(note)

    def on_backward(self, trainer: Trainer) -> None:
        named = trainer.model.named_parameters()
        self.gradients.append({name: p.grad.copy() for name, p in named})


def test_norms_of_gradients_before_clipping() -> None:
    statistics, record = GradientStatistics(), Record()
    build(statistics, record, clip_norm=1e-3).fit(batches(), epochs=2, progress=False)
    norms = [
        {name: np.linalg.norm(grad) for name, grad in gradients.items()}
        for gradients in record.gradients
    ]
    for epoch, steps in enumerate((norms[:4], norms[4:])):
        row = list(statistics.history)[epoch]
        assert row["epoch"] == epoch + 1
        for name in norms[0]:
            assert row[name] == pytest.approx(np.mean([n[name] for n in steps]), rel=1e-6)
        totals = [np.sqrt(sum(x**2 for x in n.values())) for n in steps]
        assert row["total"] == pytest.approx(np.mean(totals), rel=1e-6)


def test_moments_zeros_and_saturation_of_activations_in_training() -> None:
    statistics, record = ActivationStatistics(), Record()
    build(statistics, record).fit(batches(), batches(2), epochs=2, progress=False)
    row = list(statistics.history)[1]
    for name in ("0", "1", "2.0", "2.1"):
        x = np.array(record.outputs[name][4:], np.float64)
        assert row[f"{name} mean"] == pytest.approx(x.mean(), rel=1e-6)
        assert row[f"{name} std"] == pytest.approx(x.std(), rel=1e-6)
        assert row[f"{name} zeros"] == pytest.approx((x == 0).mean())
    x = np.abs(record.outputs["1"][4:])
    assert row["1 saturated"] == pytest.approx((x > 0.99).mean())
    assert 0.2 < row["1 saturated"] < 0.9
    assert row["2.1 zeros"] > 0.2
    assert row["2.1 saturated"] is None
    assert "2 mean" not in row


def test_only_every_few_batches_are_looked_at() -> None:
    gradients, activations, record = GradientStatistics(3), ActivationStatistics(3), Record()
    build(gradients, activations, record).fit(batches(), progress=False)
    norms = [np.linalg.norm(g["0.weight"]) for g in record.gradients]
    assert gradients.history["0.weight"] == [pytest.approx((norms[0] + norms[3]) / 2)]
    x = np.array([record.outputs["0"][0], record.outputs["0"][3]], np.float64)
    assert activations.history["0 std"] == [pytest.approx(x.std(), rel=1e-6)]


def test_layers_are_chosen_by_path_and_let_go_at_the_end() -> None:
    statistics = ActivationStatistics(layers=["2"])
    run = build(statistics)
    run.fit(batches(), progress=False)
    assert set(statistics.history.to_dict()) == {
        "epoch", "2 mean", "2 std", "2 zeros", "2 saturated"
    }  # fmt: skip
    assert not any(module._hooks for module in run.model.modules())
    with pytest.raises(ArgumentError, match=r"no layer '3'; there are 0, 1, 2, 2\.0, 2\.1"):
        build(ActivationStatistics(layers=["3"])).fit(batches(), progress=False)


def test_a_table_of_layers_is_printed() -> None:
    statistics = ActivationStatistics()
    assert str(statistics) == "no epoch yet"
    build(statistics).fit(batches(), progress=False)
    lines = str(statistics).splitlines()
    assert lines[0].split() == ["layer", "mean", "std", "zeros", "saturated"]
    assert [line.split()[0] for line in lines[2:]] == ["0", "1", "2.0", "2.1"]
    assert len(list(statistics.history)[0]) == 17


@pytest.mark.parametrize("kind", [GradientStatistics, ActivationStatistics])
def test_every_must_be_positive(kind: Any) -> None:
    with pytest.raises(ArgumentError, match="every is 0; need at least 1"):
        kind(every=0)
