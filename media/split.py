"""A piece too long for one slot is told in two, parted where its speaker pauses."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from media.samples import RATE_HZ, Decibels, Samples, decibels, faded, samples_in

STEP_SAMPLES = RATE_HZ // 100
# Shorter is the stop inside a word; so long is the end of a sentence.
PAUSE_SECONDS = 0.15
SENTENCE_SECONDS = 0.5
# How far before the first slot's end a pause is looked for.
NEAR_SECONDS = 30.0
LEAST_SECOND_SECONDS = 5.0
# What is kept of a pause: the voice's end in its room, and a breath before it goes on.
KEEP_AFTER_SECONDS = 0.3
KEEP_BEFORE_SECONDS = 0.1
FADE_SECONDS = 0.03
# A pause lies so far up from the quiet (not further under the loud than that) to the loud.
PAUSE_SHARE = 0.35
MOST_RANGE_DB = 60.0


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the first part ends and the second begins, in samples; a pause lies between."""

    end: int
    resume: int


@dataclass(frozen=True, slots=True)
class _Pause:
    """A quiet passage, in samples."""

    start: int
    end: int

    @property
    def samples(self) -> int:
        return self.end - self.start


def cut_point(sound: Samples, slot_seconds: float, first_seconds: float | None = None) -> Cut:
    """Where a sound is parted so that each part fits a slot and the second lasts 5 s or more.

    In the latest pause of the first slot's last half minute, the end of a sentence before any
    other; without one, where it is quietest there. An ident leaves the first slot but
    `first_seconds`. Raises ValueError when the sound fits the first slot, or not even both.
    """
    slot = samples_in(slot_seconds)
    room = slot if first_seconds is None else samples_in(first_seconds)
    if len(sound) <= room:
        raise ValueError("It fits one slot.")
    first, last = len(sound) - slot, len(sound) - min(samples_in(LEAST_SECOND_SECONDS), slot // 4)
    levels = _levels(sound)
    near = room - min(samples_in(NEAR_SECONDS), slot // 2)
    found = [one for one in _pauses(levels) if near <= one.end and one.start <= room]
    cuts = [(pause, _within(pause, first, room)) for pause in found]
    fitting = [(pause, cut) for pause, cut in cuts if first <= cut.resume <= last]
    sentences = [one for one in fitting if one[0].samples >= samples_in(SENTENCE_SECONDS)]
    if fitting:
        return (sentences or fitting)[-1][1]
    if first > min(last, room):
        raise ValueError("It does not fit in two slots.")
    quietest = _quietest(levels, max(near, first), min(last, room))
    return Cut(quietest, quietest)


def half(sound: Samples, cut: Cut, part: int) -> Samples:
    """A copy of part 1 or 2; the first ends and the second begins with a short fade."""
    if part == 1:
        return faded(sound[: cut.end], 0, FADE_SECONDS)
    return faded(sound[cut.resume :], FADE_SECONDS)


def _within(pause: _Pause, first: int, slot: int) -> Cut:
    """A cut in a pause: the first part ends before the slot does, the second begins in time."""
    end = pause.start + min(samples_in(KEEP_AFTER_SECONDS), pause.samples // 2)
    resume = pause.end - min(samples_in(KEEP_BEFORE_SECONDS), pause.samples // 4)
    return Cut(min(end, slot), max(resume, min(first, pause.end)))


def _pauses(levels: Decibels) -> Iterator[_Pause]:
    """The quiet passages, in order."""
    loud = float(np.percentile(levels, 95))
    quiet = max(float(np.percentile(levels, 5)), loud - MOST_RANGE_DB)
    still = levels < quiet + PAUSE_SHARE * (loud - quiet)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], still, [False]))))
    for start, end in edges.reshape(-1, 2):
        pause = _Pause(int(start) * STEP_SAMPLES, int(end) * STEP_SAMPLES)
        if pause.samples >= samples_in(PAUSE_SECONDS):
            yield pause


def _quietest(levels: Decibels, first: int, last: int) -> int:
    """The middle of the quietest 0.15 s between two samples."""
    steps = samples_in(PAUSE_SECONDS) // STEP_SAMPLES
    power = np.convolve(10 ** (levels / 10), np.ones(steps), mode="same")
    start = -(-first // STEP_SAMPLES)
    among = power[start : last // STEP_SAMPLES + 1]
    return (start + int(np.argmin(among))) * STEP_SAMPLES if len(among) else first


def _levels(sound: Samples) -> Decibels:
    """The level of each 10 ms, over all channels."""
    whole = len(sound) // STEP_SAMPLES * STEP_SAMPLES
    steps = sound[:whole].reshape(-1, STEP_SAMPLES * sound.shape[1])
    return decibels(np.sqrt(np.einsum("ij,ij->i", steps, steps) / steps.shape[1]))
