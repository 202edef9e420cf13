"""Readers of binary image files: what they read, and what they refuse."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest

from nn.data import DataError, read_cifar10, read_idx

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx(array: np.ndarray) -> bytes:
    """The file that the format's description asks for, written independently of the reader."""
    code = CODES[array.dtype.newbyteorder("=").str[1:]]
    header = struct.pack(">HBB", 0, code, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.mark.parametrize("shape", [(7,), (3, 4), (2, 3, 4), (0, 5)])
@pytest.mark.parametrize("dtype", CODES)
def test_idx_of_every_type_is_read(rng, dtype, shape):
    array = rng.integers(-100, 100, shape).astype(dtype)
    got = read_idx(idx(array))
    assert got.dtype == np.dtype(dtype) and got.dtype.isnative and got.flags.writeable
    np.testing.assert_array_equal(got, array)


def test_idx_is_read_from_files_gzipped_or_not_whatever_their_name(tmp_path):
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    plain, packed = tmp_path / "a.gz", tmp_path / "b.idx"
    plain.write_bytes(idx(array))
    packed.write_bytes(gzip.compress(idx(array)))
    for path in (plain, str(plain), packed):
        np.testing.assert_array_equal(read_idx(path), array)


GOOD = idx(np.arange(6, dtype=np.uint8).reshape(2, 3))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"nothing"),
        (b"\x89PNG\r\n", "not an IDX file.*0x89504e47"),
        (b"\0\0\x0a\x01" + bytes(8), "not an IDX file"),
        (GOOD[:7], "truncated IDX file: its header of 12 bytes ends after 7"),
        (GOOD[:-1], r"truncated IDX file: 5 bytes of data; shape \(2, 3\) of uint8 needs 6"),
        (GOOD + b"\0", "wrong size: 7 bytes"),
    ],
)
def test_what_is_no_idx_is_refused_with_the_fault(data, message):
    with pytest.raises(DataError, match=message):
        read_idx(data)


def test_a_huge_size_in_a_header_is_refused_and_not_allocated():
    with pytest.raises(DataError, match="truncated"):
        read_idx(b"\0\0\x0e\x03" + b"\xff" * 12)


@pytest.mark.parametrize("cut", [1, 9, 15])
def test_a_truncated_gzip_file_is_named(tmp_path, cut):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(GOOD)[:-cut])
    with pytest.raises(DataError, match=r"images\.gz.*gzip"):
        read_idx(path)


def test_a_gzip_file_with_a_wrong_byte_is_refused():
    data = bytearray(gzip.compress(GOOD))
    data[-8] ^= 1  # its checksum
    with pytest.raises(DataError, match="gzip"):
        read_idx(bytes(data))


def test_a_missing_file_is_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_idx(tmp_path / "nowhere")


def test_cifar_records_are_label_then_red_green_and_blue_rows(rng):
    pixels = rng.integers(0, 256, (5, 3, 32, 32)).astype(np.uint8)
    labels = [3, 9, 0, 1, 9]
    data = b"".join(bytes([k]) + image.tobytes() for k, image in zip(labels, pixels, strict=True))
    for source in (data, gzip.compress(data)):
        images, got = read_cifar10(source)
        np.testing.assert_array_equal(images, pixels)
        assert got.tolist() == labels and got.dtype == np.int64
        assert images.dtype == np.uint8 and images.flags.writeable


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "0 bytes"),
        (bytes(3072), "1.00 CIFAR-10 records|whole records of 3073"),
        (bytes(3073) + bytes([10]) + bytes(3072), "record 1 has the label 10"),
    ],
)
def test_what_are_no_cifar_records_is_refused(data, message):
    with pytest.raises(DataError, match=message):
        read_cifar10(data)
