"""Functions of PyTorch and JAX, with the gradients that those compute, to be checked here."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ArgumentError
from ..tree import flatten, map_leaves
from .foreign import Foreign

__all__ = ["from_jax", "from_torch"]


def from_torch(f: Callable[..., Any]) -> Foreign:
    """A PyTorch function or module, as something that `gradcheck` can check, in float64.

    Parameters
    ----------
    f : callable
        From tensors to a tensor, or a nested structure of tensors. The parameters of a module
        are constants here; pass them as inputs with `torch.func.functional_call` to check them.

    Returns
    -------
    Foreign

    Raises
    ------
    ModuleNotFoundError
        If torch is not installed.

    Examples
    --------
    >>> import torch  # doctest: +SKIP
    >>> gradcheck(from_torch(torch.tanh), np.array([0.5, -1.0])).ok  # doctest: +SKIP
    True
    """
    torch = importlib.import_module("torch")
    from .torch_blame import faulty_function

    def tensors(args: Any) -> Any:
        return map_leaves(lambda x: _tensor(torch, x), args)

    def call(*args: Any) -> Any:
        return map_leaves(_from_tensor, f(*tensors(args)))

    def pull(args: tuple[Any, ...], weights: Any) -> list[Any]:
        given = tensors(args)
        leaves = [t for t in flatten(given)[0] if getattr(t, "requires_grad", False)]
        outputs = [t for t in flatten(f(*given))[0] if _is_floating_tensor(torch, t)]
        total, start = torch.zeros((), dtype=torch.float64), 0
        for out in outputs:
            part = torch.as_tensor(np.array(weights[start : start + out.numel()]))
            total = total + (out.reshape(-1).to(torch.float64) * part).sum()
            start += out.numel()
        if not total.requires_grad:
            return [np.zeros(tuple(t.shape)) for t in leaves]
        found = torch.autograd.grad(total, leaves, allow_unused=True)
        return [
            np.zeros(tuple(t.shape)) if g is None else g.detach().numpy()
            for t, g in zip(leaves, found, strict=True)
        ]

    name = getattr(f, "__name__", type(f).__name__)
    return Foreign(name, call, pull, lambda args: faulty_function(torch, f, tensors(args)))


def from_jax(f: Callable[..., Any]) -> Foreign:
    """A JAX function, as something that `gradcheck` can check, in float64.

    Parameters
    ----------
    f : callable
        From arrays to an array, or a nested structure of arrays.

    Returns
    -------
    Foreign

    Raises
    ------
    ArgumentError
        If JAX runs without 64-bit numbers.

    Examples
    --------
    >>> import jax  # doctest: +SKIP
    >>> jax.config.update("jax_enable_x64", True)  # doctest: +SKIP
    >>> gradcheck(from_jax(jax.numpy.tanh), np.array([0.5, -1.0])).ok  # doctest: +SKIP
    True
    """
    jax = importlib.import_module("jax")

    def arrays(args: Any) -> Any:
        made = map_leaves(lambda x: jax.numpy.asarray(x) if _is_number(x) else x, args)
        if any(getattr(x, "dtype", None) == np.float32 for x in flatten(made)[0]):
            raise ArgumentError(
                "from_jax: JAX runs in 32 bits, where differences show little; "
                'call jax.config.update("jax_enable_x64", True) first'
            )
        return made

    def call(*args: Any) -> Any:
        return map_leaves(np.asarray, f(*arrays(args)))

    def pull(args: tuple[Any, ...], weights: Any) -> list[Any]:
        out, pullback = jax.vjp(f, *arrays(args))
        leaves, rebuild = flatten(out)
        cotangents, start = [], 0
        for x in leaves:
            stop = start + x.size
            cotangents.append(jax.numpy.asarray(weights[start:stop]).reshape(x.shape))
            start = stop
        found = flatten(pullback(rebuild(cotangents)))[0]
        return [np.asarray(g) for g in found if g.dtype != jax.dtypes.float0]

    return Foreign(getattr(f, "__name__", "f"), call, pull)


def _tensor(torch: Any, x: Any) -> Any:
    if not _is_number(x):
        return x
    tensor = torch.as_tensor(np.array(x))
    return tensor.requires_grad_() if _is_floating_tensor(torch, tensor) else tensor


def _is_floating_tensor(torch: Any, x: Any) -> bool:
    return isinstance(x, torch.Tensor) and bool(x.dtype.is_floating_point)


def _from_tensor(t: Any) -> Any:
    return t.detach().numpy() if hasattr(t, "detach") else t


def _is_number(x: Any) -> bool:
    return isinstance(x, (float, np.ndarray, np.generic))
