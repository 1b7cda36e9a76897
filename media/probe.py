"""What a file is and claims to be is compared with what could be decoded of it."""

from dataclasses import dataclass
from pathlib import Path

from media import ffmpeg
from media.arrival import arrived, ogg_seconds
from media.samples import Samples
from media.sniff import Empty, HugeTags, Other, Sound, sniff
from media.verdict import Finding, found

# An index written last is missing when the phone was switched off or ran out of space.
NO_INDEX = "moov atom not found"
ANY_STREAM = "\n  Stream #0:"
ESTIMATED = "Estimating duration from bitrate"
UNLISTED_CODEC = "not on whitelist"
NO_CODEC = "none"
# Said of damage to what the packets of sound are wrapped in: those inside are lost.
TORN = (
    "CRC mismatch!",
    "exceeds containing master element",
    "of an EBML number",
    "Invalid track number",
)
MOST_CHANNELS = 8
# Whatever a file of so few bytes is, there is no sound in it.
HEADER_BYTES = 1024
# A file that promises a hundred times more was damaged or lies.
LEAST_SHARE = 0.01
# Formats whose claimed length is exact, so that a shorter decode means a part is missing.
EXACT_LENGTH = frozenset({"m4a", "mp3", "flac", "wav", "w64", "aiff", "caf"})


@dataclass(frozen=True, slots=True)
class Claims:
    """What a sound file claims: its format, codec, channels, and length where it says so.

    `exact` says whether the length can be believed to the second; `arrived` is the share of
    its bytes that are there, None where the file can't tell; `torn` says that packets are lost
    from its midst.
    """

    format: str
    codec: str
    channels: int
    sample_rate_hz: int
    seconds: float | None
    exact: bool
    arrived: float | None
    torn: bool = False


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
    share = arrived(file, sound.name)
    if not len(decoded.sound):
        return _nothing(decoded, share, file.stat().st_size)
    seconds = decoded.claimed_seconds
    torn = any(words in decoded.complaints for words in TORN)
    if torn and sound.name == "ogg":
        seconds = ogg_seconds(file, decoded.sample_rate_hz) or seconds
    claims = Claims(
        format=sound.name,
        codec=decoded.codec,
        channels=decoded.channels,
        sample_rate_hz=decoded.sample_rate_hz,
        seconds=seconds,
        exact=sound.name in EXACT_LENGTH and ESTIMATED not in decoded.complaints,
        arrived=share,
        torn=torn,
    )
    return Probed(claims, decoded.sound, decoded.bad_packets)


def _nothing(decoded: ffmpeg.Decoded, share: float | None, size: int) -> Finding:
    """Why no sound at all came out of a sound file."""
    if size < HEADER_BYTES:
        return found("empty")
    if share is not None and LEAST_SHARE < share < 1:
        return found("cut-short", percent=round(share * 100))
    if decoded.channels > MOST_CHANNELS:
        return found("too-many-channels", channels=decoded.channels, most=MOST_CHANNELS)
    return found(_what_ffmpeg_says(decoded))


def _what_ffmpeg_says(decoded: ffmpeg.Decoded) -> str:
    said = decoded.complaints
    if NO_INDEX in said:
        return "unfinished"
    if ANY_STREAM in said and not decoded.codec:
        return "no-sound"
    unknown = UNLISTED_CODEC in said or decoded.codec == NO_CODEC
    return "codec-unknown" if unknown else "unreadable"
