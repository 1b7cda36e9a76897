"""A limiter turns peaks down ahead of time, and is solved on one gain a millisecond."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media.peaks import BETWEEN_SAMPLES_DB, frame_peaks, true_peaks
from media.samples import FRAME_SAMPLES, Decibels, Samples

# How fast the gain may fall before a peak and rise after it, in dB a millisecond.
LOOK_AHEAD_DB = 1.2
RELEASE_DB = 0.06


@dataclass(slots=True)
class Envelope:
    """A sound's peak in each millisecond, in dB; hot ones are refined when first needed."""

    sound: Samples
    peaks: Decibels
    refined: NDArray[np.bool_]

    @classmethod
    def of(cls, sound: Samples) -> "Envelope":
        """Find the sample peaks."""
        peaks = frame_peaks(sound)
        return cls(sound, peaks, np.zeros(len(peaks), np.bool_))

    def refine_above(self, level_db: float) -> None:
        """Replace sample peaks that may hide a true peak above a level."""
        hot = np.flatnonzero((self.peaks > level_db - BETWEEN_SAMPLES_DB) & ~self.refined)
        if len(hot):
            self.peaks[hot] = np.maximum(self.peaks[hot], true_peaks(self.sound, hot))
            self.refined[hot] = True


def reduction(peaks: Decibels, ceiling_db: float) -> Decibels:
    """The gain of each millisecond, at most 0 dB, that keeps its peak under the ceiling.

    The gain falls before a peak and rises after it along straight lines: the lowest of all
    lines that start at a needed reduction, which is one running minimum in each direction.
    """
    needed = np.minimum(0, ceiling_db - peaks).astype(np.float64)
    at = np.arange(len(needed))
    before = np.minimum.accumulate((needed + LOOK_AHEAD_DB * at)[::-1])[::-1] - LOOK_AHEAD_DB * at
    after = np.minimum.accumulate(needed - RELEASE_DB * at) + RELEASE_DB * at
    lowest: Decibels = np.minimum(before, after).astype(np.float32)
    return lowest


def apply(sound: Samples, gain_db: float, reduced: Decibels, out: Samples) -> Samples:
    """Write the sound with a fixed gain and the limiter's, joined so that no step is heard.

    Between two milliseconds the lower gain holds, so the straight line inside a millisecond
    never rises above what its peak allows.
    """
    padded = np.pad(reduced, 1, mode="edge")
    corners = 10 ** ((np.minimum(padded[:-1], padded[1:]) + np.float32(gain_db)) / 20)
    along = np.arange(FRAME_SAMPLES, dtype=np.float32) / FRAME_SAMPLES
    # Second by second: whole slots of gains beside whole slots of sound would be large.
    for first in range(0, len(reduced), 1000):
        ends = corners[first : first + 1001, None]
        gains = (ends[:-1] + (ends[1:] - ends[:-1]) * along).reshape(-1, 1)
        part = slice(first * FRAME_SAMPLES, first * FRAME_SAMPLES + len(gains))
        np.multiply(sound[part], gains[: len(sound[part])], out=out[part])
    return out
