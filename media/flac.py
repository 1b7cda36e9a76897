"""A master's file is FLAC by libFLAC: 48 kHz, 16 bits, no tags; the same sound, the same bytes."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from media.samples import RATE_HZ, Samples
from station.errors import Fault

# Whole samples of 16 bits: (count, channels).
Pcm = NDArray[np.int16]
# libFLAC's level 4: within a percent of its smallest, for half of the work.
COMPRESSION = 0.5


def write(file: Path, channels: int, parts: Iterable[Pcm]) -> None:
    """Write a sound that comes in parts. Raises Fault when the file can't be written."""
    try:
        with soundfile.SoundFile(
            file,
            "w",
            samplerate=RATE_HZ,
            channels=channels,
            format="FLAC",
            subtype="PCM_16",
            compression_level=COMPRESSION,
        ) as opened:
            for part in parts:
                opened.write(part)
    except (OSError, soundfile.SoundFileError) as error:
        raise Fault(f"{file.name} could not be written: {error}", permanent=False) from None


def read(file: Path, most: int = -1) -> Pcm:
    """Read a file of ours, or its first samples; Fault when it is damaged or none of ours."""
    try:
        with soundfile.SoundFile(file) as opened:
            ours = (opened.format, opened.subtype, opened.samplerate) == (
                "FLAC",
                "PCM_16",
                RATE_HZ,
            )
            if not ours:
                raise Fault(f"{file.name} is no FLAC of ours.", permanent=True)
            pcm: Pcm = opened.read(most, dtype="int16", always_2d=True)
            return pcm
    except (OSError, soundfile.SoundFileError) as error:
        raise Fault(f"{file.name} could not be read: {error}", permanent=False) from None


def shape(file: Path) -> tuple[int, int]:
    """How many samples and channels a file has, by its head. Raises Fault when it is damaged."""
    try:
        about = soundfile.info(file)
    except (OSError, soundfile.SoundFileError) as error:
        raise Fault(f"{file.name} could not be read: {error}", permanent=False) from None
    return about.frames, about.channels


def sound(file: Path, most: int = -1) -> Samples:
    """A file of ours, or its first samples, as a sound. Raises what `read` does."""
    return read(file, most) * np.float32(1 / 32768)


def pcm(sound: Samples) -> Pcm:
    """A sound in whole samples, rounded; second by second, because copies of slots are large."""
    whole = np.empty(sound.shape, np.int16)
    for start in range(0, len(sound), RATE_HZ):
        second = slice(start, start + RATE_HZ)
        whole[second] = np.clip(np.rint(sound[second] * np.float32(32767)), -32768, 32767)
    return whole
