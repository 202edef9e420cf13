"""The kernels of the recurrent ops where they take other ways than on small arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.kernels import sequences

OPS = {"rnn": (ag.rnn, 1, 1, {}), "lstm": (ag.lstm, 4, 2, {}), "gru": (ag.gru, 3, 1, {}),
       "gru before": (ag.gru, 3, 1, {"reset_after": False})}  # fmt: skip
EACH = pytest.mark.parametrize(("op", "gates", "states", "options"), OPS.values(), ids=OPS)
T, N, D, H = 11, 4, 3, 8


def operands(gates: int, states: int, scale: float = 1.0) -> list[Any]:
    rng = np.random.default_rng(20260104)
    shapes = [(T, N, D), *[(N, H)] * states, (gates * H, D), (gates * H, H), (gates * H,),
              (gates * H,)]  # fmt: skip
    return [scale * rng.normal(size=shape) for shape in shapes]


def gradients(op: Any, arrays: list[Any], **options: Any) -> list[Any]:
    leaves = [ag.Value(a) for a in arrays]
    out = op(*leaves, **options)
    out.backward(np.cos(np.arange(out.size)).reshape(out.shape))
    return [out.data, *(leaf.grad for leaf in leaves)]


@pytest.mark.parametrize("lengths", [None, (3, 11, 0, 7)])
@pytest.mark.parametrize("reverse", [False, True])
@EACH
def test_ranges_of_steps_and_blocks_of_rows_change_nothing(
    op: Any, gates: int, states: int, options: Any, reverse: bool, lengths: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    arrays = operands(gates, states)
    options = options | {"reverse": reverse, "lengths": lengths}
    expected = gradients(op, arrays, **options)
    monkeypatch.setattr(sequences, "CHUNK_BYTES", 3 * 5 * H * N * 8)
    monkeypatch.setattr(sequences, "BLOCK_WORK", 64)
    for a, b in zip(gradients(op, arrays, **options), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)


@EACH
def test_large_arrays_give_what_the_definition_gives(
    op: Any, gates: int, states: int, options: Any
) -> None:
    rng = np.random.default_rng(0)
    size, width, steps, count = 96, 33, 40, 20
    shapes = [(steps, count, width), *[(count, size)] * states, (gates * size, width),
              (gates * size, size), (gates * size,), (gates * size,)]  # fmt: skip
    arrays = [0.1 * rng.normal(size=shape) for shape in shapes]
    lengths = tuple(rng.integers(0, steps + 1, count).tolist())
    options = options | {"lengths": lengths}
    defined = ag.composite(op.definition, name="defined", arity=None)
    expected = gradients(defined, arrays, **options)
    for a, b in zip(gradients(op, arrays, **options), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-11 * np.abs(b).max())


@EACH
def test_graph_that_is_held_is_not_written_over(
    op: Any, gates: int, states: int, options: Any
) -> None:
    first, second = operands(gates, states), operands(gates, states, 0.5)
    expected = gradients(op, first, **options)
    leaves = [ag.Value(a) for a in first]
    out = op(*leaves, **options)
    gradients(op, second, **options)  # would take the same memory, were it free
    g = np.cos(np.arange(out.size)).reshape(out.shape)
    out.backward(g, retain_graph=True)
    gradients(op, second, **options)
    out.backward(g)
    np.testing.assert_array_equal(out.data, expected[0])
    for leaf, c in zip(leaves, expected[1:], strict=True):
        np.testing.assert_allclose(leaf.grad, 2 * c, rtol=1e-12)


@EACH
def test_saturated_gates_neither_warn_nor_overflow(
    op: Any, gates: int, states: int, options: Any
) -> None:
    for c in gradients(op, operands(gates, states, 1e4), **options):
        assert np.all(np.isfinite(c))


@EACH
def test_only_wanted_cotangents_are_returned(
    op: Any, gates: int, states: int, options: Any
) -> None:
    arrays = operands(gates, states)
    every = gradients(op, arrays, **options)[1:]
    for i in range(len(arrays)):
        mixed = [ag.Value(a) if k == i else a for k, a in enumerate(arrays)]
        out = op(*mixed, **options)
        out.backward(np.cos(np.arange(out.size)).reshape(out.shape))
        np.testing.assert_allclose(mixed[i].grad, every[i], rtol=1e-12)


def test_lists_and_integers_are_operands_like_any_other() -> None:
    out = ag.rnn([[[1]], [[2]]], [[0]], [[1]], [[1]], nonlinearity="relu")
    np.testing.assert_array_equal(out.ravel(), [1.0, 3.0, 3.0])
