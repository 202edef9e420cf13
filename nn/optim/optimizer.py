"""What all optimisers share: parameter groups, their state, and the loop over both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

import numpy as np

from autograd_core import Value, enable_grad
from autograd_core.errors import ArgumentError, ShapeError
from autograd_core.value import as_data, data_of, shape_of

from . import groups
from .state import pack, restored, unpack

__all__ = ["Optimizer"]


class Optimizer:
    """Base class: hold parameters in groups, and update those that have a gradient.

    A new optimiser sets its defaults and defines `_update`, the rule for one parameter.

    Parameters
    ----------
    params : iterable of Value, of (str, Value), or of dict
        Leaves, such as ``model.parameters()``; or with names, ``model.named_parameters()``;
        or groups, ``{"params": [...], "lr": 0.1}``, whose options go before the defaults.
        A group may carry further keys of the user's own.
    defaults : dict
        The options of every group that does not say otherwise.

    Attributes
    ----------
    param_groups : list of dict
        The options of each group, and under ``"params"`` its leaves. Assign to an option,
        ``optimizer.param_groups[0]["lr"] = 0.01``, and the next step uses it.
    defaults : dict
    state : dict
        What the rule remembers of each parameter, such as its momentum.
    has_stepped : bool
        Whether `step` was called; learning-rate schedules warn if they are moved on before.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is listed twice or is not a leaf, or an option is out of
        its range.

    Examples
    --------
    >>> class SignDescent(Optimizer):
    ...     def __init__(self, params, lr):
    ...         super().__init__(params, {"lr": lr})
    ...
    ...     def _update(self, data, grad, state, group):
    ...         data -= group["lr"] * np.sign(grad)
    >>> w = Value(np.array([1.0, 2.0]))
    >>> (w * w).sum().backward()
    >>> SignDescent([w], lr=0.5).step()
    >>> w.data
    array([0.5, 1.5])
    """

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.param_groups: list[dict[str, Any]] = []
        self.state: defaultdict[Value, dict[str, Any]] = defaultdict(dict)
        self.has_stepped = False
        for group in groups.split(type(self).__name__, params):
            self.add_param_group(group)

    # --- the step --------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient; one whose ``grad`` is None stays.

        Parameters
        ----------
        closure : callable, optional
            Clears the gradients, computes the loss, calls ``backward`` and returns the loss.
            It runs first.

        Returns
        -------
        Any
            What the closure returned.

        Raises
        ------
        ShapeError
            If somebody gave a parameter a gradient of another shape.
        """
        self.has_stepped = True
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                data, grad = p.data, data_of(p.grad)
                if shape_of(grad) != shape_of(data):
                    raise ShapeError(
                        f"{type(self).__name__}: the gradient is {shape_of(grad)}, its parameter "
                        f"{self._called(p)} is {shape_of(data)}; need the same shape"
                    )
                # Not a number, nor an array that belongs to somebody else.
                is_own = type(data) is np.ndarray and data.flags.writeable
                data = data if is_own else np.array(data)
                state = self.state[p]
                for name, memory in state.items():
                    if type(memory) is np.ndarray and memory.dtype != data.dtype:
                        state[name] = memory.astype(data.dtype)  # after `Module.to`
                self._update(data, grad, state, group)
                if not is_own:
                    p.data = as_data(data)
        return loss

    def _update(self, data: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Change `data` in place; `state` is empty the first time. `grad` is not changed."""
        raise NotImplementedError

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, which backward would otherwise add to.

        Parameters
        ----------
        set_to_none : bool
            Whether ``grad`` becomes None, which costs nothing and excludes the parameter from a
            step without a new gradient; else zeros.
        """
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none or p.grad is None:
                    p.grad = None
                else:
                    p.grad = as_data(np.zeros_like(data_of(p.grad)))

    # --- groups ----------------------------------------------------------------------------

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Train further parameters, such as layers that were frozen so far.

        Parameters
        ----------
        param_group : dict
            ``"params"`` and the options that differ from the defaults.

        Raises
        ------
        ArgumentError
            As for the constructor. Nothing is added then.
        """
        taken = [p for group in self.param_groups for p in group["params"]]
        group = {**self.defaults, **groups.members(type(self).__name__, param_group, taken)}
        self._check(group)
        self.param_groups.append(group)

    def _check(self, group: dict[str, Any]) -> None:
        """Refuse options out of their range."""
        self._need_at_least_zero(group, "lr")

    def _need_at_least_zero(self, group: dict[str, Any], *names: str) -> None:
        for name in names:
            if isinstance(group[name], str) or not group[name] >= 0:  # so that nan is refused
                self._refuse(f"{name} is {group[name]!r}; need {name} >= 0")

    def _need_fractions(self, group: dict[str, Any], name: str, values: Iterable[float]) -> None:
        if not all(0 <= value < 1 for value in values):
            self._refuse(f"{name} is {group[name]}; need 0 <= {name} < 1")

    def _refuse(self, fault: str) -> NoReturn:
        raise ArgumentError(f"{type(self).__name__}: {fault}")

    def _called(self, p: Value) -> str:
        """How a message calls a parameter: by its name, else by its place."""
        for i, group in enumerate(self.param_groups):
            for k, member in enumerate(group["params"]):
                if member is p:
                    names = group.get("param_names")
                    return repr(names[k]) if names else f"{k} of group {i}"
        return "?"

    # --- state -----------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """All that the optimiser remembers, as plain data.

        Returns
        -------
        dict
            ``"state"``: by the parameter's index, counted through all groups, a dict of arrays
            (copies) and numbers, named as PyTorch names them. ``"param_groups"``: the options
            of each group, with indices under ``"params"``. Training that goes on from it does
            the same steps, to the last bit.

        Examples
        --------
        >>> from nn.optim import SGD
        >>> w = Value(np.ones(2))
        >>> optimizer = SGD([w], lr=0.5, momentum=0.9)
        >>> w.grad = np.array([1.0, 2.0])
        >>> optimizer.step()
        >>> optimizer.state_dict()["state"]
        {0: {'momentum_buffer': array([1., 2.])}}
        """
        return pack(self)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave, from this class or from PyTorch's of the same name.

        Parameters
        ----------
        state_dict : dict
            Arrays are copied, and converted to the parameter's dtype.

        Raises
        ------
        ArgumentError
            If the groups differ in number or in length, an option is out of its range, or the
            state is that of another optimiser.
        ShapeError
            If an array does not have its parameter's shape. In both cases the optimiser stays
            as it was.
        """
        unpack(self, state_dict)

    def _pack_entry(self, entry: dict[str, Any]) -> dict[str, Any]:
        """What is remembered of one parameter, as arrays and numbers of its own."""
        return {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in entry.items()}

    def _unpack_entry(self, p: Value, entry: Mapping[str, Any]) -> dict[str, Any]:
        """The reverse of `_pack_entry`, checked against the parameter."""
        return {k: restored(self, p, k, v) for k, v in entry.items()}

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__}("]
        for i, group in enumerate(self.param_groups):
            shown = {k: v for k, v in group.items() if k not in ("params", "param_names")}
            options = ", ".join(f"{k}={v!r}" for k, v in shown.items())
            lines.append(f"  group {i}: {len(group['params'])} parameters, {options}")
        return "\n".join([*lines, ")"])
