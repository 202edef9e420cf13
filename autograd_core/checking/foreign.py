"""Gradients that somebody else computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..tree import flatten
from ..value import Value
from .differences import Sampler
from .problem import Problem
from .recording import Recording, vector

__all__ = ["Foreign", "ForeignProblem", "ForeignRecording"]


class Foreign:
    """A function on numpy arrays with a pullback of its own.

    Parameters
    ----------
    name : str
    call : callable
        From arrays to a nested structure of arrays.
    pull : callable
        ``pull(args, weights)``: the cotangents of the arguments, one per floating array in
        them, for a vector of cotangents of all results.
    blame : callable, optional
        Asked after a failure: ``blame(args)`` gives ``(op, operand, worst entry)`` or ``None``.
    """

    def __init__(
        self,
        name: str,
        call: Callable[..., Any],
        pull: Callable[[tuple[Any, ...], Any], list[Any]],
        blame: Callable[[tuple[Any, ...]], Any] | None = None,
    ) -> None:
        self.__name__ = name
        self._call, self.pull, self.blame = call, pull, blame

    def __call__(self, *args: Any) -> Any:
        """The function itself."""
        return self._call(*args)


class ForeignProblem(Problem):
    """A function of arrays, and a gradient of it to be checked.

    Parameters
    ----------
    f : callable
        On arrays.
    inputs, dtype
        As for `Problem`.
    grad : callable, optional
        ``grad(*inputs)``; without it f is a `Foreign`.
    """

    def __init__(self, f: Any, inputs: Any, dtype: Any, grad: Callable[..., Any] | None) -> None:
        super().__init__(f, inputs, {}, dtype)
        self.grad = grad

    def record(self, points: Sequence[Any] | None = None) -> ForeignRecording:
        """Run f on writable copies."""
        points = [leaf.data for leaf in self.leaves] if points is None else points
        leaves = [x.copy() for x in points]
        with np.errstate(all="ignore"):
            out = self.f(*self.arguments([x if x.shape else float(x) for x in leaves]))
        return ForeignRecording(leaves, out, self)

    def traced(self) -> Recording | None:
        """The graph of f run on Values, if numpy's functions in it have counterparts."""
        if isinstance(self.f, Foreign):
            return None
        try:
            recording = Problem.record(self)
        except Exception:
            return None
        return recording if recording.outputs and recording.outputs[0].requires_grad else None

    def sampler(self, expected: Any, dtype: Any = None) -> Sampler:
        """The function on arrays: writable copies, because it may work in place."""

        def call(points: list[Any]) -> Any:
            plain = [x.copy() if x.shape else x.item() for x in points]
            with np.errstate(all="ignore"):
                return vector(self.f(*self.arguments(plain)))

        return Sampler(call, [leaf.data for leaf in self.leaves], dtype)


class ForeignRecording(Recording):
    """One run of a foreign function: no graph, but a gradient."""

    def __init__(self, leaves: list[Any], out: Any, problem: ForeignProblem) -> None:
        self.arrays = leaves
        super().__init__([Value(leaf.data) for leaf in problem.leaves], [], out, problem)
        self.faults: list[tuple[int | None, str]] = []  # of shape: which leaf, and what

    @property
    def nodes(self) -> list[Value]:
        """None: what it computes is not known."""
        return []

    def is_connected(self, k: int) -> bool:
        """Whatever returns a gradient is connected."""
        return True

    def pull(self, weights: Any, differentiable: bool = False) -> list[Any]:
        """The cotangents of the inputs."""
        problem = self.problem
        assert isinstance(problem, ForeignProblem)
        if problem.grad is not None:
            return [
                (weights @ rows).reshape(leaf.data.shape)
                for rows, leaf in zip(self.rows(), problem.leaves, strict=True)
            ]
        args = problem.arguments([_plain(leaf.data.copy()) for leaf in problem.leaves])
        assert isinstance(problem.f, Foreign)
        return self._fitted(problem.f.pull(args, weights), 1)

    def rows(self) -> list[Any]:
        """The Jacobian as the foreign gradient gives it."""
        problem = self.problem
        assert isinstance(problem, ForeignProblem)
        if problem.grad is None:
            rows = [self.pull(unit) for unit in np.eye(self.here.size)]
            return [
                np.array([np.ravel(row[k]) for row in rows]).reshape(self.here.size, leaf.size)
                for k, leaf in enumerate(self.leaves)
            ]
        args = problem.arguments([_plain(leaf.data.copy()) for leaf in problem.leaves])
        with np.errstate(all="ignore"):
            given = problem.grad(*args)
        parts = [given] if len(problem.leaves) == 1 and not _is_one(given) else flatten(given)[0]
        fitted = self._fitted(parts, self.here.size)
        return [np.reshape(part, (self.here.size, -1)) for part in fitted]

    def _fitted(self, parts: list[Any], rows: int) -> list[Any]:
        """One array per leaf, of the right size; what is not is noted, and replaced by zeros."""
        self.faults = []
        leaves = self.problem.leaves
        if len(parts) != len(leaves):
            self.faults.append((None, f"it returns {len(parts)} arrays for {len(leaves)} inputs"))
        fitted = []
        for k, leaf in enumerate(leaves):
            part = parts[k] if k < len(parts) else None
            shape = leaf.data.shape if rows == 1 else (*self.shape, *leaf.data.shape)
            wide = np.zeros(shape) if part is None else np.asarray(part)
            if wide.dtype.kind != "f":
                self.faults.append((k, f"its dtype is {wide.dtype}; need a floating one"))
            if wide.shape != shape and wide.size != np.zeros(shape).size:
                self.faults.append((k, f"its shape is {wide.shape}; need {shape}"))
                wide = np.zeros(shape)
            fitted.append(wide)
        return fitted


def _is_one(given: Any) -> bool:
    return isinstance(given, (tuple, list, dict))


def _plain(x: Any) -> Any:
    return x if x.shape else x.item()
