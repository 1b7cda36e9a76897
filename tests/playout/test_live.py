"""Live shows on playout's disk: passwords beside their slots, and a port for each channel."""

import json
import os
import resource
import signal
import socket
from contextlib import contextmanager
from datetime import timedelta

import pytest
from click.testing import CliRunner

from playout import live, live_port
from playout.disk import AirFolder
from playout.live_cli import live_group
from station.airlog import AirLine, LineKind
from station.airtime import Span
from station.grid import Grid
from station.live import Booking, open_show

SLOTS = 6


@pytest.fixture
def folder(settings):
    found = AirFolder.of(settings)
    found.make()
    return found


@pytest.fixture
def show(database, settings, now):
    """A show of half an hour on the second channel, from the next slot on."""
    start = settings.slots.start(settings.slots.number(now) + 1)
    span = Span(start, start + timedelta(minutes=30))
    with database.writing() as session:
        found = open_show(session, settings, Booking(1, span, "Thandi", "Live"), now)
        assert found.block.label == "Live"
        session.expunge_all()
    return found


@pytest.fixture
def due(database, settings, now):
    def slots_due(ahead=100):
        on_air = settings.slots.number(now)
        with database.reading() as session:
            passwords = live.due(session, settings, range(on_air, on_air + ahead))
        return {(channel, slot - on_air): one for (channel, slot), one in passwords.items()}

    return slots_due


def test_each_slot_of_a_show_has_its_password(show, due):
    assert due() == {(1, slot): show.password for slot in range(1, SLOTS + 1)}
    assert set(due(ahead=3)) == {(1, 1), (1, 2)}


def test_a_members_piece_keeps_its_slot(show, due, database, settings, now):
    taken = settings.slots.number(now) + 2
    kept = {"week": "2026-W47", "title": "", "speaker": "", "channel": 1}
    with database.writing() as session:
        grid = Grid(week="2026-W47", version=1, certificate={}, built_at=now)
        session.add(grid)
        session.flush()
        lines = {taken: LineKind.SILENCE, taken + 1: LineKind.RESERVED}
        session.add_all(
            AirLine(slot_number=slot, kind=kind, grid_id=grid.id, **kept)
            for slot, kind in lines.items()
        )
    assert set(due()) == {(1, slot) for slot in (1, 3, 4, 5, 6)}


def test_the_disk_holds_the_passwords_that_are_due_and_no_others(folder):
    live.keep(folder, {(0, 7): "one", (2, 8): "two"})
    live.keep(folder, {(0, 7): "one", (0, 8): "three"})
    kept = {
        file.relative_to(folder.root): file.read_text() for file in folder.root.glob("*/*.live")
    }
    assert {str(file): said for file, said in kept.items()} == {
        "0/7.live": "one\n",
        "0/8.live": "three\n",
    }


def test_a_password_on_disk_is_not_for_everybody(folder):
    live.keep(folder, {(0, 7): "one"})
    assert (folder.channel(0) / "7.live").stat().st_mode & 0o007 == 0


def test_a_password_follows_its_folder_to_another_group(folder):
    live.keep(folder, {(0, 7): "one"})
    other = 1 if os.geteuid() == 0 else max(os.getgroups())
    os.chown(folder.channel(0), -1, other)
    live.keep(folder, {(0, 7): "one"})
    assert (folder.channel(0) / "7.live").stat().st_gid == other


def test_a_free_port_is_chosen_once(settings):
    port = live_port.choose(settings, 0)
    assert port > 0
    assert live_port.choose(settings, 0) == live_port.port_of(settings, 0) == port
    assert live_port.port_of(settings, 1) == 0


def test_a_port_that_is_taken_keeps_no_channel_off_air(make_settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        first = taken.getsockname()[1] - 1
        settings = make_settings(f"[live]\nport = {first}\n")
        assert live_port.choose(settings, 1) == 0


@contextmanager
def no_room():
    """Every write fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_keeps_presenters_out_at_most_and_no_channel_off_air(settings, capsys):
    # What is logged is captured in memory (capsys), where the disk has no say.
    with no_room():
        assert live_port.choose(settings, 0) == 0
    kept = live_port.choose(settings, 0)
    with no_room():
        assert live_port.choose(settings, 0) == live_port.port_of(settings, 0) == kept > 0
        with socket.socket() as taken:
            taken.bind((settings.live.host, kept))
            taken.listen()
            assert live_port.choose(settings, 0) == live_port.port_of(settings, 0) == 0


def test_an_operator_opens_lists_and_closes_a_show(database, settings, now):
    environment = {"MWEYA_HOME": str(settings.home)}

    def ask(*arguments):
        ran = CliRunner().invoke(live_group, [*arguments, "--json"], env=environment)
        assert ran.exit_code == 0, ran.output
        return json.loads(ran.output)

    times = ["2199-11-25T18:00", "2199-11-25T19:00"]
    opened = ask("open", "Two", *times, "--presenter", "Thandi")
    assert opened["address"].startswith("icecast://source:")
    assert opened["address"].endswith("/live-1")
    renewed = ask("password", str(opened["show"]))
    assert renewed["address"] != opened["address"]
    assert ask("close", str(renewed["show"]))["presenter"] == "Thandi"
    again = [time.replace("11-25", "11-18") for time in times]
    kept = ask("reserve", "Two", *again, "--title", "Night", "--weeks", "3")["blocks"]
    assert [block["title"] for block in kept] == ["Night"] * 3
    assert ask("give-back", str(kept[0]["block"]))["title"] == "Night"
    listed = ask("list")
    assert (listed["shows"], listed["blocks"]) == ([], kept[1:])
    assert [block["start"][:10] for block in kept[1:]] == ["2199-11-25", "2199-12-02"]
