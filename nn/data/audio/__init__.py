"""Sound as a network sees it: short-time spectra, mel bands, cepstral coefficients.

Everything is time-major, ``(..., frames, features)``, as recurrent layers take it. A signal may
have leading axes; time is its last. To bring each feature to mean 0 and variance 1, see
`nn.data.Normalizer`.

>>> import numpy as np
>>> from nn.data import audio
>>> audio.mfcc(np.ones(8000, np.float32), sample_rate=8000, n_mfcc=13).shape
(128, 13)
"""

from __future__ import annotations

from .mel import hz_to_mel, log_mel_spectrogram, mel_filterbank, mel_to_hz, mfcc
from .spectra import istft, spectrogram, stft

__all__ = [
    "hz_to_mel",
    "istft",
    "log_mel_spectrogram",
    "mel_filterbank",
    "mel_to_hz",
    "mfcc",
    "spectrogram",
    "stft",
]
