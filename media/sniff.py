"""What a file is, is decided by its first bytes, never by its name."""

from dataclasses import dataclass
from pathlib import Path
from typing import IO

from media.frames import first_frame

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

FLAC = Sound("flac", "flac")
# (offset, bytes, what it is); the first that matches wins.
SOUNDS: tuple[tuple[int, bytes, Sound], ...] = (
    (0, b"OggS", Sound("ogg", "ogg")),
    (0, b"fLaC", FLAC),
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
PLAYLIST = Other("a playlist, which only names other files")
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
    (0, b"MThd", Other("a MIDI file, which holds notes and no sound")),
    (8, b"AVI ", Other("a video of an old kind")),
    (0, b"FLV\x01", Other("a video of an old kind")),
)
WEB_PAGE = Other("a web page")
TEXT = Other("a text")
LONE_TAG = Other("a tag with no sound behind it")
UNKNOWN = Other("a kind of file we don't know")
TEXTS: tuple[tuple[bytes, Other], ...] = (
    (b"#extm3u", PLAYLIST),
    (b"ffconcat", PLAYLIST),
    (b"[playlist]", PLAYLIST),
    (b"[reference]", PLAYLIST),
    (b"<asx", PLAYLIST),
    (b"<smil", PLAYLIST),
    (b"v=0", PLAYLIST),
    (b"<!doctype html", WEB_PAGE),
    (b"<html", WEB_PAGE),
    (b"<svg", PICTURE),
)
# What an XML text or a cue sheet holds is said a little later.
TEXTS_INSIDE: tuple[tuple[bytes, Other], ...] = (
    (b"<playlist", PLAYLIST),
    (b"<mpd", PLAYLIST),
    (b"<smil", PLAYLIST),
    (b"\n  track 01 audio", PLAYLIST),
    (b"<html", WEB_PAGE),
    (b"<svg", PICTURE),
)
MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
FLAC_LAST_BLOCK = 0x80


def sniff(file: Path) -> Sniffed:
    """Read a file's first bytes, and how much it has of tags, and say what it is."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        if not head.strip(b"\x00"):
            return Empty()
        tag_bytes = 0
        while head.startswith(b"ID3"):
            tag_bytes += id3_bytes(head)
            if tag_bytes > MOST_TAG_BYTES:
                return HugeTags(tag_bytes)
            if tag_bytes >= size:
                return Empty()
            stream.seek(tag_bytes)
            head = stream.read(HEAD_BYTES)
        sniffed = _after_tag(head) if tag_bytes else recognise(head)
        if sniffed == FLAC:
            tag_bytes += _flac_block_bytes(stream, tag_bytes + 4)
        return HugeTags(tag_bytes) if tag_bytes > MOST_TAG_BYTES else sniffed


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
    return _text(head) or _frames(head) or UNKNOWN


def id3_bytes(head: bytes) -> int:
    """The length of an ID3v2 tag with its header (id3.org, ID3v2.4.0 section 3.1)."""
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _after_tag(head: bytes) -> Sniffed:
    return FLAC if head.startswith(b"fLaC") else _frames(head) or LONE_TAG


def _flac_block_bytes(stream: IO[bytes], start: int) -> int:
    """The length of a FLAC file's metadata, its cover among it (RFC 9639 section 8.1)."""
    place, last = start, False
    while not last and place - start <= MOST_TAG_BYTES:
        stream.seek(place)
        header = stream.read(4)
        if len(header) < 4:  # noqa: PLR2004
            break
        place += 4 + int.from_bytes(header[1:], "big")
        last = bool(header[0] & FLAC_LAST_BLOCK)
    return place - start


def _text(head: bytes) -> Other | None:
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, other in TEXTS:
        if start.startswith(mark):
            return other
    if any(byte < 0x20 and byte not in b"\t\r\n\f\x1b" for byte in head):  # noqa: PLR2004
        return None
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return None
    return next((other for mark, other in TEXTS_INSIDE if mark in start), TEXT)


def _frames(head: bytes) -> Sound | None:
    frame = first_frame(head)
    if frame is None:
        return None
    return AAC if frame.adts else MP3
