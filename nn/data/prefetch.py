"""Preparing the next items in a thread while the present one is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextvars import copy_context
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import Any

__all__ = ["prefetched"]


def prefetched(items: Iterable[Any], depth: int) -> Iterator[Any]:
    """Iterate over `items` in a thread of its own, at most `depth` of them ahead.

    The thread starts with the first item asked for. It ends after the last item, after an
    exception, which is raised here with the traceback of where it happened, and when this
    iterator is closed or forgotten.

    Parameters
    ----------
    items : iterable
        What to run through; it is only touched by the thread.
    depth : int
        How many items may be ready that nobody has taken yet.

    Yields
    ------
    object
        The items, in their order.
    """
    # Each free place lets the thread make one more item; so it never waits on a full queue,
    # where it could not be told to stop.
    places = Semaphore(depth)
    stopped = Event()
    ready: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    def work() -> None:
        iterator = iter(items)
        try:
            while places.acquire() and not stopped.is_set():
                ready.put((next(iterator), None))
        except BaseException as error:  # StopIteration, too: it says that the items are at an end
            ready.put((None, error))

    # The context carries no_grad and numpy's error state into the thread. It is a daemon, so that
    # an iterator still open at the end of the program does not keep the interpreter alive.
    thread = Thread(target=copy_context().run, args=(work,), name="prefetch", daemon=True)
    thread.start()
    try:
        while True:
            item, error = ready.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            places.release()
            yield item
    finally:
        stopped.set()
        places.release()
        thread.join()
