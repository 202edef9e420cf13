"""Epochs of batches: order, repetition, resumption, and the thread that prepares them."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import threading
import traceback

import numpy as np
import pytest

import autograd_core as ag
import nn.random
from autograd_core.errors import ArgumentError
from nn.data import ArrayDataset, ConcatDataset, DataLoader, Subset
from nn.data.prefetch import prefetched


def numbers(count: int = 10) -> ArrayDataset:
    return ArrayDataset(np.arange(count), np.arange(count) * 10)


def epoch(loader: DataLoader) -> list[int]:
    return [int(i) for batch in loader for i in batch[0]]


def prefetching_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "prefetch"]


# --- batches -----------------------------------------------------------------


@pytest.mark.parametrize("prefetch", [0, 1, 3])
@pytest.mark.parametrize(
    ("drop_last", "sizes"), [(False, [4, 4, 2]), (True, [4, 4])], ids=["keep", "drop"]
)
def test_batches_come_in_order_and_len_counts_them(prefetch, drop_last, sizes):
    loader = DataLoader(numbers(), 4, drop_last=drop_last, prefetch=prefetch)
    batches = list(loader)
    assert [len(x) for x, _ in batches] == sizes and len(loader) == len(sizes)
    assert epoch(loader) == list(range(sum(sizes)))


def test_fields_stay_together_when_shuffled():
    for x, y in DataLoader(numbers(100), 7, shuffle=True, rng=0):
        np.testing.assert_array_equal(y, 10 * x)


def test_every_epoch_is_a_new_permutation():
    loader = DataLoader(numbers(50), 8, shuffle=True, rng=0)
    first, second = epoch(loader), epoch(loader)
    assert first != second
    assert sorted(first) == sorted(second) == list(range(50))


@pytest.mark.parametrize("wrap", [list, lambda d: ConcatDataset([d])], ids=["list", "concat"])
def test_the_fast_path_gives_what_collating_samples_gives(rng, wrap):
    data = ArrayDataset(rng.normal(size=(23, 3, 2)).astype(np.float32), rng.integers(0, 9, 23))
    subset = Subset(Subset(data, np.arange(20)[::-1]), [3, 1, 1, -1, 7, 5, 0])
    for dataset in (data, subset):
        fast = list(DataLoader(dataset, 4, shuffle=True, rng=5))
        slow = list(DataLoader(wrap(dataset), 4, shuffle=True, rng=5))
        assert len(fast) == len(slow)
        for a, b in zip(fast, slow, strict=True):
            for u, v in zip(a, b, strict=True):
                assert u.dtype == v.dtype
                np.testing.assert_array_equal(u, v)


def test_the_fast_path_asks_for_no_single_sample(monkeypatch):
    def refuse(self: object, index: object) -> None:
        raise AssertionError("a single sample was asked for")

    monkeypatch.setattr(ArrayDataset, "__getitem__", refuse)
    assert epoch(DataLoader(Subset(numbers(), [3, 5]), 2)) == [3, 5]


def test_changing_a_batch_leaves_the_data_as_they_were():
    data = np.zeros((4, 2))
    for (batch,) in DataLoader(ArrayDataset(data), 4):
        batch += 1
    assert not data.any()


def test_collate_and_transform_are_applied_in_this_order():
    loader = DataLoader([1, 2, 3], 2, collate=sum, transform=lambda total: f"<{total}>")
    assert list(loader) == ["<3>", "<3>"]


def test_an_empty_data_set_has_no_batch():
    loader = DataLoader(ArrayDataset(np.zeros((0, 2))), 4, shuffle=True)
    assert len(loader) == 0 and list(loader) == []


@pytest.mark.parametrize("options", [{"batch_size": 0}, {"prefetch": -1}])
def test_sizes_that_make_no_sense_are_refused(options):
    with pytest.raises(ArgumentError, match="DataLoader"):
        DataLoader(numbers(), **options)


# --- randomness --------------------------------------------------------------


def test_one_seed_gives_one_sequence_of_epochs():
    a, b, c = (DataLoader(numbers(30), 4, shuffle=True, rng=seed) for seed in (3, 3, 4))
    epochs = [epoch(a) + epoch(a), epoch(b) + epoch(b), epoch(c) + epoch(c)]
    assert epochs[0] == epochs[1] != epochs[2]


def test_without_a_seed_the_shared_generator_decides():
    orders = []
    for _ in range(2):
        nn.random.manual_seed(11)
        loader = DataLoader(numbers(30), 4, shuffle=True)
        orders.append(epoch(loader) + epoch(loader))
    assert orders[0] == orders[1]


def test_a_loader_that_does_not_shuffle_leaves_the_shared_generator_alone():
    nn.random.manual_seed(0)
    before = nn.random.get_state()
    loader = DataLoader(numbers(), 4)
    epoch(loader)
    assert loader.state_dict() == {"rng": None}
    assert nn.random.get_state() == before


def test_a_restarted_loader_goes_on_as_the_uninterrupted_one():
    loader = DataLoader(numbers(40), 8, shuffle=True, rng=1)
    epoch(loader)
    state = json.loads(json.dumps(loader.state_dict()))  # it survives being written down
    rest = [epoch(loader), epoch(loader)]
    again = DataLoader(numbers(40), 8, shuffle=True, rng=99)
    again.load_state_dict(state)
    assert [epoch(again), epoch(again)] == rest


def test_the_state_covers_an_augmentation_that_shares_the_generator():
    def loader(seed: int) -> DataLoader:
        rng = np.random.default_rng(seed)
        noisy = lambda batch: (batch[0], rng.normal(size=len(batch[0])))  # noqa: E731
        return DataLoader(numbers(12), 5, shuffle=True, transform=noisy, rng=rng, prefetch=2)

    def run(loader: DataLoader) -> list[list[float]]:
        return [[*x, *noise] for x, noise in loader]

    first = loader(0)
    run(first)
    state = first.state_dict()
    expected = run(first)
    second = loader(1)
    second.load_state_dict(state)
    assert run(second) == expected


def test_a_state_of_another_kind_is_refused():
    loader = DataLoader(numbers(), shuffle=True, rng=0)
    foreign = np.random.Generator(np.random.MT19937(0)).bit_generator.state
    for state in ({"rng": foreign}, {"rng": None}, {}):
        with pytest.raises(ArgumentError, match="PCG64"):
            loader.load_state_dict(state)


# --- the thread --------------------------------------------------------------


def test_prefetching_changes_no_order():
    plain = DataLoader(numbers(50), 8, shuffle=True, rng=2)
    ahead = DataLoader(numbers(50), 8, shuffle=True, rng=2, prefetch=3)
    assert [epoch(plain), epoch(plain)] == [epoch(ahead), epoch(ahead)]


def test_batches_are_made_in_another_thread_and_not_too_far_ahead():
    made = [threading.Event() for _ in range(10)]

    def items():
        for i, event in enumerate(made):
            assert threading.current_thread() is not threading.main_thread()
            event.set()
            yield i

    iterator = prefetched(items(), 2)
    assert next(iterator) == 0
    assert made[2].wait(10)  # item 0 was taken, so that 1 and 2 may be made …
    assert not made[3].wait(0.2)  # … and no more
    assert list(iterator) == list(range(1, 10))


def test_an_exception_in_the_thread_comes_out_with_its_traceback():
    def fail_at_the_third(batch):
        if batch[0][0] == 2:
            raise KeyError("the culprit")
        return batch

    loader = DataLoader(numbers(), 1, transform=fail_at_the_third, prefetch=2)
    seen = []
    with pytest.raises(KeyError, match="the culprit") as caught:
        for x, _ in loader:
            seen.append(int(x[0]))
    assert seen == [0, 1]
    frames = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert frames[-1] == "fail_at_the_third"
    assert not prefetching_threads()


def test_the_thread_ends_with_the_epoch():
    epoch(DataLoader(numbers(), 3, prefetch=2))
    assert not prefetching_threads()


def test_the_thread_ends_when_the_loop_is_left():
    for _ in DataLoader(numbers(1000), 1, prefetch=2):
        break
    gc.collect()
    assert not prefetching_threads()


def test_the_thread_ends_when_the_iterator_is_closed_or_forgotten():
    closed, forgotten = (iter(DataLoader(numbers(1000), 1, prefetch=2)) for _ in range(2))
    next(closed), next(forgotten)
    assert len(prefetching_threads()) == 2
    closed.close()
    assert len(prefetching_threads()) == 1
    del forgotten
    gc.collect()
    assert not prefetching_threads()


def test_an_iterator_that_was_never_begun_has_no_thread():
    iterator = iter(DataLoader(numbers(), 1, prefetch=2))
    assert not prefetching_threads()
    del iterator


def test_an_open_iterator_does_not_keep_the_program_from_ending():
    code = """
import numpy as np
from nn.data import ArrayDataset, DataLoader
iterator = iter(DataLoader(ArrayDataset(np.arange(100)), 1, prefetch=2))
next(iterator)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_two_iterations_at_a_time_do_not_disturb_each_other():
    loader = DataLoader(numbers(6), 2, prefetch=1)
    pairs = [(x.tolist(), y.tolist()) for (x, _), (y, _) in zip(loader, loader, strict=True)]
    assert pairs == [([i, i + 1], [i, i + 1]) for i in (0, 2, 4)]


def test_no_grad_holds_in_the_thread_too():
    weight = ag.Value(np.ones(2))
    loader = DataLoader(numbers(2), 1, transform=lambda batch: weight * 2, prefetch=1)
    with ag.no_grad():
        assert not any(result.requires_grad for result in loader)
    assert all(result.requires_grad for result in loader)
