"""A true peak is looked for only where it can be: in frames that are loud already.

Four times oversampling by a windowed sinc of 32 taps a phase (BS.1770-4 annex 2 asks for at
least four times; its own 12 taps read up to 0.6 dB low on bright sound).
"""

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from media.flac import Pcm
from media.samples import FRAME_SAMPLES, Decibels, Samples, decibels

PHASES = 4
TAPS = 32
# Between two samples a sound can rise above both; rarely by more than this.
BETWEEN_SAMPLES_DB = 4.0
# How much higher than the master's a peak may be after Opus at 64 kbit/s, by how the frame's
# differences compare with its samples: voices have 0.01 to 0.1, claps and cymbals 0.3 to 3, a
# rumble under 0.003 (measured on the tests' corpus).
OVERSHOOT_AT = (0.0005, 0.003, 0.12, 0.25, 2.0)
OVERSHOOT_DB = (1.0, 0.0, 0.0, 1.8, 2.5)
MOST_OVERSHOOT_DB = max(OVERSHOOT_DB)
_FRAMES_AT_ONCE = 4096


def frame_peaks(sound: Samples | Pcm) -> Decibels:
    """The highest sample of each millisecond, over all channels, in dBFS."""
    whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
    highest = _highest(sound[:whole].reshape(-1, FRAME_SAMPLES * sound.shape[1]))
    if whole < len(sound):
        highest = np.append(highest, _highest(sound[whole:].reshape(1, -1)))
    return decibels(highest * _scale(sound))


def true_peaks(sound: Samples | Pcm, frames: NDArray[np.intp]) -> Decibels:
    """The true peak of each of these milliseconds, in dBTP."""
    found = np.empty(len(frames), np.float32)
    for first in range(0, len(frames), _FRAMES_AT_ONCE):
        chosen = slice(first, first + _FRAMES_AT_ONCE)
        # (frames, channels, window) times (window, finer samples)
        finer = _around(sound, frames[chosen]) @ _oversampling()
        found[chosen] = np.abs(finer).max(axis=(1, 2))
    found *= _scale(sound)
    return decibels(found)


def overshoot(sound: Samples, frames: NDArray[np.intp]) -> Decibels:
    """How much the peaks of these milliseconds may rise in the stream's codecs, in dB."""
    at = frames[:, None] * FRAME_SAMPLES + np.arange(FRAME_SAMPLES)
    near = sound[np.minimum(at, len(sound) - 1)]
    power = np.einsum("ijk,ijk->i", near, near)
    steps = np.diff(near, axis=1)
    ratio = np.einsum("ijk,ijk->i", steps, steps) / np.maximum(power, 1e-12)
    known = np.log(OVERSHOOT_AT)
    expected_db = np.interp(np.log(np.maximum(ratio, 1e-9)), known, OVERSHOOT_DB)
    return np.asarray(expected_db, np.float32)


def true_peak(sound: Samples | Pcm, peaks: Decibels | None = None) -> float:
    """The highest true peak of a whole sound, in dBTP; `peaks` are its `frame_peaks`, if known."""
    peaks = frame_peaks(sound) if peaks is None else peaks
    hot = np.flatnonzero(peaks >= peaks.max(initial=-np.inf) - BETWEEN_SAMPLES_DB)
    if not len(hot):
        return float(decibels(np.zeros(1))[0])
    return float(max(true_peaks(sound, hot).max(), peaks.max()))


def _around(sound: Samples | Pcm, frames: NDArray[np.intp]) -> Samples:
    """The samples of each millisecond and those around it: (frames, channels, window)."""
    starts = frames * FRAME_SAMPLES - TAPS // 2
    length = FRAME_SAMPLES + TAPS
    near = np.zeros((len(frames), sound.shape[1], length), np.float32)
    inside = (starts >= 0) & (starts + length <= len(sound))
    if inside.any():
        near[inside] = sliding_window_view(sound, length, axis=0)[starts[inside]]
    for row in np.flatnonzero(~inside):
        before = max(0, -starts[row])
        part = sound[starts[row] + before : starts[row] + length]
        near[row, :, before : before + len(part)] = part.T
    return near


def _highest(frames: Samples | Pcm) -> NDArray[np.float32]:
    """The highest absolute sample of each row, a part at a time that stays in the cache."""
    highest = np.empty(len(frames), np.float32)
    for first in range(0, len(frames), _FRAMES_AT_ONCE):
        part = slice(first, first + _FRAMES_AT_ONCE)
        np.abs(frames[part], dtype=np.float32).max(axis=1, out=highest[part])
    return highest


def _scale(sound: Samples | Pcm) -> np.float32:
    """What makes full scale 1.0."""
    return np.float32(1 / 32768 if sound.dtype == np.int16 else 1)


@cache
def _oversampling() -> Samples:
    """A matrix from the samples around a frame to the frame's samples at four times the rate."""
    reach = TAPS // 2
    matrix = np.zeros((FRAME_SAMPLES + TAPS, FRAME_SAMPLES * PHASES), np.float64)
    for column in range(FRAME_SAMPLES * PHASES):
        instant = reach + column / PHASES
        near = np.arange(int(instant) - reach + 1, int(instant) + reach + 1)
        away = near - instant
        window = np.i0(8.0 * np.sqrt(np.maximum(0, 1 - (away / reach) ** 2))) / np.i0(8.0)
        weights = np.sinc(away) * window
        matrix[near, column] = weights / weights.sum()
    return matrix.astype(np.float32)
