"""Clipping is seen in flat tops, and after a lossy codec has rounded them, in too many peaks."""

import numpy as np

from media.peaks import frame_peaks
from media.samples import Decibels, Samples

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


def is_clipped(sound: Samples) -> bool:
    """Whether loud passages were cut off when this was recorded."""
    peaks = frame_peaks(sound)
    if peaks.max(initial=-np.inf) < NEAR_FULL_SCALE_DB:
        return False
    levels = np.maximum(sound.max(axis=1), -sound.min(axis=1))
    if _flat_tops(levels) > FLAT_TOPS_A_SECOND * len(peaks) / 1000:
        return True
    if float(np.mean(levels >= OVERSHOOT)) >= OVERSHOOT_SHARE:
        return True
    crest_db = peaks.max() - 10 * np.log10(np.dot(levels, levels) / len(levels))
    return bool(crest_db >= LEAST_CREST_DB) and _fullest_bin(peaks) >= BIN_SHARE


def _fullest_bin(peaks: Decibels) -> float:
    """The largest share of loud milliseconds that have nearly the same peak, near the top."""
    highest = peaks.max()
    loud = peaks[peaks > highest - QUIET_BELOW_PEAK_DB]
    bins = np.bincount(np.floor((highest - loud) / BIN_DB).astype(np.intp))
    return float(bins[: round(-NEAR_FULL_SCALE_DB / BIN_DB)].max()) / len(loud)


def _flat_tops(levels: Samples) -> int:
    """How many runs of at least `FLAT_SAMPLES` samples lie at the highest level."""
    at_top = levels >= levels.max() * np.float32(0.99999)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], at_top, [False]))))
    return int((edges[1::2] - edges[::2] >= FLAT_SAMPLES).sum())
