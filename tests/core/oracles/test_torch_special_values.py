"""The special values of each Domain against PyTorch: equal, but for an agreed few."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
from autograd_core.ops import OPS  # noqa: E402
from tests.core.oracles import torch_ops  # noqa: E402
from tests.core.special_points import array_points, elementwise_points  # noqa: E402

DIFFERENT = {
    "clip": "at a bound PyTorch gives 1; 0 is the minimum-norm subgradient",
    "cbrt": "PyTorch has none, and that of |x| ** (1/3) is nan at 0; the limit is inf",
    "logaddexp": "of two -inf PyTorch gives nan; no small change of either moves the sum: 0",
    "logsumexp": "of nothing but -inf, likewise",
}
"""Ops whose gradient differs at some special value, and why ours is what it is."""


def is_different(op: ag.Op, inputs: tuple[Any, ...], params: dict[str, Any]) -> bool:
    if op.name == "clip":
        return inputs[0] in params.values()
    if op.name == "cbrt":
        return inputs == (0.0,)
    if op.name in ("logaddexp", "logsumexp"):
        return bool(np.all(np.array(inputs) == -inf))
    return False


def calls() -> dict[str, tuple[ag.Op, tuple[Any, ...], dict[str, Any]]]:
    found: dict[str, tuple[ag.Op, tuple[Any, ...], dict[str, Any]]] = {}
    for name, op in OPS.items():
        for point, params in elementwise_points(op):
            found[f"{name}{point}{params or ''}"] = (op, point, params)
        for k, (x, case) in enumerate(array_points(op)):
            found[f"{name}{case!r}-{k}"] = (op, (x,), case.params)
    return found


def gradients(
    op: ag.Op, inputs: tuple[Any, ...], params: dict[str, Any]
) -> tuple[Any, list[Any], Any]:
    """Result, gradients, and the cotangent they are of."""
    leaves = [ag.Value(x) for x in inputs]
    out = op(*leaves, **params)
    g = np.arange(1.0, 1.0 + out.size).reshape(out.shape)[()]
    out.backward(g)
    return out.data, [leaf.grad for leaf in leaves], g


@pytest.mark.parametrize(("op", "inputs", "params"), calls().values(), ids=calls())
def test_special_value_agrees_with_torch(
    op: ag.Op, inputs: tuple[Any, ...], params: dict[str, Any]
) -> None:
    with np.errstate(all="ignore"):
        out, actual, g = gradients(op, inputs, params)
    varying = range(len(inputs))
    value, expected = torch_ops.result_and_gradients(op, inputs, params, varying, g)
    np.testing.assert_allclose(out, value, rtol=1e-10, atol=1e-300)
    same = all(
        np.allclose(c, e, rtol=torch_ops.tolerance(op), atol=1e-12, equal_nan=True)
        for c, e in zip(actual, expected, strict=True)
    )
    assert same != is_different(op, inputs, params), (actual, expected)


def test_every_agreed_difference_has_its_reason() -> None:
    assert set(DIFFERENT) == {op.name for op, *call in calls().values() if is_different(op, *call)}
