"""Masters whose sound says which slot they are for, and how far into it one is."""

import hashlib
import subprocess
from pathlib import Path

import numpy as np

RATE_HZ = 48_000
TONES = 14
FILL_HZ = 2600
EMERGENCY_HZ = 2900
ODD_HZ = 3200  # and a little above
QUIET_HZ = 0
HUSHED_HZ = 1  # as quiet, and another file
LOUDNESS = 0.25


def hertz_of(slot: int) -> tuple[int, int]:
    """A slot's tone in its first half and in its second."""
    first = 500 + 150 * (slot % TONES)
    return first, first + 75


def slot_master(folder: Path, slot: int, seconds: float) -> Path:
    """A master that sounds like its slot."""
    halves = [_tone(hertz, seconds / 2) for hertz in hertz_of(slot)]
    return _flac(folder / f"tone-{slot % TONES}-{seconds}.flac", np.concatenate(halves))


def own_master(folder: Path, hertz: int, seconds: float) -> Path:
    """A master of one tone, or of the quiet floor for 0 Hz."""
    return _flac(folder / f"own-{hertz}-{seconds}.flac", _tone(hertz, seconds))


def sha256_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _tone(hertz: int, seconds: float) -> np.ndarray:
    if hertz in (QUIET_HZ, HUSHED_HZ):
        noise = np.random.default_rng(hertz).standard_normal(round(seconds * RATE_HZ))
        return noise * 10 ** (-90 / 20)
    return LOUDNESS * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)


def _flac(file: Path, samples: np.ndarray) -> Path:
    if not file.exists():
        stereo = np.repeat((samples * 32767).astype("<i2")[:, None], 2, axis=1).tobytes()
        raw = ["-f", "s16le", "-ar", str(RATE_HZ), "-ac", "2", "-i", "-"]
        command = ["ffmpeg", "-v", "error", *raw, str(file)]
        subprocess.run(command, input=stereo, check=True)
    return file
