"""What kind of mistake a wrong rule makes: from the numbers it gives and those it should give."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .. import definition, errors
from .blame import Fault, local_sampler
from .differences import Sampler, jacobian
from .hypotheses import SAME, Guess, explain_by_graph, same

__all__ = ["of_copies", "of_fault", "of_rows"]


def of_fault(fault: Fault) -> Guess:
    """The kind of mistake that a rule of a node makes."""
    if fault.raised is not None:
        return _of_exception(fault.raised)
    assert fault.comparison is not None
    a, n = fault.comparison.analytic, fault.comparison.numeric
    if fault.mode == "fwd":
        return Guess("wrong rule", "the jvp is not the transpose of the vjp, which is right")
    node, i = fault.node, fault.operand
    call = local_sampler(node, [i], fault.weights).call
    around = [node.shape, *(np.shape(y) for k, y in enumerate(node.inputs) if k != i)]
    unsummed = of_copies(a, n, lambda x: call([x]), np.asarray(node.inputs[i]), around)
    return unsummed or _by_definition(fault) or of_rows(a, n, node.operands[i].shape)


def of_rows(a: Any, n: Any, shape: tuple[int, ...]) -> Guess:
    """The kind of mistake that shows in a Jacobian alone.

    Parameters
    ----------
    a, n : ndarray
        Analytic and numeric, ``(results, elements)``.
    shape : tuple of int
        Of the input.
    """
    factor = _factor(a, n)
    if factor is not None:
        times = round(factor)
        if times >= 2 and abs(factor - times) < SAME * times:
            return Guess("double counting", f"it is {times} times what it should be")
        if abs(factor + 1) < SAME:
            return Guess("wrong rule", "its sign is flipped")
        if abs(factor) > SAME:
            return Guess("wrong rule", f"it is {factor:.6g} times what it should be")
    scale = float(np.max(np.abs(n), initial=0.0))
    absent = (np.abs(a) <= SAME * scale) & (np.abs(n) > 10 * SAME * scale)
    if absent.any() and same(np.where(absent, n, a), n):
        few = f"{int(absent.sum())} of {int((np.abs(n) > 10 * SAME * scale).sum())}"
        return Guess("dropped term", f"{few} elements that are not zero are given as zero")
    if len(shape) >= 2 and shape[-1] == shape[-2]:
        turned = np.swapaxes(a.reshape(len(a), *shape), -1, -2).reshape(a.shape)
        if same(turned, n):
            return Guess("wrong rule", "it is transposed")
    if a.size == n.size and a.shape[0] == a.shape[1] and same(a.T, n):
        return Guess("wrong rule", "the Jacobian is transposed")
    return Guess("wrong rule")


def _of_exception(error: Exception) -> Guess:
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, errors.ShapeError | errors.DtypeError):
        return Guess("shape/dtype", detail)
    if isinstance(error, errors.MutationError):
        return Guess("mutated input", detail)
    return Guess("wrong rule", detail)


def of_copies(
    a: Any, n: Any, call: Callable[[Any], Any], x: Any, around: Sequence[tuple[int, ...]]
) -> Guess | None:
    """Whether a Jacobian does not sum over the copies of an input that was broadcast.

    Parameters
    ----------
    a, n : ndarray
        Analytic and numeric, ``(results, elements)``.
    call : callable
        From the input to the vector of results.
    x : ndarray
        The input.
    around : sequence of tuple of int
        Shapes to which it may have been broadcast.
    """
    for wide in _wider(x.shape, around):
        try:
            sampler = Sampler(
                lambda points: call(points[0]), [np.broadcast_to(x.astype(float), wide)]
            )
            if sampler.here().size != len(n):
                continue
            wider = jacobian(sampler, 0, eps=float(np.finfo(np.float64).eps))[0]
        except Exception:  # the function does not take an input of that shape
            continue
        for detail, expected in _unsummed(wider, x.shape, wide):
            if same(a, expected) and not same(expected, n):
                return Guess("missing un-broadcast", detail)
    return None


def _wider(shape: tuple[int, ...], around: Sequence[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    seen = {shape}
    for other in around:
        for wide in (other, (*other[: len(other) - len(shape)], *shape)):
            try:
                fits = np.broadcast_shapes(shape, wide) == wide
            except ValueError:
                continue
            if fits and wide not in seen:
                seen.add(wide)
                yield wide


def _unsummed(
    jacobian: Any, shape: tuple[int, ...], wide: tuple[int, ...]
) -> Iterator[tuple[str, Any]]:
    rows = len(jacobian)
    full = (1,) * (len(wide) - len(shape)) + shape
    axes = [k for k, (own, size) in enumerate(zip(full, wide, strict=True)) if own != size]
    share = jacobian.reshape(rows, *wide)
    count = math.prod(wide[k] for k in axes)
    summed = tuple(k + 1 for k in axes)
    yield "it is the mean over the copies", (share.sum(summed) / count).reshape(rows, -1)
    for which, one in (("first", slice(0, 1)), ("last", slice(-1, None))):
        cut = (slice(None), *(one if k in axes else slice(None) for k in range(len(wide))))
        yield f"it is the share of the {which} copy alone", share[cut].reshape(rows, -1)
    for k in axes if len(axes) > 1 else ():
        rest = tuple(j + 1 for j in axes if j != k)
        part = np.take(share.sum(rest, keepdims=True), 0, axis=k + 1)
        yield f"axis {k} is not summed over", part.reshape(rows, -1)


def _by_definition(fault: Fault) -> Guess | None:
    """The mistake that, made on one edge of a composite's definition, gives these numbers."""
    node = fault.node
    assert fault.comparison is not None
    if node.op is None or node.op.definition is None or fault.weights is None:
        return None
    stand_ins, root = definition.expand(node)
    target = stand_ins[fault.operand]
    found = explain_by_graph(
        [root],
        [target],
        [[w.reshape(node.shape) if node.shape else float(w[0])] for w in fault.weights],
        [fault.comparison.analytic],
    )
    if found is None:
        return None
    inner, k, guess = found
    assert inner.op is not None
    return Guess(guess.kind, f"{guess.detail}: {inner.op.name}, operand {k}, in its definition")


def _factor(a: Any, n: Any) -> float | None:
    """The constant by which one is a multiple of the other."""
    scale = float(np.max(np.abs(n), initial=0.0))
    large = np.abs(n) > 1e-3 * scale
    if not scale or not np.any(large):
        return None
    ratios = a[large] / n[large]
    factor = float(np.median(ratios))
    return factor if np.isfinite(factor) and same(a, factor * n) else None
