"""Restoring the diacritics of Vietnamese: the text without them, and pairs to learn from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

from autograd_core.errors import ArgumentError

from .text import CharVocabulary

__all__ = ["DiacriticsTask", "diacritics_pairs", "diacritics_task", "strip_diacritics"]

# The crossed d is a letter of its own in Unicode, not a d with a mark: NFD leaves it whole.
CROSSED = str.maketrans("đĐ", "dD")


def strip_diacritics(text: str) -> str:
    """Leave out all diacritics: decompose (NFD), drop the combining marks, turn đ into d.

    Of an NFC text of Vietnamese the result has the same length: each letter with its marks is one
    code point and becomes one letter.

    Examples
    --------
    >>> strip_diacritics("Trăm năm trong cõi người ta, Đông")
    'Tram nam trong coi nguoi ta, Dong'
    """
    marked = unicodedata.normalize("NFD", text)
    plain = "".join(char for char in marked if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFC", plain).translate(CROSSED)


def diacritics_pairs(sentences: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs ``(without diacritics, as written in NFC)`` that agree character by character.

    Raises
    ------
    ArgumentError
        If a sentence holds a letter whose marks no single code point has, so that the two texts
        are not aligned.

    Examples
    --------
    >>> diacritics_pairs(["Chữ tài"])
    [('Chu tai', 'Chữ tài')]
    """
    pairs = []
    for sentence in sentences:
        written = unicodedata.normalize("NFC", sentence)
        plain = strip_diacritics(written)
        if len(plain) != len(written):
            loose = next(char for char in written if unicodedata.category(char) == "Mn")
            raise ArgumentError(
                f"diacritics_pairs: in {sentence!r} the mark {unicodedata.name(loose)} has no "
                "letter to join; the pair would not be aligned: correct or leave out the sentence"
            )
        pairs.append((plain, written))
    return pairs


class DiacriticsTask(NamedTuple):
    """Sequences for the restoration of diacritics, a number for each character.

    ``list(zip(task.inputs, task.targets))`` is a data set, whose batches
    ``partial(pad_collate, sequences=(0, 1))`` makes.
    """

    inputs: list[Any]
    targets: list[Any]
    source: CharVocabulary
    target: CharVocabulary


def diacritics_task(
    sentences: Iterable[str],
    source: CharVocabulary | None = None,
    target: CharVocabulary | None = None,
) -> DiacriticsTask:
    """Make sequences of characters for the restoration of diacritics.

    Parameters
    ----------
    sentences : iterable of str
        Text with its diacritics.
    source, target : CharVocabulary, optional
        The numberings of the training set, for a validation or test set; without them they are
        made of these sentences. Both have ``"<pad>"`` at 0 and ``"<unk>"`` at 1.

    Returns
    -------
    DiacriticsTask
        ``inputs[i]`` and ``targets[i]`` are int64 arrays of one length.

    Examples
    --------
    >>> task = diacritics_task(["tài", "tai"])
    >>> task.inputs[0], task.targets[0], task.target.text(task.targets[0])
    (array([4, 2, 3]), array([4, 5, 3]), 'tài')
    """
    pairs = diacritics_pairs(sentences)
    specials = ("<pad>", "<unk>")
    if source is None:
        text = "".join(plain for plain, _ in pairs)
        source = CharVocabulary(text, specials=specials, unknown="<unk>")
    if target is None:
        text = "".join(written for _, written in pairs)
        target = CharVocabulary(text, specials=specials, unknown="<unk>")
    inputs = [source.encode(plain) for plain, _ in pairs]
    targets = [target.encode(written) for _, written in pairs]
    return DiacriticsTask(inputs, targets, source, target)
