"""Clipping is seen in the peaks, even after a lossy codec has rounded its flat tops."""

import numpy as np

from media.peaks import frame_peaks
from media.samples import Samples

BIN_DB = 0.25
# Measured: clean speech has 1.6 to 2.8 % of its milliseconds in one bin, pink noise 4.6 %,
# clipped speech 4.5 to 22 %; a steady tone has nearly all.
CLIPPED_SHARE = 0.05
TONE_SHARE = 0.5
NEAR_FULL_SCALE_DB = -3.0
QUIET_BELOW_PEAK_DB = 30.0
# Samples in a row that equal the loudest one: a flat top.
FLAT_SAMPLES = 4
FLAT_TOPS_A_SECOND = 1.0


def is_clipped(sound: Samples) -> bool:
    """Whether loud passages were cut off when this was recorded."""
    peaks = frame_peaks(sound)
    highest = peaks.max(initial=-np.inf)
    if highest < NEAR_FULL_SCALE_DB:
        return False
    loud = peaks[peaks > highest - QUIET_BELOW_PEAK_DB]
    bins = np.bincount(np.floor((highest - loud) / BIN_DB).astype(np.intp))
    top = int(bins[: round(-NEAR_FULL_SCALE_DB / BIN_DB)].max())
    if CLIPPED_SHARE <= top / len(loud) < TONE_SHARE:
        return True
    return _flat_tops(sound) > FLAT_TOPS_A_SECOND * len(loud) / 1000


def _flat_tops(sound: Samples) -> int:
    """How many runs of at least `FLAT_SAMPLES` samples lie at the highest level."""
    level = np.abs(sound).max() * 0.99999
    at_top = np.abs(sound).max(axis=1) >= level
    edges = np.flatnonzero(np.diff(np.concatenate(([False], at_top, [False]))))
    lengths = edges[1::2] - edges[::2]
    return int((lengths >= FLAT_SAMPLES).sum())
