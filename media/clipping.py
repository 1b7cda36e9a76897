"""Clipping is seen in flat tops, and after a lossy codec has rounded them, in too many peaks."""

import numpy as np

from media.peaks import frame_peaks
from media.samples import FRAME_SAMPLES, Decibels, Samples, amplitude, decibels

NEAR_FULL_SCALE_DB = -3.0
# Samples in a row that equal the loudest one; a deep bass note has up to five.
FLAT_SAMPLES = 6
FLAT_TOPS_A_SECOND = 1.0
# A codec overshoots full scale where it was given flat tops; clean sound has next to none.
OVERSHOOT = 1.02
OVERSHOOT_SHARE = 0.001
# Measured: clean speech has 1.6 to 2.8 % of its milliseconds in one bin, pink noise 4.6 %,
# clipped speech 4.5 to 22 %.
BIN_DB = 0.25
BIN_SHARE = 0.055
# A steady tone has all its peaks alike, and a crest of 3 dB; clipped speech keeps over 6 dB.
LEAST_CREST_DB = 5.0
QUIET_BELOW_PEAK_DB = 30.0
ROUNDING_DB = 0.01


def is_clipped(sound: Samples, peaks: Decibels | None = None) -> bool:
    """Whether loud passages were cut off when this was recorded.

    `peaks` are its `frame_peaks`, where they are known.
    """
    peaks = frame_peaks(sound) if peaks is None else peaks
    highest = peaks.max(initial=-np.inf)
    if highest < NEAR_FULL_SCALE_DB:
        return False
    if _flat_tops(sound, peaks) > FLAT_TOPS_A_SECOND * len(peaks) / 1000:
        return True
    if _overshoots(sound, peaks) >= OVERSHOOT_SHARE * len(sound):
        return True
    crest_db = highest - 10 * np.log10(np.vdot(sound, sound) / sound.size)
    return bool(crest_db >= LEAST_CREST_DB) and _fullest_bin(peaks) >= BIN_SHARE


def _fullest_bin(peaks: Decibels) -> float:
    """The largest share of loud milliseconds that have nearly the same peak, near the top."""
    highest = peaks.max()
    loud = peaks[peaks > highest - QUIET_BELOW_PEAK_DB]
    bins = np.bincount(np.floor((highest - loud) / BIN_DB).astype(np.intp))
    return float(bins[: round(-NEAR_FULL_SCALE_DB / BIN_DB)].max()) / len(loud)


def _flat_tops(sound: Samples, peaks: Decibels) -> int:
    """How many runs of at least `FLAT_SAMPLES` samples lie at the highest level."""
    top = amplitude(float(peaks.max())) * 0.9999
    at = np.flatnonzero(np.abs(_loud(sound, peaks, top)).max(axis=1) >= top)
    runs = np.flatnonzero(np.diff(at) != 1) + 1
    edges = np.concatenate(([0], runs, [len(at)]))
    return int((np.diff(edges) >= FLAT_SAMPLES).sum())


def _overshoots(sound: Samples, peaks: Decibels) -> int:
    """How many samples lie over full scale."""
    return int((np.abs(_loud(sound, peaks, OVERSHOOT)).max(axis=1) >= OVERSHOOT).sum())


def _loud(sound: Samples, peaks: Decibels, level: float) -> Samples:
    """The milliseconds that reach a level, one after another."""
    loud = peaks >= decibels(np.full(1, level))[0] - ROUNDING_DB
    whole = len(sound) // FRAME_SAMPLES
    frames = sound[: whole * FRAME_SAMPLES].reshape(whole, FRAME_SAMPLES, -1)
    found: Samples = frames[loud[:whole]].reshape(-1, sound.shape[1])
    return (
        found if not loud[whole:].any() else np.concatenate((found, sound[whole * FRAME_SAMPLES :]))
    )
