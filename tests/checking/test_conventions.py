"""The table of conventions: each row is what we give, and what PyTorch and JAX give."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.ops import OPS
from docs import conventions
from docs.conventions import ROWS, TIES, Row
from tests.core import test_ops_special_values

IDS = [row.call for row in ROWS]


def operands(row: Row) -> list[Any]:
    return [np.array(x) if isinstance(x, list) else x for x in row.inputs]


def cotangent(out: Any) -> Any:
    """1, or 1, 2, … in the shape of a result."""
    return np.arange(1.0, 1.0 + np.size(out)).reshape(np.shape(out))[()]


def params(row: Row) -> dict[str, Any]:
    return {name: np.array(x) if isinstance(x, list) else x for name, x in row.params.items()}


def assert_row(actual: Any, expected: Any) -> None:
    assert len(actual) == len(expected)
    for a, e in zip(actual, expected, strict=True):
        np.testing.assert_allclose(np.asarray(a), e, rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_our_gradient_is_the_row_s_in_both_modes(row: Row) -> None:
    op, xs = OPS[row.op], operands(row)
    with np.errstate(all="ignore"):
        leaves = [ag.Value(x) for x in xs]
        out = op(*leaves, **params(row))
        g = cotangent(out)
        out.backward(g)
        assert_row([leaf.grad for leaf in leaves], row.ours)
        ones = [np.ones(leaf.shape)[()] for leaf in leaves]
        pushed = ag.jvp(lambda *xs: op(*xs, **params(row)), xs, ones)[1]
    total = sum(float(np.sum(c)) for c in row.ours)
    if math.isfinite(total):
        np.testing.assert_allclose(np.sum(g * pushed), total, rtol=1e-9)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if not any(isinstance(x, list) for x in row.inputs)],
    ids=lambda row: row.call)  # fmt: skip
def test_arrays_have_the_convention_of_scalars(row: Row) -> None:
    leaves = [ag.Value(np.array([x, x])) for x in row.inputs]
    with np.errstate(all="ignore"):
        OPS[row.op](*leaves, **params(row)).sum().backward()
    for leaf, c in zip(leaves, row.ours, strict=True):
        np.testing.assert_allclose(leaf.grad, [c, c], rtol=1e-9)


@pytest.mark.parametrize("row", [row for row in ROWS if row.torch is not None],
                         ids=lambda row: row.call)  # fmt: skip
def test_gradient_of_torch_is_the_row_s(row: Row) -> None:
    pytest.importorskip("torch")
    from tests.core.oracles import torch_ops

    with np.errstate(all="ignore"):
        g = cotangent(OPS[row.op](*operands(row), **params(row)))
    everything = range(len(row.inputs))
    actual = torch_ops.result_and_gradients(OPS[row.op], operands(row), params(row), everything, g)
    assert_row(actual[1], row.torch)


@pytest.fixture(scope="module")
def jax() -> Iterator[Any]:
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield jax
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("row", [row for row in ROWS if row.jax is not None],
                         ids=lambda row: row.call)  # fmt: skip
def test_gradient_of_jax_is_the_row_s(row: Row, jax: Any) -> None:
    from tests.core.oracles import jax_ops

    function = jax.numpy.linalg.norm if row.op == "norm" else jax_ops.translated(OPS[row.op])
    inputs = [jax.numpy.asarray(x) for x in operands(row)]
    out, pullback = jax.vjp(lambda *xs: function(*xs, **params(row)), *inputs)
    assert_row(pullback(jax.numpy.asarray(cotangent(out))), row.jax)


@pytest.mark.parametrize("row", TIES, ids=lambda row: row.call)
def test_weights_of_a_tie_sum_to_one(row: Row) -> None:
    assert sum(float(np.sum(np.abs(c))) for c in row.ours) == 1.0


@pytest.mark.parametrize("name", ["max", "min"])
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 2)])
def test_weights_of_ties_sum_to_one_in_every_reduction(name: str, axis: Any) -> None:
    x = np.random.default_rng(20260101).integers(0, 2, (3, 4, 2)).astype(float)
    out, pullback = ag.vjp(lambda x: OPS[name](x, axis), x)
    weights = pullback(np.ones(np.shape(out))[()])[0]
    np.testing.assert_allclose(np.sum(weights, axis), np.ones(np.shape(out)))
    assert np.all(weights >= 0)


def test_every_op_with_a_kink_a_pole_or_a_tie_is_in_the_table() -> None:
    declared = {name for name, op in OPS.items() if any(domain.kinks for domain in op.domain)}
    agreed = test_ops_special_values.KINKS | test_ops_special_values.POLES
    known = {point.partition("(")[0] for point in agreed}
    arrays = {"prod", "cumprod", "norm", "std", "max", "min", "softmax", "log_softmax", "logsumexp"}
    assert declared | known | arrays <= {row.op for row in ROWS}


def test_every_difference_from_torch_says_why() -> None:
    for row in ROWS:
        assert row.why and "\n" not in row.why and "|" not in row.why
    assert {row.op for row in ROWS if not same(row.ours, row.torch)} == {
        "cbrt", "clip", "det", "logaddexp", "logsumexp", "scatter_set",
    }  # fmt: skip


def same(ours: Any, theirs: Any) -> bool:
    if theirs is None:
        return False
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(ours, theirs, strict=True))


def test_no_call_stands_twice() -> None:
    assert len(set(IDS)) == len(ROWS)


def test_page_is_what_the_rows_say() -> None:
    assert conventions.main(["--check"]) == 0


def test_page_that_is_out_of_date_is_noticed(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(conventions, "PAGE", tmp_path / "conventions.md")
    assert conventions.main(["--check"]) == 1
    assert "run python -m docs.conventions --write" in capsys.readouterr().err
    assert conventions.main(["--write"]) == 0
    assert conventions.main(["--check"]) == 0
    assert conventions.main([]) == 0
    assert capsys.readouterr().out == conventions.page()
