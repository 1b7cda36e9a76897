"""Pieces of noise say to the sample where in them one is, in any stream that they are sent by."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import signal

Samples: TypeAlias = npt.NDArray[np.float32]

RATE_HZ = 48_000
# A telephone's band: the poorest coder keeps all of it.
BAND_HZ = (300, 4000)
LEVEL = 0.1
# Neighbours in time and on other channels differ, and a piece returns only after so many.
PIECES = 7
FILL = PIECES


@dataclass(frozen=True, slots=True)
class Piece:
    """A master's file, with its first and its last seconds as they should be heard, mono."""

    file: Path
    head: Samples
    tail: Samples


def number_of(channel: int, offset: int) -> int:
    """Which piece a channel sends in a slot, counted from the first planned one."""
    return (offset + 2 * channel) % PIECES


def pieces(folder: Path, seconds: int) -> list[Piece]:
    """All pieces of a length and one of fill, made where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_piece(folder / f"{number}.flac", number, seconds) for number in range(PIECES + 1)]


def ends_seconds(seconds: int) -> float:
    """How much of each end of a piece is looked for."""
    return min(1.0, seconds / 4)


def _piece(file: Path, number: int, seconds: int) -> Piece:
    ends = file.with_suffix(".npy")
    if not ends.exists():
        sound = noise(number, seconds)
        _write_flac(file, sound)
        length = round(ends_seconds(seconds) * RATE_HZ)
        np.save(ends, np.stack([sound[:length], sound[-length:]]))
    head, tail = np.load(ends)
    return Piece(file, head, tail)


def noise(seed: int, seconds: float) -> Samples:
    """Noise of one seed in the band, mono."""
    white = np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ), np.float32)
    band = signal.butter(4, BAND_HZ, "bandpass", fs=RATE_HZ, output="sos")
    heard = signal.sosfilt(band, white)
    level: Samples = (heard * (LEVEL / heard.std())).astype(np.float32)
    return level


def _write_flac(file: Path, sound: Samples) -> None:
    stereo = np.repeat((np.clip(sound, -1, 1) * 32767).astype("<i2")[:, None], 2, axis=1)
    raw: Sequence[str] = ("-f", "s16le", "-ar", str(RATE_HZ), "-ac", "2", "-i", "-")
    command = ("ffmpeg", "-nostdin", "-v", "error", "-y", *raw, str(file))
    subprocess.run(command, input=stereo.tobytes(), check=True)
