"""A silence is a master too: who and for what, then intended quiet, then a short close."""

from dataclasses import dataclass

from media import assemble, loudness
from media.assemble import Laid
from media.samples import Samples, milliseconds_of, quiet
from media.speech import spoken
from station.sections import AudioSection

# A shorter slot has no room for words and quiet.
LEAST_ANNOUNCED_SECONDS = 30
HEAD_MS = 500
# At least this share of the slot is silent, however long the cause is.
LEAST_QUIET_SHARE = 0.5
WORKING_LUFS = -20.0


@dataclass(frozen=True, slots=True)
class Dedication:
    """Who dedicates a slot to silence, and for what."""

    who: str
    cause: str


def silence(dedication: Dedication, slot_seconds: float, audio: AudioSection) -> Samples:
    """A mono slot of silence with its words, not yet levelled; without words where too short.

    Raises Fault when espeak-ng is missing.
    """
    slot = quiet(slot_seconds)
    if slot_seconds < LEAST_ANNOUNCED_SECONDS or not audio.silence_announcement:
        return slot
    announcement = _said(opening_words(dedication, slot_seconds), audio)
    close = _said("The silence is over. Thank you for keeping it with us.", audio)
    words = Laid(announcement, HEAD_MS)
    end = Laid(close, milliseconds_of(slot) - milliseconds_of(close) - HEAD_MS)
    spoken_ms = milliseconds_of(announcement) + milliseconds_of(close)
    if spoken_ms > milliseconds_of(slot) * (1 - LEAST_QUIET_SHARE):
        return slot
    return assemble.over(slot, [words, end], duck_db=0)


def opening_words(dedication: Dedication, slot_seconds: float) -> str:
    """What is said before the quiet."""
    minutes, seconds = divmod(round(slot_seconds), 60)
    counted = ((minutes, "minute"), (seconds, "second"))
    length = " ".join(f"{n} {unit}{'s' * (n > 1)}" for n, unit in counted if n)
    return f"{dedication.who} dedicates the next {length} to silence. {dedication.cause}."


def _said(text: str, audio: AudioSection) -> Samples:
    return loudness.brought_to(spoken(text, audio.voice), WORKING_LUFS)
