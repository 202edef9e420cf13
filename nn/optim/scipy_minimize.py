"""The minimisers of scipy: conjugate gradients, BFGS and all the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd_core import Value, enable_grad
from autograd_core.errors import ArgumentError

from .flat import flat_data, flat_grad, number, scatter

__all__ = ["minimize"]

_WITHOUT_GRADIENT = ("nelder-mead", "powell", "cobyla", "cobyqa")


def minimize(
    closure: Callable[[], Any],
    params: Iterable[Value] | Value,
    method: str = "CG",
    *,
    callback: Callable[[float], Any] | None = None,
    **options: Any,
) -> Any:
    """Minimise a loss over parameters with `scipy.optimize.minimize`.

    Meant for the loss of all data, since these methods compare its values.

    Parameters
    ----------
    closure : callable
        Computes the loss from the parameters as they are and returns it. It may clear the
        gradients and call ``backward`` as a closure of PyTorch does, or leave both to us.
    params : iterable of Value, or Value
        Leaves; they keep their dtype, scipy computes in float64.
    method : str
        Of scipy: ``"CG"`` (nonlinear conjugate gradients, Polak and Ribière), ``"BFGS"``,
        ``"L-BFGS-B"``, ``"TNC"``, ``"Nelder-Mead"`` …
    callback : callable, optional
        Called with the loss after each iteration; ``raise StopIteration`` ends the search.
    **options
        Further arguments of `scipy.optimize.minimize`: ``tol=1e-8``,
        ``options={"maxiter": 50}``, ``bounds=…``.

    Returns
    -------
    scipy.optimize.OptimizeResult
        With scipy's fields, ``fun`` the loss, ``x`` the parameters as one vector, ``nit``,
        ``nfev``, ``success``, ``message``; and ``history``, an array of the loss at the start
        and after each iteration. The parameters hold ``x`` when this returns, and the best
        point so far where it is interrupted.

    Raises
    ------
    ArgumentError
        If there are no parameters, or the loss does not depend on any of them.
    ImportError
        Without scipy.

    Examples
    --------
    >>> x = Value(np.array([-1.2, 1.0]))
    >>> def loss():
    ...     return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
    >>> result = minimize(loss, [x], "BFGS")
    >>> result.success, np.round(x.data, 4)
    (True, array([1., 1.]))
    """
    try:
        from scipy import optimize
    except ImportError as error:
        raise ImportError(
            "minimize: scipy is not installed; pip install 'autograd-viz[train]'"
        ) from error
    if not callable(closure) or not isinstance(params, Iterable | Value):
        raise ArgumentError(
            f"minimize: the closure is a {type(closure).__name__}, the parameters are a "
            f"{type(params).__name__}; need minimize(closure, parameters), such as "
            "minimize(loss, model.parameters())"
        )
    leaves = [params] if isinstance(params, Value) else list(params)
    if not leaves:
        raise ArgumentError("minimize: the list of parameters is empty; need at least one")

    def loss_and_gradient(x: Any) -> tuple[float, Any]:
        scatter(leaves, x)
        for p in leaves:
            p.grad = None
        with enable_grad():
            loss = closure()
        if all(p.grad is None for p in leaves):
            if not (isinstance(loss, Value) and loss.requires_grad):
                raise ArgumentError(
                    f"minimize: the closure returned {loss!r}, which depends on no parameter; "
                    "return the loss as a Value, computed from the parameters"
                )
            loss.backward()
        return number(loss), flat_grad(leaves).astype(np.float64)

    start = flat_data(leaves).astype(np.float64)
    best_loss, best = loss_and_gradient(start)[0], start
    history = [best_loss]

    def after_iteration(intermediate_result: Any) -> None:
        nonlocal best_loss, best
        loss = float(intermediate_result.fun)
        history.append(loss)
        if not loss >= best_loss:
            best_loss, best = loss, np.array(intermediate_result.x)
        if callback is not None:
            callback(loss)

    try:
        plain = method.lower() in _WITHOUT_GRADIENT
        result = optimize.minimize(
            (lambda x: loss_and_gradient(x)[0]) if plain else loss_and_gradient,
            start,
            method=method,
            jac=None if plain else True,
            callback=after_iteration,
            **options,
        )
        best = result.x
    finally:
        scatter(leaves, best)
    result.history = np.array(history)
    return result
