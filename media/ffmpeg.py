"""Only this file starts ffmpeg and ffprobe, and it never lets them guess.

ffmpeg-python builds the argument lists; we run them in a box. The demuxer is forced by our
own reading of the first bytes, because an allowed protocol list alone does not stop a text
file (an `ffconcat` list, an HLS playlist) from naming other local files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg as arguments
import msgspec
import numpy as np

from media import box
from media.samples import RATE_HZ, Samples, samples_in
from station.errors import Fault

QUIETLY = ["-hide_banner", "-v", "error", "-y"]

# Sound alone is ever decoded: a cover picture or a video stream meets no decoder.
CODECS = (
    "opus,libopus,vorbis,speex,libspeex,aac,aac_fixed,mp3float,mp3,mp2float,mp2,mp1float,mp1,"
    "flac,alac,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,wmav1,wmav2,wmapro,wmalossless,"
    "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,"
    "pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,"
    "adpcm_g726,gsm,gsm_ms,ac3,eac3"
)
GUARDS = {
    "protocol_whitelist": "file,pipe",
    "codec_whitelist": CODECS,
    "max_streams": 16,
}
BAD_PACKET = ("Error while decoding stream", "Error submitting packet to decoder")


class Stream(msgspec.Struct, frozen=True):
    """What ffprobe says of one stream; `duration` is in seconds, as text, where known."""

    codec_type: str = ""
    codec_name: str = ""
    channels: int = 0
    sample_rate: str = ""
    duration: str = ""


class Format(msgspec.Struct, frozen=True):
    """What ffprobe says of the whole file."""

    duration: str = ""


class Probed(msgspec.Struct, frozen=True):
    """ffprobe's answer."""

    streams: list[Stream] = []
    format: Format = Format()


@dataclass(frozen=True, slots=True)
class Decoded:
    """What could be decoded, how many packets could not, and ffmpeg's own words."""

    sound: Samples
    bad_packets: int
    complaints: str


def probe(file: Path, demuxer: str) -> tuple[Probed, str]:
    """Ask ffprobe about a file of a known format; also its complaints. Raises Fault."""
    guards = [text for name, value in _guards(demuxer).items() for text in (f"-{name}", str(value))]
    shown = "stream=codec_type,codec_name,channels,sample_rate,duration:format=duration"
    limits = box.Limits(cpu_seconds=10, wall_seconds=30)
    with box.opened(reads=file, limits=limits) as place:
        command = ["ffprobe", "-hide_banner", "-v", "warning", *guards, "-f", demuxer]
        command += ["-show_entries", shown, "-of", "json", f"file:{place.reads}"]
        finished = place.run(command)
    try:
        return msgspec.json.decode(finished.output, type=Probed), finished.complaints
    except msgspec.MsgspecError:
        return Probed(), finished.complaints


def decode(file: Path, demuxer: str, channels: int, limit_seconds: float) -> Decoded:
    """Decode the first sound of an untrusted file, at most so long. Raises Fault."""
    limits = box.Limits(cpu_seconds=30, wall_seconds=90)
    with box.opened(reads=file, limits=limits) as place:
        source = arguments.input(
            f"file:{place.reads}", f=demuxer, t=limit_seconds, threads=1, **_guards(demuxer)
        )
        target = arguments.output(
            source["a:0"], "pipe:1", f="f32le", ar=RATE_HZ, ac=channels, t=limit_seconds, threads=1
        )
        buffer = np.empty((samples_in(limit_seconds), channels), np.float32)
        count, finished = place.fill(_compiled(target), buffer.data.cast("B"))
    whole = count // (4 * channels)
    bad = sum(finished.complaints.count(words) for words in BAD_PACKET)
    return Decoded(buffer[:whole], bad, finished.complaints)


def encode_flac(sound: Samples, folder: Path, name: str) -> Path:
    """Write a 16-bit stereo FLAC without tags; the same sound gives the same bytes.

    Mono goes to both channels unchanged: ffmpeg's own upmix would lose 3.01 dB.
    Raises Fault when ffmpeg does.
    """
    stereo = np.repeat(sound, 2, axis=1) if sound.shape[1] == 1 else sound
    return encode(stereo, folder, name, {"c:a": "flac", "compression_level": 5, "f": "flac"})


def encode_preview(master: Path, folder: Path, name: str) -> Path:
    """Write a mono MP3 of 32 kbit/s, 1.2 MB for five minutes, for a member's page.

    Raises Fault when ffmpeg does.
    """
    settings = {"c:a": "libmp3lame", "b:a": "32k", "ac": 1, "ar": 24_000, "f": "mp3"}
    with box.opened(reads=master, writes=folder) as place:
        source = arguments.input(f"file:{place.reads}", f="flac", threads=1, **_guards("flac"))
        finished = place.run(_compiled(_target(source, place, name, settings)))
    return _written(finished, folder / name)


def encode(sound: Samples, folder: Path, name: str, settings: Mapping[str, object]) -> Path:
    """Write a sound as 16 bits in the codec and format that the settings name.

    Raises Fault when ffmpeg does.
    """
    pcm = np.clip(np.rint(sound * 32767.0), -32768, 32767).astype("<i2")
    with box.opened(writes=folder) as place:
        source = arguments.input("pipe:0", f="s16le", ar=RATE_HZ, ac=sound.shape[1], threads=1)
        command = _compiled(_target(source, place, name, settings), reads_pipe=True)
        finished = place.run(command, pcm.tobytes())
    return _written(finished, folder / name)


def _target(source: Any, place: box.Box, name: str, settings: Mapping[str, object]) -> Any:
    # Bit-exact: no encoder name, no dates; nothing about anybody leaves in a tag.
    bare = {"map_metadata": -1, "fflags": "+bitexact", "flags:a": "+bitexact", "threads": 1}
    return arguments.output(source, f"file:{place.writes}/{name}", **settings, **bare)


def _written(finished: box.Finished, file: Path) -> Path:
    if not finished.ok:
        raise Fault(f"ffmpeg could not write {file.name}: {finished.complaints}", permanent=False)
    return file


def _compiled(target: Any, *, reads_pipe: bool = False) -> Sequence[str]:
    start = QUIETLY if reads_pipe else ["-nostdin", *QUIETLY]
    command: list[str] = arguments.compile(target, cmd=["ffmpeg", *start])
    return command


def _guards(demuxer: str) -> dict[str, object]:
    return {**GUARDS, "format_whitelist": FORMAT_NAMES.get(demuxer, demuxer)}


# A whitelist is compared with the demuxer's whole name.
FORMAT_NAMES = {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "matroska": "matroska,webm"}
