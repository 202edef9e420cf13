"""What the kernels of the recurrent ops share: the order of the work, the layout of memory.

Inside these kernels the sequences run along the last axis. A step is one contiguous block
(rows, N): its gates are ranges of rows, so that every elementwise call runs over one stretch
of memory instead of N short ones, and BLAS divides the many rows of the weights, not the few
sequences, among its threads. All that a step multiplies with weights stands in one block of
D + 1 + H rows, its input, a 1 for the bias, and the state before it.

Where sequences differ in length they are sorted, the longest first: those at work in a step
are the first columns of its block, and nothing is computed for the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..errors import ArgumentError, ShapeError
from ..workspace import lease, scratch

__all__ = [
    "Order",
    "add_products",
    "check_shapes",
    "chunks",
    "common_dtype",
    "in_blocks",
    "inputs_and_states",
    "joint_bias",
    "multiply",
    "parts",
    "side_by_side",
]


class Order(NamedTuple):
    """In which order the steps of a batch of sequences are worked off.

    Attributes
    ----------
    active : list of int
        Per step, the number of sequences at work: the first columns.
    columns : ndarray or None
        Which sequence stands in each column; ``None`` where all are of full length.
    first, last : ndarray or int
        Per column, its first step, and the step after its last.
    reverse : bool
        Whether the steps go from the end to the beginning.
    """

    active: list[int]
    columns: Any
    first: Any
    last: Any
    reverse: bool

    @classmethod
    def of(cls, name: str, x: Any, lengths: Any, reverse: bool) -> Order:
        """The order for a batch of shape (T, N, D)."""
        steps, count = x.shape[:2]
        if lengths is None:
            return cls([count] * steps, None, 0, steps, reverse)
        given = np.array(lengths)
        if given.shape != (count,) or (count and given.dtype.kind not in "iu"):
            raise ArgumentError(
                f"{name}: lengths is {lengths!r}; need {count} integers, one per sequence"
            )
        if count and not 0 <= given.min() <= given.max() <= steps:
            raise ArgumentError(
                f"{name}: lengths is {lengths!r}, but there are {steps} steps; "
                f"need values from 0 to {steps}"
            )
        columns = np.argsort(-given, kind="stable")
        given = given[columns]
        times = np.arange(steps)[::-1] if reverse else np.arange(steps)
        active = (given > times[:, None]).sum(1).tolist()
        if reverse:
            return cls(active, columns, steps - given, np.full(count, steps), True)
        return cls(active, columns, np.zeros(count, int), given, False)

    def inwards(self, x: Any) -> Any:
        """Bring (T, N, D) to (T, D, N), in the order of the work."""
        if self.columns is not None:
            x = x[:, self.columns]
        return (x[::-1] if self.reverse else x).transpose(0, 2, 1)

    def write(self, out: Any, steps: slice, values: Any) -> None:
        """Write (C, N, D), steps of the work, to their places in (T, N, D)."""
        target = out[::-1] if self.reverse else out
        target[steps if self.columns is None else (steps, self.columns)] = values

    def write_active(self, out: Any, values: Any) -> None:
        """Write all steps (T, D, N) to (T, N, D), and 0 where a sequence was not at work."""
        self.write(out, slice(None), values.transpose(0, 2, 1))
        if self.columns is not None:
            for step, n in enumerate(self.active):
                out[-1 - step if self.reverse else step, self.columns[n:]] = 0

    def at_work(self, steps: slice, *blocks: Any) -> Iterator[tuple[Any, ...]]:
        """Per step, of each sequence of blocks (rows, N) the columns at work.

        Parameters
        ----------
        steps : slice
            Which steps the blocks are of; its own step may be −1.
        *blocks : iterable of ndarray
        """
        if self.columns is None:
            return zip(*blocks, strict=False)
        rows = zip(self.active[steps], zip(*blocks, strict=False), strict=True)
        return (tuple(block[:, :n] for block in row) for n, row in rows)

    def sorted(self, state: Any) -> Any:
        """Bring a state (N, H) to the order of the columns."""
        return state if self.columns is None else state[self.columns]

    def unsorted(self, state: Any) -> Any:
        """Bring a state (N, H) to the order of the caller; a new array."""
        out = np.empty_like(state)
        out[slice(None) if self.columns is None else self.columns] = state
        return out

    def place(self, blocks: Any, state: Any) -> None:
        """Write a state (N, H) where in the blocks (T + 1, H, N) each sequence begins."""
        if self.columns is None:
            blocks[0] = state.T
        else:
            blocks[self.first, :, np.arange(len(self.columns))] = self.sorted(state)

    def final(self, blocks: Any) -> Any:
        """The state (N, H) where in the blocks (T + 1, H, N) each sequence ends."""
        if self.columns is None:
            return blocks[-1].T
        return self.unsorted(blocks[self.last, :, np.arange(len(self.columns))])

    def blocks(self, steps: int, rows: int, dtype: Any) -> Any:
        """An array (steps, rows, N), whose unused columns are finite."""
        if self.columns is None:
            return lease((steps, rows, self.active[0]), dtype)
        blocks = lease((steps, rows, len(self.columns)), dtype)
        blocks[:] = 0
        return blocks

    def clear_idle(self, blocks: Any, start: int) -> None:
        """Set the columns that are not at work in blocks (C, rows, N) to 0."""
        if self.columns is not None:
            for block, n in zip(blocks, self.active[start : start + len(blocks)], strict=True):
                block[:, n:] = 0


def check_shapes(name: str, **operands: tuple[Any, tuple[int, ...]]) -> None:
    """Compare the shape of each operand with the one it must have.

    Parameters
    ----------
    name : str
        Of the op.
    **operands : (ndarray or None, tuple of int)
        An operand and its shape.

    Raises
    ------
    ShapeError
        If one does not fit; all are listed.
    """
    present = {key: pair for key, pair in operands.items() if pair[0] is not None}
    if any(np.shape(x) != shape for x, shape in present.values()):
        given = ", ".join(f"{key} is {np.shape(x)}" for key, (x, _) in present.items())
        needed = ", ".join(f"{key} {shape}" for key, (_, shape) in present.items())
        if np.ndim(operands["x"][0]) != 3:
            needed = "x (T, N, D)"
        raise ShapeError(f"{name}: {given}; they do not fit together; need for example {needed}")


def common_dtype(*operands: Any) -> Any:
    """The floating-point dtype to compute in; operands may be ``None``."""
    dtype = np.result_type(*(x for x in operands if x is not None))
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def joint_bias(rows: int, *biases: Any) -> Any:
    """The sum of the biases that are given, shape (rows,)."""
    return np.broadcast_to(sum(np.asarray(b) for b in biases if b is not None), rows)


def inputs_and_states(order: Order, x: Any, h0: Any, dtype: Any) -> Any:
    """What the steps multiply with weights, (T + 1, D + 1 + H, N): inputs, ones, states.

    The first states are there; each step adds the state after it. The ones carry the bias,
    so that it costs neither a pass over the gates nor a sum over the cotangents.
    """
    steps, _, size = x.shape
    blocks = order.blocks(steps + 1, size + 1 + h0.shape[1], dtype)
    blocks[:-1, :size] = order.inwards(x)
    order.clear_idle(blocks[:-1, :size], 0)  # padding may hold anything, even nan
    blocks[:, size] = 1
    order.place(blocks[:, size + 1 :], h0)
    return blocks


def chunks(steps: int, step_bytes: int) -> Iterator[slice]:
    """Ranges of steps from the end to the beginning, each of about two megabytes.

    What is computed for all steps of a range at once then stays in the processor's cache
    until they are gone through one by one.
    """
    size = max(1, CHUNK_BYTES // step_bytes)
    for stop in range(steps, 0, -size):
        yield slice(max(0, stop - size), stop)


CHUNK_BYTES = 1 << 21


def in_blocks(weights: Any, width: int) -> Any:
    """A matrix (rows, K), perhaps as blocks of rows (B, rows / B, K), for `multiply`.

    A product of a few million multiplications takes BLAS as long on one core, in pieces that
    stay in its cache, as on two that wait for each other, and far longer on two if another
    program keeps one of them busy. Larger ones are left to its threads.
    """
    rows, inner = weights.shape
    work, count = rows * inner * width, 1
    if work <= THREADED_WORK:
        while work > count * BLOCK_WORK and rows % (2 * count) == 0:
            count *= 2
    weights = np.ascontiguousarray(weights)
    return weights.reshape(count, rows // count, inner) if count > 1 else weights


BLOCK_WORK, THREADED_WORK = 1 << 18, 1 << 22


def multiply(blocks: Any, right: Any, out: Any) -> None:
    """``out = weights @ right``, the weights given as the blocks of `in_blocks`."""
    if blocks.ndim == 3:
        out = out.reshape(*blocks.shape[:2], right.shape[1])
    np.matmul(blocks, right, out=out)


def side_by_side(blocks: Any, tag: str) -> Any:
    """Blocks (C, rows, N) as one matrix (rows, C · N), in scratch memory."""
    count, rows, width = blocks.shape
    out = scratch(tag, (rows, count, width), blocks.dtype)
    np.copyto(out, blocks.transpose(1, 0, 2))
    return out.reshape(rows, count * width)


def add_products(total: Any, left: Any, right: Any) -> None:
    """``total += Σ_t left[t] @ right[t]ᵀ`` as one product of two long matrices."""
    product = scratch("sequences.product", total.shape, total.dtype)
    total += np.matmul(left, right.T, out=product)


def parts(d_weights: Any, size: int) -> tuple[Any, ...]:
    """Of the cotangent of (W, bias, U), that of W, of U, and of each of two biases."""
    bias = d_weights[:, size]
    return d_weights[:, :size].copy(), d_weights[:, size + 1 :].copy(), bias.copy(), bias.copy()
