"""What the operator brings becomes fill of its own length at one loudness, or is told why not."""

import numpy as np
import pytest

from media import flac, loudness
from media.intake import prepare_piece, prepare_received
from media.prepare import WORKING_LUFS, prepare
from media.verdict import Outcome
from station import fill
from station.fill import FillKind, FillState
from station.recordings import master_at, stored_at
from tests.media.sounds import joined, noise, saved, silent, tone


@pytest.fixture
def brought(tmp_path, wanted):
    """Prepares a sound as a kind of fill."""

    def made(sound, kind):
        file = saved(sound, tmp_path / "brought.wav")
        return prepare(file, tmp_path, kind, wanted)

    return made


@pytest.mark.parametrize("kind", list(FillKind))
@pytest.mark.parametrize("dbfs", [-40.0, -6.0])
def test_fill_lies_at_the_working_loudness_whatever_it_was(kind, dbfs, brought):
    made = brought(tone(6, dbfs=dbfs), kind)
    assert (made.outcome, made.files.duration_ms) == (Outcome.ACCEPTED, 6000)
    assert loudness.integrated(flac.read(made.files.sound)) == pytest.approx(WORKING_LUFS, abs=0.1)
    assert made.files.integrated_lufs == pytest.approx(WORKING_LUFS, abs=0.1)


def test_peaks_are_never_cut_for_the_sake_of_loudness(brought):
    clicks = noise(6, -60) + 0
    clicks[:: 48_000 // 4] = 0.5
    made = brought(clicks, FillKind.BED)
    assert np.abs(flac.read(made.files.sound)).max() < 32767
    assert made.files.integrated_lufs < WORKING_LUFS


def test_an_ident_may_be_brief_and_its_quiet_ends_are_cut(brought):
    made = brought(joined(silent(1), tone(1.5), silent(2)), FillKind.IDENT)
    assert made.outcome is Outcome.ACCEPTED
    assert made.files.duration_ms == 300 + 1500 + 500


def test_of_a_long_bed_the_first_slot_is_kept(brought, wanted):
    made = brought(noise(11), FillKind.BED)
    assert made.sentences == []
    assert made.files.duration_ms == wanted.slot_seconds * 1000


@pytest.mark.parametrize(
    ("sound", "kind", "code"),
    [
        (noise(11), FillKind.IDENT, "far-too-long"),
        (noise(11), FillKind.PROMO, "far-too-long"),
        (noise(2), FillKind.BED, "too-short"),
        (silent(6), FillKind.BED, "inaudible"),
    ],
)
def test_what_is_too_long_too_short_or_silent_is_refused(sound, kind, code, brought):
    made = brought(sound, kind)
    assert made.outcome is Outcome.REJECTED
    assert made.files is None
    assert code in [finding.code for finding in made.findings]


def test_what_waits_is_prepared_once_and_refused_with_its_reason(database, settings, tmp_path, now):
    with database.writing() as session:
        for number, content in enumerate((b"", b"%PDF-1.7")):
            sha256 = f"{number:02}" * 32
            place = stored_at(settings.media_folder, sha256)
            place.parent.mkdir(parents=True)
            place.write_bytes(content)
            fill.receive(session, FillKind.BED, "Bed", sha256, now)
    assert prepare_received(settings, database, now) == 2
    assert prepare_received(settings, database, now) == 0
    with database.reading() as session:
        pieces = fill.listed(session)
        assert {piece.state for piece in pieces} == {FillState.REJECTED}
        assert "empty" in pieces[0].facts["sentences"][0]
        assert "not a recording" in pieces[1].facts["sentences"][0]


def test_the_same_bytes_give_the_same_sound(database, settings, tmp_path, now):
    file = saved(tone(6), tmp_path / "bed.wav")
    place = stored_at(settings.media_folder, "ab" * 32)
    place.parent.mkdir(parents=True)
    file.rename(place)
    sounds = []
    for _ in "12":
        with database.writing() as session:
            piece = fill.receive(session, FillKind.BED, "Bed", "ab" * 32, now)
        made = prepare_piece(settings, database, piece, now)
        sounds.append(made.files.sound_sha256)
    assert sounds[0] == sounds[1]
    assert master_at(settings.media_folder, sounds[0]).exists()
