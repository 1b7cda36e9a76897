"""Each sound of the corpus becomes a master that is right by meters that are not ours."""

from pathlib import Path

import pytest
import soundfile

from media import ingest
from media.ingest import Rendered
from media.samples import RATE_HZ, Samples
from media.verdict import Outcome
from media.wanted import Wanted
from tests.media import corpus_meters
from tests.media.corpus_sounds import LONG, LONG_SLOT_SECONDS, REFUSED, SLOT_SECONDS, SOUNDS

TARGET_LUFS = -16.0
TOLERANCE_LU = 0.1
# The station promises -2.0; an ideal meter may see a little more above 20 kHz.
MOST_TRUE_PEAK_DBTP = -1.7
MOST_AFTER_CODEC_DBTP = -1.0


def rendered(sound: Samples, folder: Path, slot_seconds: float) -> Rendered:
    upload = folder / "upload"
    # A whole slot of floating-point stereo would be too big to send.
    kind, depth = ("FLAC", "PCM_24") if slot_seconds == LONG_SLOT_SECONDS else ("WAV", "FLOAT")
    soundfile.write(upload, sound, RATE_HZ, depth, format=kind)
    return ingest.render(upload, folder, Wanted(slot_seconds))


def assert_right(made: Rendered, slot_seconds: float) -> None:
    assert made.report.outcome is Outcome.ACCEPTED, made.report.findings
    assert made.master is not None
    assert soundfile.info(made.master.file).frames == slot_seconds * RATE_HZ
    found = corpus_meters.measured(made.master.file)
    assert found.libebur128_lufs == pytest.approx(TARGET_LUFS, abs=TOLERANCE_LU)
    assert found.ffmpeg_lufs == pytest.approx(TARGET_LUFS, abs=TOLERANCE_LU)
    assert found.true_peak_dbtp <= MOST_TRUE_PEAK_DBTP
    assert found.after_opus_dbtp <= MOST_AFTER_CODEC_DBTP
    assert found.after_mp3_dbtp <= MOST_AFTER_CODEC_DBTP


@pytest.mark.parametrize("name", SOUNDS)
def test_a_master_is_right_on_disk_and_after_the_streams_codecs(name: str, tmp_path: Path):
    assert_right(rendered(SOUNDS[name](), tmp_path, SLOT_SECONDS), SLOT_SECONDS)


@pytest.mark.parametrize("name", LONG)
def test_a_whole_slot_is_as_right_as_a_short_one(name: str, tmp_path: Path):
    assert_right(rendered(LONG[name](), tmp_path, LONG_SLOT_SECONDS), LONG_SLOT_SECONDS)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_made_right_is_refused_with_its_reason(name: str, tmp_path: Path):
    make, reason = REFUSED[name]

    made = rendered(make(), tmp_path, SLOT_SECONDS)

    assert made.master is None
    assert made.report.findings[0].code == reason


def test_the_oracle_finds_a_peak_between_samples():
    """A quarter of the rate, an eighth of a turn off, has samples 3.01 dB below its peak."""
    hidden = SOUNDS["hidden-peaks"]()

    assert corpus_meters.true_peak(hidden) == pytest.approx(-0.1 + 3.01, abs=0.1)
