"""There is always something to play: a soft chord, made here, when no other sound is left."""

import math
import struct
import wave
from pathlib import Path

RATE_HZ = 48_000
SECONDS = 12
# A minor, far below speech: -30 dBFS each. Whole hertz in whole seconds, so that it loops.
CHORD_HZ = (220, 262, 330)
LEVEL = 0.03


def write_chord(file: Path) -> None:
    """Write the chord, 12 s of 16-bit stereo, unless it is there."""
    if file.exists():
        return
    part = file.with_name(f".{file.name}.part")
    with wave.open(str(part), "wb") as opened:
        opened.setnchannels(2)
        opened.setsampwidth(2)
        opened.setframerate(RATE_HZ)
        second = b"".join(_frame(n / RATE_HZ) for n in range(RATE_HZ))
        opened.writeframes(second * SECONDS)
    part.replace(file)


def _frame(seconds: float) -> bytes:
    value = sum(LEVEL * math.sin(2 * math.pi * hertz * seconds) for hertz in CHORD_HZ)
    return struct.pack("<hh", *(round(value * 32767),) * 2)
