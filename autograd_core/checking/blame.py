"""Which node is at fault: its local rule, alone, at the inputs it was recorded with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import definition, errors, reverse, rules
from ..trace import run_forward
from ..value import Value, as_data, dtype_of, is_floating
from .comparing import Comparison, Rules, compare_jacobian
from .differences import Sampler
from .recording import Recording, vector

__all__ = ["Fault", "changed_constants", "first_difference", "first_nonfinite", "local_faults"]

_ALL_ROWS = 64  # of a local Jacobian; a wider one is looked at through random projections


@dataclass(frozen=True)
class Fault:
    """A node whose rule for one operand is not the derivative of its forward function.

    Attributes
    ----------
    node : Value
    operand : int
    comparison : Comparison or None
        ``None`` if the rule raised.
    weights : ndarray or None
        Of the node's elements, one row each: what the rows of the comparison belong to.
    raised : Exception or None
        What the rule raised.
    mode : str
        Which of the node's rules: ``"rev"`` or ``"fwd"``.
    """

    node: Value
    operand: int
    comparison: Comparison | None = None
    weights: Any = None
    raised: Exception | None = None
    mode: str = "rev"


def local_faults(
    nodes: Sequence[Value], *, mode: str = "rev", status: str = "wrong", limit: int = 3
) -> list[Fault]:
    """Test the rule of every node, operands first.

    Parameters
    ----------
    nodes : sequence of Value
        In the order in which they were computed.
    mode : {"rev", "fwd"}
        Which rules.
    status : {"wrong", "kink", "nan", "unsure"}
        What to look for.
    limit : int
        How many faults are enough.
    """
    found: list[Fault] = []
    seen: set[tuple[Any, int]] = set()
    for node in nodes:
        for fault in _faults_of(node, mode, status):
            # One wrong op used in many places is one fault, seen where it is used first.
            if (fault.node.op, fault.operand) not in seen:
                seen.add((fault.node.op, fault.operand))
                found.append(fault)
        if len(found) >= limit:
            break
    return found


def _faults_of(node: Value, mode: str, status: str) -> Iterator[Fault]:
    op = node.op
    assert op is not None
    if op.definition is not None and op.kernel is None:
        inside = definition.expand(node)[1]
        if inside.requires_grad:
            order = [n for n in reversed(reverse.topological_order(inside)) if n.op is not None]
            yield from local_faults(order, mode=mode, status=status)
        return
    which = [i for i, operand in enumerate(node.operands) if operand.requires_grad]
    weights = _weights(node)
    sampler = local_sampler(node, which, weights)
    here = sampler.here()
    floats = [*(x for x in node.inputs if is_floating(x)), node.data]
    eps = max(float(np.finfo(dtype_of(x)).eps) for x in floats)
    for k, i in enumerate(which):
        try:
            rows = _rows(node, i, weights)
            if mode == "fwd":
                fault = _forward_fault(node, i, weights, rows, 1e-8 if eps < 1e-10 else 1e-3)
                if fault is not None:
                    yield fault
                continue
        except Exception as error:
            if status == "wrong":
                yield Fault(node, i, raised=error, mode=mode)
            continue
        if not (np.all(np.isfinite(here)) or status == "nan"):
            continue
        comparison = compare_jacobian(sampler, k, rows, here, Rules(eps=eps, flat=eps**0.5))
        if any(entry.status == status for entry in comparison.entries):
            yield Fault(node, i, comparison, weights, mode=mode)


def local_sampler(node: Value, which: Sequence[int], weights: Any) -> Sampler:
    """The forward function of a node, around what it was applied to."""
    op, params = node.op, node.params or {}
    assert op is not None
    inputs = [x.copy() if isinstance(x, np.ndarray) else x for x in node.inputs]

    def call(points: list[Any]) -> Any:
        filled = list(inputs)
        for i, x in zip(which, points, strict=True):
            filled[i] = x if x.shape else as_data(x)
        with np.errstate(all="ignore"):
            return weights @ vector(run_forward(op, filled, params)[0])

    return Sampler(call, [np.asarray(inputs[i]) for i in which])


def _weights(node: Value) -> Any:
    if node.size <= _ALL_ROWS:
        return np.eye(node.size)
    rng = np.random.default_rng(0)
    return rng.uniform(0.5, 1.0, (3, node.size)) * rng.choice([-1.0, 1.0], (3, node.size))


def _rows(node: Value, i: int, weights: Any) -> Any:
    """The vjp of one operand, for each row of cotangents."""
    wanted = [k == i for k in range(len(node.operands))]
    size = node.operands[i].size
    rows = np.zeros((len(weights), size))
    with np.errstate(all="ignore"):
        for j, row in enumerate(weights):
            g = row.reshape(node.shape).astype(node.dtype) if node.shape else float(row[0])
            rows[j] = np.ravel(rules.pull(node, g, wanted)[i])
    return rows


def _forward_fault(node: Value, i: int, weights: Any, rows: Any, exact: float) -> Fault | None:
    """Whether the jvp of one operand is the transpose of its vjp."""
    operand = node.operands[i]
    v = np.random.default_rng(1).uniform(0.5, 1.0, operand.size)
    dots: list[Any] = [None] * len(node.operands)
    dots[i] = v.reshape(operand.shape).astype(operand.dtype) if operand.shape else float(v[0])
    pushed = weights @ vector(np.asarray(rules.push(node, dots), dtype=np.float64))
    expected = rows @ v
    scale = np.abs(rows) @ np.abs(v)
    scale = scale + 1e-4 * np.max(scale, initial=0.0) + 1e-300
    if np.all(np.abs(pushed - expected) <= exact * scale):
        return None
    tolerance = exact * scale[:, None]
    return Fault(
        node, i, Comparison(pushed[:, None], expected[:, None], tolerance), weights, mode="fwd"
    )


def first_nonfinite(recording: Recording, weights: Any = None) -> tuple[Value, int | None] | None:
    """The node that made the first NaN or inf: in the values, else in the cotangents.

    Returns
    -------
    (node, operand) or None
        The operand is ``None`` if the value of the node is at fault.
    """
    for node in recording.nodes:
        if _is_finite(node.data):
            continue
        if all(_is_finite(x) for x in node.inputs if is_floating(x)):
            return node, None
    if weights is None:
        weights = np.ones(recording.here.size)
    for out, g in zip(recording.outputs, recording.split(weights), strict=True):
        if not out.requires_grad:
            continue
        keep: dict[Value, Any] = {}
        reverse.sweep(out, g, keep=keep)
        for node, cotangent in keep.items():
            if node.op is None or not _is_finite(cotangent):
                continue
            wanted = [operand.requires_grad for operand in node.operands]
            with np.errstate(all="ignore"):
                pulled = rules.pull(node, cotangent, wanted)
            for i, c in enumerate(pulled):
                if c is not None and not _is_finite(c):
                    return node, i
    return None


def first_difference(one: Recording, two: Recording) -> tuple[Value, int | None] | None:
    """The first node that differs between two runs: its constant operand, or what it computed."""
    for a, b in zip(one.nodes, two.nodes, strict=False):
        if a.op is not b.op:
            return a, None
        for i, (x, y) in enumerate(zip(a.inputs, b.inputs, strict=False)):
            if not a.operands[i].requires_grad and not _same(x, y):
                return a, i
        same_inputs = all(_same(x, y) for x, y in zip(a.inputs, b.inputs, strict=False))
        if same_inputs and not _same(a.data, b.data):
            return a, None
    return None


def changed_constants(one: Recording, two: Recording) -> list[tuple[Value, int | None]]:
    """Constants of the graph that are not: they follow the inputs, but no gradient does."""
    found: list[tuple[Value, int | None]] = []
    for a, b in zip(one.nodes, two.nodes, strict=False):
        if a.op is not b.op:
            break  # another branch was taken: nothing can be compared from here on
        for i, (x, y) in enumerate(zip(a.inputs, b.inputs, strict=False)):
            if not a.operands[i].requires_grad and is_floating(x) and not _same(x, y):
                found.append((a, i))
        if a.params and any(
            is_floating(x) and not _same(x, (b.params or {}).get(name))
            for name, x in a.params.items()
        ):
            found.append((a, None))
    return found


def mutated_operand(recording: Recording) -> tuple[Value, int] | None:
    """The op whose forward function writes to one of its operands."""
    for node in recording.nodes:
        if node.op is None or node.op.definition is not None:
            continue
        copies = [x.copy() if isinstance(x, np.ndarray) else x for x in node.inputs]
        before = [x.copy() if isinstance(x, np.ndarray) else x for x in copies]
        try:
            run_forward(node.op, copies, node.params or {})
        except errors.AutogradError:
            continue
        for i, (x, y) in enumerate(zip(copies, before, strict=True)):
            if not _same(x, y):
                return node, i
    return None


def _same(x: Any, y: Any) -> bool:
    return np.array_equal(x, y, equal_nan=is_floating(x))


def _is_finite(x: Any) -> bool:
    return bool(np.all(np.isfinite(x)))
