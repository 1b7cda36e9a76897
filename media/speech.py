"""Words are spoken by espeak-ng, which reads them from its input and never as an option."""

import re
import tempfile
import unicodedata
from pathlib import Path

from media import box, ffmpeg
from media.samples import Samples
from media.trim import trim
from station.errors import Fault

LONGEST_TEXT = 600
LONGEST_SECONDS = 120.0
WORDS_A_MINUTE = 150
_VOICE = re.compile(r"[A-Za-z][A-Za-z0-9+-]{0,31}")


def spoken(text: str, voice: str, words_a_minute: int = WORDS_A_MINUTE) -> Samples:
    """A text read aloud, mono, without quiet ends.

    Raises Fault when espeak-ng is missing or has no such voice.
    """
    if not _VOICE.fullmatch(voice):
        raise Fault(f"“{voice}” can't be a voice of espeak-ng.", permanent=True)
    with tempfile.TemporaryDirectory(prefix="mweya-speech-") as name:
        folder = Path(name)
        command = ["espeak-ng", "-v", voice, "-s", str(words_a_minute), "--stdin"]
        command += ["-b", "1", "-w", str(folder / "spoken.wav")]
        finished = box.run(command, sayable(text).encode())
        file = folder / "spoken.wav"
        if not finished.ok or not file.exists():
            raise Fault(f"espeak-ng could not speak: {finished.complaints}", permanent=True)
        return trim(ffmpeg.decode(file, "wav", LONGEST_SECONDS).sound).sound


def sayable(text: str) -> str:
    """A text as one line of plain words: no control characters, no phoneme or markup codes."""
    plain = "".join(" " if unicodedata.category(c).startswith("C") else c for c in text)
    plain = re.sub(r"[\[\]<>|&{}\\]", " ", plain)
    return " ".join(plain.split())[:LONGEST_TEXT]
