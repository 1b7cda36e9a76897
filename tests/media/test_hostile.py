"""A hostile upload is refused in words, touches no other file and never stalls the room."""

import os
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest

from media import ffmpeg, ingest
from media.judge import Wanted
from media.samples import Samples
from tests.media import sounds

PICTURES = ("-f", "lavfi", "-i", "testsrc=s=64x64:r=5:d=4")


def codes(file: Path, wanted: Wanted) -> list[str]:
    return [finding.code for finding in ingest.examine(file, wanted).report.findings]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A sound that no upload may bring to light."""
    return sounds.saved(sounds.tone(6), tmp_path / "secret.wav")


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{secret}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {secret}\n",
        "[playlist]\nFile1={secret}\nNumberOfEntries=1\n",
        "{secret}\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    ],
    ids=["hls", "ffconcat", "pls", "path", "sdp"],
)
def test_a_list_that_names_another_file_is_refused(
    text: str, secret: Path, tmp_path: Path, wanted: Wanted
):
    upload = tmp_path / "note.mp3"
    upload.write_text(text.format(secret=secret))

    assert codes(upload, wanted) == ["not-audio"]


@pytest.mark.parametrize("demuxer", ["ogg", "mp3", "mov", "wav", "flac", "matroska", "aac", "amr"])
def test_a_list_brings_nothing_to_light_even_when_taken_for_sound(
    demuxer: str, secret: Path, tmp_path: Path
):
    upload = tmp_path / "note.mp3"
    upload.write_text(f"ffconcat version 1.0\nfile {secret}\n" * 50)

    heard = ffmpeg.decode(upload, demuxer, 5).sound
    assert len(heard) < 48_000 or demuxer == "amr"


def test_a_picture_under_a_sounds_name_is_a_picture(tmp_path: Path, wanted: Wanted):
    upload = tmp_path / "note.mp3"
    upload.write_bytes(_png(64, 64))

    report = ingest.examine(upload, wanted).report
    assert report.findings[0].sentence.startswith("This is a picture, not a recording.")


def test_a_wrong_name_does_no_harm(tmp_path: Path, speech: Samples, wanted: Wanted):
    for name, kind in {"a.txt": sounds.OPUS, "b.mp3": sounds.WAV, "c.jpg": sounds.M4A}.items():
        assert codes(sounds.saved(speech, tmp_path / name, kind), wanted) == []


def test_names_that_look_like_options_or_addresses_are_only_names(
    tmp_path: Path, speech: Samples, wanted: Wanted
):
    plain = sounds.saved(speech, tmp_path / "plain.wav").read_bytes()
    for name in ("-i", "%d.wav", "concat:a|b", "$(touch x)", "with\nline", "http:x", "ü ñ 🎤.wav"):
        upload = tmp_path / name
        upload.write_bytes(plain)
        assert codes(upload, wanted) == []


def test_a_video_with_sound_gives_its_sound(tmp_path: Path, speech: Samples, wanted: Wanted):
    sound, video = sounds.saved(speech, tmp_path / "sound.wav"), tmp_path / "video.mp4"
    codecs = ("-c:v", "mpeg4", "-c:a", "aac")
    sounds.run("ffmpeg", *PICTURES, "-i", sound, *codecs, video)

    assert codes(video, wanted) == []


def test_a_video_without_sound_says_so(tmp_path: Path, wanted: Wanted):
    video = tmp_path / "video.mp4"
    sounds.run("ffmpeg", *PICTURES, "-c:v", "mpeg4", video)

    assert codes(video, wanted) == ["no-sound"]


def test_a_cover_picture_is_ignored(tmp_path: Path, speech: Samples, wanted: Wanted):
    sound, cover, upload = (tmp_path / name for name in ("s.mp3", "c.png", "note.mp3"))
    sounds.saved(speech, sound, sounds.MP3)
    cover.write_bytes(_png(800, 800))
    attached = ("-map", "0", "-map", "1", "-c", "copy", "-disposition:v:0", "attached_pic")
    sounds.run("ffmpeg", "-i", sound, "-i", cover, *attached, upload)

    assert codes(upload, wanted) == []


def test_half_an_hour_in_a_small_file_is_stopped_at_once(tmp_path: Path):
    upload, quiet = tmp_path / "note.opus", "anullsrc=r=8000:cl=mono"
    opus = ("-c:a", "libopus", "-b:a", "6k", "-compression_level", "0")
    sounds.run("ffmpeg", "-f", "lavfi", "-i", quiet, "-t", "1800", *opus, upload)
    began = time.monotonic()

    report = ingest.examine(upload, Wanted(8)).report

    assert [finding.code for finding in report.findings] == ["far-too-long"]
    assert "it lasts 30:00 and the limit is 8 s" in report.findings[0].sentence
    assert time.monotonic() - began < 5


def test_many_channels_and_huge_claims_do_no_harm(tmp_path: Path, wanted: Wanted):
    for channels, rate in ((255, 48_000), (65_535, 48_000), (2, 4_000_000_000), (0, 0)):
        upload = tmp_path / "note.wav"
        upload.write_bytes(_wav_header(channels, rate) + os.urandom(200_000))
        assert codes(upload, wanted)


def test_a_part_that_is_missing_is_told_where_it_can_be_known(tmp_path: Path, wanted: Wanted):
    for kind in ("wav", "mp3", "flac"):
        whole = sounds.saved(sounds.noise(8), tmp_path / f"whole-{kind}", sounds.FORMATS[kind])
        cut = tmp_path / f"note.{kind}"
        cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        report = ingest.examine(cut, wanted).report
        assert "truncated" in [finding.code for finding in report.findings], kind
        assert "of 8 s arrived" in report.findings[0].sentence


def test_a_recorder_that_crashed_is_told_apart(tmp_path: Path, speech: Samples, wanted: Wanted):
    whole = sounds.saved(speech, tmp_path / "whole.m4a", sounds.M4A).read_bytes()
    upload = tmp_path / "note.m4a"
    upload.write_bytes(whole[: whole.rindex(b"moov") - 4])

    assert codes(upload, wanted) == ["unfinished"]


@pytest.mark.parametrize("kind", ["ogg", "m4a", "mp3", "flac", "webm"])
def test_flipped_bits_never_crash_and_never_roar(
    kind: str, tmp_path: Path, speech: Samples, wanted: Wanted
):
    chance = np.random.default_rng(7)
    broken = bytearray(sounds.saved(speech, tmp_path / "whole", sounds.FORMATS[kind]).read_bytes())
    for place in chance.integers(len(broken) // 4, len(broken), 60):
        broken[place] ^= 1 << int(chance.integers(8))
    upload = tmp_path / "note"
    upload.write_bytes(broken)

    made = ingest.render(upload, tmp_path, wanted)

    if made.master is not None:
        assert made.master.measured.true_peak_dbtp <= -2.0
    else:
        assert made.report.findings


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_numbers_that_are_no_samples_are_silenced(
    value: float, tmp_path: Path, speech: Samples, wanted: Wanted
):
    speech[::5000] = value
    upload = tmp_path / "note.wav"
    upload.write_bytes(_wav_header(1, 48_000, float_samples=True) + speech.tobytes())

    made = ingest.render(upload, tmp_path, wanted)

    assert made.master is None or np.isfinite(made.master.measured.integrated_lufs)


def test_random_bytes_behind_every_magic_end_in_words(tmp_path: Path, wanted: Wanted):
    rubbish = np.random.default_rng(3).bytes(60_000)
    magics = (b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"caff", b"#!AMR\n", b"\0\0\0\x20ftypM4A ")
    for magic in magics:
        upload = tmp_path / "note.opus"
        upload.write_bytes(magic + rubbish)
        assert codes(upload, wanted), magic


def _png(width: int, height: int) -> bytes:
    rows = b"".join(b"\x00" + bytes(width * 3) for _ in range(height))
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    parts += [(b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def _wav_header(channels: int, rate: int, *, float_samples: bool = False) -> bytes:
    width = 4 if float_samples else 2
    block = channels * width % 65_536
    form = struct.pack(
        "<HHIIHH",
        3 if float_samples else 1,
        channels,
        rate,
        rate * block % 2**32,
        block,
        width * 8,
    )
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", 16) + form + b"data\xff\xff\xff\xff"
