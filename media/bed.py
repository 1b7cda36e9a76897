"""A bed is gentle music-like sound made of sines, the same for the same seed."""

from functools import lru_cache

import numpy as np

from media import loudness
from media.samples import RATE_HZ, Samples, amplitude, samples_in

CHORD_SECONDS = 4.0
STEPS_A_CHORD = 8
# Chords as semitones above the key's root, in an order that goes round without an end.
PROGRESSIONS = (
    ((0, 7, 12, 16), (9, 16, 21, 24), (5, 12, 17, 21), (7, 14, 19, 23)),
    ((0, 7, 12, 15), (8, 15, 20, 24), (3, 10, 15, 19), (10, 17, 22, 26)),
    ((0, 7, 14, 16), (5, 12, 16, 21), (2, 9, 17, 21), (7, 14, 17, 23)),
)
PARTIALS = ((1, 1.0), (2, 0.35), (3, 0.12))
LOOP_DBFS = -20.0


def bed(seconds: float, lufs: float, seed: int) -> Samples:
    """A mono bed of a length and loudness, with no fades."""
    round_trip = loop(seed)
    count = samples_in(seconds)
    laps = -(-count // len(round_trip))
    gain = np.float32(amplitude(lufs - _loop_lufs(seed)))
    return np.tile(round_trip, (laps, 1))[:count] * gain


@lru_cache(maxsize=4)
def loop(seed: int) -> Samples:
    """One round of a progression, 16 s, whose end joins its beginning."""
    chance = np.random.default_rng(seed)
    chords = PROGRESSIONS[seed % len(PROGRESSIONS)]
    root_hz = 110.0 * 2 ** (int(chance.integers(-3, 6)) / 12)
    sound = np.zeros(samples_in(CHORD_SECONDS * len(chords)), np.float32)
    for place, chord in enumerate(chords):
        start = samples_in(place * CHORD_SECONDS)
        for semitones in chord:
            hz = root_hz * 2 ** (semitones / 12)
            _add(sound, start, _pad(hz))
        for step in range(STEPS_A_CHORD):
            if chance.random() < 0.6:  # noqa: PLR2004  a note now and then, not always
                hz = root_hz * 2 ** (2 + int(chance.choice(chord)) / 12)
                at = start + samples_in(step * CHORD_SECONDS / STEPS_A_CHORD)
                _add(sound, at, 0.5 * _pluck(hz))
    sound *= np.float32(amplitude(LOOP_DBFS)) / np.sqrt(np.mean(sound**2))
    return sound[:, None]


@lru_cache(maxsize=4)
def _loop_lufs(seed: int) -> float:
    return loudness.integrated(np.tile(loop(seed), (2, 1)))


def _add(sound: Samples, start: int, note: Samples) -> None:
    """Add a note; what reaches past the end goes on at the beginning."""
    places = (start + np.arange(len(note))) % len(sound)
    sound[places] += note


def _pad(hz: float) -> Samples:
    """A slow chord note that overlaps the next one."""
    seconds = CHORD_SECONDS * 1.5
    at = np.linspace(0, seconds, samples_in(seconds), endpoint=False, dtype=np.float32)
    tone = sum(weight * np.sin(2 * np.pi * hz * k * at) for k, weight in PARTIALS)
    shape = np.sin(np.pi * at / np.float32(seconds)) ** 2
    return np.asarray(tone * shape, np.float32)


def _pluck(hz: float) -> Samples:
    """A short note that dies away."""
    at = np.arange(RATE_HZ, dtype=np.float32) / RATE_HZ
    attack = np.minimum(1, at * 200)
    return np.asarray(np.sin(2 * np.pi * hz * at) * np.exp(-6 * at) * attack, np.float32)
