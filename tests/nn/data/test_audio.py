"""Spectra and mel bands against closed forms and scipy."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core.errors import ArgumentError, DtypeError, ShapeError
from nn.data import audio

pytest.importorskip("scipy")

RATE = 8000


def sine(frequency, samples=RATE, amplitude=1.0, dtype=np.float64):
    return (amplitude * np.sin(2 * np.pi * frequency * np.arange(samples) / RATE)).astype(dtype)


LAYOUTS = [(256, 64, 256), (256, 100, 200), (64, 7, 33), (16, 8, 16), (64, 1, 9), (50, 20, 45)]


# --- the transform -----------------------------------------------------------


@pytest.mark.parametrize("frequency", [31.25 * k for k in (3, 32, 100, 120)])
def test_a_sine_at_a_bin_peaks_there_with_half_the_window_sum(frequency):
    spectrum = np.abs(audio.stft(sine(frequency), 256))[10:-10]  # frames that lie inside
    bin_ = round(frequency / 31.25)
    assert (spectrum.argmax(axis=1) == bin_).all()
    np.testing.assert_allclose(spectrum[:, bin_], 128 / 2, rtol=1e-9)  # hann of 256 sums to 128
    # The periodic window of Hann has three non-zero coefficients: 1/2 and twice -1/4.
    np.testing.assert_allclose(spectrum[:, bin_ + 1], 128 / 4, rtol=1e-9)
    assert spectrum[:, bin_ + 2 :].max(initial=0) < 1e-9


def test_one_frame_is_the_fourier_transform_of_the_windowed_samples(rng):
    x = rng.normal(size=1000)
    frame = audio.stft(x, n_fft=64, hop_length=10, win_length=40)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(40) / 40)
    offset = audio.stft(np.eye(1, 1000, 500)[0], 64, 10, 40)  # which frames see sample 500
    seen = np.flatnonzero(np.abs(offset).sum(1) > 0)
    p = int(seen[0])  # the first of them ends at 500 or a little later
    start = next(
        s for s in range(455, 501) if np.allclose(frame[p], np.fft.rfft(x[s : s + 40] * window, 64))
    )
    following = np.fft.rfft(x[start + 10 : start + 50] * window, 64)
    np.testing.assert_allclose(frame[p + 1], following, atol=1e-10)


@pytest.mark.parametrize(("n_fft", "hop", "win"), LAYOUTS)
@pytest.mark.parametrize("samples", [60, 257, 1000])
def test_the_transform_is_that_of_scipy(rng, n_fft, hop, win, samples):
    from scipy.signal import ShortTimeFFT, get_window

    if samples < win / 2:
        pytest.skip("shorter than half a window")
    x = rng.normal(size=(2, samples))
    theirs = ShortTimeFFT(get_window("hann", win), hop, fs=RATE, mfft=n_fft, phase_shift=None)
    ours = audio.stft(x, n_fft, hop, win)
    np.testing.assert_allclose(ours, np.swapaxes(theirs.stft(x), -1, -2), rtol=0, atol=1e-12)


def test_energy_is_kept_up_to_the_sum_of_the_squared_windows(rng):
    # Parseval for each frame; hann² sums to 3/8 · 256 / 64 = 1.5 over frames at every sample.
    x = rng.normal(size=5000)
    power = audio.spectrogram(x, 256, 64)
    twice = np.full(129, 2.0)
    twice[[0, -1]] = 1  # these bins have no mirror image
    assert (power @ twice).sum() / 256 == pytest.approx(1.5 * (x**2).sum(), rel=1e-12)


@pytest.mark.parametrize("window", ["hann", "hamming", "boxcar"])
@pytest.mark.parametrize(("n_fft", "hop", "win"), LAYOUTS)
def test_the_inverse_gives_the_signal_back(rng, n_fft, hop, win, window):
    x = rng.normal(size=(2, 500))
    back = audio.istft(audio.stft(x, n_fft, hop, win, window), 500, n_fft, hop, win, window)
    np.testing.assert_allclose(back, x, atol=1e-12)


def test_windows_that_leave_samples_out_cannot_be_inverted():
    with pytest.raises(ArgumentError, match="smaller hop_length"):
        audio.istft(audio.stft(np.ones(100), 16, 16), 100, 16, 16)


@pytest.mark.parametrize(
    ("dtype", "complex_dtype"), [(np.float32, np.complex64), (np.float64, np.complex128)]
)
def test_precision_is_that_of_the_signal(dtype, complex_dtype):
    x = sine(500, dtype=dtype)
    assert audio.stft(x).dtype == complex_dtype
    assert audio.istft(audio.stft(x), len(x)).dtype == dtype
    assert audio.spectrogram(x).dtype == dtype
    assert audio.log_mel_spectrogram(x, RATE).dtype == dtype
    assert audio.mfcc(x, RATE).dtype == dtype


def test_leading_axes_are_kept(rng):
    x = rng.normal(size=(2, 3, 1000))
    out = audio.log_mel_spectrogram(x, RATE, n_mels=20)
    assert out.shape[:2] == (2, 3) and out.shape[-1] == 20
    np.testing.assert_allclose(out[1, 2], audio.log_mel_spectrogram(x[1, 2], RATE, n_mels=20))


def test_signals_that_have_no_spectrum_are_refused():
    with pytest.raises(ShapeError, match=r"\(100,\).*T >= 128"):
        audio.stft(np.zeros(100), 256)
    with pytest.raises(DtypeError, match="int16.*read_wav"):
        audio.stft(np.zeros(1000, np.int16))
    for sizes in ((256, 0, 256), (256, 300, 256), (256, 64, 512)):
        with pytest.raises(ArgumentError, match="1 <= hop_length <= win_length <= n_fft"):
            audio.stft(np.zeros(1000), *sizes)


# --- mel ---------------------------------------------------------------------


@pytest.mark.parametrize("scale", ["htk", "slaney"])
def test_mel_and_hertz_are_inverse_and_increasing(scale):
    f = np.linspace(0, 11025, 500)
    mel = audio.hz_to_mel(f, scale)
    np.testing.assert_allclose(audio.mel_to_hz(mel, scale), f, atol=1e-9)
    assert (np.diff(mel) > 0).all() and mel[0] == 0


def test_mel_has_its_documented_values():
    assert float(audio.hz_to_mel(700.0)) == pytest.approx(2595 * np.log10(2))
    # Slaney: 13 linear steps of 200/3 Hz … 27 steps per factor 6.4 from 1000 Hz (mel 15) on.
    np.testing.assert_allclose(
        audio.hz_to_mel(np.array([200 / 3, 1000.0, 6400.0]), "slaney"), [1, 15, 42]
    )


@pytest.mark.parametrize("scale", ["htk", "slaney"])
def test_filters_are_triangles_between_equidistant_corners(scale):
    bank = audio.mel_filterbank(16000, 4096, 26, f_min=100, f_max=7000, scale=scale)
    assert bank.shape == (26, 2049) and bank.min() == 0 and bank.max() <= 1
    bins = np.arange(2049) * 16000 / 4096
    ends = audio.hz_to_mel(np.array([100.0, 7000.0]), scale)
    corners = audio.mel_to_hz(np.linspace(*ends, 28), scale)
    for m, row in enumerate(bank):
        expected = np.interp(bins, corners[m : m + 3], [0, 1, 0], left=0, right=0)
        np.testing.assert_allclose(row, expected, atol=1e-12)
    # Between the first and the last peak, falling and rising sides add up to one.
    inside = (bins >= corners[1]) & (bins <= corners[-2])
    np.testing.assert_allclose(bank.sum(0)[inside], 1, atol=1e-12)


def test_filters_normalised_by_slaney_have_area_one():
    bank = audio.mel_filterbank(16000, 16384, 20, norm="slaney")
    np.testing.assert_allclose(bank.sum(1) * 16000 / 16384, 1, rtol=2e-3)


def test_a_sine_sounds_in_the_band_that_holds_it():
    bands = audio.log_mel_spectrogram(sine(1000), RATE, n_fft=512, n_mels=30)
    corners = audio.mel_to_hz(np.linspace(0, audio.hz_to_mel(4000.0), 32))
    assert int(bands[20].argmax()) == int(np.abs(corners[1:-1] - 1000).argmin())


def test_silence_is_the_logarithm_of_the_floor():
    np.testing.assert_allclose(
        audio.log_mel_spectrogram(np.zeros(1000), RATE, floor=1e-6), np.log(1e-6)
    )


def test_twice_the_amplitude_adds_log_four():
    quiet, loud = (audio.log_mel_spectrogram(sine(700, amplitude=a), RATE) for a in (0.3, 0.6))
    np.testing.assert_allclose((loud - quiet)[5:-5, 5:25], np.log(4), rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_mels": 0}, "at least 1"),
        ({"f_min": 5000.0}, "half the sample rate"),
        ({"f_max": 4001.0}, "half the sample rate"),
        ({"n_mels": 200}, "fewer filters or a larger n_fft"),
        ({"scale": "bark"}, "'htk' or 'slaney'"),
    ],
)
def test_filters_that_cannot_be_are_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        audio.mel_filterbank(RATE, **options)


def test_mfcc_is_the_orthonormal_cosine_transform_of_the_bands(rng):
    x = rng.normal(size=3000)
    bands = audio.log_mel_spectrogram(x, RATE, n_mels=24)
    k, m = np.arange(24)[:, None], np.arange(24)
    basis = np.sqrt(2 / 24) * np.cos(np.pi * k * (2 * m + 1) / 48)
    basis[0] /= np.sqrt(2)
    np.testing.assert_allclose(audio.mfcc(x, RATE, 24, n_mels=24), bands @ basis.T, atol=1e-10)
    np.testing.assert_allclose(audio.mfcc(x, RATE, 5, n_mels=24), (bands @ basis.T)[:, :5])
    with pytest.raises(ArgumentError, match="n_mfcc=25"):
        audio.mfcc(x, RATE, 25, n_mels=24)
