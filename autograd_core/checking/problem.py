"""What is checked: a function, the arrays to differentiate by, and how to run it either way."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from ..context import enable_grad
from ..errors import ArgumentError
from ..tree import flatten
from ..value import Value, as_data, is_floating
from .differences import Sampler
from .recording import Recording, names_of, vector

__all__ = ["Leaf", "Problem", "named_parameters"]


class Leaf(NamedTuple):
    """An array to differentiate by.

    Attributes
    ----------
    name : str
        ``x``, ``state[0]``, ``p['w']``, or that of the parameter.
    data : ndarray
        Its value, in the dtype in which it is checked; 0-d for a number.
    value : Value or None
        The parameter that f closes over; ``None`` for an input.
    """

    name: str
    data: Any
    value: Value | None = None


class Problem:
    """A function of Values with its inputs and parameters.

    Parameters
    ----------
    f : callable
    inputs : tuple or any
        The arguments; what is not a tuple is the only one.
    params : mapping, object with named_parameters(), or None
        Values that f closes over.
    dtype : dtype, "keep" or None
        By default float64.

    Attributes
    ----------
    leaves : list of Leaf
    unchecked : list of str
        What among the inputs has no gradient, and why.
    """

    def __init__(self, f: Callable[..., Any], inputs: Any, params: Any, dtype: Any) -> None:
        self.f = f
        self.args = inputs if isinstance(inputs, tuple) else (inputs,)
        self.given, self._rebuild = flatten(self.args)
        names = names_of(self.args, _argument_names(f, len(self.args)))
        self.leaves: list[Leaf] = []
        self.unchecked: list[str] = []
        self.where: list[int] = []  # which of the given leaves each of ours is
        for i, (x, name) in enumerate(zip(self.given, names, strict=True)):
            data = _floating(x, dtype)
            if data is None:
                self.unchecked.append(f"{name} ({_kind(x)})")
            else:
                self.where.append(i)
                self.leaves.append(Leaf(name, data))
        for name, value in named_parameters(params, f).items():
            if value.requires_grad:
                self.leaves.append(Leaf(name, _floating(value, dtype), value))
            else:
                self.unchecked.append(f"{name} (requires no gradient)")
        self.params = [leaf for leaf in self.leaves if leaf.value is not None]

    @property
    def inputs(self) -> list[Leaf]:
        """The leaves that are no parameters."""
        return self.leaves[: len(self.where)]

    def arguments(self, leaves: Sequence[Any]) -> tuple[Any, ...]:
        """The arguments of f with others in place of the inputs."""
        filled = [x.data if isinstance(x, Value) else x for x in self.given]
        for i, x in zip(self.where, leaves, strict=True):
            filled[i] = x
        built: tuple[Any, ...] = self._rebuild(filled)
        return built

    @contextmanager
    def holding(self, data: Sequence[Any]) -> Iterator[None]:
        """Let the parameters have other data inside the block."""
        values = [leaf.value for leaf in self.params if leaf.value is not None]
        before = [value.data for value in values]
        try:
            for value, x in zip(values, data, strict=True):
                value.data = x
            yield
        finally:
            for value, x in zip(values, before, strict=True):
                value.data = x

    def record(self, points: Sequence[Any] | None = None) -> Recording:
        """Run f on Values, and keep the graph."""
        count = len(self.where)
        points = [leaf.data for leaf in self.leaves] if points is None else points
        leaves = [
            Value(_plain(x.copy()), name=leaf.name)
            for leaf, x in zip(self.inputs, points[:count], strict=True)
        ]
        held = [_plain(x.copy()) for x in points[count:]]
        with np.errstate(all="ignore"), self.holding(held), enable_grad():
            out = self.f(*self.arguments(leaves))
        params = [leaf.value for leaf in self.params if leaf.value is not None]
        return Recording([*leaves, *params], held, out, self)

    def sampler(self, expected: Any, dtype: Any = None) -> Sampler:
        """The function on plain data, to be evaluated at many points near this one.

        Run on arrays if that gives what was recorded, because it is faster; else on constants.
        Nothing may be recorded meanwhile, and the parameters have to be held.
        """
        points = [leaf.data for leaf in self.leaves]
        try:
            sampler = Sampler(self._on_arrays(), points, dtype)
            # An in-place change that a Value would refuse must not go unseen here.
            if np.array_equal(sampler.here(), expected, equal_nan=True):
                return sampler
        except Exception:  # f needs Values: their methods, their attributes
            pass
        return Sampler(self._on_values, points, dtype)

    def _on_arrays(self) -> Callable[[list[Any]], Any]:
        if self.params or not all(leaf.data.shape for leaf in self.leaves):
            return lambda points: self._run(points, [x if x.shape else _plain(x) for x in points])
        f, args = self.f, None

        def call(points: list[Any]) -> Any:
            nonlocal args
            if args is None:  # the same views every time, so they are put in place once
                args = self.arguments(points)
            return vector(f(*args))

        return call

    def _on_values(self, points: list[Any]) -> Any:
        return self._run(points, [Value(_plain(x), requires_grad=False) for x in points])

    def _run(self, points: list[Any], given: list[Any]) -> Any:
        count = len(self.where)
        for leaf, x in zip(self.params, points[count:], strict=True):
            assert leaf.value is not None
            leaf.value.data = _plain(x)
        return vector(self.f(*self.arguments(given[:count])))


class GradientProblem(Problem):
    """The gradient of a problem's function, weighted, as a function to be checked in turn.

    Parameters
    ----------
    base : Problem
    weights : ndarray
        Of the results.
    """

    def __init__(self, base: Problem, weights: Any) -> None:
        self.__dict__.update(base.__dict__)
        self._weights = weights

    def record(self, points: Sequence[Any] | None = None) -> Recording:
        """Run f and its reverse sweep on Values, and keep the graph of both."""
        inner = super().record(points)
        with np.errstate(all="ignore"), self.holding(inner.held), enable_grad():
            pulled = inner.pull(self._weights, differentiable=True)
        return Recording(inner.leaves, inner.held, tuple(pulled), self)

    def _call(self, points: list[Any]) -> Any:
        inner = super().record([np.asarray(x) for x in points])
        with self.holding(inner.held):
            return np.concatenate([np.ravel(g) for g in inner.pull(self._weights)])

    def sampler(self, expected: Any, dtype: Any = None) -> Sampler:
        """The gradient on plain data."""
        return Sampler(self._call, [leaf.data for leaf in self.leaves], dtype)


def named_parameters(params: Any, f: Any = None) -> Mapping[str, Value]:
    """The parameters of a mapping, of a module, or of an f that is a module."""
    if params is None:
        params = f if hasattr(f, "named_parameters") else {}
    if hasattr(params, "named_parameters"):
        params = dict(params.named_parameters())
    for name, value in params.items():
        if not isinstance(value, Value):
            raise ArgumentError(
                f"gradcheck: params[{name!r}] is a {type(value).__name__}; need a Value that f uses"
            )
    return dict(params)


def _floating(x: Any, dtype: Any) -> Any:
    """The data of a leaf as an array to be checked, or ``None`` if it has no gradient."""
    if isinstance(x, Value) and not x.requires_grad:
        return None
    data = x.data if isinstance(x, Value) else x
    if not isinstance(data, (int, float, np.ndarray, np.generic, Value)):
        return None  # a string, a function: what f is told besides
    data = as_data(data)
    if not is_floating(data):
        return None
    return np.array(data, dtype=None if isinstance(dtype, str) else dtype or np.float64)


def _kind(x: Any) -> str:
    if isinstance(x, Value):
        return "requires no gradient"
    return str(np.asarray(x).dtype) if isinstance(x, (int, np.ndarray, np.generic)) else "no array"


def _plain(x: Any) -> Any:
    return x if x.shape else as_data(x[()])


def _argument_names(f: Any, count: int) -> list[str]:
    """What f calls its arguments."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [names[i] if i < len(names) else f"input{i}" for i in range(count)]
