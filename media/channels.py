"""A phone's two channels are often one, one and nothing, or one turned upside down."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from media.samples import RATE_HZ, Samples

# A channel that much quieter than the other is dead.
DEAD_DB = 40.0
SAME = 0.995
OPPOSITE = -0.9
# Alike but more than 1 dB apart is a sound placed to one side.
AS_LOUD = 0.8
# Bit-flipped files decode to bursts of +28 dBFS: nothing recorded is louder than this.
MOST_AMPLITUDE = 2.0
# A number beyond +30 dBFS was never a sample.
NO_SAMPLE = 32.0
# What is taken out, and what is worth telling: -60 and -34 dBFS.
OFFSET, WORTH_TELLING_OFFSET = 1e-3, 2e-2


class Layout(StrEnum):
    """What the channels turned out to be."""

    MONO = "mono"
    STEREO = "stereo"
    DUAL_MONO = "dual-mono"
    DEAD_CHANNEL = "dead-channel"
    ANTIPHASE = "antiphase"


@dataclass(frozen=True, slots=True)
class Repaired:
    """Finite samples around zero, in as few channels as carry something of their own.

    `offset` says whether they lay far off zero, `broken` how many were no samples at all.
    """

    sound: Samples
    layout: Layout
    offset: bool = False
    broken: int = 0


def repair(sound: Samples) -> Repaired:
    """Put right what a microphone, a recorder or damage did; the sound is changed in place."""
    if len(sound) == 0:
        return Repaired(sound[:, :1], Layout.MONO)
    broken = _without_broken(sound)
    offset = _offset(sound)
    if np.abs(offset).max() > OFFSET:
        sound -= offset
    layout = layout_of(sound)
    told = bool(np.abs(offset).max() > WORTH_TELLING_OFFSET)
    return Repaired(_carrying(sound, layout), layout, told, broken)


def layout_of(sound: Samples) -> Layout:
    """What a sound's channels are."""
    if sound.shape[1] == 1:
        return Layout.MONO
    left, right = _powers(sound)
    quieter, louder = sorted((left, right))
    if louder == 0:
        return Layout.DUAL_MONO
    if quieter <= louder * 10 ** (-DEAD_DB / 10):
        return Layout.DEAD_CHANNEL
    alike = float(np.dot(sound[:, 0], sound[:, 1])) / float(np.sqrt(left * right))
    if alike <= OPPOSITE:
        return Layout.ANTIPHASE
    if alike >= SAME and quieter > AS_LOUD * louder:
        return Layout.DUAL_MONO
    return Layout.STEREO


def _carrying(sound: Samples, layout: Layout) -> Samples:
    """The channels that carry something of their own."""
    match layout:
        case Layout.STEREO | Layout.MONO:
            return sound
        case Layout.DEAD_CHANNEL:
            live = int(np.argmax(_powers(sound)))
            return sound[:, live : live + 1]
        case Layout.DUAL_MONO | Layout.ANTIPHASE:
            # Adding the channels up would turn an antiphase recording into silence.
            return sound[:, :1]


def _without_broken(sound: Samples) -> int:
    """Silence what is no number and hold what is too loud to be sound; how many there were."""
    # One look at the extremes is enough for nearly every upload; NaN shows in both.
    if sound.max() <= MOST_AMPLITUDE and sound.min() >= -MOST_AMPLITUDE:
        return 0
    height = np.abs(sound)
    samples = height <= NO_SAMPLE
    broken = int((~samples | (height > MOST_AMPLITUDE)).any(axis=1).sum())
    sound[~samples] = 0
    np.clip(sound, -MOST_AMPLITUDE, MOST_AMPLITUDE, out=sound)
    return broken


def _offset(sound: Samples) -> Samples:
    """Each channel's mean, summed by the second: that is fast, and float32 stays exact."""
    seconds = np.add.reduceat(sound, np.arange(0, len(sound), RATE_HZ), axis=0)
    mean: Samples = (seconds.sum(axis=0, dtype=np.float64) / len(sound)).astype(np.float32)
    return mean


def _powers(sound: Samples) -> tuple[float, float]:
    left, right = sound[:, 0], sound[:, 1]
    return float(np.dot(left, left)), float(np.dot(right, right))
