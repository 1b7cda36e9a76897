"""What a file is and claims to be is compared with what could be decoded of it."""

from dataclasses import dataclass
from pathlib import Path

from media import ffmpeg
from media.samples import Samples
from media.sniff import Empty, HugeTags, Other, Sound, sniff
from media.verdict import Finding, found

# An index written last is missing when the phone was switched off or ran out of space.
NO_INDEX = "moov atom not found"
ANY_STREAM = "\n  Stream #0:"
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
    codec: str
    channels: int
    sample_rate_hz: int
    seconds: float | None
    exact: bool
    arrived: float


@dataclass(frozen=True, slots=True)
class Probed:
    """A sound file's claims and its sound, as decoded; `bad_packets` could not be."""

    claims: Claims
    sound: Samples
    bad_packets: int


def probe(file: Path, limit_seconds: float) -> Probed | Finding:
    """A file's claims and sound, or the finding that stops it.

    Raises Fault when ffmpeg is missing.
    """
    match sniff(file):
        case Empty():
            return found("empty")
        case Other(what):
            return found("not-audio", what=what)
        case HugeTags(tag_bytes):
            return found("tags-too-large", megabytes=tag_bytes // 1_000_000)
        case Sound() as sound:
            return _decoded(file, sound, limit_seconds)


def _decoded(file: Path, sound: Sound, limit_seconds: float) -> Probed | Finding:
    decoded = ffmpeg.decode(file, sound.demuxer, limit_seconds)
    said = decoded.complaints
    if not len(decoded.sound):
        if NO_INDEX in said:
            return found("unfinished")
        silent_film = ANY_STREAM in said and not decoded.codec
        return found("no-sound" if silent_film else "unreadable")
    claims = Claims(
        format=sound.name,
        codec=decoded.codec,
        channels=decoded.channels,
        sample_rate_hz=decoded.sample_rate_hz,
        seconds=decoded.claimed_seconds,
        exact=sound.name in EXACT_LENGTH and ESTIMATED not in said,
        arrived=_wav_arrived(file) if sound.name == "wav" else 1.0,
    )
    return Probed(claims, decoded.sound, decoded.bad_packets)


def _wav_arrived(file: Path) -> float:
    """The share of a WAV's bytes that arrived: ffmpeg trusts the file's end, not its header."""
    with file.open("rb") as stream:
        head = stream.read(8)
    promised = int.from_bytes(head[4:8], "little")
    if head[:4] != b"RIFF" or promised in UNKNOWN_RIFF_SIZES:
        return 1.0
    return min(1.0, file.stat().st_size / (promised + 8))
