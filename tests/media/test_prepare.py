"""What the operator brings becomes fill of its own length at one loudness, or is told why not."""

import numpy as np
import pytest

from media import flac, loudness
from media.orders import MASTER
from media.prepare import WORKING_LUFS, prepare
from media.verdict import Outcome
from media.worker import Worker
from station import fill
from station.fill import FillState
from station.recordings import master_at, preview_at, stored_at
from station.treatment import FillKind
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
def test_fill_lies_at_the_working_loudness_whatever_it_was(kind, dbfs, brought, tmp_path):
    made = brought(tone(6, dbfs=dbfs), kind)
    assert (made.outcome, made.duration_ms) == (Outcome.ACCEPTED, 6000)
    sound = flac.sound(tmp_path / MASTER)
    assert loudness.integrated(sound) == pytest.approx(WORKING_LUFS, abs=0.1)
    assert made.integrated_lufs == pytest.approx(WORKING_LUFS, abs=0.1)


def test_peaks_are_never_cut_for_the_sake_of_loudness(brought, tmp_path):
    clicks = noise(6, -60) + 0
    clicks[:: 48_000 // 4] = 0.5
    made = brought(clicks, FillKind.BED)
    assert np.abs(flac.sound(tmp_path / MASTER)).max() < 1
    assert made.integrated_lufs < WORKING_LUFS


def test_an_ident_may_be_brief_and_its_quiet_ends_are_cut(brought):
    made = brought(joined(silent(1), tone(1.5), silent(2)), FillKind.IDENT)
    assert made.outcome is Outcome.ACCEPTED
    assert made.duration_ms == 300 + 1500 + 500


def test_of_a_long_bed_the_first_slot_is_kept(brought, wanted):
    made = brought(noise(11), FillKind.BED)
    assert made.duration_ms == wanted.slot_seconds * 1000


@pytest.mark.parametrize(
    ("sound", "kind", "code"),
    [
        (noise(11), FillKind.IDENT, "fill-too-long"),
        (noise(11), FillKind.PROMO, "fill-too-long"),
        (noise(2), FillKind.BED, "too-short"),
        (silent(6), FillKind.BED, "inaudible"),
    ],
)
def test_what_is_too_long_too_short_or_silent_is_refused(sound, kind, code, brought, tmp_path):
    made = brought(sound, kind)
    assert made.outcome is Outcome.REJECTED
    assert not (tmp_path / MASTER).exists()
    assert code in [finding.code for finding in made.findings]


def test_what_waits_is_prepared_once_and_refused_with_its_reason(database, settings, now):
    with database.writing() as session:
        for number, content in enumerate((b"", b"%PDF-1.7")):
            sha256 = f"{number:02}" * 32
            place = stored_at(settings.media_folder, sha256)
            place.parent.mkdir(parents=True)
            place.write_bytes(content)
            fill.receive(session, FillKind.BED, "Bed", sha256, now)
    with Worker.of(settings, database) as worker:
        assert worker.stock("fill", now) == "4 made"
        assert worker.stock("fill", now) == "0 made"
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
    with Worker.of(settings, database) as worker:
        for _ in "12":
            with database.writing() as session:
                piece = fill.receive(session, FillKind.BED, "Bed", "ab" * 32, now)
            made = worker.shelf.prepare(piece, now)
            sounds.append(made.sound_sha256)
    assert sounds[0] == sounds[1]
    assert master_at(settings.media_folder, sounds[0]).exists()
    assert preview_at(settings.media_folder, made.facts["preview_sha256"]).exists()
