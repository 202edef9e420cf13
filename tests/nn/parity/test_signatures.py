"""Names, order and defaults of arguments are PyTorch's, but for what is listed here."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

import nn
import nn.functional
import nn.init
import nn.optim

torch = pytest.importorskip("torch")

# What PyTorch has for devices, fused kernels, in-place arrays and its own past.
WITHOUT = {
    "device", "inplace", "size_average", "reduce", "foreach", "fused", "capturable",
    "differentiable", "generator", "_stacklevel", "self",
}  # fmt: skip
OURS = {"rng", "dtype", "reset_after"}
# Of each, what only PyTorch has, and why.
LEFT_OUT: dict[str, set[str]] = {
    "Embedding": {"norm_type", "scale_grad_by_freq", "sparse", "_weight", "_freeze"},
    "embedding": {"max_norm", "norm_type", "scale_grad_by_freq", "sparse"},
    "Hardtanh": {"min_value", "max_value"},  # deprecated
    "AdaptiveMaxPool1d": {"return_indices"},
    "AdaptiveMaxPool2d": {"return_indices"},
    "mse_loss": {"weight"},
    "l1_loss": {"weight"},
    "huber_loss": {"weight"},
}
# Defaults that differ on purpose: the last axis, where PyTorch guesses from the rank; and
# statistics that need not be named where they are not used.
DEFAULTS = {
    **dict.fromkeys(("Softmax", "LogSoftmax", "Softmin"), {"dim"}),
    **dict.fromkeys(("softmax", "log_softmax", "softmin"), {"dim"}),
    "batch_norm": {"running_mean", "running_var"},
}


def pairs() -> Iterator[Any]:
    for ours, theirs in (
        (nn, torch.nn),
        (nn.functional, torch.nn.functional),
        (nn.init, torch.nn.init),
        (nn.optim, torch.optim),
        (nn.optim, torch.nn.utils),
    ):
        for name in dir(ours):
            a, b = getattr(ours, name), getattr(theirs, name, None)
            if (
                not name.startswith("_")
                and callable(a)
                and b is not None
                and _parameters(b) is not None
            ):
                yield pytest.param(name, a, b, id=f"{theirs.__name__}.{name}")


def _parameters(function: Any) -> dict[str, Any] | None:
    """Those that can be given by name; nothing for what hides them, as builtins do."""
    try:
        signature = inspect.signature(function)
    except ValueError:
        return None
    kinds = {p.kind for p in signature.parameters.values()}
    if kinds & {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY}:
        return None
    return {n: p for n, p in signature.parameters.items() if p.kind != p.VAR_POSITIONAL}


@pytest.mark.parametrize(("name", "ours", "theirs"), list(pairs()))
def test_arguments_are_pytorchs(name: str, ours: Any, theirs: Any) -> None:
    actual, expected = _parameters(ours), _parameters(theirs)
    if actual is None or expected is None or name in ("Module", "Parameter"):
        pytest.skip("its arguments are not visible")
    skipped = WITHOUT | LEFT_OUT.get(name, set())
    wanted = [n for n in expected if n not in skipped | (OURS - set(actual))]
    found = [n for n in actual if n in expected or n not in OURS]
    # Options of the dtype stand last here, and last but one there.
    assert [n for n in found if n != "dtype"] == [n for n in wanted if n != "dtype"]
    for n in itertools.takewhile(lambda n: n not in WITHOUT, expected):
        if n in found and expected[n].kind == inspect.Parameter.POSITIONAL_OR_KEYWORD:
            assert actual[n].kind == inspect.Parameter.POSITIONAL_OR_KEYWORD, n
    for n in found:
        if n not in DEFAULTS.get(name, ()) and n in expected:
            assert actual[n].default == expected[n].default, n
