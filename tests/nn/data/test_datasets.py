"""The well-known data sets: from small files made here, and from the real ones where they are."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import subprocess
import sys
import tarfile
import wave
from pathlib import Path

import numpy as np
import pytest

from autograd_core.errors import ArgumentError, ShapeError
from nn.data import CharVocabulary, DataError, MissingDataError, datasets, diacritics_pairs, sources


def write_idx(path: Path, array: np.ndarray) -> None:
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    path.write_bytes(header + array.tobytes())


def recording(values: list[int]) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(np.array(values, "<i2").tobytes())
    return file.getvalue()


# --- from small files --------------------------------------------------------


@pytest.mark.parametrize("load", [datasets.mnist, datasets.fashion_mnist])
@pytest.mark.parametrize(("split", "prefix"), [("train", "train"), ("test", "t10k")])
def test_images_and_labels_of_a_split_belong_together(tmp_path, rng, load, split, prefix):
    images = rng.integers(0, 256, (5, 28, 28)).astype(np.uint8)
    write_idx(tmp_path / f"{prefix}-images-idx3-ubyte", images)
    write_idx(tmp_path / f"{prefix}-labels-idx1-ubyte", np.arange(5, dtype=np.uint8))
    data = load(split, tmp_path)
    np.testing.assert_array_equal(data.images, images)
    assert data.images.dtype == np.uint8 and data.labels.dtype == np.int64
    assert data.labels.tolist() == [0, 1, 2, 3, 4] and len(data) == 5
    assert len(data.classes) == 10
    assert repr(data) == "Images(5 of 28×28, 10 classes)"


def test_scaled_images_run_from_zero_to_one():
    data = datasets.Images(np.array([[[0, 51], [102, 255]]], np.uint8), np.array([1]), ("a", "b"))
    scaled = data.scaled()
    assert scaled.dtype == np.float32 and data.scaled(np.float64).dtype == np.float64
    np.testing.assert_array_equal(scaled, np.float32([[[0, 0.2], [0.4, 1]]]))


def test_images_without_their_labels_are_refused(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte", np.zeros((3, 2, 2), np.uint8))
    with pytest.raises(MissingDataError, match="train-labels-idx1-ubyte not found"):
        datasets.mnist(folder=tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.zeros(2, np.uint8))
    with pytest.raises(ShapeError, match="3 images and 2 labels"):
        datasets.mnist(folder=tmp_path)


def test_a_damaged_file_is_named_by_its_path(tmp_path):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"<html>404</html>")
    with pytest.raises(DataError, match="train-images-idx3-ubyte: not an IDX file"):
        datasets.mnist(folder=tmp_path)


def test_cifar10_joins_its_files_in_order(tmp_path):
    for number in (2, 1):
        record = bytes([number]) + bytes([10 * number]) * 3072
        (tmp_path / f"data_batch_{number}.bin").write_bytes(record)
    (tmp_path / "test_batch.bin").write_bytes(bytes([7]) + bytes(3072))
    train, test = (datasets.cifar10(split, tmp_path) for split in ("train", "test"))
    assert train.labels.tolist() == [1, 2] and train.images[:, 0, 0, 0].tolist() == [10, 20]
    assert train.images.shape == (2, 3, 32, 32)
    assert [test.classes[label] for label in test.labels] == ["horse"]


@pytest.mark.parametrize("archived", [False, True], ids=["folder", "tar.gz"])
def test_spoken_digits_with_index_below_five_are_the_test_split(tmp_path, archived):
    wanted = [
        ("0", "theo", 5),
        ("0", "theo", 49),
        ("0", "theo", 10),
        ("9", "ann", 4),
        ("9", "ann", 0),
    ]
    files = {f"{d}_{who}_{i}.wav": recording([int(d) * 100 + i] * 3) for d, who, i in wanted}
    if archived:
        with tarfile.open(tmp_path / "fsdd.tar.gz", "w:gz") as tar:
            for name, data in {**files, "README.md": b"", "x_y.wav": b""}.items():
                info = tarfile.TarInfo(f"recordings/{name}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    else:
        (tmp_path / "recordings").mkdir()
        for name, data in files.items():
            (tmp_path / "recordings" / name).write_bytes(data)
    train, test = (datasets.fsdd(split, tmp_path) for split in ("train", "test"))
    assert [int(x[0] * 2**15) for x in train.recordings] == [5, 10, 49]  # by number, not by name
    assert [int(x[0] * 2**15) for x in test.recordings] == [900, 904]
    assert test.labels.tolist() == [9, 9] and test.speakers == ("ann", "ann")
    assert train.sample_rate == 8000 and train.recordings[0].dtype == np.float32
    assert repr(train) == "SpokenDigits(3 recordings, 1 speakers, 8000 Hz)"


def test_fsdd_says_where_to_get_it(monkeypatch):
    monkeypatch.delenv("AUTOGRAD_DATA", raising=False)
    with pytest.raises(MissingDataError, match=r"github\.com/Jakobovski.*AUTOGRAD_DATA/fsdd"):
        datasets.fsdd()


def test_texts_are_read_as_utf8(tmp_path):
    (tmp_path / "names.txt").write_text("emma\nolivia", encoding="utf-8")
    (tmp_path / "input.txt").write_text("First Citizen:\n", encoding="utf-8")
    (tmp_path / "truyen-kieu.txt").write_text("Trăm năm\ntrong cõi\n", encoding="utf-8")
    assert datasets.names(tmp_path) == ["emma", "olivia"]
    assert datasets.tinyshakespeare(tmp_path) == "First Citizen:\n"
    assert datasets.vietnamese(folder=tmp_path) == ["Trăm năm", "trong cõi"]


def test_sentiment_trees_have_integer_labels(tmp_path):
    (tmp_path / "trees").mkdir()
    (tmp_path / "trees" / "dev.txt").write_text("(3 (2 a) (4 b))\n", encoding="utf-8")
    (tree,) = datasets.sst("dev", tmp_path)
    assert tree.label == 3 and tree.words() == ["a", "b"]


@pytest.mark.parametrize(
    ("load", "part"),
    [
        (datasets.mnist, "valid"),
        (datasets.cifar10, "dev"),
        (datasets.fsdd, 0),
        (datasets.sst, "valid"),
        (datasets.vietnamese, "vtb"),
    ],
)
def test_a_part_that_does_not_exist_is_refused_with_those_that_do(load, part):
    with pytest.raises(ArgumentError, match=f"no part {part!r}; need one of '"):
        load(part)


def test_digits_come_without_any_file():
    pytest.importorskip("sklearn")
    data = datasets.digits()
    assert data.images.shape == (1797, 8, 8) and data.images.dtype == np.uint8
    assert data.maximum == data.images.max() == 16 and data.scaled().max() == 1
    assert np.bincount(data.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_digits_without_scikit_learn_name_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingDataError, match="pip install scikit-learn"):
        datasets.digits()


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, nn.data; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "nn.data.audio" in loaded
    assert not loaded & {"scipy", "pooch", "sklearn", "tqdm", "requests"}


# --- the real files ----------------------------------------------------------


def real(load, *args, **options):
    """What `load` gives from the data of AUTOGRAD_DATA; a skip where they are not."""
    root = os.environ.get("AUTOGRAD_DATA")
    if not root:
        pytest.skip("AUTOGRAD_DATA is not set")
    try:
        return load(*args, folder=Path(root) / options.get("name", load.__name__))
    except MissingDataError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(("split", "count"), [("train", 60_000), ("test", 10_000)])
@pytest.mark.parametrize("load", [datasets.mnist, datasets.fashion_mnist])
def test_real_mnist_and_fashion_mnist(load, split, count):
    data = real(load, split, name=load.__name__.replace("_", "-"))
    assert data.images.shape == (count, 28, 28) and data.images.max() == 255
    assert set(data.labels.tolist()) == set(range(10))
    if load is datasets.fashion_mnist:
        assert (np.bincount(data.labels) == count // 10).all()
    elif split == "train":  # the mean that everybody normalises by
        assert data.labels[:5].tolist() == [5, 0, 4, 1, 9]
        assert round(float(data.images.mean() / 255), 4) == 0.1307


def test_real_cifar10_sample():
    train = real(datasets.cifar10, "train", name="cifar10-sample")
    test = real(datasets.cifar10, "test", name="cifar10-sample")
    assert train.images.shape[1:] == (3, 32, 32) and len(train) == 4507 and len(test) == 78
    assert train.classes[train.labels[0]] == "frog" and test.classes[test.labels[0]] == "cat"


def test_real_spoken_digits():
    train, test = (real(datasets.fsdd, split) for split in ("train", "test"))
    assert (len(train), len(test)) == (2700, 300) and train.sample_rate == 8000
    assert np.bincount(train.labels).tolist() == [270] * 10
    assert len(set(test.speakers)) == 6


def test_real_texts():
    names = real(datasets.names)
    assert len(names) == 32_033 and names[0] == "emma"
    assert set("".join(names)) == set("abcdefghijklmnopqrstuvwxyz")
    text = real(datasets.tinyshakespeare)
    assert len(text) == 1_115_394 and len(CharVocabulary(text)) == 65


def test_real_vietnamese_is_aligned_with_its_stripped_form():
    verses = real(datasets.vietnamese, "truyen-kieu", name="vietnamese")
    assert len(verses) == 3254
    for part in ("truyen-kieu", "vtb-train", "vtb-dev", "vtb-test"):
        pairs = diacritics_pairs(real(datasets.vietnamese, part, name="vietnamese"))
        letters = [
            (a, b) for plain, full in pairs for a, b in zip(plain, full, strict=True) if b.isalpha()
        ]
        share = sum(a != b for a, b in letters) / len(letters)
        assert 0.2 < share < 0.4


@pytest.mark.parametrize(("split", "count"), [("train", 8544), ("dev", 1101), ("test", 2210)])
def test_real_sentiment_trees(split, count):
    trees = real(datasets.sst, split)
    assert len(trees) == count
    for tree in trees[:: 10 if split == "train" else 1]:
        for node in tree.postorder():
            assert node.label in range(5) and len(node.children) in (0, 2)


@pytest.mark.parametrize("name", ["MNIST", "FASHION_MNIST", "NAMES", "SHAKESPEARE"])
def test_the_hashes_are_those_of_the_real_files(name):
    root = os.environ.get("AUTOGRAD_DATA")
    table = getattr(sources, name)
    parts = [p for pair in table.values() for p in pair] if isinstance(table, dict) else [table]
    for part in parts:
        (remote,) = part.remotes
        path = Path(root or "", part.dataset, remote.url.rsplit("/", 1)[-1])
        if not root or not path.is_file():
            pytest.skip("AUTOGRAD_DATA does not hold the published file")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == remote.sha256
