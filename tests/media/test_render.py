"""Whatever a phone makes goes in; exactly one slot comes out, at the station's loudness."""

from pathlib import Path

import numpy as np
import pytest

from media import ingest, loudness
from media.ingest import Rendered
from media.samples import Samples
from media.verdict import Outcome
from media.wanted import Wanted
from station.sections import AudioSection
from station.treatment import Long, Treatment
from tests.media import sounds

TARGET_LUFS = -16.0
CEILING_DBTP = -2.0


def assert_airable(file: Path, slot_seconds: float, target: float = TARGET_LUFS) -> None:
    """The promises of a master, by two meters and an oversampling oracle that are not ours."""
    samples = sounds.decoded(file)
    assert samples.shape == (round(slot_seconds * 48_000), 2)
    assert loudness.measure(samples).integrated_lufs == pytest.approx(target, abs=0.1)
    assert sounds.ffmpegs_loudness(file) == pytest.approx(target, abs=0.1)
    assert sounds.soxr_true_peak(file) <= CEILING_DBTP + 0.3


def rendered(upload: Path, folder: Path, wanted: Wanted) -> Rendered:
    out = folder / "out"
    out.mkdir()
    return ingest.render(upload, out, wanted)


@pytest.mark.parametrize("kind", sounds.FORMATS)
def test_every_format_is_taken(kind: str, tmp_path: Path, speech: Samples, wanted: Wanted):
    upload = sounds.saved(speech, tmp_path / "application-octet-stream", sounds.FORMATS[kind])

    report = ingest.examine(upload, wanted).report

    assert report.outcome is Outcome.ACCEPTED
    assert report.integrated_lufs == pytest.approx(loudness.integrated(speech), abs=1.5)
    assert report.channels == 1


@pytest.mark.parametrize("kind", ["ogg", "m4a", "mp3", "wav"])
def test_what_phones_send_becomes_a_master(
    kind: str, tmp_path: Path, speech: Samples, wanted: Wanted
):
    upload = sounds.saved(speech, tmp_path / "note", sounds.FORMATS[kind])

    made = rendered(upload, tmp_path, wanted)

    assert made.report.outcome is Outcome.ACCEPTED
    assert made.master is not None
    assert_airable(made.master.file, wanted.slot_seconds)


@pytest.mark.parametrize("gain_db", [-25, 20])
def test_a_quiet_or_loud_recording_is_put_right(
    gain_db: float, tmp_path: Path, speech: Samples, wanted: Wanted
):
    louder = np.clip(speech * 10 ** (gain_db / 20), -1, 1)
    upload = sounds.saved(louder, tmp_path / "note.wav")

    made = rendered(upload, tmp_path, wanted)

    assert made.master is not None
    assert_airable(made.master.file, wanted.slot_seconds)
    assert ("clipped" in [finding.code for finding in made.report.findings]) == (gain_db > 0)


def test_a_knock_on_the_microphone_does_not_duck_the_speech(
    tmp_path: Path, speech: Samples, wanted: Wanted
):
    quiet = speech * np.float32(0.05)
    quiet[100_000:100_020] = 0.99

    made = rendered(sounds.saved(quiet, tmp_path / "note.wav"), tmp_path, wanted)

    assert made.master is not None
    assert_airable(made.master.file, wanted.slot_seconds)


def test_what_cannot_be_brought_to_the_loudness_is_refused(tmp_path: Path, wanted: Wanted):
    clicks = sounds.noise(6, -40)
    clicks[::4800] = 0.99

    made = rendered(sounds.saved(clicks, tmp_path / "note.wav"), tmp_path, wanted)

    assert made.master is None
    assert made.report.findings[0].code == "unmasterable"
    assert list((tmp_path / "out").iterdir()) == []


def test_channels_are_repaired(tmp_path: Path, speech: Samples, wanted: Wanted):
    cases = {
        "dual-mono": sounds.stereo(speech, speech),
        "dead-channel": sounds.stereo(speech * 0, speech),
        "antiphase": sounds.stereo(speech, -speech),
    }
    for layout, sound in cases.items():
        folder = tmp_path / layout
        folder.mkdir()
        upload = sounds.saved(sound, folder / "note.wav")
        made = rendered(upload, folder, wanted)
        assert made.report.layout == layout
        assert made.master is not None
        assert_airable(made.master.file, wanted.slot_seconds)


def test_true_stereo_stays_stereo(tmp_path: Path, wanted: Wanted):
    wide = sounds.stereo(sounds.noise(6, seed=1), sounds.noise(6, seed=2))

    made = rendered(sounds.saved(wide, tmp_path / "note.wav"), tmp_path, wanted)

    assert made.master is not None
    samples = sounds.decoded(made.master.file)
    assert not np.array_equal(samples[:, 0], samples[:, 1])
    assert_airable(made.master.file, wanted.slot_seconds)


def test_mono_dual_mono_and_stereo_come_out_alike(tmp_path: Path, speech: Samples, wanted: Wanted):
    found = []
    for name, sound in {"mono": speech, "dual": sounds.stereo(speech, speech)}.items():
        folder = tmp_path / name
        folder.mkdir()
        made = rendered(sounds.saved(sound, folder / "note.wav"), folder, wanted)
        assert made.master is not None
        found.append(made.master.measured.integrated_lufs)
    assert found[0] == pytest.approx(found[1], abs=0.1)


def test_more_channels_than_two_are_mixed_down(tmp_path: Path, speech: Samples, wanted: Wanted):
    surround = np.repeat(speech, 6, axis=1)

    made = rendered(sounds.saved(surround, tmp_path / "note.wav"), tmp_path, wanted)

    assert made.master is not None
    assert_airable(made.master.file, wanted.slot_seconds)


def test_only_the_ends_are_trimmed(tmp_path: Path, speech: Samples, wanted: Wanted):
    padded = sounds.joined(sounds.silent(3), speech, sounds.silent(4))

    made = rendered(sounds.saved(padded, tmp_path / "note.wav"), tmp_path, wanted)

    assert made.report.outcome is Outcome.ACCEPTED
    assert made.report.cut_head_ms == pytest.approx(2700, abs=200)
    assert made.report.cut_tail_ms == pytest.approx(3500, abs=400)
    assert "trimmed" in [finding.code for finding in made.report.findings]


def test_a_short_piece_is_followed_by_a_bed_that_fades_at_the_end(tmp_path: Path, speech: Samples):
    made = rendered(sounds.saved(speech, tmp_path / "note.wav"), tmp_path, Wanted(20))

    assert made.master is not None
    assert made.facts is not None
    assert_airable(made.master.file, 20)
    samples = sounds.decoded(made.master.file)
    after = samples[(made.facts.piece_ms + 3000) * 48 : -2 * 48_000]
    assert loudness.integrated(after) == pytest.approx(TARGET_LUFS - 1, abs=1.5)
    assert np.abs(samples[-480:]).max() < 0.02


def test_what_is_not_sound_is_a_floor_and_never_digital_silence(tmp_path: Path, speech: Samples):
    made = rendered(sounds.saved(speech, tmp_path / "note.wav"), tmp_path, Wanted(8))

    assert made.master is not None
    end = sounds.decoded(made.master.file)[-24_000:]
    assert 20 * np.log10(np.sqrt(np.mean(end**2))) == pytest.approx(-90, abs=1.5)


def test_a_long_piece_is_faded_out_when_the_member_says_so(tmp_path: Path):
    upload = sounds.saved(sounds.noise(12), tmp_path / "note.wav")

    made = rendered(upload, tmp_path, Wanted(8, treatment=Treatment(long=Long.FADE)))

    assert [finding.code for finding in made.report.findings] == ["faded-out"]
    assert made.master is not None
    assert_airable(made.master.file, 8)
    end = sounds.decoded(made.master.file)[-480:]
    assert np.abs(end).max() < 0.02


def test_the_stations_own_loudness_is_reached(tmp_path: Path, speech: Samples):
    wanted = Wanted(8, AudioSection(target_lufs=-23.0))

    made = rendered(sounds.saved(speech, tmp_path / "note.wav"), tmp_path, wanted)

    assert made.master is not None
    assert_airable(made.master.file, 8, target=-23.0)


def test_no_tag_leaves_and_the_same_upload_gives_the_same_bytes(
    tmp_path: Path, speech: Samples, wanted: Wanted
):
    tags = {"metadata:g:0": "title=Secret", "metadata:g:1": "location=-17.8,31.0"}
    upload = sounds.saved(speech, tmp_path / "note.m4a", sounds.M4A | tags)
    assert "Secret" in sounds.tags_of(upload)
    (tmp_path / "again").mkdir()

    first = rendered(upload, tmp_path, wanted)
    second = rendered(upload, tmp_path / "again", wanted)

    assert first.master is not None
    assert second.master is not None
    assert first.master.sha256 == second.master.sha256
    assert "TAG:" not in sounds.tags_of(first.master.file)


def test_a_full_slot_of_five_minutes_has_exactly_its_samples(tmp_path: Path):
    upload = sounds.saved(sounds.tone(6), tmp_path / "note.opus", sounds.OPUS)

    made = rendered(upload, tmp_path, Wanted(300))

    assert made.master is not None
    assert made.master.measured.samples == 14_400_000
    assert made.master.measured.duration_ms == 300_000
