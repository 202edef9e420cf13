"""Where the randomness of networks comes from: initial weights, dropout, shuffling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["generator", "get_state", "manual_seed", "set_state"]

_default: Any = None


def generator(rng: np.random.Generator | int | None = None) -> np.random.Generator:
    """The generator that a caller asked for, or the one that all of `nn` shares.

    Parameters
    ----------
    rng : Generator, int or None
        A generator is taken as it is, an integer seeds a new one, ``None`` means the
        shared one.

    Returns
    -------
    Generator

    Examples
    --------
    >>> bool(generator(3).random() == generator(3).random())
    True
    """
    import numpy.random

    global _default
    if rng is not None:
        return numpy.random.default_rng(rng)
    if _default is None:
        _default = numpy.random.default_rng()
    return _default  # type: ignore[no-any-return]


def manual_seed(seed: int) -> np.random.Generator:
    """Start the shared generator anew, so that what follows can be repeated.

    Examples
    --------
    >>> a = manual_seed(0).random()
    >>> bool(manual_seed(0).random() == a)
    True
    """
    global _default
    _default = generator(int(seed))
    return _default  # type: ignore[no-any-return]


def get_state() -> dict[str, Any]:
    """Where the shared generator stands: numbers and strings only, so that it can be stored."""
    return dict(generator().bit_generator.state)


def set_state(state: dict[str, Any]) -> None:
    """Bring the shared generator back to where `get_state` was asked.

    Examples
    --------
    >>> state = get_state()
    >>> a = generator().random()
    >>> set_state(state)
    >>> bool(generator().random() == a)
    True
    """
    generator().bit_generator.state = state
