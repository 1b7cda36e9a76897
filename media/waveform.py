"""A waveform is drawn from the lowest and the highest sample of each of its columns."""

import numpy as np

from media.flac import Pcm

COLUMNS = 800


def waveform(pcm: Pcm) -> bytes:
    """Two signed bytes a column, lowest and highest over all channels: 1,600 bytes.

    Full scale is 127. Shorter sounds than columns have as many columns as samples.
    """
    starts = np.linspace(0, len(pcm), min(COLUMNS, len(pcm)), endpoint=False).astype(np.intp)
    # Columns first: numpy is fifty times slower along an axis of two.
    lowest = np.minimum.reduceat(pcm, starts).min(axis=1)
    highest = np.maximum.reduceat(pcm, starts).max(axis=1)
    return (np.stack((lowest, highest), axis=1) // 258).astype(np.int8).tobytes()
