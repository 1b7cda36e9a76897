"""Clips are made on the spot as people send them: two voices in turn, and some music."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from media import ffmpeg
from media.bed import bed
from media.samples import RATE_HZ, Samples, quiet, samples_in
from media.speech import spoken

VOICES = ("en-gb", "en-us+f3")
SENTENCES = (
    "Three years ago the ground behind our school was full of glass and old tyres.",
    "The children cleared it in one term, a bucket a day.",
    "Now there are beans, pumpkins and two rows of spinach.",
    "On Fridays the grade sevens sell what is left at the gate, and last week they bought a tap.",
    "My grandmother had a radio with a wooden case and one good battery.",
    "At night she put it on the wall, so that the whole yard could hear the news.",
    "Who wants to sing with us on Sunday comes to the river, before the sun is high.",
)
PAUSES_SECONDS = (0.3, 0.5, 0.9, 1.6)
# A phone at arm's length in a quiet room.
VOICE_DBFS, ROOM_DBFS = -9.0, -62.0

# As phones send them: a voice note, a recorder's file, and what an older one makes.
SPEECH: Mapping[str, Mapping[str, object]] = {
    "speech.opus": {"c:a": "libopus", "b:a": "24k", "f": "ogg"},
    "speech.m4a": {"c:a": "aac", "b:a": "64k", "f": "ipod"},
    "speech.mp3": {"c:a": "libmp3lame", "b:a": "128k", "ar": 44_100, "f": "mp3"},
}
MUSIC: Mapping[str, Mapping[str, object]] = {
    "music.m4a": {"c:a": "aac", "b:a": "128k", "f": "ipod"},
}


def made(folder: Path, seconds: float) -> list[Path]:
    """All clips of a length, in a folder. Raises Fault when a tool is missing."""
    sounds = ((speech(seconds), SPEECH), (music(seconds), MUSIC))
    return [
        ffmpeg.encode(sound, folder, name, settings)
        for sound, formats in sounds
        for name, settings in formats.items()
    ]


def speech(seconds: float) -> Samples:
    """Two voices that take turns, with pauses, in a quiet room; mono."""
    chance = np.random.default_rng(5)
    said = [[_at_peak(spoken(words, voice)) for words in SENTENCES] for voice in VOICES]
    parts: list[Samples] = []
    left = samples_in(seconds)
    while left > 0:
        turn = len(parts) // 2
        pause = quiet(float(chance.choice(PAUSES_SECONDS)))
        louder = np.float32(10 ** (chance.uniform(-6, 0) / 20))
        parts += [said[turn % len(VOICES)][turn % len(SENTENCES)] * louder, pause]
        left -= len(parts[-2]) + len(pause)
    sound = np.concatenate(parts)[: samples_in(seconds)]
    room = chance.standard_normal(sound.shape, np.float32) * np.float32(10 ** (ROOM_DBFS / 20))
    heard: Samples = sound + room
    return heard


def music(seconds: float) -> Samples:
    """A band in stereo: chords that differ by side, and a drum twice a second."""
    chance = np.random.default_rng(6)
    sides = [bed(seconds, -26.0, 3) + bed(seconds, -30.0, seed) for seed in (4, 5)]
    beat = np.exp(-np.arange(RATE_HZ // 2) / 1500.0) * chance.normal(0, 0.25, RATE_HZ // 2)
    drum = np.resize(beat.astype(np.float32), (samples_in(seconds), 1))
    band: Samples = np.concatenate(sides, axis=1) + drum
    return band


def _at_peak(sound: Samples) -> Samples:
    louder: Samples = sound * np.float32(10 ** (VOICE_DBFS / 20) / np.abs(sound).max())
    return louder
