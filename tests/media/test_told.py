"""What a member is told of real sounds: too quiet, too long, mostly silent, clipped."""

from pathlib import Path

import pytest

from media import ingest
from media.samples import Samples
from media.wanted import Wanted
from station.sections import AudioSection
from tests.media import sounds


def test_digital_silence_cannot_be_heard(tmp_path: Path):
    upload = sounds.saved(sounds.silent(6), tmp_path / "note.wav")

    assert _codes(upload) == ["inaudible"]


def test_speech_at_a_whisper_of_minus_60_is_too_quiet(tmp_path: Path, speech: Samples):
    upload = sounds.saved(speech * 10 ** (-45 / 20), tmp_path / "note.wav")

    assert _codes(upload) == ["too-quiet"]


def test_a_little_speech_in_much_silence_is_mostly_silence(tmp_path: Path, speech: Samples):
    sound = sounds.joined(speech[:48_000], sounds.silent(12), speech[:48_000])

    assert "mostly-silent" in _codes(sounds.saved(sound, tmp_path / "note.wav"))


@pytest.mark.parametrize(
    ("sound", "quiet", "codes"),
    [(5.9, 0.6, []), (6.02, 0.0, []), (6.4, 0.6, ["too-long"]), (5.0, 3.0, ["trimmed"])],
)
def test_a_silent_end_does_not_make_a_recording_too_long(
    sound: float, quiet: float, codes: list[str], tmp_path: Path
):
    upload = sounds.saved(
        sounds.joined(sounds.noise(sound), sounds.silent(quiet)), tmp_path / "note.wav"
    )

    report = ingest.examine(upload, Wanted(6)).report

    assert [finding.code for finding in report.findings] == codes


def test_clipping_is_heard_through_every_codec(tmp_path: Path, speech: Samples):
    loud = (speech * 10 ** (18 / 20)).clip(-1, 1)
    for kind in ("wav", "ogg", "m4a", "mp3"):
        upload = sounds.saved(loud, tmp_path / kind, sounds.FORMATS[kind])
        assert _codes(upload) == ["clipped"], kind


def test_clean_sounds_are_not_called_clipped(tmp_path: Path, speech: Samples):
    loudest = speech / abs(speech).max()
    for name, sound in {
        "speech": loudest,
        "tone": sounds.tone(6, 1000, -0.1),
        "low-tone": sounds.tone(6, 50, -0.1),
        "noise": sounds.noise(6, -14),
    }.items():
        assert "clipped" not in _codes(sounds.saved(sound, tmp_path / name)), name


def test_a_file_above_the_limit_of_bytes_is_not_opened(tmp_path: Path):
    upload = sounds.saved(sounds.tone(20), tmp_path / "note.wav")
    wanted = Wanted(30, AudioSection(upload_megabytes=1))

    findings = ingest.examine(upload, wanted).report.findings

    assert findings[0].sentence.startswith("The file has 2 MB; at most 1 MB can be sent.")


def _codes(upload: Path) -> list[str]:
    return [finding.code for finding in ingest.examine(upload, Wanted(15)).report.findings]
