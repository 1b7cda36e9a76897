"""The station's own fill is made on the spot: a bed, its ident, and a piece for emergencies."""

from media import assemble, loudness
from media.assemble import Laid
from media.bed import bed
from media.samples import Samples, milliseconds_of
from media.speech import spoken
from station.sections import AudioSection

# How many different pieces a station has, so that two unused rights in a row do not sound alike.
VARIETY = 3
FADE_MS = 1000
IDENT_START_MS = 1500
IDENT_OVER_BED_LU = 6.0
WORKING_LUFS = -22.0


def fill(slot_seconds: float, station: str, seed: int, audio: AudioSection) -> Samples:
    """A mono slot of bed with the station's ident, not yet levelled."""
    return _piece(slot_seconds, f"You are listening to {station}.", seed, audio)


def emergency(slot_seconds: float, station: str, audio: AudioSection) -> Samples:
    """A mono slot for when nothing else can be played, not yet levelled."""
    words = f"This is {station}. We will be back with the programme in a moment."
    return _piece(slot_seconds, words, VARIETY, audio)


def _piece(slot_seconds: float, words: str, seed: int, audio: AudioSection) -> Samples:
    fade_ms = min(FADE_MS, round(slot_seconds * 250))
    music = assemble.faded(bed(slot_seconds, WORKING_LUFS, seed), fade_ms)
    ident = spoken(words, audio.voice)
    if milliseconds_of(ident) + 2 * IDENT_START_MS > milliseconds_of(music):
        return music
    ident = loudness.brought_to(ident, WORKING_LUFS + IDENT_OVER_BED_LU)
    return assemble.over(music, [Laid(ident, IDENT_START_MS)])
