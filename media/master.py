"""A master's loudness is right after limiting, and is measured again from the written file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from media import ffmpeg, limit, loudness, peaks
from media.samples import Samples, floor_noise, milliseconds_of, seconds_of
from media.store import sha256_of
from station.errors import Fault, Refusal
from station.sections import AudioSection

MASTER_NAME = "master.flac"
# A quiet room must not become a roar.
MOST_GAIN_DB = 30.0
TOLERANCE_LU = 0.1
# We aim closer than we promise, and keep the ceiling clear of 16-bit rounding.
AIM_LU = 0.03
AIM_BELOW_CEILING_DB = 0.1
ROUNDS = 12
# No steeper slope is believed: in hard limiting a decibel of gain gives far less loudness.
LEAST_SLOPE = 0.2
PEAK_ROUNDS = 3
# A floor or a silence without any word lies far under this.
QUIET_DBTP = -70.0


@dataclass(frozen=True, slots=True)
class Levelled:
    """A sound at its loudness, and the gain that it took before limiting."""

    sound: Samples
    gain_db: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What a master's own file says when it is read back."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float
    duration_ms: int
    samples: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A written master: where it is, its hash, what was measured in it, the gain it took."""

    file: Path
    sha256: str
    measured: Measured
    gain_db: float


def finish(sound: Samples, folder: Path, audio: AudioSection) -> Finished:
    """Level a whole slot, put the floor under it, write it, and measure the written file.

    Raises Refusal `master-off-target`, and Fault when ffmpeg or libebur128 is missing.
    """
    levelled = level(sound, audio)
    np.add(levelled.sound, floor_noise(len(sound)), out=levelled.sound)
    measured = write(levelled.sound, folder, MASTER_NAME, audio)
    file = folder / MASTER_NAME
    return Finished(file, sha256_of(file), measured, levelled.gain_db)


def level(sound: Samples, audio: AudioSection) -> Levelled:
    """Bring a sound to the station's loudness under its true-peak ceiling.

    Sound without any loudness (a plain silence) is returned as it is. The caller checks the
    result: a sound that would need more than `MOST_GAIN_DB` stays below the target.
    """
    found = loudness.integrated(sound)
    if found == float("-inf"):
        return Levelled(sound.copy(), 0.0)
    envelope = limit.Envelope.of(sound)
    ceiling = audio.ceiling_dbtp - AIM_BELOW_CEILING_DB
    for _ in range(PEAK_ROUNDS):
        levelled = _solve(envelope, audio.target_lufs, ceiling, found)
        over = peaks.true_peak(levelled.sound) - audio.ceiling_dbtp + AIM_BELOW_CEILING_DB / 2
        if over <= 0:
            break
        ceiling -= over
    return levelled


def _solve(envelope: limit.Envelope, target: float, ceiling: float, found: float) -> Levelled:
    """The gain after which the limited sound has the target loudness (a secant search)."""
    gain = min(target - found, MOST_GAIN_DB)
    sound = np.empty_like(envelope.sound)
    slope, last_gain, last_reached = 1.0, 0.0, found
    for _ in range(ROUNDS):
        envelope.refine_above(ceiling - gain)
        reduced = limit.reduction(envelope.peaks + gain, ceiling)
        limit.apply(envelope.sound, gain, reduced, sound)
        reached = loudness.integrated(sound)
        if abs(target - reached) < AIM_LU or (gain >= MOST_GAIN_DB and reached < target):
            break
        if abs(gain - last_gain) > 1e-6:  # noqa: PLR2004  no slope between equal gains
            slope = (reached - last_reached) / (gain - last_gain)
        last_gain, last_reached = gain, reached
        gain = min(gain + (target - reached) / min(max(slope, LEAST_SLOPE), 1.0), MOST_GAIN_DB)
    return Levelled(sound, gain)


def write(sound: Samples, folder: Path, name: str, audio: AudioSection) -> Measured:
    """Write a master's FLAC, read it back, and refuse it outside the tolerance.

    Raises Refusal `master-off-target` and Fault when the file is not what was written.
    """
    file = ffmpeg.encode_flac(sound, folder, name)
    measured = measure(file, seconds_of(sound))
    if measured.samples != len(sound):
        raise Fault(
            f"{name} has {measured.samples} samples instead of {len(sound)}.", permanent=False
        )
    if measured.true_peak_dbtp < QUIET_DBTP:
        return measured
    off_target = abs(measured.integrated_lufs - audio.target_lufs) > TOLERANCE_LU
    if off_target or measured.true_peak_dbtp > audio.ceiling_dbtp:
        file.unlink()
        raise Refusal(
            "master-off-target",
            lufs=f"{measured.integrated_lufs:.1f}",
            target=f"{audio.target_lufs:.1f}",
            peak=f"{measured.true_peak_dbtp:.1f}",
        )
    return measured


def measure(file: Path, seconds: float) -> Measured:
    """Measure a written master with libebur128; its true peak by both meters, the higher."""
    read = ffmpeg.decode(file, "flac", seconds + 1).sound
    # What both loudspeakers play alike is measured once, as heard from two.
    alike = np.array_equal(read[:, 0], read[:, 1])
    told_apart = read[:, :1] if alike else read
    heard = loudness.measure(told_apart)
    return Measured(
        integrated_lufs=heard.integrated_lufs,
        true_peak_dbtp=max(heard.true_peak_dbtp, peaks.true_peak(told_apart)),
        range_lu=heard.range_lu,
        duration_ms=milliseconds_of(read),
        samples=len(read),
    )
