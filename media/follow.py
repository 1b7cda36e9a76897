"""A piece shorter than its slot is followed by fill, so that the slot is whole."""

import numpy as np

from media.bed import bed
from media.samples import RATE_HZ, Samples, faded, samples_in

# Music so much under speech is heard as equally loud and leaves the master's measure alone.
BED_UNDER_PIECE_LU = 2.0
PAUSE_SECONDS = 0.5
FADE_IN_SECONDS = 2.0
FADE_OUT_SECONDS = 1.0
CUT_FADE_SECONDS = 2.0
# No bed is worth beginning for less than this.
LEAST_BED_SECONDS = 5.0


def whole_slot(piece: Samples, piece_lufs: float, slot_seconds: float, seed: int) -> Samples:
    """Exactly one slot: the piece, then a bed that ends on the slot's last second.

    A piece that is longer than the slot is faded out. `piece_lufs` is the piece's loudness;
    the caller levels the whole.
    """
    count = samples_in(slot_seconds)
    if len(piece) > count:
        return faded(piece[:count], 0, min(CUT_FADE_SECONDS, slot_seconds / 4))
    whole = np.zeros((count, piece.shape[1]), np.float32)
    whole[: len(piece)] = piece
    begins = len(piece) + samples_in(PAUSE_SECONDS)
    left = (count - begins) / RATE_HZ
    if left >= LEAST_BED_SECONDS:
        music = bed(left, piece_lufs - BED_UNDER_PIECE_LU, seed)
        whole[begins : begins + len(music)] += faded(music, FADE_IN_SECONDS, FADE_OUT_SECONDS)
    return whole
