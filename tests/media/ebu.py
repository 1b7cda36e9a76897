"""The test signals of EBU Tech 3341 v4 (2023) and Tech 3342, table 1 of each, from their words."""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin

from media import loudness, meter, peaks
from media.libebur128 import TRUE_PEAK, library
from media.samples import RATE_HZ, Samples, amplitude

Readings = NDArray[np.floating]
# A piece of a signal: how many milliseconds, and at how many dBFS (None is silence).
Part = tuple[int, float | None]


def tones(*parts: Part) -> Samples:
    """A stereo sine of 1 kHz, in phase; one period is a millisecond, so every part begins at 0."""
    wave = np.sin(2 * np.pi * np.arange(48) / 48)
    levels = [np.repeat(0.0 if dbfs is None else amplitude(dbfs), ms) for ms, dbfs in parts]
    mono = np.outer(np.concatenate(levels), wave).ravel()
    return np.repeat(mono[:, None], 2, axis=1).astype(np.float32)


def surround() -> Samples:
    """Tech 3341 case 6: 20 s of 1 kHz in L, R, C, Ls and Rs."""
    sine = tones((20_000, 0.0))[:, :1]
    return sine * np.array([amplitude(dbfs) for dbfs in (-28, -28, -24, -30, -30)], np.float32)


def steady_peak(divisor: int, full_scale: float, degrees: float) -> Samples:
    """Tech 3341 cases 15 to 19: a sine of fs / divisor, with fades of 10 ms."""
    at = 2 * np.pi * np.arange(RATE_HZ) / divisor + np.radians(degrees)
    return _stereo(full_scale * np.sin(at) * _fades(RATE_HZ))


def hidden_peak(offset: int) -> Samples:
    """Tech 3341 cases 20 to 23: one period of fs/4 at full scale within fs/6 at half of it.

    Made at four times the rate, low-pass filtered, and every fourth sample kept from an offset.
    """
    fine = 4 * RATE_HZ
    before = 0.5 * np.sin(2 * np.pi * np.arange(fine // 2) / 24)
    burst = np.sin(2 * np.pi * np.arange(16) / 16)
    signal = np.concatenate((before, burst, before)) * _fades(fine + 16)
    passed = np.convolve(signal, firwin(511, 1 / 4), "same")
    return _stereo(passed[offset::4])


def _fades(count: int) -> NDArray[np.float64]:
    ramp = np.arange(count) * 100 / count
    return np.minimum(1, np.minimum(ramp, ramp[::-1]))


def _stereo(mono: NDArray[np.float64]) -> Samples:
    return np.repeat(mono[:, None], 2, axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Meter:
    """What a meter says; momentary and short-term of each whole window, so many ms apart."""

    integrated: Callable[[Samples], float]
    range_lu: Callable[[Samples], float]
    true_peak: Callable[[Samples], float]
    momentary: Callable[[Samples, int], Readings]
    short_term: Callable[[Samples, int], Readings]


def _heard_by_libebur128(window_ms: int, name: str) -> Callable[[Samples, int], Readings]:
    """A live meter fed in small steps; its answers count once its window is full."""

    def read(sound: Samples, step_ms: int) -> Readings:
        ebur128, answer, answers = library(), ctypes.c_double(), []
        short_term = 0b11
        state = ctypes.c_void_p(ebur128.ebur128_init(sound.shape[1], RATE_HZ, short_term))
        for first in range(0, len(sound), step_ms * 48):
            part = np.ascontiguousarray(sound[first : first + step_ms * 48])
            ebur128.ebur128_add_frames_float(state, part.ctypes.data, len(part))
            getattr(ebur128, name)(state, ctypes.byref(answer))
            answers.append(answer.value)
        ebur128.ebur128_destroy(ctypes.byref(state))
        return np.array(answers[window_ms // step_ms - 1 :])

    return read


def _true_peak_by_libebur128(sound: Samples) -> float:
    ebur128, answer = library(), ctypes.c_double()
    state = ctypes.c_void_p(ebur128.ebur128_init(sound.shape[1], RATE_HZ, TRUE_PEAK))
    heard = np.ascontiguousarray(sound)
    ebur128.ebur128_add_frames_float(state, heard.ctypes.data, len(heard))
    found = []
    for channel in range(sound.shape[1]):
        ebur128.ebur128_true_peak(state, channel, ctypes.byref(answer))
        found.append(answer.value)
    ebur128.ebur128_destroy(ctypes.byref(state))
    return 20 * float(np.log10(max(found)))


OURS = Meter(
    lambda sound: meter.integrated(meter.weighted_power(sound)),
    lambda sound: meter.loudness_range(meter.weighted_power(sound)),
    peaks.true_peak,
    lambda sound, step_ms: meter.momentary(meter.weighted_power(sound))[::step_ms],
    lambda sound, step_ms: meter.short_term(meter.weighted_power(sound))[::step_ms],
)
LIBEBUR128 = Meter(
    loudness.integrated,
    lambda sound: loudness.measure(sound).range_lu,
    _true_peak_by_libebur128,
    _heard_by_libebur128(400, "ebur128_loudness_momentary"),
    _heard_by_libebur128(3000, "ebur128_loudness_shortterm"),
)
