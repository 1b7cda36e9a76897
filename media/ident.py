"""A piece may begin with its ident, spoken or recorded, within a length that the station sets."""

import math

import numpy as np

from media.announcements import without_place
from media.samples import FRAME_SAMPLES, Samples, amplitude, faded, samples_in, seconds_of
from media.speech import WORDS_A_MINUTE, spoken

PAUSE_SECONDS = 0.5
CUT_FADE_SECONDS = 0.5
# Nobody is told apart in less.
LEAST_IDENT_SECONDS = 1.0
# Faster than this espeak-ng is hard to follow.
FASTEST_WORDS_A_MINUTE = 190


def with_ident(
    piece: Samples, piece_lufs: float, ident: Samples, ident_lufs: float, most_seconds: float
) -> tuple[Samples, int]:
    """A piece behind its ident and a pause, and how many milliseconds these two last.

    The ident comes at the piece's loudness and is faded out where it is too long; with the
    pause it lasts at most `most_seconds`. Where that leaves no room for one, or it can't be
    heard (a loudness of minus infinity), the piece is returned as it is, and 0.
    """
    most = samples_in(min(seconds_of(ident), most_seconds - PAUSE_SECONDS))
    if most < samples_in(LEAST_IDENT_SECONDS) or not math.isfinite(ident_lufs):
        return piece, 0
    head = (most + samples_in(PAUSE_SECONDS)) // FRAME_SAMPLES * FRAME_SAMPLES
    fade = CUT_FADE_SECONDS if len(ident) > most else 0.0
    channels = max(piece.shape[1], ident.shape[1])
    whole = np.zeros((head + len(piece), channels), np.float32)
    whole[:most] = faded(ident[:most], 0, fade) * np.float32(amplitude(piece_lufs - ident_lufs))
    whole[head:] = piece
    return whole, head // FRAME_SAMPLES


def spoken_ident(words: str, voice: str, most_seconds: float) -> Samples | None:
    """An ident's words read aloud, so that they and the pause last at most `most_seconds`.

    What takes too long is said faster, then without its place (what follows the last comma),
    then not at all: None. Raises Fault when espeak-ng is missing or has no such voice.
    """
    room = most_seconds - PAUSE_SECONDS
    for some in dict.fromkeys((words, without_place(words))):
        sound = spoken(some, voice)
        if seconds_of(sound) <= room:
            return sound
        # Its own quiet ends do not get shorter: a little faster than the sum says.
        faster = math.ceil(WORDS_A_MINUTE * seconds_of(sound) / max(room, 0.1) * 1.1)
        if faster <= FASTEST_WORDS_A_MINUTE:
            sound = spoken(some, voice, faster)
            if seconds_of(sound) <= room:
                return sound
    return None
