"""Each way of levelling a clip is run warm in this process and leaves the file that it makes.

What one way needs is imported by no other: the memory that is measured is its own.
"""

import json
import logging
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from station.sections import AudioSection

RATE_HZ = 48_000
AUDIO = AudioSection()
TARGET_LUFS, CEILING_DBTP = AUDIO.target_lufs, AUDIO.ceiling_dbtp
QUIETLY = ("ffmpeg", "-nostdin", "-y", "-hide_banner")
# What each is told besides: the same target, and that mono airs from two loudspeakers.
LOUDNORM = f"loudnorm=I={TARGET_LUFS}:TP={CEILING_DBTP}:LRA=11:dual_mono=true"
FLAC = ("-ar", str(RATE_HZ), "-c:a", "flac", "-sample_fmt", "s16")

# Does the work once and says which file it made, None where it makes none.
Work = Callable[[], Path | None]


@dataclass(frozen=True, slots=True)
class Clip:
    """An upload, the slot it is for, and where results go."""

    file: Path
    slot_seconds: int
    folder: Path


@contextmanager
def into_memory(clip: Clip) -> Iterator[Work]:
    """Plain ffmpeg, 48 kHz float samples down a pipe: what anybody needs at least."""
    import numpy as np

    options = ["-v", "error", "-threads", "1", "-i", str(clip.file), "-ar", str(RATE_HZ)]
    command = [*QUIETLY, *options, "-f", "f32le", "-"]

    def work() -> None:
        space = np.empty((clip.slot_seconds + 30) * RATE_HZ * 8, np.uint8)
        count = 0
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            if process.stdout is None:
                raise AssertionError
            while more := process.stdout.readinto(space.data[count:]):  # type: ignore[attr-defined]
                count += more

    yield work


@contextmanager
def to_nowhere(clip: Clip) -> Iterator[Work]:
    """Plain ffmpeg, decoded and thrown away."""

    def work() -> None:
        _ffmpeg("-v", "error", "-threads", "1", "-i", clip.file, "-f", "null", "-")

    yield work


@contextmanager
def pipeline(clip: Clip) -> Iterator[Work]:
    """Ours: the master written, read back and measured."""
    from media import ingest
    from media.wanted import Wanted

    wanted = Wanted(clip.slot_seconds)

    def work() -> Path:
        made = ingest.render(clip.file, clip.folder, wanted).master
        if made is None:
            raise AssertionError(clip.file)
        return made.file

    yield work


@contextmanager
def previews(clip: Clip) -> Iterator[Work]:
    """What a page shows of a master, made from it: the preview and the waveform."""
    from media import ffmpeg, flac, ingest, orders
    from media.wanted import Wanted
    from media.waveform import waveform

    made = ingest.render(clip.file, clip.folder, Wanted(clip.slot_seconds)).master
    if made is None:
        raise AssertionError(clip.file)

    def work() -> None:
        pcm = flac.read(made.file)
        ffmpeg.encode_preview(pcm, clip.folder / orders.PREVIEW)
        (clip.folder / orders.WAVEFORM).write_bytes(waveform(pcm))

    yield work


@contextmanager
def in_the_studio(clip: Clip) -> Iterator[Work]:
    """Ours as the worker does it: boxed, with the preview and the waveform."""
    from media import orders
    from media.session import Session
    from media.studio import Studio
    from media.wanted import Wanted

    wanted = Wanted(clip.slot_seconds)
    with Studio(clip.folder / "studio") as studio:

        def work() -> Path:
            Session(studio).render(clip.file, wanted)
            return studio.result(orders.MASTER)

        yield work


@contextmanager
def one_pass(clip: Clip) -> Iterator[Work]:
    """The filter loudnorm of ffmpeg as most people use it."""
    yield partial(_filtered, clip, LOUDNORM)


@contextmanager
def two_passes(clip: Clip) -> Iterator[Work]:
    """The filter loudnorm that has measured before, and may then use one gain alone."""

    def work() -> Path:
        told = _ffmpeg(
            *("-v", "info", "-i", clip.file, "-af", f"{LOUDNORM}:print_format=json"),
            *("-f", "null", "-"),
        )
        found = json.loads(told[told.rindex("{") : told.rindex("}") + 1])
        known = {"measured_I": "input_i", "measured_TP": "input_tp", "offset": "target_offset"}
        known |= {"measured_LRA": "input_lra", "measured_thresh": "input_thresh"}
        measured = "".join(f":{name}={found[key]}" for name, key in known.items())
        return _filtered(clip, f"{LOUDNORM}:linear=true{measured}")

    yield work


@contextmanager
def ffmpeg_normalize(clip: Clip) -> Iterator[Work]:
    """The package of that name, by its Python interface."""
    from ffmpeg_normalize import FFmpegNormalize

    # It warns that loudnorm will fall back to changing gains; the table shows what came of that.
    logging.disable(logging.WARNING)

    def work() -> Path:
        made = clip.folder / "normalized.flac"
        package = FFmpegNormalize(
            target_level=TARGET_LUFS,
            true_peak=CEILING_DBTP,
            dual_mono=True,
            audio_codec="flac",
            sample_rate=RATE_HZ,
            extra_output_options=["-sample_fmt", "s16"],
        )
        made.unlink(missing_ok=True)
        package.add_media_file(str(clip.file), str(made))
        package.run_normalization()
        return made

    yield work


@contextmanager
def by_pydub(clip: Clip) -> Iterator[Work]:
    """As pydub is used: the whole file in memory, one gain by its root mean square."""
    from pydub import AudioSegment

    def work() -> Path:
        made = clip.folder / "pydub.flac"
        sound = AudioSegment.from_file(clip.file).set_frame_rate(RATE_HZ)
        sound.apply_gain(TARGET_LUFS - sound.dBFS).export(made, format="flac").close()
        return made

    yield work


WAYS: Mapping[str, Callable[[Clip], AbstractContextManager[Work]]] = {
    "decode into memory": into_memory,
    "decode, ffmpeg -f null": to_nowhere,
    "Mweya: master": pipeline,
    "Mweya: preview, waveform": previews,
    "Mweya: all, in the studio": in_the_studio,
    "loudnorm, one pass": one_pass,
    "loudnorm, two passes": two_passes,
    "ffmpeg-normalize": ffmpeg_normalize,
    "pydub": by_pydub,
}


def _filtered(clip: Clip, graph: str) -> Path:
    made = clip.folder / "filtered.flac"
    _ffmpeg("-v", "error", "-i", clip.file, "-af", graph, *FLAC, made)
    return made


def _ffmpeg(*options: str | Path) -> str:
    """Run ffmpeg; what it said."""
    ended = subprocess.run([*QUIETLY, *options], capture_output=True, text=True, check=True)
    return ended.stderr
