"""A hostile upload is refused in words, touches no other file and never stalls the room."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from media import ffmpeg, ingest
from media.samples import Samples
from media.wanted import Wanted
from tests.media import hostile_bytes, sounds

PICTURES = ("-f", "lavfi", "-i", "testsrc=s=64x64:r=5:d=4")


def codes(file: Path, wanted: Wanted) -> list[str]:
    return [finding.code for finding in ingest.examine(file, wanted).report.findings]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A sound that no upload may bring to light."""
    return sounds.saved(sounds.tone(6), tmp_path / "secret.wav")


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
    upload.write_bytes(hostile_bytes.png(64, 64))

    report = ingest.examine(upload, wanted).report
    assert report.findings[0].sentence.startswith("This is a picture, not a recording.")


def test_a_wrong_name_does_no_harm(tmp_path: Path, speech: Samples, wanted: Wanted):
    for name, kind in {"a.txt": sounds.OPUS, "b.mp3": sounds.WAV, "c.jpg": sounds.M4A}.items():
        assert codes(sounds.saved(speech, tmp_path / name, kind), wanted) == []


def test_a_video_with_sound_gives_its_sound(tmp_path: Path, speech: Samples, wanted: Wanted):
    sound, video = sounds.saved(speech, tmp_path / "sound.wav"), tmp_path / "video.mp4"
    codecs = ("-c:v", "mpeg4", "-c:a", "aac")
    sounds.run("ffmpeg", *PICTURES, "-i", sound, *codecs, video)

    assert codes(video, wanted) == []


def test_a_video_without_sound_says_so(tmp_path: Path, wanted: Wanted):
    video = tmp_path / "video.mp4"
    sounds.run("ffmpeg", *PICTURES, "-c:v", "mpeg4", video)

    assert codes(video, wanted) == ["no-sound"]


def test_half_an_hour_in_a_small_file_is_stopped_at_once(tmp_path: Path):
    upload, quiet = tmp_path / "note.opus", "anullsrc=r=8000:cl=mono"
    opus = ("-c:a", "libopus", "-b:a", "6k", "-compression_level", "0")
    sounds.run("ffmpeg", "-f", "lavfi", "-i", quiet, "-t", "1800", *opus, upload)
    began = sum(os.times()[:4])

    report = ingest.examine(upload, Wanted(8)).report

    assert [finding.code for finding in report.findings] == ["far-too-long"]
    assert "it lasts 30:00; the limit is 8 s" in report.findings[0].sentence
    assert sum(os.times()[:4]) - began < 5


def test_a_sound_that_we_cannot_decode_says_what_to_send(tmp_path: Path, speech: Samples):
    sound, video = sounds.saved(speech, tmp_path / "sound.wav"), tmp_path / "video.mkv"
    sounds.run("ffmpeg", "-i", sound, "-c:a", "dca", "-strict", "-2", video)

    report = ingest.examine(video, Wanted(8)).report

    assert report.findings[0].sentence.endswith("Please send it as m4a, mp3, ogg or wav.")


@pytest.mark.parametrize(
    "kind", ["wav", "w64", "aiff", "caf", "flac", "mp3", "webm", "wma", "m4a-index-first"]
)
def test_a_part_that_is_missing_is_told_where_it_can_be_known(kind: str, tmp_path: Path):
    first = {"m4a-index-first": {**sounds.M4A, "movflags": "faststart"}}
    settings = (sounds.FORMATS | first)[kind]
    whole = sounds.saved(sounds.noise(8), tmp_path / "whole", settings).read_bytes()
    cut = tmp_path / "note"
    cut.write_bytes(whole[: len(whole) // 2])

    finding = ingest.examine(cut, Wanted(8)).report.findings[0]

    assert finding.code == "truncated"
    assert finding.facts["arrived_seconds"] == pytest.approx(4, abs=0.4)
    assert finding.facts["whole_seconds"] == pytest.approx(8, abs=0.4)


def test_an_upload_cut_off_before_its_index_says_how_much_arrived(tmp_path: Path):
    whole = sounds.saved(sounds.noise(8), tmp_path / "whole.m4a", sounds.M4A).read_bytes()
    upload = tmp_path / "note.m4a"
    upload.write_bytes(whole[: len(whole) // 2])

    finding = ingest.examine(upload, Wanted(8)).report.findings[0]

    assert re.fullmatch("Only 5[0-2] % of the file arrived: .*", finding.sentence)


@pytest.mark.parametrize("kind", ["ogg", "vorbis", "m4a", "flac"])
def test_what_could_not_be_read_and_what_could_be_kept_is_told(kind: str, tmp_path: Path):
    broken = bytearray(
        sounds.saved(sounds.noise(12), tmp_path / "whole", sounds.FORMATS[kind]).read_bytes()
    )
    middle = len(broken) // 2
    broken[middle : middle + 400] = np.random.default_rng(4).bytes(400)
    upload = tmp_path / "note"
    upload.write_bytes(broken)

    told = {finding.code: finding for finding in ingest.examine(upload, Wanted(15)).report.findings}

    lost, kept = (float(told["damaged"].facts[name]) for name in ("lost_seconds", "kept_seconds"))
    assert 0.1 <= lost <= 2.5
    assert lost + kept == pytest.approx(12, abs=0.4)


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
