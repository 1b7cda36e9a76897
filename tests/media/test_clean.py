"""Hum and rumble are found where they are, and filtered without touching the voice."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from media import clean, loudness
from media.bed import bed
from media.samples import RATE_HZ, Samples, amplitude
from tests.media import sounds

SECONDS = 12


def _hum(hz: float, dbfs: float, orders: range = range(1, 13)) -> Samples:
    """A comb of mains harmonics that sink by 4 dB an octave."""
    at = 2 * np.pi * hz * np.arange(SECONDS * RATE_HZ) / RATE_HZ
    comb = sum(np.sin(order * at + order**2) / order**0.7 for order in orders)
    return _at(dbfs, comb)


def _rumble(dbfs: float) -> Samples:
    """Noise between 20 and 40 Hz, as of a lorry."""
    band = butter(2, (20, 40), "bandpass", fs=RATE_HZ, output="sos")
    return _at(dbfs, sosfiltfilt(band, sounds.noise(SECONDS)[:, 0].astype(float)))


def _at(dbfs: float, wave: NDArray[np.float64]) -> Samples:
    scaled = wave * (amplitude(dbfs) / float(wave.std()))
    return scaled.astype(np.float32)[:, None]


def _level(sound: Samples, low_hz: float, high_hz: float) -> float:
    """The level of a band in dB, over the whole of a sound."""
    powers = np.abs(np.fft.rfft(sound[:, 0] * np.hanning(len(sound)))) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    return 10 * float(np.log10(powers[(hz >= low_hz) & (hz <= high_hz)].sum()))


@pytest.fixture
def voice(speech: Samples) -> Samples:
    """Twelve seconds of a clean voice at -20 LUFS."""
    return loudness.brought_to(np.resize(speech, (SECONDS * RATE_HZ, 1)), -20)


@pytest.mark.parametrize("mains_hz", [50, 60])
@pytest.mark.parametrize("drift_hz", [0, -0.12, 0.3])
def test_hum_is_found_and_taken_down_at_its_lines(voice, mains_hz, drift_hz):
    hum = _hum(mains_hz + drift_hz, -34)
    found = clean.find(voice + hum)
    assert found.hum_hz == mains_hz

    # What the filters do is heard on the hum alone: beside a voice its lines can't be measured.
    left = clean.cleaned(hum, found)
    for order in range(1, 7):
        line = order * (mains_hz + drift_hz)
        before, after = (_level(sound[RATE_HZ:], line - 1, line + 1) for sound in (hum, left))
        assert after < before - 15


def test_the_voice_stays_as_loud_as_it_was(voice):
    hummed = voice + _hum(50, -34) + _rumble(-24)
    found = clean.find(hummed)

    assert found.hum_hz == 50
    assert found.rumbles
    before, after = loudness.integrated(voice), loudness.integrated(clean.cleaned(voice, found))
    assert after == pytest.approx(before, abs=1)


def test_hum_without_its_odd_or_its_even_harmonics_is_found(voice):
    for orders in (range(1, 13, 2), range(2, 13, 2), range(4, 13)):
        assert clean.find(voice + _hum(50, -36, orders)).hum_hz == 50


def test_hum_is_found_in_stereo_and_after_a_phones_codec(voice, tmp_path):
    hummed = voice + _hum(50, -34)
    note = sounds.saved(hummed, tmp_path / "note.ogg", sounds.OPUS)
    raw = sounds.run("ffmpeg", "-i", note, "-ar", "48000", "-f", "f32le", "-")

    assert clean.find(np.frombuffer(raw, "<f4")[:, None]).hum_hz == 50
    both = sounds.stereo(hummed, voice)
    found = clean.find(both)
    assert found.hum_hz == 50
    assert clean.cleaned(both, found).shape == both.shape


def test_neither_voices_nor_noise_hum(voice):
    for sound in (voice, voice[: 5 * RATE_HZ], sounds.noise(8), sounds.noise(5, -60, seed=3)):
        assert clean.find(sound).hum_hz is None


@pytest.mark.parametrize("seed", range(6))
def test_music_does_not_hum(seed):
    assert clean.find(bed(16, -20, seed)).hum_hz is None


@pytest.mark.parametrize("hz", [41.2, 49.0, 50.0, 55.0, 58.27, 60.0, 61.74, 98.0, 100.0, 120.0])
def test_bass_notes_do_not_hum(hz):
    at = np.arange(8 * RATE_HZ) / RATE_HZ
    plucked = sounds.tone(8, hz) * np.exp(-4 * (at * 2 % 1)).astype(np.float32)[:, None]

    for sound in (sounds.tone(8, hz), plucked, plucked + bed(8, -26, 1)):
        assert clean.find(sound).hum_hz is None


def test_rumble_is_found_and_taken_down(voice):
    rumble = _rumble(-24)
    found = clean.find(voice + rumble)
    assert found.rumbles
    assert found.hum_hz is None

    left = clean.cleaned(rumble, found)
    assert _level(left, 20, 40) < _level(rumble, 20, 40) - 12


def test_a_clean_voice_is_left_as_it_is(voice):
    found = clean.find(voice)

    assert not found.rumbles
    assert clean.cleaned(voice, found) is voice


@pytest.mark.parametrize("seconds", [0, 0.5, 3.9, 4])
def test_in_a_sound_too_short_or_silent_nothing_is_found(seconds):
    assert clean.find(sounds.silent(seconds)) == clean.Found(None, 0.0, (), 0.0)
    assert clean.find(sounds.noise(seconds)).hum_hz is None
