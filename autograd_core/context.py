"""The context that ops run in: whether they record, and under which scope.

All of it hangs on one context variable, so it is right under threads and asyncio, and
is restored when an exception leaves the block.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from contextlib import ContextDecorator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial, wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from .source import Site

if TYPE_CHECKING:
    from .value import Value

__all__ = [
    "Anomaly",
    "Mode",
    "Scope",
    "current",
    "detect_anomaly",
    "enable_grad",
    "no_grad",
    "scope",
]


@dataclass(frozen=True, slots=True)
class Anomaly:
    """What `detect_anomaly` looks for."""

    forward: bool = True
    backward: bool = True
    inf: bool = False


class Scope(str):
    """The name path of a node: ``"mlp/layer1"``.

    Each time a scope is entered it makes one of these, so that nodes of the same call of a
    module share the same object, and nodes of another call of it do not.

    Attributes
    ----------
    outer : str
        The scope around it; ``""`` outside all.
    kind : str
        What was called, ``"Linear"``; may be empty.
    """

    __slots__ = ("kind", "outer")
    kind: str
    outer: str

    @classmethod
    def within(cls, outer: str, name: str, kind: str = "") -> Scope:
        """The scope that is entered from another."""
        path = cls(f"{outer}/{name}" if outer else name)
        path.outer = outer
        path.kind = kind
        return path


class Mode(NamedTuple):
    """How ops run in the current context.

    Attributes
    ----------
    recording : bool
        Whether results are linked to their operands.
    scope : str
        The name path, a `Scope`, that every node recorded here carries.
    site : Site or None
        The source position that nodes carry; ``None`` for the caller's own.
    anomaly : Anomaly or None
        What to look for in every result.
    tape : list of Value, or None
        Where to enter every node that is recorded.
    outer : Mode or None
        What the innermost block has changed, to go back to.
    """

    recording: bool = True
    scope: str = ""
    site: Site | None = None
    anomaly: Anomaly | None = None
    tape: list[Value] | None = None
    outer: Mode | None = None


_DEFAULT = Mode()
_MODE: ContextVar[Mode] = ContextVar("autograd_core.mode", default=_DEFAULT)
current = _MODE.get


class _Changed(ContextDecorator):
    """Change the mode inside a ``with`` block or a decorated function.

    What was there before is kept in the mode itself, so that one object can be entered by
    several threads and tasks at once.
    """

    def __init__(self, **changes: Any) -> None:
        self._changes = changes

    def __enter__(self) -> None:
        outer = current()
        _MODE.set(outer._replace(outer=outer, **self._changes))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _MODE.set(current().outer or _DEFAULT)

    def __call__(self, function: Any) -> Any:
        # A generator or a coroutine runs after the call has returned, piece by piece.
        if inspect.isgeneratorfunction(function):
            return wraps(function)(lambda *args, **kwargs: self._drive(function(*args, **kwargs)))
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def coroutine(*args: Any, **kwargs: Any) -> Any:
                with self:
                    return await function(*args, **kwargs)

            return coroutine
        return super().__call__(function)

    def _drive(self, generator: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Run a generator inside the context, and its consumer outside."""
        resume: Callable[[], Any] = partial(next, generator)
        while True:
            try:
                with self:
                    item = resume()
            except StopIteration as stop:
                return stop.value
            try:
                sent = yield item
            except GeneratorExit:
                with self:
                    generator.close()
                raise
            except BaseException as error:
                resume = partial(generator.throw, error)
            else:
                resume = partial(generator.send, sent)


def no_grad() -> _Changed:
    """Record nothing inside the block: results are constants.

    Examples
    --------
    >>> import autograd_core as ag
    >>> x = ag.Value(3.0)
    >>> with ag.no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """
    return _Changed(recording=False)


def enable_grad() -> _Changed:
    """Record inside the block, also within `no_grad`.

    Examples
    --------
    >>> import autograd_core as ag
    >>> x = ag.Value(3.0)
    >>> with ag.no_grad(), ag.enable_grad():
    ...     y = x * x
    >>> y.requires_grad
    True
    """
    return _Changed(recording=True)


def detect_anomaly(forward: bool = True, backward: bool = True, inf: bool = False) -> _Changed:
    """Raise at the first op that makes a NaN.

    Parameters
    ----------
    forward, backward : bool
        Which sweeps to watch.
    inf : bool
        Whether an infinity counts as well.

    Raises
    ------
    AnomalyError
        Inside the block: names the op, its operands' values, the element, and the line
        of the program that made the node.

    Examples
    --------
    >>> import autograd_core as ag
    >>> x = ag.Value(0.0)
    >>> with ag.detect_anomaly():
    ...     y = ag.sqrt(x) * 0.0
    ...     y.backward()
    Traceback (most recent call last):
    ...
    autograd_core.errors.AnomalyError: sqrt: backward made nan ...
    """
    return _Changed(anomaly=Anomaly(forward, backward, inf))


def recording_to(tape: list[Value]) -> _Changed:
    """Record inside the block, and enter every node into the list."""
    return _Changed(recording=True, tape=tape)


def scope(name: str, site: Site | None = None, kind: str = "") -> _Scoped:
    """Put the nodes recorded inside the block under a name.

    Parameters
    ----------
    name : str
        One step of the path; scopes nest: ``"mlp"`` then ``"layer1"`` is ``"mlp/layer1"``.
    site : Site, optional
        The source position the nodes shall carry instead of the innermost caller's.
    kind : str
        What the name is the name of, such as the class of a layer; pictures show it.

    Examples
    --------
    >>> import autograd_core as ag
    >>> x = ag.Value(3.0)
    >>> with ag.scope("mlp"), ag.scope("layer1"):
    ...     y = x * x
    >>> y.scope
    'mlp/layer1'
    """
    return _Scoped(name=name, site=site, kind=kind)


class _Scoped(_Changed):
    """A change that depends on the mode in which the block is entered."""

    def __enter__(self) -> None:
        name, site, kind = self._changes.values()
        outer = current()
        path = Scope.within(outer.scope, name, kind)
        # Spelled out, because every call of every layer comes through here.
        _MODE.set(Mode(outer.recording, path, site or outer.site, outer.anomaly, outer.tape, outer))
