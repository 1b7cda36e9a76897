"""What a file is and claims to be is known before anything in it is decoded."""

from dataclasses import dataclass
from pathlib import Path

from media import ffmpeg
from media.sniff import Empty, HugeTags, Other, Sound, sniff
from media.verdict import Finding, found

# An index written last is missing when the phone was switched off or ran out of space.
NO_INDEX = "moov atom not found"
ESTIMATED = "Estimating duration from bitrate"
# RIFF sizes that mean “not known when this was written”.
UNKNOWN_RIFF_SIZES = (0, 0x7FFFFFFF, 0xFFFFFFFF)
# Formats whose claimed length is exact, so that a shorter decode means a part is missing.
EXACT_LENGTH = frozenset({"m4a", "mp3", "flac", "wav", "w64", "aiff", "caf"})


@dataclass(frozen=True, slots=True)
class Claims:
    """What a sound file claims: its format, codec, channels, and length where it says so.

    `exact` says whether the length can be believed to the second; `arrived` is the share of
    its bytes that are there, 1.0 where the file can't tell.
    """

    format: str
    demuxer: str
    codec: str
    channels: int
    sample_rate_hz: int
    seconds: float | None
    exact: bool
    arrived: float


def probe(file: Path) -> Claims | Finding:
    """A file's claims, or the finding that stops it. Raises Fault when ffprobe can't run."""
    match sniff(file):
        case Empty():
            return found("empty")
        case Other(what):
            return found("not-audio", what=what)
        case HugeTags(tag_bytes):
            return found("tags-too-large", megabytes=tag_bytes // 1_000_000)
        case Sound() as sound:
            return _claims(file, sound)


def _claims(file: Path, sound: Sound) -> Claims | Finding:
    probed, complaints = ffmpeg.probe(file, sound.demuxer)
    heard = next((stream for stream in probed.streams if stream.codec_type == "audio"), None)
    if heard is None:
        if NO_INDEX in complaints:
            return found("unfinished")
        return found("no-sound") if probed.streams else found("empty")
    if heard.channels < 1:
        return found("unreadable")
    return Claims(
        format=sound.name,
        demuxer=sound.demuxer,
        codec=heard.codec_name,
        channels=heard.channels,
        sample_rate_hz=int(heard.sample_rate or 0),
        seconds=_seconds(heard.duration) or _seconds(probed.format.duration),
        exact=sound.name in EXACT_LENGTH and ESTIMATED not in complaints,
        arrived=_wav_arrived(file) if sound.name == "wav" else 1.0,
    )


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _wav_arrived(file: Path) -> float:
    """The share of a WAV's bytes that arrived: ffmpeg trusts the file's end, not its header."""
    with file.open("rb") as stream:
        head = stream.read(8)
    promised = int.from_bytes(head[4:8], "little")
    if head[:4] != b"RIFF" or promised in UNKNOWN_RIFF_SIZES:
        return 1.0
    return min(1.0, file.stat().st_size / (promised + 8))
