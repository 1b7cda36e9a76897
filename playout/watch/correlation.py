"""How like two sounds are, and how far off, is found by correlation."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from playout.watch.tape import RATE_HZ

Samples = NDArray[np.float32]

REACH = RATE_HZ * 60 // 1000  # samples that a window may stray from where it is looked for
# Of peaks that are as good, the nearest counts: a steady tone is like itself at each of its waves.
AS_GOOD = 0.03


def best_lag(master: Samples, heard: Samples, lead: int) -> int:
    """Where the whole master fits best, in samples after the slot's start."""
    length = fft.next_fast_len(len(master) + len(heard), real=True)
    crossed = fft.irfft(fft.rfft(heard, length) * np.conj(fft.rfft(master, length)), length)
    return int(crossed[: len(heard)].argmax()) - lead


def peaks(wanted: Samples, around: Samples) -> tuple[Samples, NDArray[np.int64]]:
    """For each window its greatest normalised correlation, and how far off that stands."""
    length = fft.next_fast_len(around.shape[1], real=True)
    product = fft.rfft(around, length) * np.conj(fft.rfft(wanted, length))
    crossed = fft.irfft(product, length)[:, : 2 * REACH + 1]
    sums = np.cumsum(np.pad(around.astype(np.float64) ** 2, ((0, 0), (1, 0))), axis=1)
    window = wanted.shape[1]
    energy = sums[:, window:] - sums[:, :-window]
    energy *= (wanted.astype(np.float64) ** 2).sum(axis=1)[:, None]
    likeness = crossed / np.sqrt(np.maximum(energy, 1e-9))
    as_good = likeness >= likeness.max(axis=1)[:, None] - AS_GOOD
    off = np.where(as_good, np.abs(np.arange(-REACH, REACH + 1)), 2 * REACH).argmin(axis=1)
    near = _summit(likeness, off)
    return likeness[np.arange(len(near)), near].astype(np.float32), near - REACH


def _summit(likeness: Samples, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """From a place on a slope up to its summit."""
    rows = np.arange(len(at))
    last = likeness.shape[1] - 1
    for _ in range(REACH):
        left, right = np.maximum(at - 1, 0), np.minimum(at + 1, last)
        higher = np.where(likeness[rows, right] > likeness[rows, left], right, left)
        higher = np.where(likeness[rows, higher] > likeness[rows, at], higher, at)
        if (higher == at).all():
            break
        at = higher
    return at
