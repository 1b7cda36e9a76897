"""Only this file starts ffmpeg, and never lets it guess.

ffmpeg-python builds the argument lists; we run them under limits. The demuxer is forced by our
own reading of the first bytes, because an allowed protocol list alone does not stop a text
file (an `ffconcat` list, an HLS playlist) from naming other local files.
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import ffmpeg as arguments
import numpy as np
from numpy.typing import NDArray

from media import box, flac
from media.flac import Pcm
from media.samples import RATE_HZ, Samples, samples_in
from station.errors import Fault

Bytes = NDArray[np.uint8]

UPLOAD = "file:upload"
# It writes nothing but complaints: one with a million of them is not heard to its end.
DECODING = box.Limits(file_mebibytes=4)

QUIETLY = ("-nostdin", "-hide_banner", "-nostats")

# Sound alone is ever decoded: a cover picture or a video stream meets no decoder.
CODECS = (
    "opus,libopus,vorbis,speex,libspeex,aac,aac_fixed,mp3float,mp3,mp2float,mp2,mp1float,mp1,"
    "flac,alac,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,wmav1,wmav2,wmapro,wmalossless,"
    "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,"
    "pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,"
    "g726,gsm,gsm_ms,ac3,eac3"
)
GUARDS = {
    "protocol_whitelist": "file,pipe",
    "codec_whitelist": CODECS,
    "max_streams": 16,
}
# A whitelist is compared with the demuxer's whole name.
FORMAT_NAMES = {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "matroska": "matroska,webm"}
SPEEX = b"Speex   "
OGG_PAGE_HEADER_BYTES = 64
AU_HEADER_BYTES = 24
AMR = frozenset({"amr_nb", "amr_wb", "amrnb", "amrwb"})
INDEX_BYTES = 1 << 19
MOST_HEADER_BYTES = 4096
# How ffmpeg describes its input. Tags are indented deeper, so none can pose as these lines.
DURATION = re.compile(
    r"^  Duration: (?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d\.\d+)", re.MULTILINE
)
STREAM = re.compile(
    r"^  Stream #0:\d+.*?: Audio: (?P<codec>\w+).*?, (?P<rate>\d+) Hz, (?P<layout>[^,\n]+)",
    re.MULTILINE,
)
BAD_PACKET = (
    "Error while decoding stream",
    "Error submitting packet to decoder",
    "Decoding error: ",
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What could be decoded, what the file claims, and how many packets were unreadable.

    `claimed_seconds` is None where the file does not say; `complaints` are ffmpeg's words.
    """

    sound: Samples
    codec: str
    channels: int
    sample_rate_hz: int
    claimed_seconds: float | None
    bad_packets: int
    complaints: str


def decode(file: Path, demuxer: str, limit_seconds: float) -> Decoded:
    """Decode the first sound of an untrusted file, at most so long, to mono or stereo.

    ffprobe is not asked first: it opens a decoder for every stream, or refuses the file when
    one of them (a cover, a video) is not on the list. Raises Fault when ffmpeg is missing.
    """
    guards = {**GUARDS, "format_whitelist": FORMAT_NAMES.get(demuxer, demuxer)}
    source = arguments.input(
        UPLOAD,
        f=demuxer,
        t=limit_seconds,
        threads=1,
        **guards,
        **_decoder(file, demuxer),
    )
    # Mono stays mono and stereo stereo; anything else is mixed down to stereo.
    heard = source["a:0"]
    if _pauses_left_out(file, demuxer):
        heard = heard.filter("aresample", **{"async": 1})
    heard = heard.filter("aformat", channel_layouts="mono|stereo")
    target = arguments.output(
        heard, "pipe:1", f="au", ar=RATE_HZ, t=limit_seconds, threads=1, **{"c:a": "pcm_f32be"}
    )
    buffer = np.empty(samples_in(limit_seconds) * 8 + MOST_HEADER_BYTES, np.uint8)
    command = arguments.compile(target, cmd=["ffmpeg", *QUIETLY, "-v", "repeat+info"])
    # ffmpeg-python can't hold a name whose bytes are no text.
    command[command.index(UPLOAD)] = f"file:{file.absolute()}"
    count, finished = box.fill(command, buffer.data, DECODING)
    # What was kept free for stereo counts as memory until it is given back.
    buffer.resize(count, refcheck=False)
    said = finished.complaints
    stream = STREAM.search(said)
    codec = stream["codec"] if stream else ""
    # AMR has no checksums: what its decoder complains of are the pauses that were left out.
    bad_packets = 0 if codec in AMR else sum(said.count(words) for words in BAD_PACKET)
    return Decoded(
        sound=au_sound(buffer),
        codec=codec,
        channels=_channels(stream["layout"]) if stream else 0,
        sample_rate_hz=int(stream["rate"]) if stream else 0,
        claimed_seconds=_claimed_seconds(said),
        bad_packets=bad_packets,
        complaints=said,
    )


def _pauses_left_out(file: Path, demuxer: str) -> bool:
    """Whether a phone may have sent nothing in pauses, which have to be put back: AMR's DTX.

    In a 3gp file, AMR is named in the index, which comes first or last.
    """
    if demuxer != "mov":
        return demuxer == "amr"
    with file.open("rb") as opened:
        head = opened.read(INDEX_BYTES)
        opened.seek(max(0, file.stat().st_size - INDEX_BYTES))
        index = head + opened.read(INDEX_BYTES)
    return b"samr" in index or b"sawb" in index


def _decoder(file: Path, demuxer: str) -> dict[str, str]:
    """Which decoder to ask for by name, where ffmpeg's own choice would be wrong.

    Its own Speex decoder makes every sound twice as long (seen in 7.1, not in 5.1).
    """
    with file.open("rb") as opened:
        speex = demuxer == "ogg" and SPEEX in opened.read(OGG_PAGE_HEADER_BYTES)
    return {"c:a": "libspeex"} if speex else {}


def au_sound(au: Bytes) -> Samples:
    """The samples of a big-endian float AU file, turned in place; none without its header.

    AU is the simplest format that says, down a pipe, how many channels come: six words, of
    which the second is where the sound begins and the sixth the number of channels.
    """
    if len(au) < AU_HEADER_BYTES or au[:4].tobytes() != b".snd":
        return np.empty((0, 1), np.float32)
    _, start, _, _, _, channels = struct.unpack(">4s5I", au[:AU_HEADER_BYTES].tobytes())
    whole = (len(au) - start) // (4 * channels) * 4 * channels
    turned = au[start : start + whole].view(">f4").byteswap(inplace=True)
    return turned.view("<f4").reshape(-1, channels)


def _claimed_seconds(said: str) -> float | None:
    claim = DURATION.search(said)
    if claim is None:
        return None
    return int(claim["hours"]) * 3600 + int(claim["minutes"]) * 60 + float(claim["seconds"])


def _channels(layout: str) -> int:
    """How many channels ffmpeg's name of a layout means, for the facts alone."""
    counted = re.match(r"(\d+) channels|(\d)\.(\d)", layout)
    if counted is None:
        return {"mono": 1, "stereo": 2, "quad": 4}.get(layout, 2)
    return int(counted[1]) if counted[1] else int(counted[2]) + int(counted[3])


def encode_preview(pcm: Pcm, file: Path) -> None:
    """Write a mono MP3 of 24 kbit/s, 0.9 MB for five minutes, for a member's page.

    Raises Fault when ffmpeg does.
    """
    # Halves added up: numpy's mean is ten times slower along an axis of two.
    mono = pcm[:, :1] if pcm.shape[1] == 1 else (pcm[:, :1] >> 1) + (pcm[:, 1:] >> 1)
    settings = {"c:a": "libmp3lame", "compression_level": 7, "b:a": "24k", "ar": 24_000, "f": "mp3"}
    _encode(mono, file, settings)


def encode(sound: Samples, folder: Path, name: str, settings: Mapping[str, object]) -> Path:
    """Write a sound as 16 bits in the codec and format that the settings name.

    Raises Fault when ffmpeg does.
    """
    _encode(flac.pcm(sound), folder / name, settings)
    return folder / name


def _encode(pcm: Pcm, file: Path, settings: Mapping[str, object]) -> None:
    source = arguments.input("pipe:0", f="s16le", ar=RATE_HZ, ac=pcm.shape[1], threads=1)
    # Bit-exact: no encoder name, no dates; nothing about anybody leaves in a tag.
    bare = {"map_metadata": -1, "fflags": "+bitexact", "flags:a": "+bitexact", "threads": 1}
    target = arguments.output(source, f"file:{file.absolute()}", **settings, **bare)
    command = arguments.compile(target, cmd=["ffmpeg", "-v", "error", "-y"])
    finished = box.run(command, np.ascontiguousarray(pcm).data.cast("B"))
    if not finished.ok:
        raise Fault(f"ffmpeg could not write {file.name}: {finished.complaints}", permanent=False)
