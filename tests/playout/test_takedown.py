"""A takedown reaches disk, engine and tables, whichever of them is away when it is ordered."""

import json
import resource
import signal
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from playout import takedown
from playout.air import Air
from playout.cli import playout as playout_command
from playout.control import Control
from playout.disk import AirFolder
from playout.takedown import Marker
from station import schema, takedowns
from station.db import connect
from station.settings import load, write_new

NOW = datetime(2026, 11, 25, 16, 36, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    write_new(tmp_path / "station", '[station]\nzone = "Africa/Johannesburg"\n')
    return load(tmp_path / "station", environment={})


@pytest.fixture
def folder(settings):
    found = AirFolder.of(settings)
    found.make()
    return found


@pytest.fixture
def database(settings):
    found = connect(settings.database_url)
    schema.upgrade(found)
    yield found
    found.close()


@pytest.fixture
def control(settings, folder):
    # Engines that never start: what is on disk and in the tables is looked at alone.
    found = Control(settings, folder, Air(settings, folder))
    yield found
    found.close()


def run(settings, *arguments):
    environment = {"MWEYA_HOME": str(settings.home)}
    return CliRunner().invoke(playout_command, ["takedown", *arguments, "--json"], env=environment)


def test_a_slot_that_the_desk_took_down_is_marked_on_playouts_disk(
    settings, folder, database, control
):
    slot = settings.slots.number(NOW)
    with database.writing() as session:
        takedowns.order(session, 1, slot, "a court forbade it", NOW)
    control.round(NOW)
    marker = Marker("a court forbade it", round(NOW.timestamp() * 1000))
    assert takedown.markers(folder) == {(1, slot): marker}


def test_a_slot_that_was_taken_down_without_the_database_is_in_its_tables_later(
    settings, folder, control
):
    slot = settings.slots.number(NOW)
    takedown.mark(folder, (2, slot), Marker("it names a child", round(NOW.timestamp() * 1000)))
    control.round(NOW)  # there is no database yet
    database = connect(settings.database_url)
    schema.upgrade(database)
    control.round(NOW)
    control.round(NOW)
    with database.reading() as session:
        found = takedowns.of_slot(session, 2, slot)
        assert (found.reason, found.at) == ("it names a child", NOW)
    database.close()


def test_markers_of_slots_that_are_long_over_are_cleared_and_stay_in_the_tables(
    settings, folder, database, control
):
    slot = settings.slots.number(NOW)
    takedown.mark(folder, (0, slot), Marker("no permission", round(NOW.timestamp() * 1000)))
    control.round(NOW)
    later = Control(settings, folder, Air(settings, folder))
    later.round(NOW + timedelta(hours=1))
    later.close()
    assert takedown.markers(folder) == {}
    with database.reading() as session:
        assert takedowns.of_slot(session, 0, slot) is not None


def test_a_takedown_is_told_to_the_tables_however_late(settings, folder, database, control):
    slot = settings.slots.number(NOW)
    takedown.mark(folder, (0, slot), Marker("no permission", round(NOW.timestamp() * 1000)))
    control.round(NOW + timedelta(days=2))
    with database.reading() as session:
        assert takedowns.of_slot(session, 0, slot).at == NOW


def test_a_marker_stays_on_disk_until_the_tables_have_kept_it(settings, folder, database):
    slot = settings.slots.number(NOW) - 10
    takedown.mark(folder, (0, slot), Marker("no permission", round(NOW.timestamp() * 1000)))
    with pytest.raises(RuntimeError), database.writing() as session:
        takedown.to_tables(session, folder)
        raise RuntimeError  # the commit fails
    assert takedown.is_marked(folder, (0, slot))


def test_a_full_disk_takes_a_marker_without_a_word(folder):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        assert takedown.mark(folder, (0, 5929), Marker("libel", 1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert takedown.is_marked(folder, (0, 5929))


def test_a_slot_to_come_can_be_taken_down_by_command_once(settings, folder):
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    first = run(settings, "two", "--reason", "libel", "--at", at)
    assert first.exit_code == 0, first.output
    told = json.loads(first.output)
    assert (told["channel"], told["engine_told"]) == (1, False)  # no engine runs
    assert takedown.is_marked(folder, (1, told["slot"]))
    again = run(settings, "2", "--reason", "libel", "--at", at)
    assert (again.exit_code, json.loads(again.output)["error"]) == (3, "takedown-again")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("Seven",), "channel-unknown"),
        (("One", "--at", "2020-01-01T10:00"), "takedown-over"),
        (("One", "--at", "soon"), "time-unknown"),
    ],
)
def test_a_takedown_that_can_not_be_is_refused_in_words(settings, arguments, code):
    ran = run(settings, *arguments, "--reason", "libel")
    assert ran.exit_code != 0
    assert json.loads(ran.output)["error"] == code


def test_a_damaged_marker_keeps_its_slot_off_air_all_the_same(folder):
    (folder.channel(0) / "5929.withdrawn").write_bytes(b"{")
    assert takedown.markers(folder)[0, 5929].reason == ""
