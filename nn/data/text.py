"""Texts as sequences of integers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError

__all__ = ["CharVocabulary", "Vocabulary"]


class Vocabulary:
    """A numbering of tokens.

    Parameters
    ----------
    tokens : iterable of str
        The tokens, each once; their order is their numbering.
    unknown : str or None
        The token, one of them, that stands for all others; with ``None`` another token is an error.

    Examples
    --------
    >>> words = Vocabulary.of([["a", "dog"], ["a", "cat"]], specials=("<pad>", "<unk>"))
    >>> words.tokens
    ('<pad>', '<unk>', 'a', 'cat', 'dog')
    >>> words.encode(["a", "bird"]), words.decode([2, 4])
    (array([2, 1]), ['a', 'dog'])
    """

    def __init__(self, tokens: Iterable[str], *, unknown: str | None = None) -> None:
        self.tokens = tuple(tokens)
        self.index = {token: index for index, token in enumerate(self.tokens)}
        if len(self.index) != len(self.tokens):
            double = next(token for token, n in Counter(self.tokens).items() if n > 1)
            raise ArgumentError(f"Vocabulary: {double!r} is there twice; need each token once")
        if unknown is not None and unknown not in self.index:
            raise ArgumentError(
                f"Vocabulary: unknown={unknown!r} is not among the tokens; add it (specials=)"
            )
        self.unknown = unknown

    @classmethod
    def of(
        cls,
        sentences: Iterable[Iterable[str]],
        *,
        min_count: int = 1,
        max_size: int | None = None,
        specials: Sequence[str] = ("<unk>",),
        unknown: str | None = "<unk>",
    ) -> Vocabulary:
        """Number the tokens of a corpus, the frequent first, equally frequent ones by alphabet.

        Parameters
        ----------
        sentences : iterable of iterables of str
            The corpus, in tokens.
        min_count : int
            How often a token must occur to be taken up.
        max_size : int, optional
            The largest number of tokens, specials included.
        specials : sequence of str
            Tokens that come first whether they occur or not.
        unknown : str or None
            The token for all others.
        """
        counts = Counter(token for sentence in sentences for token in sentence)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        frequent = [t for t, count in ranked if count >= min_count and t not in specials]
        return Vocabulary([*specials, *frequent][:max_size], unknown=unknown)

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        """Whether the token has a number of its own."""
        return token in self.index

    def __repr__(self) -> str:
        """Return the size and the unknown token."""
        return f"{type(self).__name__}({len(self)} tokens, unknown={self.unknown!r})"

    def encode(self, tokens: Iterable[str]) -> Any:
        """Numbers of tokens.

        Returns
        -------
        ndarray of int64, shape (T,)

        Raises
        ------
        ArgumentError
            If a token is not in the vocabulary and there is none for unknown ones.
        """
        index = self.index
        if self.unknown is not None:
            other = index[self.unknown]
            return np.array([index.get(token, other) for token in tokens], dtype=np.int64)
        try:
            return np.array([index[token] for token in tokens], dtype=np.int64)
        except KeyError as error:
            raise ArgumentError(
                f"{type(self).__name__}: {error.args[0]!r} is not among its {len(self)} tokens; "
                "build it from the whole corpus, or with unknown="
            ) from None

    def decode(self, indices: Iterable[int]) -> list[str]:
        """Tokens of numbers.

        Raises
        ------
        ArgumentError
            If a number is not in ``[0, len(vocabulary))``.
        """
        return [self.tokens[self._checked(int(index))] for index in indices]

    def _checked(self, index: int) -> int:
        if not 0 <= index < len(self):
            raise ArgumentError(f"{type(self).__name__}: number {index}; need 0 to {len(self) - 1}")
        return index


class CharVocabulary(Vocabulary):
    """A numbering of the characters of a text, by code point.

    Two texts that look alike may differ in code points (``é`` is one or two of them):
    normalise them first, with ``unicodedata.normalize("NFC", text)``.

    Parameters
    ----------
    text : str
        Where the characters come from; ``"".join(vocabulary.tokens)`` gives the same numbering
        back, if there are no specials.
    specials : sequence of str
        Tokens that come first, such as ``"<pad>"``; text in them is not looked for by `encode`.
    unknown : str or None
        The token, a special or a character, that stands for all others.

    Examples
    --------
    >>> characters = CharVocabulary("hello")
    >>> characters.tokens
    ('e', 'h', 'l', 'o')
    >>> characters.encode("hole"), characters.text(characters.encode("hole"))
    (array([1, 3, 2, 0]), 'hole')
    """

    def __init__(
        self, text: str, *, specials: Sequence[str] = (), unknown: str | None = None
    ) -> None:
        characters = sorted(set(text) - set(specials))
        super().__init__([*specials, *characters], unknown=unknown)

    def text(self, indices: Iterable[int]) -> str:
        """Join the tokens of numbers into a text."""
        return "".join(self.decode(indices))
