"""The audio pipeline alone, as a command: no station, no database."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from media.cli import media
from media.samples import Samples
from tests.media import sounds

VERDICT = {"verdict", "codes", "sentences"}
NUMBERS = {"integrated_lufs", "true_peak_dbtp", "active_ms", "duration_ms", "sha256"}


@pytest.fixture
def mweya_media(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Runs `mweya media` where there is no station."""
    monkeypatch.setenv("MWEYA_HOME", str(tmp_path / "nowhere"))

    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(media, [str(word) for word in words])

    return run


@pytest.fixture
def note(tmp_path: Path, speech: Samples) -> Path:
    return sounds.saved(speech, tmp_path / "note.opus", sounds.OPUS)


def test_check_says_what_a_member_would_be_told(mweya_media, note: Path):
    result = mweya_media("check", note, "--json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert answer.keys() >= VERDICT | NUMBERS
    assert (answer["verdict"], answer["codes"]) == ("accepted", [])
    assert answer["duration_ms"] == pytest.approx(5290, abs=100)


def test_check_names_the_next_command(mweya_media, note: Path):
    result = mweya_media("check", note)

    assert result.stdout.startswith("It can air.")
    assert f"Next: mweya media render {note} --out MASTER" in result.stdout


def test_a_rejected_file_exits_1_with_a_sentence(mweya_media, tmp_path: Path):
    upload = tmp_path / "note.mp3"
    upload.write_text("#EXTM3U\n")

    result = mweya_media("check", upload, "--json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert answer.keys() >= VERDICT | NUMBERS
    assert (answer["verdict"], answer["codes"]) == ("rejected", ["not-audio"])
    assert answer["sentences"][0].startswith("This is a playlist")
    assert answer["integrated_lufs"] is None


def test_a_missing_file_is_wrong_usage(mweya_media, tmp_path: Path):
    result = mweya_media("check", tmp_path / "gone.wav")

    assert result.exit_code == 2
    assert "There is no file" in result.stderr


def test_a_folder_is_wrong_usage(mweya_media, tmp_path: Path):
    assert mweya_media("check", tmp_path).exit_code == 2


def test_render_writes_a_master_of_exactly_one_slot(mweya_media, note: Path, tmp_path: Path):
    out = tmp_path / "master.flac"

    result = mweya_media("render", note, "--out", out, "--slot-seconds", "8", "--json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert answer.keys() >= VERDICT | NUMBERS
    assert len(sounds.decoded(out)) == 8 * 48_000
    assert answer["integrated_lufs"] == pytest.approx(-16, abs=0.1)
    assert answer["upload"]["integrated_lufs"] != answer["integrated_lufs"]


def test_the_target_and_the_slot_can_be_chosen(mweya_media, note: Path, tmp_path: Path):
    out = tmp_path / "master.flac"
    options = ("--slot-seconds", "10", "--target-lufs", "-20")

    mweya_media("render", note, "--out", out, *options)

    assert sounds.ffmpegs_loudness(out) == pytest.approx(-20, abs=0.1)
    assert len(sounds.decoded(out)) == 480_000


def test_render_writes_nothing_for_a_rejected_file(mweya_media, tmp_path: Path):
    upload, out = sounds.saved(sounds.noise(9), tmp_path / "note.wav"), tmp_path / "master.flac"

    result = mweya_media("render", upload, "--out", out, "--slot-seconds", "6", "--json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert answer.keys() >= VERDICT | NUMBERS
    assert answer["codes"] == ["too-long"]
    assert not out.exists()


def test_a_place_that_cannot_be_written_is_named(mweya_media, note: Path, tmp_path: Path):
    out = tmp_path / "no" / "such" / "master.flac"

    result = mweya_media("render", note, "--out", out, "--slot-seconds", "8")

    assert result.exit_code == 2
    assert f"{out} can't be written" in result.stderr


def test_asking_for_help_loads_no_numbers():
    loaded = "import media.cli, sys; sys.exit('numpy' in sys.modules or 'pydub' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
