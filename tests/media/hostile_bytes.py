"""Bytes that are laid by hand: what no honest program writes."""

import math
import struct
import zlib
from collections.abc import Iterator

UNKNOWN = 0xFFFFFFFF


def wav(
    data: bytes = b"",
    *,
    channels: int = 1,
    rate_hz: int = 48_000,
    bits: int = 16,
    block: int | None = None,
    tag: int = 1,
    promised: int | None = None,
    before: bytes = b"",
) -> bytes:
    """A WAV whose header says whatever it is told to; `before` are chunks before the data."""
    block = channels * bits // 8 % 65_536 if block is None else block
    form = struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * block % 2**32, block, bits)
    size = len(data) if promised is None else promised
    chunks = chunk(b"fmt ", form) + before + b"data" + struct.pack("<I", size) + data
    whole = UNKNOWN if size == UNKNOWN else (len(chunks) - len(data) + size + 4) % 2**32
    return b"RIFF" + struct.pack("<I", whole) + b"WAVE" + chunks


def chunk(name: bytes, data: bytes, order: str = "<") -> bytes:
    return name + struct.pack(f"{order}I", len(data)) + data + b"\0" * (len(data) % 2)


def aiff(data: bytes, *, channels: int = 1, bits: int = 16, rate: bytes) -> bytes:
    """An AIFF; `rate` is an 80-bit extended number."""
    frames = len(data) // 2
    common = chunk(b"COMM", struct.pack(">HIH", channels, frames, bits) + rate, ">")
    body = b"AIFF" + common + chunk(b"SSND", bytes(8) + data, ">")
    return b"FORM" + struct.pack(">I", len(body)) + body


def caf(data: bytes, *, rate_hz: float = 48_000.0, channels: int = 1, packet: int = 2) -> bytes:
    form = struct.pack(">d4sIIIII", rate_hz, b"lpcm", 0, packet, 1, channels, 16)
    parts = b"desc" + struct.pack(">q", len(form)) + form
    return b"caff\0\1\0\0" + parts + b"data" + struct.pack(">q", len(data) + 4) + bytes(4) + data


def amr_of_nothing(seconds: int) -> bytes:
    """AMR frames that carry no data: a byte is 20 ms."""
    return b"#!AMR\n" + b"\x7c" * (seconds * 50)


def mp3_of_silence(seconds: int, first: bytes = b"") -> bytes:
    """MPEG-2 layer III of 8 kbit/s at 24 kHz, a frame of 24 bytes each 24 ms."""
    silent = b"\xff\xf3\x14\xc4" + bytes(20)
    return first + silent * (seconds * 1000 // 24)


def xing(frames: int, size: int) -> bytes:
    """The first frame of an MP3, counting frames and bytes as it likes."""
    counted = b"\xff\xf3\x84\xc4" + bytes(9) + b"Xing" + struct.pack(">III", 3, frames, size)
    return counted.ljust(192, b"\0")


def flac_of_silence(seconds: int, channels: int = 1, rate_hz: int = 8000) -> bytes:
    """A FLAC that holds 65,535 samples in each frame of a few bytes (RFC 9639)."""
    frames = -(-seconds * rate_hz // 65_535)
    info = flac_info(rate_hz, channels, frames * 65_535)
    return info + b"".join(_flac_frames(frames, channels))


def flac_info(rate_hz: int, channels: int, samples: int, bits: int = 16) -> bytes:
    packed = rate_hz << 44 | channels - 1 << 41 | bits - 1 << 36 | samples
    info = struct.pack(">HH", 65_535, 65_535) + bytes(6) + struct.pack(">Q", packed) + bytes(16)
    return b"fLaC\x80" + len(info).to_bytes(3, "big") + info


def flac_block(kind: int, data: bytes) -> bytes:
    return bytes([kind]) + len(data).to_bytes(3, "big") + data


def _flac_frames(count: int, channels: int) -> Iterator[bytes]:
    for number in range(count):
        head = struct.pack(">HBB", 0xFFF8, 0x70, channels - 1 << 4 | 8) + chr(number).encode()
        head += struct.pack(">H", 65_534)
        frame = head + bytes([crc(head, 0x07, 8)]) + bytes(3) * channels
        yield frame + struct.pack(">H", crc(frame, 0x8005, 16))


def crc(data: bytes | bytearray, polynomial: int, width: int) -> int:
    """A checksum as FLAC and Ogg make it."""
    remainder, top = 0, 1 << width - 1
    for byte in data:
        remainder ^= byte << width - 8
        for _ in range(8):
            shifted = remainder << 1
            remainder = (shifted ^ polynomial if remainder & top else shifted) & (1 << width) - 1
    return remainder


def id3(size: int, body: bytes = b"") -> bytes:
    parts = [size >> shift & 0x7F for shift in (21, 14, 7, 0)]
    return b"ID3\x03\x00\x00" + struct.pack("4B", *parts) + body


def id3_with_cover(picture: bytes) -> bytes:
    body = b"\0image/png\0\x03\0" + picture
    framed = b"APIC" + struct.pack(">IH", len(body), 0) + body
    return id3(len(framed), framed)


def png(width: int, height: int) -> bytes:
    """A picture of one colour: any size is a few kilobytes."""
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + width * 3)) for _ in range(height)) + packer.flush()
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    parts += [(b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def box(name: bytes, data: bytes = b"", size: int | None = None) -> bytes:
    return struct.pack(">I", len(data) + 8 if size is None else size) + name + data


def boxes_in_boxes(depth: int) -> bytes:
    inside = b""
    for _ in range(depth):
        inside = box(b"moov", inside)
    return box(b"ftyp", b"M4A \0\0\0\0") + inside


def packed_movie_header() -> bytes:
    """A movie header whose few packed bytes claim to be two gigabytes."""
    packed = zlib.compress(bytes(50_000_000), 9)
    method = box(b"dcom", b"zlib")
    data = box(b"cmvd", struct.pack(">I", 0x7FFFFFF0) + packed)
    return box(b"ftyp", b"qt  \0\0\0\0") + box(b"moov", box(b"cmov", method + data))


def reference_movie(url: bytes) -> bytes:
    """A QuickTime movie that is only a link to another."""
    link = box(b"rdrf", bytes(4) + b"url " + struct.pack(">I", len(url)) + url)
    return box(b"ftyp", b"qt  \0\0\0\0") + box(b"moov", box(b"rmra", box(b"rmda", link)))


def element(name: bytes, data: bytes) -> bytes:
    """An EBML element with a size of eight bytes."""
    return name + (1 << 56 | len(data)).to_bytes(8, "big") + data


def elements_in_elements(depth: int) -> bytes:
    inside = b""
    for _ in range(depth):
        inside = element(b"\xae", inside)[:4_000_000]
    tracks = element(b"\x16\x54\xae\x6b", inside)
    return b"\x1aE\xdf\xa3\x84\x42\x82\x81w" + element(b"\x18\x53\x80\x67", tracks)


def extended(number: float) -> bytes:
    """A number as the 80 bits that AIFF writes."""
    fraction, exponent = math.frexp(number)
    return struct.pack(">HQ", exponent + 16_382, int(fraction * 2**64))
