"""A layer of ours beside PyTorch's of the same name: same state, same numbers, both ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn

torch = pytest.importorskip("torch")
torch.set_num_threads(1)  # for tensors this small, threads only get in the way

__all__ = ["assert_close", "flat", "same_as_torch", "to_torch"]


def assert_close(actual: Any, expected: Any, what: str, tol: float = 1e-10) -> None:
    """Equal up to a tolerance relative to the largest element."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, need {expected.shape}"
    scale = np.max(np.abs(expected[np.isfinite(expected)]), initial=1.0)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=tol * scale, err_msg=what)


def flat(outputs: Any) -> list[Any]:
    """The arrays of a nested output, in order."""
    if isinstance(outputs, (tuple, list)):
        return [array for output in outputs for array in flat(output)]
    return [outputs]


def to_torch(x: Any) -> Any:
    """A leaf of PyTorch with the same data; integers without a gradient."""
    tensor = torch.tensor(np.asarray(x))
    return tensor.requires_grad_() if tensor.dtype.is_floating_point else tensor


def same_as_torch(
    ours: nn.Module,
    theirs: Any,
    *inputs: Any,
    tol: float = 1e-10,
    call: Callable[..., Any] | None = None,
    call_torch: Callable[..., Any] | None = None,
    modes: Sequence[bool] = (True,),
) -> None:
    """Assert the same outputs, gradients and state, in float64.

    PyTorch's `state_dict` is loaded into ours; both are called; a random cotangent is sent
    back through both; then our `state_dict` is loaded into PyTorch's with ``strict=True``.

    Parameters
    ----------
    ours, theirs : Module
    *inputs : ndarray
        Floating-point inputs get a gradient, which is compared as well.
    call, call_torch : callable, optional
        ``call(module, *inputs)`` instead of ``module(*inputs)``.
    modes : sequence of bool
        The values of ``training`` to run, one after the other.
    """
    theirs = theirs.double()
    ours.to("float64")
    ours.load_state_dict(theirs.state_dict())
    rng = np.random.default_rng(0)
    for training in modes:
        ours.train(training)
        theirs.train(training)
        ours.zero_grad()
        theirs.zero_grad()
        values = [ag.Value(x) if np.asarray(x).dtype.kind == "f" else x for x in inputs]
        tensors = [to_torch(x) for x in inputs]
        out = flat(call(ours, *values) if call else ours(*values))
        expected = flat(call_torch(theirs, *tensors) if call_torch else theirs(*tensors))
        assert len(out) == len(expected), f"{len(out)} outputs, need {len(expected)}"
        ours_total: Any = 0.0
        theirs_total: Any = 0.0
        for i, (a, b) in enumerate(zip(out, expected, strict=True)):
            assert_close(a.data, b.detach().numpy(), f"output {i}", tol)
            g = rng.normal(size=b.shape)
            ours_total = ours_total + (a * g).sum()
            theirs_total = theirs_total + (b * torch.tensor(g)).sum()
        if theirs_total.requires_grad:
            ours_total.backward()
            theirs_total.backward()
        for i, (value, tensor) in enumerate(zip(values, tensors, strict=True)):
            if isinstance(value, ag.Value) and tensor.grad is not None:
                assert_close(value.grad, tensor.grad.numpy(), f"gradient of input {i}", tol)
        named = dict(theirs.named_parameters())
        for name, parameter in ours.named_parameters():
            if named[name].grad is not None:
                what = f"gradient of {name}"
                assert_close(parameter.grad, named[name].grad.numpy(), what, tol)
        for name, array in theirs.state_dict().items():
            assert_close(ours.state_dict()[name], array.numpy(), f"state {name}", tol)
    state = {name: torch.tensor(array) for name, array in ours.state_dict().items()}
    theirs.load_state_dict(state, strict=True)
