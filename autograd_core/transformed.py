"""The arguments of a transformed function, and what it may return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from . import definition, errors, reverse, trace
from .context import current, enable_grad
from .tree import flatten
from .value import Value, as_data, constant, is_floating

__all__ = ["Function", "Inputs", "one_array"]

Function = Callable[..., Any]


class Inputs:
    """The arguments of a transformed function, those to differentiate replaced by leaves.

    A Value that requires a gradient belongs to an outer computation: its stand-in is an
    identity of it, and everything derived stays on the outer graph.
    """

    def __init__(self, args: Sequence[Any], argnums: int | Sequence[int], caller: str) -> None:
        if isinstance(argnums, str):
            raise errors.ArgumentError(
                f"{caller}: argnums is {argnums!r}; need the position of an argument, or several"
            )
        self.single = isinstance(argnums, (int, np.integer))
        self.caller = caller
        self.args = list(args)
        self.which = [int(argnums)] if self.single else [int(i) for i in argnums]  # type: ignore[arg-type, union-attr]
        for i in self.which:
            if not -len(args) <= i < len(args):
                raise errors.ArgumentError(
                    f"{caller}: argnums names argument {i}, but there are {len(args)}"
                )
        if len({i % len(args) for i in self.which}) < len(self.which):
            raise errors.ArgumentError(f"{caller}: argnums={argnums} names an argument twice")
        raw, self.rebuild = flatten([self.args[i] for i in self.which])
        self.recording = current().recording
        self.nested = False  # whether something outside wants to differentiate the results
        self.leaves = [self._leaf(x) for x in raw]

    def _leaf(self, x: Any) -> Value:
        if isinstance(x, Value) and x.requires_grad and self.recording:
            self.nested = True
            return definition.stand_in(x, True)
        data = x.data if isinstance(x, Value) else as_data(x)
        if not is_floating(data):
            raise errors.DtypeError(
                f"{self.caller}: an argument is {data!r}, which has no gradient; "
                "need floating-point data, or leave it out of argnums"
            )
        return Value(data)

    def call(self, f: Function, kwargs: dict[str, Any]) -> Any:
        """The function's result, recorded on the leaves."""
        args = list(self.args)
        for i, arg in zip(self.which, self.rebuild(self.leaves), strict=True):
            args[i] = arg
        with self.variable():
            out = f(*args, **kwargs)
            if self.recording and not self.nested:
                self.nested = any(
                    isinstance(leaf, Value) and reverse.has_leaf_beside(leaf, self.leaves)
                    for leaf in flatten(out)[0]
                )
        return out

    @contextmanager
    def variable(self) -> Iterator[None]:
        """Record, and let the leaves be variables, which they are to nobody outside."""
        fresh = [leaf for leaf in self.leaves if leaf.op is None]
        for leaf in fresh:
            leaf.requires_grad = True
        try:
            with enable_grad():
                yield
        finally:
            for leaf in fresh:
                leaf.requires_grad = False

    def reaches(self, out: Any) -> bool:
        """Whether a result depends on the leaves, or is one of them."""
        return isinstance(out, Value) and (
            out.requires_grad or any(out is leaf for leaf in self.leaves)
        )

    def pull(self, out: Value, g: Any) -> list[Any]:
        """Cotangents of the leaves; zeros where the result does not depend on one."""
        found: dict[Value, Any] = {}
        if self.reaches(out):
            with self.variable():
                differentiable = self.nested or isinstance(g, Value)
                if differentiable and not isinstance(g, Value):
                    g = constant(g)
                found = reverse.sweep(out, g, targets=self.leaves, differentiable=differentiable)
        return [found[leaf] if leaf in found else trace.zeros_like(leaf) for leaf in self.leaves]

    def restore(self, leaves: list[Any]) -> Any:
        """Gradients in the structure of the arguments."""
        trees = self.rebuild(leaves)
        return trees[0] if self.single else tuple(trees)

    def result(self, out: Any) -> Any:
        """A result as the caller gets it: raw, unless something outside wants to go on."""
        return out if self.nested or not isinstance(out, Value) else out.data

    def only_leaf(self) -> list[Value]:
        """The one array that a Jacobian is taken by.

        Raises
        ------
        ArgumentError
            If the argument is a structure of several.
        """
        if len(self.leaves) != 1:
            raise errors.ArgumentError(
                f"{self.caller}: the argument is a structure of {len(self.leaves)} arrays; "
                "need one array"
            )
        return self.leaves


def one_array(out: Any, caller: str) -> Value:
    """The result of a function that must return one array."""
    if isinstance(out, Value):
        return out
    if isinstance(out, (int, float, np.ndarray, np.generic)):
        return constant(out)
    raise errors.GradientError(
        f"{caller}: the function returned {type(out).__name__}; need one number or array"
    )
