"""Vocabularies, and the task of restoring Vietnamese diacritics."""

from __future__ import annotations

import unicodedata
from functools import partial

import numpy as np
import pytest

from autograd_core.errors import ArgumentError
from nn.data import (
    CharVocabulary,
    DataLoader,
    Vocabulary,
    diacritics_pairs,
    diacritics_task,
    pad_collate,
    strip_diacritics,
)

SENTENCES = [["b", "a", "b"], ["d", "b", "a"], ["c"]]


def test_frequent_words_come_first_and_ties_by_alphabet():
    assert Vocabulary.of(SENTENCES).tokens == ("<unk>", "b", "a", "c", "d")


def test_rare_words_and_those_beyond_the_size_are_unknown():
    assert Vocabulary.of(SENTENCES, min_count=2).tokens == ("<unk>", "b", "a")
    assert Vocabulary.of(SENTENCES, max_size=4).tokens == ("<unk>", "b", "a", "c")
    assert Vocabulary.of(SENTENCES, min_count=2).encode(["d", "a"]).tolist() == [0, 2]


def test_decoding_undoes_encoding():
    words = Vocabulary.of(SENTENCES)
    indices = words.encode(["d", "a", "b"])
    assert indices.dtype == np.int64
    assert words.decode(indices) == ["d", "a", "b"]
    assert len(words) == 5 and "c" in words and "x" not in words


def test_a_vocabulary_is_rebuilt_from_its_tokens():
    words = Vocabulary.of(SENTENCES)
    assert Vocabulary(words.tokens, unknown="<unk>").encode("abx").tolist() == [2, 1, 0]


def test_an_unknown_token_without_a_stand_in_is_an_error():
    with pytest.raises(ArgumentError, match="'z' is not among its 2 tokens"):
        CharVocabulary("ab").encode("az")


@pytest.mark.parametrize("index", [-1, 2])
def test_a_number_that_stands_for_nothing_is_an_error(index):
    with pytest.raises(ArgumentError, match="need 0 to 1"):
        CharVocabulary("ab").decode([index])


def test_double_tokens_and_an_unknown_that_is_none_are_refused():
    with pytest.raises(ArgumentError, match="'a' is there twice"):
        Vocabulary(["a", "b", "a"])
    with pytest.raises(ArgumentError, match="<unk>"):
        Vocabulary(["a"], unknown="<unk>")


def test_characters_are_numbered_by_code_point_after_the_specials():
    characters = CharVocabulary("hello\n", specials=("<pad>",), unknown="<pad>")
    assert characters.tokens == ("<pad>", "\n", "e", "h", "l", "o")
    assert characters.encode("ho!").tolist() == [3, 5, 0]
    assert characters.text([3, 5]) == "ho"
    assert CharVocabulary("").encode("").shape == (0,)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Chữ tài chữ mệnh khéo là ghét nhau.", "Chu tai chu menh kheo la ghet nhau."),
        ("ĐƯỜNG đường Ở ẵ Ỵ ợ", "DUONG duong O a Y o"),
        ("no marks, 123 ?!", "no marks, 123 ?!"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_diacritics_are_stripped_from_either_normal_form(written, plain, form):
    assert strip_diacritics(unicodedata.normalize(form, written)) == plain


def test_pairs_agree_in_length_and_are_nfc():
    decomposed = unicodedata.normalize("NFD", "Trăm năm")
    assert diacritics_pairs([decomposed]) == [("Tram nam", "Trăm năm")]


def test_a_mark_without_a_letter_is_refused_by_name():
    with pytest.raises(ArgumentError, match="COMBINING ACUTE ACCENT"):
        diacritics_pairs(["x\u0301"])


def test_the_task_is_aligned_and_takes_over_vocabularies():
    train = diacritics_task(["tài tai", "mệnh"])
    assert train.source.tokens[:2] == train.target.tokens[:2] == ("<pad>", "<unk>")
    assert [len(x) == len(y) for x, y in zip(train.inputs, train.targets, strict=True)] == [
        True
    ] * 2
    assert train.source.text(train.inputs[1]) == "menh"
    assert train.target.text(train.targets[1]) == "mệnh"
    test = diacritics_task(["tàu"], train.source, train.target)
    assert test.source is train.source and test.target is train.target
    assert test.targets[0].tolist()[-1] == 1  # u is unknown


def test_the_task_batches_into_padded_arrays():
    task = diacritics_task(["tài", "mệnh"])
    collate = partial(pad_collate, sequences=(0, 1), padding=(0, -100))
    samples = list(zip(task.inputs, task.targets, strict=True))
    ((x, lengths, y),) = DataLoader(samples, 2, collate=collate)
    assert x.shape == y.shape == (2, 4) and lengths.tolist() == [3, 4]
    assert x[0, 3] == 0 and y[0, 3] == -100
