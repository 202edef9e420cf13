"""Limited-memory BFGS."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from autograd_core import Value, enable_grad
from autograd_core.errors import ArgumentError, ShapeError

from .flat import flat_data, flat_grad, number, scatter
from .line_search import Point, strong_wolfe
from .optimizer import Optimizer

__all__ = ["LBFGS"]

# What the state holds, by its form; the names are PyTorch's.
_COUNTS = ("func_evals", "n_iter")
_NUMBERS = ("t", "H_diag", "prev_loss")
_VECTORS = ("d", "prev_flat_grad")
_HISTORIES = ("old_dirs", "old_stps")


class LBFGS(Optimizer):
    """Limited-memory BFGS: Newton's method with the curvature of the last steps [1]_.

    One call of `step` does up to `max_iter` iterations, each along d = −H g, where the inverse
    Hessian H is known by the last `history_size` changes of the parameters and of the gradient.
    Meant for the loss of all data: between batches the changes mean nothing.

    Parameters
    ----------
    params : iterable of Value, or of (str, Value)
        In one group.
    lr : float
        The step length; with a line search, the first one it tries.
    max_iter : int
        Most iterations in one call of `step`.
    max_eval : int, optional
        Most evaluations of the closure there; by default ``max_iter * 5 // 4``.
    tolerance_grad : float
        End where no element of the gradient is larger.
    tolerance_change : float
        End where neither the parameters nor the loss change by more.
    history_size : int
        How many changes are remembered: 2 · history_size · n numbers.
    line_search_fn : {"strong_wolfe"}, optional
        Recommended. By default each step has the length `lr`.

    Raises
    ------
    ArgumentError
        If there are several groups, or an option is out of its range.

    References
    ----------
    .. [1] D. C. Liu, J. Nocedal, "On the limited memory BFGS method for large scale
       optimization", Mathematical Programming 45 (1989).

    Examples
    --------
    >>> x = Value(np.array([-1.2, 1.0]))
    >>> optimizer = LBFGS([x], max_iter=100, line_search_fn="strong_wolfe")
    >>> def closure():  # Rosenbrock's valley
    ...     optimizer.zero_grad()
    ...     loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
    ...     loss.backward()
    ...     return loss
    >>> loss_before = optimizer.step(closure)
    >>> np.round(x.data, 3)
    array([1., 1.])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "max_iter": max_iter,
                "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
                "tolerance_grad": tolerance_grad,
                "tolerance_change": tolerance_change,
                "history_size": history_size,
                "line_search_fn": line_search_fn,
            },
        )

    def _check(self, group: dict[str, Any]) -> None:
        self._need_at_least_zero(group, "lr", "tolerance_grad", "tolerance_change")
        if self.param_groups and self.param_groups[0]["params"] is not group["params"]:
            self._refuse("there are several groups; need one, since it works on one vector")
        if group["line_search_fn"] not in (None, "strong_wolfe"):
            self._refuse(
                f"line_search_fn is {group['line_search_fn']!r}; need 'strong_wolfe' or None"
            )
        if group["history_size"] < 1 or group["max_iter"] < 1:
            self._refuse(
                f"history_size is {group['history_size']} and max_iter is {group['max_iter']}; "
                "need at least 1"
            )

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Iterate until a tolerance or a limit is met.

        Parameters
        ----------
        closure : callable
            Clears the gradients, computes the loss, calls ``backward`` and returns the loss.
            It is called several times.

        Returns
        -------
        Any
            What the closure returned at the start.

        Raises
        ------
        ArgumentError
            Without a closure.
        """
        if closure is None:
            raise ArgumentError(
                "LBFGS: step() needs a closure that computes the loss anew: optimizer.step(closure)"
            )
        self.has_stepped = True
        (group,) = self.param_groups
        params, limit = group["params"], group["tolerance_change"]
        state = self.state[params[0]]
        if not state:
            state.update(func_evals=0, n_iter=0)
        first, loss, grad = _evaluate(closure, params)
        evaluations = 1
        for iteration in range(1, group["max_iter"] + 1):
            if np.abs(grad).max() <= group["tolerance_grad"]:
                break
            if iteration > 1 and (
                evaluations >= group["max_eval"]
                or np.abs(state["d"] * state["t"]).max() <= limit
                or abs(loss - state["prev_loss"]) < limit
            ):
                break
            state["n_iter"] += 1
            d = _direction(state, grad, group["history_size"])
            t = group["lr"]
            if state["n_iter"] == 1:  # nothing is known of the curvature yet
                t *= min(1.0, 1.0 / float(np.abs(grad).sum()))
            state.update(d=d, t=t, prev_flat_grad=grad, prev_loss=loss)
            slope = float(grad @ d)
            if slope > -limit:
                break
            x = flat_data(params)
            if group["line_search_fn"] is not None:
                start = Point(0.0, loss, grad, slope)
                at = _along(closure, params, x, d)
                left = group["max_eval"] - evaluations
                d_max = float(np.abs(d).max())
                point, used = strong_wolfe(at, start, t, d_max, max_evaluations=left)
                t, loss, grad = point.t, point.loss, point.grad
                evaluations += used
                state["t"] = t
            scatter(params, x + t * d)
            if group["line_search_fn"] is None and iteration < group["max_iter"]:
                _, loss, grad = _evaluate(closure, params)
                evaluations += 1
        state["func_evals"] += evaluations
        return first

    def _pack_entry(self, entry: dict[str, Any]) -> dict[str, Any]:
        # Stacked, so that each is one array to be stored.
        packed = super()._pack_entry(entry)
        packed.update({k: np.array(entry[k]) for k in (*_HISTORIES, "ro") if k in entry})
        return packed

    def _unpack_entry(self, p: Value, entry: Mapping[str, Any]) -> dict[str, Any]:
        params = self.param_groups[0]["params"]
        n = sum(p.size for p in params)
        dtype = np.result_type(*(p.dtype for p in params))
        restored: dict[str, Any] = {name: int(entry[name]) for name in _COUNTS}
        if "d" not in entry:  # it ended before the first direction
            return restored
        restored.update({name: float(entry[name]) for name in _NUMBERS})
        restored["ro"] = [float(r) for r in entry["ro"]]
        for name in (*_VECTORS, *_HISTORIES):
            array = np.array(entry[name], dtype)
            if array.size and array.shape[-1] != n:
                raise ShapeError(
                    f"LBFGS: the saved {name} is {array.shape}, the parameters have {n} elements "
                    f"together; need {n} in the last axis"
                )
            restored[name] = array if name in _VECTORS else list(array)
        return restored


def _evaluate(closure: Callable[[], Any], params: list[Value]) -> tuple[Any, float, Any]:
    with enable_grad():
        loss = closure()
    return loss, number(loss), flat_grad(params)


def _along(
    closure: Callable[[], Any], params: list[Value], x: Any, d: Any
) -> Callable[[float], Point]:
    def at(t: float) -> Point:
        scatter(params, x + t * d)
        _, loss, grad = _evaluate(closure, params)
        # A loss that cannot be computed so far out is worse than any: the search turns back.
        return Point(t, math.inf if math.isnan(loss) else loss, grad, float(grad @ d))

    return at


def _direction(state: dict[str, Any], grad: Any, history_size: int) -> Any:
    """−H g by the two-loop recursion (Nocedal, Wright, algorithm 7.4)."""
    if state["n_iter"] == 1:
        state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1.0)
        return -grad
    ys, ss, rhos = state["old_dirs"], state["old_stps"], state["ro"]
    y = grad - state["prev_flat_grad"]
    s = state["d"] * state["t"]
    curvature = float(y @ s)
    if curvature > 1e-10:  # else the change would make H indefinite
        if len(ys) == history_size:
            for history in (ys, ss, rhos):
                del history[0]
        ys.append(y)
        ss.append(s)
        rhos.append(1.0 / curvature)
        state["H_diag"] = curvature / float(y @ y)
    q = -grad
    alphas = []
    for y, s, rho in zip(reversed(ys), reversed(ss), reversed(rhos), strict=True):
        alphas.append(float(s @ q) * rho)
        q -= alphas[-1] * y
    q *= state["H_diag"]
    for y, s, rho, alpha in zip(ys, ss, rhos, reversed(alphas), strict=True):
        q += s * (alpha - float(y @ q) * rho)
    return q
