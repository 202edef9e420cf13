"""Data sets: arrays, parts, sums, and random divisions."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ArgumentError, DtypeError, ShapeError
from nn.data import ArrayDataset, ConcatDataset, Dataset, Subset, TensorDataset, random_split


def test_a_sample_is_a_tuple_of_one_entry_of_each_array():
    dataset = ArrayDataset([[1, 2], [3, 4], [5, 6]], np.array([7, 8, 9]))
    x, y = dataset[1]
    assert x.tolist() == [3, 4] and y == 8
    assert [int(y) for _, y in dataset] == [7, 8, 9]


def test_arrays_are_not_copied():
    array = np.zeros((3, 2))
    assert ArrayDataset(array).arrays[0] is array


def test_tensor_dataset_is_the_name_that_users_know():
    assert TensorDataset is ArrayDataset


def test_arrays_of_different_length_are_refused_with_their_lengths():
    with pytest.raises(ShapeError, match=r"\[3, 2\] samples"):
        ArrayDataset(np.zeros(3), np.zeros((2, 5)))


def test_a_ragged_list_is_refused_and_the_remedy_named():
    with pytest.raises(DtypeError, match="pad_collate"):
        ArrayDataset([[1, 2], [3]])


def test_a_value_is_refused():
    with pytest.raises(DtypeError, match=r"give its \.data"):
        ArrayDataset(ag.Value(np.zeros(3)))


@pytest.mark.parametrize("arrays", [(), (np.float64(3.0),)])
def test_nothing_and_a_single_number_are_refused(arrays):
    with pytest.raises((ArgumentError, ShapeError), match="ArrayDataset"):
        ArrayDataset(*arrays)


def test_a_subset_has_the_samples_at_its_indices_also_from_the_end():
    subset = Subset("abcde", [4, 0, -2])
    assert list(subset) == ["e", "a", "d"]
    assert subset.indices.tolist() == [4, 0, 3]  # counted from the front: not all data sets do it
    assert isinstance(subset, Dataset)
    assert list(Subset(subset, [2, 2])) == ["d", "d"]


@pytest.mark.parametrize("indices", [[5], [-6], [0.0], [[1]], np.array([True, False])])
def test_a_subset_refuses_indices_that_are_none(indices):
    with pytest.raises(ArgumentError, match="Subset"):
        Subset("abcde", indices)


def test_an_empty_subset_is_empty():
    assert list(Subset("ab", [])) == []
    assert list(Subset([], [])) == []


def test_concat_counts_through_its_parts():
    both = ConcatDataset(["ab", "", "cde"])
    assert [both[i] for i in range(-5, 5)] == list("abcde") * 2
    for outside in (5, -6):
        with pytest.raises(IndexError):
            both[outside]


@pytest.mark.parametrize("lengths", [[0.5, 0.3, 0.2], [50, 30, 20], [1.0], [100]])
def test_random_split_gives_every_sample_to_exactly_one_part(lengths):
    parts = random_split(range(100), lengths, rng=0)
    assert sorted(sample for part in parts for sample in part) == list(range(100))
    assert [len(part) for part in parts] == [
        round(n * 100) if sum(lengths) == 1 else n for n in lengths
    ]


def test_what_rounding_leaves_over_goes_to_the_first_parts():
    assert [len(part) for part in random_split(range(11), [1 / 3, 1 / 3, 1 / 3])] == [4, 4, 3]


def test_random_split_depends_on_the_seed_alone():
    first, again, other = (
        [list(part) for part in random_split(range(50), [0.5, 0.5], rng=seed)] for seed in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize("lengths", [[5, 6], [0.5, 0.4], [12, -2], [1.5, -0.5], []])
def test_lengths_that_do_not_add_up_are_refused(lengths):
    with pytest.raises(ArgumentError, match="10 samples"):
        random_split(range(10), lengths)
