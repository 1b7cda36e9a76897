"""A master as the watch compares it: the very bytes that were promised, as mono at 8 kHz."""

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from playout.watch.receiver import WITH_US
from playout.watch.tape import RATE_HZ
from station.errors import Fault

DECODE_SECONDS = 60


def sound_of(sha256: str, files: Iterable[Path]) -> NDArray[np.int16]:
    """A master's sound, from the first of some files that holds it unharmed.

    One that went bad on disk must not be taken for what was planned. Raises Fault.
    """
    for file in files:
        if _is(file, sha256):
            return _decoded(file)
    raise Fault(f"Master {sha256} is nowhere to be compared with", permanent=False)


def _is(file: Path, sha256: str) -> bool:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _decoded(file: Path) -> NDArray[np.int16]:
    mono = ffmpeg.input(str(file), f="flac").output("pipe:", f="s16le", ac=1, ar=RATE_HZ)
    command = [*WITH_US, *mono.global_args("-nostdin", "-v", "error", "-threads", "1").compile()]
    try:
        ran = subprocess.run(command, check=True, capture_output=True, timeout=DECODE_SECONDS)
    except (subprocess.SubprocessError, OSError) as problem:
        raise Fault(f"{file} can't be decoded: {problem}", permanent=False) from None
    return np.frombuffer(ran.stdout, "<i2")
