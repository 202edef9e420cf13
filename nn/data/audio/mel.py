"""Mel bands of a spectrum, their logarithm and its cosine transform."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from autograd_core.errors import ArgumentError

from .spectra import spectrogram

__all__ = ["hz_to_mel", "log_mel_spectrogram", "mel_filterbank", "mel_to_hz", "mfcc"]

Scale: TypeAlias = Literal["htk", "slaney"]


def hz_to_mel(frequency: Any, scale: Scale = "htk") -> Any:
    """Pitch in mel of a frequency in Hz.

    ``"htk"``: ``2595 log10(1 + f / 700)`` (O'Shaughnessy; HTK). ``"slaney"``: ``3 f / 200`` below
    1000 Hz and ``15 + 27 log(f / 1000) / log 6.4`` above (Slaney's Auditory Toolbox).

    Examples
    --------
    >>> round(float(hz_to_mel(1000.0))), float(hz_to_mel(1000.0, "slaney"))
    (1000, 15.0)
    """
    f = np.asarray(frequency, dtype=np.float64)
    if _known(scale) == "htk":
        return 2595.0 * np.log10(1.0 + f / 700.0)
    return np.where(
        f < 1000.0,
        3.0 * f / 200.0,
        15.0 + 27.0 * np.log(np.maximum(f, 1000.0) / 1000.0) / np.log(6.4),
    )


def mel_to_hz(mel: Any, scale: Scale = "htk") -> Any:
    """Frequency in Hz of a pitch in mel: the inverse of `hz_to_mel`."""
    m = np.asarray(mel, dtype=np.float64)
    if _known(scale) == "htk":
        return 700.0 * (10.0 ** (m / 2595.0) - 1.0)
    return np.where(
        m < 15.0, 200.0 * m / 3.0, 1000.0 * 6.4 ** ((np.maximum(m, 15.0) - 15.0) / 27.0)
    )


def mel_filterbank(
    sample_rate: float,
    n_fft: int = 256,
    n_mels: int = 40,
    *,
    f_min: float = 0.0,
    f_max: float | None = None,
    scale: Scale = "htk",
    norm: Literal["slaney"] | None = None,
) -> Any:
    """Triangular filters whose corners are equally far apart in mel.

    Filter m rises from 0 at corner m to 1 at corner m + 1 and falls to 0 at corner m + 2.

    Parameters
    ----------
    sample_rate : float
        Samples per second (Hz).
    n_fft : int
        Length of the Fourier transform.
    n_mels : int
        Number of filters.
    f_min, f_max : float
        Lowest and highest corner in Hz; `f_max` is half the sample rate by default.
    scale : {"htk", "slaney"}
        Which mel, see `hz_to_mel`.
    norm : {None, "slaney"}
        Whether a filter's height is 1 or its area, over Hz, is.

    Returns
    -------
    ndarray of float64, shape (n_mels, n_fft // 2 + 1)
        ``spectrogram @ filterbank.T`` is the mel spectrogram.

    Raises
    ------
    ArgumentError
        If the range of frequencies is empty, or a filter is so narrow that it meets no bin.
    """
    top = sample_rate / 2 if f_max is None else f_max
    if not 0 <= f_min < top <= sample_rate / 2 or n_mels < 1:
        raise ArgumentError(
            f"mel_filterbank: {n_mels} filters from {f_min} to {top} Hz; need at least 1, and "
            f"0 <= f_min < f_max <= {sample_rate / 2} (half the sample rate)"
        )
    ends = hz_to_mel(np.array([f_min, top]), scale)
    corners = mel_to_hz(np.linspace(ends[0], ends[1], n_mels + 2), scale)
    left, centre, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    bins = np.arange(n_fft // 2 + 1) * (sample_rate / n_fft)
    rising, falling = (bins - left) / (centre - left), (right - bins) / (right - centre)
    filters = np.maximum(np.minimum(rising, falling), 0.0)
    empty = np.flatnonzero(~filters.any(axis=1))
    if empty.size:
        raise ArgumentError(
            f"mel_filterbank: filter {empty[0]}, from {left[empty[0], 0]:.1f} to "
            f"{right[empty[0], 0]:.1f} Hz, meets none of the bins {sample_rate / n_fft:.1f} Hz "
            "apart; take fewer filters or a larger n_fft"
        )
    return filters if norm is None else filters * (2.0 / (right - left))


def log_mel_spectrogram(
    signal: Any,
    sample_rate: float,
    *,
    n_fft: int = 256,
    hop_length: int | None = None,
    win_length: int | None = None,
    n_mels: int = 40,
    f_min: float = 0.0,
    f_max: float | None = None,
    scale: Scale = "htk",
    norm: Literal["slaney"] | None = None,
    floor: float = 1e-10,
) -> Any:
    """Logarithm of the power in each mel band: ``log max(|stft|² @ filterbank.T, floor)``.

    Parameters are those of `stft` and `mel_filterbank`; `floor` keeps silence finite.

    Returns
    -------
    ndarray, shape (..., frames, n_mels)
        In nats, of the dtype of the signal.

    Examples
    --------
    >>> log_mel_spectrogram(np.zeros(8000, np.float32), 8000, n_mels=20).shape
    (128, 20)
    """
    power = spectrogram(signal, n_fft, hop_length, win_length)
    filters = mel_filterbank(
        sample_rate, n_fft, n_mels, f_min=f_min, f_max=f_max, scale=scale, norm=norm
    )
    return np.log(np.maximum(power @ filters.T.astype(power.dtype), floor))


def mfcc(signal: Any, sample_rate: float, n_mfcc: int = 13, **options: Any) -> Any:
    """Mel-frequency cepstral coefficients: the first of the cosine transform of the log-mel bands.

    The transform is the orthonormal DCT-II over the bands (Davis, Mermelstein 1980).

    Parameters
    ----------
    signal : ndarray of float, shape (..., T)
    sample_rate : float
    n_mfcc : int
        How many coefficients, at most ``n_mels``.
    **options
        Those of `log_mel_spectrogram`.

    Returns
    -------
    ndarray, shape (..., frames, n_mfcc)
    """
    from scipy.fft import dct

    bands = log_mel_spectrogram(signal, sample_rate, **options)
    if not 1 <= n_mfcc <= bands.shape[-1]:
        raise ArgumentError(f"mfcc: n_mfcc={n_mfcc}; need 1 to n_mels={bands.shape[-1]}")
    return dct(bands, type=2, norm="ortho", axis=-1)[..., :n_mfcc]


def _known(scale: str) -> str:
    if scale not in ("htk", "slaney"):
        raise ArgumentError(f"mel: scale={scale!r}; need 'htk' or 'slaney'")
    return scale
