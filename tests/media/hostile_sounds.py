"""Sound files that are empty, bombs, liars, broken, or cut off."""

import struct
from collections.abc import Callable, Iterator

import numpy as np

from media.samples import Samples
from tests.media import hostile_bytes as by_hand
from tests.media import sounds
from tests.media.hostile_bytes import UNKNOWN, wav
from tests.media.hostile_file import Clips, Hostile, Make, plain

# A station's real slot, where what is measured is how much a bomb may take.
REAL_SLOT_SECONDS = 300
NOISE = np.random.default_rng(2).bytes(200_000)
MAGICS = (b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"caff", b"\0\0\0\x20ftypM4A ")
CRASHED = by_hand.box(b"ftyp", b"M4A \0\0\0\0") + struct.pack(">I4s8s", 1, b"mdat", b"?" * 8)


NOTHING = (
    plain("nothing.opus", b"", "empty"),
    plain("zeros.opus", bytes(5000), "empty"),
    plain("magic.ogg", b"OggS", "empty"),
    plain("header.wav", wav(), "empty"),
    plain("header.flac", by_hand.flac_info(48_000, 1, 0), "empty"),
    plain("header.amr", b"#!AMR\n", "empty"),
    plain("header.m4a", by_hand.box(b"ftyp", b"M4A \0\0\0\0"), "empty"),
    Hostile("header.ogg", lambda clips: clips["ogg"][:200], "empty"),
    Hostile("header.webm", lambda clips: clips["webm"][:180], "empty"),
    plain("tag.mp3", by_hand.id3(100, bytes(100)), "empty"),
    plain("lone-claim.mp3", by_hand.id3(9_000_000), "empty"),
    plain("crashed.m4a", CRASHED + b"\x21" * 90_000, "unfinished"),
)
BOMBS = tuple(
    plain(name, data, told, REAL_SLOT_SECONDS)
    for name, data, told in (
        ("six-hours.flac", by_hand.flac_of_silence(21_600), "far-too-long"),
        ("8-channels.flac", by_hand.flac_of_silence(3600, 8, 48_000), "far-too-long"),
        ("fast.flac", by_hand.flac_of_silence(60, 1, 655_350), "inaudible|unreadable"),
        ("two-hours.mp3", by_hand.mp3_of_silence(7200), "far-too-long"),
        ("six-hours.amr", by_hand.amr_of_nothing(21_600), "unreadable|far-too-long|endless"),
        ("hours-of-noise.wav", wav(NOISE * 4, rate_hz=100, bits=8), "far-too-long"),
        ("one-gigabyte.wav", wav(NOISE[:9000], promised=0x40000000), "truncated"),
        ("four-gigabytes.wav", wav(NOISE[:9000], promised=0xFFFFFF00), "inaudible|too-short"),
        ("one-a-second.wav", wav(NOISE, rate_hz=1, bits=8), "unreadable|far-too-long"),
        ("packed-header.mov", by_hand.packed_movie_header(), "unreadable|unfinished"),
        ("deep.m4a", by_hand.boxes_in_boxes(5000), "unreadable|unfinished|no-sound"),
        ("deep.webm", by_hand.elements_in_elements(2000), "unreadable|no-sound"),
    )
)


def _patched(kind: str, near: bytes, offset: int, new: bytes) -> Make:
    """A clip with other bytes so far behind a mark."""

    def make(clips: Clips) -> bytes:
        clip = bytearray(clips[kind])
        at = clip.index(near) + offset
        clip[at : at + len(new)] = new
        return bytes(clip)

    return make


def _reopened(offset: int, new: bytes) -> Make:
    """An Opus clip whose first page says something else, and has the right checksum."""

    def make(clips: Clips) -> bytes:
        page = bytearray(_patched("ogg", b"OpusHead", offset, new)(clips))
        page[22:26] = bytes(4)
        size = page.index(b"OggS", 4)
        page[22:26] = struct.pack("<I", by_hand.crc(page[:size], 0x04C11DB7, 32))
        return bytes(page)

    return make


WAVS = {
    "0-channels": (wav(NOISE, channels=0), "unreadable"),
    "3-channels": (wav(NOISE, channels=3), "too-short"),
    **{
        f"{count}-channels": (wav(NOISE, channels=count), "too-many-channels|unreadable")
        for count in (9, 255, 1000, 65_535)
    },
    **{
        f"{rate}-hz": (wav(NOISE, rate_hz=rate), "unreadable")
        for rate in (0, 4_000_000_000, UNKNOWN)
    },
    "2-hz": (wav(NOISE, rate_hz=2), "far-too-long|unreadable"),
    "0-bits": (wav(NOISE, bits=0, block=2), "codec-unknown"),
    "1-bit": (wav(NOISE, bits=1, block=2), "accepted|codec-unknown|unreadable"),
    "255-bits": (wav(NOISE, bits=255, block=2), "codec-unknown"),
    "block-of-0": (wav(NOISE, block=0), "too-short|unreadable"),
    "block-of-65535": (wav(NOISE, block=65_535), "too-short|unreadable"),
    "unknown-coding": (wav(NOISE, tag=0x4242), "codec-unknown"),
    "list-of-4-gigabytes": (wav(NOISE, before=b"LIST\xf0\xff\xff\xff"), "unreadable"),
    "nothing-promised": (wav(b"", promised=UNKNOWN) + NOISE * 2, "accepted"),
}
RATES = {
    "nothing": bytes(10),
    "endless": b"\x7f\xff" + b"\xff" * 8,
    "below-zero": b"\xc0\x0e" + b"\xff" * 8,
    "huge": by_hand.extended(4e9),
}
STRANGE = "unreadable|no-sound"
LIES = (
    *(plain(f"{name}.wav", data, told) for name, (data, told) in WAVS.items()),
    *(
        plain(f"rate-{name}.aiff", by_hand.aiff(NOISE, rate=rate), STRANGE)
        for name, rate in RATES.items()
    ),
    plain("0-channels.aiff", by_hand.aiff(NOISE, channels=0, rate=by_hand.extended(48e3)), STRANGE),
    *(
        plain(f"rate-{rate}.caf", by_hand.caf(NOISE, rate_hz=rate), STRANGE)
        for rate in (float("nan"), float("inf"), -1.0, 0.0, 1e300)
    ),
    plain("channels.caf", by_hand.caf(NOISE, channels=UNKNOWN), STRANGE),
    plain("packets.caf", by_hand.caf(NOISE, packet=0), STRANGE),
    plain("rate-0.flac", by_hand.flac_info(0, 1, 0) + NOISE, STRANGE),
    plain("many-frames.mp3", by_hand.mp3_of_silence(7, by_hand.xing(9_000_000, 7200)), "inaudible"),
    plain("many-bytes.mp3", by_hand.mp3_of_silence(7, by_hand.xing(600, 14_400)), "truncated"),
    plain("no-frames.mp3", by_hand.mp3_of_silence(7, by_hand.xing(0, 0)), "inaudible"),
    # AMR has no checksums: any bytes are a noise of some length.
    plain("magic.amr", b"#!AMR\n" + NOISE, "too-long|far-too-long|endless|unreadable"),
    *(
        plain(f"magic-{at}.opus", magic + NOISE[:60_000], "unreadable|unfinished|cut-short")
        for at, magic in enumerate(MAGICS)
    ),
    *(
        Hostile(f"{name}.opus", make, told)
        for name, make, told in (
            ("channels-0", _reopened(9, b"\0"), "unreadable"),
            ("channels-255", _reopened(9, b"\xff"), "too-many-channels|unreadable"),
            ("skip", _reopened(10, b"\xff\xff"), "accepted"),
            ("gain", _reopened(16, b"\xff\x7f"), "unreadable"),
            ("granule", _reopened(-22, b"\xff" * 7 + b"\x7f"), "accepted"),
        )
    ),
    *(
        Hostile(f"{name}.m4a", _patched("m4a", near, offset, new), told)
        for name, near, offset, new, told in (
            ("timescale", b"mdhd", 16, bytes(4), "inaudible|accepted|unreadable"),
            ("duration", b"mdhd", 20, b"\x80\0\0\0", "accepted|unreadable"),
            ("channels", b"mp4a", 20, b"\xff\xff", "accepted|unreadable"),
            ("times", b"stts", 8, struct.pack(">III", 1, UNKNOWN, 1), "unreadable|accepted"),
            ("many-times", b"stts", 8, b"\x0f\xff\xff\xff", "unreadable"),
            ("sizes", b"stsz", 8, struct.pack(">II", 1, UNKNOWN), "unreadable"),
            ("chunks", b"stsc", 8, b"\xff\xff\xff\xff", "unreadable"),
            ("offsets", b"stco", 12, b"\xff\xff\xff\xff", "unreadable|accepted"),
        )
    ),
    Hostile(
        "duration.webm", _patched("webm", b"\x44\x89\x88", 3, b"\x7f\xf8" + bytes(6)), "accepted"
    ),
)


def _floats(change: Callable[[Samples], Samples]) -> Make:
    def make(clips: Clips) -> bytes:
        return wav(change(clips.speech.copy()).astype("<f4").tobytes(), bits=32, tag=3)

    return make


def _some(value: float) -> Make:
    def change(samples: Samples) -> Samples:
        samples[::5000] = value
        return samples

    return _floats(change)


def _all(value: float) -> Make:
    return _floats(lambda samples: np.full_like(samples, value))


NUMBERS = (
    *(Hostile(f"some-{value}.wav", _some(value), "accepted") for value in (np.nan, np.inf, 1e38)),
    *(Hostile(f"all-{value}.wav", _all(value), "unreadable") for value in (np.nan, -np.inf, 1e38)),
    Hostile("denormal.wav", _all(1e-40), "inaudible"),
    Hostile("offset.wav", _floats(lambda samples: samples * 0.2 + np.float32(0.7)), "accepted"),
)


def _huge_comment(clips: Clips) -> bytes:
    note, tags, tagged = (clips.folder / name for name in ("note", "tags", "tagged"))
    note.write_bytes(clips["ogg"])
    tags.write_text(";FFMETADATA1\ncomment=" + "A" * 3_000_000, "utf-8")
    copied = ("-map_metadata", "1", "-c", "copy", "-f", "ogg")
    sounds.run("ffmpeg", "-y", "-i", note, "-i", tags, *copied, tagged)
    return tagged.read_bytes()


def _with_covers(count: int) -> Make:
    picture = by_hand.flac_block(6, bytes(9_000_000))

    def make(clips: Clips) -> bytes:
        clip = clips["flac"]
        return clip[:4] + b"\0" + clip[5:42] + picture * count + clip[42:]

    return make


def _with_cover_bomb(clips: Clips) -> bytes:
    return by_hand.id3_with_cover(by_hand.png(8000, 8000)) + clips["mp3"]


TAGS = (
    Hostile("57-mb.mp3", lambda _: by_hand.id3(57_000_000, bytes(57_000_000)), "tags-too-large"),
    Hostile("cover-bomb.mp3", _with_cover_bomb, "accepted"),
    Hostile("row.mp3", lambda clips: by_hand.id3(10, bytes(10)) * 999 + clips["mp3"], "accepted"),
    Hostile("comment.ogg", _huge_comment, "accepted"),
    Hostile("covers.flac", _with_covers(2), "tags-too-large"),
    Hostile("cover.flac", _with_covers(1), "accepted"),
)

# Formats that can tell how much of them arrived, some without their index, and the others.
TELLING = ("flac", "mp3", "webm", "matroska", "wav", "wav-float", "w64", "aiff", "caf", "wma")
INDEX_LAST = ("m4a", "alac", "3gp")
NOT_TELLING = ("ogg", "vorbis", "speex", "mp2", "aac")
SHORTEST = "empty|not-audio|unreadable|unfinished|truncated|cut-short"
FLIPPED = "accepted|too-short|too-damaged|unreadable|truncated|unfinished|cut-short|no-sound"


def damaged() -> Iterator[Hostile]:
    """Each format with bits flipped, and with its end missing."""
    told = dict.fromkeys(TELLING, "truncated") | dict.fromkeys(INDEX_LAST, "cut-short")
    for seed, kind in enumerate((*told, *NOT_TELLING)):
        yield Hostile(f"flipped-{kind}", _flipped(kind, seed), FLIPPED)
        yield Hostile(f"1-percent-{kind}", _cut(kind, 1), SHORTEST)
        yield Hostile(f"50-percent-{kind}", _cut(kind, 50), told.get(kind, "too-short"))
        yield Hostile(f"80-percent-{kind}", _cut(kind, 80), told.get(kind, "accepted"))


def _flipped(kind: str, seed: int) -> Make:
    def make(clips: Clips) -> bytes:
        broken, chance = bytearray(clips[kind]), np.random.default_rng(seed)
        for place in chance.integers(len(broken) // 8, len(broken), 20):
            broken[place] ^= 1 << int(chance.integers(8))
        return bytes(broken)

    return make


def _cut(kind: str, percent: int) -> Make:
    return lambda clips: clips[kind][: len(clips[kind]) * percent // 100]
