"""Loudness is read from the K-weighted power of each millisecond, so a gain is tried for nothing.

All of it is ITU-R BS.1770-4 for 48 kHz, with the windows of EBU Tech 3341 and 3342. A mono sound
counts as it airs, from two loudspeakers. libebur128 still judges what is stored: this meter is
for the many readings on the way there.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from media.samples import FRAME_SAMPLES, RATE_HZ, Decibels, Samples

# The mean square of each millisecond after K-weighting, summed over channels: (frames,).
Powers = NDArray[np.float64]

# BS.1770-4 annex 1, tables 1 and 2: the head's shelf, then the high-pass.
HEAD_B = (1.53512485958697, -2.69169618940638, 1.19839281085285)
HEAD_A = (1.0, -1.69065929318241, 0.73248077421585)
HIGH_PASS_B = (1.0, -2.0, 1.0)
HIGH_PASS_A = (1.0, -1.99004745483398, 0.99007225036621)
K_WEIGHTING = np.array((HEAD_B + HEAD_A, HIGH_PASS_B + HIGH_PASS_A), np.float32)
OFFSET_LU = -0.691
# BS.1770-4 annex 1: blocks of 400 ms that overlap by 75 %, a gate at -70 LUFS, another 10 LU
# under the mean of what passed.
MOMENTARY_MS, STEP_MS = 400, 100
ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU = -70.0, -10.0
# EBU Tech 3342: windows of 3 s, its own relative gate, and what lies between two percentiles.
SHORT_TERM_MS = 3000
RANGE_GATE_LU = -20.0
RANGE_PERCENTILES = (10, 95)
# Four seconds at a time: few calls, and two channels of it stay in the processor's cache.
_BLOCK = 4 * RATE_HZ
# Far under 24 bits. A filter that rings on below float32's normal numbers is many times slower.
_STILL = np.float32(1e-15)


def weighted_power(sound: Samples) -> Powers:
    """The K-weighted power of each millisecond of a mono or stereo sound, shape (frames,).

    The last frame counts as filled up with silence.
    """
    channels = sound.shape[1]
    powers = np.zeros(-(-len(sound) // FRAME_SAMPLES))
    state = np.zeros((len(K_WEIGHTING), channels, 2), np.float32)
    for first in range(0, len(sound), _BLOCK):
        part = np.ascontiguousarray(sound[first : first + _BLOCK].T, np.float32)
        if not state.any() and not part.any():
            continue
        heard, state = sosfilt(K_WEIGHTING, part, zi=state)
        state[np.abs(state) < _STILL] = 0
        heard = np.pad(heard, ((0, 0), (0, -heard.shape[1] % FRAME_SAMPLES)))
        frames = heard.reshape(channels, -1, FRAME_SAMPLES)
        start = first // FRAME_SAMPLES
        powers[start : start + frames.shape[1]] = np.einsum("cfs,cfs->f", frames, frames)
    return powers * ((2 if channels == 1 else 1) / FRAME_SAMPLES)


def integrated(powers: Powers, gains_db: Decibels | None = None) -> float:
    """Integrated loudness in LUFS, minus infinity where nothing passes the gate.

    `gains_db`, of the same shape, is the mean gain in each millisecond: the loudness after a
    limiter or a leveler is known before a sample is touched, to 0.01 LU on speech.
    """
    blocks = _blocks(powers if gains_db is None else after(powers, gains_db), MOMENTARY_MS)
    return _lufs(_mean(_gated(blocks, RELATIVE_GATE_LU)))


def loudness_range(powers: Powers) -> float:
    """Loudness range in LU (EBU Tech 3342, windows 100 ms apart); 0 where nothing passes."""
    windows = _gated(_blocks(powers, SHORT_TERM_MS), RANGE_GATE_LU)
    if not len(windows):
        return 0.0
    low, high = np.percentile(windows, RANGE_PERCENTILES, method="nearest")
    return float(10 * np.log10(high / low))


def momentary(powers: Powers) -> Decibels:
    """Loudness of the 400 ms that begin at each millisecond, in LUFS, shape (frames - 399,)."""
    return _loudness(_sliding(powers, MOMENTARY_MS))


def momentary_max(powers: Powers) -> float:
    """The loudest 400 ms, in LUFS; minus infinity for less sound than that."""
    return _lufs(_sliding(powers, MOMENTARY_MS).max(initial=0))


def short_term(powers: Powers) -> Decibels:
    """Loudness of the 3 s that begin at each millisecond, in LUFS, shape (frames - 2999,)."""
    return _loudness(_sliding(powers, SHORT_TERM_MS))


def short_term_max(powers: Powers) -> float:
    """The loudest 3 s, in LUFS; minus infinity for less sound than that."""
    return _lufs(_sliding(powers, SHORT_TERM_MS).max(initial=0))


def after(powers: Powers, gains_db: Decibels) -> Powers:
    """The powers after a gain of each millisecond in dB; all three have shape (frames,)."""
    changed: Powers = powers * np.exp(gains_db * np.float32(np.log(10) / 10))
    return changed


def _blocks(powers: Powers, length_ms: int) -> Powers:
    """The mean of each whole block of a length, 100 ms apart."""
    steps = powers[: len(powers) // STEP_MS * STEP_MS].reshape(-1, STEP_MS).sum(axis=1)
    return _sliding(steps, length_ms // STEP_MS) / STEP_MS


def _sliding(powers: Powers, length: int) -> Powers:
    """The mean of each window of a length, one for each start; none where there is too little."""
    if len(powers) < length:
        return np.zeros(0)
    sums = np.cumsum(powers)
    sums[length:] -= sums[:-length].copy()
    # A sum of what came and went may end a rounding error below nothing.
    return np.maximum(sums[length - 1 :], 0) / length


def _gated(blocks: Powers, relative_lu: float) -> Powers:
    """The blocks above the absolute gate and above the one that their own mean sets."""
    heard = blocks[blocks > _power(ABSOLUTE_GATE_LUFS)]
    return heard[heard > _mean(heard) * 10 ** (relative_lu / 10)]


def _mean(blocks: Powers) -> float:
    return float(blocks.mean()) if len(blocks) else 0.0


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET_LU) / 10))


def _lufs(power: float) -> float:
    return OFFSET_LU + 10 * float(np.log10(power)) if power > 0 else float("-inf")


def _loudness(powers: Powers) -> Decibels:
    """Powers as LUFS; nothing at all reads as the least number that is not nothing."""
    least = np.finfo(np.float32).tiny
    heard = np.maximum(powers, least).astype(np.float32)
    return np.float32(OFFSET_LU) + np.float32(10) * np.log10(heard)
