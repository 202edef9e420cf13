"""Every op at every case against PyTorch in float64."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
from autograd_core.ops import OPS  # noqa: E402
from tests.core.numeric import assert_close  # noqa: E402
from tests.core.op_checks import Trial, op_cases  # noqa: E402
from tests.core.oracles import torch_ops  # noqa: E402

CASES = {label: x for label, x in op_cases().items() if x[0].name not in torch_ops.MISSING}


def test_every_op_has_a_counterpart_or_a_reason() -> None:
    for name, op in OPS.items():
        assert (name in torch_ops.MISSING) != (torch_ops.translated(op) is not None), name


@pytest.mark.parametrize(("op", "case"), CASES.values(), ids=CASES)
def test_op_agrees_with_torch(op: ag.Op, case: ag.Case) -> None:
    trial = Trial.of(op, case)
    out, gradients = torch_ops.result_and_gradients(
        op, trial.inputs, trial.params, trial.varying, trial.g
    )
    tolerance = torch_ops.tolerance(op)
    assert_close(f"{op.name}{case!r}", trial.call(*trial.point), out, tolerance)
    for k, c in enumerate(trial.pull(trial.g, *trial.point)):
        what = f"{op.name}{case!r}: gradient of operand {trial.varying[k]}"
        assert_close(what, c, gradients[k], tolerance)
