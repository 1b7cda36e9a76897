"""A demo station's members sound like members: voice notes, tunes and tones, made on the spot."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from media import assemble, ffmpeg
from media.assemble import Laid
from media.bed import bed
from media.samples import RATE_HZ, Samples, faded, milliseconds_of, samples_in
from media.speech import spoken

VOICES = ("en-gb", "en-us", "en-gb-scotland", "en-gb-x-rp", "en-029")
TONES_HZ = (330, 392, 440, 494, 523, 587, 659, 784)
TONE_SECONDS = 20.0

# What phones send: the suffix, and how ffmpeg makes it.
PHONES: tuple[tuple[str, Mapping[str, object]], ...] = (
    (".opus", {"c:a": "libopus", "b:a": "24k", "f": "ogg"}),
    (".m4a", {"c:a": "aac", "b:a": "48k", "f": "ipod"}),
    (".mp3", {"c:a": "libmp3lame", "b:a": "64k", "f": "mp3"}),
    (".wav", {"c:a": "pcm_s16le", "ar": 16_000, "f": "wav"}),
)

STORIES: tuple[tuple[str, str], ...] = (
    (
        "The garden behind the school",
        (
            "Three years ago the ground behind our school was full of glass and old tyres. The "
            "children cleared it in one term, a bucket a day. Now there are beans, pumpkins and "
            "two rows of spinach, and on Fridays the grade sevens sell what is left at the gate. "
            "Last week they bought a new tap with their own money."
        ),
    ),
    (
        "My grandmother's radio",
        (
            "My grandmother had a radio with a wooden case and one good battery. At night she "
            "put it on the wall, so that the whole yard could hear the news. Nobody spoke until it "
            "was over, and then everybody did. I think of that wall when I record this."
        ),
    ),
    (
        "Recipe for a rainy Sunday",
        (
            "You need an onion, two tomatoes, a cup of lentils and whatever the neighbour has too "
            "much of. Fry the onion slowly, slower than you think. Add the rest and a little salt, "
            "and leave it alone. When the windows are wet, it is ready."
        ),
    ),
    (
        "Looking for a drummer",
        (
            "We are four, we play in the hall on Wednesday evenings, and we have lost our drummer "
            "to a job in Durban. We play old marabi, some jazz, and one song that nobody can name. "
            "If you can keep time and do not mind stairs, come and knock."
        ),
    ),
    (
        "What the taxi taught me",
        (
            "I drove a taxi for eleven years. You learn that people tell the truth when they look "
            "out of a window. You learn where the bread is still warm at five. And you learn to "
            "wait, which is the only thing that I would teach my son."
        ),
    ),
    (
        "A letter to the municipality",
        (
            "Dear councillor, the lamp at the corner of our street has been dark since March. We "
            "have reported it nine times and have nine reference numbers. We now read them aloud "
            "here, on the air, one after another, until there is light."
        ),
    ),
    (
        "Learning to swim at sixty",
        (
            "The other people in the class were seven years old. They held on to the edge and so "
            "did I. In the fourth week I let go, and the whole pool clapped, and I swallowed half "
            "of it. Now I swim every morning, badly, and I am never in a hurry."
        ),
    ),
    (
        "Night shift at the clinic",
        (
            "At three in the morning a clinic has its own sound: the fridge, the rain, one shoe on "
            "the floor. Two babies came last night and one of them had the hiccups. I walked home "
            "when the birds began, and I wanted to tell somebody."
        ),
    ),
    (
        "The song we sang at the river",
        (
            "There is a song that the women sang when they washed at the river. It has no end, you "
            "go round until the washing is done. My aunt knew forty verses. I have written down "
            "nine, and I would like to hear from you if you know another."
        ),
    ),
)


class DemoKind(StrEnum):
    """What a demo sound is."""

    SPEECH = "speech"
    MUSIC = "music"
    TONE = "tone"


@dataclass(frozen=True, slots=True)
class DemoSound:
    """A made file: what it is, a title, the voice's language, and a tone's frequency."""

    file: Path
    kind: DemoKind
    title: str
    language: str = "en"
    tone_hz: int | None = None


def make(folder: Path, count: int = 36) -> list[DemoSound]:
    """Make so many files that differ, 15 to 60 s long, in the formats that phones send.

    Two of three are spoken, the others are music and tones. The same count gives the same
    sounds. Raises Fault when espeak-ng or ffmpeg is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_made(folder, place) for place in range(count)]


def _made(folder: Path, place: int) -> DemoSound:
    turn, kind = place // 3, place % 3
    if kind < 2:  # noqa: PLR2004  two of three are spoken
        return _voice_note(folder, place, turn * 2 + kind)
    if turn % 2:
        return tone(folder, place, TONES_HZ[turn // 2 % len(TONES_HZ)])
    return _tune(folder, place)


def _voice_note(folder: Path, place: int, story: int) -> DemoSound:
    title, text = STORIES[story % len(STORIES)]
    # Steps that share no factor with the number of stories give every teller another voice.
    voice = VOICES[(story * 4 + story // len(STORIES)) % len(VOICES)]
    sound = spoken(f"{title}. {text}", voice, words_a_minute=140 + place % 4 * 10)
    return DemoSound(_encoded(sound, folder, place), DemoKind.SPEECH, title)


def _tune(folder: Path, place: int) -> DemoSound:
    music = faded(bed(40.0, -18.0, 100 + place), 1.0, 2.0)
    words = spoken("Here is a tune that I made at home.", VOICES[place % len(VOICES)])
    sound = assemble.over(music, [Laid(words, 1000)])
    return DemoSound(_encoded(sound, folder, place), DemoKind.MUSIC, "A tune made at home")


def tone(folder: Path, place: int, hz: int, seconds: float = TONE_SECONDS) -> DemoSound:
    """A steady tone that can be found again on the stream."""
    at = np.arange(samples_in(seconds), dtype=np.float64) / RATE_HZ
    wave: Samples = (0.25 * np.sin(2 * np.pi * hz * at)).astype(np.float32)[:, None]
    sound = faded(wave, 0.05, 0.05)
    title = f"A tone of {hz} hertz for {milliseconds_of(sound) // 1000} seconds"
    return DemoSound(_encoded(sound, folder, place), DemoKind.TONE, title, tone_hz=hz)


def _encoded(sound: Samples, folder: Path, place: int) -> Path:
    suffix, settings = PHONES[place % len(PHONES)]
    return ffmpeg.encode(sound, folder, f"voice-note-{place:02}{suffix}", settings)
