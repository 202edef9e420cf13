"""The bar that shows how far training is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .history import Means

__all__ = ["Progress"]


class Progress:
    """A bar for each epoch by tqdm; without tqdm, a line for each epoch; or nothing.

    Parameters
    ----------
    shown : bool
        Whether to show anything.
    """

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._tqdm: Any = None
        self._bar: Any = None
        if shown:
            try:
                from tqdm.auto import tqdm  # a widget in notebooks, text elsewhere
            except ImportError:
                pass
            else:
                self._tqdm = tqdm

    def begin(self, epoch: int, last: int, batches: Any, done: int) -> None:
        """Begin the bar of an epoch, of which some batches may be done."""
        if self._tqdm is not None:
            total = len(batches) if hasattr(batches, "__len__") else None
            self._bar = self._tqdm(
                total=total, initial=done, desc=f"epoch {epoch}/{last}", unit="batch"
            )

    def step(self, means: Means) -> None:
        """Show one more batch, and the means up to it."""
        # update() is true when it draws; the numbers are written only then.
        if self._bar is not None and self._bar.update():
            self._bar.set_postfix_str(_text(means.result()), refresh=False)

    def end(self, epoch: int, numbers: Mapping[str, Any]) -> None:
        """Show the results of a whole epoch."""
        if self._bar is not None:
            self._bar.set_postfix_str(_text(numbers))
            self.close()
        elif self._shown:
            print(f"epoch {epoch}: {_text(numbers)}", flush=True)

    def say(self, text: str) -> None:
        """Show a line of text."""
        if self._shown:
            print(text, flush=True)

    def close(self) -> None:
        """End the bar where it is."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _text(numbers: Mapping[str, Any]) -> str:
    return ", ".join(f"{k} {v:.4g}" for k, v in numbers.items() if isinstance(v, float | int))
