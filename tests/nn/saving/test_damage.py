"""A file that was cut off or changed is an error, and never another model."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nn.saving import FileFormatError, load, read_archive, save, write_archive

from .net import SUFFIXES, Net, content


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_cut_off_anywhere_is_an_error_and_the_model_stays(
    suffix: str, tmp_path: Path
) -> None:
    save(Net(1), tmp_path / f"net{suffix}")
    whole = (tmp_path / f"net{suffix}").read_bytes()
    path = tmp_path / f"cut{suffix}"
    before = content(net := Net(2))
    for length in {*range(0, len(whole), 7), *range(len(whole) - 30, len(whole))}:
        path.write_bytes(whole[:length])
        with pytest.raises(FileFormatError, match=re.escape(str(path))):
            load(net, path)
    assert content(net) == before


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_changed_bit_gives_another_model(suffix: str, tmp_path: Path) -> None:
    save(Net(1), tmp_path / f"net{suffix}")
    whole = (tmp_path / f"net{suffix}").read_bytes()
    path = tmp_path / f"changed{suffix}"
    right, before = content(Net(1)), content(Net(2))
    noticed = 0
    places = range(0, len(whole), 1 if suffix == ".safetensors" else 3)
    for i in places:
        changed = bytearray(whole)
        changed[i] ^= 1 << i % 8
        path.write_bytes(changed)
        net = Net(2)
        try:
            load(net, path)
        except FileFormatError as error:
            assert str(path) in str(error)
            assert content(net) == before
            noticed += 1
        else:  # dates and the like in a zip file mean nothing
            assert content(net) == right
    assert noticed == len(places) or (suffix == ".npz" and noticed > len(places) / 2)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_arrays_exchanged_for_others_do_not_have_the_checksum(suffix: str, tmp_path: Path) -> None:
    """As somebody would do who writes a valid file of the format."""
    save(Net(1), tmp_path / f"net{suffix}")
    arrays, metadata = read_archive(tmp_path / f"net{suffix}")
    path = tmp_path / f"tampered{suffix}"
    if suffix == ".npz":
        members = {**arrays, "weight": arrays["weight"] + 1}
        np.savez(path, **{k: v for k, v in members.items() if k != "file"})
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("__metadata__.json", json.dumps(metadata))
    else:
        import safetensors.numpy

        arrays = {**arrays, "weight": arrays["weight"] + 1}
        safetensors.numpy.save_file(arrays, path, metadata=metadata)
    with pytest.raises(FileFormatError, match="does not have the checksum"):
        load(Net(), path)


def test_a_file_of_a_later_version_says_so(tmp_path: Path) -> None:
    write_archive(tmp_path / "x.npz", {}, {"format": "nn/2"})
    with pytest.raises(FileFormatError, match=r"the format is 'nn/2'.*reads 'nn/1'.*version"):
        read_archive(tmp_path / "x.npz")
