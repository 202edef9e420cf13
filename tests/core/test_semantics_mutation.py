"""Row "mutation" of the table of semantics: never a silent wrong gradient."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import MutationError

HERE = Path(__file__).name


def assert_noticed(y):
    with pytest.raises(MutationError):
        y.backward()


def test_mutation_through_the_data_of_a_value_raises_and_names_op_operand_and_line():
    x = Value(np.ones(3), name="weights")
    y = (x * x).sum()  # here
    x.data[0] = 5.0
    with pytest.raises(MutationError) as caught:
        y.backward()
    text = str(caught.value)
    for part in ("multiply", "operand 0", "leaf 'weights'", HERE, "# here", "work on a copy"):
        assert part in text
    assert x.grad is None


def test_mutation_through_an_alias():
    array = np.ones(3)
    y = (Value(array) ** 2).sum()
    array += 1
    assert_noticed(y)


def test_mutation_through_a_view_made_before():
    array = np.ones(6)
    view = array[::2]
    x = Value(array)
    y = (x * x).sum()
    view[1] = 7.0
    assert_noticed(y)


def test_mutation_of_the_base_of_a_view():
    array = np.ones((2, 3))
    x = Value(array.T[1:])
    y = (x * x).sum()
    array[0, 1] = 7.0
    assert_noticed(y)


def test_mutation_through_an_alias_of_a_constant_operand():
    c, x = np.ones(3), Value(np.ones(3))
    y = (x * c).sum()
    c[2] = 7.0
    assert_noticed(y)


@pytest.mark.parametrize(
    "view",
    [
        lambda x: ag.reshape(x, (3, 2)),
        lambda x: x.T,
        lambda x: x[1:],
        lambda x: ag.broadcast_to(x, (2, 2, 3)),
        ag.identity,
        ag.ravel,
        lambda x: ag.expand_dims(x, 0),
        lambda x: ag.swapaxes(ag.flip(x, 1), 0, 1),
    ],
)
def test_mutation_of_what_a_view_op_looks_at(view):
    array = np.ones((2, 3))
    h = view(Value(array))
    y = (h * h).sum()
    array[1] = 7.0
    assert_noticed(y)


def test_mutation_through_a_buffer():
    array = np.ones(4)
    buffer = memoryview(array)
    x = Value(array)
    y = (x * x).sum()
    buffer[0] = 7.0
    assert_noticed(y)


@pytest.mark.parametrize("size", [4, 4000])
def test_mutation_through_a_view_made_before_the_array_was_set_read_only(size):
    array = np.ones(size)
    view = array[:]
    array.flags.writeable = False
    x = Value(array)
    y = (x * x).sum()
    view[0] = 7.0
    assert_noticed(y)


@pytest.mark.parametrize("shape", [(100, 100), (3, 1024), (1025,), (513, 2), (4, 5, 64)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mutation_of_one_element_of_a_large_array(shape, dtype, rng):
    array = rng.normal(size=shape).astype(dtype)
    for at in (0, array.size // 2, array.size - 1):
        x = Value(array)
        y = (x * x).sum()
        array.flat[at] += 1
        assert_noticed(y)


@pytest.mark.parametrize("shape", [(100, 100), (4, 1024), (2048, 1), (8, 128), (16, 1024)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mutation_that_permutes_the_rows_of_a_large_array(shape, dtype, rng):
    array = rng.normal(size=shape).astype(dtype)
    x = Value(array)
    y = (x * x).sum()
    array[[0, 1]] = array[[1, 0]]
    assert_noticed(y)
    y = (x * x).sum()
    rng.shuffle(array)
    assert_noticed(y)


def test_mutation_that_swaps_the_signs_of_a_large_array(rng):
    array = rng.normal(size=5000)
    x = Value(array)
    y = (x * x).sum()
    array *= -1
    assert_noticed(y)


def test_mutation_of_an_array_that_is_not_contiguous(rng):
    owner = rng.normal(size=(200, 100))
    x = Value(owner.T[::2])
    y = (x * x).sum()
    owner[7, 4] = 7.0
    assert_noticed(y)
    y = (x * x).sum()
    owner[7, 5] = 7.0  # in a column that the view skips
    y.backward()


@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.bool_])
def test_mutation_of_an_integer_operand(dtype):
    counts, x = np.ones(3, dtype), Value(np.ones(3))
    y = (x * counts).sum()
    counts[0] = 0
    assert_noticed(y)


def test_mutation_of_a_condition():
    condition, x = np.array([True, False]), Value(np.ones(2))
    y = ag.where(condition, x, 0.0).sum()
    condition[:] = [False, True]
    assert_noticed(y)


@pytest.mark.parametrize("f", [lambda a: a * a, lambda a: a + 1, ag.exp, lambda a: 2 / a])
def test_mutation_of_a_float_leaf(f):
    a = Value(2.0)
    y = f(a)
    a.data = 7.0
    assert_noticed(y)
    assert a.grad is None


def test_mutation_by_putting_another_array_into_a_value():
    x = Value(np.ones(3))
    y = (x * x).sum()
    x.data = np.ones(3)
    assert_noticed(y)


def test_mutation_of_an_intermediate_by_assignment():
    x = Value(2.0)
    h = x * x
    y = ag.exp(h)
    h.data = 1.0
    assert_noticed(y)


def test_results_of_ops_are_read_only():
    x = Value(np.ones((2, 3)))
    for y in (
        x * 2,
        x.T,
        x[0],
        x.reshape(6),
        ag.identity(x),
        ag.softmax(x),
        ag.concatenate([x, x]),
    ):
        with pytest.raises(ValueError, match="read-only"):
            y.data[...] = 5.0
    x.data[0, 0] = 2.0  # the user's own array stays writable


def test_mutation_of_what_a_checkpoint_captured():
    w = Value(np.ones(3))
    y = ag.checkpoint(lambda x: x * w)(Value(np.ones(3))).sum()
    w.data[0] = 5.0
    assert_noticed(y)


def test_mutation_is_noticed_in_forward_mode():
    x = Value(np.ones(3))
    y = (x * x).sum()
    x.data[0] = 5.0
    with pytest.raises(MutationError):
        ag.forward.sweep(y, {x: np.ones(3)})


def test_updating_parameters_after_backward_is_fine():
    w, b = Value(np.ones(3)), Value(1.0)
    for step in range(3):
        loss = ((w * 2 + b) ** 2).sum()
        loss.backward()
        w.data -= 0.01 * w.grad  # in place
        b.data = b.data - 0.01 * b.grad
        w.grad = b.grad = None
        assert loss.data < 27.1 - step
