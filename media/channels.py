"""A phone's two channels are often one, one and nothing, or one turned upside down."""

from enum import StrEnum

import numpy as np

from media.samples import Samples

# A channel that much quieter than the other is dead.
DEAD_DB = 40.0
SAME = 0.995
OPPOSITE = -0.9
# Bit-flipped files decode to bursts of +28 dBFS: nothing recorded is louder than this.
MOST_AMPLITUDE = 2.0
OFFSET = 1e-3


class Layout(StrEnum):
    """What the channels turned out to be."""

    MONO = "mono"
    STEREO = "stereo"
    DUAL_MONO = "dual-mono"
    DEAD_CHANNEL = "dead-channel"
    ANTIPHASE = "antiphase"


def repair(sound: Samples) -> tuple[Samples, Layout]:
    """Finite samples without offset, in as few channels as carry something of their own."""
    clean = np.nan_to_num(sound, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    np.clip(clean, -MOST_AMPLITUDE, MOST_AMPLITUDE, out=clean)
    if len(clean) == 0:
        return clean[:, :1], Layout.MONO
    offset = clean.mean(axis=0, dtype=np.float64)
    if np.abs(offset).max() > OFFSET:
        clean -= offset.astype(np.float32)
    layout = layout_of(clean)
    match layout:
        case Layout.STEREO | Layout.MONO:
            return clean, layout
        case Layout.DEAD_CHANNEL:
            live = int(np.argmax(_powers(clean)))
            return clean[:, live : live + 1], layout
        case Layout.DUAL_MONO | Layout.ANTIPHASE:
            # Adding the channels up would turn an antiphase recording into silence.
            return clean[:, :1], layout


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
    # Alike but more than 1 dB apart is a sound placed to one side.
    if alike >= SAME and quieter > 0.8 * louder:
        return Layout.DUAL_MONO
    return Layout.STEREO


def _powers(sound: Samples) -> tuple[float, float]:
    left, right = sound[:, 0], sound[:, 1]
    return float(np.dot(left, left)), float(np.dot(right, right))
