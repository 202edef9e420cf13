"""One step of training: forward, loss, backward, and the optimiser's update."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd_core import Value
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import data_of

from ..module import Module
from ..optim import clip_grad_norm_, clip_grad_value_
from ..optim.flat import assign
from ..optim.optimizer import Optimizer
from .batches import Batch, call, raw
from .forward_state import ForwardState
from .nonfinite import NonFiniteLossError, is_finite, provenance

__all__ = ["Step", "StepResult", "check_parts"]


class StepResult(NamedTuple):
    """What a step computed, before the update.

    Attributes
    ----------
    loss : float
        Without the penalty.
    penalty : float or None
    output : ndarray, or nested
        The model's.
    """

    loss: float
    penalty: float | None
    output: Any


class Step:
    """Takes batches, and changes the model; see `Trainer` for the parameters."""

    def __init__(
        self,
        model: Module,
        loss: Callable[[Any, Any], Any],
        optimizer: Any,
        *,
        forward: Callable[..., Any] | None,
        penalty: Callable[[Module], Any] | None,
        clip_norm: float | None,
        clip_value: float | None,
        on_backward: Callable[[], None],
    ) -> None:
        self._model, self._loss, self._optimizer = model, loss, optimizer
        self._forward, self._penalty = forward, penalty
        self._clip_norm, self._clip_value = clip_norm, clip_value
        self._on_backward = on_backward
        self.roots = {"model": model}
        if isinstance(loss, Module):
            self.roots["loss"] = loss
        self.state = ForwardState(**self.roots)
        self._names = {id(p): name for name, p in model.named_parameters()}
        # One with a loop of its own, such as L-BFGS, moves the parameters between evaluations.
        self._evaluates_often = type(optimizer).step is not Optimizer.step

    def __call__(self, batch: Batch) -> StepResult:
        """Do one step.

        Raises
        ------
        NonFiniteLossError
            Nothing is changed then.
        """
        results: list[StepResult] = []

        def closure() -> float:
            result = self._evaluate(batch)
            results.append(result)
            return result.loss + (result.penalty or 0.0)

        if not self._evaluates_often:
            self._optimizer.step(closure)
            return results[0]
        start, parameters = self.state.take(), [np.array(p.data) for p in self._parameters()]
        try:
            self._optimizer.step(closure)
        except NonFiniteLossError:
            for p, data in zip(self._parameters(), parameters, strict=True):
                assign(p, data)
            self.state.restore(start)
            raise
        return results[0]

    def _evaluate(self, batch: Batch) -> StepResult:
        """Compute the gradients of one batch, and make sure that they are finite."""
        before = self.state.take()
        # numpy's warnings would say less than the error below.
        with np.errstate(all="ignore"):
            self._optimizer.zero_grad()
            objective, result = self._objective(batch)
            number = float(data_of(objective))
            if not math.isfinite(number):
                what, is_nan = f"the loss is {number}", math.isnan(number)
                raise self._explained(what, is_nan, batch, before, backward=False)
            objective.backward()
            self._on_backward()
            for p in self._parameters():
                if p.grad is not None and not is_finite(p.grad):
                    grad = np.asarray(data_of(p.grad))
                    what = (
                        f"the loss is {number:.6g}, and the gradient of "
                        f"{self._names.get(id(p), p.name or 'a parameter')} is not finite"
                    )
                    is_nan = bool(np.isnan(grad).any())
                    raise self._explained(what, is_nan, batch, before, backward=True)
        if self._clip_value is not None:
            clip_grad_value_(self._parameters(), self._clip_value)
        if self._clip_norm is not None:
            clip_grad_norm_(self._parameters(), self._clip_norm)
        return result

    def _objective(self, batch: Batch) -> tuple[Value, StepResult]:
        output = call(self._model, self._forward, batch)
        loss = self._loss(output, batch.target)
        if np.shape(data_of(loss)) != ():
            raise ShapeError(
                f"Trainer: the loss has shape {np.shape(data_of(loss))}; need a single number, "
                "such as with reduction='mean'"
            )
        penalty = None if self._penalty is None else self._penalty(self._model)
        objective = loss if penalty is None else loss + penalty
        if not isinstance(objective, Value) or not objective.requires_grad:
            raise ArgumentError(
                "Trainer: the loss depends on no parameter that is trained; need a model whose "
                "parameters require a gradient, and no .data or .item() on the way to the loss"
            )
        numbers = float(data_of(loss)), None if penalty is None else float(data_of(penalty))
        return objective, StepResult(*numbers, raw(output))

    def _explained(
        self, what: str, is_nan: bool, batch: Batch, before: dict[str, Any], *, backward: bool
    ) -> NonFiniteLossError:
        """The error, after a second pass with the same random numbers; then all as before."""

        def again() -> None:
            self.state.restore(before)
            self._optimizer.zero_grad()
            objective, _ = self._objective(batch)
            if backward:
                objective.backward()

        findings, cause = provenance(again, batch, self.roots, is_nan)
        self.state.restore(before)
        self._optimizer.zero_grad()
        error = NonFiniteLossError(what, findings, math.nan if is_nan else math.inf)
        error.__cause__ = cause
        return error

    def _parameters(self) -> list[Value]:
        return [p for group in self._optimizer.param_groups for p in group["params"]]


def check_parts(model: Any, loss: Any, optimizer: Any) -> None:
    """Refuse what would fail later without saying why, or would train nothing.

    Raises
    ------
    ArgumentError
        If one of them is something else, such as in another order, or the optimiser holds no
        parameter of the model.
    """
    if isinstance(loss, type) or not callable(loss):
        hint = f"; make one: {loss.__name__}()" if isinstance(loss, type) else ""
        raise ArgumentError(
            f"Trainer: the loss is {loss!r}; need a function of output and target{hint}. The "
            "order is Trainer(model, loss, optimizer)"
        )
    if optimizer is None:  # as for a Trainer that only measures
        return
    if not hasattr(optimizer, "param_groups"):
        raise ArgumentError(
            f"Trainer: the optimizer is a {type(optimizer).__name__}; need an nn.optim.Optimizer. "
            "The order is Trainer(model, loss, optimizer)"
        )
    trained = {p for group in optimizer.param_groups for p in group["params"]}
    roots = [root for root in (model, loss) if isinstance(root, Module)]
    if roots and not any(p in trained for root in roots for p in root.parameters()):
        raise ArgumentError(
            "Trainer: no parameter of the model is among those of the optimizer, so nothing would "
            "be trained; need an optimizer over model.parameters() of this model"
        )
