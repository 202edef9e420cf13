"""The short-time Fourier transform, its inverse and its power."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.errors import ArgumentError, DtypeError, ShapeError

__all__ = ["istft", "spectrogram", "stft"]


def _transform(n_fft: int, hop_length: int | None, win_length: int | None, window: str) -> Any:
    from scipy.signal import ShortTimeFFT, get_window

    length = n_fft if win_length is None else win_length
    hop = max(length // 4, 1) if hop_length is None else hop_length
    if not 1 <= hop <= length <= n_fft:
        raise ArgumentError(
            f"stft: hop_length={hop}, win_length={length}, n_fft={n_fft}; "
            "need 1 <= hop_length <= win_length <= n_fft"
        )
    return ShortTimeFFT(get_window(window, length), hop, fs=1.0, mfft=n_fft, phase_shift=None)


def stft(
    signal: Any,
    n_fft: int = 256,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: str = "hann",
) -> Any:
    """Short-time Fourier transform: the spectrum around every hop-th sample.

    ``X[p, k] = Σ_t x[t + p hop - win/2] w[t] exp(-2πi k t / n_fft)``, with zeros outside the
    signal. Frames begin before the signal and end after it, so that every sample is in as many
    frames as any other, and `istft` gives the signal back.

    Parameters
    ----------
    signal : ndarray of float, shape (..., T)
    n_fft : int
        Length of the Fourier transform; bins are ``sample_rate / n_fft`` Hz apart.
    hop_length : int, optional
        Samples from one frame to the next; a quarter of the window by default.
    win_length : int, optional
        Samples in a window; `n_fft` by default.
    window : str
        A name that `scipy.signal.get_window` knows; the periodic form is taken.

    Returns
    -------
    ndarray of complex, shape (..., frames, n_fft // 2 + 1)
        complex64 for a signal of float32.

    Raises
    ------
    ShapeError
        If the signal is shorter than half a window.
    ArgumentError
        Unless ``1 <= hop_length <= win_length <= n_fft``.

    Examples
    --------
    1000 Hz at 8000 samples per second is bin 1000 / (8000 / 256) = 32:

    >>> spectrum = stft(np.sin(2 * np.pi * 1000 * np.arange(2048) / 8000), n_fft=256)
    >>> int(np.abs(spectrum[16]).argmax())
    32
    """
    from scipy.fft import rfft

    x = _floating(signal, "stft")
    transform = _transform(n_fft, hop_length, win_length, window)
    need = (transform.m_num + 1) // 2
    if x.ndim == 0 or x.shape[-1] < need:
        raise ShapeError(
            f"stft: the signal has shape {x.shape}; need (..., T) with T >= {need}, half a window "
            "(pad the signal, or take a shorter window)"
        )
    # ShortTimeFFT says where frames lie; it would transform them one by one, at six times the cost.
    first, last = transform.p_min, transform.p_max(x.shape[-1])
    before = transform.m_num_mid - first * transform.hop
    after = (last - 1) * transform.hop - transform.m_num_mid + transform.m_num - x.shape[-1]
    padded = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(before, max(after, 0))])
    windows = np.lib.stride_tricks.sliding_window_view(padded, transform.m_num, axis=-1)
    frames = windows[..., :: transform.hop, :][..., : last - first, :]
    return rfft(frames * transform.win.astype(x.dtype), n_fft, axis=-1)


def istft(
    spectrum: Any,
    length: int,
    n_fft: int = 256,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: str = "hann",
) -> Any:
    """Give back the signal of which `stft` made the spectrum.

    Of a spectrum that was changed, the signal whose windows come nearest in the sense of least
    squares (Griffin, Lim 1984), by the dual window.

    Parameters
    ----------
    spectrum : ndarray of complex, shape (..., frames, n_fft // 2 + 1)
    length : int
        Samples T of the signal.
    n_fft, hop_length, win_length, window
        As they were given to `stft`.

    Returns
    -------
    ndarray of float, shape (..., length)

    Raises
    ------
    ArgumentError
        If the windows leave out samples, so that no signal can be given back: the window of Hann
        is 0 at its edge, and must overlap the next.
    """
    transform = _transform(n_fft, hop_length, win_length, window)
    if not transform.invertible:
        raise ArgumentError(
            f"istft: windows {window!r} of {transform.m_num} samples every {transform.hop} leave "
            "samples out; need a smaller hop_length"
        )
    signal = transform.istft(np.swapaxes(np.asarray(spectrum), -1, -2), k1=length)
    return signal.astype(np.asarray(spectrum).real.dtype)


def spectrogram(
    signal: Any,
    n_fft: int = 256,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: str = "hann",
) -> Any:
    """Power in each frame and frequency bin: ``|stft|²``, shape ``(..., frames, n_fft // 2 + 1)``.

    Parameters are those of `stft`; the result has the dtype of the signal.
    """
    spectrum = stft(signal, n_fft, hop_length, win_length, window)
    return spectrum.real**2 + spectrum.imag**2


def _floating(signal: Any, name: str) -> Any:
    x = np.asarray(signal)
    if x.dtype.kind != "f":
        raise DtypeError(f"{name}: the signal is {x.dtype}; need floating point (see read_wav)")
    return x
