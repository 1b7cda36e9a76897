"""AMR files as a phone writes them, built frame by frame: no encoder of it is packaged for ffmpeg.

A frame of 20 ms that is sent again and again is a steady buzz of 50 Hz, and a frame of zeros is
next to silence (3GPP TS 26.073 and 26.173 decode any bits). So a rhythm of the two is a sound
whose every 20 ms, and whose pitch, are known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media.samples import RATE_HZ, Samples
from tests.media import sounds

FRAME_MS = 20
# So many frames of buzz and of quiet by turns: 4.2 s that begin and end with a buzz.
RHYTHM = (12, 7, 20, 5, 9, 11, 25, 8, 6, 13, 18, 10, 30, 6, 15, 5, 10)
# A good frame: file format of RFC 4867 section 5.3.
GOOD = 0b100
NOTHING = 15


@dataclass(frozen=True, slots=True)
class Amr:
    """A bit rate of AMR: the magic, the mode's number, the bytes of a frame, which bits buzz."""

    codec: str
    magic: bytes
    mode: int
    frame_bytes: int
    seed: int


KINDS: Mapping[str, Amr] = {
    "amr-nb-4.75k": Amr("amr_nb", b"#!AMR\n", 0, 12, 0),
    "amr-nb-12.2k": Amr("amr_nb", b"#!AMR\n", 7, 31, 1),
    "amr-wb-6.6k": Amr("amr_wb", b"#!AMR-WB\n", 0, 17, 0),
    "amr-wb-23.85k": Amr("amr_wb", b"#!AMR-WB\n", 8, 60, 3),
}


def written(kind: Amr, file: Path, *, in_film_format: bool, sends_pauses: bool = True) -> Path:
    """Write the rhythm as a file of a kind, bare or inside 3GP.

    An old phone that does not send pauses (DTX) writes empty frames instead.
    """
    header = bytes([kind.mode << 3 | GOOD])
    buzz = header + np.random.default_rng(kind.seed).bytes(kind.frame_bytes)
    quiet = header + bytes(kind.frame_bytes) if sends_pauses else bytes([NOTHING << 3 | GOOD])
    frames = (buzz, quiet)
    turns = (frames[turn % 2] * length for turn, length in enumerate(RHYTHM))
    bare = file.with_suffix(".amr")
    bare.write_bytes(kind.magic + b"".join(turns))
    if not in_film_format:
        return bare.rename(file)
    sounds.run("ffmpeg", "-f", "amr", "-i", bare, "-c", "copy", "-f", "3gp", file)
    return file


def is_buzzing() -> NDArray[np.bool_]:
    """Whether each 20 ms of the rhythm is loud."""
    turns = [np.full(length, turn % 2 == 0) for turn, length in enumerate(RHYTHM)]
    return np.concatenate(turns)


def levels(master: Samples) -> Samples:
    """The level of each 20 ms of a master."""
    frame = FRAME_MS * RATE_HZ // 1000
    return np.asarray(np.std(master[:, 0].reshape(-1, frame), axis=1), np.float32)


def steadiness(master: Samples) -> float:
    """How like each 20 ms of buzz is to the one before: 1.0 where the pitch is the buzz's."""
    frame = FRAME_MS * RATE_HZ // 1000
    start = frame * 4
    buzz = master[start : start + frame * (RHYTHM[0] - 5), 0]
    return float(np.corrcoef(buzz[frame:], buzz[:-frame])[0, 1])
