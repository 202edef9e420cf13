"""How large gradients and activations are in each layer: vanishing, exploding, saturated."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core import Value
from autograd_core.errors import ArgumentError
from autograd_core.value import data_of

from ..module import Module
from .callback import Callback
from .history import History, Means

if TYPE_CHECKING:
    from .trainer import Trainer

__all__ = ["ActivationStatistics", "GradientStatistics"]

# Between which bounds a layer's outputs lie. Next to them its derivative is near 0.
_BOUNDS = {
    "Tanh": (-1.0, 1.0),
    "ScaledTanh": (-1.7159, 1.7159),
    "Sigmoid": (0.0, 1.0),
    "Hardtanh": (-1.0, 1.0),
    "Hardsigmoid": (0.0, 1.0),
    "Softsign": (-1.0, 1.0),
}


class _Sampled(Callback):
    """Means of numbers over every few batches of an epoch, as a row for each epoch."""

    def __init__(self, every: int) -> None:
        if every < 1:
            raise ArgumentError(f"{type(self).__name__}: every is {every}; need at least 1")
        self.every = every
        self.history = History()
        self._means = Means()

    def on_epoch_begin(self, trainer: Trainer) -> None:
        """Begin to collect anew."""
        self._means = Means()

    def on_epoch_end(self, trainer: Trainer, row: Mapping[str, Any]) -> None:
        """Add a row to the history."""
        self.history.append({"epoch": row["epoch"], **self._means.result()})

    def _wants(self, trainer: Trainer) -> bool:
        return (trainer.batch - 1) % self.every == 0

    def state_dict(self) -> dict[str, Any]:
        """The history, and the sums of the epoch under way."""
        return {"history": self.history.to_dict(), "means": self._means.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self.history = History(state["history"])
        self._means = Means()
        self._means.load_state_dict(state["means"])

    def __str__(self) -> str:
        return str(self.history)


class GradientStatistics(_Sampled):
    """The norm of each parameter's gradient, before clipping, as a mean over the epoch's steps.

    Parameters
    ----------
    every : int
        Look at the first of so many batches only.

    Attributes
    ----------
    history : History
        A column for each parameter, by its path; and ``total``, the norm of all of them as one
        vector, which is what ``clip_norm`` limits.
    """

    def __init__(self, every: int = 1) -> None:
        super().__init__(every)

    def on_backward(self, trainer: Trainer) -> None:
        """Take the norms."""
        if not self._wants(trainer):
            return
        norms = {
            name: float(np.linalg.norm(np.ravel(data_of(p.grad))))
            for name, p in trainer.model.named_parameters()
            if p.grad is not None
        }
        self._means.add({**norms, "total": math.hypot(*norms.values())})


class ActivationStatistics(_Sampled):
    """Mean, standard deviation, zeros and saturation of what each layer puts out in training.

    Parameters
    ----------
    every : int
        Look at the first of so many batches only.
    layers : collection of str, optional
        Paths of modules; by default all that hold no others.

    Attributes
    ----------
    history : History
        Four columns for each layer, by its path: ``"0 mean"``, ``"0 std"``, ``"0 zeros"`` (the
        fraction that is exactly 0: of dead units behind a ReLU), ``"0 saturated"`` (the fraction
        within 1 % of the bounds of a tanh, a sigmoid and their like; None for other layers).
        Printed is a table of the last epoch, with a row for each layer.
    """

    def __init__(self, every: int = 1, layers: Any = None) -> None:
        super().__init__(every)
        self.layers = None if layers is None else tuple(layers)
        self._remove: list[Callable[[], None]] = []

    def on_fit_begin(self, trainer: Trainer) -> None:
        """Attach to the layers."""
        modules = dict(trainer.model.named_modules())
        paths = self.layers
        if paths is None:
            paths = tuple(p for p, module in modules.items() if not list(module.children()))
        for path in paths:
            if path not in modules:
                raise ArgumentError(
                    f"ActivationStatistics: there is no layer {path!r}; there are "
                    f"{', '.join(filter(None, modules))}"
                )
            hook = self._hook(path or type(modules[path]).__name__, trainer)
            self._remove.append(modules[path].register_forward_hook(hook))

    def on_fit_end(self, trainer: Trainer) -> None:
        """Detach from them."""
        while self._remove:
            self._remove.pop()()

    def on_epoch_end(self, trainer: Trainer, row: Mapping[str, Any]) -> None:
        """Add a row to the history."""
        means = self._means.result()
        for name in [name for name in means if name.endswith(" square")]:
            layer = name.removesuffix(" square")
            variance = means.pop(name) - means[f"{layer} mean"] ** 2
            means[f"{layer} std"] = math.sqrt(max(variance, 0.0))
        order = ("mean", "std", "zeros", "saturated")
        layers = dict.fromkeys(name.rpartition(" ")[0] for name in means)
        self.history.append(
            {
                "epoch": row["epoch"],
                **{f"{x} {what}": means.get(f"{x} {what}") for x in layers for what in order},
            }
        )

    def __str__(self) -> str:
        rows: dict[str, dict[str, Any]] = {}
        for row in list(self.history)[-1:]:
            del row["epoch"]
            for column, number in row.items():
                layer, _, what = column.rpartition(" ")
                rows.setdefault(layer, {"layer": layer})[what] = number
        table = History()
        for line in rows.values():
            table.append(line)
        return str(table)

    def _hook(self, path: str, trainer: Trainer) -> Callable[[Module, Any, Any], None]:
        def look(module: Module, args: Any, output: Any) -> None:
            if isinstance(output, tuple):  # of a recurrent layer, with its last state
                output = output[0]
            if not trainer.in_step or not self._wants(trainer) or not isinstance(output, Value):
                return
            x = np.asarray(output.data)
            numbers = {
                f"{path} mean": float(x.mean(dtype=np.float64)),
                f"{path} square": float(np.square(x, dtype=np.float64).mean()),
                f"{path} zeros": 1 - np.count_nonzero(x) / max(x.size, 1),
            }
            if type(module).__name__ in _BOUNDS:
                low, high = _BOUNDS[type(module).__name__]
                margin = 0.01 * (high - low) / 2
                near = np.count_nonzero((x < low + margin) | (x > high - margin))
                numbers[f"{path} saturated"] = near / max(x.size, 1)
            self._means.add(numbers, weight=x.size)

        return look
