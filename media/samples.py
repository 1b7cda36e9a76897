"""Sound is float32 at 48 kHz: one row a sample, one column a channel, 1.0 is full scale."""

import math
from collections.abc import Sized
from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
# Everything dynamic is decided on frames of one millisecond.
FRAME_SAMPLES = RATE_HZ // 1000

Samples = NDArray[np.float32]
Decibels = NDArray[np.float32]

# Far below 16 bits; keeps logarithms finite.
SILENT_DB = -200.0
FLOOR_DBFS = -90.0


def samples_in(seconds: float) -> int:
    """How many samples last so long."""
    return round(seconds * RATE_HZ)


def seconds_of(sound: Sized) -> float:
    """How long a sound lasts."""
    return len(sound) / RATE_HZ


def milliseconds_of(sound: Sized) -> int:
    """How long a sound lasts."""
    return round(len(sound) * 1000 / RATE_HZ)


def quiet(seconds: float, channels: int = 1) -> Samples:
    """Digital silence of a length."""
    return np.zeros((samples_in(seconds), channels), np.float32)


def decibels(amplitudes: NDArray[np.floating]) -> Decibels:
    """Amplitudes as dB of full scale, never below `SILENT_DB`."""
    floor = 10 ** (SILENT_DB / 20)
    level: Decibels = 20 * np.log10(np.maximum(amplitudes, floor), dtype=np.float32)
    return level


def amplitude(db: float) -> float:
    """A level in dB as a factor."""
    return math.pow(10.0, db / 20)


def faded(sound: Samples, head_seconds: float = 0.0, tail_seconds: float = 0.0) -> Samples:
    """A copy with a straight fade at each end."""
    result = sound.copy()
    head = min(samples_in(head_seconds), len(result))
    tail = min(samples_in(tail_seconds), len(result))
    if head:
        result[:head] *= np.linspace(0, 1, head, dtype=np.float32)[:, None]
    if tail:
        result[-tail:] *= np.linspace(1, 0, tail, dtype=np.float32)[:, None]
    return result


FLOOR_SECONDS = 10


def floor_noise(first: int, count: int) -> Samples:
    """Mono noise at -90 dBFS: digital silence starves variable-bitrate encoders and players.

    It is the same at the same place: `count` samples, at most a second, from sample `first` on.
    """
    start = first % samples_in(FLOOR_SECONDS)
    return _floor()[start : start + count]


@cache
def _floor() -> Samples:
    """What begins again after ten seconds, with one second more."""
    lap = np.random.default_rng(1).standard_normal(samples_in(FLOOR_SECONDS), dtype=np.float32)
    noise = lap * np.float32(amplitude(FLOOR_DBFS))
    return np.concatenate((noise, noise[:RATE_HZ]))[:, None]
