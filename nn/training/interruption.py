"""Ctrl-C that ends training between two steps."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

__all__ = ["Interruption"]


class Interruption:
    """Inside the block the first Ctrl-C is noted, and the second one raises.

    Python raises `KeyboardInterrupt` wherever it happens to be: in the midst of an update, too,
    which would leave one half of the parameters new and the other old.

    Attributes
    ----------
    requested : bool
        Whether Ctrl-C was pressed.

    Notes
    -----
    Signals reach the main thread only. In another thread, and where Ctrl-C is ignored, nothing
    is changed.
    """

    def __init__(self) -> None:
        self.requested = False
        self._previous: Any = None

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            previous = signal.getsignal(signal.SIGINT)
            if previous not in (None, signal.SIG_IGN):
                signal.signal(signal.SIGINT, self._request)
                self._previous = previous
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)

    def _request(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            if callable(self._previous):
                self._previous(number, frame)
            raise KeyboardInterrupt
        self.requested = True
