"""Control keeps what lies on playout's disk right, while engines and tables come and go."""

import shutil
from datetime import timedelta

import pytest

from playout import programme
from playout.air import Air
from playout.clock import UNSURE_SECONDS, Doubt, was_set_ahead
from playout.control import Control
from playout.disk import AirFolder
from playout.moves import SlotFile
from station import asrun, schema
from station.db import connect
from station.recordings import master_at
from station.settings import load, write_new
from tests.playout import tones
from tests.playout.tables import WEEK, plan_piece

SECONDS = 3


@pytest.fixture
def settings(tmp_path):
    write_new(tmp_path / "station", f"[station]\nslot_seconds = {SECONDS}\n")
    return load(tmp_path / "station", environment={})


@pytest.fixture
def folder(settings):
    found = AirFolder.of(settings)
    found.make()
    return found


@pytest.fixture
def stored(settings, tmp_path):
    """A master in the station's store, by its hash."""
    master = tones.slot_master(tmp_path, 1, SECONDS)
    sha256 = tones.sha256_of(master)
    target = master_at(settings.media_folder, sha256)
    target.parent.mkdir(parents=True)
    shutil.copyfile(master, target)
    return sha256


@pytest.fixture
def planned(settings, stored):
    """The number of a slot that is to carry it."""
    slot = 595_000_000
    start = settings.slots.start(slot)
    database = connect(settings.database_url)
    schema.upgrade(database)
    with database.writing() as session:
        plan_piece(session, slot, start, stored)
    database.close()
    return slot


@pytest.fixture
def control(settings, folder):
    # Engines that never start: it is the disk that matters.
    found = Control(settings, folder, Air(settings, folder))
    yield found
    found.close()


def test_a_planned_slot_is_placed_and_told_on_playouts_own_disk(
    settings, folder, stored, planned, control
):
    control.round(settings.slots.start(planned) - timedelta(hours=1))
    assert folder.placed() == {SlotFile(planned, 0, stored, silence=False)}
    line = programme.read(folder.root).line(0, planned)
    assert (line.title, line.speaker, line.master_sha256) == ("The river", "Janet", stored)


def test_a_master_that_went_bad_on_playouts_disk_is_fetched_anew_before_its_slot(
    settings, folder, stored, planned, control
):
    starts = settings.slots.start(planned)
    control.round(starts - timedelta(hours=1))
    master = folder.masters / f"{stored}.flac"
    whole = master.read_bytes()
    master.unlink()  # the store's own file is the same one
    master.write_bytes(whole[:-9] + bytes(9))
    control.round(starts - timedelta(minutes=30))
    assert master.read_bytes() != whole  # its slot is far away
    control.round(starts - timedelta(seconds=20))
    assert master.read_bytes() == whole
    assert folder.placed() == {SlotFile(planned, 0, stored, silence=False)}


def test_what_was_planned_before_does_not_air_in_the_stead_of_a_master_that_is_missing(
    settings, folder, stored, planned, control
):
    (former := folder.masters / f"{'f' * 64}.flac").write_bytes(b"fLaC")
    folder.place(SlotFile(planned, 0, former.stem, silence=False))
    master_at(settings.media_folder, stored).unlink()
    control.round(settings.slots.start(planned) - timedelta(hours=1))
    assert folder.placed() == set()


def outcomes(settings):
    database = connect(settings.database_url)
    with database.reading() as session:
        found = asrun.outcomes_of(session, WEEK)
    database.close()
    return found


def test_nothing_is_over_by_the_word_of_a_clock_that_was_just_set_ahead(
    settings, folder, planned, control
):
    starts = settings.slots.start(planned)
    control.round(starts - timedelta(hours=1))
    control.round(starts + timedelta(hours=6), clock_is_sure=False)
    assert folder.placed()
    assert outcomes(settings) == []
    control.round(starts + timedelta(hours=6, seconds=SECONDS))
    assert not folder.placed()
    assert [outcome.kind for outcome in outcomes(settings)] == ["missed"]


def test_a_clock_is_unsure_once_it_was_set_ahead():
    assert was_set_ahead(1000.0, 1006.0)
    assert not was_set_ahead(1000.0, 1004.0)
    assert not was_set_ahead(1000.0, 10.0)


def test_the_doubt_about_a_clock_outlives_a_playout_and_no_machine(tmp_path):
    file = tmp_path / "run" / "clock-set-ahead"
    Doubt(file, "monday").begin(1000.0)
    another = Doubt(file, "monday")
    assert another.lasts(1000.0 + UNSURE_SECONDS - 1)
    assert not another.lasts(1000.0 + UNSURE_SECONDS)
    assert not Doubt(file, "tuesday").lasts(1001.0)  # the machine was started anew
    another.end()
    assert not another.lasts(1001.0)
    assert not Doubt(file, "monday").lasts(1001.0)


def test_a_doubt_that_no_disk_takes_lasts_all_the_same(tmp_path):
    doubt = Doubt(tmp_path, "monday")  # a folder: nothing can be written there
    doubt.begin(1000.0)
    assert doubt.lasts(1001.0)
