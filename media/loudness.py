"""Loudness is what libebur128 says it is: EBU R 128, BS.1770-4 gating, counted as stereo.

A mono sound is measured as it will air, from two loudspeakers: 3.01 dB louder than one
channel alone.
"""

import ctypes
from dataclasses import dataclass
from typing import Self

import numpy as np

from media.flac import Pcm
from media.libebur128 import DUAL_MONO, INTEGRATED, RANGE, library
from media.samples import RATE_HZ, Samples, amplitude
from station.errors import Fault


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness (minus infinity below the gate) and loudness range."""

    integrated_lufs: float
    range_lu: float


def integrated(sound: Samples | Pcm) -> float:
    """Integrated loudness in LUFS, minus infinity where nothing passes the gate."""
    with _Meter(sound, INTEGRATED) as meter:
        return meter.read("ebur128_loudness_global")


def measure(sound: Samples | Pcm) -> Loudness:
    """Integrated loudness and range. Raises Fault when the library is missing."""
    with _Meter(sound, INTEGRATED | RANGE) as meter:
        return Loudness(meter.read("ebur128_loudness_global"), meter.read("ebur128_loudness_range"))


def brought_to(sound: Samples, lufs: float) -> Samples:
    """A trusted short sound at another loudness, by gain alone."""
    found = integrated(sound)
    return sound if found == float("-inf") else sound * np.float32(amplitude(lufs - found))


class _Meter:
    """A libebur128 state that has heard a whole sound."""

    def __init__(self, sound: Samples | Pcm, mode: int) -> None:
        self._library = library()
        channels = sound.shape[1]
        self._state = ctypes.c_void_p(self._library.ebur128_init(channels, RATE_HZ, mode))
        if not self._state:
            raise Fault("libebur128 could not begin: is memory short?", permanent=False)
        if channels == 1:
            self._library.ebur128_set_channel(self._state, 0, DUAL_MONO)
        whole_numbers = sound.dtype == np.int16
        hear = (
            self._library.ebur128_add_frames_short
            if whole_numbers
            else self._library.ebur128_add_frames_float
        )
        # Second by second: what is no single row in memory is copied.
        for first in range(0, len(sound), RATE_HZ):
            part = np.ascontiguousarray(sound[first : first + RATE_HZ])
            hear(self._state, part.ctypes.data, len(part))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._library.ebur128_destroy(ctypes.byref(self._state))

    def read(self, measure: str) -> float:
        answer = ctypes.c_double()
        getattr(self._library, measure)(self._state, ctypes.byref(answer))
        return answer.value
