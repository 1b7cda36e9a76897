"""Hum is a comb of steady lines on the mains' harmonics; it and rumble can be filtered away.

Voices and music move, a transformer does not: only what stands out of its surroundings on
several multiples of 50 or 60 Hz, and in nearly every moment, is called hum.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.signal import butter, iirnotch, sosfilt

from media.samples import RATE_HZ, Samples

Floats = NDArray[np.floating]

MAINS_HZ = (50, 60)
# A grid is seldom off by more, and a G1 is at 49.0 Hz.
DRIFT_HZ = 0.5
# The harmonics that decide; lines of others are filtered too, up to the highest.
HARMONICS = 10
HIGHEST_HZ = 1000
# Measured over the deciding harmonics, on three lines or more: hum 20 dB under a voice 8 to 10 dB,
# 10 dB under it 17 to 19; clean speech, noise and loops of music at most 3, a held note at most 5.
HUM_DB = 5.0
LEAST_LINES = 3
# A line that decides, a line worth a filter, and the most that one line counts.
LINE_DB, FILTERED_DB, MOST_LINE_DB = 6.0, 3.0, 30.0
NOTCH_HZ = 4.0
# No voice is so low: lorries, wind and hands on the phone are.
RUMBLE_HZ = (8, 42)
RUMBLE_SHARE = 0.03
HIGH_PASS_HZ, HIGH_PASS_ORDER = 80, 4
# Windows of 4 s tell 50.0 from 50.5 Hz; twenty of them, spread over the sound, are enough.
_BINS_A_HZ = 4
_WINDOW = _BINS_A_HZ * RATE_HZ
_MOST_WINDOWS = 20
# What a bin holds in nearly every window; so little of all power is as good as nothing.
_STEADY_PERCENTILE, _NOTHING = 15, 1e-7
# The surroundings of a line, and how much of them it must stand above: an even beat has lines
# of its own every few hertz.
_AROUND_HZ, _AROUND_PERCENTILE = 12, 90
_BLOCK = RATE_HZ


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to clean.

    `hum_hz` is the mains' frequency when it hums, `prominence_db` how far its comb stands out,
    `lines_hz` where. `rumble_share` is the part of all power that lies under every voice.
    """

    hum_hz: int | None
    prominence_db: float
    lines_hz: tuple[float, ...]
    rumble_share: float

    @property
    def rumbles(self) -> bool:
        """Whether rumble is worth a filter."""
        return self.rumble_share >= RUMBLE_SHARE


@dataclass(frozen=True, slots=True)
class _Comb:
    """How far each harmonic of a mains frequency stands out, in dB, and where it is."""

    mains_hz: int
    lines_db: Floats
    lines_hz: Floats

    @property
    def prominence_db(self) -> float:
        return float(np.clip(self.lines_db[:HARMONICS], 0, MOST_LINE_DB).mean())

    @property
    def hums(self) -> bool:
        lines = int((self.lines_db[:HARMONICS] >= LINE_DB).sum())
        return self.prominence_db >= HUM_DB and lines >= LEAST_LINES


def find(sound: Samples) -> Found:
    """Look for hum and rumble in a mono or stereo sound; nothing in less than 4 s."""
    windows = _spectra(sound)
    mean = windows.sum(axis=0, dtype=np.float64)
    if not mean.any():
        return Found(None, 0.0, (), 0.0)
    low, high = (hz * _BINS_A_HZ for hz in RUMBLE_HZ)
    rumble_share = float(mean[low:high].sum() / mean.sum())
    heard = windows[:, : (HIGHEST_HZ + _AROUND_HZ + 1) * _BINS_A_HZ]
    least = _NOTHING * mean.sum() / len(windows)
    steady = 10 * np.log10(np.percentile(heard, _STEADY_PERCENTILE, axis=0) + least)
    comb = max((_comb(steady, hz) for hz in MAINS_HZ), key=lambda comb: comb.prominence_db)
    if not comb.hums:
        return Found(None, comb.prominence_db, (), rumble_share)
    lines = comb.lines_hz[comb.lines_db >= FILTERED_DB]
    return Found(comb.mains_hz, comb.prominence_db, tuple(lines.tolist()), rumble_share)


def cleaned(sound: Samples, found: Found) -> Samples:
    """The sound without what was found in it: the sound itself where that is nothing."""
    sections = [
        np.concatenate(iirnotch(hz, hz / NOTCH_HZ, fs=RATE_HZ))[None] for hz in found.lines_hz
    ]
    if found.rumbles:
        sections.append(butter(HIGH_PASS_ORDER, HIGH_PASS_HZ, "highpass", fs=RATE_HZ, output="sos"))
    if not sections:
        return sound
    filters = np.concatenate(sections)
    state = np.zeros((len(filters), 2, sound.shape[1]))
    result = np.empty_like(sound)
    # In double precision, as such narrow filters need; a second at a time, to keep it small.
    for first in range(0, len(sound), _BLOCK):
        part = slice(first, first + _BLOCK)
        result[part], state = sosfilt(filters, sound[part], axis=0, zi=state)
    return result


def _spectra(sound: Samples) -> Floats:
    """The power spectra of windows of 4 s: (windows, bins of a quarter hertz)."""
    count = min(_MOST_WINDOWS, max(0, 2 * (len(sound) - _WINDOW) // _WINDOW + 1))
    shape = np.hanning(_WINDOW).astype(np.float32)
    mix = np.full(sound.shape[1], 1 / sound.shape[1], np.float32)
    powers = np.empty((count, _WINDOW // 2 + 1), np.float32)
    for row, first in enumerate(np.linspace(0, len(sound) - _WINDOW, count).astype(int)):
        lines = rfft((sound[first : first + _WINDOW] @ mix) * shape)
        powers[row] = lines.real**2 + lines.imag**2
    return powers


def _comb(steady: Floats, mains_hz: int) -> _Comb:
    """The comb that fits a steady spectrum in dB best, close to a mains frequency."""
    orders = np.arange(1, HIGHEST_HZ // mains_hz + 1)
    reach = np.arange(-_AROUND_HZ * _BINS_A_HZ, _AROUND_HZ * _BINS_A_HZ + 1)
    middles = orders * mains_hz * _BINS_A_HZ
    around = np.percentile(steady[middles[:, None] + reach], _AROUND_PERCENTILE, axis=1)
    drifts = np.arange(-DRIFT_HZ, DRIFT_HZ, 0.02)[:, None]
    bins = np.rint((mains_hz + drifts) * orders * _BINS_A_HZ).astype(np.intp)
    lines_db = steady[bins] - around
    best = np.argmax(np.clip(lines_db[:, :HARMONICS], 0, None).mean(axis=1))
    return _Comb(mains_hz, lines_db[best], _peaks_hz(steady, bins[best]))


def _peaks_hz(steady: Floats, bins: NDArray[np.intp]) -> Floats:
    """Where between the bins the lines are: the top of a parabola through three of them."""
    before, middle, after = (steady[bins + step] for step in (-1, 0, 1))
    bend = np.minimum(before - 2 * middle + after, -1e-3)
    peaks: Floats = bins + np.clip((before - after) / (2 * bend), -0.5, 0.5)
    return peaks / _BINS_A_HZ
