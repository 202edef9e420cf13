"""What does not fit raises, and the message names the op, the shapes, and what is needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ArgumentError, AutogradError, DtypeError, LinalgError, ShapeError
from autograd_core.ops import OPS

BEYOND = {"axis": 2}
REDUCTIONS = ("sum", "mean", "prod", "max", "min", "var", "std", "logsumexp", "softmax",
              "log_softmax", "norm", "cumsum", "cumprod")  # fmt: skip

TREE = np.array([[-1, -1], [-1, -1], [0, 1]])
"""The children of two leaves and of the node over them."""

SHAPES: dict[str, list[tuple[Any, ...]]] = {
    # Shapes of the operands, static arguments, and what the message must say besides the shapes.
    **{name: [((2, 3), BEYOND, "axis 2")] for name in (*REDUCTIONS, "flip")},
    **{name: [((2, 3), {}, "square"), ((3,), {}, "square")]
       for name in ("cholesky", "det", "inv", "logabsdet")},
    "affine": [((2, 3), (4, 2), {}, "weight (out, in)"), ((), (4, 3), {}, "x (..., in)"),
               ((2, 3), (4, 3), (3,), {}, "bias (out,)"),
               ((3,), (2, 4, 3), {}, "weight (out, in)")],
    "binary_cross_entropy_with_logits": [
        ((2,), (2, 1), {}, "one shape"), ((2,), (2,), {"weight": np.ones((2, 2))}, "(2, 2)")],
    **{name: [((2, 3), {"output_size": (2, 2, 2)}, "each of (2, 2, 2)"),
              ((2, 0), {"output_size": (1,)}, "at least one element")]
       for name in ("adaptive_average_pool", "adaptive_max_pool")},
    **{name: [((2, 3), {"kernel_size": (4,)}, "a window of 4"),
              ((3,), {"kernel_size": (2, 2)}, "(2, 2)")] for name in ("average_pool", "max_pool")},
    "batch_norm": [((2, 3), (2,), {}, "one entry per channel"), ((3,), {}, "(N, C, ...)")],
    "broadcast_to": [((3,), {"shape": (2,)}, "(2,)")],
    "clip": [((3,), {"min": np.zeros(2)}, "broadcast")],
    "concatenate": [((2, 3), (2, 4), {}, "axis 0")],
    "conv": [((1, 2, 3), (4, 3, 2), {}, "weight (O, C / groups, *kernel)")],
    "conv_transpose": [((1, 2, 3), (4, 3, 2), {}, "weight (C, O / groups, *kernel)")],
    "cross_entropy": [((2, 3), (3,), {}, "(N, C, …) and (N, …)"), ((), (), {}, "(C,) and ()"),
                      ((2, 3, 4), (2, 3), {}, "(N, C, …) and (N, …)"),
                      ((2, 3), (2,), {"weight": np.ones(2)}, "weight is (2,)")],
    "diag": [((2, 2, 2), {}, "one axis or two"), ((), {}, "one axis or two")],
    "dropout": [((2, 3), (2,), {}, "broadcasts to x"), ((3,), (2, 3), {}, "broadcasts to x")],
    "einsum": [((2, 3), (4, 5), {"subscripts": "ij,jk->ik"}, "ij,jk->ik"),
               ((2, 3), {"subscripts": "ijk->i"}, "ijk->i")],
    "embedding": [((3,), (2,), {}, "weight (V, D)")],
    "expand_dims": [((2,), {"axis": 4}, "axis 4")],
    "getitem": [((2, 3), {"index": 2}, "index 2"), ((3,), {"index": (0, 0)}, "too many")],
    "group_norm": [((2, 4), {"num_groups": 3}, "divisor"),
                   ((2, 4), (2,), {"num_groups": 2}, "one entry per channel")],
    "layer_norm": [((2, 3), {"normalized_shape": (2,)}, "normalized_shape"),
                   ((2, 3), (2,), {"normalized_shape": (3,)}, "weight is (2,)")],
    "gru": [((3, 2, 4), (2, 5), (15, 4), (10, 5), {}, "w_hh (15, 5)"),
            ((0, 2, 4), (2, 5), (15, 4), (15, 5), {}, "x (1, 2, 4)"),
            ((3, 2, 4), (2, 5), (15, 4), (15, 5), (15,), (5,), {}, "b_hh (15,)")],
    "lstm": [((3, 2, 4), (2, 5), (5, 2), (20, 4), (20, 5), {}, "c0 (2, 5)"),
             ((3, 2, 4), (2, 3), (2, 5), (20, 4), (20, 3), {}, "w_hh (20, 5)"),
             ((3, 2, 4), (2, 3), (2, 5), (20, 4), (20, 3), (20,), (20,), (3, 4), {},
              "w_hr (3, 5)")],
    "matmul": [((2, 3), (4, 5), {}, "x.shape[-1] == y.shape[-2]"),
               ((3,), (4,), {}, "x.shape[-1] == y.shape[0]"),
               ((), (3,), {}, "at least one axis"), ((2, 2, 3), (4, 3, 2), {}, "broadcast")],
    "matrix_transpose": [((3,), {}, "two axes")],
    "moveaxis": [((2, 3), {"source": 3, "destination": 0}, "axis 3")],
    "pad": [((2, 3), {"pad_width": ((1, 2), (1, 2), (1, 2))}, "pad_width")],
    "repeat": [((3,), {"repeats": (1, 2)}, "repeats=(1, 2)")],
    "reshape": [((2, 3), {"shape": (4,)}, "6 elements")],
    "rnn": [((3, 2, 4), (2, 5), (5, 3), (5, 5), {}, "w_ih (5, 4)"),
            ((2, 4), (2, 5), (5, 4), (5, 5), {}, "x (T, N, D)"),
            ((3, 2, 4), (1, 5), (5, 4), (5, 5), {}, "h0 (2, 5)")],
    "recursive_net": [((3, 2), (3, 5), {"children": TREE}, "weight (D, K·D)")],
    "tree_lstm": [((3, 8), (11, 5), {"children": TREE}, "weight ((3+K)·H, K·H)")],
    "child_sum_tree_lstm": [((3, 8), (9, 3), {"children": TREE}, "weight (4·H, H)")],
    "roll": [((2, 3), {"shift": 1, "axis": 2}, "axis 2")],
    **{name: [((4, 3), (2,), {"index": 1}, "x[index], which is (3,)"),
              ((4,), (), {"index": 4}, "index 4")] for name in ("scatter_add", "scatter_set")},
    "solve": [((2, 3), (3,), {}, "square"), ((3, 3), (2,), {}, "y.shape[-1] == x.shape[-1]"),
              ((3, 3), (3, 2, 2), {}, "y.shape[-2] == x.shape[-1]")],
    "squeeze": [((2, 3), {"axis": 0}, "not equal to one")],
    "stack": [((2, 3), (3, 2), {}, "equal")],
    "sum_to": [((2, 3), {"shape": (2,)}, "(2,)")],
    "swapaxes": [((2,), {"axis1": 0, "axis2": 1}, "axis 1")],
    "take": [((3,), {"indices": 3}, "index 3")],
    "take_along_axis": [((2, 3), {"indices": np.array([0]), "axis": 1}, "dimensions")],
    "tensordot": [((2, 3), (2, 3), {"axes": 1}, "axes=1")],
    "tile": [((2, 3), {"reps": (-1,)}, "negative")],
    "trace": [((3,), {}, "two axes")],
    "transpose": [((2, 3), {"axes": (0,)}, "axes=(0,)"), ((2, 3), {"axes": (0, 0)}, "repeated")],
    "tril": [((), {}, "one axis")],
    "triu": [((), {}, "one axis")],
    "where": [((2,), (3,), (3,), {}, "broadcast")],
    **{name: [((2,), (3,), {}, "need equal sizes or 1")]
       for name, op in OPS.items() if op.partials and op.arity == 2},
}  # fmt: skip

ANY_SHAPE = {"astype", "identity", "outer", "ravel"}
"""Ops that take operands of any shape, as do the elementwise ones of one operand."""

CALLS = {
    f"{name}-{k}": (OPS[name], call) for name in OPS for k, call in enumerate(SHAPES.get(name, ()))
}


def test_every_op_has_a_call_with_wrong_shapes_or_takes_any() -> None:
    for name, op in OPS.items():
        takes_any = name in ANY_SHAPE or (op.partials is not None and op.arity == 1)
        assert (name in SHAPES) or takes_any, name


@pytest.mark.parametrize("recorded", [True, False], ids=["value", "raw"])
@pytest.mark.parametrize(("op", "call"), CALLS.values(), ids=CALLS)
def test_wrong_shape_raises_and_names_op_shapes_and_need(
    op: ag.Op, call: tuple[Any, ...], recorded: bool
) -> None:
    *shapes, params, needed = call
    operands = [ag.Value(np.ones(s)) if recorded else np.ones(s) for s in shapes]
    with pytest.raises((ShapeError, ArgumentError)) as caught:
        op(*operands, **params)
    message = str(caught.value)
    assert message.startswith(f"{op.name}: ")
    assert needed in message
    for shape in shapes:
        assert str(shape) in message
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_wrong_number_of_operands_raises_and_shows_the_call(op: ag.Op) -> None:
    x = ag.Value(np.ones((2, 2)))
    for count in (0, 12) if op.arity else ():
        with pytest.raises(ArgumentError, match=rf"^{op.name}: got {count} .*need {op.name}\("):
            op(*[x] * count)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_unknown_keyword_raises_and_shows_the_call(op: ag.Op) -> None:
    operands = [ag.Value(np.ones(s)) for s in op.cases[0].shapes]
    with pytest.raises(ArgumentError, match=rf"^{op.name}: no argument 'axes_'; need {op.name}\("):
        op(*operands, axes_=1)


@pytest.mark.parametrize("name", [n for n, op in OPS.items() if op.arity and op.params])
def test_static_argument_given_twice_raises(name: str) -> None:
    op, first = OPS[name], next(iter(OPS[name].params))
    operands = [ag.Value(np.ones(s)) for s in op.cases[0].shapes]
    with pytest.raises(ArgumentError, match=rf"^{name}: argument '{first}' given twice"):
        op(*operands, 1, **{first: 1})


@pytest.mark.parametrize("bad", ["abc", None, [1.0, "abc"], {}], ids=repr)
@pytest.mark.parametrize(
    "op", [op for op in OPS.values() if op.arity != 1], ids=lambda op: op.name)  # fmt: skip
def test_operand_that_is_no_number_raises_and_names_the_op(op: ag.Op, bad: Any) -> None:
    first, *rest = (ag.Value(np.ones(s)) for s in op.cases[0].shapes)
    for operands in ([first, bad, *rest[1:]], [bad, *rest]) if rest else ():
        with pytest.raises(DtypeError, match=f"^{op.name}: "):
            op(*operands, **op.cases[0].params)


@pytest.mark.parametrize("name", [n for n, op in OPS.items() if op.partials])
def test_elementwise_op_of_a_raw_string_raises_and_names_the_op(name: str) -> None:
    operands = [1.0, "abc"][-(OPS[name].arity or 1) :]
    complains = {"silu": "sigmoid"}.get(name, name)  # in which silu is written
    with pytest.raises(DtypeError, match=f"^{complains}: "):
        OPS[name](*operands, **OPS[name].cases[0].params)


@pytest.mark.parametrize("name", ["inv", "solve"])
def test_singular_matrix_raises_and_names_the_op(name: str) -> None:
    operands = [ag.Value(np.ones((2, 2)))] * (OPS[name].arity or 1)
    with pytest.raises(LinalgError, match=f"^{name}: "):
        OPS[name](*operands)


def test_matrix_that_is_not_positive_definite_raises_and_names_the_op() -> None:
    with pytest.raises(LinalgError, match="^cholesky: "):
        ag.cholesky(ag.Value(-np.eye(2)))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: ag.concatenate([]), ArgumentError, "concatenate: got no operands"),
        (lambda x: ag.stack([]), ArgumentError, "stack: got no operands"),
        (lambda x: ag.split(x, 2), ArgumentError, "split: axis 0 has size 3; need a divisor"),
        (lambda x: ag.pad(x, 1, "bogus"), ArgumentError, "pad: mode is 'bogus'; need one of"),
        (lambda x: ag.norm(x, 0.5), ArgumentError, "norm: ord is 0.5; need"),
        (lambda x: ag.norm(ag.outer(x, x), "nuc"), ArgumentError, "norm: ord='nuc' of a matrix"),
        (lambda x: ag.gelu(x, "bogus"), ArgumentError, "gelu: approximate is 'bogus'; need"),
        (lambda x: ag.einsum("i,j", x), ArgumentError, "einsum: 'i,j' describes 2 operands"),
        (lambda x: ag.einsum("ij", x), ArgumentError, "einsum: 'ij' labels 2 axes"),
        (lambda x: ag.einsum("i,i", x, x[:2]), ShapeError, "einsum: label 'i' is 3 before"),
        (lambda x: ag.slogdet(x), ShapeError, "logabsdet: x is (3,); need square"),
        (lambda x: ag.dot(x, x[:2]), ShapeError, "matmul: inner axes differ"),
        (lambda x: x.reshape(4), ShapeError, "reshape: x is (3,), 3 elements"),
    ],
)  # fmt: skip
def test_function_on_top_of_ops_explains_what_it_needs(
    call: Any, error: type[AutogradError], message: str
) -> None:
    with pytest.raises(error) as caught:
        call(ag.Value(np.ones(3)))
    assert str(caught.value).startswith(message)
