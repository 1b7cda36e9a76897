"""A limiter turns peaks down ahead of time, and is solved on one gain a millisecond."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media.meter import Powers, weighted_power
from media.peaks import BETWEEN_SAMPLES_DB, MOST_OVERSHOOT_DB, frame_peaks, overshoot, true_peaks
from media.samples import FRAME_SAMPLES, Decibels, Samples

# How fast the gain may fall before a peak and rise after it, in dB a millisecond.
LOOK_AHEAD_DB = 1.2
RELEASE_DB = 0.06

# Factors at the edges of milliseconds, one more than there are milliseconds.
Corners = NDArray[np.float32]


@dataclass(slots=True, eq=False)
class Envelope:
    """A sound's peak in dB and its K-weighted power in each millisecond, of shape (frames,).

    Hot peaks are refined when first needed.
    """

    sound: Samples
    peaks: Decibels
    powers: Powers
    refined: NDArray[np.bool_]

    @classmethod
    def of(cls, sound: Samples, head: "Envelope | None" = None) -> "Envelope":
        """Look at each sample once; `head` is the envelope of what the sound begins with."""
        if head is None:
            peaks = frame_peaks(sound)
            return cls(sound, peaks, weighted_power(sound), np.zeros(len(peaks), np.bool_))
        whole = len(head.sound) // FRAME_SAMPLES
        rest = cls.of(sound[whole * FRAME_SAMPLES :])
        return cls(
            sound,
            np.concatenate((head.peaks[:whole], rest.peaks)),
            np.concatenate((head.powers[:whole], rest.powers)),
            np.concatenate((head.refined[:whole], rest.refined)),
        )

    def refine_above(self, levels_db: Decibels | float) -> None:
        """Replace sample peaks that may hide a true peak above a level, or above each one's."""
        near_db = BETWEEN_SAMPLES_DB + MOST_OVERSHOOT_DB
        hot = np.flatnonzero((self.peaks > levels_db - near_db) & ~self.refined)
        if len(hot):
            found = np.maximum(self.peaks[hot], true_peaks(self.sound, hot))
            self.peaks[hot] = found + overshoot(self.sound, hot)
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


def corners(gains_db: Decibels) -> Corners:
    """Factors between which a gain moves along straight lines, so that no step is heard.

    Between two milliseconds the lower gain holds: inside a millisecond the line never rises
    above what its peak allows.
    """
    padded = np.pad(gains_db, 1, mode="edge")
    lower = np.minimum(padded[:-1], padded[1:])
    factors: Corners = np.power(np.float32(10), lower / 20)
    return factors


def effective(at: Corners) -> Decibels:
    """What lines between corners do to the power of each millisecond, in dB."""
    first, last = at[:-1], at[1:]
    mean = (first * first + first * last + last * last) / 3
    return np.asarray(10 * np.log10(mean), np.float32)


def applied(part: Samples, at: Corners) -> Samples:
    """A part of a sound under its corners; (frames * 48, channels) with frames + 1 corners."""
    along = np.arange(FRAME_SAMPLES, dtype=np.float32) / FRAME_SAMPLES
    gains = at[:-1, None] + (at[1:] - at[:-1])[:, None] * along
    return np.multiply(part, gains.reshape(-1, 1)[: len(part)], dtype=np.float32)
