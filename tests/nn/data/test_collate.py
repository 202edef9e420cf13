"""From samples to batches."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
import pytest

from autograd_core.errors import ArgumentError, DtypeError, ShapeError
from nn.data import DataLoader, default_collate, pad_collate, pad_sequences


class Pair(NamedTuple):
    x: object
    y: object


def test_arrays_are_stacked_and_keep_their_dtype():
    batch = default_collate([np.zeros((2, 3), np.float32), np.ones((2, 3), np.float32)])
    assert batch.shape == (2, 2, 3) and batch.dtype == np.float32


@pytest.mark.parametrize(
    ("samples", "dtype"), [([1, 2], np.int64), ([1.0, 2], np.float64), ([True, False], np.bool_)]
)
def test_numbers_become_an_array(samples, dtype):
    batch = default_collate(samples)
    assert batch.tolist() == samples and batch.dtype == dtype


def test_nested_samples_are_collated_field_by_field():
    batch = default_collate([{"a": (1, "s"), "b": [2.0]}, {"a": (3, "t"), "b": [4.0]}])
    assert batch["a"][0].tolist() == [1, 3] and batch["a"][1] == ["s", "t"]
    assert isinstance(batch["a"], tuple) and isinstance(batch["b"], list)
    assert batch["b"][0].tolist() == [2.0, 4.0]


def test_a_named_tuple_stays_one():
    batch = default_collate([Pair(1, 2), Pair(3, 4)])
    assert isinstance(batch, Pair) and batch.y.tolist() == [2, 4]


def test_shapes_that_differ_are_named_with_the_remedy():
    with pytest.raises(ShapeError, match=r"\(2,\), \(3,\).*pad_collate"):
        default_collate([np.zeros(3), np.zeros(2)])


def test_tuples_of_different_length_are_refused():
    with pytest.raises(ShapeError, match=r"\[1, 2\] fields"):
        default_collate([(1,), (1, 2)])


def test_what_cannot_be_stacked_is_refused():
    with pytest.raises(DtypeError, match="NoneType"):
        default_collate([None, None])


@pytest.mark.parametrize("time_major", [False, True])
def test_padding_puts_each_sequence_first_and_the_filler_after_it(rng, time_major):
    sequences = [rng.normal(size=(length, 2)).astype(np.float32) for length in (3, 5, 1)]
    padded, lengths = pad_sequences(sequences, padding=-7, time_major=time_major)
    assert lengths.tolist() == [3, 5, 1] and lengths.dtype == np.int64
    assert padded.dtype == np.float32 and padded.flags.c_contiguous
    assert padded.shape == ((5, 3, 2) if time_major else (3, 5, 2))
    for sequence, row in zip(
        sequences, padded.swapaxes(0, 1) if time_major else padded, strict=True
    ):
        np.testing.assert_array_equal(row[: len(sequence)], sequence)
        assert (row[len(sequence) :] == -7).all()


@pytest.mark.parametrize("sequences", [[1.0, 2.0], [np.zeros((3, 2)), np.zeros((3, 4))]])
def test_what_are_no_sequences_of_one_kind_is_refused(sequences):
    with pytest.raises(ShapeError, match="only T different"):
        pad_sequences(sequences)


def test_pad_collate_gives_what_a_recurrent_model_takes_and_then_the_label():
    samples = [(np.ones((2, 3)), 1), (np.ones((4, 3)), 0)]
    loader = DataLoader(samples, batch_size=2, collate=partial(pad_collate, time_major=True))
    ((x, lengths, y),) = loader
    assert x.shape == (4, 2, 3)
    assert lengths.tolist() == [2, 4] and y.tolist() == [1, 0]


def test_labels_of_every_step_are_padded_with_a_filler_of_their_own():
    samples = [(np.array([1.0, 2.0]), np.array([1, 2])), (np.array([3.0]), np.array([3]))]
    x, lengths, y = pad_collate(samples, sequences=(0, 1), padding=(0, -100))
    assert x.tolist() == [[1, 2], [3, 0]]
    assert y.tolist() == [[1, 2], [3, -100]]
    assert lengths.tolist() == [2, 1]


def test_bare_sequences_are_padded_too():
    padded, lengths = pad_collate([[1, 2], [3]])
    assert padded.tolist() == [[1, 2], [3, 0]] and lengths.tolist() == [2, 1]


def test_fields_of_one_sample_with_different_lengths_are_refused():
    with pytest.raises(ShapeError, match="in sample 1 field 0 has 1 steps and field 1 has 2"):
        pad_collate([([1], [1]), ([1], [1, 2])], sequences=(0, 1))


@pytest.mark.parametrize("options", [{"sequences": (2,)}, {"sequences": ()}, {"padding": (0, 1)}])
def test_options_that_do_not_fit_the_samples_are_refused(options):
    with pytest.raises(ArgumentError, match="pad_collate"):
        pad_collate([([1], 2)], **options)
