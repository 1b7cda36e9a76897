"""A silence is a master too: who and for what, then intended quiet, then a short close."""

from dataclasses import dataclass

from media import loudness
from media.announcements import closing_words, opening_words, voice
from media.facts import CueKind
from media.montage import Part, Source, compose
from media.samples import Samples, faded, quiet, samples_in, seconds_of
from media.speech import spoken
from media.words import ENGLISH
from station.sections import AudioSection

# A shorter slot has no room for spoken words and quiet.
LEAST_ANNOUNCED_SECONDS = 30
HEAD_SECONDS = 0.5
# The words before the quiet, and those after it, take at most so much of their slot.
MOST_WORDS_SHARE = 1 / 3
CUT_FADE_SECONDS = 1.0
WORKING_LUFS = -20.0


@dataclass(frozen=True, slots=True)
class Dedication:
    """Who dedicates a slot to silence and for what, and the language that it is said in."""

    who: str
    cause: str
    language: str = ENGLISH


@dataclass(frozen=True, slots=True)
class Run:
    """Which of the slots of one long silence it is; the first has place 0."""

    place: int = 0
    count: int = 1


ALONE = Run()


def silence(
    dedication: Dedication,
    slot_seconds: float,
    audio: AudioSection,
    run: Run = ALONE,
    opening: Samples | None = None,
    close: Samples | None = None,
) -> Samples:
    """A slot of silence with its words, not yet levelled: digital silence between them.

    A run's first slot announces all of it, its last one has the close. The recorded `opening`
    and `close`, of any loudness, replace what is spoken otherwise, and are faded out where
    they are too long; spoken words that are too long lose the cause, or are not said. A
    station that wants no announcements has none. Raises Fault when espeak-ng is missing.
    """
    count, head = samples_in(slot_seconds), samples_in(HEAD_SECONDS)
    parts = []
    if audio.silence_announcement and run.place == 0:
        words = _opening(dedication, slot_seconds, run.count, audio) if opening is None else opening
        words = _levelled(words, slot_seconds)
        parts.append(Part(CueKind.ANNOUNCEMENT, Source.of(words), head, len(words)))
    if audio.silence_announcement and run.place == run.count - 1:
        words = _close(dedication, slot_seconds, audio) if close is None else close
        words = _levelled(words, slot_seconds)
        parts.append(Part(CueKind.CLOSE, Source.of(words), count - head - len(words), len(words)))
    return compose(count, parts).sound


def _levelled(words: Samples, slot_seconds: float) -> Samples:
    """Words at the loudness of all words, faded out at the end of their share of the slot."""
    most_seconds = slot_seconds * MOST_WORDS_SHARE
    level = loudness.brought_to(words[: samples_in(most_seconds)], WORKING_LUFS)
    too_long = len(words) > len(level)
    return faded(level, 0, min(CUT_FADE_SECONDS, most_seconds)) if too_long else level


def _opening(
    dedication: Dedication, slot_seconds: float, slots: int, audio: AudioSection
) -> Samples:
    """The announcement of the whole run, spoken."""
    who, cause, language = dedication.who, dedication.cause, dedication.language
    whole = slot_seconds * slots
    texts = [opening_words(who, some, whole, language) for some in (cause, "")]
    return _first_that_fits(texts, language, slot_seconds, audio)


def _close(dedication: Dedication, slot_seconds: float, audio: AudioSection) -> Samples:
    texts = [closing_words(dedication.language)]
    return _first_that_fits(texts, dedication.language, slot_seconds, audio)


def _first_that_fits(
    texts: list[str], language: str, slot_seconds: float, audio: AudioSection
) -> Samples:
    """The first text that, read aloud, keeps to its share of the slot; else no sound at all."""
    if slot_seconds >= LEAST_ANNOUNCED_SECONDS:
        for text in texts:
            sound = spoken(text, voice(language, audio.voice))
            if seconds_of(sound) <= slot_seconds * MOST_WORDS_SHARE:
                return sound
    return quiet(0)
