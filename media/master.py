"""A master's loudness is right after limiting, and is measured again from the written file.

The gain is solved on one value a millisecond (the K-weighted power, the peak, the limiter's
gain), so that each sample is touched once; then libebur128 judges the file, which is made again
where it says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from media import flac, limit, loudness, meter, peaks
from media.digest import sha256_of
from media.flac import Pcm
from media.limit import Corners, Envelope
from media.samples import (
    FRAME_SAMPLES,
    RATE_HZ,
    Decibels,
    Samples,
    floor_noise,
    milliseconds_of,
)
from station.errors import Fault, Refusal
from station.sections import AudioSection

# A quiet room must not become a roar.
MOST_GAIN_DB = 30.0
TOLERANCE_LU = 0.1
# We aim closer than we promise, and keep the ceiling clear of 16-bit rounding. What codecs make of
# the loudest peaks does not fall any further with a lower ceiling (docs/media.md).
AIM_LU = 0.005
AIM_BELOW_CEILING_DB = 0.1
ROUNDS = 20
# A master that misses is made again, so many times, from where the meter says it is.
ATTEMPTS = 4
CLOSE_ENOUGH_LU = 0.05
# No steeper slope is believed: in hard limiting a decibel of gain gives far less loudness.
LEAST_SLOPE = 0.2
LEAST_STEP_DB = 1e-4
# A floor or a silence without any word lies far under this.
QUIET_DBTP = -70.0


@dataclass(frozen=True, slots=True)
class Aim:
    """What the solver steers for; corrected when the written file says otherwise."""

    lufs: float
    ceiling_dbtp: float


@dataclass(frozen=True, slots=True)
class Levelled:
    """The gains of a whole sound, at the edges of its milliseconds, and what they are made of.

    `range_lu` is the loudness range under them.
    """

    corners: Corners
    range_lu: float
    gain_db: float
    limited_db: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What a master's own file says when it is read back."""

    integrated_lufs: float
    true_peak_dbtp: float
    duration_ms: int
    samples: int


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A written master: where it is, its hash, what was measured in it, what was done to it.

    `pcm` is what was read of its file: (samples, 2).

    `range_lu` is its loudness range, `gain_db` the fixed gain, `limited_db` the limiter's
    deepest (at most 0).
    """

    file: Path
    pcm: Pcm
    sha256: str
    measured: Measured
    range_lu: float
    gain_db: float
    limited_db: float


def finish(
    envelope: Envelope, file: Path, audio: AudioSection, shape_db: Decibels | None = None
) -> Finished:
    """Level a whole slot, put the floor under it, write it as stereo, and measure the file.

    `shape_db` is a leveler's gain of each millisecond. Sound without any loudness (a plain
    silence) keeps its level.
    Raises Refusal `master-off-target`, and Fault when libebur128 is missing or the disk full.
    """
    sound = envelope.sound
    shape = np.zeros(len(envelope.peaks), np.float32) if shape_db is None else shape_db
    aim = Aim(audio.target_lufs, audio.ceiling_dbtp - AIM_BELOW_CEILING_DB)
    for _ in range(ATTEMPTS):
        levelled = level(envelope, shape, aim)
        flac.write(file, 2, _pcm(sound, levelled.corners))
        pcm = flac.read(file)
        measured = measure(pcm)
        if measured.samples != len(sound):
            raise Fault(
                f"{file.name} has {measured.samples} samples, not {len(sound)}.", permanent=False
            )
        corrected = _corrected(aim, measured, audio)
        if corrected == aim or measured.true_peak_dbtp < QUIET_DBTP:
            break
        aim = corrected
    _require_on_target(measured, audio, file)
    return Finished(
        file,
        pcm,
        sha256_of(file),
        measured,
        levelled.range_lu,
        levelled.gain_db,
        levelled.limited_db,
    )


def level(envelope: Envelope, shape: Decibels, aim: Aim) -> Levelled:
    """The gain after which the limited sound has the loudness aimed at (a secant search).

    A sound that would need more than `MOST_GAIN_DB` stays below it.
    """
    powers = envelope.powers
    found = meter.integrated(powers, shape)
    if found == float("-inf"):
        return Levelled(np.ones(len(powers) + 1, np.float32), 0.0, 0.0, 0.0)
    gain = min(aim.lufs - found, MOST_GAIN_DB)
    slope, last_gain, last_reached = 1.0, 0.0, found
    for _ in range(ROUNDS):
        envelope.refine_above(aim.ceiling_dbtp - gain - shape)
        wanted = np.minimum(shape + np.float32(gain), np.float32(MOST_GAIN_DB))
        reduced = limit.reduction(envelope.peaks + wanted, aim.ceiling_dbtp)
        corners = limit.corners(wanted + reduced)
        reached = meter.integrated(powers, limit.effective(corners))
        missing = aim.lufs - reached
        if abs(missing) < AIM_LU or (gain >= MOST_GAIN_DB and missing > 0):
            break
        if abs(gain - last_gain) > LEAST_STEP_DB:
            slope = (reached - last_reached) / (gain - last_gain)
        last_gain, last_reached = gain, reached
        gain = min(gain + missing / min(max(slope, LEAST_SLOPE), 1.0), MOST_GAIN_DB)
    range_lu = meter.loudness_range(meter.after(powers, limit.effective(corners)))
    return Levelled(corners, range_lu, float(gain), float(reduced.min()))


def measure(pcm: Pcm) -> Measured:
    """Measure what was read of a master: its loudness by libebur128, its true peak by `peaks`.

    libebur128 reads true peaks of bright sound up to 0.6 dB low. Raises Fault without it.
    """
    # What both loudspeakers play alike is measured once, as heard from two.
    heard = pcm[:, :1] if _alike(pcm) else pcm
    return Measured(
        integrated_lufs=loudness.integrated(heard),
        true_peak_dbtp=peaks.true_peak(heard),
        duration_ms=milliseconds_of(pcm),
        samples=len(pcm),
    )


def _corrected(aim: Aim, measured: Measured, audio: AudioSection) -> Aim:
    """What to steer for instead, where the meter of the file and ours disagree."""
    off = audio.target_lufs - measured.integrated_lufs
    over = max(0.0, measured.true_peak_dbtp - audio.ceiling_dbtp)
    if abs(off) <= CLOSE_ENOUGH_LU and not over:
        return aim
    lufs = aim.lufs + off if np.isfinite(off) else aim.lufs
    return Aim(lufs, aim.ceiling_dbtp - over)


def _require_on_target(measured: Measured, audio: AudioSection, file: Path) -> None:
    if measured.true_peak_dbtp < QUIET_DBTP:
        return
    off_target = abs(measured.integrated_lufs - audio.target_lufs) > TOLERANCE_LU
    if off_target or measured.true_peak_dbtp > audio.ceiling_dbtp:
        file.unlink()
        raise Refusal(
            "master-off-target",
            lufs=f"{measured.integrated_lufs:.1f}",
            target=f"{audio.target_lufs:.1f}",
            peak=f"{measured.true_peak_dbtp:.1f}",
        )


def _pcm(sound: Samples, corners: Corners) -> Iterator[Pcm]:
    """The levelled sound with the floor under it, in 16 bits and two channels, by seconds.

    Mono goes to both channels unchanged: an upmix by power would lose 3.01 dB.
    """
    frames = RATE_HZ // FRAME_SAMPLES
    pcm = np.empty((RATE_HZ, 2), np.int16)
    for second, first in enumerate(range(0, len(sound), RATE_HZ)):
        at = corners[second * frames : (second + 1) * frames + 1]
        part = limit.applied(sound[first : first + RATE_HZ], at)
        part += floor_noise(first, len(part))
        part *= np.float32(32767.0)
        np.rint(part, out=part)
        np.clip(part, -32768, 32767, out=part)
        for channel in (0, 1):
            pcm[: len(part), channel] = part[:, min(channel, part.shape[1] - 1)]
        yield pcm[: len(part)]


def _alike(pcm: Pcm) -> bool:
    """Whether both channels of a sound are the same; looks no further than the first that isn't."""
    seconds = range(0, len(pcm), RATE_HZ)
    return all(
        np.array_equal(pcm[at : at + RATE_HZ, 0], pcm[at : at + RATE_HZ, 1]) for at in seconds
    )
