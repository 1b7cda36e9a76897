"""A disk that is full takes no sound off the air, and what was not written is not claimed."""

import os
import signal
import subprocess
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from playout.events import EventKind, read_from
from playout.mounts import STANDARD, base_url
from playout.watch import sounding
from station import schema
from station.db import connect
from station.settings import load, write_new
from tests.journeys.house import MWEYA, House, wait_until
from tests.journeys.planned import SLOT_SECONDS, Planned
from tests.journeys.returning import Returning
from tests.playout import tones
from tests.playout.conftest import _quiet_zone
from tests.playout.tones import TONES

PLANNED_SLOTS = 18
DISK_BYTES = 12_000_000

# In slots from the first planned one and seconds from its start.
FULL = 2, 0.7
ENGINE_KILLED = 4, 0.7
ROOM_AGAIN = 11, 0.7


@dataclass
class Full(Planned):
    """What a listener has of a station whose disk is full for a while."""

    listener: Returning | None = None
    heard: list[tuple[str, float, float]] = field(default_factory=list)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A station of one channel, on a small disk, which is full for a while."""
    folder = tmp_path_factory.mktemp("full")
    home = folder / "station"
    toml = f'[station]\nslot_seconds = {SLOT_SECONDS}\nzone = "{_quiet_zone()}"\n'
    # The tables lie elsewhere: what playout lives on is what fills up.
    tables = f'[database]\nurl = "sqlite:///{folder}/station.db"\n'
    write_new(home, toml + 'channels = ["One"]\n' + tables)
    settings = load(home, environment={})
    database = connect(settings.database_url)
    schema.upgrade(database)
    planned = Full(settings, database, PLANNED_SLOTS)
    planned.ask(folder, _master)
    with _on_a_small_disk(home) as seen:
        planned.settings = load(seen, environment={})
        _undergo(planned)
        yield planned
    database.close()


def _master(session, masters, channel, offset):
    file = tones.slot_master(masters.folder, offset, SLOT_SECONDS)
    return masters.store(session, "segment", file)


@contextmanager
def _on_a_small_disk(home):
    """Playout on a disk in memory that holds a copy of the station; gives the copy as seen here."""
    inside = home.with_name("disk")
    inside.mkdir()
    run = f"cp -a {home}/. {inside} && exec {' '.join(MWEYA)} playout run >> {inside}/said.txt 2>&1"
    disk = ["--dev-bind", "/", "/", "--size", str(DISK_BYTES), "--tmpfs", str(inside)]
    environment = House(home).variables() | {"MWEYA_HOME": str(inside)}
    process = subprocess.Popen(["bwrap", *disk, "--", "sh", "-c", run], env=environment)
    try:
        wait_until(lambda: _child(process.pid), 10)
        seen = Path(f"/proc/{_child(process.pid)}/root{inside}")
        wait_until((seen / "said.txt").exists, 20)
        yield seen
    finally:
        os.kill(_child(process.pid), signal.SIGTERM)
        process.wait()


def _child(pid):
    """The one child of a process, once it has one."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else None


def _undergo(planned):
    """Be on air while the disk is full, and while an engine dies meanwhile."""
    url = base_url(planned.settings) + STANDARD.path(0)
    wait_until(lambda: sounding(url, seconds=1), 60)
    wait_until(lambda: sounding(base_url(planned.settings) + STANDARD.fallback_path, 1), 30)
    listener = Returning(url)
    planned.publish_in_time(PLANNED_SLOTS)
    planned.at(FULL)
    with _no_room(planned.settings.home / "filler"):
        planned.at(ENGINE_KILLED, lambda: planned.kill("channel-0"))
        planned.at(ROOM_AGAIN)
    planned.at((PLANNED_SLOTS, 2))
    wait_until(planned.is_decided, 60)
    listener.stop()
    planned.heard = listener.heard()
    planned.listener = listener


@contextmanager
def _no_room(file):
    """Take all the room there is, and whatever becomes free meanwhile."""
    over = threading.Event()

    def fill():
        with file.open("ab", buffering=0) as opened:
            while not over.wait(0.01):
                for piece in (bytes(65_536), b"0"):
                    with suppress(OSError):
                        while not over.is_set():
                            opened.write(piece)

    filling = threading.Thread(target=fill)
    filling.start()
    yield
    over.set()
    filling.join()
    file.unlink()


def is_heard(full, offset):
    """Whether a slot was heard from its start to its end, in its own time."""
    spare = 0.35
    start, end = full.starts_at(offset) - spare, full.starts_at(offset + 1) + spare
    names = [f"{offset % TONES} {half}" for half in ("first", "second")]
    own = [each for each in full.heard if each[0] in names and start < each[1] and each[2] < end]
    return sum(ended - began for _, began, ended in own) > SLOT_SECONDS - spare


def test_the_channel_goes_on_while_the_disk_is_full(full):
    before, after = FULL[0], ENGINE_KILLED[0]
    assert all(is_heard(full, offset) for offset in range(before, after))
    assert len(full.listener.recordings) == 1


def test_an_engine_that_dies_meanwhile_comes_back(full):
    killed_at = full.done_at[ENGINE_KILLED]
    assert full.listener.longest_wait(killed_at, full.starts_at(PLANNED_SLOTS)) < 1
    assert is_heard(full, PLANNED_SLOTS - 1)


def test_one_engine_alone_is_started_for_it(full):
    file = full.settings.air_folder / "events" / "channel-0.jsonl"
    events, _ = read_from(file, 0)
    assert [event.event for event in events].count(EventKind.UP) == 2


def test_nothing_is_claimed_aired_that_was_not_heard(full):
    claimed = [n for n in range(PLANNED_SLOTS) if full.outcome(0, n) == "aired"]
    assert [n for n in claimed if not is_heard(full, n)] == []


def test_once_there_is_room_again_all_is_told_as_before(full):
    later = range(PLANNED_SLOTS - 2, PLANNED_SLOTS)
    assert {full.outcome(0, offset) for offset in later} == {"aired"}
