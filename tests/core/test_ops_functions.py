"""Functions that are no ops but call them pass the same checks, as ops do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import autograd_core as ag

from .op_checks import check_jvp, check_second_order, check_vjp

REGULAR = ag.Domain(sample=lambda rng, shape: rng.uniform(-1, 1, shape) + 2 * np.eye(shape[-1]))
ZEROS_TOO = ag.Domain(sample=lambda rng, shape: np.maximum(rng.uniform(-1, 2, shape), 0.0))


def einsum(subscripts: str) -> Any:
    return lambda *operands: ag.einsum(subscripts, *operands)


FUNCTIONS: dict[str, tuple[Any, list[ag.Case], Any]] = {
    "dot of vectors": (ag.dot, [ag.Case((3,), (3,))], ag.Domain()),
    "dot of scalars": (ag.dot, [ag.Case((), ()), ag.Case((), (3,))], ag.Domain()),
    "dot of tensors": (
        ag.dot, [ag.Case((2, 4, 3), (5, 3, 2)), ag.Case((2, 2, 3), (3,))], ag.Domain()),
    "slogdet": (lambda x: ag.slogdet(x).logabsdet, [ag.Case((3, 3)), ag.Case((2, 2, 2))], REGULAR),
    "split evenly": (
        lambda x: ag.split(x, 3, axis=-1)[1] * ag.split(x, 3, -1)[2],
        [ag.Case((2, 6))], ag.Domain()),
    "split at": (lambda x: ag.split(x, [1, 3])[1], [ag.Case((4, 2)), ag.Case((4,))], ag.Domain()),
    "safe_where": (lambda x: ag.safe_where(x > 0, ag.sqrt, x, 0.0), [ag.Case((5,))],
                   ag.Domain(sample=lambda rng, shape: rng.choice([-1.0, 1.0], shape) * 1.5)),
    "einsum without arrow": (einsum("ij,jk"), [ag.Case((2, 3), (3, 4))], ag.Domain()),
    "einsum with ellipsis": (
        einsum("...ij,...jk->...ik"), [ag.Case((5, 2, 3), (3, 4)), ag.Case((2, 3), (3, 4))],
        ag.Domain()),
    "einsum with ellipsis, without arrow": (
        einsum("...i,...i"), [ag.Case((2, 3), (3,))], ag.Domain()),
    "einsum with broadcasting ellipsis": (
        einsum("...i,i...->...i"), [ag.Case((2, 1, 3), (3, 4))], ag.Domain()),
    "einsum of three": (einsum("ij,jk,kl->il"), [ag.Case((2, 3), (3, 2), (2, 2))], ag.Domain()),
    "einsum with a trace": (einsum("iij->j"), [ag.Case((2, 2, 3))], ag.Domain()),
    "tril of a vector": (ag.tril, [ag.Case((3,))], ag.Domain()),
    "at set": (lambda x: x.at[1:].set(x[0]), [ag.Case((3, 2))], ag.Domain()),
    "at add": (lambda x: x.at[np.array([0, 0])].add(x[1:] * x[0]), [ag.Case((3,))], ag.Domain()),
    "indexing by a list": (lambda x: x[[0, 2, 0]], [ag.Case((3, 2))], ag.Domain()),
    "indexing by a mask and a slice": (
        lambda x: x[np.array([True, False, True]), ::-1], [ag.Case((3, 2))], ag.Domain()),
    "indexing by nothing at all": (lambda x: x[()], [ag.Case((2,)), ag.Case(())], ag.Domain()),
    "a sum over no axes": (lambda x: ag.sum(x, ()), [ag.Case((2, 3))], ag.Domain()),
    "negative axes": (lambda x: ag.var(x, (-1, -3)), [ag.Case((2, 3, 2))], ag.Domain()),
    "methods": (lambda x: (x.T @ x).sum(0).mean() + x.std() * x.max() - x.min() / x.prod(),
                [ag.Case((3, 2))], ag.Domain(0.5, 2.0)),
}  # fmt: skip


@dataclass(frozen=True)
class Function:
    """What the checks need to know of an op: a name, a domain, and a call that takes raw data."""

    name: str
    domain: tuple[ag.Domain, ...]
    call: Any

    def __call__(self, *operands: Any) -> Any:
        if any(isinstance(x, ag.Value) for x in operands):
            return self.call(*operands)
        return self.call(*(ag.Value(x, requires_grad=False) for x in operands)).data


def calls() -> list[Any]:
    return [
        pytest.param(f, case, domain, id=f"{label}-{case!r}")
        for label, (f, cases, domain) in FUNCTIONS.items()
        for case in cases
    ]


@pytest.mark.parametrize(("function", "case", "domain"), calls())
def test_function_has_its_derivatives(function: Any, case: ag.Case, domain: ag.Domain) -> None:
    for check in (check_vjp, check_jvp, check_second_order):
        check(Function("function", (domain,), function), case)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_astype_gives_each_side_its_own_dtype(dtype: Any) -> None:
    for given in (np.float32, np.float64):
        x = ag.Value(np.arange(3, dtype=given))
        y = ag.astype(x, dtype)
        assert y.dtype == dtype
        ag.sum(y * y).backward()
        assert x.grad.dtype == given
        np.testing.assert_array_equal(x.grad, [0.0, 2.0, 4.0])


def test_astype_to_integers_is_a_constant() -> None:
    assert not ag.astype(ag.Value(np.ones(2)), int).requires_grad
