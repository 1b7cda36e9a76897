"""Sound is float32 at 48 kHz: one row a sample, one column a channel, 1.0 is full scale."""

import math
from collections.abc import Sized
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
# Everything dynamic is decided on frames of one millisecond.
FRAME_SAMPLES = RATE_HZ // 1000

Samples = NDArray[np.float32]
Decibels = NDArray[np.float32]
Number = TypeVar("Number", bound=np.generic)

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


def in_frames(sound: NDArray[Number]) -> NDArray[Number]:
    """A sound as (frames, samples a frame, channels), its end filled with silence."""
    short = -len(sound) % FRAME_SAMPLES
    whole = np.pad(sound, ((0, short), (0, 0))) if short else sound
    return whole.reshape(-1, FRAME_SAMPLES, sound.shape[1])


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


def floor_noise(first: int, count: int) -> Samples:
    """Mono noise at -90 dBFS: digital silence starves variable-bitrate encoders and players.

    It is the same at the same place: `count` samples from sample `first` on.
    """
    lap = _floor_lap()
    return np.take(lap, np.arange(first, first + count), mode="wrap")[:, None]


@cache
def _floor_lap() -> NDArray[np.float32]:
    """Ten seconds, after which it begins again."""
    lap = np.random.default_rng(1).standard_normal(samples_in(10), dtype=np.float32)
    return lap * np.float32(amplitude(FLOOR_DBFS))
