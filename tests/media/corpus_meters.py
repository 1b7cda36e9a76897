"""A master is measured by meters that are not ours, before and after the stream's codecs."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from media import loudness
from media.samples import RATE_HZ, Samples
from tests.media import sounds

FINER = 8
BLOCK = RATE_HZ // 10
OVERLAP = RATE_HZ // 50
# In a tenth of a second, no sound of the corpus rises higher than this above its highest sample.
HIDDEN_DB = 4.0


@dataclass(frozen=True, slots=True)
class Measured:
    """A master's loudness by two meters, and its true peak as it is and after two codecs."""

    libebur128_lufs: float
    ffmpeg_lufs: float
    true_peak_dbtp: float
    after_opus_dbtp: float
    after_mp3_dbtp: float


def measured(master: Path) -> Measured:
    """Measure a master's file; what the codecs make of it is written beside it."""
    opus, mp3 = master.with_suffix(".opus"), master.with_suffix(".mp3")
    meter = "ebur128=metadata=1,ametadata=print:key=lavfi.r128.I:file=-"
    printed = sounds.run(
        *("ffmpeg", "-y", "-i", master),
        *("-map", "0", "-c:a", "libopus", "-b:a", "64k", opus),
        *("-map", "0", "-c:a", "libmp3lame", "-b:a", "64k", mp3),
        *("-map", "0", "-af", meter, "-f", "null", "-"),
    ).decode()
    samples = _read(master)
    return Measured(
        libebur128_lufs=loudness.measure(samples).integrated_lufs,
        ffmpeg_lufs=float(printed.rsplit("lavfi.r128.I=", 1)[1]),
        true_peak_dbtp=true_peak(samples),
        after_opus_dbtp=true_peak(_decoded(opus)),
        after_mp3_dbtp=true_peak(_decoded(mp3)),
    )


def true_peak(sound: Samples) -> float:
    """The highest sample at eight times the rate, by Fourier's interpolation: no filter's error.

    Tenths of a second are looked at from the loudest down, while they can hide anything higher.
    """
    alike = sound.shape[1] == 2 and np.array_equal(sound[:, 0], sound[:, 1])
    padded = np.pad(sound[:, :1] if alike else sound, ((OVERLAP, BLOCK + OVERLAP), (0, 0)))
    starts = range(0, len(sound), BLOCK)
    peaks = np.array([np.abs(sound[start : start + BLOCK]).max() for start in starts])
    highest = 1e-12
    for place in np.argsort(-peaks):
        if peaks[place] * 10 ** (HIDDEN_DB / 20) < highest:
            break
        block = padded[starts[place] : starts[place] + BLOCK + 2 * OVERLAP]
        finer = signal.resample(block, len(block) * FINER, axis=0)
        within = finer[OVERLAP * FINER : -OVERLAP * FINER]
        highest = max(highest, float(np.abs(within).max()))
    return 20 * float(np.log10(highest))


def _read(master: Path) -> Samples:
    samples: Samples = soundfile.read(master, dtype="float32", always_2d=True)[0]
    return samples


def _decoded(coded: Path) -> Samples:
    raw = sounds.run("ffmpeg", "-i", coded, "-ar", "48000", "-ac", "2", "-f", "f32le", "-")
    return np.frombuffer(raw, "<f4").reshape(-1, 2)
