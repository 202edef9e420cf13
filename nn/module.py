"""Module: a function with parameters, made of other modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from autograd_core import scope
from autograd_core.context import current
from autograd_core.errors import ArgumentError, AutogradError

from . import state
from .parameter import Parameter

__all__ = ["Module"]

Hook = Callable[..., Any]


class Module:
    """Base of all layers and networks.

    A subclass assigns its parameters and its submodules as attributes and says in `forward`
    what it computes. Attributes that are `Parameter` or `Module` are registered in the order
    of their assignment; that is the order of `parameters` and of `state_dict`.

    Attributes
    ----------
    training : bool
        What dropout and batch normalisation look at; see `train` and `eval`.

    Examples
    --------
    >>> import nn
    >>> class Halve(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = nn.Parameter(0.5)
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> halve = Halve()
    >>> halve(4.0).item()
    2.0
    >>> [name for name, _ in halve.named_parameters()]
    ['factor']
    """

    training: bool
    _parameter_names: dict[str, None]
    _buffer_names: dict[str, bool]
    _module_names: dict[str, None]
    _pre_hooks: dict[object, Hook]
    _hooks: dict[object, Hook]
    _path: str
    _scope: AbstractContextManager[Any]
    # Whether it is only held and never called, so that its name has to show in its parts' scopes.
    _is_holder = False

    def __init__(self) -> None:
        # The attributes themselves are the only store; these are the names of those that count.
        own = self.__dict__
        own["training"] = True
        own["_parameter_names"] = {}
        own["_buffer_names"] = {}
        own["_module_names"] = {}
        own["_pre_hooks"] = {}
        own["_hooks"] = {}
        own["_path"] = ""
        own["_scope"] = scope(type(self).__name__)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; every subclass says how. Call the module, not this."""
        raise NotImplementedError(f"{type(self).__name__}: define forward(self, ...)")

    def extra_repr(self) -> str:
        """What the representation says in the parentheses."""
        return ""

    if not TYPE_CHECKING:  # which would take every attribute for one that exists

        def __getattr__(self, name: str) -> Any:
            """Say why an attribute that every module has is not there; only called if so."""
            if name in RESERVED:
                raise ArgumentError(
                    f"{type(self).__name__}: it is used before the module exists; need "
                    "super().__init__() as the first line of __init__"
                )
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self
            )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the hooks and `forward`, in a scope of the module's name."""
        for hook in tuple(self._pre_hooks.values()):
            replaced = hook(self, args)
            if replaced is not None:
                args = replaced if isinstance(replaced, tuple) else (replaced,)
        with self._scope:
            path = current().scope
            for name in self._parameter_names:
                parameter = self.__dict__[name]
                if parameter is not None:
                    parameter.scope = path  # so that a picture can fold it into its layer
            try:
                out = self.forward(*args, **kwargs)
            except AutogradError as error:
                if not hasattr(error, "__notes__"):  # else a module inside this one has said it
                    error.add_note(f"in {path}: {type(self).__name__}({self.extra_repr()})")
                raise
        for hook in tuple(self._hooks.values()):
            replaced = hook(self, args, out)
            if replaced is not None:
                out = replaced
        return out

    # --- registration ----------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        if "_module_names" not in own:
            raise ArgumentError(
                f"{type(self).__name__}: {name} is assigned before the module exists; need "
                "super().__init__() as the first line of __init__"
            )
        if isinstance(value, Parameter):
            self._register(name, value, "_parameter_names")
            if value.name is None:
                value.name = name
        elif isinstance(value, Module):
            if any(module is self for module in value.modules()):
                raise ArgumentError(
                    f"{type(self).__name__}: with the {type(value).__name__} as {name} it "
                    "contains itself; keep a reference to a parent in a tuple or a weakref"
                )
            self._register(name, value, "_module_names")
            value._enter_as(f"{self._path}/{name}" if self._is_holder and self._path else name)
        elif name in own["_buffer_names"] and value is not None:
            own[name] = np.asarray(value)
        elif value is not None and (
            name in own["_parameter_names"] or name in own["_module_names"]
        ):
            kind = "parameter" if name in own["_parameter_names"] else "module"
            raise ArgumentError(
                f"{type(self).__name__}: {name} is a {kind}, and a {type(value).__name__} is "
                f"assigned to it; need a {kind.capitalize()} or None, or write to {name}.data"
            )
        else:
            super().__setattr__(name, value)  # which asks properties

    def __delattr__(self, name: str) -> None:
        for names in ("_parameter_names", "_buffer_names", "_module_names"):
            self.__dict__[names].pop(name, None)
        super().__delattr__(name)

    def _register(self, name: str, value: Any, kind: str) -> None:
        if not name or "." in name:
            raise ArgumentError(
                f"{type(self).__name__}: {name!r} cannot name a part of a module; need a name "
                "without dots, since dots separate the levels in state_dict"
            )
        own = self.__dict__
        if name not in own[kind] and (hasattr(type(self), name) or name in RESERVED):
            raise ArgumentError(
                f"{type(self).__name__}: {name!r} is an attribute of the class already; "
                "need another name"
            )
        for names in {"_parameter_names", "_buffer_names", "_module_names"} - {kind}:
            own[names].pop(name, None)
        own[kind].setdefault(name)
        own[name] = value

    def _enter_as(self, path: str) -> None:
        """Take the name under which the parent holds it as the scope of its nodes."""
        self.__dict__["_path"] = path
        self.__dict__["_scope"] = scope(path, kind=type(self).__name__)
        if self._is_holder:
            for name, child in self.named_children():
                child._enter_as(f"{path}/{name}")

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Register a parameter under a computed name; ``None`` for one that is absent."""
        self._register(name, param, "_parameter_names")
        if param is not None and param.name is None:
            param.name = name

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Register an array that belongs to the state but is not trained.

        Parameters
        ----------
        name : str
            It becomes an attribute; assign to it to change it.
        tensor : array_like or None
        persistent : bool
            Whether it is part of `state_dict`.
        """
        self._register(name, None if tensor is None else np.asarray(tensor), "_buffer_names")
        self._buffer_names[name] = persistent

    def add_module(self, name: str, module: Module) -> None:
        """Register a submodule under a computed name."""
        setattr(self, name, module)

    # --- going through it ------------------------------------------------------------------

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """Paths and modules: this one first, then all inside it; each only once."""
        seen: set[int] = set()
        for path, module in state.walk(self, prefix):
            if id(module) not in seen:
                seen.add(id(module))
                yield path, module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Names and modules that are attributes of this one."""
        own = self.__dict__
        return ((n, own[n]) for n in tuple(self._module_names) if own[n] is not None)

    def named_parameters(
        self, prefix: str = "", recurse: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Paths and parameters; one that is shared appears under its first path only.

        Warns
        -----
        UserWarning
            If a plain list or dict holds modules or parameters, which are not found in it.
        """
        state.warn_of_unregistered(self)
        return self._members("_parameter_names", prefix, recurse)

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Any]]:
        """Paths and buffers."""
        return self._members("_buffer_names", prefix, recurse)

    def _members(self, kind: str, prefix: str, recurse: bool) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        for path, module in self.named_modules(prefix) if recurse else [(prefix, self)]:
            for name in tuple(module.__dict__[kind]):
                member = module.__dict__[name]
                if member is not None and id(member) not in seen:
                    seen.add(id(member))
                    yield state.join(path, name), member

    def modules(self) -> Iterator[Module]:
        """All modules: this one and those inside it."""
        return (module for _, module in self.named_modules())

    def children(self) -> Iterator[Module]:
        """The modules that are attributes of this one."""
        return (module for _, module in self.named_children())

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once: what an optimiser is given."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def buffers(self, recurse: bool = True) -> Iterator[Any]:
        """All buffers."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    # --- changing all of it ----------------------------------------------------------------

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call a function with every module, the innermost first.

        Examples
        --------
        >>> import nn
        >>> def zero_bias(module):
        ...     if isinstance(module, nn.Linear):
        ...         nn.init.zeros_(module.bias)
        >>> net = nn.Sequential(nn.Linear(2, 3), nn.Tanh()).apply(zero_bias)
        >>> net[0].bias.data
        array([0., 0., 0.], dtype=float32)
        """
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Switch dropout and batch normalisation to how they behave in training."""
        for module in self.modules():
            module.__dict__["training"] = mode
        return self

    def eval(self) -> Self:
        """Switch dropout and batch normalisation to how they behave in use."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Train all parameters, or freeze them."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for _, parameter in self._members("_parameter_names", "", recurse=True):
            parameter.grad = None

    def to(self, dtype: Any) -> Self:
        """Convert all floating-point parameters and buffers, in place.

        Parameters
        ----------
        dtype : dtype_like
            Of floating point.

        Returns
        -------
        Module
            This one.

        Raises
        ------
        ArgumentError
            If it is of another kind.

        Examples
        --------
        >>> import nn
        >>> nn.Linear(2, 1).to("float64").dtype
        dtype('float64')
        """
        try:
            dtype = np.dtype(dtype)
        except TypeError:
            raise ArgumentError(
                f"to: {dtype!r} is no dtype; need one of floating point, such as 'float64' (there "
                "are no devices to move to)"
            ) from None
        if dtype.kind != "f":
            raise ArgumentError(f"to: {dtype} has no gradients; need a floating-point dtype")
        for parameter in self.parameters():
            parameter.data = np.asarray(parameter.data).astype(dtype)
            if parameter.grad is not None:
                parameter.grad = np.asarray(parameter.grad).astype(dtype)
        for module in self.modules():
            for name in module._buffer_names:
                buffer = module.__dict__[name]
                if buffer is not None and buffer.dtype.kind == "f":
                    module.__dict__[name] = buffer.astype(dtype)
        return self

    @property
    def dtype(self) -> np.dtype[Any] | None:
        """The dtype of the first parameter of its own; ``None`` if it has none."""
        for name in self._parameter_names:
            parameter = self.__dict__[name]
            if parameter is not None:
                dtype: np.dtype[Any] = parameter.dtype
                return dtype
        return None

    # --- state -----------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Copies of all parameters and persistent buffers, by their paths.

        Returns
        -------
        dict of str to ndarray
            The names are PyTorch's. A parameter that is shared appears under all its paths.
        """
        return state.state_dict(self)

    def load_state_dict(self, state_dict: Any, strict: bool = True) -> state.Mismatch:
        """Take over parameters and buffers; see `nn.state.load_state_dict`."""
        return state.load_state_dict(self, state_dict, strict)

    # --- hooks -----------------------------------------------------------------------------

    def register_forward_pre_hook(self, hook: Hook) -> Callable[[], None]:
        """Call ``hook(module, args)`` before `forward`; it may return other arguments.

        Returns
        -------
        callable
            Removes the hook.
        """
        return _registered(self._pre_hooks, hook)

    def register_forward_hook(self, hook: Hook) -> Callable[[], None]:
        """Call ``hook(module, args, output)`` after `forward`; it may return another output.

        Returns
        -------
        callable
            Removes the hook.
        """
        return _registered(self._hooks, hook)

    def __repr__(self) -> str:
        lines = [
            f"({name}): {child!r}".replace("\n", "\n  ") for name, child in self.named_children()
        ]
        extra = self.extra_repr()
        if not lines:
            return f"{type(self).__name__}({extra})"
        body = "\n  ".join([extra, *lines] if extra else lines)
        return f"{type(self).__name__}(\n  {body}\n)"


RESERVED = frozenset(Module().__dict__)
"""The attributes that every module has."""


def _registered(hooks: dict[object, Hook], hook: Hook) -> Callable[[], None]:
    key = object()
    hooks[key] = hook
    return lambda: hooks.pop(key, None) and None
