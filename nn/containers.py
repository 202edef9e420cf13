"""Modules that hold modules: in a row, in a list, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, overload

from autograd_core.errors import ArgumentError

from .module import Module

__all__ = ["ModuleDict", "ModuleList", "Sequential"]


class Sequential(Module):
    """Modules one after the other, each called with the output of the one before.

    Parameters
    ----------
    *modules : Module
        Named ``0``, ``1``, …; or a single mapping of names to modules.

    Examples
    --------
    >>> import nn
    >>> net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    >>> net
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    >>> net([[1.0, 2.0]]).shape
    (1, 1)
    """

    def __init__(self, *modules: Any) -> None:
        super().__init__()
        mapping = len(modules) == 1 and isinstance(modules[0], Mapping)
        for name, module in modules[0].items() if mapping else enumerate(modules):
            self.add_module(str(name), _checked(self, module))

    def forward(self, x: Any) -> Any:
        """Call the modules in their order."""
        own = self.__dict__
        for name in self._module_names:
            x = own[name](x)
        return x

    def append(self, module: Module) -> Sequential:
        """Add a module at the end."""
        self.add_module(_free_name(self), _checked(self, module))
        return self

    def __len__(self) -> int:
        return len(self._module_names)

    def __iter__(self) -> Iterator[Module]:
        return self.children()

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return _part(self, Sequential(), index)
        return self.__dict__[_name_at(self, index)]

    def __setitem__(self, index: int, module: Module) -> None:
        self.add_module(_name_at(self, index), _checked(self, module))


class ModuleList(Module):
    """A list of modules that are part of the module that holds it.

    Parameters
    ----------
    modules : iterable of Module, optional

    Examples
    --------
    >>> import nn
    >>> layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))
    >>> len(layers), len(list(layers.parameters()))
    (3, 6)
    """

    _is_holder = True

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(() if modules is None else modules)

    def append(self, module: Module) -> ModuleList:
        """Add a module at the end."""
        self.add_module(_free_name(self), _checked(self, module))
        return self

    def extend(self, modules: Iterable[Module]) -> ModuleList:
        """Add several modules at the end."""
        if not isinstance(modules, Iterable):
            raise ArgumentError(
                f"ModuleList: got a {type(modules).__name__}; need a list of modules"
            )
        for module in modules:
            self.append(module)
        return self

    def __len__(self) -> int:
        return len(self._module_names)

    def __iter__(self) -> Iterator[Any]:
        return self.children()

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> ModuleList: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return _part(self, ModuleList(), index)
        return self.__dict__[_name_at(self, index)]

    def __setitem__(self, index: int, module: Module) -> None:
        self.add_module(_name_at(self, index), _checked(self, module))


class ModuleDict(Module):
    """Modules by name that are part of the module that holds it.

    Parameters
    ----------
    modules : mapping of str to Module

    Examples
    --------
    >>> import nn
    >>> heads = nn.ModuleDict({"digit": nn.Linear(8, 10), "speaker": nn.Linear(8, 6)})
    >>> heads["speaker"].out_features, list(heads)
    (6, ['digit', 'speaker'])
    """

    _is_holder = True

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        super().__init__()
        for name, module in (modules or {}).items():
            self[name] = module

    def __setitem__(self, name: str, module: Module) -> None:
        self.add_module(name, _checked(self, module))

    def __getitem__(self, name: str) -> Any:
        if name not in self._module_names:
            there = ", ".join(self) or "none"
            raise KeyError(f"ModuleDict: no module {name!r}; there are {there}")
        return self.__dict__[name]

    def __len__(self) -> int:
        return len(self._module_names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._module_names)

    def __contains__(self, name: object) -> bool:
        return name in self._module_names

    def keys(self) -> Iterable[str]:
        """The names."""
        return tuple(self._module_names)

    def values(self) -> Iterable[Module]:
        """The modules."""
        return tuple(self.children())

    def items(self) -> Iterable[tuple[str, Module]]:
        """Names and modules."""
        return tuple(self.named_children())


def _checked(holder: Module, module: Any) -> Module:
    if not isinstance(module, Module):
        hint = "; wrap a function in a Module" if callable(module) else ""
        raise ArgumentError(
            f"{type(holder).__name__}: got a {type(module).__name__}; need a Module{hint}"
        )
    return module


def _free_name(holder: Any) -> str:
    """The next number; a slice keeps the numbers that its modules had, which may be higher."""
    return str(max((int(name) + 1 for name in holder._module_names if name.isdecimal()), default=0))


def _name_at(holder: Any, index: int) -> str:
    names: list[str] = list(holder._module_names)
    try:
        return names[index]
    except IndexError:
        raise IndexError(
            f"{type(holder).__name__}: no module {index}; it holds {len(names)}"
        ) from None


def _part(holder: Module, part: Module, index: slice) -> Module:
    for name, module in list(holder.named_children())[index]:
        part._register(name, module, "_module_names")  # keeps the scope it has here
    return part
