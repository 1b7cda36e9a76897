"""Only the quiet before the first and after the last sound is cut, and never close to it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media.samples import RATE_HZ, Decibels, Samples, decibels, milliseconds_of

KEEP_HEAD_MS = 300
KEEP_TAIL_MS = 500
STEP_MS = 10
# Quieter than this beside the loud passages, or than this at all, counts as quiet.
BELOW_LOUD_DB = 38.0
QUIET_DBFS = -75.0
# A click is shorter than this; a pause inside speech is shorter than the other.
CLICK_STEPS = 5
PAUSE_STEPS = 70


@dataclass(frozen=True, slots=True)
class Activity:
    """Where the sound is: from its first to its last, and how much of it there is."""

    start_ms: int
    end_ms: int
    active_ms: int


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A sound without its quiet head and tail, and where it was cut."""

    sound: Samples
    cut_head_ms: int
    cut_tail_ms: int
    active_ms: int


def activity(sound: Samples) -> Activity:
    """Find the sound. All three are 0 when there is none."""
    active = _without_clicks(_levels(sound))
    steps = np.flatnonzero(active)
    if not len(steps):
        return Activity(0, 0, 0)
    pauses = np.diff(steps) - 1
    quiet_inside = pauses[pauses > PAUSE_STEPS].sum()
    lasting = steps[-1] + 1 - steps[0] - quiet_inside
    end_ms = min(int(steps[-1] + 1) * STEP_MS, milliseconds_of(sound))
    return Activity(int(steps[0]) * STEP_MS, end_ms, int(lasting) * STEP_MS)


def trim(sound: Samples, room_seconds: float = math.inf) -> Trimmed:
    """Cut the quiet head and tail, keeping 0.3 s before and 0.5 s after the sound.

    Less is kept where the sound itself just fits into its room.
    """
    found = activity(sound)
    whole_ms = milliseconds_of(sound)
    if found.active_ms == 0:
        return Trimmed(sound, 0, 0, 0)
    start_ms = max(0, found.start_ms - KEEP_HEAD_MS)
    end_ms = min(whole_ms, found.end_ms + KEEP_TAIL_MS)
    end_ms -= _spared(end_ms - start_ms, end_ms - found.end_ms, room_seconds)
    start_ms += _spared(end_ms - start_ms, found.start_ms - start_ms, room_seconds)
    kept = sound[start_ms * RATE_HZ // 1000 : end_ms * RATE_HZ // 1000]
    return Trimmed(kept, start_ms, whole_ms - end_ms, found.active_ms)


def _spared(length_ms: int, quiet_ms: int, room_seconds: float) -> int:
    """How much of a quiet end goes so that a length fits."""
    over_ms = length_ms - min(room_seconds * 1000, length_ms)
    return min(quiet_ms, math.ceil(over_ms))


def _levels(sound: Samples) -> Decibels:
    """The level of each 10 ms, over all channels."""
    step = RATE_HZ * STEP_MS // 1000
    short = -len(sound) % step
    whole = np.pad(sound, ((0, short), (0, 0))) if short else sound
    steps = whole.reshape(-1, step * sound.shape[1])
    power = np.einsum("ij,ij->i", steps, steps) / steps.shape[1]
    return decibels(np.sqrt(power))


def _without_clicks(levels: Decibels) -> NDArray[np.bool_]:
    """Which steps are sound: loud enough, in a run longer than a click."""
    if not len(levels):
        return np.zeros(0, np.bool_)
    loud = float(np.percentile(levels, 98))
    active: NDArray[np.bool_] = levels > max(loud - BELOW_LOUD_DB, QUIET_DBFS)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], active, [False]))))
    for start, end in edges.reshape(-1, 2):
        if end - start < CLICK_STEPS:
            active[start:end] = False
    return active
