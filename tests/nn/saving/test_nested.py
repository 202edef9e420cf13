"""Nested state comes back from text and arrays as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_core.errors import ArgumentError
from nn.saving.nested import pack, unpack

numbers = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
arrays_ = st.lists(st.floats(width=32), max_size=4).map(lambda x: np.array(x, np.float32))
scalars = st.floats(width=32).map(np.float32) | st.integers(0, 9).map(np.int64)
trees = st.recursive(
    numbers | arrays_ | scalars,
    lambda tree: (
        st.lists(tree, max_size=3)
        | st.lists(tree, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(0, 3), tree, max_size=3)
    ),
    max_leaves=12,
)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray | np.generic):
        return type(a) is type(b) and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and (a == b or a != a)


@given(trees)
def test_nested_state_comes_back_with_all_its_types(tree: Any) -> None:
    text, arrays = pack(tree)
    assert same(unpack(text, arrays), tree)


def test_a_function_in_the_state_is_named_by_its_path() -> None:
    with pytest.raises(ArgumentError, match=r"schedule/0/fn is a function"):
        pack({"schedule": [{"fn": lambda: 0}]})
