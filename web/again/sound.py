"""Pieces that follow each other are one sound, joined while it is sent and kept nowhere.

Previews are MP3 of one constant rate, whose frames stand alone (ISO/IEC 13818-3): what comes before
a file's first frame, its tag and the note of its length, would be wrong of the whole.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

from flask import Response, request
from werkzeug.wsgi import wrap_file

BYTES_A_SECOND = 24_000 // 8
MIME = "audio/mpeg"
HEAD_BYTES = 4096
ID3_BYTES = 10
# Layer III of MPEG-2 (ISO/IEC 13818-3, 2.4.2.3): kbit/s by the header's four bits.
SYNC = 0xFF
KILOBITS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
RATES_HZ = (22_050, 24_000, 16_000)


@dataclass(frozen=True, slots=True)
class Part:
    """The frames of one file: so many bytes from `begin` on."""

    file: Path
    begin: int
    size: int

    @property
    def seconds(self) -> float:
        """How long they last."""
        return self.size / BYTES_A_SECOND


@lru_cache(maxsize=20_000)
def part_of(file: Path) -> Part:
    """The frames of a preview, which never changes. Raises OSError when it is not there."""
    with file.open("rb") as sound:
        begin = frames_begin(sound.read(HEAD_BYTES))
    size = file.stat().st_size
    return Part(file, min(begin, size), max(size - begin, 0))


def frames_begin(head: bytes) -> int:
    """Where a file's own sound begins, by its first bytes: after a tag and a note of its length."""
    at = 0
    if head[:3] == b"ID3":
        # ID3v2.4.0, 3.1: the size is in seven bits of each of four bytes.
        at = ID3_BYTES + sum(
            byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
        )
    first = head[at : at + _frame_bytes(head[at : at + 4])]
    return at + len(first) if b"Info" in first or b"Xing" in first else at


def _frame_bytes(header: bytes) -> int:
    if len(header) < len(b"\xff\xf3\x00\x00") or header[0] != SYNC:
        return 0
    bits, rate, padded = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    return 72_000 * KILOBITS[bits] // RATES_HZ[rate] + padded if rate < len(RATES_HZ) else 0


class Joined(io.RawIOBase):
    """A stretch of some parts that follow each other, to be read like one file."""

    def __init__(self, parts: Sequence[Part], begin: int, end: int) -> None:
        """Take the parts, and the stretch of them in bytes, half-open."""
        self._parts = parts
        self._ends = list(accumulate(part.size for part in parts))
        self._begin, self._end, self._at = begin, end, begin
        self._open: tuple[int, io.BufferedReader] | None = None

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Where the next byte is, from the stretch's begin."""
        return self._at - self._begin

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place of the stretch."""
        whole = {io.SEEK_SET: self._begin, io.SEEK_CUR: self._at, io.SEEK_END: self._end}
        self._at = min(max(whole[whence] + offset, self._begin), self._end)
        return self.tell()

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        """Read on, at most to the end of the part that the next byte is in."""
        if self._at >= self._end:
            return 0
        number = next(n for n, end in enumerate(self._ends) if self._at < end)
        part, ends = self._parts[number], self._ends[number]
        sound = self._opened(number)
        sound.seek(part.begin + part.size - (ends - self._at))
        most = min(len(buffer), ends - self._at, self._end - self._at)
        read = sound.readinto(buffer[:most])
        self._at += read
        return read

    def close(self) -> None:
        """Close what is open."""
        if self._open is not None:
            self._open[1].close()
            self._open = None
        super().close()

    def _opened(self, number: int) -> io.BufferedReader:
        if self._open is None or self._open[0] != number:
            if self._open is not None:
                self._open[1].close()
            self._open = number, self._parts[number].file.open("rb")
        return self._open[1]


def send_parts(parts: Sequence[Part], etag: str) -> Response:
    """Parts as one sound, or the range of it that is asked for; nothing where it is known already.

    Nobody may keep it without asking again: who took it away is obeyed at once.
    """
    size = sum(part.size for part in parts)
    answer = Response(mimetype=MIME)
    answer.set_etag(etag)
    answer.cache_control.public = answer.cache_control.no_cache = True
    answer.accept_ranges = "bytes"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.content_length = size
    if request.if_none_match.contains(etag):
        del answer.headers["Content-Length"]
        answer.status_code = 304
        return answer
    begin, end = 0, size
    asked = request.range if request.if_range.etag in (None, etag) else None
    if asked is not None and (found := asked.range_for_length(size)) is not None:
        begin, end = found
        answer.status_code = 206
        answer.content_length = end - begin
        answer.content_range = asked.make_content_range(size)
    elif asked is not None and asked.units == "bytes":
        answer.status_code, answer.content_length = 416, 0
        answer.headers["Content-Range"] = f"bytes */{size}"
        return answer
    # A whole day is sent at a listener's pace: the server reads it itself, with no thread waiting.
    answer.response = wrap_file(request.environ, io.BufferedReader(Joined(parts, begin, end)))
    answer.direct_passthrough = True
    return answer
