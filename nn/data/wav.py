"""WAV files of linear PCM, as floating-point samples."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd_core.errors import ArgumentError

from .errors import DataError
from .files import Source, contents

__all__ = ["Sound", "read_wav", "wav_blocks"]


class Sound(NamedTuple):
    """Samples in [−1, 1), float32, shape (T,) or (T, channels), and how many a second has (Hz)."""

    samples: Any
    sample_rate: int


def read_wav(source: Source) -> Sound:
    """Read a WAV file of 8, 16, 24 or 32-bit PCM.

    A sample q of b bits becomes ``q / 2**(b - 1)``; 8-bit samples are stored with an offset of 128,
    which is taken off first.

    Parameters
    ----------
    source : path or bytes
        Plain or gzipped.

    Returns
    -------
    Sound
        ``samples`` of shape ``(T,)`` for one channel, else ``(T, channels)``, and ``sample_rate``.

    Raises
    ------
    DataError
        If it is not a WAV file of linear PCM, or is truncated.

    Examples
    --------
    >>> with wave.open(file := io.BytesIO(), "wb") as sound:
    ...     sound.setparams((1, 2, 8000, 0, "NONE", ""))
    ...     sound.writeframes(np.array([0, 16384, -32768], "<i2").tobytes())
    >>> read_wav(file.getvalue())
    Sound(samples=array([ 0. , 0.5, -1. ], dtype=float32), sample_rate=8000)
    """
    file, name = _opened(source)
    with file:
        return Sound(_read(file, file.getnframes(), name), file.getframerate())


def wav_blocks(source: Source, frames: int) -> Iterator[Any]:
    """Read a long WAV file block by block: only one block at a time is held as float32.

    Parameters
    ----------
    source : path or bytes
        As for `read_wav`.
    frames : int
        Samples of each channel in a block; the last block holds what is left.

    Yields
    ------
    ndarray of float32, shape (frames,) or (frames, channels)

    Raises
    ------
    ArgumentError
        If `frames` is below 1.
    DataError
        As for `read_wav`.
    """
    if frames < 1:
        raise ArgumentError(f"wav_blocks: frames={frames}; need at least 1")
    file, name = _opened(source)
    with file:
        for start in range(0, file.getnframes(), frames):
            yield _read(file, min(frames, file.getnframes() - start), name)


def _opened(source: Source) -> tuple[wave.Wave_read, str]:
    data, name = contents(source)
    try:
        return wave.open(io.BytesIO(data)), name
    except (wave.Error, EOFError) as error:
        raise DataError(
            f"{name}: not a WAV file of linear PCM ({error or 'it ends in its header'})"
        ) from error


def _read(file: wave.Wave_read, frames: int, name: str) -> Any:
    width, channels = file.getsampwidth(), file.getnchannels()
    data = file.readframes(frames)
    if len(data) != frames * width * channels:
        raise DataError(
            f"{name}: truncated WAV file: {len(data)} bytes where {frames} samples of "
            f"{channels} × {8 * width} bit need {frames * width * channels}"
        )
    samples = _decoded(data, width, name)
    return samples if channels == 1 else samples.reshape(-1, channels)


def _decoded(data: bytes, width: int, name: str) -> Any:
    if width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / np.float32(128)
    if width == 2:
        return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(2**15)
    if width == 3:
        # The three bytes become the upper three of a 32-bit number: that carries the sign.
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return wide.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)
    if width == 4:
        # float32 would round the largest numbers up to 1, which the range leaves out.
        samples = np.frombuffer(data, "<i4").astype(np.float32) / np.float32(2**31)
        return np.minimum(samples, np.nextafter(np.float32(1), np.float32(0)))
    raise DataError(f"{name}: samples of {8 * width} bit; need 8, 16, 24 or 32")
