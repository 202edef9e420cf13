"""What is loaded is what was saved; what cannot be saved or loaded is said."""

from __future__ import annotations

import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd_core.errors import ArgumentError
from nn.saving import FileFormatError, load, read_archive, save, write_archive

from .net import SUFFIXES, Net, content

# --- what is saved is what is loaded -------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_model_comes_back_bit_for_bit(suffix: str, tmp_path: Path) -> None:
    saved, loaded = Net(1), Net(2)
    save(saved, tmp_path / f"net{suffix}")
    assert load(loaded, tmp_path / f"net{suffix}") == ((), ())
    assert content(loaded) == content(saved)
    assert {k: v.dtype for k, v in loaded.state_dict().items()} == {
        k: v.dtype for k, v in saved.state_dict().items()
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_arrays_that_are_not_contiguous_keep_their_content(suffix: str, tmp_path: Path) -> None:
    x = np.arange(24.0).reshape(4, 6)
    arrays = {"T": x.T, "strided": x[::2, ::-1], "big-endian": x.astype(">f8"), "0-d": np.array(7)}
    write_archive(tmp_path / f"x{suffix}", arrays, {})
    read, _ = read_archive(tmp_path / f"x{suffix}")
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array)
        assert read[name].shape == array.shape


def test_equal_models_make_equal_files(tmp_path: Path) -> None:
    save(Net(1), tmp_path / "a.npz")
    save(Net(1), tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_numpy_reads_an_npz_file_without_us(tmp_path: Path) -> None:
    save(Net(1), tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz", allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["weight"], Net(1).weight.data)


def test_an_npz_file_of_numpy_is_loaded_by_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "foreign.npz", weight=np.ones((2, 3)), bias=np.zeros(2))
    mismatch = load(net := Net(), tmp_path / "foreign.npz", strict=False)
    assert (net.weight.data == 1).all()
    assert net.weight.dtype == np.float32
    assert mismatch.unexpected == ("bias",)


def test_safetensors_reads_ours_and_we_read_theirs(tmp_path: Path) -> None:
    theirs = pytest.importorskip("safetensors.numpy")
    save(Net(1), tmp_path / "net.safetensors")
    arrays = theirs.load_file(tmp_path / "net.safetensors")
    assert {name: array.tobytes() for name, array in arrays.items()} == content(Net(1))
    theirs.save_file(arrays, tmp_path / "foreign.safetensors", metadata={"format": "pt"})
    load(net := Net(2), tmp_path / "foreign.safetensors")
    assert content(net) == content(Net(1))


def test_bfloat16_becomes_float32_without_loss(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    header = json.dumps({"x": {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}}).encode()
    data = np.array([0x3F80, 0xC049, 0x7F80], "<u2").tobytes()  # 1, −3.140625, inf
    path = tmp_path / "x.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + data)
    np.testing.assert_array_equal(
        read_archive(path)[0]["x"], np.array([1, -3.140625, np.inf], np.float32)
    )


def test_a_dtype_that_numpy_lacks_is_named(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    header = json.dumps({"w": {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]}}).encode()
    path = tmp_path / "x.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0\0")
    with pytest.raises(FileFormatError, match=r"x\.safetensors: w is of dtype F8_E4M3"):
        read_archive(path)


# --- what cannot be saved or loaded --------------------------------------------------------


@pytest.mark.parametrize("name", ["net.pt", "net", "net.h5", "net.safetensors.gz"])
def test_another_suffix_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"need '\.safetensors' or '\.npz'"):
        save(Net(), tmp_path / name)
    with pytest.raises(ArgumentError, match=r"need '\.safetensors' or '\.npz'"):
        load(Net(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_without_safetensors_the_error_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("safetensors", "safetensors.numpy"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"autograd-viz\[train\].*\.npz"):
        save(Net(), tmp_path / "net.safetensors")
    save(Net(), tmp_path / "net.npz")


def test_an_array_that_only_pickle_could_store_is_refused(tmp_path: Path) -> None:
    for array in (np.array([{}]), np.array(["a"]), np.array([1j])):
        with pytest.raises(ArgumentError, match=r"x is of dtype"):
            write_archive(tmp_path / "x.npz", {"x": array}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_pickle_in_an_npz_file_is_not_executed(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "executed"),)

    path = tmp_path / "evil.npz"
    np.savez(path, weight=np.array([Evil()], dtype=object))
    with pytest.raises(FileFormatError, match="allow_pickle=False"):
        load(Net(), path)
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(FileFormatError, match="not an npz file"):
        load(Net(), path)
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_names_and_shapes_that_do_not_fit_are_listed_with_the_file(
    suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"other{suffix}"
    other = Net(1, columns=4)
    other.extra = nn.Parameter(1.0)
    del other.wide
    save(other, path)
    before = content(net := Net(2))
    with pytest.raises(nn.StateError) as caught:
        load(net, path)
    text = str(caught.value)
    assert text.startswith(f"{path} of a Net: Net: the arrays do not fit")
    assert "missing: wide" in text
    assert "unexpected: extra" in text
    assert "weight: the array has (2, 4), the module (2, 3)" in text
    assert content(net) == before


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.npz"):
        load(Net(), tmp_path / "nothing.npz")
