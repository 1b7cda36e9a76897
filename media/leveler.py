"""A near voice and a far one come out alike, and a pause is never lifted.

The leveler is slow: its gain follows the voices over some three seconds and holds still where
nobody speaks, so that no room is heard breathing. A voice's own loud and soft words are left to it.
"""

import numpy as np
from numpy.typing import NDArray

from media.meter import Powers, integrated
from media.samples import Decibels

Levels = NDArray[np.float64]

# A speaker at three times the distance is 10 dB quieter, at five and a half 15 dB.
MOST_DB = 9.0
# Faster gains are heard as pumping; 15 dB between two voices take two and a half seconds.
MOST_DB_A_SECOND = 6.0
# A difference of so much is evened out by half, a smaller one hardly, a larger one nearly all.
KNEE_LU = 1.5
STEP_MS = 100
# Two seconds of voice, which are some three of talk.
WINDOW_STEPS = 20
HELD_STEPS = 10
# Loudness grows with about this power of power (Stevens): neither one loud vowel nor the soft
# end of a word decides for its sentence.
STEVENS = 0.3
# A step counts as voice when it stands so far above the quietest ones; but whatever is far
# under the loudness of the whole never does, and what is close to it always.
OVER_FLOOR_LU = 5.0
FLOOR_PERCENTILE = 5
LEAST_UNDER_LU, MOST_UNDER_LU = 3.0, 25.0
# The gain is nought halfway between the quietest voice and the loudest.
VOICES_PERCENTILES = (5, 95)
_LEAST_POWER = 1e-12


def level_curve(powers: Powers) -> Decibels:
    """The gain of each millisecond in dB, shape (frames,), at most `MOST_DB` up or down.

    Its slope is at most `MOST_DB_A_SECOND`. All zero for a sound without loudness.
    """
    loudness = integrated(powers)
    if loudness == float("-inf"):
        return np.zeros(len(powers), np.float32)
    steps = _steps(powers)
    voice = _is_voice(10 * np.log10(steps), loudness)
    levels = _around(steps[voice])
    wanted = np.percentile(levels, VOICES_PERCENTILES).mean() - levels
    gains = np.clip(wanted**3 / (wanted**2 + KNEE_LU**2), -MOST_DB, MOST_DB)
    curve = _slow(_held(gains, voice))
    middles = np.arange(len(steps)) * STEP_MS + STEP_MS / 2
    return np.interp(np.arange(len(powers)), middles, curve).astype(np.float32)


def _steps(powers: Powers) -> Powers:
    """The power of each whole 100 ms."""
    whole = powers[: len(powers) // STEP_MS * STEP_MS].reshape(-1, STEP_MS)
    steps: Powers = np.maximum(whole.mean(axis=1), _LEAST_POWER)
    return steps


def _is_voice(levels: Levels, loudness: float) -> NDArray[np.bool_]:
    """Which steps stand out of the room's noise."""
    over_floor = float(np.percentile(levels, FLOOR_PERCENTILE)) + OVER_FLOOR_LU
    gate = min(max(over_floor, loudness - MOST_UNDER_LU), loudness - LEAST_UNDER_LU)
    voice: NDArray[np.bool_] = levels > gate
    return voice


def _around(steps: Powers) -> Levels:
    """The level around each voiced step, in dB: of the voice before it, or of that after it.

    The side that is more of one piece counts: where one voice ends and another begins, each
    step is levelled with its own kind.
    """
    window = min(WINDOW_STEPS, len(steps))
    decibels = 10 * np.log10(steps)
    levels = 10 / STEVENS * np.log10(_means(steps**STEVENS, window))
    spread = _means(decibels**2, window) - _means(decibels, window) ** 2
    at = np.arange(len(steps))
    before, after = (np.clip(first, 0, len(levels) - 1) for first in (at + 1 - window, at))
    around: Levels = np.where(spread[before] <= spread[after], levels[before], levels[after])
    return around


def _means(values: Levels, window: int) -> Levels:
    """The mean of each window of so many values."""
    sums = np.cumsum(np.insert(values, 0, 0.0))
    means: Levels = (sums[window:] - sums[:-window]) / window
    return means


def _held(gains: Levels, voice: NDArray[np.bool_]) -> Levels:
    """The gains of voiced steps, and between them the lowest of the last second of voice."""
    padded = np.pad(gains, (HELD_STEPS - 1, 0), mode="edge")
    lowest = np.lib.stride_tricks.sliding_window_view(padded, HELD_STEPS).min(axis=1)
    held: Levels = lowest[np.maximum(np.cumsum(voice) - 1, 0)]
    held[voice] = gains
    return held


def _slow(gains: Levels) -> Levels:
    """The highest curve under the gains that moves slowly: it falls before what is loud."""
    slope = MOST_DB_A_SECOND * STEP_MS / 1000 * np.arange(len(gains))
    before = np.minimum.accumulate((gains + slope)[::-1])[::-1] - slope
    after = np.minimum.accumulate(gains - slope) + slope
    lowest: Levels = np.minimum(before, after)
    return lowest
