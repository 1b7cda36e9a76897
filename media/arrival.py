"""Most files say how many bytes they should have: what is missing never arrived."""

import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from media.frames import first_frame
from media.sniff import HEAD_BYTES, id3_bytes

# A RIFF that was written to a pipe promises nothing, or two gigabytes and more.
UNKNOWN_RIFF_BYTES = 0x7FFF0000
# Nothing is so long: such a size was never filled in.
IMPLAUSIBLE_BYTES = 1 << 36
IMPLAUSIBLE_SECONDS = 100_000
OGG_COUNT_AT = 6
MOST_BOXES = 10_000
ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
ASF_BROADCAST = 1
EBML_SEGMENT = b"\x18\x53\x80\x67"
XING_FRAMES, XING_BYTES = 1, 2
# A Xing header stands behind at most 36 bytes of its frame, a VBRI header behind exactly these.
XING_WITHIN, VBRI_AT = 44, 36

# Where the sound of a file begins and where it should end, in bytes; None where it can't tell.
Span = tuple[int, int] | None


def arrived(file: Path, name: str) -> float | None:
    """The share of a sound file's bytes that are there, 0 to 1; None where it can't tell."""
    if name not in SPANS:
        return None
    size = file.stat().st_size
    with file.open("rb") as stream:
        try:
            span = SPANS[name](stream, size)
        except (struct.error, OSError, ValueError):
            # A header that ends early, or that leads to where no file can reach.
            return None
    if span is None or not span[0] < span[1] < IMPLAUSIBLE_BYTES:
        return None
    start, end = span
    return min(1.0, max(0, size - start) / (end - start))


def ogg_seconds(file: Path, rate_hz: int) -> float | None:
    """The length that an Ogg's last page counts, damaged or not; None where there is none."""
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - HEAD_BYTES))
        tail = stream.read()
    last = tail.rfind(b"OggS")
    if last < 0 or len(tail) < last + OGG_COUNT_AT + 8 or not rate_hz:
        return None
    seconds = struct.unpack_from("<q", tail, last + OGG_COUNT_AT)[0] / rate_hz
    return float(seconds) if 0 < seconds < IMPLAUSIBLE_SECONDS else None


def _riff(stream: IO[bytes], _: int) -> Span:
    head = stream.read(36)
    if head[:4] in {b"RF64", b"BW64"}:
        return 12, 8 + struct.unpack_from("<Q", head, 20)[0]
    order = ">" if head[:4] == b"RIFX" else "<"
    promised = struct.unpack_from(f"{order}I", head, 4)[0]
    return (12, 8 + promised) if promised < UNKNOWN_RIFF_BYTES else None


def _w64(stream: IO[bytes], _: int) -> Span:
    return 40, struct.unpack_from("<Q", stream.read(24), 16)[0]


def _aiff(stream: IO[bytes], _: int) -> Span:
    promised = struct.unpack_from(">I", stream.read(8), 4)[0]
    return (12, 8 + promised) if promised < UNKNOWN_RIFF_BYTES else None


def _caf(stream: IO[bytes], _: int) -> Span:
    place = 8
    for _ in range(MOST_BOXES):
        stream.seek(place)
        kind, promised = struct.unpack(">4sq", stream.read(12))
        place += 12
        if kind == b"data" or promised < 0:
            return None if promised < 0 else (place, place + promised)
        place += promised
    return None


def _mov(stream: IO[bytes], size: int) -> Span:
    """From the first sound to the end of the first box that is not all there."""
    place, first = 0, None
    for _ in range(MOST_BOXES):
        stream.seek(place)
        head = stream.read(16)
        if len(head) < 8 or not head[4:8].isalnum():  # noqa: PLR2004
            break
        length, kind = struct.unpack_from(">I4s", head)
        if length == 1:
            length = struct.unpack_from(">Q", head, 8)[0]
        if kind == b"mdat" and first is None:
            first = place
        if length < 8 or place + length > size:  # noqa: PLR2004
            return (first or 0, place + length) if length else None
        place += length
    return 0, size


def _asf(stream: IO[bytes], _: int) -> Span:
    head = stream.read(HEAD_BYTES)
    place = head.find(ASF_FILE_PROPERTIES)
    if place < 0:
        return None
    promised, flags = struct.unpack_from("<40xQ40xI", head, place)
    return None if flags & ASF_BROADCAST else (30, promised)


def _matroska(stream: IO[bytes], _: int) -> Span:
    head = stream.read(HEAD_BYTES)
    place = head.find(EBML_SEGMENT) + len(EBML_SEGMENT)
    if place < len(EBML_SEGMENT) or place >= len(head) or not head[place]:
        return None
    width = 9 - head[place].bit_length()
    most = (1 << 7 * width) - 1
    promised = int.from_bytes(head[place : place + width], "big") & most
    return None if promised == most else (place + width, place + width + promised)


def _mp3(stream: IO[bytes], _: int) -> Span:
    """What the Xing, Info or VBRI header of the first frame counts."""
    start, head = 0, stream.read(HEAD_BYTES)
    while head.startswith(b"ID3"):
        start += id3_bytes(head)
        stream.seek(start)
        head = stream.read(HEAD_BYTES)
    frame = first_frame(head)
    if frame is None or frame.adts:
        return None
    first = head[frame.start :]
    start += frame.start
    if first.startswith(b"VBRI", VBRI_AT):
        return start, start + struct.unpack_from(">I", first, VBRI_AT + 10)[0]
    place = max(first.find(b"Xing", 0, XING_WITHIN), first.find(b"Info", 0, XING_WITHIN))
    if place < 0:
        return None
    flags, *counts = struct.unpack_from(">III", first, place + 4)
    if not flags & XING_BYTES:
        return None
    return start, start + counts[1 if flags & XING_FRAMES else 0]


SPANS: Mapping[str, Callable[[IO[bytes], int], Span]] = {
    "wav": _riff,
    "w64": _w64,
    "aiff": _aiff,
    "caf": _caf,
    "m4a": _mov,
    "wma": _asf,
    "webm": _matroska,
    "mp3": _mp3,
}
