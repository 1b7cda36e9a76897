"""A waveform is drawn from the lowest and the highest sample of each of its columns."""

import numpy as np

from media.flac import Pcm

COLUMNS = 800


def waveform(pcm: Pcm) -> bytes:
    """Two signed bytes a column, lowest and highest over all channels: 1,600 bytes.

    Full scale is 127. Shorter sounds than columns have as many columns as samples.
    """
    starts = np.linspace(0, len(pcm), min(COLUMNS, len(pcm)), endpoint=False).astype(np.intp)
    lowest = np.minimum.reduceat(pcm.min(axis=1), starts)
    highest = np.maximum.reduceat(pcm.max(axis=1), starts)
    return (np.stack((lowest, highest), axis=1) // 258).astype(np.int8).tobytes()
