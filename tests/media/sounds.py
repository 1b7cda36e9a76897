"""Sounds that tests make on the spot, and two meters that are not ours."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from media import ffmpeg
from media.samples import RATE_HZ, Samples

OPUS: dict[str, object] = {"c:a": "libopus", "b:a": "24k", "f": "ogg"}
M4A: dict[str, object] = {"c:a": "aac", "b:a": "64k", "f": "ipod"}
MP3: dict[str, object] = {"c:a": "libmp3lame", "b:a": "64k", "f": "mp3"}
WAV: dict[str, object] = {"c:a": "pcm_s16le", "f": "wav"}
FORMATS: dict[str, dict[str, object]] = {
    "ogg": OPUS,
    "m4a": M4A,
    "mp3": MP3,
    "wav": WAV,
    "wav-float": {"c:a": "pcm_f32le", "f": "wav"},
    "wav-u8": {"c:a": "pcm_u8", "ar": 11_025, "f": "wav"},
    "wav-96k": {"c:a": "pcm_s24le", "ar": 96_000, "f": "wav"},
    "w64": {"c:a": "pcm_s16le", "f": "w64"},
    "flac": {"c:a": "flac", "f": "flac"},
    "webm": {"c:a": "libopus", "b:a": "32k", "f": "webm"},
    "matroska": {"c:a": "libvorbis", "f": "matroska"},
    "vorbis": {"c:a": "libvorbis", "f": "ogg"},
    "speex": {"c:a": "libspeex", "ar": 16_000, "f": "ogg"},
    "3gp": {"c:a": "aac", "ar": 16_000, "b:a": "32k", "f": "3gp"},
    "aac": {"c:a": "aac", "b:a": "64k", "f": "adts"},
    "alac": {"c:a": "alac", "f": "ipod"},
    "aiff": {"c:a": "pcm_s16be", "f": "aiff"},
    "caf": {"c:a": "pcm_s16le", "f": "caf"},
    "wma": {"c:a": "wmav2", "b:a": "64k", "f": "asf"},
    "mp2": {"c:a": "mp2", "b:a": "64k", "f": "mp2"},
}


def run(program: str, *options: str | Path) -> bytes:
    """A trusted run of a tool, with what it printed."""
    command = [program, "-nostdin"] if program == "ffmpeg" else [program]
    return subprocess.run(
        [*command, "-v", "error", *options], capture_output=True, check=True
    ).stdout


def tone(seconds: float, hz: float = 440.0, dbfs: float = -12.0) -> Samples:
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    wave = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * at)
    return wave.astype(np.float32)[:, None]


def noise(seconds: float, dbfs: float = -20.0, seed: int = 1) -> Samples:
    chance = np.random.default_rng(seed)
    wave = 10 ** (dbfs / 20) * chance.standard_normal((round(seconds * RATE_HZ), 1))
    return np.clip(wave, -1, 1).astype(np.float32)


def silent(seconds: float, channels: int = 1) -> Samples:
    return np.zeros((round(seconds * RATE_HZ), channels), np.float32)


def stereo(left: Samples, right: Samples) -> Samples:
    return np.concatenate((left, right), axis=1)


def joined(*sounds: Samples) -> Samples:
    return np.concatenate(sounds)


def saved(sound: Samples, file: Path, settings: Mapping[str, object] | None = None) -> Path:
    return ffmpeg.encode(sound, file.parent, file.name, settings or WAV)


def ffmpegs_loudness(file: Path) -> float:
    """Integrated loudness by ffmpeg's own filter, with all its decimals."""
    meter = "ebur128=metadata=1,ametadata=print:key=lavfi.r128.I:file=-"
    printed = run("ffmpeg", "-i", file, "-af", meter, "-f", "null", "-").decode()
    return float(printed.rsplit("lavfi.r128.I=", 1)[1])


def soxr_true_peak(file: Path) -> float:
    """The highest sample after resampling to 192 kHz by soxr, in dB."""
    finer = "aresample=192000:resampler=soxr:precision=28"
    raw = run("ffmpeg", "-i", file, "-af", finer, "-f", "f32le", "-")
    return 20 * float(np.log10(np.abs(np.frombuffer(raw, "<f4")).max() + 1e-12))


def decoded(file: Path) -> Samples:
    """A FLAC master's samples, by plain ffmpeg."""
    raw = run("ffmpeg", "-i", file, "-f", "s16le", "-")
    pcm = np.frombuffer(raw, "<i2").reshape(-1, 2)
    return (pcm / 32768).astype(np.float32)


def tags_of(file: Path) -> str:
    return run("ffprobe", "-show_entries", "format_tags:stream_tags", file).decode()
