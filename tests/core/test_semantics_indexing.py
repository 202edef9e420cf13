"""Indexing, functional updates, and Values where only plain numbers have a meaning."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import AutogradError, UnsupportedError

# --- indexing and updating ---------------------------------------------------------------


@pytest.mark.parametrize(
    "index",
    [
        0,
        -1,
        slice(1, None),
        (0, 1),
        (..., 0),
        None,
        [0, 2],
        (slice(None), [1, 0]),
        np.array([2, 2]),
    ],
)
def test_indexing_takes_what_numpy_takes(index):
    data = np.arange(6.0).reshape(3, 2)
    x = Value(data)
    y = x[index]
    np.testing.assert_array_equal(y.data, data[index])
    ag.sum(y * y).backward()
    expected = np.zeros((3, 2))
    np.add.at(expected, index, 2 * data[index])
    np.testing.assert_array_equal(x.grad, expected)


def test_indexing_by_a_comparison_of_values():
    x = Value(np.array([1.0, -2.0, 3.0]))
    x[x > 0].sum().backward()
    np.testing.assert_array_equal(x.grad, [1.0, 0.0, 1.0])


def test_at_makes_a_new_value_and_leaves_the_old_one():
    x, y = Value(np.zeros(3)), Value(5.0)
    changed = x.at[1].set(y)
    added = x.at[[0, 0, 2]].add(y)
    assert changed.data.tolist() == [0.0, 5.0, 0.0]
    assert added.data.tolist() == [10.0, 0.0, 5.0]
    assert x.data.tolist() == [0.0, 0.0, 0.0]
    ((changed + added) * np.array([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [2.0, 10.0, 200.0]
    assert y.grad == 10.0 + 1.0 + 1.0 + 100.0


def test_at_set_with_an_index_twice_gives_the_gradient_to_the_last():
    x, y = Value(np.zeros(3)), Value(np.array([1.0, 2.0, 3.0]))
    z = x.at[[1, 0, 1]].set(y)
    assert z.data.tolist() == [2.0, 3.0, 0.0]
    z.sum().backward()
    assert y.grad.tolist() == [0.0, 1.0, 1.0]
    assert x.grad.tolist() == [0.0, 0.0, 1.0]


def test_assignment_to_an_index_raises_and_says_what_to_use():
    x = Value(np.ones(2))
    with pytest.raises(UnsupportedError, match=r"x\.at\[index\]\.set\(value\)"):
        x[0] = 1.0
    with pytest.raises(UnsupportedError, match=r"x\.at\[index\]\.set\(value\)"):
        x.at[0] = 1.0


def test_augmented_assignment_binds_the_name_anew():
    x = old = Value(np.ones(2))
    x += 1
    x *= 2
    x -= 0.5
    x /= 7
    assert x is not old
    assert old.data.tolist() == [1.0, 1.0]
    x.sum().backward()
    np.testing.assert_allclose(old.grad, [2 / 7, 2 / 7])


# --- Values where only plain numbers have a meaning --------------------------------------

STATIC = {
    "clip": lambda x, v: ag.clip(x, v, 9.0),
    "leaky_relu": ag.leaky_relu,
    "elu": ag.elu,
    "pad": lambda x, v: ag.pad(x, 1, constant_values=v),
    "norm": ag.norm,
    "sum": lambda x, v: x.sum(axis=v),
    "roll": ag.roll,
    "getitem": lambda x, v: x[v],
    "take": ag.take,
    "tile": ag.tile,
    "repeat": ag.repeat,
    "reshape": lambda x, v: x.reshape(v, 1),
    "std": lambda x, v: x.std(ddof=v),
    "clip by a list": lambda x, v: ag.clip(x, [v, v], 9.0),
}


@pytest.mark.parametrize("name", STATIC)
def test_value_with_a_gradient_as_a_static_argument_is_not_detached_in_silence(name):
    with pytest.raises(AutogradError):
        STATIC[name](Value(np.array([1.0, 2.0])), Value(1.0))


def test_value_with_a_gradient_inside_a_list_operand_is_not_detached_in_silence():
    x = Value(np.ones(2))
    for f in (
        lambda: x + [Value(1.0), 2.0],
        lambda: ag.add([Value(1.0)], 2.0),
        lambda: x @ [Value(1.0)] * 2,
    ):
        with pytest.raises(AutogradError):
            f()


def test_detached_value_as_a_static_argument_works_or_raises():
    x = Value(np.array([1.0, 2.0]))
    try:
        y = ag.clip(x, Value(1.5).detach(), 9.0)
    except AutogradError:
        return
    np.testing.assert_array_equal(y.data, [1.5, 2.0])
