"""WAV files of all widths, checked against scipy's reader."""

from __future__ import annotations

import gzip
import io
import wave

import numpy as np
import pytest

from autograd_core.errors import ArgumentError
from nn.data import DataError, read_wav, wav_blocks


def wav(data: bytes, width: int, channels: int = 1, rate: int = 8000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((channels, width, rate, 0, "NONE", ""))
        sound.writeframes(data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("width", "stored", "expected"),
    [
        (1, b"\x00\x80\xff\xc0", [-1, 0, 127 / 128, 0.5]),
        (2, np.array([-32768, 0, 32767, 16384], "<i2").tobytes(), [-1, 0, 1 - 2.0**-15, 0.5]),
        (3, b"\0\0\x80\0\0\0\xff\xff\x7f\0\0\x40", [-1, 0, 1 - 2.0**-23, 0.5]),
        (4, np.array([-(2**31), 0, 2**31 - 1, 2**30], "<i4").tobytes(), [-1, 0, 1 - 2.0**-24, 0.5]),
    ],
)
def test_every_width_is_scaled_to_minus_one_up_to_one(width, stored, expected):
    samples, rate = read_wav(wav(stored, width))
    assert samples.dtype == np.float32 and rate == 8000
    assert samples.tolist() == expected
    assert samples.max() < 1


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_samples_are_those_that_scipy_reads(rng, tmp_path, width, channels):
    wavfile = pytest.importorskip("scipy.io.wavfile")
    data = rng.integers(0, 256, width * channels * 50).astype(np.uint8).tobytes()
    path = tmp_path / "sound.wav"
    path.write_bytes(wav(data, width, channels, rate=44100))
    rate, stored = wavfile.read(path)
    scale = {1: 2**7, 2: 2**15, 3: 2**31, 4: 2**31}[width]  # scipy shifts 24 bits up to 32
    expected = (stored.astype(np.float64) - (128 if width == 1 else 0)) / scale
    sound = read_wav(path)
    assert sound.sample_rate == rate == 44100
    assert sound.samples.shape == stored.shape == ((50,) if channels == 1 else (50, channels))
    np.testing.assert_allclose(sound.samples, expected, rtol=2.0**-24, atol=0)


def test_a_gzipped_file_and_bytes_are_read_too(tmp_path):
    data = wav(bytes(range(8)), 2)
    (tmp_path / "sound.wav.gz").write_bytes(gzip.compress(data))
    expected = read_wav(data).samples
    np.testing.assert_array_equal(read_wav(tmp_path / "sound.wav.gz").samples, expected)


@pytest.mark.parametrize("channels", [1, 2])
def test_blocks_together_are_the_whole(rng, channels):
    data = wav(rng.integers(0, 256, 2 * channels * 23).astype(np.uint8).tobytes(), 2, channels)
    blocks = list(wav_blocks(data, 10))
    assert [len(block) for block in blocks] == [10, 10, 3]
    np.testing.assert_array_equal(np.concatenate(blocks), read_wav(data).samples)


def test_a_file_without_samples_is_empty():
    assert read_wav(wav(b"", 2)).samples.shape == (0,)


def test_blocks_of_no_length_are_refused():
    with pytest.raises(ArgumentError, match="frames=0"):
        next(wav_blocks(wav(bytes(8), 2), 0))


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3 this is an mp3" + bytes(50)])
def test_what_is_no_wav_is_refused(data):
    with pytest.raises(DataError, match="not a WAV file"):
        read_wav(data)


def test_compressed_sound_is_refused():
    data = bytearray(wav(bytes(8), 2))
    data[20] = 6  # the format code of A-law
    with pytest.raises(DataError, match="linear PCM.*6"):
        read_wav(bytes(data))


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_truncated_file_is_refused_with_what_is_missing(cut):
    with pytest.raises(DataError, match="truncated WAV file.*need 100"):
        read_wav(wav(bytes(100), 2)[:-cut])


def test_a_width_that_pcm_does_not_have_here_is_refused():
    data = bytearray(wav(bytes(100), 4))
    data[32:36] = (5).to_bytes(2, "little") + (40).to_bytes(2, "little")
    with pytest.raises(DataError, match="40 bit"):
        read_wav(bytes(data))
