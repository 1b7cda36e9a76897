"""What a file is, is decided by its first bytes, never by its name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HEAD_BYTES = 1 << 16
# Tags larger than this are not a recording's business (covers reach some ten megabytes).
MOST_TAG_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound file of a known format, with the demuxer that reads it."""

    name: str
    demuxer: str


@dataclass(frozen=True, slots=True)
class Other:
    """Something else, in words that follow “This is ”."""

    what: str


@dataclass(frozen=True, slots=True)
class Empty:
    """No bytes at all, or only zeros."""


@dataclass(frozen=True, slots=True)
class HugeTags:
    """More tags than sound can need."""

    tag_bytes: int


Sniffed = Sound | Other | Empty | HugeTags

# (offset, bytes, what it is); the first that matches wins.
SOUNDS: tuple[tuple[int, bytes, Sound], ...] = (
    (0, b"OggS", Sound("ogg", "ogg")),
    (0, b"fLaC", Sound("flac", "flac")),
    (0, b"\x1aE\xdf\xa3", Sound("webm", "matroska")),
    (0, b"#!AMR", Sound("amr", "amr")),
    (0, b"caff", Sound("caf", "caf")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Sound("wma", "asf")),
    (0, b"riff\x2e\x91\xcf\x11", Sound("w64", "w64")),
    (8, b"AIFF", Sound("aiff", "aiff")),
    (8, b"AIFC", Sound("aiff", "aiff")),
)
MOV = Sound("m4a", "mov")
WAV = Sound("wav", "wav")
MP3 = Sound("mp3", "mp3")
AAC = Sound("aac", "aac")

PICTURE = Other("a picture")
PLAYLIST = Other("a playlist: it only names other files")
PROGRAM = Other("a program")
OTHERS: tuple[tuple[int, bytes, Other], ...] = (
    (0, b"\x89PNG", PICTURE),
    (0, b"\xff\xd8\xff", PICTURE),
    (0, b"GIF8", PICTURE),
    (0, b"BM", PICTURE),
    (0, b"II*\x00", PICTURE),
    (0, b"MM\x00*", PICTURE),
    (8, b"WEBP", PICTURE),
    (4, b"ftypheic", PICTURE),
    (4, b"ftypheix", PICTURE),
    (4, b"ftypmif1", PICTURE),
    (4, b"ftypavif", PICTURE),
    (0, b"%PDF", Other("a PDF document")),
    (0, b"PK\x03\x04", Other("a zip archive or an office document")),
    (0, b"\xd0\xcf\x11\xe0", Other("an office document")),
    (0, b"{\\rtf", Other("an office document")),
    (0, b"Rar!", Other("an archive")),
    (0, b"7z\xbc\xaf", Other("an archive")),
    (0, b"\x1f\x8b", Other("an archive")),
    (0, b"BZh", Other("an archive")),
    (0, b"\xfd7zXZ", Other("an archive")),
    (0, b"SQLite format 3", Other("a database")),
    (0, b"\x7fELF", PROGRAM),
    (0, b"MZ", PROGRAM),
    (0, b"#!/", PROGRAM),
    (0, b"MThd", Other("a MIDI file: it holds notes, not sound")),
    (8, b"AVI ", Other("a video of an old kind")),
    (0, b"FLV\x01", Other("a video of an old kind")),
)
PLAYLIST_MARKS = (b"#extm3u", b"ffconcat", b"[playlist]", b"<asx", b"<smil", b"[reference]")
MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def sniff(file: Path) -> Sniffed:
    """Read a file's first bytes and say what it is."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        if not head.strip(b"\x00"):
            return Empty()
        if head.startswith(b"ID3"):
            tag_bytes = id3_bytes(head)
            if tag_bytes > MOST_TAG_BYTES:
                return HugeTags(tag_bytes)
            stream.seek(tag_bytes)
            return _after_tag(stream.read(HEAD_BYTES), tag_bytes >= size)
    return recognise(head)


def recognise(head: bytes) -> Sniffed:
    """Say what begins with these bytes."""
    for offset, magic, sound in SOUNDS:
        if head.startswith(magic, offset):
            return sound
    for offset, magic, other in OTHERS:
        if head.startswith(magic, offset):
            return other
    if head[:4] in {b"RIFF", b"RIFX", b"RF64", b"BW64"} and head[8:12] == b"WAVE":
        return WAV
    if head[4:8] in MOV_BOXES:
        return MOV
    return _text(head) or _frames(head) or Other("not a kind of sound we know")


def id3_bytes(head: bytes) -> int:
    """The length of an ID3v2 tag with its header (id3.org, ID3v2.4.0 section 3.1)."""
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _after_tag(head: bytes, nothing_left: bool) -> Sniffed:
    if nothing_left:
        return Empty()
    if head.startswith(b"fLaC"):
        return Sound("flac", "flac")
    return _frames(head) or Other("a tag with no sound behind it")


def _text(head: bytes) -> Other | None:
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(PLAYLIST_MARKS):
        return PLAYLIST
    if start.startswith((b"<!doctype html", b"<html")):
        return Other("a web page")
    if any(byte < 0x20 and byte not in b"\t\r\n\f\x1b" for byte in head):  # noqa: PLR2004
        return None
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return None
    return Other("a text")


def _frames(head: bytes) -> Sound | None:
    """MPEG audio and ADTS have no magic: three frames that follow one another are one."""
    for start in range(min(len(head), 1 << 15)):
        if head[start] != 0xFF:  # noqa: PLR2004  half of the sync word
            continue
        for length_of, sound in ((_adts_length, AAC), (_mpeg_length, MP3)):
            if _chain(head, start, length_of):
                return sound
    return None


def _chain(head: bytes, start: int, length_of: Callable[[bytes], int]) -> bool:
    first = start
    for _ in range(3):
        length = length_of(head[start : start + 6])
        if length == 0:
            return False
        start += length
        if start + 6 > len(head):
            # A file so short that its frames end with it.
            return start == len(head) and first == 0
    return True


# Kilobits a second by version and layer (ISO 11172-3 section 2.4.2.3, ISO 13818-3).
_BITRATES = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = (44_100, 48_000, 32_000)


def _mpeg_length(header: bytes) -> int:
    """The bytes of the MPEG audio frame that begins so; 0 when none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:  # noqa: PLR2004
        return 0
    version, layer = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3)
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer == 4 or bitrate in {0, 15} or rate == 3:  # noqa: PLR2004
        return 0
    kilobits = _BITRATES[1 if version == 3 else 2, layer][bitrate - 1]  # noqa: PLR2004
    rate_hz = _RATES_HZ[rate] >> {3: 0, 2: 1, 0: 2}[version]
    padding = header[2] >> 1 & 1
    if layer == 1:
        return (12_000 * kilobits // rate_hz + padding) * 4
    coefficient = 72_000 if layer == 3 and version != 3 else 144_000  # noqa: PLR2004
    return coefficient * kilobits // rate_hz + padding


def _adts_length(header: bytes) -> int:
    """The bytes of the ADTS frame that begins so (ISO 13818-7 section 6.2); 0 when none does."""
    if len(header) < 6 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:  # noqa: PLR2004
        return 0
    if header[2] >> 2 & 0xF > 12:  # noqa: PLR2004  13 sampling rates are defined
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else 0  # noqa: PLR2004
